"""Goods arrive from a supplier; what we owe for them waits for the bill."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.items.lots import OfLots
from bizcli.domains.items.units import part_of, price_of_one
from bizcli.domains.orders.open_lines import draw, find, find_supplier
from bizcli.domains.orders.order import lines_now
from bizcli.domains.purchasing.purchase_order import PurchaseOrder
from bizcli.domains.stock.lots import arriving
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import DIMENSIONS, PricedLine, Prices, amounts, check_lines, numbered, with_prices
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class ReceiptLine(PricedLine, OfLots):
    """Goods that arrive, at the price of the order or at one of their own."""

    item: Annotated[str, Code("item")] = filled()


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
        warehouse = default_warehouse(view, self.warehouse or order.warehouse)
        ordered = lines_now(order, view.amendments(order.id))
        lines = []
        for drawn in draw(self.lines, view.open_of(fx.TO_RECEIVE, order.id), "to receive", order.id, view):
            given = drawn.wanted or ReceiptLine()
            known = ordered[drawn.promise.line]
            agreed = given if given.price is not None else known  # a price is of the unit that it was said with
            measure = part_of(agreed, drawn.qty)
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
                    warehouse=place,
                    price=price_of_one(agreed.price, agreed.factor, measure.factor),
                    discount=agreed.discount if given.discount is None else given.discount,
                    tax=given.tax or known.tax,
                    **{name: getattr(given, name) or getattr(known, name) for name in DIMENSIONS},
                )
            )
        return replaced(
            self, supplier=order.supplier, order=order.id, warehouse=warehouse, prices=order.prices,
            lines=arriving(numbered(lines), view, self.date),
        )  # fmt: skip

    def without_order(self, view: View) -> "GoodsReceipt":
        """Goods that nobody ordered on paper."""
        supplier = find_supplier(view, self.supplier)
        for n, line in enumerate(self.lines):
            if line.item is None:
                raise Refused([Problem("missing-key", "{key} is missing", {"key": "item"}, f"lines[{n}].item")])
        lines = numbered(with_prices(self.lines, view, "purchase_price"))
        for n, line in enumerate(lines):
            if not view.master("item", line.item).stocked:  # type: ignore[union-attr]
                template = "{item} is a service: bill it, it cannot be received"
                raise Refused([Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item")])
        return replaced(
            self,
            supplier=supplier.code,
            warehouse=default_warehouse(view, self.warehouse),
            prices=self.prices or view.rules.settings.prices,
            lines=arriving(lines, view, self.date),
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)

    def values(self, rules: Rules) -> dict[int, int]:
        """What each line is worth, without tax, by number."""
        taxes = amounts(self.lines, self.prices, "line", rules, self.day)
        return {line.line: taxed.net for line, taxed in zip(self.lines, taxes, strict=True)}

    def effects(self, rules: Rules) -> Effects:
        moves, promises = [], []
        values = self.values(rules)
        for line in self.lines:
            qty = line.stock_qty
            place = line.warehouse or self.warehouse
            moves.append(
                Move(line.line, line.item, qty, fx.SUPPLIER, place, values[line.line], None, None, self.supplier)
            )
            own = f"{self.id}/{line.line}"
            if line.from_ is not None:
                source, _, number = line.from_.partition("/")
                promises.append(Promise(fx.TO_RECEIVE, source, int(number), 0, qty))
            promises.append(
                Promise(
                    fx.TO_BILL, self.id, line.line, qty, 0, self.supplier, line.item, None, self.day, line.from_ or own
                )
            )
            back = Promise(
                fx.TO_RETURN, self.id, line.line, qty, 0, self.supplier, line.item, place, self.day, line.from_
            )
            promises.append(back)
        return Effects(tuple(moves), (), tuple(promises))
