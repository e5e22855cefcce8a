"""Periods as people say them: a day, a month, a quarter, a year."""

import re
from datetime import date, timedelta

from bizcli.kernel.errors import Misused

FORMS = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d\d)(?:-(\d\d))?))?")


def span(text: str) -> tuple[date, date]:
    """First and last day of a period. Raises `Misused`.

    >>> [day.isoformat() for day in span("2026-Q4")], [day.isoformat() for day in span("2024-02")]
    (['2026-10-01', '2026-12-31'], ['2024-02-01', '2024-02-29'])
    """
    found = FORMS.fullmatch(text) if text.isascii() else None
    try:
        if found is None:
            raise ValueError
        year, quarter, month, day = (int(part) if part else 0 for part in found.groups())
        if day:
            first = date(year, month, day)
            return first, first
        first = date(year, 3 * quarter - 2 if quarter else month or 1, 1)
        months = 3 if quarter else 1 if month else 12
        return first, later(first, months) - timedelta(days=1)
    except ValueError:
        template = "{value} is no period: write 2026-11-24, 2026-11, 2026-Q4 or 2026"
        raise Misused.of("wrong-value", template, value=text[:60]) from None


def between(since: str | None, until: str | None) -> tuple[date, date]:
    """First and last day of what two words say; of one word, that period; of none, all days. Raises `Misused`."""
    first = span(since)[0] if since else date.min
    return first, span(until)[1] if until else span(since)[1] if since else date.max


def later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def before(first: date, last: date, how: str) -> tuple[date, date]:
    """The period that one is compared with: as long just before it (`previous`), or a year before (`year`).

    >>> [day.isoformat() for day in before(date(2026, 11, 1), date(2026, 11, 30), "previous")]
    ['2026-10-01', '2026-10-31']
    """
    if how == "year":
        return later(first, -12), whole_month(last, later(last, -12))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day == 1 and last == later(first, months) - timedelta(days=1):  # whole months go by months
        return later(first, -months), first - timedelta(days=1)
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def whole_month(day: date, other: date) -> date:
    """The end of a month stays one, a leap year or not."""
    ends = (day + timedelta(days=1)).month != day.month
    return later(other.replace(day=1), 1) - timedelta(days=1) if ends else other
