"""Campaigns: whom one goes to, what they are written, and what came of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book import reporting
from bizcli.book.front.segments import Knowledge, agreed_to, consents, stopped
from bizcli.book.reporting import asking
from bizcli.domains.crm.campaign import TO_ALL, Campaign, filled_in
from bizcli.kernel.errors import Refused
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

ADDRESSES = {
    "email": ("email",), "sms": ("mobile", "phone"), "wechat": ("wechat",), "phone": ("phone", "mobile"),
    "post": ("address",),
}  # fmt: skip
"""Where people are reached by each channel: the first that there is."""

SALES = (
    "SELECT side, bought.customer, bought.day, bought.document, chosen, net, "
    "(SELECT min(known_by) FROM campaign_order WHERE campaign = :campaign AND document = bought.document) "
    "FROM campaign CROSS JOIN campaign_side AS aside ON aside.campaign = campaign.campaign "
    "CROSS JOIN bought ON bought.customer = aside.customer AND bought.day BETWEEN started AND counted_until "
    "WHERE campaign.campaign = :campaign"
)
OTHERS = (
    "SELECT NULL, bought.customer, bought.day, bought.document, chosen, net, "
    "(SELECT min(known_by) FROM campaign_order WHERE campaign = :campaign AND document = bought.document) "
    "FROM (SELECT DISTINCT document FROM campaign_paper WHERE campaign = :campaign) AS paper "
    "CROSS JOIN bought ON bought.document = paper.document"
)
COSTS = (
    "SELECT side, party, cost.day, cost.document, sum(cost) FROM campaign "
    "CROSS JOIN cost ON cost.day BETWEEN started AND counted_until CROSS JOIN document ON document.document = cost.document "
    "CROSS JOIN campaign_side AS aside ON aside.campaign = campaign.campaign AND aside.customer = document.party "
    "WHERE campaign.campaign = :campaign GROUP BY cost.document, cost.day"
)
OTHER_COSTS = (
    "SELECT NULL, party, cost.day, cost.document, sum(cost) "
    "FROM (SELECT DISTINCT document FROM campaign_paper WHERE campaign = :campaign) AS paper "
    "CROSS JOIN cost ON cost.document = paper.document JOIN document ON document.document = cost.document "
    "GROUP BY cost.document, cost.day"
)


def find(book: "Book", text: str) -> Campaign:
    """The campaign that a person means. Raises `Refused`."""
    _, record = book.find(text, "campaign")
    assert isinstance(record, Campaign)
    return record


# --- whom it goes to ---


def audience(book: "Book", campaign: Campaign) -> dict[str, Any]:
    """The document that starts a campaign: its segments as they are today, without those who may not be written to.

    Those of the control group are taken from the same people, so that the two can be compared.
    """
    if not campaign.segments and campaign.channel not in TO_ALL:
        template = "{id} names no segment: whom does it go to? plan it again with `segments`"
        raise Refused.of("no-segment", template, id=campaign.id)
    members, left_out = [], []
    for customer in of_segments(book, campaign):
        found = hindrance(customer, campaign.channel, book)
        if found is None:
            members.append(customer.code)
        else:
            left_out.append({"customer": customer.code, "hindrance": found})
    if not members and campaign.channel not in TO_ALL:
        template = (
            "nobody of the segments of {id} may be written to by {channel}: {n} have not agreed, or have no address"
        )
        raise Refused.of("nobody", template, id=campaign.id, channel=campaign.channel, n=len(left_out))
    tree = {"kind": "audience", "campaign": campaign.id, "members": members, "left_out": left_out}
    return {key: value for key, value in tree.items() if value != []}


def of_segments(book: "Book", campaign: Campaign) -> list[Any]:
    """The customers of a campaign's segments, each once, by code; as of today."""
    with asking(book) as ask:
        known = Knowledge(book, ask)
        found = {each.customer.code: each.customer for code in campaign.segments for each in known.members(known.segment(code))}  # fmt: skip
    return [found[code] for code in sorted(found)]


def hindrance(customer: Any, channel: str, book: "Book") -> str | None:
    """Why a customer may not be written to today: who wants no offers, has not agreed, or cannot be reached."""
    if stopped(customer, book.today):
        return "stop"
    if channel not in agreed_to(customer, said_by(book).get(customer.code, {}), book.today):
        return "no_consent"
    return None if address_of(customer, channel) else "no_address"


def said_by(book: "Book") -> dict[str, dict[str, bool]]:
    """What people said of being written to; read once for a command."""
    if "consents" not in book.__dict__:
        book.__dict__["consents"] = consents(book)
    found: dict[str, dict[str, bool]] = book.__dict__["consents"]
    return found


def address_of(customer: Any, channel: str) -> str | None:
    """Where a customer is reached by a channel: the company's own, else that of somebody there."""
    for who in (customer, *customer.contacts):
        for field in ADDRESSES[channel]:
            found: str | None = getattr(who, field, None)
            if found:
                return found
    return None


# --- what goes out ---


class Letter(NamedTuple):
    """What one customer is written."""

    customer: str
    name: str
    address: str
    language: str | None
    subject: str
    text: str


