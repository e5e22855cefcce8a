"""Stock found, lost, used or brought in when the book is opened."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.items.lots import OfLots
from bizcli.domains.items.units import price_of_one
from bizcli.domains.stock.lots import as_they_left, coming_or_going
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.stock.transit import check_sources, received, taken, transfer_of
from bizcli.domains.tax.lines import ItemLine, check_lines, check_size, in_units, numbered
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Revalue, under_way
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, NumberField
from bizcli.kernel.money import micro, times
from bizcli.kernel.records import Document, filled, nearest, record, replaced
from bizcli.kernel.rules import Reason, Rules
from bizcli.kernel.view import View


@record
class AdjustmentLine(ItemLine, OfLots):
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
    transfer: (
        Annotated[str, Id("stock_transfer"), "whose goods never arrived; all that is under way without lines"] | None
    ) = None
    lines: tuple[AdjustmentLine, ...] = ()

    @property
    def rank(self) -> int:  # type: ignore[override]
        return 3 if any(line.qty < 0 for line in self.lines) else 1

    def complete(self, view: View) -> "StockAdjustment":
        reason = reason_of(view.rules, self.reason)
        if self.transfer is not None:
            return self.under_way(view, reason, self.transfer)
        measured, found = in_units(self.lines, view)
        lines = []
        for n, line in enumerate(measured):
            item = view.master("item", line.item)
            if item is not None and not item.stocked:  # type: ignore[attr-defined]
                found.append(item.without_stock(f"lines[{n}].item"))  # type: ignore[attr-defined]
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
        warehouse = default_warehouse(view, self.warehouse)
        done = coming_or_going(
            numbered(lines), view, self.date, lambda line: line.warehouse or warehouse, lambda line: line.qty > 0
        )
        return replaced(self, warehouse=warehouse, lines=done)

    def under_way(self, view: View, reason: Reason, transfer: str) -> "StockAdjustment":
        """What of a transfer is given up, as it will not arrive any more."""
        sent = transfer_of(view, transfer)
        if reason.way == "in":
            values = {"reason": reason.name, "id": transfer}
            raise Refused([Problem("wrong-way", "{reason} brings goods in: what of {id} is lost?", values, "reason")])
        lines = numbered(taken(view, transfer, self.lines, AdjustmentLine(item="")))
        lines = as_they_left(lines, view, lambda line: line.from_)
        return replaced(
            self, warehouse=self.warehouse or sent.to, lines=tuple(replaced(line, qty=-line.qty) for line in lines)
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if self.transfer is not None:
            yield from check_sources(self.lines, self.transfer)
        for n, line in enumerate(self.lines):
            if self.transfer is not None and line.qty >= 0:
                yield Problem("wrong-value", "goods under way only go: qty is below zero", path=f"lines[{n}].qty")
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
            place = line.warehouse or self.warehouse if self.transfer is None else under_way(self.transfer)
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
        promises = [received(line) for line in self.lines] if self.transfer is not None else []
        return Effects(tuple(events), promises=tuple(promises))


def reason_of(rules: Rules, name: str) -> Reason:
    """The reason with its account. Raises `Refused` for a word that the chart does not know."""
    reason = rules.reasons.get(name)
    if reason is None:
        template = "{reason} is no reason to adjust stock; the nearest is {nearest}"
        values = {"reason": fields.shown(name), "nearest": nearest(name, rules.reasons)}
        raise Refused([Problem("unknown-word", template, values, "reason")])
    return reason
