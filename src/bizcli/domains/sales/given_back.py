"""How a customer is given back what was charged: it settles the invoice, is paid out, or waits as a credit."""

from bizcli.domains.accounting.customer_payment import CUSTOMERS
from bizcli.domains.accounting.given_back import P, Refund, settled_first
from bizcli.domains.accounting.payment import written
from bizcli.domains.sales.cash_sale import CashSale
from bizcli.domains.sales.sales_invoice import SalesInvoice
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import micro
from bizcli.kernel.view import View

Sold = SalesInvoice | CashSale


def divided(
    view: View, sold: Sold, gross: int, refund: tuple[Refund, ...] | None, part: type[P]
) -> tuple[tuple[P, ...] | None, tuple[Refund, ...] | None]:
    """What of a gross amount settles what was sold, and what is paid out; the rest is a credit.

    What was paid at once is paid back at once. Raises `Refused`.
    """
    if refund is None and isinstance(sold, CashSale) and gross:
        refund = paid_back(view, sold, gross)
    settled = settled_first(view, sold.id, gross, refund, CUSTOMERS, part)
    if sold.customer is None and sum(micro(each.amount) for each in refund or ()) < gross:
        raise Refused([Problem("refund-too-low", "without a customer all of it is paid back", {}, "refund")])
    return settled, refund


def paid_back(view: View, sold: CashSale, amount: int) -> tuple[Refund, ...]:
    """An amount paid back in the ways in which the sale was paid, the first one first."""
    left: dict[str, int] = {}
    for way in sold.ways(view.rules):
        left[way.account] = left.get(way.account, 0) + micro(way.amount)
    for id in view.naming(sold.id):
        head, other = view.head(id), view.document(id)
        for refund in getattr(other, "refund", None) or () if head is not None and head.void is None else ():
            left[refund.account] = left.get(refund.account, 0) - micro(refund.amount)
    found = []
    for account, most in left.items():
        part = min(amount, most)
        amount -= part
        if part > 0:
            found.append(Refund(account=account, amount=written(part, view.rules.unit)))
    return tuple(found)
