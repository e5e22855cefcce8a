"""What customers and suppliers have in common."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.parties.terms import Terms
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.records import Master, record


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
