"""What is offered to customers of some segments, by which way, and what it costs."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from bizcli.domains.crm.followed import Followed, activities, in_order
from bizcli.domains.parties.channels import CHANNELS
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, ListField, OneOf, WholeField
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, Record, filled, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

TO_ALL = ("advertisement", "fair", "other")
"""Channels that write to nobody by name: what they bring is known by coupon and campaign alone."""
PLACES = ("name", "contact", "customer", "coupon", "campaign", "until", "company")
"""What a text may have in braces."""
BRACES = re.compile(r"\{([^{}]*)\}")
WINDOW = 30  # days


@record
class Wording(Record):
    """What is written to customers, in one language."""

    language: Annotated[fields.Word, "of customers who have it; of all others when absent"] | None = None
    subject: Annotated[fields.Word, "of a mail"] | None = None
    text: Annotated[fields.Text, "with places in braces: {name}, {coupon} …"]


@record
class Campaign(Followed):
    """What is offered to customers of some segments, by which way, and what it costs."""

    folder = "campaigns"
    group = "campaign"
    prefix = "CM"
    statuses = ("running", "ended", "cancelled")
    shown = ("name", "channel", "owner", "started", "members", "control_group")

    name: Annotated[fields.Word, "what it is called"]
    segments: Annotated[tuple[str, ...], ListField(Code("segment")), "whom it goes to"] = ()
    channel: Annotated[str, OneOf(*CHANNELS, *TO_ALL), "the way by which it goes out"]
    coupon: Annotated[str, Code("coupon"), "that it offers: who uses it answers the campaign"] | None = None
    control: Annotated[fields.Percent, "of the segments are sent nothing, to compare with"] | None = None
    window: Annotated[int, WholeField(1, 3650), "days from the start in which sales count"] = filled()
    until: Annotated[fields.Day, "the last day of the offer"] | None = None
    budget: Annotated[fields.Amount, "what it may cost"] | None = None
    cost: Annotated[fields.Amount, "what it costs besides bills that name it"] | None = None
    texts: tuple[Wording, ...] = ()
    owner: Annotated[fields.StaffCode, "who looks after it"] | None = None

    @property
    def verb(self) -> str:
        return "planned"

    def complete(self, view: View) -> "Campaign":
        return replaced(self, window=self.window or WINDOW)

    def problems(self) -> Iterator[Problem]:
        if self.channel in TO_ALL:
            for key in ("segments", "control", "texts"):
                if getattr(self, key):
                    values = {"key": key, "channel": self.channel}
                    yield Problem("wrong-key", "{key}: {channel} writes to nobody by name", values, key)
        if self.until is not None and self.until < self.date:
            values = {"until": self.until.isoformat(), "since": self.day}
            yield Problem("wrong-value", "{until} is before {since}", values, "until")
        languages = [each.language for each in self.texts]
        for n, each in enumerate(self.texts):
            if each.language in languages[:n]:
                yield Problem("twice", "there is another text of the same language", {}, f"texts[{n}].language")
            for key in ("subject", "text"):
                yield from wrong_places(getattr(each, key) or "", f"texts[{n}].{key}")

    def wording(self, language: str | None) -> Wording | None:
        """What is written to customers of a language: the text of that language, else the one of none."""
        by_language = {each.language: each for each in self.texts}
        return by_language.get(language) or by_language.get(None) or next(iter(self.texts), None)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """Its status: planned, running once its audience is fixed, ended or cancelled; and what it has cost."""
        state, events = self.followed(amendments)
        status, since, cost = "planned", self.day, self.cost
        known: dict[str, str | int | None] = dict.fromkeys(("started", "counted_until", "members", "control_group"))
        events.append(self.event("status", self, status))
        for each in in_order(amendments):
            became: str | None = None
            if each.id[:2] == "AU":
                became = "running"
                counted_until = (each.date + timedelta(days=self.window)).isoformat()
                members, control = (len(getattr(each, name)) for name in ("members", "control"))
                known = {
                    "started": each.day,
                    "counted_until": counted_until,
                    "members": members,
                    "control_group": control,
                }
            for activity in activities([each]):
                became = activity.status
                cost = activity.cost if activity.cost is not None else cost
            if became is not None and became != status:
                status, since = became, each.day
                events.append(self.event("status", each, became))
        if status in ("ended", "cancelled"):
            state["next"] = None
        return Effects(
            events=tuple(events),
            state={
                "status": status, "name": self.name, "channel": self.channel, **state, **known,
                "cost": None if cost is None else micro(cost), "coupon": self.coupon, "since": since,
            },
        )  # fmt: skip


def wrong_places(text: str, path: str) -> Iterator[Problem]:
    """Braces in a text that hold no word of ours, or that are not closed."""
    for word in BRACES.findall(text):
        if word not in PLACES:
            values = {"word": "{" + word[:60] + "}", "words": ", ".join(PLACES), "nearest": nearest(word, PLACES)}
            template = "there is no place {word} among {words}; the nearest is {nearest}"
            yield Problem("unknown-word", template, values, path)
    if set("{}") & set(BRACES.sub("", text)):
        yield Problem("wrong-value", "a brace is not closed, or not opened: write places such as {place}", {"place": "{name}"}, path)  # fmt: skip


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled in; what they hold is not looked at again.

    >>> filled_in("Dear {name}", {"name": "{coupon}"})
    'Dear {coupon}'
    """
    return BRACES.sub(lambda found: values[found[1]], text)
