"""A customer has a problem, a question or a complaint: what it is about, who looks after it, and by when."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, NamedTuple

from bizcli.domains.crm.followed import Followed, activities, in_order
from bizcli.domains.crm.sla import CLOCKS, PRIORITIES, USUAL, Escalation, Sla, sla_for
from bizcli.domains.crm.working_hours import Run, due, later, moment, written
from bizcli.domains.orders.open_lines import find, find_customer
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

if TYPE_CHECKING:
    from bizcli.domains.crm.activity import Activity

WHOLE = Decimal(100)
SETTLED = ("resolved", "closed")
SOURCES = ("order", "delivery", "invoice")
"""What a ticket may be about, from which the customer is known."""


class Clocks(NamedTuple):
    """What a ticket has come to, and when."""

    status: str
    since: datetime
    responded: datetime | None
    resolved: datetime | None
    runs: list[Run]  # in which the time until it is settled ran
    reopened: int
    priority: str
    ranked: dict[str, str]  # the priority that counts for each clock: as it was when the clock stopped
    escalated: tuple[str, ...]
    changes: "list[tuple[Activity, str]]"  # each change of status, and by what


@record
class Ticket(Followed):
    """A customer has a problem, a question or a complaint: what it is about, who looks after it, and by when."""

    folder = "tickets"
    group = "ticket"
    prefix = "TK"
    clocked = True
    statuses = ("open", "waiting", "resolved", "closed")
    shown = ("name", "priority", "owner", "respond_by", "responded", "resolve_by", "resolved")

    name: Annotated[fields.Word, "what it is about, in a few words"]
    text: Annotated[fields.Text, "what the customer says"] | None = None
    priority: Annotated[str, OneOf(*PRIORITIES), "medium when absent"] = filled()
    category: Annotated[fields.Word, "such as complaint, question, repair"] | None = None
    channel: Annotated[fields.Word, "how it came: phone, email, chat …"] | None = None
    customer: Annotated[str, Code("customer"), "who has it; of the order, delivery or invoice when absent"] | None = (
        None
    )
    contact: Annotated[fields.Word, "the person to reply to"] | None = None
    phone: fields.Word | None = None
    email: fields.Word | None = None
    order: Annotated[str, Id("sales_order")] | None = None
    delivery: Annotated[str, Id("delivery")] | None = None
    invoice: Annotated[str, Id("sales_invoice", "cash_sale")] | None = None
    item: Annotated[str, Code("item"), "what is wrong"] | None = None
    lot: fields.LotText | None = None
    serial: Annotated[fields.LotText, "the serial number"] | None = None
    owner: Annotated[fields.StaffCode, "who looks after it; whoever the sla names when absent"] | None = None
    sla: Annotated[str, Code("sla"), "what was promised; the customer's when absent"] | None = None

    @property
    def verb(self) -> str:
        return "opened"

    @property
    def opened(self) -> datetime:
        """When its time began; at the start of its day where no time is known."""
        return moment(self.date, self.time or "00:00")

    def complete(self, view: View) -> "Ticket":
        done = self.of_goods(view)
        customer = done.customer
        for key in SOURCES:
            id = getattr(done, key)
            if id is not None:
                customer = customer or find(view, id, key, Document).party
        if customer is not None:
            find_customer(view, customer)
        elif not (self.contact or self.phone or self.email):
            template = "say who has it: `customer`, or a `contact`, a `phone` or an `email`"
            raise Refused([Problem("missing-key", template, {}, "customer")])
        sla = sla_for(view, customer) if self.sla is None else view.master("sla", self.sla)
        owner = self.owner or (sla.owner if isinstance(sla, Sla) else None)
        return replaced(
            done, customer=customer, priority=self.priority or "medium", owner=owner, sla=sla.code if sla else None
        )

    def of_goods(self, view: View) -> "Ticket":
        """A ticket with the item and the delivery of the lot or serial number that it names, where those are known."""
        lot = self.serial or self.lot
        found = view.sold_with(lot, self.item) if lot is not None else None
        if found is None:
            return self
        item, document, _ = found
        delivery = (
            document if document[:2] == "DN" and not any(getattr(self, key) for key in SOURCES) else self.delivery
        )
        return replaced(self, item=item, delivery=delivery)

    def problems(self) -> Iterator[Problem]:
        if self.lot is not None and self.serial is not None:
            yield Problem("wrong-value", "say `lot` or `serial`: goods have one of the two", {}, "lot")

    # What becomes of it

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """Its status: open, waiting (for the customer: its time stands still), resolved, closed; and by when."""
        state, events = self.followed(amendments)
        found = self.clocks(amendments)
        events.append(self.event("status", self, "open"))
        events += [self.event("status", each, status) for each, status in found.changes]
        reason = next((each.reason for each, _ in reversed(found.changes) if each.reason is not None), None)
        if found.status in SETTLED:
            state |= {"next": None, "todo": None}
        sla = self.promised(rules)
        times = self.times(found, sla, rules)
        next_at, next_one = next(iter(self.ahead(found, sla, rules)), (None, None))
        return Effects(
            events=tuple(events),
            state={
                "status": found.status, "name": self.name, "priority": found.priority, "category": self.category, **state,
                "opened": written(self.opened), "respond_by": written(times["respond"]),
                "responded": written(found.responded), "resolve_by": written(times["resolve"]),
                "resolved": written(found.resolved), "since": written(found.since), "reopened": found.reopened or None,
                "reason": reason, "escalated": ", ".join(found.escalated) or None,
                "escalate_at": written(next_at), "escalate_to": next_one.to if next_one else None,
                "escalation": next_one.name if next_one else None,
            },
        )  # fmt: skip

    def promised(self, rules: Rules) -> Sla:
        sla = rules.masters("sla", self.sla) if self.sla is not None else None
        return sla if isinstance(sla, Sla) else USUAL

    def clocks(self, amendments: list[Document]) -> Clocks:
        """What activities made of it, one after the other; one without a time came right after the one before."""
        at = self.opened
        status, since, responded, resolved = "open", at, None, None
        runs: list[Run] = [(at, None)]
        reopened, priority = 0, self.priority
        stopped: dict[str, str] = {}
        escalated: list[str] = []
        changes: list[tuple[Activity, str]] = []
        for each in activities(in_order(amendments)):
            at = max(at, moment(each.date, each.time or "00:00"))
            priority = each.priority or priority
            escalated += [each.escalated] if each.escalated is not None else []
            became = each.status or ("open" if each.incoming and status in ("waiting", "resolved") else status)
            if responded is None and ((each.is_contact and not each.incoming) or became != "open"):
                responded, stopped["respond"] = at, priority
            if became == status:
                continue
            if became == "open" and runs[-1][1] is not None:
                runs.append((at, None))
            elif became in SETTLED and status == "waiting":
                runs.append((at, at))
            elif runs[-1][1] is None:
                runs[-1] = (runs[-1][0], at)
            if became in SETTLED and status not in SETTLED:
                resolved, stopped["resolve"] = at, priority
            if status in SETTLED and became not in SETTLED:
                reopened, resolved = reopened + 1, None
                del stopped["resolve"]
            status, since = became, at
            changes.append((each, became))
        return Clocks(
            status, since, responded, resolved, runs, reopened, priority, {**dict.fromkeys(CLOCKS, priority), **stopped},
            tuple(dict.fromkeys(escalated)), changes,
        )  # fmt: skip

    def times(self, found: Clocks, sla: Sla, rules: Rules, percent: Decimal = WHOLE) -> dict[str, datetime | None]:
        """By when we are to reply and to settle it; or when so much of that time has passed."""
        hours = sla.working_hours(rules)
        targets = {clock: sla.target(found.ranked[clock], self.date) for clock in CLOCKS}
        minutes = {
            clock: int(target.minutes[clock] * percent / 100) if target and clock in target.minutes else None
            for clock, target in targets.items()
        }
        runs = found.runs
        if found.status in SETTLED:  # by when it would have been late
            runs = [*runs[:-1], (runs[-1][0], None)]
        replying, settling = minutes["respond"], minutes["resolve"]
        return {
            "respond": later(self.opened, replying, hours) if replying is not None else None,
            "resolve": due(runs, settling, hours) if settling is not None else None,
        }

    def ahead(self, found: Clocks, sla: Sla, rules: Rules) -> list[tuple[datetime, Escalation]]:
        """The escalations to come, and when. One that is done stands for all before it on the same clock."""
        running = {"respond": found.responded is None, "resolve": found.status == "open"}
        done = dict.fromkeys(CLOCKS, Decimal(0))
        for each in sla.escalations:
            if each.name in found.escalated:
                done[each.clock] = max(done[each.clock], each.after)
        coming = [
            (at, each)
            for each in sla.escalations
            if running[each.clock] and each.after > done[each.clock]
            if (at := self.times(found, sla, rules, each.after)[each.clock]) is not None
        ]
        return sorted(coming, key=lambda each: (each[0], each[1].after, each[1].clock))

    def escalations_due(self, amendments: list[Document], rules: Rules, now: str) -> list[Escalation]:
        """Those that are to be done by now; of several on a clock the last one."""
        coming = self.ahead(self.clocks(amendments), self.promised(rules), rules)
        return list({each.clock: each for at, each in coming if str(written(at)) <= now}.values())
