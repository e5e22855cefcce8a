"""Goods go from one warehouse to another, at cost."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.tax.lines import ItemLine, check_lines, in_units, numbered
from bizcli.kernel.effects import Effects, Move
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.records import Document, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class StockTransfer(Document):
    """Goods go from one warehouse to another, at cost."""

    folder = "transfers"
    group = "stock"
    prefix = "ST"
    rank = 2

    from_: Annotated[str, Code("warehouse"), "the warehouse that they leave"]
    to: Annotated[str, Code("warehouse"), "the warehouse that they reach"]
    lines: tuple[ItemLine, ...] = ()

    def complete(self, view: View) -> "StockTransfer":
        lines, found = in_units(self.lines, view)
        for n, line in enumerate(lines):
            item = view.master("item", line.item)
            if item is not None and not item.stocked:  # type: ignore[attr-defined]
                template = "{item} is a service: it has no stock"
                found.append(Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item"))
        if found:
            raise Refused(found)
        return replaced(self, lines=numbered(lines))

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if self.from_ == self.to:
            yield Problem(
                "same-place", "goods stay where they are: from and to are both {code}", {"code": self.to}, "to"
            )

    def effects(self, rules: Rules) -> Effects:
        return Effects(
            moves=tuple(
                Move(line.line, line.item, line.stock_qty, line.warehouse or self.from_, self.to) for line in self.lines
            )
        )
