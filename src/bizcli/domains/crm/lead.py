"""Someone who may become a customer: who they are, where they came from, and what they want."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.crm.followed import Followed, activities, in_order
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, ListField
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

FACTS = (
    "name", "contact", "phone", "email", "wechat", "tax_id", "address", "region", "industry", "employees", "source",
    "campaign", "customer",
)  # fmt: skip
"""What a lead says that is looked at without opening its file: by scoring, assignment, and the search for doubles."""


@record
class Lead(Followed):
    """Someone who may become a customer: who they are, where they came from, and what they want."""

    folder = "leads"
    group = "lead"
    prefix = "LD"
    statuses = ("open", "qualified", "lost")
    shown = ("name", "source", "owner", "touched", "next")

    name: Annotated[fields.Word, "the company, or the person"] = filled()
    contact: Annotated[fields.Word, "whom to ask for"] | None = None
    phone: fields.Word | None = None
    email: fields.Word | None = None
    wechat: fields.Word | None = None
    tax_id: Annotated[fields.Word, "tax or registration number"] | None = None
    address: fields.Text | None = None
    region: fields.Word | None = None
    industry: fields.Word | None = None
    employees: Annotated[int, fields.WholeField(0)] | None = None
    source: Annotated[fields.Word, "where they came from: web, fair, referral …"] | None = None
    campaign: Annotated[str, Id("campaign"), "that brought them"] | None = None
    customer: Annotated[str, Code("customer"), "when they are one already"] | None = None
    owner: Annotated[fields.StaffCode, "who looks after it; nobody: it is in the public pool"] | None = None
    items: Annotated[tuple[str, ...], ListField(Code("item")), "what they are interested in"] | None = None
    budget: fields.Amount | None = None
    next: Annotated[fields.Day, "the day on which to follow up"] | None = None

    @property
    def verb(self) -> str:
        return "noted"

    def complete(self, view: View) -> "Lead":
        if not (self.name or self.contact):
            raise Refused([Problem("missing-key", "say who it is: `name` or `contact`", {}, "name")])
        return replaced(self, name=self.name or self.contact)

    def problems(self) -> Iterator[Problem]:
        if self.next is not None and self.next < self.date:
            values = {"next": self.next.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{next} is before the day of the document, {day}", values, "next")

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """Its status: open, contacted, qualified, converted (an opportunity came of it), lost, merged."""
        state, events = self.followed(amendments)
        status, since, reason, into = "open", self.day, None, None
        facts = {name: getattr(self, name) for name in FACTS}
        facts["items"] = ", ".join(self.items) if self.items else None
        facts["budget"] = micro(self.budget) if self.budget is not None else None
        events.append(self.event("status", self, status))
        for each in in_order(amendments):
            became: str | None = None
            if each.id[:2] == "OP":
                became = "converted"
                facts["customer"] = each.party or facts["customer"]
            elif each.id[:2] == "AC":
                (activity,) = activities([each])
                became = activity.status or ("contacted" if activity.is_contact and status == "open" else None)
                if activity.into is not None:
                    became, into = "merged", activity.into
                reason = activity.reason or reason
            if became is not None and became != status:
                status, since = became, each.day
                events.append(self.event("status", each, became))
        if status in ("converted", "lost", "merged"):  # what is next is said of what it became
            state |= {"next": None, "todo": None}
        return Effects(
            events=tuple(events),
            state={
                "status": status, **facts, **state, "since": since, "reason": reason, "into": into,
            },
        )  # fmt: skip
