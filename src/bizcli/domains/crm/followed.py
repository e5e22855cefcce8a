"""What we follow over time: a lead, an opportunity … What becomes of it is said by dated documents that name it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from bizcli.kernel.effects import Effects, Event
from bizcli.kernel.records import Document
from bizcli.kernel.rules import Rules

if TYPE_CHECKING:
    from bizcli.domains.crm.activity import Activity

CONTACTS = ("call", "visit", "meeting", "message", "email")
"""What is done with someone; a note or a change is not."""

State = dict[str, str | int | None]


class Followed(Document):
    """A document whose state follows from the activities that name it."""

    rank = 0
    amendable = True
    statuses: ClassVar[tuple[str, ...]]  # that an activity may give it
    shown: ClassVar[tuple[str, ...]]  # what lists show of its state

    if TYPE_CHECKING:
        owner: str | None

    @property
    def whom(self) -> str:
        """Who it is about: a customer, or the lead that is none yet."""
        return self.party or self.id

    def effects(self, rules: Rules) -> Effects:
        return self.effects_after([], rules)

    def followed(self, amendments: Iterable[Document]) -> tuple[State, list[Event]]:
        """What all that we follow has in common: who owns it, when we were last in touch, and what is next."""
        owned = self.day if self.owner else None
        state: State = {
            "owner": self.owner,
            "owned": owned,
            "touched": None,
            "touches": None,
            "next": None,
            "todo": None,
        }
        events = [self.event("owner", self, self.owner)] if self.owner else []
        first = getattr(self, "next", None)
        if first is not None:
            state["next"] = day = first.isoformat()
            events.append(self.event("next", self, None)._replace(due=day))
        touches = 0
        for each in activities(amendments):
            if each.owner is not None or each.pool:
                state |= {"owner": each.owner, "owned": each.day if each.owner else None}
                events.append(self.event("owner", each, each.owner))
            if each.is_contact:
                touches += 1
                state |= {"touched": each.day, "touches": touches, "next": None, "todo": None}
            if each.next is not None:
                state |= {"next": each.next.isoformat(), "todo": each.todo}
        return state, events

    def event(self, what: str, source: Document, value: str | None, amount: int = 0) -> Event:
        """What it has become by a document."""
        return Event(what, source.day, source.id, self.id, self.whom, source.by, value, amount)


def in_order(amendments: Iterable[Document]) -> list[Document]:
    """Documents that name what is followed, day by day: what came of it counts after what was said of it that day."""
    return sorted(amendments, key=lambda each: (each.day, each.id[:2] != "AC", each.sort))


def activities(amendments: Iterable[Document]) -> "Iterator[Activity]":
    """Those of the documents that are activities."""
    found: Iterable[Any] = amendments
    return (each for each in found if each.id[:2] == "AC")
