"""Stock found, lost, used or brought in when the book is opened."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.items.units import price_of_one
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import ItemLine, check_lines, check_size, in_units, numbered
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Revalue
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, NumberField
from bizcli.kernel.money import micro, times
from bizcli.kernel.records import Document, filled, nearest, record, replaced
from bizcli.kernel.rules import Reason, Rules
from bizcli.kernel.view import View


@record
class AdjustmentLine(ItemLine):
    """What comes (qty above zero) or goes (below), at what cost."""

    qty: Annotated[Decimal, NumberField(signed=True), "above zero comes in, below goes out"] = filled()
    cost: Annotated[fields.Amount, "of one unit, for goods that come in"] | None = None
    value: Annotated[fields.Signed, "of all; with qty 0 a change of value only"] | None = None


@record
class StockAdjustment(Document):
    """Stock found, lost, used or brought in when the book is opened."""

    folder = "adjustments"
    group = "stock"
    prefix = "SA"

    warehouse: Annotated[str, Code("warehouse")] = filled()
    reason: Annotated[fields.Word, "opening, gain, loss, correction, internal_use, sample or gift"]
    lines: tuple[AdjustmentLine, ...] = ()

    @property
    def rank(self) -> int:  # type: ignore[override]
        return 3 if any(line.qty < 0 for line in self.lines) else 1

    def complete(self, view: View) -> "StockAdjustment":
        reason = reason_of(view.rules, self.reason)
        measured, found = in_units(self.lines, view)
        lines = []
        for n, line in enumerate(measured):
            item = view.master("item", line.item)
            if item is not None and not item.stocked:  # type: ignore[attr-defined]
                template = "{item} is a service: it has no stock"
                found.append(Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item"))
            if line.qty is None:
                found.append(Problem("missing-key", "{key} is missing", {"key": "qty"}, f"lines[{n}].qty"))
                continue
            if reason.way == "out" and line.qty > 0:
                line = replaced(line, qty=-line.qty)
            if reason.way == "in" and line.qty < 0:
                template = "{reason} brings goods in: write {qty}, or another reason"
                values = {"reason": reason.name, "qty": f"{-line.qty:f}"}
                found.append(Problem("wrong-way", template, values, f"lines[{n}].qty"))
            stocked = item is not None and item.stocked  # type: ignore[attr-defined]
            unknown_cost = stocked and (reason.name == "opening" or not view.has_moved(line.item))
            if line.qty > 0 and line.cost is None and line.value is None and unknown_cost:
                cost = getattr(item, "purchase_price", None)
                if cost is None:
                    template = "what does {item} cost? give cost, or set purchase_price of the item"
                    found.append(Problem("no-cost", template, {"item": line.item}, f"lines[{n}].cost"))
                else:
                    cost = price_of_one(cost, None, line.factor)
                line = replaced(line, cost=cost)
            lines.append(line)
        if found:
            raise Refused(found)
        return replaced(
            self, warehouse=default_warehouse(view, self.warehouse), lines=numbered(lines)
        )  # fmt: skip

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if line.qty <= 0 and line.cost is not None:
                yield Problem("wrong-value", "goods that go out leave at their own cost", path=f"lines[{n}].cost")
            if line.value is not None and line.qty < 0:
                yield Problem("wrong-value", "goods that go out leave at their own cost", path=f"lines[{n}].value")
            if line.qty == 0 and not line.value:
                yield Problem("wrong-value", "qty 0 needs a value: it changes the value only", path=f"lines[{n}].qty")
            if line.qty > 0 and line.value is not None and line.value < 0:
                yield Problem("wrong-value", "goods are never worth less than nothing", path=f"lines[{n}].value")

    def effects(self, rules: Rules) -> Effects:
        reason = reason_of(rules, self.reason)
        events: list[Move | Revalue] = []
        for line in self.lines:
            place = line.warehouse or self.warehouse
            qty = line.stock_qty
            if qty > 0:
                value = None
                if line.value is not None:
                    value = times(micro(line.value), 1_000_000, rules.unit)
                elif line.cost is not None:
                    value = times(micro(line.qty), micro(line.cost), rules.unit)
                check_size(value or 0, f"lines[{line.line - 1}]")
                events.append(Move(line.line, line.item, qty, reason.place, place, value, None, reason.gain))
            elif qty < 0:
                events.append(Move(line.line, line.item, -qty, place, reason.place, None, None, reason.loss))
            else:
                amount = times(micro(line.value or Decimal(0)), 1_000_000, rules.unit)
                account = reason.gain if amount > 0 else reason.loss
                events.append(Revalue(line.line, line.item, place, amount, account))
        return Effects(moves=tuple(events))


def reason_of(rules: Rules, name: str) -> Reason:
    """The reason with its account. Raises `Refused` for a word that the chart does not know."""
    reason = rules.reasons.get(name)
    if reason is None:
        template = "{reason} is no reason to adjust stock; the nearest is {nearest}"
        values = {"reason": fields.shown(name), "nearest": nearest(name, rules.reasons)}
        raise Refused([Problem("unknown-word", template, values, "reason")])
    return reason
