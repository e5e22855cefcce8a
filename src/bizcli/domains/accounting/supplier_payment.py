"""We pay a supplier: bills are settled, what is over is paid ahead."""

from typing import Annotated

from bizcli.domains.accounting.payment import Payment, Positive, Side
from bizcli.kernel import effects as fx
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Record, filled, record

SUPPLIERS = Side(
    "supplier", "SP", fx.OWED, fx.PREPAID, ("purchase_invoice", "landed_cost", "journal_entry"),
    "payable", "supplier_advance", "discount_taken", "income.other", -1,
)  # fmt: skip


@record
class SettledBill(Record):
    """A part of a payment, and the bill that it settles."""

    id: Annotated[str, Id(*SUPPLIERS.invoices)]
    amount: Positive = filled()


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
    invoices: tuple[SettledBill, ...] | None = None
