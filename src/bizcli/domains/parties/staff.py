"""Someone who works for us."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import OneOf
from bizcli.kernel.records import Master, Record, record


@record
class Quota(Record):
    """What somebody should sell in each month, quarter or year from a day on, until another one holds."""

    since: Annotated[fields.Day, "the first day of a month"]
    amount: Annotated[fields.Amount, "without tax"]
    per: Annotated[str, OneOf("month", "quarter", "year"), "a month when absent"] | None = None


@record
class Absence(Record):
    """Days on which somebody is not there."""

    since: Annotated[fields.Day, "the first day"]
    until: Annotated[fields.Day, "the last day"]


@record
class Staff(Master):
    """Someone who works for us: sells, looks after customers, approves."""

    folder = "staff"
    group = "staff"

    code: Annotated[fields.StaffText, "its code, the name of its file"]
    job: Annotated[fields.Word, "what they do"] | None = None
    email: fields.Word | None = None
    phone: fields.Word | None = None
    shop: Annotated[fields.Word, "where they work"] | None = None
    department: fields.Word | None = None
    manager: Annotated[fields.StaffCode, "who leads them"] | None = None
    quotas: tuple[Quota, ...] = ()
    absences: tuple[Absence, ...] = ()
    left: Annotated[fields.Day, "the last day of those who work here no more"] | None = None
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        for n, quota in enumerate(self.quotas):
            if quota.since.day != 1:
                values = {"day": quota.since.isoformat()}
                template = "a quota holds from the first day of a month, not {day}"
                yield Problem("wrong-value", template, values, f"quotas[{n}].since")
        for n, absence in enumerate(self.absences):
            if absence.until < absence.since:
                values = {"until": absence.until.isoformat(), "day": absence.since.isoformat()}
                yield Problem("wrong-value", "{until} is before {day}", values, f"absences[{n}].until")

    def is_there(self, day: date) -> bool:
        """Whether they work on a day: they have not left, and are not away."""
        away = any(each.since <= day <= each.until for each in self.absences)
        return self.gone_by(day) is None and not away

    def gone_by(self, day: date) -> Problem | None:
        if self.left is None or day <= self.left:
            return None
        template = "{code} left on {left}: name somebody else, or give a date up to then"
        return Problem("left", template, {"code": self.code, "left": self.left.isoformat()})
