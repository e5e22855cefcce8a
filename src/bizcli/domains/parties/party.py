"""What customers and suppliers have in common."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Field, Wrong, shown
from bizcli.kernel.records import Master, record

IMMEDIATE = "immediate"


class TermsField(Field):
    """When an invoice is due: `immediate`, `net N` days, or `eom` (the end of the month)."""

    quoted = True
    expected = "payment terms such as `net 30`, `immediate` or `eom`"

    def parse(self, tree: object) -> str:
        words = tree.split() if isinstance(tree, str) else []
        if words in ([IMMEDIATE], ["eom"]):
            return words[0]
        days = words[1] if len(words) == 2 and words[0] == "net" else ""
        if days.isascii() and days.isdigit() and int(days[:5]) <= 3650:
            return f"net {int(days)}"
        raise Wrong("wrong-value", "{value} is not {expected}", value=shown(tree), expected=self.expected)


Terms = Annotated[str, TermsField(), "when invoices are due"]


def due_date(terms: str, day: date) -> date:
    """The day on which an invoice of a day is due.

    >>> due_date("net 30", date(2026, 11, 7)), due_date("eom", date(2026, 2, 3))
    (datetime.date(2026, 12, 7), datetime.date(2026, 2, 28))
    """
    word, _, number = terms.partition(" ")
    if word == "net":
        return day + timedelta(days=int(number))
    if word == "eom":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return day


@record
class Party(Master):
    """Someone we deal with."""

    payment_terms: Terms | None = None
    address: fields.Text | None = None
    contact: fields.Word | None = None
    phone: fields.Word | None = None
    email: fields.Word | None = None
    tax_id: Annotated[fields.Word, "tax or registration number"] | None = None
    owner: Annotated[fields.StaffCode, "who looks after them"] | None = None
    location: fields.Location | None = None
    tags: tuple[fields.Word, ...] = ()
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if self.location is not None and len(self.location) != 2:
            yield Problem("wrong-value", "a location is [latitude, longitude]", path="location")
