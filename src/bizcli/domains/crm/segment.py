"""Customers who have something in common, by a rule: it is asked anew each time, and never kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from bizcli.domains.parties.channels import CHANNELS
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, ListField, NumberField, OneOf, TextField, WholeField
from bizcli.kernel.money import micro
from bizcli.kernel.records import Find, Master, Record, record

OF_CUSTOMER = {
    "customers": "code", "tags": "tags", "groups": "group_", "regions": "region", "owners": "owner", "sources": "source",
    "languages": "language",
}  # fmt: skip
"""What is asked of the customer's own record: the key of a trait, and the field."""
DAYS = ("last_purchase", "first_purchase")
COUNTS = ("purchases",)
MONEY = ("net", "margin", "open", "overdue")
SCORES = ("recency", "frequency", "monetary")
FIGURES = (*DAYS, *COUNTS, *MONEY, *SCORES)
"""What is known of a customer in figures: days ago, how often, how much, and from 1 to 5."""
IN_A_PERIOD = ("purchases", "net", "margin")


class Asked(NamedTuple):
    """One thing to be known of all customers: a figure, what they bought, what they agreed to, another segment."""

    what: str  # a figure; or bought, consent, segment
    since: str = ""
    until: str = ""
    words: tuple[str, ...] = ()  # items, channels, the segment
    tags: tuple[str, ...] = ()  # of items


Answer = Callable[[Asked], Mapping[str, Any]]
"""What is known, by customer; nobody who is not there has it."""


class Reason(NamedTuple):
    """Why a customer is in a segment: what holds, and the figure or word that shows it."""

    what: str
    value: Any
    holds: bool = True  # no: it is in because this does not hold


@record
class Trait(Record):
    """What customers have in common; of several keys all hold."""

    customers: Annotated[tuple[str, ...], ListField(Code("customer")), "is one of these"] = ()
    tags: Annotated[tuple[str, ...], ListField(TextField(200)), "has one of these tags"] = ()
    groups: Annotated[tuple[str, ...], ListField(TextField(200)), "is of one of these groups"] = ()
    regions: Annotated[tuple[str, ...], ListField(TextField(200)), "is in one of these regions"] = ()
    owners: Annotated[tuple[str, ...], ListField(TextField(200)), "is looked after by one of these"] = ()
    sources: Annotated[tuple[str, ...], ListField(TextField(200)), "came from one of these sources"] = ()
    languages: Annotated[tuple[str, ...], ListField(TextField(200)), "is written to in one of these"] = ()
    consent: Annotated[tuple[str, ...], ListField(OneOf(*CHANNELS)), "may be sent offers by one of these"] = ()
    segment: Annotated[str, Code("segment"), "is in this one too"] | None = None
    items: Annotated[tuple[str, ...], ListField(Code("item")), "bought one of these"] = ()
    item_tags: Annotated[tuple[str, ...], ListField(TextField(200)), "bought something with one of these tags"] = ()
    figure: (
        Annotated[str, OneOf(*FIGURES), "what is compared; last_purchase and first_purchase are days ago"] | None
    ) = None
    at_least: Annotated[Decimal, NumberField(signed=True), "of the figure"] | None = None
    at_most: Annotated[Decimal, NumberField(signed=True), "of the figure"] | None = None
    days: Annotated[int, WholeField(1, 36500), "figure or items of so many days up to today"] | None = None
    since: Annotated[fields.Day, "figure or items from this day on"] | None = None
    until: Annotated[fields.Day, "figure or items to this day"] | None = None

    def problems_at(self, path: str) -> Iterator[Problem]:
        """What is wrong with it, where it stands in a segment."""
        has_bounds = self.at_least is not None or self.at_most is not None
        bought = bool(self.items or self.item_tags)
        dated = self.days is not None or self.since is not None or self.until is not None
        if not self.says_anything():
            yield Problem("missing-key", "say what customers have in common: tags, items, a figure …", {}, path)
        if self.figure is None and has_bounds:
            yield Problem("missing-key", "{key} is missing", {"key": "figure"}, path)
        if self.figure is not None and not has_bounds:
            yield Problem("missing-key", "say how much: at_least, at_most or both", {}, f"{path}.figure")
        if dated and not bought and self.figure not in IN_A_PERIOD:
            values = {"figures": ", ".join(IN_A_PERIOD)}
            yield Problem("wrong-usage", "a period is of what was bought: of {figures}, or of items", values, path)
        if self.days is not None and (self.since is not None or self.until is not None):
            yield Problem("wrong-usage", "say days, or since and until: one of the two", {}, f"{path}.days")
        for key, low, high in (("at_most", self.at_least, self.at_most), ("until", self.since, self.until)):
            if low is not None and high is not None and high < low:  # type: ignore[operator]
                yield Problem("wrong-value", "{high} is below {low}", {"high": high, "low": low}, f"{path}.{key}")

    def says_anything(self) -> bool:
        return any(self.__dict__[name] not in (None, ()) for name in Trait.FIELDS)

    def period(self, today: date) -> tuple[str, str]:
        """First and last day of what was bought, ISO 8601."""
        if self.days is not None:
            return (today - timedelta(days=self.days - 1)).isoformat(), today.isoformat()
        return self.since.isoformat() if self.since else "", (self.until or today).isoformat()

    def reasons(self, customer: Any, answer: Answer, today: date) -> list[Reason] | None:
        """Why a customer has it; None for one who has it not."""
        found = []
        for reason in self.looked_at(customer, answer, today):
            if reason is None:
                return None
            found.append(reason)
        return found

    def looked_at(self, customer: Any, answer: Answer, today: date) -> Iterator[Reason | None]:
        """Each key that is there: what shows that it holds, or None."""
        for key, field in OF_CUSTOMER.items():
            wanted = getattr(self, key)
            if wanted:
                own = getattr(customer, field, None)
                has = [word for word in (own if isinstance(own, tuple) else (own,)) if word in wanted]
                yield Reason(key, ", ".join(has)) if has else None
        code = customer.code
        since, until = self.period(today)
        if self.consent:
            given = answer(Asked("consent", words=self.consent)).get(code)
            yield Reason("consent", given) if given else None
        if self.segment is not None:
            yield Reason("segment", self.segment) if code in answer(Asked("segment", words=(self.segment,))) else None
        if self.items or self.item_tags:
            bought = answer(Asked("bought", since, until, self.items, self.item_tags)).get(code)
            yield Reason("bought", bought) if bought else None
        if self.figure is not None:
            period = (since, until) if self.figure in IN_A_PERIOD else ("", today.isoformat())
            value = answer(Asked(self.figure, *period)).get(code, None if self.figure in (*DAYS, *SCORES) else 0)
            yield Reason(self.figure, value) if value is not None and self.within(value) else None

    def within(self, value: int) -> bool:
        """Whether a figure is within its bounds; both are in."""
        scale = 1 if self.figure in MONEY else 1_000_000  # money is in micro
        low, high = (None if each is None else micro(each) for each in (self.at_least, self.at_most))
        return (low is None or value * scale >= low) and (high is None or value * scale <= high)


