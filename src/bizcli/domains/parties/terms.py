"""When an invoice is due, as people write it on paper.

immediate            on the day itself
net 30               so many days after it
eom, eom 15          at the end of its month, or so many days after that
2 months day 15      on the 15th of the second month after it; without a day, on the same day
2% 10, net 30        less 2 % when paid within 10 days, else whole in 30
instalments: 30% net 0, 30% net 15, rest eom 30
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple

from bizcli.kernel.fields import Field, Wrong, shown
from bizcli.kernel.money import divide, micro

IMMEDIATE = "immediate"
INSTALMENTS = "instalments: "
PERCENT = r"([0-9]{1,2}(?:\.[0-9]{1,4})?)%"
LATEST = 3650  # days
DUE = re.compile(r"immediate|net ([0-9]{1,4})|eom(?: \+?([0-9]{1,4}))?|([0-9]{1,3}) months?(?: day ([0-9]{1,2}))?")
DISCOUNT = re.compile(rf"{PERCENT} (?:net )?([0-9]{{1,4}}), *(.+)")
TYPED = rf"(?:{DUE.pattern}|{DISCOUNT.pattern.removesuffix('(.+)')}(?:{DUE.pattern})|{INSTALMENTS.strip()} *.+)"
"""The forms as an editor checks them: what the percentages come to is left to recording."""
PART = re.compile(rf"(?:{PERCENT}|rest) (.+)")


class Instalment(NamedTuple):
    """A part of an invoice and the day on which it is due; the rest of it when there is no percentage."""

    percent: Decimal | None
    day: date


class Discount(NamedTuple):
    """What may be taken off, in percent, by whoever pays up to a day."""

    percent: Decimal
    until: date


class TermsField(Field):
    """When an invoice is due, in one of the forms at the top of this file."""

    quoted = True
    expected = (
        "payment terms such as `net 30`, `immediate`, `eom 15`, `2 months day 15`, `2% 10, net 30` or "
        "`instalments: 30% net 0, rest net 60`"
    )
    schema = {"type": "string", "pattern": f"^ *{TYPED} *$".replace(" *", r"\s*").replace(" ", r"\s+")}

    def parse(self, tree: object) -> str:
        text = " ".join(tree.split()) if isinstance(tree, str) else ""
        found = self.spelled(text)
        if found is None:
            raise Wrong("wrong-value", "{value} is not {expected}", value=shown(tree), expected=self.expected)
        return found

    def spelled(self, text: str) -> str | None:
        """The one way to write these terms; None when they are none."""
        if text.startswith(INSTALMENTS.strip()):
            parts = [PART.fullmatch(each.strip()) for each in text[len(INSTALMENTS.strip()) :].split(",")]
            dues = [due_spelled(each[2]) if each else None for each in parts]
            percents = [Decimal(each[1]) if each and each[1] else None for each in parts]
            if len(parts) < 2 or None in dues or None in percents[:-1]:
                return None
            given = sum((each for each in percents if each is not None), Decimal(0))
            if given >= 100 if percents[-1] is None else given != 100:
                return None
            words = [f"{each}%" if each is not None else "rest" for each in percents]
            return INSTALMENTS + ", ".join(f"{word} {due}" for word, due in zip(words, dues, strict=True))
        early = DISCOUNT.fullmatch(text)
        if early is None:
            return due_spelled(text)
        due = due_spelled(early[3])
        if due is None or int(early[2]) > LATEST or not Decimal(early[1]):
            return None
        return f"{early[1]}% {int(early[2])}, {due}"


def due_spelled(text: str) -> str | None:
    """One due date as it is written in books, `net 30`; None when it is none."""
    found = DUE.fullmatch(text)
    if found is None:
        return None
    net, after, months, day = (int(each) if each else None for each in found.groups())
    if net is not None:
        return f"net {net}" if net <= LATEST else None
    if months is not None:
        if not 1 <= months <= 120 or (day is not None and not 1 <= day <= 31):
            return None
        return f"{months} month{'s' if months > 1 else ''}" + (f" day {day}" if day else "")
    if found[0] == IMMEDIATE:
        return IMMEDIATE
    return "eom" if not after else f"eom {after}" if after <= LATEST else None


Terms = Annotated[str, TermsField(), "when invoices are due"]


def due_date(terms: str, day: date) -> date:
    """The last day on which an invoice of a day is due.

    >>> due_date("net 30", date(2026, 11, 7)), due_date("eom", date(2026, 2, 3))
    (datetime.date(2026, 12, 7), datetime.date(2026, 2, 28))
    """
    return max(each.day for each in instalments(terms, day))


def instalments(terms: str, day: date) -> list[Instalment]:
    """What of an invoice of a day is due when, as the terms say it: one part unless they say instalments.

    >>> [(str(percent), str(day)) for percent, day in instalments("instalments: 30% net 0, rest eom 30", date(2026, 11, 7))]
    [('30', '2026-11-07'), ('None', '2026-12-30')]
    """
    if not terms.startswith(INSTALMENTS):
        return [Instalment(None, due_of(terms.rpartition(", ")[2], day))]
    found = []
    for part in terms[len(INSTALMENTS) :].split(", "):
        share, _, due = part.partition(" ")
        found.append(Instalment(Decimal(share[:-1]) if share != "rest" else None, due_of(due, day)))
    return found


def due_of(due: str, day: date) -> date:
    """The day that one due date means.

    >>> str(due_of("2 months day 31", date(2026, 12, 7))), str(due_of("1 month", date(2026, 1, 31)))
    ('2027-02-28', '2026-02-28')
    >>> str(due_of("eom 15", date(2026, 11, 7)))
    '2026-12-15'
    """
    words = due.split()
    if words[0] == "net":
        return day + timedelta(days=int(words[1]))
    if words[0] == "eom":
        return in_month(day, 0, 31) + timedelta(days=int(words[1]) if len(words) > 1 else 0)
    if words[0] == IMMEDIATE:
        return day
    return in_month(day, int(words[0]), int(words[3]) if len(words) > 2 else day.day)


def in_month(day: date, later: int, wanted: int) -> date:
    """A day of a later month; its last one when it is too short."""
    years, month = divmod(day.month - 1 + later, 12)
    year = day.year + years
    return date(year, month + 1, min(wanted, monthrange(year, month + 1)[1]))


def discount(terms: str, day: date) -> Discount | None:
    """What may be taken off an invoice of a day that is paid early.

    >>> discount("2% 10, net 30", date(2026, 11, 7))
    Discount(percent=Decimal('2'), until=datetime.date(2026, 11, 17))
    """
    early = DISCOUNT.fullmatch(terms)
    return Discount(Decimal(early[1]), day + timedelta(days=int(early[2]))) if early else None


def parts(gross: int, found: list[Instalment], unit: int) -> list[int]:
    """A gross amount in micro, cut into instalments of whole minor units; the last takes the odd cents.

    >>> parts(100_010_000, instalments("instalments: 33.3% net 0, rest net 30", date(2026, 11, 7)), 10_000)
    [33300000, 66710000]
    """
    cut = [divide(gross * micro(each.percent or Decimal(0)), 100_000_000 * unit) * unit for each in found[:-1]]
    return [*cut, gross - sum(cut)]
