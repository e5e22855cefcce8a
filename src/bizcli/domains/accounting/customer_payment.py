"""A customer pays: invoices are settled, what is over is an advance."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.accounting.payment import Payment, Positive, Side
from bizcli.domains.accounting.points import PAYMENT, earned
from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Promise
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import micro
from bizcli.kernel.records import Record, filled, record
from bizcli.kernel.rules import Rules

CUSTOMERS = Side(
    "customer", "CP", fx.TO_PAY, fx.CREDIT, ("sales_invoice", "journal_entry"),
    "receivable", "customer_advance", "discount_given", "bad_debts", 1,
)  # fmt: skip


@record
class Settled(Record):
    """A part of a payment or credit, and the invoice that it settles."""

    id: Annotated[str, Id(*CUSTOMERS.invoices)]
    amount: Positive = filled()


@record
class CustomerPayment(Payment):
    """A customer pays: invoices are settled, what is over is an advance."""

    folder = "payments"
    group = "payment"
    prefix = "CP"
    rank = 6
    before = "amount"
    side = CUSTOMERS
    part = Settled

    customer: Annotated[str, Code("customer")] = filled()
    order: Annotated[str, Id("sales_order"), "paid in advance; its invoice takes it into account"] | None = None
    invoices: tuple[Settled, ...] | None = None

    def earns(self, rules: Rules) -> Iterator[Promise]:
        paid = sum(micro(each.amount) for each in self.invoices or () if each.id[:2] == "SI") - self.taken_off
        yield from earned(self.customer, max(paid, 0), self.day, rules, PAYMENT)

    @property
    def verb(self) -> str:
        return "refunded" if self.refund else "settled"
