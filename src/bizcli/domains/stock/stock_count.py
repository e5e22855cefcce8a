"""What was counted on the shelves; the difference is derived."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import check_lines, numbered, unknown
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Level
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class CountLine(Line):
    """How many were there."""

    item: Annotated[str, Code("item")]
    counted: fields.Amount
    cost: Annotated[fields.Amount, "of one unit, for goods that were never here before"] | None = None
    note: fields.Text | None = None


@record
class StockCount(Document):
    """What was counted on the shelves at close of the day, or at `time`; the difference is derived."""

    folder = "counts"
    group = "stock"
    prefix = "SC"
    rank = 8

    warehouse: Annotated[str, Code("warehouse")] = filled()
    lines: tuple[CountLine, ...] = ()

    def complete(self, view: View) -> "StockCount":
        found = []
        lines = []
        for n, line in enumerate(self.lines):
            item = view.master("item", line.item)
            if item is None:
                found.append(unknown(view, "item", line.item, f"lines[{n}].item"))
            elif not item.stocked:  # type: ignore[attr-defined]
                template = "{item} is a service: it has no stock"
                found.append(Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item"))
            elif line.cost is None:
                line = replaced(line, cost=item.purchase_price)  # type: ignore[attr-defined]
                if line.cost is None and line.counted and not view.has_moved(line.item):
                    template = "what does {item} cost? give cost, or set purchase_price of the item"
                    found.append(Problem("no-cost", template, {"item": line.item}, f"lines[{n}].cost"))
            lines.append(line)
        if found:
            raise Refused(found)
        return replaced(
            self,
            warehouse=default_warehouse(view, self.warehouse),
            lines=numbered(lines),
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        seen: set[str] = set()
        for n, line in enumerate(self.lines):
            if line.item in seen:
                yield Problem("same-item", "{item} is counted twice", {"item": line.item}, f"lines[{n}].item")
            seen.add(line.item)

    def effects(self, rules: Rules) -> Effects:
        return Effects(
            moves=tuple(
                Level(
                    line.line, line.item, micro(line.counted), self.warehouse, None,
                    micro(line.cost) if line.cost is not None else None,
                )
                for line in self.lines
            )
        )  # fmt: skip
