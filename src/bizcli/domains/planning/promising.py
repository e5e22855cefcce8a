"""How many of an item can be promised for which day: available to promise.

What lies there is run forward through what will leave and what will come. For a day so many can be promised
as are left over on it and on every day after it: a new promise breaks none that was given.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bizcli.kernel.money import MICRO


class Event(NamedTuple):
    """Goods that will come, or leave (below zero)."""

    day: str
    document: str
    qty: int
    kind: str = ""  # of the promise
    due: str = ""  # as it was promised, where that is past


class Balance(NamedTuple):
    """What is there after an event, and what of it nobody has been promised."""

    day: str
    event: Event | None  # None: as it stands now
    balance: int
    free: int


def run(today: str, tomorrow: str, on_hand: int, events: Iterable[Event]) -> list[Balance]:
    """The running balance, from what lies there now.

    What should have left by now leaves today; what should have come and is late cannot come before tomorrow.
    Within a day goods come before they leave.
    """
    days = []
    for event in events:
        first = today if event.qty < 0 or event.day >= today else tomorrow
        days.append(event._replace(day=max(event.day, first), due=event.day if event.day < today else ""))
    days.sort(key=lambda each: (each.day, each.qty < 0, each.document))
    balances = [on_hand]
    for event in days:
        balances.append(balances[-1] + event.qty)
    free, least = [], balances[-1]
    for balance in reversed(balances):
        least = min(least, balance)
        free.append(max(least, 0))
    return [
        Balance(event.day if event else today, event, balance, left)
        for event, balance, left in zip([None, *days], balances, reversed(free), strict=True)
    ]


def earliest(balances: Sequence[Balance], qty: int, since: str = "") -> str | None:
    """The first day on which so many can be promised; None where no day is known."""
    return next((max(each.day, since) for each in balances if free_on(balances, max(each.day, since)) >= qty), None)


def free_on(balances: Sequence[Balance], day: str) -> int:
    """How many can be promised for a day."""
    found = 0
    for each in balances:
        if each.day <= day:
            found = each.free
    return found


def of_kit(parts: Sequence[tuple[int, Sequence[Balance]]]) -> list[Balance]:
    """How many kits can be promised: `parts` are what one is made of, in micro, and how each of them stands."""
    days = sorted({each.day for _, balances in parts for each in balances})
    found: list[Balance] = []
    for day in days:
        free = min(free_on(balances, day) // qty for qty, balances in parts) * MICRO
        if not found or found[-1].free != free:
            found.append(Balance(day, None, free, free))
    return found
