"""What to offer a customer next: the book's own baskets, and what must not be offered."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from bizcli.domains.crm.recommendation import Basket, Experience, Offer, last_things, teach
from bizcli.domains.crm.rhythm import ordinal
from bizcli.kernel.errors import Refused
from bizcli.kernel.records import nearest

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.crm.recommendation_trial import Trial

WINDOW = 1_000  # baskets, the latest of all customers, that are learned
BASKETS = "SELECT day, customer, items FROM bought WHERE items <> '' AND day <= ? ORDER BY day DESC, customer DESC, items DESC LIMIT ?"
OWN = "SELECT day, customer, items FROM bought WHERE customer = ? AND items <> '' AND day <= ? ORDER BY day"
DECLINED = (
    "SELECT promise.item, change.day FROM doc AS quote JOIN link ON link.target = quote.id "
    "JOIN doc AS change ON change.id = link.doc JOIN promise ON promise.doc = quote.id "
    "WHERE quote.party = ?1 AND quote.kind = 'quote' AND change.kind = 'quote_change' AND change.void IS NULL "
    "AND instr(change.text, 'action: decline') AND promise.kind = 'to_order' AND promise.settled = 0 "
    "UNION SELECT event.value, state ->> 'closed' FROM doc JOIN event ON event.doc = doc.id "
    "WHERE party = ?1 AND kind = 'opportunity' AND state ->> 'status' = 'lost' AND what = 'item'"
)
THERE = (
    "SELECT DISTINCT item FROM shelf WHERE qty > 0 AND place NOT IN ({marks}) "
    "UNION SELECT DISTINCT item FROM promise WHERE kind = 'to_receive' AND opened > settled"
)


def recommended(book: "Book", customer: str, limit: int = 10, in_stock: bool = False) -> list[Offer]:
    """What to offer a customer, the best first. Never what he declined, nor what is out of range."""
    found = experience(book, customer)
    without = {*out_of_range(book, in_stock), *declined(book, customer, found)}
    return found.offers(customer, book.today.toordinal(), limit, without)


def goes_with(book: "Book", item: str, limit: int = 10, in_stock: bool = False) -> list[Offer]:
    """What was bought together with an item."""
    found = Experience([item])
    teach(found, latest(book))
    return found.goes_together(item, limit, out_of_range(book, in_stock))


def known(book: "Book", kind: str, code: str) -> str:
    """The code of a master that a person means. Raises `Refused`."""
    found = book.index.called(kind, code)
    if found is None:
        values = {"kind": kind, "code": code[:60], "nearest": nearest(code, book.index.codes(kind))}
        raise Refused.of("unknown-code", "there is no {kind} {code}; the nearest is {nearest}", **values)
    return found


def tested(book: "Book") -> "Trial":
    """How good recommendations are in this book, beside what is most popular and what was bought before."""
    from bizcli.domains.crm.recommendation_trial import evaluate

    return evaluate(latest(book))


def experience(book: "Book", customer: str) -> Experience:
    """What the latest baskets taught of a customer's things, with all that he bought before them."""
    own = [*read(book, book.index.all(OWN, customer, book.today.isoformat()))]
    baskets = latest(book)
    known = Experience()
    for basket in own:
        known.remember(basket)
    found = Experience(last_things(known.history.get(customer, {})))
    for basket in own:
        if baskets and basket.day < baskets[0].day:
            found.remember(basket)
    teach(found, baskets)
    return found


def latest(book: "Book") -> list[Basket]:
    """The latest baskets in the order of their days; of a day all or none."""
    rows = book.index.all(BASKETS, book.today.isoformat(), WINDOW)
    if len(rows) == WINDOW:
        cut = rows[-1][0]
        rows = [row for row in rows if row[0] > cut] or rows
    return [*read(book, reversed(rows))]


def read(book: "Book", rows: Any) -> Iterator[Basket]:
    """Baskets as the index keeps them; whoever walks in is nobody in particular."""
    walk_in, counted = book.settings.walk_in, choosable(book)
    days: dict[str, int] = {}
    for day, customer, text in rows:
        if day not in days:
            days[day] = ordinal(day)
        items = tuple(item for item in text.split(" ") if item in counted)
        if items:
            yield Basket(days[day], None if customer == walk_in else customer, items)


def choosable(book: "Book") -> set[str]:
    """Items that customers choose: no services where goods are sold, for freight comes with any goods."""
    types = dict(book.index.all("SELECT code, type FROM master WHERE kind = 'item'"))
    return {code for code, type in types.items() if type != "service"} or set(types)


def declined(book: "Book", customer: str, found: Experience) -> set[str]:
    """What a customer was offered, in a quote or an opportunity, and did not want; unless he bought it since."""
    own = found.history.get(customer, {})
    return {
        item for item, day in book.index.all(DECLINED, customer)
        if item not in own or own[item][-1] < ordinal(day)
    }  # fmt: skip


def out_of_range(book: "Book", in_stock: bool) -> set[str]:
    """Items that are out of the range by now; with `in_stock` also those of which nothing is there and nothing comes."""
    day = book.today
    rows = book.index.all("SELECT code, text FROM master WHERE kind = 'item' AND instr(text, 'discontinued')")
    items = [book.index.decoded("item", text) for _, text in rows]
    gone = {item.code for item in items if not item.offered_on(day)}
    return gone | missing(book) if in_stock else gone


def missing(book: "Book") -> set[str]:
    """Goods of which nothing is there that could be sold, and nothing comes."""
    rejects = sorted(book.view().reject_places)
    there = {item for (item,) in book.index.all(THERE.format(marks=", ".join("?" * len(rejects))), *rejects)}
    goods = book.index.all("SELECT code, type, text FROM master WHERE kind = 'item' AND type <> 'service'")
    return {code for code, type, text in goods if not available(book, code, type, text, there)}


def available(book: "Book", code: str, type: str, text: str, there: Collection[str]) -> bool:
    """Whether an item is there, or all that a kit is made of."""
    if type != "kit":
        return code in there
    return all(part.item in there for part in book.index.decoded("item", text).components)
