"""What service promises to whom: how soon we reply to a ticket and settle it, and who is told when we are late."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, ListField, OneOf
from bizcli.kernel.records import Master, Record, record

if TYPE_CHECKING:
    from bizcli.domains.crm.working_hours import WorkingHours
    from bizcli.kernel.rules import Rules
    from bizcli.kernel.view import View

PRIORITIES = ("low", "medium", "high", "critical")
CLOCKS = ("respond", "resolve")
LONGEST = 8760  # hours: a year


@record
class Target(Record):
    """Within how many hours we reply, and settle the matter."""

    priority: Annotated[str, OneOf("any", *PRIORITIES), "of which tickets"]
    respond: Annotated[fields.Amount, "hours until the first reply"]
    resolve: Annotated[fields.Amount, "hours until it is settled; no promise when absent"] | None = None
    since: Annotated[fields.Day, "for tickets from this day on"] | None = None

    @property
    def begins(self) -> date:
        return self.since or date.min

    @property
    def minutes(self) -> dict[str, int]:
        """What is promised on each clock."""
        hours = {"respond": self.respond, "resolve": self.resolve}
        return {clock: int(each * 60) for clock, each in hours.items() if each is not None}


@record
class Escalation(Record):
    """Who is given a ticket when so much of its time has passed; 100% means that we are late."""

    clock: Annotated[str, OneOf(*CLOCKS), "which of the two times"]
    to: Annotated[fields.StaffCode, "who is given the ticket"]
    after: Annotated[fields.Percent, "of the time; 100% when absent"] = Decimal(100)

    @property
    def name(self) -> str:
        return f"{self.clock} {self.after:f}%"


@record
class Sla(Master):
    """What service promises to whom: how soon we reply to a ticket and settle it, and who is told when we are late."""

    folder = "slas"
    group = "sla"

    customers: Annotated[tuple[str, ...], ListField(Code("customer")), "whom it is for"] = ()
    customer_tags: Annotated[
        tuple[str, ...], ListField(fields.TextField(200)), "for customers with one of these tags"
    ] = ()
    groups: Annotated[tuple[str, ...], ListField(fields.TextField(200)), "for customers of one of these groups"] = ()
    hours: Annotated[str, Code("working_hours"), "in which time is counted; around the clock when absent"] | None = None
    owner: Annotated[fields.StaffCode, "who takes new tickets"] | None = None
    targets: tuple[Target, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if not self.targets:
            yield Problem("missing-key", "{key} is missing", {"key": "targets"}, "targets")
        seen: set[tuple[Any, ...]] = set()
        for n, each in enumerate(self.targets):
            if (each.priority, each.since) in seen:
                template = "{priority} has a target from that day already"
                yield Problem("same-day", template, {"priority": each.priority}, f"targets[{n}]")
            seen.add((each.priority, each.since))
            for clock, minutes in each.minutes.items():
                if minutes > LONGEST * 60:
                    template = "a promise is of {most} hours at most"
                    yield Problem("wrong-value", template, {"most": LONGEST}, f"targets[{n}].{clock}")
        for n, rule in enumerate(self.escalations):
            if not rule.after:
                template = "0% means when it comes in: name the `owner` instead"
                yield Problem("wrong-value", template, {}, f"escalations[{n}].after")

    def target(self, priority: str, day: date) -> Target | None:
        """What holds for a ticket of a day: for its own priority before any, the latest before earlier ones."""
        holds = [each for each in self.targets if each.priority in (priority, "any") and each.begins <= day]
        return max(holds, key=lambda each: (each.priority != "any", each.begins), default=None)

    def working_hours(self, rules: "Rules") -> "WorkingHours | None":
        """The hours in which it counts."""
        found: WorkingHours | None = rules.masters("working_hours", self.hours) if self.hours is not None else None
        return found


USUAL = Sla(code="USUAL", name="USUAL", targets=(Target(priority="any", respond=Decimal(24)),))
"""What holds where a book says nothing else: the first reply comes within 24 hours, around the clock."""


def sla_for(view: "View", customer: str | None) -> Sla | None:
    """What was promised to a customer: by name, by a tag or a group, or to everybody; the first by code of each."""
    slas = [each for code in view.codes("sla") if isinstance(each := view.master("sla", code), Sla)]
    known = view.master("customer", customer) if customer is not None else None
    tags, group = set(getattr(known, "tags", ())), getattr(known, "group_", None)
    named = [each for each in slas if customer in each.customers]
    of_some = [each for each in slas if tags.intersection(each.customer_tags) or group in each.groups]
    for_all = [each for each in slas if not (each.customers or each.customer_tags or each.groups)]
    return next(iter([*named, *of_some, *for_all]), None)
