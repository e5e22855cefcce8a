"""What to buy and what to bring: sums of the whole stock room by SQL, then a pure function for each item that runs low."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.domains.planning.replenishment import Levels, Proposal, Scope, Shelf, Terms, propose
from bizcli.kernel.effects import CUSTOMER, LOSS, TO_DELIVER, TO_PICK, TO_RECEIVE, TRANSIT, warehouse_of
from bizcli.kernel.money import MICRO, decimal, micro
from bizcli.reports.documents import actions
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.items.item import Item
    from bizcli.domains.orders.price_list import Offer

DAYS = 90  # of the past that demand is averaged over
USED = ("internal_use", "sample", "gift")  # why goods are used that nobody buys

Shelves = dict[str, dict[str, Shelf]]  # by item and warehouse


class Suggestion(NamedTuple):
    """A proposal with what it takes to say why, and to make it so."""

    item: "Item"
    terms: Terms
    proposal: Proposal
    days: int
    offer: "Offer | None" = None  # of the supplier's price list

    @property
    def price(self) -> Decimal | None:
        """Of one, when so many are bought; None where nobody asks one in the book's own currency."""
        return self.terms.price if self.offer is None else self.offer.price_in(self.proposal.qty, None)

    @property
    def buys(self) -> bool:
        return self.proposal.origin is None


def suggestions(
    book: "Book", *, supplier: str | None = None, warehouse: str | None = None, items: Iterable[str] = (), days: int = DAYS
) -> list[Suggestion]:  # fmt: skip
    """What to bring and to buy today: the most urgent first. Raises `Refused` for codes that are not there."""
    if supplier is not None:
        supplier = book.find(supplier, "supplier")[1].key  # type: ignore[attr-defined]
    only = {book.find(code, "item")[1].key for code in items}  # type: ignore[attr-defined]
    places = book.places(warehouse)
    known = shelves(book, days)
    since = first_days(book)
    inside: dict[str, frozenset[str]] = {}
    distance = distances(book)
    market = Market(book)
    found = []
    for item in reordered(book, known, only):
        own = known.get(item.code, {})
        scopes = scopes_of(book, item, own, inside)
        terms, offer = market.terms(item)
        if supplier not in (None, terms.supplier):
            continue
        span = seen(since.get(item.code), book.today, days)
        found += [Suggestion(item, terms, each, span, offer) for each in propose(own, scopes, terms, span, distance)]
    wanted = [each for each in found if places is None or each.proposal.warehouse in places]
    return sorted(wanted, key=lambda each: (each.proposal.slack, each.item.code, each.buys))


class Market:
    """How items are bought today: by the price lists in the book's currency, else as the items themselves say."""

    def __init__(self, book: "Book") -> None:
        from bizcli.domains.orders.price_list import offers_on

        texts = book.index.all("SELECT text FROM master WHERE kind = 'price_list' ORDER BY code")
        lists = [book.index.decoded("price_list", text) for (text,) in texts]
        own = [each for each in lists if each.currency in (None, book.settings.currency)]
        self.offers: dict[str, dict[str, Offer]] = {}  # by item and supplier
        for (supplier, item), offer in offers_on(own, book.today).items():
            self.offers.setdefault(item, {})[supplier] = offer

    def terms(self, item: "Item") -> "tuple[Terms, Offer | None]":
        """Of the item's own supplier; of the cheapest that has it, where that says no price or there is none."""
        from bizcli.domains.items.units import factor_of

        own = Terms(item.supplier, item.lead_time or 0, item.purchase_price)
        offers = {
            supplier: each._replace(factor=factor_of(item, each.line.unit, "lines")) if each.line.unit else each
            for supplier, each in self.offers.get(item.code, {}).items()
        }
        supplier = item.supplier
        if offers and supplier not in offers and (supplier is None or item.purchase_price is None):
            supplier = min(offers, key=lambda each: (offers[each].price_in(0, None), each))
        offer = offers.get(supplier or "")
        if offer is None:
            return own, None
        least, multiple = (
            offer.in_stock_unit(each) if each else 0 for each in (offer.line.minimum, offer.line.multiple)
        )
        lead_time = own.lead_time if offer.lead_time is None else offer.lead_time
        return Terms(supplier, lead_time, offer.price_in(0, None), least, multiple), offer


