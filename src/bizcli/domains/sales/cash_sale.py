"""Order, delivery, invoice and payment at once: the till of a shop, a web shop."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.accounting.customer_payment import check_minor
from bizcli.domains.orders.open_lines import find_customer
from bizcli.domains.sales.sales_invoice import revenue
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import (
    PricedLine,
    Prices,
    Rounding,
    Taxed,
    amounts,
    check_lines,
    numbered,
    total,
    with_prices,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class CashSale(Document):
    """Order, delivery, invoice and payment at once: the till of a shop, a web shop."""

    folder = "sales"
    group = "sale"
    prefix = "CS"
    rank = 3

    customer: Annotated[str, Code("customer"), "book.yaml walk_in when absent"] | None = None
    warehouse: Annotated[str, Code("warehouse")] | None = None
    account: Annotated[fields.Word, "where the money goes: a role or an account"] = filled()
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    lines: tuple[PricedLine, ...] = ()

    def complete(self, view: View) -> "CashSale":
        settings = view.rules.settings
        customer = self.customer or settings.walk_in
        if customer is not None:
            find_customer(view, customer)
        lines = numbered(with_prices(self.lines, view))
        warehouse = self.warehouse
        if warehouse is not None or any(view.master("item", line.item).stocked for line in lines):  # type: ignore[union-attr]
            warehouse = default_warehouse(view, warehouse)
        return replaced(
            self,
            customer=customer,
            warehouse=warehouse,
            account=self.account or "cash",
            prices=self.prices or settings.prices,
            tax_rounding=self.tax_rounding or settings.tax_rounding,
            lines=lines,
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)

    def taxes(self, rules: Rules) -> list[Taxed]:
        """Net and tax of each line."""
        return amounts(self.lines, self.prices, self.tax_rounding, rules, self.day)

    def effects(self, rules: Rules) -> Effects:
        taxes = self.taxes(rules)
        net, tax = total(taxes)
        check_minor(rules, net + tax, "lines")
        postings = [Posting(rules.tender(self.account), net + tax), *revenue(self, self.lines, taxes, rules, -1)]
        moves = tuple(
            Move(line.line, line.item, micro(line.qty), line.warehouse or self.place(), fx.CUSTOMER)
            for line in self.lines
            if rules.item(line.item).type != "service"
        )
        promises = tuple(
            Promise(fx.TO_RETURN, self.id, line.line, micro(line.qty), 0, self.customer, line.item)
            for line in self.lines
        )
        return Effects(moves, tuple(postings), promises, net, tax, net + tax)

    def place(self) -> str:
        if self.warehouse is None:
            template = "{key} is missing; `bizcli apply FILE` fills it in"
            raise Refused([Problem("not-complete", template, {"key": "warehouse"}, "warehouse")])
        return self.warehouse
