"""Someone needs goods or services: once approved, they are ordered, or suppliers are asked for prices."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.purchasing.wanted import to_be_bought
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import ItemLine, check_lines, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class RequestLine(ItemLine):
    """What is needed, and how much of it."""


@record
class PurchaseRequest(Document):
    """Someone needs goods or services: once approved, they are ordered, or suppliers are asked for prices."""

    folder = "requests"
    group = "request"
    prefix = "RQ"
    rank = 0
    amendable = True

    requester: Annotated[fields.StaffCode, "who needs it"] | None = None
    warehouse: Annotated[str, Code("warehouse"), "where it is needed"] | None = None
    needed: Annotated[fields.Day, "the day by which it is needed"] | None = None
    reason: fields.Text | None = None
    lines: tuple[RequestLine, ...] = ()

    @property
    def verb(self) -> str:
        return "requested"

    def complete(self, view: View) -> "PurchaseRequest":
        lines = numbered(to_be_bought(self.lines, view))
        warehouse = self.warehouse
        if warehouse is not None or any(view.rules.item(line.item).type != "service" for line in lines):
            warehouse = default_warehouse(view, warehouse)
        return replaced(self, warehouse=warehouse, lines=lines)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if line.qty is None:
                yield Problem("missing-key", "{key} is missing", {"key": "qty"}, f"lines[{n}]")
        if self.needed is not None and self.needed < self.date:
            values = {"needed": self.needed.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{needed} is before the day of the request, {day}", values, "needed")

    def effects(self, rules: Rules) -> Effects:
        return self.effects_after([], rules)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """Nothing may be ordered of it until it is approved; once it is rejected, what was ordered before stays."""
        left = dict.fromkeys((line.line for line in self.lines), 0)
        for change in amendments:
            if change.action == "approve":  # type: ignore[attr-defined]
                left = {line.line: line.stock_qty for line in self.lines}
            else:
                left |= {line.line: micro(line.qty) for line in change.lines}  # type: ignore[attr-defined]
        due = self.needed.isoformat() if self.needed else None
        return Effects(
            promises=tuple(
                Promise(fx.TO_BUY, self.id, line.line, left[line.line], 0, None, line.item, self.place(line), due)
                for line in self.lines
            )
        )

    def place(self, line: RequestLine) -> str | None:
        return line.warehouse or self.warehouse
