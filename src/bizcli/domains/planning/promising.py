"""How many of an item can be promised for which day: available to promise.

What lies there is run forward through what will leave and what will come. For a day so many can be promised
as are left over on it and on every day after it: a new promise breaks none that was given. What expires first
leaves first, and what has not left by its last day counts no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bizcli.kernel.money import MICRO


class Event(NamedTuple):
    """Goods that will come, or leave (below zero)."""

    day: str
    document: str
    qty: int
    kind: str = ""  # of the promise
    due: str = ""  # as it was promised, where that is past


class Lot(NamedTuple):
    """Goods that lie there and may be sold until a day."""

    until: str
    name: str
    qty: int


class Balance(NamedTuple):
    """What is there after an event, and what of it nobody has been promised."""

    day: str
    event: Event | None  # None: as it stands now
    balance: int
    free: int


EXPIRED = "expired"


def run(
    today: str, tomorrow: str, on_hand: int, events: Iterable[Event], lots: Iterable[Lot] = ()
) -> list[Balance]:  # fmt: skip
    """The running balance, from what lies there now; `lots`: what of it expires.

    What should have left by now leaves today; what should have come and is late cannot come before tomorrow.
    Within a day goods come before they leave.
    """
    days = []
    for event in events:
        first = today if event.qty < 0 or event.day >= today else tomorrow
        days.append(event._replace(day=max(event.day, first), due=event.day if event.day < today else ""))
    days.sort(key=lambda each: (each.day, each.qty < 0, each.document))
    days += unsold(today, lots, days)
    days.sort(key=lambda each: (each.day, each.kind != EXPIRED))
    steps: list[tuple[Event | None, int, int]] = [(None, on_hand, 0)]
    there, gone = on_hand, 0
    for event in days:
        if event.kind == EXPIRED:
            gone -= event.qty
        else:
            there += event.qty
        steps.append((event, there, gone))
    at_once = -sum(each.qty for each in days if each.kind == EXPIRED and each.day <= today)
    free, least = [], there
    for _, there, gone in reversed(steps):  # what expires later can still be promised before that
        least = min(least, there)
        free.append(max(least - max(gone, at_once), 0))
    return [
        Balance(event.day if event else today, event, there - gone, left)
        for (event, there, gone), left in zip(steps, reversed(free), strict=True)
    ]


def unsold(today: str, lots: Iterable[Lot], days: Iterable[Event]) -> Iterator[Event]:
    """What of lots nobody takes by their last day, when what expires first leaves first."""
    leaving = [(each.day, -each.qty) for each in days if each.qty < 0]
    for lot in sorted(lots):
        left = lot.qty
        for n, (day, qty) in enumerate(leaving):
            if day > lot.until or not left:
                break
            part = min(left, qty)
            left, leaving[n] = left - part, (day, qty - part)
        if left:
            after = date.fromisoformat(lot.until) + timedelta(days=1)
            yield Event(max(after.isoformat(), today), lot.name, -left, EXPIRED)


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
