"""What can be promised, what an order is short of, what is bought for it, and where it leaves from."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bizcli.domains.planning.promising import Balance, Event, Lot, earliest, free_on, of_kit, run
from bizcli.kernel.effects import TO_DELIVER, TO_PICK, TO_RECEIVE, TRANSIT, VIRTUAL, Promise, warehouse_of
from bizcli.kernel.errors import Refused
from bizcli.kernel.lots import NEVER
from bizcli.kernel.money import decimal, micro
from bizcli.kernel.records import decode, replaced
from bizcli.reports import documents

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.planning.sourcing import Wanted

Row = dict[str, Any]
GOODS = (TO_DELIVER, TO_PICK)


# --- available to promise ---


def promise(book: "Book", code: str, qty: int | None = None, warehouse: str | None = None) -> Row:
    """How many of an item or a kit can be promised when; the first day for a quantity. Raises `Refused`."""
    item: Any = book.find(code, "item")[1]
    places = book.places(warehouse)
    if item.type == "service":
        raise Refused([item.without_stock("item")])
    if item.type == "kit":
        parts = [each for each in item.components if book.rules.item(each.item).type != "service"]
        from bizcli.domains.items.kits import parts_of

        goods = [(micro(part.qty), part.item) for part in parts_of(item, book.view())]
        names = {each.item for each in parts}
        balances = of_kit([(n, balances_of(book, each, places)) for n, each in goods if each in names])
    else:
        balances = balances_of(book, item.code, places)
    day = earliest(balances, qty) if qty is not None else None
    found: Row = {
        "item": item.code, "name": item.name, "warehouse": warehouse, "unit": item.unit,
        "free": decimal(free_on(balances, book.today.isoformat())),
    }  # fmt: skip
    if qty is not None:
        found |= {"qty": decimal(qty), "earliest": day}
    return {**found, "days": [row_of(each, item.type == "kit") for each in balances]}


def row_of(each: Balance, kit: bool) -> Row:
    """A row of the running balance; of a kit there is only how many could be made."""
    event = each.event
    return {
        "day": each.day,
        "what": "stock" if event is None else event.kind,
        "document": event.document if event else None,
        "change": decimal(event.qty) if event else None,
        "balance": None if kit else decimal(each.balance),
        "free": decimal(each.free),
        "was_due": event.due or None if event else None,
    }


class Prospect:
    """What lies of an item in each warehouse, when it expires, what will leave and what will come."""

    def __init__(self, book: "Book", item: str) -> None:
        apart = {*VIRTUAL, TRANSIT, *book.view().reject_places}
        self.today = book.today

        def sold_from(place: str) -> bool:
            return warehouse_of(place) not in apart

        shelves = book.index.all("SELECT place, qty FROM shelf WHERE item = ?", item)
        self.lying = [(warehouse_of(place), qty) for place, qty in shelves if sold_from(place)]
        self.lots: list[tuple[str, Lot]] = []
        if book.rules.item(item).tracking is not None:
            until = book.index.lot_expiries(item, NEVER)
            self.lots = [
                (warehouse_of(place), Lot(until[lot][0], lot, qty))
                for place, lot, qty, _ in book.index.lot_balances(item, NEVER)
                if lot in until and qty > 0 and sold_from(place)
            ]
        query = (
            "SELECT doc, kind, place, due, opened - settled FROM promise "
            "WHERE kind IN (?, ?, ?) AND opened > settled AND item = ? AND place IS NOT NULL"
        )
        self.events = [
            (place, Event(due or self.today.isoformat(), id, qty if kind == TO_RECEIVE else -qty, kind))
            for id, kind, place, due, qty in book.index.all(query, *GOODS, TO_RECEIVE, item)
        ]

    def balances(
        self, places: Collection[str] | None, without: Collection[str] = (), coming: bool = True
    ) -> list[Balance]:  # fmt: skip
        """The running balance; `without`: as if these orders were not there; `coming`: with what will come."""
        today, tomorrow = self.today.isoformat(), (self.today + timedelta(days=1)).isoformat()
        events = [
            each for place, each in self.events
            if (places is None or place in places) and each.document not in without
            and (coming or each.kind != TO_RECEIVE)
        ]  # fmt: skip
        lying = sum(qty for place, qty in self.lying if places is None or place in places)
        return run(
            today, tomorrow, lying, events, [each for place, each in self.lots if places is None or place in places]
        )


def balances_of(
    book: "Book", item: str, places: Collection[str] | None, without: Collection[str] = ()
) -> list[Balance]:  # fmt: skip
    """The running balance of an item; `without`: as if these orders were not there."""
    return Prospect(book, item).balances(places, without)


# --- what an order is short of ---


def shortages(book: "Book", promises: Iterable[Promise], without: Collection[str] = ()) -> list[Row]:
    """What of these promises of goods will not be there on its day: how many, when it comes, how many nothing covers.

    `without`: documents that they are of, where the index has them already.
    """
    asked: dict[tuple[str, str], tuple[int, str]] = {}
    for each in promises:
        item = each.item or ""
        if each.kind in GOODS and each.place and book.rules.item(item).type != "kit" and each.opened > each.settled:
            qty, due = asked.get((item, each.place), (0, ""))
            asked[item, each.place] = (qty + each.opened - each.settled, max(due, each.due or ""))
    found = []
    for (item, place), (qty, due) in asked.items():
        balances = balances_of(book, item, {place}, without)
        due = max(due, book.today.isoformat())
        short = qty - free_on(balances, due)
        if short > 0:
            comes = earliest(balances, qty, due)
            missing = max(qty - max(free_on(balances, due), *(each.free for each in balances if each.day > due), 0), 0)
            found.append({
                "item": item, "warehouse": place, "qty": decimal(qty), "short": decimal(short), "comes": comes,
                "missing": decimal(missing),
            })  # fmt: skip
    return found


def short_of(book: "Book", order: str) -> list[Row]:
    """What of a customer's order, as it is recorded, will not be there on its day."""
    return shortages(book, open_goods(book, order), (order,))


