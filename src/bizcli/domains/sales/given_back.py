"""What becomes of an amount that a customer is given back: it settles, is paid out, or waits as a credit."""

from collections.abc import Iterable

from bizcli.domains.accounting.customer_payment import Settled
from bizcli.domains.accounting.payment import Positive, check_minor, written
from bizcli.domains.sales.cash_sale import CashSale
from bizcli.domains.sales.sales_invoice import SalesInvoice
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Record, record
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

Sold = SalesInvoice | CashSale


@record
class Refund(Record):
    """Money handed back."""

    account: fields.Word
    amount: Positive


def divided(
    view: View, sold: Sold, gross: int, refund: tuple[Refund, ...] | None
) -> tuple[tuple[Settled, ...] | None, tuple[Refund, ...] | None]:
    """What of a gross amount settles what was sold, and what is paid out; the rest is a credit.

    What was paid at once is paid back at once. Raises `Refused`.
    """
    unit = view.rules.unit
    if refund is None and isinstance(sold, CashSale) and gross:
        refund = paid_back(view, sold, gross)
    paid_out = check_refund(gross, refund, unit)
    if paid_out < gross and sold.customer is None:
        raise Refused([Problem("refund-too-low", "without a customer all of it is paid back", {}, "refund")])
    left = view.open_of(fx.TO_PAY, sold.id)
    settled = min(gross - paid_out, open_qty(left[0]) if left else 0)
    return (Settled(id=sold.id, amount=written(settled, unit)),) if settled else None, refund


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


def check_refund(gross: int, refund: tuple[Refund, ...] | None, unit: int) -> int:
    """What is paid out in all. Raises `Refused` when it is more than what is given back."""
    paid_out = sum(micro(each.amount) for each in refund or ())
    if paid_out > gross:
        values = {"gross": amount_text(gross, unit), "refund": amount_text(paid_out, unit)}
        template = "the refund of {refund} is more than the {gross} credited"
        raise Refused([Problem("refund-too-high", template, values, "refund")])
    return paid_out


def left_to_credit(view: View, sold: Sold) -> int:
    """What was charged, less what was credited of it before."""
    promise = view.promise((fx.TO_CREDIT, sold.id, 0))
    return max(open_qty(promise[0]), 0) if promise is not None else 0


def given_back(
    document: Document, gross: int, invoices: Iterable[Settled], refund: Iterable[Refund], rules: Rules
) -> tuple[list[Posting], list[Promise]]:
    """The customer's side of a gross amount given back. Raises `Refused`."""
    customer, rest = document.party, gross
    receivable = rules.account("receivable")
    postings, promises = [], []
    for n, paid in enumerate(refund):
        check_minor(rules, micro(paid.amount), f"refund[{n}].amount")
    for n, settled in enumerate(invoices):
        part = micro(settled.amount)
        check_minor(rules, part, f"invoices[{n}].amount")
        rest -= part
        postings.append(Posting(receivable, -part, customer, settled.id))
        promises.append(Promise(fx.TO_PAY, settled.id, 0, 0, part))
    for n, paid in enumerate(refund):
        part = micro(paid.amount)
        rest -= part
        postings.append(Posting(rules.tender(paid.account, f"refund[{n}].account"), -part))
    if rest < 0 or (rest and customer is None):
        template = "what is settled and refunded must come to what is credited"
        raise Refused([Problem("not-balanced", template, {}, "invoices")])
    if rest:
        postings.append(Posting(receivable, -rest, customer, document.id))
        promises.append(Promise(fx.CREDIT, document.id, 0, rest, party=customer, due=document.day))
    return postings, promises
