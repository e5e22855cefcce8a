"""For how long goods are under warranty after they were sold: so many days, months or years."""

import re
from calendar import monthrange
from datetime import date, timedelta

from bizcli.kernel.fields import Field, Wrong, shown

FORM = re.compile(r"([1-9][0-9]{0,3}) ?(day|month|year|天|个月|月|年)s?")
UNITS = {"天": "day", "个月": "month", "月": "month", "年": "year"}


class WarrantyField(Field):
    """A length of time after the sale."""

    quoted = True
    expected = "a warranty such as `24 months`, `90 days` or `2 years`"
    schema = {"type": "string", "pattern": f"^{FORM.pattern}$"}

    def parse(self, tree: object) -> str:
        found = FORM.fullmatch(tree) if isinstance(tree, str) else None
        if found is None:
            raise Wrong("wrong-value", "{value} is not {expected}", value=shown(tree), expected=self.expected)
        number, unit = int(found[1]), UNITS.get(found[2], found[2])
        return f"{number} {unit}{'s' if number > 1 else ''}"


def warranty_until(warranty: str, since: date) -> date:
    """The last day of a warranty: the same day so many months later, or the last of that month.

    >>> [warranty_until(each, date(2024, 2, 29)).isoformat() for each in ("90 days", "1 month", "2 years")]
    ['2024-05-29', '2024-03-29', '2026-02-28']
    """
    number, _, unit = warranty.partition(" ")
    if unit.startswith("day"):
        return since + timedelta(days=int(number))
    months = since.year * 12 + since.month - 1 + int(number) * (12 if unit.startswith("year") else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
