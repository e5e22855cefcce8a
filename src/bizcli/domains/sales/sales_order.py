"""A customer orders: we promise to deliver and to invoice."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.items.kits import goods_of, with_parts
from bizcli.domains.items.units import part_of, price_of_one
from bizcli.domains.orders.list_prices import at_list_prices
from bizcli.domains.orders.open_lines import draw, find, find_customer
from bizcli.domains.orders.order import Order, OrderLine, P, lines_now
from bizcli.domains.parties.terms import IMMEDIATE, Terms
from bizcli.domains.sales.credit import check_credit
from bizcli.domains.sales.pricing import (
    Coupons,
    Points,
    Promotions,
    check_floor,
    is_typed,
    refuse_own,
    shown_coupons,
    sold,
    taken_over,
    used,
)
from bizcli.domains.sales.quote import Quote, check_holds
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import (
    DIMENSIONS,
    Prices,
    Reduced,
    Rounding,
    amounts,
    check_lines,
    numbered,
    total,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class SalesOrderLine(OrderLine, Reduced):
    """What a customer orders."""


TAKEN_OVER = ("price", "discount", "tax", "text", "warehouse", *DIMENSIONS)
OF_QUOTE = ("customer_name", "address", "warehouse", "payment_terms", "prices", "tax_rounding", *DIMENSIONS)
"""What an order takes over from a line of a quote, and from the quote, where it does not say it itself."""


@record
class SalesOrder(Order):
    """A customer orders: we promise to deliver and to invoice."""

    folder = "orders"
    group = "order"
    prefix = "SO"
    promised_kinds = (fx.TO_DELIVER, fx.TO_INVOICE)
    goods_done = "goods of {id} have been delivered or invoiced: close it instead"
    line_done = "{qty} of {item} are delivered already"

    quote: Annotated[str, Id("quote"), "all that is open of it when no lines are given"] | None = None
    from_: Annotated[str, Id("opportunity"), "the opportunity that is won by it"] | None = None
    campaign: Annotated[str, Id("campaign"), "that brought it"] | None = None
    customer: Annotated[str, Code("customer")] = filled()
    customer_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    address: fields.Text | None = None
    warehouse: Annotated[str, Code("warehouse"), "that delivers"] | None = None
    promised: Annotated[fields.Day, "the day of delivery"] | None = None
    draft: Annotated[fields.Flag, "true until an order_change confirms it"] | None = None
    payment_terms: Terms = filled()
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    coupons: Coupons | None = None
    points: Points | None = None
    promotions: Promotions | None = None
    lines: tuple[SalesOrderLine, ...] = ()

    @property
    def verb(self) -> str:
        return "ordered"

    @property
    def amends(self) -> str | None:
        return self.from_

    def complete(self, view: View) -> "SalesOrder":
        quote = self.quote or next((line.from_ for line in self.lines if line.from_), None)
        if quote is not None:
            return self.quoted(view, quote.partition("/")[0]).completed(view)
        return self.completed(view)

    def quoted(self, view: View, id: str) -> "SalesOrder":
        """The order with what a quote says: all that is open of it, or the lines given. Raises `Refused`."""
        quote = find(view, id, "quote", Quote)
        assert isinstance(quote, Quote)
        if self.customer not in (None, quote.customer):
            values = {"id": quote.id, "customer": quote.customer}
            raise Refused([Problem("other-customer", "{id} is a quote to {customer}", values, "customer")])
        refuse_own(self, quote.id)
        if self.prices not in (None, quote.prices):
            template = "{id} has {prices} prices: an order has those of its quote"
            raise Refused([Problem("mixed-prices", template, {"id": id, "prices": quote.prices}, "prices")])
        changes = view.amendments(quote.id)
        check_holds(quote, changes)
        offered = view.open_of(fx.TO_ORDER, quote.id)
        until = quote.holds_until(changes)
        if offered and self.date > until:
            template = "{id} held until {until}: `bizcli quote extend {id} --valid-until DATE` lets it hold for longer"
            raise Refused([Problem("expired", template, {"id": quote.id, "until": until.isoformat()}, "quote")])
        quoted = {line.line: line for line in quote.lines}
        lines: list[SalesOrderLine] = []
        typed: list[SalesOrderLine] = []  # that have another price than was quoted
        for each in draw(self.lines, offered, "to order", quote.id, view):
            given = each.wanted or SalesOrderLine()
            own = quoted[each.promise.line]
            agreed = given if given.price is not None else own  # a price is of the unit that it was said with
            measure = part_of(agreed, each.qty)
            said = {name: getattr(given, name) for name in TAKEN_OVER}
            taken = {name: getattr(own, name) if value is None else value for name, value in said.items()}
            taken |= {"price": price_of_one(agreed.price, agreed.factor, measure.factor), **measure._asdict()}
            line = replaced(given, line=None, from_=each.line_id, item=own.item, **taken)
            if is_typed(given):
                typed.append(line)
            else:
                before: list[OrderLine] = [line for line in lines if line.from_ == each.line_id]
                before += ordered_of(view, quote.id, each.line_id) if own.reductions else []
                line = replaced(line, gift=own.gift, **taken_over(own, line, before, view.rules.unit))
            lines.append(line)
        done = replaced(
            self,
            quote=quote.id,
            from_=self.from_ or quote.from_,
            customer=quote.customer,
            lines=tuple(lines),
            **{name: getattr(self, name) or getattr(quote, name) for name in OF_QUOTE},
        )
        check_floor(done, typed, view)
        return done

    def completed(self, view: View) -> "SalesOrder":
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        if any(line.item is None for line in self.lines):
            raise Refused([Problem("missing-key", "every line needs an item", {}, "lines")])
        prices = self.prices or settings.prices
        done = replaced(self, prices=prices, tax_rounding=self.tax_rounding or settings.tax_rounding)
        lines = done.with_prices(self.lines, view) if self.quote is not None else sold(done, view)
        lines = numbered(with_parts(lines, view))
        warehouse = self.warehouse
        if warehouse is not None or any(view.master("item", line.item).deliverable for line in lines):  # type: ignore[union-attr]
            warehouse = default_warehouse(view, warehouse)
        done = replaced(
            done,
            customer_name=self.customer_name or customer.name,
            address=self.address or customer.address,
            warehouse=warehouse,
            payment_terms=self.payment_terms or customer.payment_terms or IMMEDIATE,
            lines=lines,
        )
        if not done.draft and not list(done.problems()):
            taxes = amounts(lines, done.prices, done.tax_rounding, view.rules, done.day)
            done.check_more(view, total(taxes).gross)
        return done

    def with_prices(self, lines: tuple[P, ...], view: View) -> tuple[P, ...]:
        return at_list_prices(lines, view, self.customer, self.prices, self.date)

    def check_floor(self, lines: tuple[OrderLine, ...], view: View, approved_by: str | None) -> None:
        check_floor(replaced(self, approved_by=approved_by), lines, view)

    def check_more(self, view: View, gross: int) -> None:
        check_credit(view, find_customer(view, self.customer), gross)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        lines = [line for line in lines_now(self, amendments).values() if line.qty]
        taxes = amounts(lines, self.prices, self.tax_rounding, rules, self.day)
        confirmed = self.is_confirmed(amendments)
        promises = tuple(each for line in lines for each in self.promised_by(line, rules)) if confirmed else ()
        promises += tuple(used(self.customer, lines)) if confirmed else ()
        promises += tuple(self.drawn(lines, fx.TO_ORDER))
        net, tax = total(taxes)
        events = shown_coupons(self, lines) if confirmed else ()
        return Effects(promises=promises, net=net, tax=tax, gross=net + tax, events=events)

    def promised_by(self, line: OrderLine, rules: Rules) -> Iterator[Promise]:
        """What one line promises: goods are to be delivered, a service is to be invoiced."""
        due = self.promised.isoformat() if self.promised else self.day
        kind = rules.item(line.item).type
        if kind == "service":
            yield Promise(
                fx.TO_INVOICE, self.id, line.line, line.stock_qty, 0, self.customer, line.item, None, due,
                f"{self.id}/{line.line}",
            )  # fmt: skip
            return
        place = line.warehouse or self.warehouse
        yield Promise(fx.TO_DELIVER, self.id, line.line, line.stock_qty, 0, self.customer, line.item, place, due)
        for move in goods_of(line, place or "", fx.CUSTOMER, rules) if kind == "kit" else ():
            yield Promise(fx.TO_PICK, self.id, move.line, move.qty, 0, None, move.item, place, due)


def ordered_of(view: View, quote: str, line: str) -> list[OrderLine]:
    """The lines of orders that there are of a line of a quote."""
    found = []
    for id in view.naming(quote):
        head, order = view.head(id), view.document(id)
        if isinstance(order, SalesOrder) and head is not None and head.void is None:
            found += [
                each for each in lines_now(order, view.amendments(id)).values() if each.from_ == line and each.qty
            ]
    return found