def recipients(book: "Book", campaign: Campaign) -> tuple[list[Any], int]:
    """The members of a running campaign who may still be written to today, and how many may not any more."""
    started = start_of(book, campaign)
    customers = [book.index.master("customer", code) for code in started.members]
    allowed = [each for each in customers if each is not None and hindrance(each, campaign.channel, book) is None]
    return allowed, len(started.members) - len(allowed)


def start_of(book: "Book", campaign: Campaign) -> Any:
    """The audience that a campaign has started with. Raises `Refused`."""
    for each in book.view().amendments(campaign.id):
        if each.id[:2] == "AU":
            return each
    template = "{id} has not started: `bizcli campaign start {id}` says whom it goes to"
    raise Refused.of("not-started", template, id=campaign.id)


def out(book: "Book", campaign: Campaign) -> tuple[list[dict[str, Any]], int]:
    """The list that goes out: a row for each member, and how many are left out by now."""
    customers, gone = recipients(book, campaign)
    rows = [
        {
            "campaign": campaign.id, "customer": each.code, "name": each.name, "contact": contact_of(each),
            campaign.channel: address_of(each, campaign.channel), "language": each.language, "coupon": campaign.coupon,
        }
        for each in customers
    ]  # fmt: skip
    return rows, gone


def contact_of(customer: Any) -> str | None:
    return customer.contact or next((each.name for each in customer.contacts), None)


def letters(book: "Book", campaign: Campaign) -> tuple[list[Letter], int]:
    """What each member is written, in the member's language, and how many are left out by now. Raises `Refused`."""
    if not campaign.texts:
        raise Refused.of("no-text", "{id} has no text: give it `texts`", id=campaign.id)
    if campaign.coupon is None and any("{coupon}" in f"{each.subject}{each.text}" for each in campaign.texts):
        raise Refused.of("no-coupon", "the text of {id} has a place for a coupon, and {id} has none", id=campaign.id)
    customers, gone = recipients(book, campaign)
    return [*map(lambda each: letter(book, campaign, each), customers)], gone


def letter(book: "Book", campaign: Campaign, customer: Any) -> Letter:
    """What one customer is written."""
    wording = campaign.wording(customer.language or book.settings.locale)
    assert wording is not None
    values = {
        "name": customer.name, "contact": contact_of(customer) or customer.name, "customer": customer.code,
        "coupon": campaign.coupon or "", "campaign": campaign.name, "company": book.settings.name,
        "until": campaign.until.isoformat() if campaign.until else "",
    }  # fmt: skip
    subject, text = (filled_in(each or "", values) for each in (wording.subject, wording.text))
    address = address_of(customer, campaign.channel) or ""
    return Letter(customer.code, customer.name, address, wording.language, " ".join(subject.split()), text)


# --- what came of it ---


def results(book: "Book", campaign: Campaign) -> dict[str, Any]:
    """The figures of a campaign: its row of the report `campaign-results`."""
    report = reporting.named(book, "campaign-results")
    rows = reporting.run(book, report, None, None, {"campaign": campaign.id}, None).rows
    return rows[0] if rows else {}


def sales(book: "Book", campaign: Campaign) -> list[dict[str, Any]]:
    """Every document behind the figures of a campaign: what its customers bought, were given back, and had delivered."""
    values = {"campaign": campaign.id}
    with asking(book) as ask:
        own, costs = ask(SALES, values), ask(COSTS, values)
        there, paid = {row[3] for row in own}, {(row[3], row[2]) for row in costs}
        own += [row for row in ask(OTHERS, values) if row[3] not in there]
        costs += [row for row in ask(OTHER_COSTS, values) if (row[3], row[2]) not in paid]
        named = {row[0] for row in ask("SELECT document FROM campaign_paper WHERE campaign = :campaign", values)}
    unit = book.rules.unit
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for side, customer, day, document, chosen, net, known_by in own:
        found[document, day] = {
            "date": day, "document": document, "customer": customer, "side": side, "named": document in named,
            "known_by": known_by, "orders": chosen, "net": net, "cost": 0,
        }  # fmt: skip
    for side, customer, day, document, cost in costs:
        row = found.setdefault(
            (document, day),
            {"date": day, "document": document, "customer": customer, "side": side, "named": document in named,
             "known_by": None, "orders": 0, "net": 0, "cost": 0},
        )  # fmt: skip
        row["cost"] += cost
    return [in_money(found[key], unit) for key in sorted(found, key=lambda key: (key[1], key[0]))]


def in_money(row: dict[str, Any], unit: int) -> dict[str, Any]:
    net, cost = row.pop("net"), row.pop("cost")
    return row | {"net": amount(net, unit), "cost": amount(cost, unit), "margin": amount(net - cost, unit)}


def bills(book: "Book", campaign: Campaign) -> Iterator[dict[str, Any]]:
    """The bills that a campaign cost, and what suppliers credited of them."""
    sql = "SELECT document, day, cost FROM campaign_bill WHERE campaign = :campaign ORDER BY day, document"
    for document, day, cost in reporting.query(book, sql, {"campaign": campaign.id}):
        yield {"date": day, "document": document, "cost": amount(cost, book.rules.unit)}
