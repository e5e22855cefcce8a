"""Order, delivery, invoice and payment at once: the till of a shop, a web shop."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from bizcli.domains.accounting.payment import Positive, check_minor, written
from bizcli.domains.accounting.points import INVOICE, PAYMENT, earned
from bizcli.domains.items.kits import Part, goods_of, with_parts
from bizcli.domains.items.lots import OfLots
from bizcli.domains.orders.open_lines import find_customer
from bizcli.domains.sales.pricing import Coupons, Points, Promotions, SoldLine, shown_coupons, sold, used
from bizcli.domains.sales.sales_invoice import revenue
from bizcli.domains.stock.lots import leaving
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import (
    Prices,
    Rounding,
    Taxed,
    amounts,
    check_lines,
    numbered,
    total,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, NumberField
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Record, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class Tender(Record):
    """What was paid in one way: cash, WeChat, a card; the rest of the price where it does not say how much."""

    account: Annotated[fields.Word, "where the money goes: a role or an account"]
    amount: Annotated[Positive, "that the customer paid"] = filled()
    fee: Annotated[Positive, "what the bank or the service keeps of it"] | None = None
    reference: Annotated[fields.Word, "the bank's or the service's own"] | None = None


@record
class SaleLine(SoldLine, OfLots):
    """What is sold."""

    components: tuple[Part, ...] = ()


@record
class CashSale(Document):
    """Order, delivery, invoice and payment at once: the till of a shop, a web shop."""

    folder = "sales"
    group = "sale"
    prefix = "CS"
    rank = 3
    usual_account: ClassVar[str] = "cash"

    campaign: Annotated[str, Id("campaign"), "that brought it"] | None = None
    customer: Annotated[str, Code("customer"), "book.yaml walk_in when absent"] | None = None
    warehouse: Annotated[str, Code("warehouse")] | None = None
    account: Annotated[fields.Word, "where the money goes: a role or an account; cash when absent"] | None = None
    payments: tuple[Tender, ...] | None = None
    rounding: Annotated[Decimal, NumberField(signed=True), "let off the price; above it when below zero"] | None = None
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    coupons: Coupons | None = None
    points: Points | None = None
    promotions: Promotions | None = None
    allow_expired: Annotated[fields.Flag, "goods of lots that have expired may go"] | None = None
    lines: tuple[SaleLine, ...] = ()

    def complete(self, view: View) -> "CashSale":
        settings = view.rules.settings
        customer = self.customer or settings.walk_in
        if customer is not None:
            find_customer(view, customer)
        warehouse = self.warehouse
        if warehouse is not None or any(is_deliverable(line, view) for line in self.lines):
            warehouse = default_warehouse(view, warehouse)
        done = replaced(
            self,
            customer=customer,
            shop=self.shop or warehouse,  # a till stands in a shop
            prices=self.prices or settings.prices,
            tax_rounding=self.tax_rounding or settings.tax_rounding,
        )
        lines = numbered(with_parts(sold(done, view), view))
        if any(is_deliverable(line, view) for line in lines):  # gifts too
            warehouse = place = default_warehouse(view, warehouse)
            lines = leaving(lines, view, self.date, lambda line: line.warehouse or place, for_customer=True)
        done = replaced(done, warehouse=warehouse, shop=self.shop or warehouse, lines=lines)
        if self.payments is None:
            return replaced(done, account=self.account or self.usual_account)
        return replaced(done, payments=done.tendered(view.rules))

    def tendered(self, rules: Rules) -> tuple[Tender, ...]:
        """The payments, of which one may leave open how much it is. Raises `Refused`."""
        tenders = self.payments or ()
        open_ones = [n for n, each in enumerate(tenders) if each.amount is None]
        if len(open_ones) > 1:
            template = "only one of the payments may leave its amount open"
            raise Refused([Problem("missing-key", template, {}, f"payments[{open_ones[1]}].amount")])
        left = self.paid(rules) - sum(micro(each.amount) for each in tenders if each.amount is not None)
        if open_ones and left <= 0:
            template = "nothing is left to be paid in this way"
            raise Refused([Problem("nothing-open", template, {}, f"payments[{open_ones[0]}]")])
        return tuple(
            replaced(each, amount=written(left, rules.unit)) if each.amount is None else each for each in tenders
        )

    def paid(self, rules: Rules) -> int:
        """What the customer pays: the price with tax, less what is let off."""
        return total(self.taxes(rules)).gross - micro(self.rounding or Decimal(0))

    def ways(self, rules: Rules) -> tuple[Tender, ...]:
        """How it is paid, also when it is paid in one way."""
        whole = self.paid(rules)
        if self.payments is not None or not whole:
            return self.payments or ()
        return (Tender(account=self.account or self.usual_account, amount=written(whole, rules.unit)),)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if (self.account is None) == (self.payments is None):
            template = "a cash sale has an account, or payments: one of the two"
            yield Problem("not-complete" if self.account is None else "wrong-usage", template, {}, "account")
        for n, each in enumerate(self.payments or ()):
            if each.fee is not None and each.fee > each.amount:
                yield Problem("wrong-value", "the fee is more than the amount", path=f"payments[{n}].fee")

    def taxes(self, rules: Rules) -> list[Taxed]:
        """Net and tax of each line."""
        return amounts(self.lines, self.prices, self.tax_rounding, rules, self.day)

    def effects(self, rules: Rules) -> Effects:
        taxes = self.taxes(rules)
        net, tax = total(taxes)
        check_minor(rules, net + tax, "lines")
        postings = [*self.money(rules), *revenue(self, self.lines, taxes, rules, -1)]
        moves = tuple(
            move
            for line in self.lines
            if rules.item(line.item).type != "service"
            for move in goods_of(line, line.warehouse or self.place(), fx.CUSTOMER, rules)
        )
        promises = tuple(
            Promise(fx.TO_RETURN, self.id, line.line, line.stock_qty, 0, self.customer, line.item)
            for line in self.lines
        )
        credit = Promise(fx.TO_CREDIT, self.id, 0, net + tax)
        paid = self.paid(rules)
        points = (*used(self.customer, self.lines), *earned(self.customer, paid, self.day, rules, INVOICE, PAYMENT))
        events = shown_coupons(self, self.lines)
        return Effects(moves, tuple(postings), (*promises, credit, *points), net, tax, net + tax, events)

    def money(self, rules: Rules) -> Iterator[Posting]:
        """Where the money goes. Raises `Refused` when it is not what the goods come to."""
        whole = self.paid(rules)
        given = sum(micro(each.amount) for each in self.ways(rules))
        if given != whole:
            values = {"given": amount_text(given, rules.unit), "whole": amount_text(whole, rules.unit)}
            template = "the payments come to {given}, the sale to {whole}; `rounding` says what is let off"
            raise Refused([Problem("not-balanced", template, values, "payments")])
        fees = 0
        for n, each in enumerate(self.ways(rules)):
            path = f"payments[{n}]" if self.payments is not None else ""
            fee = micro(each.fee or Decimal(0))
            for key, amount in (("amount", micro(each.amount)), ("fee", fee)):
                check_minor(rules, amount, f"{path}.{key}" if path else "rounding")
            account = rules.tender(each.account, f"{path}.account" if path else "account")
            yield Posting(account, micro(each.amount) - fee)
            fees += fee
        if fees:
            yield Posting(rules.account("expense.bank_fees"), fees)
        if self.rounding:
            check_minor(rules, micro(self.rounding), "rounding")
            yield Posting(rules.account("rounding"), micro(self.rounding))

    def place(self) -> str:
        if self.warehouse is None:
            template = "{key} is missing; `bizcli apply FILE` fills it in"
            raise Refused([Problem("not-complete", template, {"key": "warehouse"}, "warehouse")])
        return self.warehouse


def is_deliverable(line: SaleLine, view: View) -> bool:
    """Whether goods of a line leave a warehouse; of an item that is not there, that is told later."""
    return getattr(view.master("item", line.item), "deliverable", False)
