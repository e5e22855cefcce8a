"""Customers as their buying shows them: what reports ask of `domains.crm`, and who is slipping away."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from bizcli.domains.crm.rfm import fifth
from bizcli.domains.crm.rhythm import Rhythm, ordinal, rhythm
from bizcli.kernel.money import divide

if TYPE_CHECKING:
    from bizcli.book import Book


class Days:
    """`rhythm(day, today)` in SQL: the rhythm of all days of a group, as JSON."""

    def __init__(self) -> None:
        self.days: set[str] = set()
        self.today = ""

    def step(self, day: str | None, today: str) -> None:
        self.today = today
        if day is not None:
            self.days.add(day)

    def finalize(self) -> str | None:
        import json

        found = rhythm(map(ordinal, self.days))
        return None if found is None else json.dumps(shown(found, ordinal(self.today)))


def shown(known: Rhythm, today: int) -> dict[str, Any]:
    """What a rhythm says on a day."""
    due = known.next
    return {
        "usual_gap": known.usual, "gaps": len(known.gaps), "days_since": today - known.last,
        "as_long_before": known.as_long(today - known.last), "longest_gap": max(known.gaps, default=None),
        "next_due": None if due is None else date.fromordinal(due).isoformat(), "risk": known.risk(today),
    }  # fmt: skip


def days_between(first: str | None, last: str | None) -> int | None:
    return None if first is None or last is None else ordinal(last) - ordinal(first)


def for_as_many(amount: int | None, n: int, of: int, unit: int) -> int | None:
    """What so many have when `of` others have an amount, in whole minor units; nothing where there are no others.

    >>> for_as_many(100_000_000, 30, 9, 10_000)
    333330000
    """
    return None if amount is None or not of else divide(amount * n, of * unit) * unit


def add_functions(connection: sqlite3.Connection) -> None:
    """What reports may ask besides what SQL knows."""
    connection.create_function("fifth", 3, fifth, deterministic=True)
    connection.create_function("for_as_many", 4, for_as_many, deterministic=True)
    connection.create_function("days_between", 2, days_between, deterministic=True)
    connection.create_aggregate("rhythm", 2, Days)  # type: ignore[arg-type]


def slipping(book: "Book", owner: str | None = None) -> list[dict[str, Any]]:
    """Customers who are slipping away, those who brought most first; of one who looks after them."""
    from bizcli.book import reporting

    given = {"owner": owner} if owner is not None else {}
    return reporting.run(book, reporting.named(book, "slipping-customers"), None, None, given, None).rows


def days_of(rows: Iterable[Any]) -> Rhythm | None:
    """The rhythm of days of ISO 8601."""
    return rhythm(map(ordinal, rows))
