"""What becomes of an amount that is given back: it settles, is paid out, or waits as a credit."""

from collections.abc import Iterable
from typing import Annotated, TypeVar

from bizcli.domains.accounting.customer_payment import CUSTOMERS, Settled
from bizcli.domains.accounting.payment import (
    Positive,
    Side,
    base_of,
    check_minor,
    currency_of,
    on_item,
    opened_by,
    own_amount,
    settled_on,
    stood_at,
    written,
)
from bizcli.domains.accounting.supplier_payment import SUPPLIERS
from bizcli.domains.tax.currency import exchange_of
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Id
from bizcli.kernel.money import amount_text, micro, minor_unit
from bizcli.kernel.records import Document, Record, filled, record, replaced
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
    base: Annotated[fields.Amount, "what it stood at in the book's currency, of one in another"] | None = None


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
    left = view.open_of(side.owed, id)
    unit = minor_unit(currency_of(view, left[0])) if left else view.rules.unit
    settled = min(gross - check_refund(gross, refund, unit), open_qty(own_amount(view, left[0])) if left else 0)
    if not settled:
        return None
    found = part(id=id, amount=written(settled, unit))
    if own_amount(view, left[0]) is not left[0]:
        found = replaced(found, base=written(base_of(view, left[0], settled), view.rules.unit))
    return (found,)


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
    document: Document, gross: int, invoices: Iterable[P], refund: Iterable[Refund], rules: Rules, side: Side,
    worth: int | None = None,
) -> tuple[list[Posting], list[Promise]]:  # fmt: skip
    """The party's side of a gross amount given back. Raises `Refused`.

    `worth`: what it is in the book's currency, of an amount in another.
    """
    money = exchange_of(document, rules)
    party, rest = document.party, gross
    account, way = rules.account(side.account), side.way
    postings: list[Posting] = []
    promises: list[Promise] = []
    for n, paid in enumerate(refund):
        check_minor(rules, micro(paid.amount), f"refund[{n}].amount")
    for n, settled in enumerate(invoices):
        part = micro(settled.amount)
        check_minor(money, part, f"invoices[{n}].amount")
        rest -= part
        stood = stood_at(settled, money, f"invoices[{n}]")
        postings.append(on_item(account, -way, part, stood, party or "", settled.id, money))
        promises += settled_on(side.owed, settled.id, part, stood, money)
    for n, paid in enumerate(refund):
        part = micro(paid.amount)
        rest -= part
        postings.append(Posting(rules.tender(paid.account, f"refund[{n}].account"), -way * part))
    if rest < 0 or (rest and party is None):
        template = "what is settled and refunded must come to what is credited"
        raise Refused([Problem("not-balanced", template, {}, "invoices")])
    if rest:
        left = money.base(rest)
        postings.append(on_item(account, -way, rest, left, party or "", document.id, money))
        promises += opened_by(document.id, rest, money)
        promises.append(Promise(side.credit, document.id, 0, left, party=party, due=document.day))
    if worth is not None:
        difference = -way * worth - sum(posting.amount for posting in postings)
        if difference:
            postings.append(Posting(rules.side("exchange_difference", gain=difference < 0), difference))
    return postings, promises