@record
class Traits(Trait):
    """What customers have in common, and what of several things they have all of, any of, and none of."""

    all: tuple[Trait, ...] = ()
    any: tuple[Trait, ...] = ()
    not_: tuple[Trait, ...] = ()

    def says_anything(self) -> bool:
        return bool(self.all or self.any or self.not_) or super().says_anything()

    def problems_at(self, path: str) -> Iterator[Problem]:
        yield from super().problems_at(path)
        for key, each in parts(self, f"{path}."):
            yield from each.problems_at(key)

    def reasons(self, customer: Any, answer: Answer, today: date) -> list[Reason] | None:
        own = super().reasons(customer, answer, today)
        more = None if own is None else combined(self, customer, answer, today)
        return None if own is None or more is None else own + more


@record
class Segment(Master):
    """Customers who have something in common, by a rule: it is asked anew each time, and never kept."""

    folder = "segments"
    group = "segment"

    all: tuple[Traits, ...] = ()
    any: tuple[Traits, ...] = ()
    not_: tuple[Traits, ...] = ()
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if not (self.all or self.any or self.not_):
            yield Problem("missing-key", "say whom it takes: all, any or not", {}, "all")
        for path, each in parts(self):
            yield from each.problems_at(path)

    def problems_among(self, master: Find) -> Iterator[Problem]:
        """A segment that is in itself would never end."""
        way = circle(self, master, (self.code,))
        if way:
            template = "the segment is part of itself: {way}"
            yield Problem("circle", template, {"way": " → ".join(way)}, "")

    def reasons(self, customer: Any, answer: Answer, today: date) -> list[Reason] | None:
        """Why a customer is in it; None for one who is not."""
        return combined(self, customer, answer, today)


def parts(of: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The traits that are all, any or none of them had, each with its place."""
    for key in ("all", "any", "not_"):
        for n, each in enumerate(getattr(of, key)):
            yield f"{path}{key.rstrip('_')}[{n}]", each


def combined(of: Any, customer: Any, answer: Answer, today: date) -> list[Reason] | None:
    """Why a customer has all of `all`, one of `any`, and none of `not`."""
    found: list[Reason] = []
    for each in of.all:
        reasons = each.reasons(customer, answer, today)
        if reasons is None:
            return None
        found += reasons
    if of.any:
        ways = (each.reasons(customer, answer, today) for each in of.any)
        first = next((reasons for reasons in ways if reasons is not None), None)
        if first is None:
            return None
        found += first
    for each in of.not_:
        if each.reasons(customer, answer, today) is not None:
            return None
    return found + [Reason(key, None, False) for each in of.not_ for key in said(each)]


def said(trait: Trait) -> list[str]:
    """The keys of a trait that name what is looked at."""
    names = ("figure", "items", "item_tags", "consent", "segment", *OF_CUSTOMER)
    return [trait.figure or "" if name == "figure" else name for name in names if getattr(trait, name)][:1]


def segments_in(of: Any) -> Iterable[str]:
    """The other segments that one is made of."""
    for _, each in parts(of):
        if each.segment is not None:
            yield each.segment
        if isinstance(each, Traits):
            yield from segments_in(each)


def circle(segment: Segment, master: Find, way: tuple[str, ...]) -> tuple[str, ...]:
    """The way by which a segment leads back to the first one; empty when it does not."""
    for code in segments_in(segment):
        if code == way[0]:
            return (*way, code)
        other = master("segment", code)
        if isinstance(other, Segment) and code not in way:
            found = circle(other, master, (*way, code))
            if found:
                return found
    return ()
