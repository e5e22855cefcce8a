"""Whom a campaign goes to, and whom it does not so that the two can be compared: as it was on the day of its start."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Annotated

from bizcli.domains.crm.campaign import Campaign
from bizcli.domains.orders.open_lines import find
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Event
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, ListField, OneOf
from bizcli.kernel.records import Document, Record, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

HINDRANCES = ("stop", "no_consent", "no_address")


@record
class LeftOut(Record):
    """Somebody of the segments who is not written to."""

    customer: Annotated[str, Code("customer")]
    hindrance: Annotated[str, OneOf(*HINDRANCES), "why not"]


@record
class Audience(Document):
    """Whom a campaign goes to, and whom it does not so that the two can be compared: as it was on the day of its start.

    Who is in the control group follows from the campaign's id and the customer's code alone: nobody can choose it, and
    anybody can work it out again.
    """

    folder = "audiences"
    group = "campaign"
    prefix = "AU"
    rank = 0

    campaign: Annotated[str, Id("campaign"), "that starts"]
    share: Annotated[fields.Percent, "of the control group; the campaign's when absent"] = filled()
    members: Annotated[tuple[str, ...], ListField(Code("customer")), "who are written to"] = ()
    control: Annotated[tuple[str, ...], ListField(Code("customer")), "who are not, to compare with"] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def amends(self) -> str | None:
        return self.campaign

    @property
    def verb(self) -> str:
        return "started"

    def complete(self, view: View) -> "Audience":
        campaign = find(view, self.campaign, "campaign", Campaign)
        assert isinstance(campaign, Campaign)
        state = campaign.effects_after(view.amendments(campaign.id), view.rules).state or {}
        if state["status"] != "planned":
            values = {"id": campaign.id, "status": state["status"]}
            raise Refused([Problem("wrong-state", "{id} is {status}: it starts once", values, "campaign")])
        share = self.share if self.share is not None else campaign.control or Decimal(0)
        members, control = split(campaign.id, self.members, share)
        if self.control:  # given: whether it is the right one is looked at below
            members, control = set(self.members), set(self.control)
        return replaced(self, share=share, members=tuple(sorted(members)), control=tuple(sorted(control)))

    def problems(self) -> Iterator[Problem]:
        written_or_not = (*self.members, *self.control)
        everybody = (*written_or_not, *(each.customer for each in self.left_out))
        twice = [code for code, n in Counter(everybody).items() if n > 1]
        if twice:
            yield Problem("twice", "{name} is there twice", {"name": twice[0]}, "members")
        elif split(self.campaign, written_or_not, self.share)[1] != set(self.control):
            template = (
                "the control group follows from the campaign and the codes of customers: leave it out, and it is found"
            )
            yield Problem("wrong-value", template, {}, "control")

    def effects(self, rules: Rules) -> Effects:
        """Each customer was a member, or in the control group."""
        sides = (("member", self.members), ("control", self.control))
        return Effects(
            events=tuple(
                Event(side, self.day, self.id, self.campaign, customer, self.by)
                for side, customers in sides
                for customer in customers
            )
        )


def split(campaign: str, customers: Iterable[str], share: Decimal) -> tuple[set[str], set[str]]:
    """Customers as members and control group: those with the lowest hashes, so many as the share comes to, half up.

    >>> members, control = split("CM-2611-0001", ("C-001", "C-002", "C-003", "C-004"), Decimal(25))
    >>> len(members), control
    (3, {'C-001'})
    """
    ordered = sorted(set(customers), key=lambda code: (sha256(f"{campaign}/{code}".encode()).digest(), code))
    n = int(len(ordered) * share / 100 + Decimal("0.5"))
    return set(ordered[n:]), set(ordered[:n])
