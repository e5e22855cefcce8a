"""The hours in which we work: by weekday, less holidays; promises to customers are counted in them."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import DateField, ListField, MapField, PatternField
from bizcli.kernel.records import Master, nearest, record

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
SPANS = re.compile(rf"{SPAN}(?: {SPAN})*")
MINUTE = timedelta(minutes=1)

Run = tuple[datetime, datetime | None]
"""From when to when a clock ran; it still runs where no end is said."""


@record
class WorkingHours(Master):
    """The hours in which we work: by weekday, less holidays; promises to customers are counted in them."""

    folder = "working_hours"
    group = "hours"

    hours: Annotated[
        dict[str, str],
        MapField(PatternField(SPANS, "hours such as 09:00-18:00, or 09:00-12:00 13:30-18:00", quoted=True)),
        "by weekday, such as mon-fri=09:00-18:00",
    ]
    holidays: Annotated[tuple[fields.Day, ...], ListField(DateField()), "days on which nobody works"] = ()
    workdays: Annotated[
        tuple[fields.Day, ...], ListField(DateField()), "days on which we work although their weekday is free"
    ] = ()
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if not self.hours:
            yield Problem("missing-key", "{key} is missing", {"key": "hours"}, "hours")
        for key, text in self.hours.items():
            if not weekdays(key):
                values = {"word": fields.shown(key), "nearest": nearest(key, ("mon-fri", *WEEKDAYS))}
                template = "{word} is no weekday such as mon, or mon-fri; the nearest is {nearest}"
                yield Problem("unknown-word", template, values, f"hours.{key}")
            ends = [end for span in str(text).split() for end in span.split("-")]
            if not isinstance(text, str) or any(until <= since for since, until in pairwise(ends)):
                yield Problem("wrong-value", "hours go from the earlier to the later", {}, f"hours.{key}")
        for n, day in enumerate(self.workdays):
            if day in self.holidays:
                template = "{day} is a holiday and a workday: it can be one"
                yield Problem("wrong-value", template, {"day": day.isoformat()}, f"workdays[{n}]")

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when we work on a day. A day that is worked for another has the hours of a usual one."""
        if day in self.holidays:
            return []
        by_day = {weekday: text for key, text in self.hours.items() for weekday in weekdays(key)}
        text = by_day.get(day.weekday())
        if text is None and day in self.workdays:
            text = by_day[min(by_day)]
        return [(moment(day, start), moment(day, end)) for start, _, end in map(parted, (text or "").split())]

    def open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """All hours from a moment on."""
        day = start.date()
        while True:
            for first, last in self.spans(day):
                if last > start:
                    yield max(first, start), last
            day += timedelta(days=1)


def weekdays(key: str) -> range:
    """The days that a key such as `mon` or `mon-fri` means, from 0; none when it is no such key.

    >>> weekdays("mon-fri"), weekdays("sun"), weekdays("fri-mon")
    (range(0, 5), range(6, 7), range(0, 0))
    """
    first, _, last = key.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS or key.endswith("-"):
        return range(0)
    return range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1) or range(0)


def parted(span: str) -> tuple[str, str, str]:
    return span.partition("-")


def moment(day: date, time: str) -> datetime:
    """A time of a day; 24:00 is its end."""
    hours, minutes = int(time[:2]), int(time[3:])
    return datetime(day.year, day.month, day.day) + timedelta(hours=hours, minutes=minutes)


def written(at: datetime | None) -> str | None:
    """A moment as books have it: `2026-11-27 09:30`."""
    return at.isoformat(" ", "minutes") if at is not None else None


def later(start: datetime, minutes: int, hours: WorkingHours | None) -> datetime:
    """The moment so many minutes later in working hours; around the clock where there are none."""
    if hours is None:
        return start + minutes * MINUTE
    for first, last in hours.open_from(start):
        there = (last - first) // MINUTE
        if minutes <= there:
            return first + minutes * MINUTE
        minutes -= there
    raise AssertionError("hours go on for ever")


def worked(start: datetime, end: datetime, hours: WorkingHours | None) -> int:
    """The minutes between two moments in working hours."""
    if hours is None:
        return (end - start) // MINUTE
    minutes = 0
    for first, last in hours.open_from(start):
        if first >= end:
            break
        minutes += (min(last, end) - first) // MINUTE
    return minutes


def due(runs: list[Run], minutes: int, hours: WorkingHours | None) -> datetime | None:
    """When so many minutes have passed of the time in which a clock ran; nothing is due while it stands still.

    >>> nine, ten, noon = (datetime(2026, 11, 27, hour) for hour in (9, 10, 12))
    >>> due([(nine, None)], 120, None), due([(nine, ten), (noon, None)], 120, None), due([(nine, ten)], 120, None)
    (datetime.datetime(2026, 11, 27, 11, 0), datetime.datetime(2026, 11, 27, 13, 0), None)
    """
    for start, end in runs:
        spent = worked(start, end, hours) if end is not None else minutes
        if spent >= minutes:
            return later(start, minutes, hours)
        minutes -= spent
    return None
