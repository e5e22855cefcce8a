"""When the parts of an invoice are due, and what was paid on it before."""

from collections.abc import Iterable

from bizcli.domains.accounting.payment import Credit, Positive, Side, check_minor, credit_of, dated, written
from bizcli.domains.parties import terms
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import amount_text, micro
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
    view: View, side: Side, party: str, orders: Iterable[str], most: int, day: str
) -> tuple[Credit, ...] | None:
    """What a party paid in advance on orders and is not used up, the oldest first, up to an amount (micro)."""
    found, wanted = [], set(orders)
    for promise in view.open_by_party(side.credit, party) if wanted else ():
        paid_on = getattr(view.document(promise.document), "order", None)
        if most > 0 and paid_on in wanted and promise.document[:2] == side.prefix and dated(view, promise) <= day:
            credit = credit_of(view, Credit(id=promise.document), side, "advances", most)
            found.append(credit)
            most -= micro(credit.amount)
    return tuple(found) or None


def owing(
    id: str, party: str, gross: int, due: fields.Day, parts: Iterable[Due] | None,
    advances: Iterable[Credit] | None, side: Side, rules: Rules,
) -> Effects:  # fmt: skip
    """What it does to money that a party owes the gross amount of an invoice. Raises `Refused`."""
    account, way = rules.account(side.account), side.way
    pieces = [(each.due_date.isoformat(), micro(each.amount)) for each in parts or ()] or [(due.isoformat(), gross)]
    if sum(amount for _, amount in pieces) != gross:
        values = {"sum": amount_text(sum(amount for _, amount in pieces), rules.unit)}
        values["gross"] = amount_text(gross, rules.unit)
        raise Refused(
            [Problem("not-balanced", "the instalments come to {sum}, the invoice to {gross}", values, "instalments")]
        )
    for n, (_, amount) in enumerate(pieces):
        check_minor(rules, amount, f"instalments[{n}].amount")
    first = min(day for day, _ in pieces)
    postings = [Posting(account, way * amount, party, id, day) for day, amount in pieces]
    promises = [Promise(side.owed, id, 0, gross, 0, party, None, None, first)]
    for n, each in enumerate(advances or ()):
        part = micro(each.amount)
        check_minor(rules, part, f"advances[{n}].amount")
        postings += [
            Posting(rules.account(each.account), way * part, party, each.id),
            Posting(account, -way * part, party, id),
        ]
        promises += [Promise(side.credit, each.id, 0, 0, part), Promise(side.owed, id, 0, 0, part)]
    return Effects(postings=tuple(postings), promises=tuple(promises))