def rows(book: "Book", suggested: Iterable[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions as people and scripts read them."""
    found = []
    for each in suggested:
        item, terms, proposal, days, _offer = each
        shelf, levels, buys = proposal.shelf, proposal.levels, proposal.origin is None
        last = book.today + timedelta(days=proposal.slack)
        price = each.price if buys else None
        found.append({
            "action": "buy" if buys else "bring", "item": item.code, "name": item.name,
            "warehouse": proposal.warehouse, "from": terms.supplier if buys else proposal.origin,
            "supplier": terms.supplier if buys else None, "qty": decimal(proposal.qty), "unit": item.unit,
            "order_by": last.isoformat(),
            "expected": (book.today + timedelta(days=terms.lead_time)).isoformat() if buys else None,
            "cost": rounded(proposal.qty, price, book.rules.unit) if price is not None else None,
            "available": decimal(shelf.available), "incoming": decimal(shelf.incoming),
            "drafted": decimal(shelf.drafted),
            "reorder_point": decimal(levels.point) if levels else None,
            "max": decimal(levels.most) if levels and levels.most is not None else None,
            "lot": decimal(levels.lot) if levels and levels.lot else None,
            "per_day": (decimal(shelf.used) / days).quantize(Decimal("0.01")),
            "lead_time": terms.lead_time if buys else None, "spare": decimal(proposal.spare) if not buys else None,
            "minimum": decimal(terms.least) if buys and terms.least else None,
            "multiple": decimal(terms.multiple) if buys and terms.multiple else None,
        })  # fmt: skip
    return found


def rounded(qty: int, price: Decimal, unit: int) -> object:
    from bizcli.kernel.money import divide

    return amount(divide(qty * micro(price), MICRO * unit) * unit, unit)


def documents(suggested: Iterable[Suggestion]) -> tuple[list[dict[str, Any]], list[Suggestion]]:
    """Drafts of purchase orders, one for each supplier and warehouse, and transfers; and what nobody can be asked for."""
    orders: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    transfers: dict[tuple[str, str], list[dict[str, str]]] = {}
    left_out = []
    for each in suggested:
        proposal, qty = each.proposal, decimal(each.proposal.qty)
        if proposal.origin is not None and proposal.warehouse is not None:
            transfers.setdefault((proposal.origin, proposal.warehouse), []).append(
                {"item": each.item.code, "qty": f"{qty:f}"}
            )
        elif each.terms.supplier is None or each.terms.price is None:
            left_out.append(each)
        else:
            key = (each.terms.supplier, proposal.warehouse or "", (each.offer and each.offer.list.prices) or "")
            orders.setdefault(key, []).append(line_of(each.item.code, qty, each.terms, each.offer))
    trees: list[dict[str, Any]] = [
        {"kind": "stock_transfer", "from": origin, "to": target, "in_transit": "true", "lines": lines}
        for (origin, target), lines in sorted(transfers.items())
    ]
    for (supplier, warehouse, prices), lines in sorted(orders.items()):
        said = {"supplier": supplier, "warehouse": warehouse, "prices": prices, "draft": "true"}
        trees.append({"kind": "purchase_order", **{key: word for key, word in said.items() if word}, "lines": lines})
    return trees, left_out


def line_of(item: str, qty: Decimal, terms: Terms, offer: "Offer | None") -> dict[str, str]:
    """A line of a purchase order; where no list says the price, it does, as a list in another currency may hold."""
    price = {"price": f"{terms.price:f}"} if offer is None and terms.price is not None else {}
    return {"item": item, "qty": f"{qty:f}", **price}


# --- sums ---


def shelves(book: "Book", days: int) -> Shelves:
    """Each item in each warehouse: what lies there, is promised, comes, is on drafts, and was used in the last days."""
    sums: dict[str, dict[str, list[int]]] = {}

    def add(column: int, found: Iterable[tuple[str, str, int]]) -> None:
        for item, place, qty in found:
            row = sums.setdefault(item, {}).setdefault(warehouse_of(place), [0, 0, 0, 0, 0])
            row[column] += qty

    ask = book.index.all
    add(0, ask("SELECT item, place, qty FROM shelf"))
    query = (
        "SELECT item, place, sum(opened - settled) FROM promise WHERE kind IN (?, ?) AND opened > settled "
        "AND place IS NOT NULL GROUP BY item, place"
    )
    add(1, ask(query, TO_DELIVER, TO_PICK))
    add(2, ask(query, TO_RECEIVE, TO_RECEIVE))
    add(3, drafted(book))
    add(4, used(book, days))
    apart = (TRANSIT, *book.view().reject_places)
    kits = {code for (code,) in ask("SELECT code FROM master WHERE kind = 'item' AND type = 'kit'")}
    return {
        item: {place: Shelf(*row) for place, row in places.items() if place not in apart}
        for item, places in sums.items()
        if item not in kits
    }


def used(book: "Book", days: int) -> list[tuple[str, str, int]]:
    """What was sold less what came back, and what we used ourselves: item, warehouse, quantity."""
    query = (
        "SELECT item, CASE origin WHEN ? THEN target ELSE origin END, sum(CASE origin WHEN ? THEN -qty ELSE qty END) "
        f"FROM move WHERE day > ? AND day <= ? AND what = 'move' AND (target = ? OR origin = ? {OWN_USE}) GROUP BY 1, 2"
    )
    since, until = (book.today - timedelta(days=days)).isoformat(), book.today.isoformat()
    found = book.index.all(query, CUSTOMER, CUSTOMER, since, until, CUSTOMER, CUSTOMER, LOSS, *USED)
    return [(item, place, max(qty, 0)) for item, place, qty in found]


OWN_USE = (
    "OR target = ? AND doc IN (SELECT id FROM doc WHERE id > 'SA-' AND id < 'SA.' AND reason IN "
    f"({', '.join('?' * len(USED))}))"
)


def first_days(book: "Book") -> dict[str, str]:
    """The day on which each item was first here."""
    return dict(book.index.all("SELECT item, min(day) FROM move GROUP BY item"))


def seen(first: str | None, today: date, days: int) -> int:
    """How many of the last days an item has been here."""
    return max(min(days, (today - date.fromisoformat(first)).days + 1), 1) if first else days


def drafted(book: "Book") -> Iterator[tuple[str, str, int]]:
    """What is on drafts of purchase orders: nobody has ordered it yet, and somebody means to."""
    from bizcli.domains.orders.order import lines_now

    acts = actions(book.index.all, "OC")
    view = book.view()
    for id in drafts(book):
        if acts.get(id, set()) & {"confirm", "cancel", "close"}:
            continue
        order: Any = view.document(id)
        for line in lines_now(order, view.amendments(id)).values():
            place = line.warehouse or order.warehouse
            if place is not None and line.qty and book.rules.item(line.item).type != "service":
                yield line.item, place, line.stock_qty


def drafts(book: "Book") -> list[str]:
    """Purchase orders that were recorded as drafts."""
    from bizcli.reports.documents import DRAFT

    query = "SELECT id, text FROM doc WHERE id > 'PO-' AND id < 'PO.' AND void IS NULL AND instr(text, 'draft:')"
    return [id for id, text in book.index.all(query) if DRAFT.search(text)]


# --- scopes ---


def reordered(book: "Book", known: Shelves, only: set[str]) -> Iterator["Item"]:
    """Items that have levels, or of which more is promised somewhere than there is and comes."""
    lacking = {item for item, places in known.items() if any(each.lacks for each in places.values())}
    query = "SELECT code, instr(text, 'reorder:'), text FROM master WHERE kind = 'item' ORDER BY code"
    for code, has_levels, text in book.index.all(query):
        if (has_levels or code in lacking) and (not only or code in only):
            item = book.index.decoded("item", text)
            if item.stocked:
                yield item


def scopes_of(
    book: "Book", item: "Item", own: Mapping[str, Shelf], inside: dict[str, frozenset[str]]
) -> list[Scope]:  # fmt: skip
    """Where an item has levels, the smallest places first. `inside`: what is below each warehouse, as it gets known."""
    found = []
    for place, levels in item.levels():
        if place is None:
            home = home_of(book, own)
            inside[""] = inside.get("") or frozenset(book.index.codes("warehouse"))
            found.append(Scope(home, inside[""], levels_of(levels)))
            continue
        if place not in inside:
            inside[place] = frozenset(book.places(place) or ())
        found.append(Scope(place, inside[place], levels_of(levels)))
    return sorted(found, key=lambda scope: (len(scope.within), scope.warehouse or ""))


def levels_of(levels: Mapping[str, Decimal]) -> Levels:
    most, lot = levels.get("max"), levels.get("quantity")
    return Levels(micro(levels["point"]), None if most is None else micro(most), micro(lot) if lot else None)


def home_of(book: "Book", own: Mapping[str, Shelf]) -> str | None:
    """Where goods for the whole company are received: the book's own warehouse, or the one that uses and holds most."""
    if book.settings.warehouse is not None:
        return book.settings.warehouse
    codes = book.index.codes("warehouse")
    return min(
        codes, key=lambda code: (-own.get(code, Shelf()).used, -own.get(code, Shelf()).on_hand, code), default=None
    )


class distances:
    """Kilometres between two warehouses; None where the location of one is not known."""

    def __init__(self, book: "Book") -> None:
        self.book = book
        self.known: dict[tuple[str, str], float | None] = {}

    def __call__(self, origin: str, target: str) -> float | None:
        from bizcli.domains.planning.sourcing import distance

        if (origin, target) not in self.known:
            one, other = (
                getattr(self.book.index.master("warehouse", each), "location", None) for each in (origin, target)
            )
            self.known[origin, target] = distance(one, other) if one and other else None
        return self.known[origin, target]