def open_goods(book: "Book", order: str) -> list[Promise]:
    """The goods of an order that are still to leave."""
    view = book.view()
    return [each for kind in GOODS for each in view.open_of(kind, order)]


def goods_of(book: "Book", order: Any) -> list[Promise]:
    """The goods that an order will have promised once it is confirmed; `order` is the document."""
    amendments = book.view().amendments(order.id)
    return [*replaced(order, draft=None).effects_after(amendments, book.rules).promises]


def completed(book: "Book", tree: Row) -> Any:
    """An order that is about to be recorded; None where it will be refused, and whoever records it is told why."""
    found = decode(book.catalog.record("sales_order"), tree, "", [])
    if found is None or found.draft:
        return None
    try:
        return replaced(found, id="SO-0001-0001", date=found.date or book.today).complete(book.view())
    except Refused:
        return None


def backorders(book: "Book", order: Any, named: str, day: str | None) -> Iterator[Row]:
    """Drafts of purchase orders for what nothing covers of an order; `named`: how they call it."""
    from bizcli.book.goods.replenishing import Market, line_of
    from bizcli.domains.planning.replenishment import as_sold

    lines: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    missing = [row for row in shortages(book, goods_of(book, order)) if row["missing"]]
    if not missing:
        return
    market = Market(book)
    for row in missing:
        terms, offer = market.terms(book.rules.item(row["item"]))
        if terms.supplier is not None and terms.price is not None:
            qty = decimal(as_sold(micro(row["missing"]), terms))
            key = (terms.supplier, row["warehouse"], (offer and offer.list.prices) or "")
            lines.setdefault(key, []).append(line_of(row["item"], qty, terms, offer))
    for (supplier, warehouse, prices), each in sorted(lines.items()):
        yield {
            "kind": "purchase_order", "supplier": supplier, "for": named, "warehouse": warehouse,
            **({"date": day} if day else {}), **({"prices": prices} if prices else {}), "draft": "true", "lines": each,
        }  # fmt: skip


# --- what is bought for orders ---


def supply(book: "Book", orders: Iterable[str]) -> list[Row]:
    """What comes for orders until their goods are there: what is bought for them, else what they wait for."""
    return [row for order in orders for row in supply_of(book, order)]


def supply_of(book: "Book", order: str) -> Iterator[Row]:
    """A row for each purchase or transfer and item, the first to come first."""
    open = open_goods(book, order)
    if not open:
        return
    linked = [*bought_for(book, order)]
    yield from sorted(linked, key=lambda row: (row["expected"] or "9999", row["purchase"], row["item"]))
    for row in shortages(book, open, (order,)):
        waiting = micro(row["short"]) - sum(micro(each["qty"]) for each in linked if each["item"] == row["item"])
        for each in balances_of(book, row["item"], {row["warehouse"]}, (order,)):
            if waiting <= 0:
                break
            event = each.event
            if event is not None and event.qty > 0 and event.document not in [each["purchase"] for each in linked]:
                part = min(event.qty, waiting)
                waiting -= part
                yield {
                    "order": order, "purchase": event.document, "status": status_of(book, event.document),
                    "item": row["item"], "qty": decimal(part), "expected": event.due or event.day,
                }  # fmt: skip


