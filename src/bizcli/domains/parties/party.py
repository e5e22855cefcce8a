"""What customers and suppliers have in common."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.parties.terms import Terms
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.records import Master, Record, record


@record
class Contact(Record):
    """Someone we talk to there."""

    name: fields.Word
    mobile: fields.Word | None = None
    role: Annotated[fields.Word, "what they do there"] | None = None
    phone: fields.Word | None = None
    email: fields.Email | None = None
    wechat: fields.Word | None = None
    birthday: fields.Day | None = None
    note: fields.Text | None = None


@record
class Party(Master):
    """Someone we deal with."""

    payment_terms: Terms | None = None
    address: fields.Text | None = None
    region: Annotated[fields.Word, "the part of the country or of the world that they are in"] | None = None
    industry: fields.Word | None = None
    source: Annotated[fields.Word, "where they came from: a fair, a referral, an advertisement"] | None = None
    contact: Annotated[fields.Word, "whom to ask for"] | None = None
    phone: fields.Word | None = None
    mobile: fields.Word | None = None
    email: fields.Email | None = None
    wechat: fields.Word | None = None
    website: fields.Word | None = None
    birthday: fields.Day | None = None
    contacts: tuple[Contact, ...] = ()
    tax_id: Annotated[fields.Word, "tax or registration number"] | None = None
    owner: Annotated[fields.StaffCode, "who looks after them"] | None = None
    location: fields.Location | None = None
    tags: tuple[fields.Word, ...] = ()
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if self.location is not None and len(self.location) != 2:
            yield Problem("wrong-value", "a location is [latitude, longitude]", path="location")
        seen = set()
        for n, contact in enumerate(self.contacts):
            if (contact.name, contact.mobile) in seen:
                yield Problem("twice", "{name} is there twice", {"name": contact.name}, f"contacts[{n}]")
            seen.add((contact.name, contact.mobile))
