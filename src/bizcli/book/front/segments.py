"""Who is in a segment, and why: what the index knows of customers, asked for all of them at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.reporting import Query, asking
from bizcli.domains.crm.segment import DAYS, MONEY, SCORES, Asked, Reason, Segment
from bizcli.domains.parties.channels import CHANNELS
from bizcli.kernel.errors import Refused
from bizcli.kernel.records import nearest
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from datetime import date

    from bizcli.book import Book

PERIOD = "FROM bought WHERE day BETWEEN :since AND :until"
SQL = {
    "last_purchase": f"SELECT customer, max(day) {PERIOD} AND chosen GROUP BY customer",
    "first_purchase": f"SELECT customer, min(day) {PERIOD} AND chosen GROUP BY customer",
    "purchases": f"SELECT customer, sum(chosen) {PERIOD} GROUP BY customer",
    "net": f"SELECT customer, sum(net) {PERIOD} GROUP BY customer",
    "margin": (
        "SELECT customer, sum(net) FROM (SELECT customer, net FROM bought WHERE day BETWEEN :since AND :until "
        "UNION ALL SELECT party, -cost FROM cost JOIN document ON document.document = cost.document "
        "WHERE cost.day BETWEEN :since AND :until) GROUP BY customer"
    ),
    "open": "SELECT customer, sum(open) FROM open_item GROUP BY customer",
    "overdue": "SELECT customer, sum(open) FROM open_item WHERE open > 0 AND due < :until GROUP BY customer",
}
"""What is known of customers in figures; what is sold is of a period."""
ITEMS_BOUGHT = (
    "SELECT customer, max(day) FROM sale WHERE day BETWEEN :since AND :until AND qty > 0 "
    "AND item IN ({items}) GROUP BY customer"
)
SAID = "SELECT whom, what, value FROM event WHERE what IN ('subscribed', 'unsubscribed') ORDER BY day, doc, n"


class Member(NamedTuple):
    """A customer in a segment, and why."""

    customer: Any
    reasons: list[Reason]


class Knowledge:
    """What is known of all customers on a day; each thing is asked for once."""

    def __init__(self, book: "Book", ask: Query) -> None:
        self.book, self.ask, self.today = book, ask, book.today
        self.known: dict[Asked, Mapping[str, Any]] = {}
        self.customers = [
            book.index.decoded("customer", text)
            for (text,) in book.index.all("SELECT text FROM master WHERE kind = 'customer' ORDER BY code")
        ]

    def answer(self, asked: Asked) -> Mapping[str, Any]:
        """What is known, by customer."""
        found = self.known.get(asked)
        if found is None:
            found = self.known[asked] = self.found(asked)
        return found

    def found(self, asked: Asked) -> Mapping[str, Any]:
        if asked.what == "segment":
            return {each.customer.code: True for each in self.members(self.segment(asked.words[0]))}
        if asked.what == "consent":
            said = consents(self.book)
            agreed = {each.code: agreed_to(each, said.get(each.code, {}), self.today) for each in self.customers}
            return {
                code: ", ".join(both) for code, own in agreed.items() if (both := [c for c in asked.words if c in own])
            }
        if asked.what in SCORES:
            return self.scores(asked.what)
        values = {"since": asked.since, "until": asked.until}
        if asked.what == "bought":
            items = {f"item_{n}": item for n, item in enumerate((*asked.words, *self.tagged(asked.tags)))}
            sql = ITEMS_BOUGHT.format(items=", ".join(f":{name}" for name in items))
            return dict(self.ask(sql, values | items))
        rows = dict(self.ask(SQL[asked.what], values))
        if asked.what in DAYS:
            from datetime import date

            return {code: (self.today - date.fromisoformat(day)).days for code, day in rows.items()}
        return rows

    def tagged(self, tags: tuple[str, ...]) -> list[str]:
        """The items that have one of some tags."""
        if not tags:
            return []
        items = (self.book.index.decoded("item", text) for (text,) in self.book.index.all(
            "SELECT text FROM master WHERE kind = 'item' ORDER BY code"))  # fmt: skip
        return [each.code for each in items if set(each.tags) & set(tags)]

    def scores(self, what: str) -> Mapping[str, int]:
        """From 1 to 5, by the report `rfm`."""
        from bizcli.book import reporting

        rows = reporting.run(self.book, reporting.named(self.book, "rfm"), None, None, {}, None).rows
        return {row["customer"]: row[what[0]] for row in rows}

    def segment(self, code: str) -> Segment:
        """A segment by its code. Raises `Refused`."""
        found = self.book.index.master("segment", code)
        if not isinstance(found, Segment):
            near = nearest(code, self.book.index.codes("segment"))
            template = "there is no {kind} {code}; the nearest is {nearest}"
            raise Refused.of("unknown-code", template, kind="segment", code=code[:60], nearest=near)
        if problem := next(found.problems_among(self.book.index.master), None):  # a hand may have made it so
            raise Refused([problem])
        return found

    def members(self, segment: Segment) -> list[Member]:
        """The customers of a segment, by code."""
        found = ((each, segment.reasons(each, self.answer, self.today)) for each in self.customers)
        return [Member(customer, reasons) for customer, reasons in found if reasons is not None]


# --- consent ---


def consents(book: "Book") -> dict[str, dict[str, bool]]:
    """What people said themselves, by channel: whether they want to be written to; the last word counts."""
    found: dict[str, dict[str, bool]] = {}
    for whom, what, channel in book.index.all(SAID):
        for each in (channel,) if channel else CHANNELS:
            found.setdefault(whom, {})[each] = what == "subscribed"
    return found


def agreed_to(customer: Any, said: Mapping[str, bool], day: "date") -> list[str]:
    """The channels by which a customer may be sent offers on a day: what was agreed, less what was taken back."""
    if stopped(customer, day):
        return []
    return [each for each in CHANNELS if said.get(each, each in (customer.consent or ()))]


def stopped(customer: Any, day: "date") -> bool:
    """Whether a customer wants no offers at all."""
    return customer.stop is not None and customer.stop <= day


# --- what commands show ---


def shown(book: "Book", code: str) -> dict[str, Any]:
    """A segment with its rule, and its members with why they are in it."""
    from bizcli.book.answers import plain

    with asking(book) as ask:
        known = Knowledge(book, ask)
        segment = known.segment(code)
        members = known.members(segment)
    rows = [
        {
            "customer": each.customer.code, "name": each.customer.name, "owner": each.customer.owner,
            "why": [reason_shown(reason, book.rules.unit) for reason in each.reasons],
        }
        for each in members
    ]  # fmt: skip
    return {"kind": "segment", **plain(segment), "count": len(rows), "of_all": len(known.customers), "members": rows}


def reason_shown(reason: Reason, unit: int) -> dict[str, Any]:
    """A reason as JSON has it."""
    value = reason.value
    if reason.what in MONEY and value is not None:
        value = amount(value, unit)
    return {"what": reason.what, "holds": reason.holds, "value": value}


def listing(book: "Book") -> list[dict[str, Any]]:
    """All segments with how many customers are in each."""
    with asking(book) as ask:
        known = Knowledge(book, ask)
        segments = [known.segment(code) for code in book.index.codes("segment")]
        counts = [len(known.members(each)) for each in segments]
    whole = len(known.customers)
    return [
        {"code": each.code, "name": each.name, "customers": n, "of_all": whole}
        for each, n in zip(segments, counts, strict=True)
    ]