def bought_for(book: "Book", order: str) -> Iterator[Row]:
    """What is still to come of the purchases that name an order."""
    from bizcli.domains.orders.order import lines_now

    query = (
        "SELECT doc.id FROM link JOIN doc ON doc.id = link.doc WHERE link.target = ? AND doc.id > 'PO-' "
        "AND doc.id < 'PO.' AND doc.void IS NULL ORDER BY doc.id"
    )
    view = book.view()
    for (id,) in book.index.all(query, order):
        status = status_of(book, id)
        purchase: Any = view.document(id)
        expected = purchase.expected.isoformat() if purchase.expected else None
        coming = {each.line: each.opened - each.settled for each in view.open_of(TO_RECEIVE, id)}
        for line in lines_now(purchase, view.amendments(id)).values():
            own = purchase.for_ == order or (getattr(line, "for_line", None) or "").partition("/")[0] == order
            qty = line.stock_qty if status == "draft" else coming.get(line.line, 0)
            if own and qty and status != "cancelled":
                yield {
                    "order": order, "purchase": id, "status": status, "item": line.item, "qty": decimal(qty),
                    "expected": expected,
                }  # fmt: skip


def status_of(book: "Book", id: str) -> str:
    kind = book.catalog.by_prefix[id[:2]]
    (void, text) = book.index.one("SELECT void, text FROM doc WHERE id = ?", id)
    day = book.today.isoformat()
    return documents.statuses(book.index.all, kind.name, [(id, void, text)], kind.prefix, id, day)[id]


# --- where it leaves from ---


def sourced(book: "Book", order: Any) -> list[Row]:
    """Which warehouse each open line of an order had best leave from; `order` is the document."""
    from bizcli.domains.orders.order import lines_now
    from bizcli.domains.planning.sourcing import Wanted, source

    view = book.view()
    draft = status_of(book, order.id) == "draft"
    open = {each.line: each.opened - each.settled for each in view.open_of(TO_DELIVER, order.id)}
    wanted, now = [], {}
    for line in lines_now(order, view.amendments(order.id)).values():
        qty = line.stock_qty if draft else open.get(line.line, 0)
        if qty and book.rules.item(line.item).type != "service":
            parts = [(part.item, micro(part.qty)) for part in line.components if book.rules.item(part.item).stocked]
            wanted.append(Wanted(line.line, line.item, qty, tuple(parts)))
            now[line.line] = line.warehouse or order.warehouse
    far = far_from(book, order.customer)
    day = max(order.promised or book.today, book.today).isoformat()
    found = []
    for share in source(wanted, free_stock(book, order.id, wanted, far, day), far):
        km = far.get(share.warehouse or "")
        found.append({
            "line": share.line, "item": share.item, "qty": decimal(share.qty), "now": now[share.line],
            "warehouse": share.warehouse, "km": None if km is None else round(km),
            "available": decimal(share.available) if share.warehouse else None,
            "short": None if share.warehouse else decimal(share.qty),
        })  # fmt: skip
    return found


def far_from(book: "Book", customer: str) -> dict[str, float | None]:
    """How far each warehouse with goods or a location is from a customer; None where one of the two is not known."""
    from bizcli.domains.planning.sourcing import distance

    here = getattr(book.index.master("customer", customer), "location", None)
    found: dict[str, float | None] = {}
    for code in book.index.codes("warehouse"):
        there = getattr(book.index.master("warehouse", code), "location", None)
        found[code] = distance(here, there) if here and there else None
    return found


def free_stock(
    book: "Book", order: str, wanted: "Iterable[Wanted]", places: Collection[str], day: str
) -> dict[tuple[str, str], int]:
    """What lies in each warehouse that no other order is promised, and that may still be sold on a day.

    Of the items that are wanted, by item and warehouse.
    """
    found = {}
    for item in dict.fromkeys(item for line in wanted for item, _ in (line.parts or ((line.item, 0),))):
        prospect = Prospect(book, item)
        for place in places:
            found[item, place] = free_on(prospect.balances({place}, (order,), coming=False), day)
    return found


def resourcing(book: "Book", order: Any, rows: list[Row]) -> Row | None:
    """The change of an order that lets its lines leave from where they are sourced; None when they do already.

    What nobody has stays with the first part of its line, as does what is delivered already.
    """
    done = {each.line: each.settled for each in book.view().open_of(TO_DELIVER, order.id)}
    changes: list[dict[str, str]] = []
    for number in dict.fromkeys(row["line"] for row in rows):
        own = [row for row in rows if row["line"] == number]
        shares = [row for row in own if row["warehouse"] is not None]
        if not shares or (len(shares) == 1 and shares[0]["warehouse"] == shares[0]["now"]):
            continue
        first, others = shares[0], shares[1:]
        change = {"line": str(number), "warehouse": first["warehouse"]}
        if others:
            rest = done.get(number, 0) + sum(micro(row["qty"]) for row in own if row not in others)
            change["qty"] = f"{decimal(rest):f}"
        changes.append(change)
        changes += [
            {"split": str(number), "qty": f"{row['qty']:f}", "warehouse": row["warehouse"]} for row in others
        ]  # fmt: skip
    return {"kind": "order_change", "order": order.id, "action": "amend", "lines": changes} if changes else None
