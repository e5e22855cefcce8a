"""Goods arrive from a supplier; what we owe for them waits for the bill."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from bizcli.domains.accounting.payment import dated, written
from bizcli.domains.items.lots import OfLots
from bizcli.domains.items.units import in_stock_unit, part_of, price_of_one
from bizcli.domains.orders.open_lines import draw, find, find_supplier
from bizcli.domains.orders.order import OrderLine, lines_now
from bizcli.domains.purchasing.purchase_order import PurchaseOrder
from bizcli.domains.stock.lots import arriving
from bizcli.domains.stock.places import default_warehouse, reject_place
from bizcli.domains.tax.currency import (
    CurrencyName,
    RateOfOne,
    check_currency,
    check_priced,
    exchange_of,
    rate_for,
)
from bizcli.domains.tax.lines import DIMENSIONS, PricedLine, Prices, amounts, check_lines, numbered, with_prices
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import MICRO, decimal, micro, quantity_text, share
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty


@record
class ReceiptLine(PricedLine, OfLots):
    """Goods that arrive, at the price of the order or at one of their own."""

    item: Annotated[str, Code("item")] = filled()
    rejected: Annotated[fields.Quantity, "how many of them we do not accept"] | None = None
    reason: Annotated[fields.Word, "why we do not accept them"] | None = None
    beyond: Annotated[fields.Quantity, "how many were not ordered, in the item's own unit"] | None = None
    bill: Annotated[fields.LineId, "the line of a bill that charged them before they came"] | None = None
    billed: Annotated[fields.Amount, "what they cost us on that bill, in the book's currency"] | None = None

    @property
    def beyond_qty(self) -> int:
        """How many were not ordered, in micro."""
        return micro(self.beyond) if self.beyond is not None else 0


@record
class GoodsReceipt(Document):
    """Goods arrive from a supplier; what we owe for them waits for the bill."""

    folder = "receipts"
    group = "receipt"
    prefix = "GR"
    rank = 1

    supplier: Annotated[str, Code("supplier")] = filled()
    order: Annotated[str, Id("purchase_order"), "all that is open of it when no lines are given"] | None = None
    warehouse: Annotated[str, Code("warehouse")] = filled()
    delivery_note: Annotated[fields.Word, "the supplier's number of it"] | None = None
    currency: CurrencyName | None = None
    rate: RateOfOne | None = None
    prices: Prices = filled()
    lines: tuple[ReceiptLine, ...] = ()

    def complete(self, view: View) -> "GoodsReceipt":
        order_id = self.order
        if order_id is None and self.lines and self.lines[0].from_:
            order_id = self.lines[0].from_.partition("/")[0]
        if order_id is None:
            return self.without_order(view)
        order = find(view, order_id, "order", PurchaseOrder)
        assert isinstance(order, PurchaseOrder)
        if self.supplier not in (None, order.supplier):
            values = {"id": order.id, "supplier": order.supplier}
            raise Refused([Problem("other-supplier", "{id} is an order of {supplier}", values, "supplier")])
        if self.prices not in (None, order.prices):
            template = "the prices of {id} are {prices}"
            raise Refused([Problem("mixed-prices", template, {"id": order.id, "prices": order.prices}, "prices")])
        currency = check_currency(view, self.currency, order)
        rate = rate_for(view, currency, self.rate, self.date, (order.rate,))
        warehouse = default_warehouse(view, self.warehouse or order.warehouse)
        ordered = lines_now(order, view.amendments(order.id))
        offered = view.open_of(fx.TO_RECEIVE, order.id)
        beyond = allowed_beyond(view, order.supplier, offered)
        left = {each.line: open_qty(each) for each in offered}
        lines = []
        for drawn in draw(self.lines, offered, "to receive", order.id, view, beyond):
            given = drawn.wanted or ReceiptLine()
            known = ordered[drawn.promise.line]
            agreed = given if given.price is not None else known  # a price is of the unit that it was said with
            measure = part_of(agreed, drawn.qty)
            more = drawn.qty - max(left[drawn.promise.line], 0)
            left[drawn.promise.line] -= drawn.qty
            place = given.warehouse
            if place is None and self.warehouse is None and drawn.promise.place != warehouse:
                place = drawn.promise.place
            lines.append(
                replaced(
                    given,
                    line=None,
                    from_=drawn.line_id,
                    item=drawn.promise.item,
                    **measure._asdict(),
                    beyond=decimal(more) if more > 0 else None,
                    warehouse=place,
                    price=price_of_one(agreed.price, agreed.factor, measure.factor),
                    discount=agreed.discount if given.discount is None else given.discount,
                    tax=given.tax or known.tax,
                    **{name: getattr(given, name) or getattr(known, name) for name in DIMENSIONS},
                )
            )
        done = numbered(billed_ahead(view, order.id, ordered, apart(lines, warehouse, view), self.day))
        return replaced(
            self, supplier=order.supplier, order=order.id, warehouse=warehouse, currency=currency, rate=rate,
            prices=order.prices, lines=arriving(done, view, self.date),
        )  # fmt: skip

    def without_order(self, view: View) -> "GoodsReceipt":
        """Goods that nobody ordered on paper."""
        supplier = find_supplier(view, self.supplier)
        for n, line in enumerate(self.lines):
            if line.item is None:
                raise Refused([Problem("missing-key", "{key} is missing", {"key": "item"}, f"lines[{n}].item")])
        warehouse = default_warehouse(view, self.warehouse)
        check_priced(self.lines, view, self.currency)
        lines = numbered(apart(with_prices(self.lines, view, "purchase_price"), warehouse, view))
        for n, line in enumerate(lines):
            if not view.master("item", line.item).stocked:  # type: ignore[union-attr]
                template = "{item} is a service: bill it, it cannot be received"
                raise Refused([Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item")])
        return replaced(
            self,
            supplier=supplier.code,
            warehouse=warehouse,
            rate=rate_for(view, self.currency, self.rate, self.date),
            prices=self.prices or view.rules.settings.prices,
            lines=arriving(lines, view, self.date),
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if line.rejected is not None and line.rejected != line.qty:
                template = "what is rejected has a line of its own; `bizcli apply FILE` parts it"
                yield Problem("not-complete", template, {}, f"lines[{n}].rejected")
            if line.beyond_qty > line.stock_qty:
                template = "{beyond} beyond the order, but only {qty} came"
                values = {"beyond": quantity_text(line.beyond_qty), "qty": quantity_text(line.stock_qty)}
                yield Problem("wrong-value", template, values, f"lines[{n}].beyond")
            if (line.bill is None) != (line.billed is None):
                template = "{key} is missing; `bizcli apply FILE` fills it in"
                key = "bill" if line.bill is None else "billed"
                yield Problem("missing-key", template, {"key": key}, f"lines[{n}]")

    def values(self, rules: Rules) -> dict[int, int]:
        """What each line is worth in the book's currency, by number: what a bill charged ahead, else its price without tax."""
        money = exchange_of(self, rules)
        taxes = amounts(self.lines, self.prices, "line", rules, self.day, money.unit)
        return {
            line.line: micro(line.billed) if line.billed is not None else money.base(taxed.net)
            for line, taxed in zip(self.lines, taxes, strict=True)
        }

    def effects(self, rules: Rules) -> Effects:
        moves, promises = [], []
        values = self.values(rules)
        for line in self.lines:
            qty = line.stock_qty
            place = line.warehouse or self.warehouse
            move = Move(line.line, line.item, qty, fx.SUPPLIER, place, values[line.line], None, None, self.supplier)
            moves.append(move._replace(reason=line.reason if line.rejected is not None else None))
            own = f"{self.id}/{line.line}"
            if line.from_ is not None:
                source, _, number = line.from_.partition("/")
                ordered = (source, int(number), 0, qty - line.beyond_qty)
                promises.append(Promise(fx.TO_RECEIVE, *ordered))
                if line.bill is None:
                    promises.append(Promise(fx.TO_BILL_AHEAD, *ordered))
            if line.bill is not None:
                bill, _, number = line.bill.partition("/")
                promises.append(Promise(fx.BILLED_AHEAD, bill, int(number), 0, qty))
                promises.append(Promise(fx.AHEAD_VALUE, bill, int(number), 0, values[line.line]))
                promises.append(Promise(fx.TO_RETURN, bill, int(number), qty))
            about = (self.supplier, line.item, None, self.day, line.from_ or own)
            promises.append(Promise(fx.TO_BILL, self.id, line.line, qty, qty if line.bill is not None else 0, *about))
            back = Promise(
                fx.TO_RETURN, self.id, line.line, qty, 0, self.supplier, line.item, place, self.day, line.from_
            )
            promises.append(back)
        return Effects(tuple(moves), (), tuple(promises))


