"""A sale that may come about: what it may bring, how far it has come, and when it should be decided."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from bizcli.domains.crm.followed import Followed, activities, in_order
from bizcli.domains.crm.lead import Lead
from bizcli.domains.crm.pipeline import pipeline_of
from bizcli.domains.orders.list_prices import at_list_prices
from bizcli.domains.orders.open_lines import find, find_customer
from bizcli.domains.tax.lines import PricedLine, check_lines, line_amount, numbered
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import decimal, micro
from bizcli.kernel.records import Document, filled, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

OF_LEAD = ("customer", "owner", "source", "campaign", "salesperson")
"""What an opportunity takes over from its lead where it does not say it itself; the next day that is to come as well."""


@record
class OpportunityLine(PricedLine):
    """What may be sold."""


@record
class Opportunity(Followed):
    """A sale that may come about: what it may bring, how far it has come, and when it should be decided."""

    folder = "opportunities"
    group = "opportunity"
    prefix = "OP"
    statuses = ("open", "won", "lost")
    shown = ("name", "stage", "amount", "expected", "owner", "touched", "next")

    from_: Annotated[str, Id("lead"), "the lead that it comes from"] | None = None
    customer: Annotated[str, Code("customer"), "unless it is a lead so far"] | None = None
    name: Annotated[fields.Word, "what it is about"] = filled()
    pipeline: Annotated[str, Code("pipeline"), "whose stages it goes through"] | None = None
    stage: Annotated[fields.Word, "the first stage when absent"] = filled()
    amount: Annotated[fields.Amount, "what it may bring, without tax; of its lines when absent"] = filled()
    expected: Annotated[fields.Day, "when it should be decided"] | None = None
    source: Annotated[fields.Word, "where it came from"] | None = None
    campaign: Annotated[str, Id("campaign"), "that brought it"] | None = None
    competitor: fields.Word | None = None
    owner: Annotated[fields.StaffCode, "who looks after it"] | None = None
    next: Annotated[fields.Day, "the day on which to follow up"] | None = None
    wanted: Annotated[fields.Text, "what is to be made for the customer, when no item is it yet"] | None = None
    lines: tuple[OpportunityLine, ...] = ()

    @property
    def verb(self) -> str:
        return "opened"

    @property
    def amends(self) -> str | None:
        return self.from_

    @property
    def whom(self) -> str:
        return self.customer or self.from_ or self.id

    def complete(self, view: View) -> "Opportunity":
        done = self
        name = self.name
        if self.from_ is not None:
            lead = find(view, self.from_, "from", Lead)
            assert isinstance(lead, Lead)
            state = lead.effects_after(view.amendments(lead.id), view.rules).state or {}
            next = str(state["next"] or "")
            said = {**{key: getattr(lead, key) for key in OF_LEAD}, "owner": state["owner"]}
            said["next"] = date.fromisoformat(next) if next >= done.day else None
            done = replaced(done, **{key: getattr(done, key) or value for key, value in said.items()})
            name = name or lead.name
        elif self.customer is None:
            raise Refused(
                [Problem("missing-key", "say whose it is: `customer`, or the lead in `from`", {}, "customer")]
            )
        if done.customer is not None:
            customer = find_customer(view, done.customer)
            done = replaced(done, owner=done.owner or customer.owner)
            name = name or customer.name
        stages = [each.stage for each in pipeline_of(view, self.pipeline).stages]
        stage = self.stage or stages[0]
        if stage not in stages:
            raise Refused([unknown_stage(stage, stages)])
        prices = view.rules.settings.prices
        lines = numbered(at_list_prices(self.lines, view, done.customer, prices, done.date)) if self.lines else ()
        amount = done.amount
        if amount is None:
            amount = decimal(sum(line_amount(line, view.rules.unit) for line in lines))
        return replaced(done, name=name, stage=stage, amount=amount, lines=lines)

    def problems(self) -> Iterator[Problem]:
        if self.lines:
            yield from check_lines(self.lines)
        for key in ("expected", "next"):
            day = getattr(self, key)
            if day is not None and day < self.date:
                values = {"next": day.isoformat(), "day": self.day}
                yield Problem("wrong-value", "{next} is before the day of the document, {day}", values, key)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """Its status: open, won (ordered, or said so), lost; and the stage that it is at."""
        state, events = self.followed(amendments)
        status, stage, since, closed = "open", self.stage, self.day, None
        amount, expected, reason, competitor = micro(self.amount), self.expected, None, self.competitor
        events.append(self.event("stage", self, stage, amount))
        events += (self.event("item", self, line.item, line_amount(line, rules.unit)) for line in self.lines)
        for each in in_order(amendments):
            became: str | None = None
            if each.id[:2] == "SO":
                became = "won"
            for activity in activities([each]):
                became = activity.status
                amount = micro(activity.amount) if activity.amount is not None else amount
                expected = activity.expected or expected
                reason = None if became == "open" else activity.reason or reason
                competitor = activity.competitor or competitor
                if activity.stage not in (None, stage):
                    stage, since = activity.stage, each.day
                    events.append(self.event("stage", each, stage, amount))
            if became is not None and became != status:
                status, since = became, each.day
                closed = each.day if became != "open" else None
                events.append(self.event("stage", each, became if closed else stage, amount))
        if status == "lost":
            state |= {"next": None, "todo": None}
        return Effects(
            events=tuple(events),
            state={
                "status": status, "name": self.name, "stage": stage, "amount": amount,
                "expected": expected.isoformat() if expected else None, "source": self.source, **state, "since": since,
                "closed": closed, "reason": reason, "competitor": competitor, "pipeline": self.pipeline, "lead": self.from_,
            },
        )  # fmt: skip


def unknown_stage(stage: str, stages: list[str]) -> Problem:
    """A stage that a pipeline does not have."""
    values = {"stage": fields.shown(stage), "stages": ", ".join(stages), "nearest": nearest(stage, stages)}
    return Problem(
        "unknown-word", "there is no stage {stage} among {stages}; the nearest is {nearest}", values, "stage"
    )
