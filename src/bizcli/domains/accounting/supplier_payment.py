"""We pay a supplier: bills are settled, what is over is paid ahead."""

from typing import Annotated, Self

from bizcli.domains.accounting.payment import Payment, Positive, Side, currency_of
from bizcli.domains.tax.currency import CurrencyName, RateOfOne, is_foreign, rate_for
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Record, filled, record, replaced
from bizcli.kernel.view import View

SUPPLIERS = Side(
    "supplier", "SP", fx.OWED, fx.PREPAID, ("purchase_invoice", "landed_cost", "journal_entry"),
    "payable", "supplier_advance", "discount_taken", "income.other", -1,
)  # fmt: skip


@record
class SettledBill(Record):
    """A part of a payment, and the bill that it settles."""

    id: Annotated[str, Id(*SUPPLIERS.invoices)]
    amount: Positive = filled()
    base: Annotated[fields.Amount, "what it stood at in the book's currency, of one in another"] | None = None


@record
class SupplierPayment(Payment):
    """We pay a supplier: bills are settled, what is over is paid ahead."""

    folder = "payouts"
    group = "payout"
    prefix = "SP"
    rank = 6
    before = "amount"
    side = SUPPLIERS
    part = SettledBill

    supplier: Annotated[str, Code("supplier")] = filled()
    order: Annotated[str, Id("purchase_order"), "paid in advance; its bill takes it into account"] | None = None
    currency: CurrencyName | None = None
    rate: RateOfOne | None = None
    invoices: tuple[SettledBill, ...] | None = None

    def complete(self, view: View) -> Self:
        currency = self.currency or self.of_what_is_paid(view)
        rate = rate_for(view, currency, self.rate, self.date)
        return super(SupplierPayment, replaced(self, currency=currency, rate=rate)).complete(view)

    def of_what_is_paid(self, view: View) -> str | None:
        """The currency of the bills, credits or order that are named. Raises `Refused` where there is more than one."""
        named = [each.id for each in self.invoices or ()] + [each.id for each in self.credits or ()]
        documents = filter(None, (view.document(id) for id in (*named, *filter(None, [self.order]))))
        found = {getattr(each, "currency", None) or view.rules.currency for each in documents}
        if len(found) > 1:
            template = "these are in {currencies}: pay what is in one currency on its own"
            values = {"currencies": ", ".join(sorted(found))}
            raise Refused([Problem("other-currency", template, values, "currency")])
        if found:
            (currency,) = found
            return currency if is_foreign(currency, view.rules) else None
        if self.supplier is not None:
            self.check_open(view, self.supplier)
        return None

    def check_open(self, view: View, supplier: str) -> None:
        """Raises `Refused` where all that is open with a supplier is in other currencies."""
        promise = self.side.credit if self.refund else self.side.owed
        found = {currency_of(view, each) for each in view.open_by_party(promise, supplier)}
        if found and view.rules.currency not in found:
            template = "what is open with {supplier} is in {currencies}: say `currency`, also for one ahead in {own}"
            values = {"supplier": supplier, "currencies": ", ".join(sorted(found)), "own": view.rules.currency}
            raise Refused([Problem("other-currency", template, values, "currency")])