def allowed_beyond(view: View, supplier: str, offered: Iterable[Promise]) -> dict[int, int]:
    """How much more of each line of an order may come than is ordered."""
    known = find_supplier(view, supplier)
    percent = known.receipt_tolerance
    if percent is None:
        percent = view.rules.settings.receipt_tolerance
    return {each.line: each.opened * micro(percent) // (100 * MICRO) for each in offered}


def apart(lines: Iterable[ReceiptLine], warehouse: str, view: View) -> Iterator[ReceiptLine]:
    """Lines with what is rejected on lines of its own, in the warehouse for that. Raises `Refused`."""
    for n, line in enumerate(lines):
        if line.rejected is None:
            yield line
            continue
        place = reject_place(view, line.warehouse or warehouse, f"lines[{n}].rejected")
        rejected = in_stock_unit(line.rejected, line.factor)
        kept = line.stock_qty - rejected
        if kept < 0:
            template = "{rejected} are rejected, but only {qty} came"
            values = {"rejected": quantity_text(rejected), "qty": quantity_text(line.stock_qty)}
            raise Refused([Problem("wrong-value", template, values, f"lines[{n}].rejected")])
        if line.reason is None:
            raise Refused([Problem("missing-key", "say why they are rejected: `reason`", {}, f"lines[{n}].reason")])
        beyond = line.beyond_qty
        if kept and (line.lots or line.serials):
            template = "which of its lots or serial numbers are rejected? they need a line of their own"
            raise Refused([Problem("which-lot", template, {}, f"lines[{n}].rejected")])
        if kept:
            yield part(line, kept, max(beyond - rejected, 0), rejected=None, reason=None)
        gone = part(line, rejected, min(beyond, rejected), warehouse=place)
        yield replaced(gone, line=None if kept else line.line)


def billed_ahead(
    view: View, order: str, ordered: Mapping[int, OrderLine], lines: Iterable[ReceiptLine], day: str
) -> Iterator[ReceiptLine]:
    """Lines with goods that were billed before they came on lines of their own, at what they cost there.

    Those of the oldest bill come first; the last of a bill's line take the odd cents. Raises `Refused`.
    """
    billed = sorted(view.open_by_origin(fx.BILLED_AHEAD, order), key=lambda each: (dated(view, each), each.document))
    if not billed:
        yield from lines
        return
    left = {line_id(each): (open_qty(each), value_left(view, each)) for each in billed if dated(view, each) <= day}
    room = {line_id(each): open_qty(each) for each in view.open_of(fx.TO_BILL_AHEAD, order)}
    for n, line in enumerate(lines):
        assert line.from_ is not None
        rest = line.stock_qty - line.beyond_qty
        for each in billed:
            own = line_id(each)
            if own not in left or each.origin != line.from_ or line.bill not in (None, own):
                continue
            qty = min(rest, left[own][0])
            if qty:
                value = share(left[own][1], qty, left[own][0], view.rules.unit)
                left[own] = (left[own][0] - qty, left[own][1] - value)
                rest -= qty
                known = ordered[int(line.from_.partition("/")[2])]
                yield at_bill(view, part(line, qty, 0), each, value, known, f"lines[{n}]")
        if line.bill is not None and rest:
            template = "{qty} of them are not billed ahead on {line}: leave `bill` out, it is found"
            values = {"line": line.bill, "qty": quantity_text(rest)}
            raise Refused([Problem("more-than-open", template, values, f"lines[{n}].bill")])
        room[line.from_] = room.get(line.from_, 0) - rest
        later = [each for each in billed if line_id(each) not in left and each.origin == line.from_]
        if room[line.from_] < 0 and later:
            template = (
                "{bill} billed {qty} of {item} on {day}, ahead of the goods: date the receipt on that day or later"
            )
            values = {"bill": later[0].document, "item": line.item, "day": dated(view, later[0])}
            values["qty"] = quantity_text(open_qty(later[0]))
            raise Refused([Problem("before-its-bill", template, values, f"lines[{n}].qty")])
        rest += line.beyond_qty
        if rest:
            yield line if rest == line.stock_qty else part(line, rest, line.beyond_qty)


def line_id(promise: Promise) -> str:
    """The line that opened a promise."""
    return f"{promise.document}/{promise.line}"


def value_left(view: View, ahead: Promise) -> int:
    """What the goods cost that a bill charged and that are not here."""
    found = view.promise((fx.AHEAD_VALUE, ahead.document, ahead.line))
    return max(open_qty(found[0]), 0) if found is not None else 0


def at_bill(view: View, line: ReceiptLine, ahead: Promise, value: int, ordered: OrderLine, path: str) -> ReceiptLine:
    """A line of goods as a bill charged them. Raises `Refused` where another price is said."""
    bill = view.document(ahead.document)
    charged = next(each for each in bill.lines if each.line == ahead.line)  # type: ignore[union-attr]
    price = price_of_one(charged.price, charged.factor, line.factor)
    if line.price not in (price, price_of_one(ordered.price, ordered.factor, line.factor)):
        values = {"item": line.item, "price": f"{price:f}", "bill": ahead.document}
        template = "{bill} charged {item} at {price}: goods that are billed come in at that; leave the price out"
        raise Refused([Problem("wrong-value", template, values, f"{path}.price")])
    own = {"price": price, "discount": charged.discount, "tax": charged.tax}
    return replaced(line, **own, bill=line_id(ahead), billed=written(value, view.rules.unit))


def part(line: ReceiptLine, qty: int, beyond: int, **changes: str | None) -> ReceiptLine:
    """A part of a line, at its price; of a line that is rejected, all of it is."""
    measure = part_of(line, qty)
    assert line.price is not None
    said = {
        **measure._asdict(),
        "price": price_of_one(line.price, line.factor, measure.factor),
        "beyond": decimal(beyond) if beyond else None,
        "rejected": measure.qty if line.rejected is not None else None,
    }
    return replaced(line, **said | changes)
