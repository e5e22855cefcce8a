"""Someone who works for us."""

from datetime import date
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.records import Master, record


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
    left: Annotated[fields.Day, "the last day of those who work here no more"] | None = None
    note: fields.Text | None = None

    def gone_by(self, day: date) -> Problem | None:
        if self.left is None or day <= self.left:
            return None
        template = "{code} left on {left}: name somebody else, or give a date up to then"
        return Problem("left", template, {"code": self.code, "left": self.left.isoformat()})
