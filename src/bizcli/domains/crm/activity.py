"""What was done with a customer or a lead, or what became of what we follow: a call, a new stage, another owner."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.crm.campaign import Campaign
from bizcli.domains.crm.followed import CONTACTS, Followed
from bizcli.domains.crm.lead import Lead
from bizcli.domains.crm.opportunity import Opportunity, unknown_stage
from bizcli.domains.crm.pipeline import pipeline_of
from bizcli.domains.crm.sla import PRIORITIES
from bizcli.domains.orders.open_lines import find, find_customer
from bizcli.domains.parties.channels import CHANNELS
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Event
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.records import Document, filled, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

FOLLOWED = ("LD", "OP", "TK", "CM", "SV")
"""Prefixes of what activities change."""

RESPONSIBLE = ("LD", "OP", "TK", "CM", "QT", "SO", "")
"""Of what an activity says who looks after it; '' is a customer."""

CHANGES = {
    "owner": RESPONSIBLE,
    "pool": ("LD",),
    "status": ("LD", "OP", "TK", "CM"),
    "stage": ("OP",),
    "amount": ("OP",),
    "expected": ("OP",),
    "competitor": ("OP",),
    "reason": ("LD", "OP", "TK"),
    "into": ("LD",),
    "cost": ("CM",),
    "priority": ("TK",),
    "escalated": ("TK",),
    "made": ("TK",),
    "coupon": ("TK",),
    "csat": ("SV",),
    "nps": ("SV",),
}
"""What an activity may change, and of what."""

RESPONSES = ("delivered", "bounced", "opened", "clicked", "replied", "form", "unsubscribed", "subscribed")
"""What people do with what was sent to them."""
CONSENT = ("unsubscribed", "subscribed")
"""Those that say whether they want more."""


@record
class Activity(Document):
    """What was done with a customer or a lead, or what became of what we follow: a call, a new stage, another owner."""

    folder = "activities"
    group = "activity"
    prefix = "AC"
    rank = 0
    clocked = True

    about: Annotated[str, Id(), "what it is about: a lead, an opportunity, an order …"] | None = None
    customer: Annotated[str, Code("customer"), "with whom, when it is about nothing else"] | None = None
    type: Annotated[str, OneOf(*CONTACTS, "response", "note", "change"), "what was done"] = filled()
    campaign: Annotated[str, Id("campaign"), "that it answers"] | None = None
    channel: Annotated[str, OneOf(*CHANNELS), "by which it came; the campaign's when absent"] | None = None
    incoming: Annotated[fields.Flag, "they got in touch with us"] | None = None
    contact: Annotated[fields.Word, "the person spoken to"] | None = None
    text: Annotated[fields.Text, "what was said"] | None = None
    outcome: (
        Annotated[fields.Word, "how it went: reached, no answer …; of a response: opened, clicked, unsubscribed …"]
        | None
    ) = None
    next: Annotated[fields.Day, "the day on which to follow up"] | None = None
    todo: Annotated[fields.Word, "what is to be done then"] | None = None
    owner: Annotated[fields.StaffCode, "who looks after it from now on"] | None = None
    pool: Annotated[fields.Flag, "true: nobody looks after it from now on, it is in the public pool"] | None = None
    status: Annotated[fields.Word, "what it has become, such as qualified, won or lost"] | None = None
    stage: Annotated[fields.Word, "of an opportunity"] | None = None
    amount: Annotated[fields.Amount, "what an opportunity may bring now, without tax"] | None = None
    expected: Annotated[fields.Day, "when an opportunity should be decided"] | None = None
    reason: Annotated[fields.Word, "why it is lost, or how a ticket was settled"] | None = None
    competitor: Annotated[fields.Word, "to whom it is lost, or may be"] | None = None
    into: Annotated[str, Id("lead"), "the lead that this one is a second of"] | None = None
    cost: Annotated[fields.Amount, "what a campaign has cost besides bills"] | None = None
    priority: Annotated[str, OneOf(*PRIORITIES), "of a ticket from now on"] | None = None
    escalated: Annotated[fields.Word, "the rule by which a ticket was given on, such as resolve 80%"] | None = None
    made: Annotated[str, Id(), "what came of a ticket: a return, a credit note, an order …"] | None = None
    coupon: Annotated[str, Code("coupon"), "given for a ticket"] | None = None
    csat: Annotated[int, fields.WholeField(1, 5), "how satisfied they are, from 1 to 5"] | None = None
    nps: Annotated[int, fields.WholeField(0, 10), "how likely they are to recommend us, from 0 to 10"] | None = None

    @property
    def amends(self) -> str | None:
        return self.about if self.about is not None and self.about[:2] in FOLLOWED else None

    @property
    def verb(self) -> str:
        return self.type

    @property
    def is_contact(self) -> bool:
        """Whether somebody was spoken or written to."""
        return self.type in CONTACTS

    @property
    def changes(self) -> list[str]:
        """The keys by which it changes what it is about."""
        return [key for key in CHANGES if getattr(self, key) is not None and getattr(self, key) is not False]

    def complete(self, view: View) -> "Activity":
        customer = self.customer
        if self.about is not None:
            subject = find(view, self.about, "about", Document)
            customer = customer or getattr(subject, "customer", None)
            if isinstance(subject, Followed):
                self.check_changes(view, subject)
        elif customer is None:  # also a response is somebody's
            template = "say what it is about: `about`, or a `customer`"
            raise Refused([Problem("missing-key", template, {}, "about")])
        if customer is not None:
            find_customer(view, customer)
        channel = self.channel
        if self.campaign is not None and channel is None:
            campaign = find(view, self.campaign, "campaign", Campaign)
            assert isinstance(campaign, Campaign)
            channel = campaign.channel if campaign.channel in CHANNELS else None
        type = self.type or ("change" if self.changes else "response" if self.campaign else "note")
        return replaced(self, customer=customer, channel=channel, type=type)

    def check_changes(self, view: View, subject: Followed) -> None:
        """What it makes of a document must suit it. Raises `Refused`."""
        if self.status is not None and self.status not in subject.statuses:
            values = {"status": fields.shown(self.status), "statuses": ", ".join(subject.statuses)}
            raise Refused([Problem("unknown-word", "{status} is none of {statuses}", values, "status")])
        state = subject.effects_after(view.amendments(subject.id), view.rules).state or {}
        if isinstance(subject, Opportunity) and self.stage is not None:
            stages = [each.stage for each in pipeline_of(view, subject.pipeline).stages]
            if self.stage not in stages:
                raise Refused([unknown_stage(self.stage, stages)])
            if state["status"] != "open" and self.status != "open":
                template = "{id} is {status}: give it `status: open` before it moves on"
                raise Refused(
                    [Problem("wrong-state", template, {"id": subject.id, "status": state["status"]}, "stage")]
                )
        if self.into is not None:
            other = find(view, self.into, "into", Lead)
            assert isinstance(other, Lead)
            if other.id == subject.id:
                raise Refused([Problem("wrong-value", "a lead is not merged into itself", {}, "into")])
            into = (other.effects_after(view.amendments(other.id), view.rules).state or {}).get("into")
            if into is not None:
                template = "{id} is merged into {into} itself"
                raise Refused([Problem("wrong-state", template, {"id": other.id, "into": into}, "into")])

    def problems(self) -> Iterator[Problem]:
        if self.next is not None and self.next < self.date:
            values = {"next": self.next.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{next} is before the day of the document, {day}", values, "next")
        prefix = (self.about or "")[:2]
        for key in self.changes:
            if prefix not in CHANGES[key]:
                yield Problem(
                    "wrong-key", "{key} is of something else than {id}", {"key": key, "id": self.about or "-"}, key
                )
        if self.owner is not None and self.pool:
            yield Problem("wrong-key", "what is in the pool has no owner", {}, "pool")
        if self.status == "lost" and self.reason is None and prefix == "OP":
            yield Problem("missing-key", "say why: `reason`", {}, "reason")
        if self.type == "response" and self.outcome not in RESPONSES:
            words = {"words": ", ".join(RESPONSES)}
            if self.outcome is None:
                yield Problem("missing-key", "say what they did: `outcome`, one of {words}", words, "outcome")
            else:
                values = {"value": fields.shown(self.outcome), **words, "nearest": nearest(self.outcome, RESPONSES)}
                template = "{value} is not one of {words}; the nearest is {nearest}"
                yield Problem("unknown-word", template, values, "outcome")

    def effects(self, rules: Rules) -> Effects:
        """What was done, for the history of whom it was done with, and of the campaign that it answers."""
        whom = self.customer or (self.about if self.about and self.about[:2] in FOLLOWED else None)
        due = self.next.isoformat() if self.next else None
        who = self.salesperson or self.by
        about = self.about or self.campaign
        done = Event(self.type, self.day, self.id, about, whom, who, self.outcome, 0, due)
        events = [done]
        if self.owner is not None and self.amends is None:  # else what it is about says so itself
            events.append(Event("owner", self.day, self.id, about, whom, who, self.owner))
        if self.campaign not in (None, about):
            events.append(done._replace(about=self.campaign, due=None))
        if self.type == "response" and self.outcome in CONSENT:
            events.append(Event(str(self.outcome), self.day, self.id, about, whom, who, self.channel))
        return Effects(events=tuple(events))
