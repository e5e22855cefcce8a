"""Goods leave for a customer; what they cost is worked out, what they bring waits for the invoice."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.items.kits import Part, goods_of, part_qty, parts_from, with_parts
from bizcli.domains.items.lots import OfLots
from bizcli.domains.items.units import part_of
from bizcli.domains.orders.list_prices import at_list_prices
from bizcli.domains.orders.open_lines import draw, find, find_customer
from bizcli.domains.orders.order import lines_now
from bizcli.domains.sales.credit import check_credit
from bizcli.domains.sales.pricing import check_floor
from bizcli.domains.sales.sales_order import SalesOrder
from bizcli.domains.stock.lots import leaving
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import (
    ItemLine,
    PricedLine,
    Prices,
    Rounding,
    amounts,
    check_lines,
    numbered,
    total,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class DeliveryLine(ItemLine, OfLots):
    """Goods that leave; the price only where no order says it."""

    item: Annotated[str, Code("item")] = filled()
    price: Annotated[fields.Amount, "of one unit, without an order"] | None = None
    discount: fields.Percent | None = None
    price_list: Annotated[str, Code("price_list"), "that its price is from"] | None = None
    tax: Annotated[fields.Word, "a percentage or a tax code, without an order"] | None = None
    components: tuple[Part, ...] = ()


@record
class Delivery(Document):
    """Goods leave for a customer; what they cost is worked out, what they bring waits for the invoice."""

    folder = "deliveries"
    group = "delivery"
    prefix = "DN"
    rank = 3

    customer: Annotated[str, Code("customer")] = filled()
    order: Annotated[str, Id("sales_order"), "all that is open of it when no lines are given"] | None = None
    warehouse: Annotated[str, Code("warehouse")] = filled()
    prices: Prices | None = None
    tax_rounding: Rounding | None = None
    allow_expired: Annotated[fields.Flag, "goods of lots that have expired may go"] | None = None
    lines: tuple[DeliveryLine, ...] = ()

    @property
    def verb(self) -> str:
        return "delivered"

    def complete(self, view: View) -> "Delivery":
        order_id = self.order
        if order_id is None and self.lines and self.lines[0].from_:
            order_id = self.lines[0].from_.partition("/")[0]
        if order_id is None:
            return self.without_order(view)
        order = find(view, order_id, "order", SalesOrder)
        assert isinstance(order, SalesOrder)
        if self.customer not in (None, order.customer):
            values = {"id": order.id, "customer": order.customer}
            raise Refused([Problem("other-customer", "{id} is an order of {customer}", values, "customer")])
        warehouse = default_warehouse(view, self.warehouse or order.warehouse)
        lines = []
        ordered = lines_now(order, view.amendments(order.id))
        for drawn in draw(self.lines, view.open_of(fx.TO_DELIVER, order.id), "to deliver", order.id, view):
            given = drawn.wanted or DeliveryLine()
            line = ordered[drawn.promise.line]
            place = given.warehouse
            if place is None and self.warehouse is None and drawn.promise.place != warehouse:
                place = drawn.promise.place
            lines.append(
                replaced(
                    given,
                    line=None,
                    from_=drawn.line_id,
                    item=drawn.promise.item,
                    **part_of(line, drawn.qty)._asdict(),
                    warehouse=place,
                    components=parts_from(drawn.line_id, line.components, given.components),
                )
            )
        return replaced(
            self, customer=order.customer, order=order.id, warehouse=warehouse,
            lines=self.picked(numbered(lines), view, warehouse),
        )  # fmt: skip

    def picked(self, lines: tuple[DeliveryLine, ...], view: View, warehouse: str) -> tuple[DeliveryLine, ...]:
        """Lines with the lots that go."""
        return leaving(lines, view, self.date, lambda line: line.warehouse or warehouse, for_customer=True)

    def without_order(self, view: View) -> "Delivery":
        """Goods that nobody ordered on paper: priced now, waiting to be invoiced."""
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        for n, line in enumerate(self.lines):
            if line.item is None:
                raise Refused([Problem("missing-key", "{key} is missing", {"key": "item"}, f"lines[{n}].item")])
            if line.qty is None:
                raise Refused([Problem("missing-key", "{key} is missing", {"key": "qty"}, f"lines[{n}].qty")])
        listed = at_list_prices(self.lines, view, self.customer, self.prices or settings.prices, self.date)  # type: ignore[type-var]
        lines = numbered(with_parts(listed, view))
        for n, line in enumerate(lines):
            if not view.master("item", line.item).deliverable:  # type: ignore[union-attr]
                template = "{item} is a service: invoice it, it cannot be delivered"
                raise Refused([Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item")])
        warehouse = default_warehouse(view, self.warehouse)
        lines = self.picked(lines, view, warehouse)
        done = replaced(
            self,
            warehouse=warehouse,
            prices=self.prices or settings.prices,
            tax_rounding=self.tax_rounding or settings.tax_rounding,
            lines=lines,
        )
        assert done.prices and done.tax_rounding
        check_floor(done, priced(lines), view)  # type: ignore[arg-type]
        taxes = amounts(priced(lines), done.prices, done.tax_rounding, view.rules, done.day)
        check_credit(view, customer, total(taxes).gross)
        return done

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if line.from_ is None and (line.price is None or line.tax is None):
                template = "without an order a line needs price and tax; `bizcli apply FILE` fills them in"
                yield Problem("not-complete", template, {}, f"lines[{n}].price")

    def effects(self, rules: Rules) -> Effects:
        moves: list[Move] = []
        promises: list[Promise] = []
        for line in self.lines:
            qty = line.stock_qty
            moves += goods_of(line, line.warehouse or self.warehouse, fx.CUSTOMER, rules)
            if line.from_ is not None:
                source, _, number = line.from_.partition("/")
                promises.append(Promise(fx.TO_DELIVER, source, int(number), 0, qty))
            for part in line.components:
                if part.from_ is not None and rules.item(part.item).type != "service":
                    source, _, number = part.from_.partition("/")
                    promises.append(Promise(fx.TO_PICK, source, int(number), 0, part_qty(line, part)))
            promises.append(
                Promise(
                    fx.TO_INVOICE, self.id, line.line, qty, 0, self.customer, line.item, None, self.day,
                    line.from_ or f"{self.id}/{line.line}",
                )
            )  # fmt: skip
        return Effects(tuple(moves), (), tuple(promises))


def priced(lines: tuple[DeliveryLine, ...]) -> list[PricedLine]:
    """Lines without an order, as lines that have a price."""
    return [
        PricedLine(
            line=line.line, item=line.item, qty=line.qty, unit=line.unit, factor=line.factor, price=line.price or Decimal(0),
            discount=line.discount, tax=line.tax or "0%",
        )
        for line in lines
    ]  # fmt: skip
