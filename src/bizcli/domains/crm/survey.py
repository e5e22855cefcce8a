"""A customer is asked how satisfied they are with what was delivered or how a ticket was settled, and answers.

CSAT is the share of those who say 4 or 5 of 5. The net promoter score is the share of promoters (9 and 10 of 10) less
that of detractors (up to 6): Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
"""

from typing import Annotated

from bizcli.domains.crm.followed import Followed, State, activities, in_order
from bizcli.domains.orders.open_lines import find, find_customer
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Document, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class Survey(Followed):
    """A customer is asked how satisfied they are, and answers."""

    folder = "surveys"
    group = "survey"
    prefix = "SV"
    statuses = ()
    shown = ("about", "owner", "item", "csat", "nps", "answered")

    customer: Annotated[str, Code("customer"), "who is asked; of what it is about when absent"] | None = None
    about: Annotated[str, Id(), "a ticket, a delivery …"] | None = None
    contact: Annotated[fields.Word, "the person who is asked"] | None = None
    email: fields.Word | None = None
    owner: Annotated[fields.StaffCode, "whose work it is about; of the ticket or the sale when absent"] | None = None
    item: Annotated[str, Code("item"), "what it is about"] | None = None
    csat: Annotated[int, fields.WholeField(1, 5), "how satisfied they are, from 1 to 5"] | None = None
    nps: Annotated[int, fields.WholeField(0, 10), "how likely they are to recommend us, from 0 to 10"] | None = None
    text: Annotated[fields.Text, "what they say"] | None = None

    @property
    def verb(self) -> str:
        return "asked"

    def complete(self, view: View) -> "Survey":
        done = self
        if self.about is not None:
            subject = find(view, self.about, "about", Document)
            done = replaced(
                self,
                **{key: getattr(self, key) or getattr(subject, key, None) for key in ("customer", "contact", "email")},
                owner=self.owner or owner_of(subject, view),
                item=self.item or item_of(subject),
            )
        if done.customer is not None:
            find_customer(view, done.customer)
        elif self.about is None:
            template = "say who is asked: `customer`, or what it is about in `about`"
            raise Refused([Problem("missing-key", template, {}, "customer")])
        return done

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """Its status: asked, answered; the last answer counts."""
        state: State = {
            "status": "asked", "about": self.about, "owner": self.owner, "item": self.item, "csat": self.csat,
            "nps": self.nps, "answered": self.day,
        }  # fmt: skip
        events = []
        for each in (self, *activities(in_order(amendments))):
            said = {key: value for key in ("csat", "nps") if (value := getattr(each, key)) is not None}
            if said:
                state |= {"status": "answered", **said, "answered": each.day}
                events.append(self.event("answered", each, str(said.get("csat", said.get("nps")))))
        if state["status"] == "asked":
            state["answered"] = None
        return Effects(events=tuple(events), state=state)


def owner_of(subject: Document, view: View) -> str | None:
    """Whose work a document is: who looks after it by then, or who sold it."""
    if isinstance(subject, Followed):
        return subject.followed(view.amendments(subject.id))[0]["owner"]  # type: ignore[return-value]
    return subject.salesperson


def item_of(subject: Document) -> str | None:
    """The item that a document is about, where it is one."""
    own = getattr(subject, "item", None)
    items = {each.item for each in getattr(subject, "lines", ())}
    return own or (items.pop() if len(items) == 1 else None)
