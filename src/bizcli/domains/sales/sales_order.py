"""A customer orders: we promise to deliver and to invoice."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.orders.open_lines import find_customer
from bizcli.domains.orders.order import Order, OrderLine, P, lines_now
from bizcli.domains.parties.terms import IMMEDIATE, Terms
from bizcli.domains.sales.credit import check_credit
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import (
    Prices,
    Rounding,
    amounts,
    check_lines,
    numbered,
    total,
    with_prices,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class SalesOrder(Order):
    """A customer orders: we promise to deliver and to invoice."""

    folder = "orders"
    group = "order"
    prefix = "SO"
    promised_kinds = (fx.TO_DELIVER, fx.TO_INVOICE)
    goods_done = "goods of {id} have been delivered or invoiced: close it instead"
    line_done = "{qty} of {item} are delivered already"

    customer: Annotated[str, Code("customer")]
    customer_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    address: fields.Text | None = None
    warehouse: Annotated[str, Code("warehouse"), "that delivers"] | None = None
    promised: Annotated[fields.Day, "the day of delivery"] | None = None
    draft: Annotated[fields.Flag, "true until an order_change confirms it"] | None = None
    payment_terms: Terms = filled()
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    lines: tuple[OrderLine, ...] = ()

    def complete(self, view: View) -> "SalesOrder":
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        lines = numbered(self.with_prices(self.lines, view))
        warehouse = self.warehouse
        if warehouse is not None or any(view.master("item", line.item).stocked for line in lines):  # type: ignore[union-attr]
            warehouse = default_warehouse(view, warehouse)
        done = replaced(
            self,
            customer_name=self.customer_name or customer.name,
            address=self.address or customer.address,
            warehouse=warehouse,
            payment_terms=self.payment_terms or customer.payment_terms or IMMEDIATE,
            prices=self.prices or settings.prices,
            tax_rounding=self.tax_rounding or settings.tax_rounding,
            lines=lines,
        )
        if not done.draft and not list(done.problems()):
            taxes = amounts(lines, done.prices, done.tax_rounding, view.rules, done.day)
            done.check_more(view, total(taxes).gross)
        return done

    def with_prices(self, lines: tuple[P, ...], view: View) -> tuple[P, ...]:
        return with_prices(lines, view)

    def check_more(self, view: View, gross: int) -> None:
        check_credit(view, find_customer(view, self.customer), gross)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        lines = [line for line in lines_now(self, amendments).values() if line.qty]
        taxes = amounts(lines, self.prices, self.tax_rounding, rules, self.day)
        promises = tuple(self.promise(line, rules) for line in lines) if self.is_confirmed(amendments) else ()
        net, tax = total(taxes)
        return Effects(promises=promises, net=net, tax=tax, gross=net + tax)

    def promise(self, line: OrderLine, rules: Rules) -> Promise:
        """What one line promises: goods are to be delivered, a service is to be invoiced."""
        due = self.promised.isoformat() if self.promised else self.day
        if rules.item(line.item).type == "service":
            return Promise(
                fx.TO_INVOICE, self.id, line.line, line.stock_qty, 0, self.customer, line.item, None, due,
                f"{self.id}/{line.line}",
            )  # fmt: skip
        place = line.warehouse or self.warehouse
        return Promise(fx.TO_DELIVER, self.id, line.line, line.stock_qty, 0, self.customer, line.item, place, due)
