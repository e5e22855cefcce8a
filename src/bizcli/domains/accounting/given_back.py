"""What becomes of an amount that is given back: it settles, is paid out, or waits as a credit."""

from collections.abc import Iterable
from typing import Annotated, TypeVar

from bizcli.domains.accounting.customer_payment import CUSTOMERS, Settled
from bizcli.domains.accounting.payment import Positive, Side, check_minor, written
from bizcli.domains.accounting.supplier_payment import SUPPLIERS
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Id
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Record, filled, record
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

P = TypeVar("P", "Credited", Settled)


@record
class Refund(Record):
    """Money handed back."""

    account: fields.Word
    amount: Positive


@record
class Credited(Record):
    """A part of what is given back, and the invoice or bill that it settles."""

    id: Annotated[str, Id(*dict.fromkeys((*CUSTOMERS.invoices, *SUPPLIERS.invoices)))]
    amount: Positive = filled()


def check_refund(gross: int, refund: tuple[Refund, ...] | None, unit: int) -> int:
    """What is paid out in all. Raises `Refused` when it is more than what is given back."""
    paid_out = sum(micro(each.amount) for each in refund or ())
    if paid_out > gross:
        values = {"gross": amount_text(gross, unit), "refund": amount_text(paid_out, unit)}
        template = "the refund of {refund} is more than the {gross} credited"
        raise Refused([Problem("refund-too-high", template, values, "refund")])
    return paid_out


def settled_first(
    view: View, id: str, gross: int, refund: tuple[Refund, ...] | None, side: Side, part: type[P]
) -> tuple[P, ...] | None:
    """What of a gross amount settles the invoice or bill that charged it: as much as is open. Raises `Refused`."""
    unit, left = view.rules.unit, view.open_of(side.owed, id)
    settled = min(gross - check_refund(gross, refund, unit), open_qty(left[0]) if left else 0)
    return (part(id=id, amount=written(settled, unit)),) if settled else None


def left_to_credit(view: View, id: str) -> int:
    """What an invoice or bill charged, less what was credited of it before."""
    promise = view.promise((fx.TO_CREDIT, id, 0))
    return max(open_qty(promise[0]), 0) if promise is not None else 0


def check_charged(view: View, id: str, gross: int, whole: int) -> None:
    """No more is credited than was charged. Raises `Refused`."""
    left, unit = left_to_credit(view, id), view.rules.unit
    if gross > left:
        template = "{id} charged {whole}, and {before} of it is credited: {left} can be, not {gross}"
        figures = {"whole": whole, "before": whole - left, "left": left, "gross": gross}
        values = {name: amount_text(figure, unit) for name, figure in figures.items()} | {"id": id}
        raise Refused([Problem("more-than-charged", template, values, "lines")])


def given_back(
    document: Document, gross: int, invoices: Iterable[P], refund: Iterable[Refund], rules: Rules, side: Side
) -> tuple[list[Posting], list[Promise]]:
    """The party's side of a gross amount given back. Raises `Refused`."""
    party, rest = document.party, gross
    account, way = rules.account(side.account), side.way
    postings, promises = [], []
    for n, paid in enumerate(refund):
        check_minor(rules, micro(paid.amount), f"refund[{n}].amount")
    for n, settled in enumerate(invoices):
        part = micro(settled.amount)
        check_minor(rules, part, f"invoices[{n}].amount")
        rest -= part
        postings.append(Posting(account, -way * part, party, settled.id))
        promises.append(Promise(side.owed, settled.id, 0, 0, part))
    for n, paid in enumerate(refund):
        part = micro(paid.amount)
        rest -= part
        postings.append(Posting(rules.tender(paid.account, f"refund[{n}].account"), -way * part))
    if rest < 0 or (rest and party is None):
        template = "what is settled and refunded must come to what is credited"
        raise Refused([Problem("not-balanced", template, {}, "invoices")])
    if rest:
        postings.append(Posting(account, -way * rest, party, document.id))
        promises.append(Promise(side.credit, document.id, 0, rest, party=party, due=document.day))
    return postings, promises
