"""What was open when the book began: it stands against opening balance, without revenue, cost or tax."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from bizcli.domains.accounting.payment import Side
from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import FlagField, NumberField
from bizcli.kernel.rules import Rules

ROLE = "opening_balance"

Opening = Annotated[bool, FlagField(), "it was open when the book began: no revenue, cost or tax, but opening balance"]
Open = Annotated[
    Decimal, NumberField(zero=False), "what is open of an opening one, tax included, where it has no lines"
]


def opening_problems(document: Any, sources: tuple[str, ...]) -> Iterator[Problem]:
    """What an opening invoice or bill cannot say, and what only one can."""
    if not document.opening:
        if document.amount is not None:
            template = "an amount without lines is of an opening one: say opening: true, or give lines"
            yield Problem("wrong-usage", template, {}, "amount")
        return
    for key in sources:
        if getattr(document, key, None):
            template = "what was open when the book began goes back to nothing in it: leave out {key}"
            yield Problem("wrong-usage", template, {"key": key}, key)
    if document.amount is not None and document.lines:
        yield Problem("wrong-usage", "an opening one has an amount or lines, not both", {}, "amount")


def carried_over(id: str, gross: int, owed: Effects, side: Side, rules: Rules, worth: int | None = None) -> Effects:
    """What an opening invoice or bill does: the party owes what is open, and opening balance is the other side.

    `worth`: what it is in the book's currency, of an amount in another.
    """
    worth = gross if worth is None else worth
    against = Posting(rules.account(ROLE), -side.way * worth)
    promises = (*owed.promises, Promise(fx.TO_CREDIT, id, 0, gross))
    return Effects((), (*owed.postings, against), promises, worth, 0, worth)
