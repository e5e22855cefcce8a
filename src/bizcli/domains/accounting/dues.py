"""When the parts of an invoice are due, and what was paid on it before."""

from collections.abc import Iterable

from bizcli.domains.accounting.payment import (
    Credit,
    Positive,
    Side,
    check_minor,
    credit_of,
    currency_of,
    dated,
    exchange_in,
    exchanged,
    on_item,
    opened_by,
    settled_on,
    stood_at,
    written,
)
from bizcli.domains.parties import terms
from bizcli.domains.tax.currency import Exchange
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import micro, share
from bizcli.kernel.records import Record, record
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class Due(Record):
    """A part of an invoice, and the day on which it is due."""

    due_date: fields.Day
    amount: Positive


def dues(text: str, day: fields.Day, gross: int, unit: int) -> tuple[Due, ...] | None:
    """The parts of an invoice of a day and a gross amount (micro) by its terms; None for a single one."""
    found = terms.instalments(text, day)
    if len(found) == 1 or gross <= 0:
        return None
    amounts = terms.parts(gross, found, unit)
    return tuple(
        Due(due_date=each.day, amount=written(part, unit)) for each, part in zip(found, amounts, strict=True) if part
    )


def deposits(
    view: View, side: Side, party: str, orders: Iterable[str], most: int, day: str, money: Exchange | None = None
) -> tuple[Credit, ...] | None:
    """What a party paid in advance on orders and is not used up, the oldest first, up to an amount (micro)."""
    found, wanted = [], set(orders)
    money = money or exchange_in(view.rules)
    for promise in view.open_by_party(side.credit, party) if wanted else ():
        paid_on = getattr(view.document(promise.document), "order", None)
        is_deposit = paid_on in wanted and promise.document[:2] == side.prefix and dated(view, promise) <= day
        if most > 0 and is_deposit and currency_of(view, promise) == money.currency:
            credit = credit_of(view, Credit(id=promise.document), side, "advances", most, money)
            found.append(credit)
            most -= micro(credit.amount)
    return tuple(found) or None


def owing(
    id: str, party: str, gross: int, due: fields.Day, parts: Iterable[Due] | None,
    advances: Iterable[Credit] | None, side: Side, rules: Rules, money: Exchange | None = None, worth: int | None = None,
) -> Effects:  # fmt: skip
    """What it does to money that a party owes the gross amount of an invoice. Raises `Refused`.

    `worth`: what that is in the book's currency, of an amount in another.
    """
    money = money or exchange_in(rules)
    whole = gross if worth is None else worth
    account, way = rules.account(side.account), side.way
    pieces = [(each.due_date.isoformat(), micro(each.amount)) for each in parts or ()] or [(due.isoformat(), gross)]
    if sum(amount for _, amount in pieces) != gross:
        values = {"sum": money.text(sum(amount for _, amount in pieces)), "gross": money.text(gross)}
        raise Refused(
            [Problem("not-balanced", "the instalments come to {sum}, the invoice to {gross}", values, "instalments")]
        )
    for n, (_, amount) in enumerate(pieces):
        check_minor(money, amount, f"instalments[{n}].amount")
    first = min(day for day, _ in pieces)
    postings: list[Posting] = []
    seen = placed = 0
    for day, amount in pieces:
        seen += amount
        part = share(whole, seen, gross, rules.unit) - placed if gross else whole
        placed += part
        postings.append(on_item(account, way, amount, part, party, id, money)._replace(due=day))
    promises = [*opened_by(id, gross, money), Promise(side.owed, id, 0, whole, 0, party, None, None, first)]
    used = taken = 0
    for n, each in enumerate(advances or ()):
        part = micro(each.amount)
        check_minor(money, part, f"advances[{n}].amount")
        used += part
        settled = share(whole, used, gross, rules.unit) - taken if gross else part
        taken += settled
        stood = stood_at(each, money, f"advances[{n}]")
        both = [
            on_item(rules.account(each.account), way, part, stood, party, each.id, money),
            on_item(account, -way, part, settled, party, id, money),
        ]
        postings += [*both, *exchanged(both, rules)]
        promises += settled_on(side.credit, each.id, part, stood, money)
        promises += settled_on(side.owed, id, part, settled, money)
    return Effects(postings=tuple(postings), promises=tuple(promises))
