"""Lots and serial numbers: which there are, and where one came from and went."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bizcli.book.reporting import query
from bizcli.kernel.errors import Refused
from bizcli.kernel.fields import ID
from bizcli.kernel.money import decimal
from bizcli.kernel.records import nearest

if TYPE_CHECKING:
    from bizcli.book import Book

IN_STOCK = (
    "SELECT lot.item, name, warehouse, lot, expiry, qty FROM lot LEFT JOIN item ON item.item = lot.item "
    "WHERE (:item IS NULL OR lot.item = :item) ORDER BY coalesce(expiry, '9999'), lot.item, lot, warehouse"
)
MOVES = (
    "SELECT lot_move.day, doc.id, doc.kind, line, doc.party, item, lot, lot_move.qty, origin, target, expiry "
    "FROM lot_move JOIN doc ON doc.id = lot_move.doc WHERE lot = ? AND (?2 IS NULL OR item = ?2) AND lot_move.qty <> 0 "
    "ORDER BY item, lot_move.day, doc.sort, line"
)
INVOICES = ("sales_invoice", "purchase_invoice")


def in_stock(
    book: "Book", item: str | None = None, warehouse: str | None = None, expiring: int | None = None
) -> list[dict[str, Any]]:
    """A row for each lot in each warehouse, the first to expire first. `expiring`: within so many days."""
    if item is not None and book.index.master("item", item) is None:
        values = {"kind": "item", "code": item[:60], "nearest": nearest(item, book.index.codes("item"))}
        raise Refused.of("unknown-code", "there is no {kind} {code}; the nearest is {nearest}", **values)
    places = book.places(warehouse)
    rows = []
    for code, name, place, lot, expiry, qty in query(book, IN_STOCK, {"item": item}):
        left = (date.fromisoformat(expiry) - book.today).days if expiry is not None else None
        if (places is None or place in places) and (expiring is None or (left is not None and left <= expiring)):
            rows.append({
                "item": code, "name": name, "warehouse": place, "lot": lot, "expiry": expiry, "days_left": left,
                "on_hand": decimal(qty),
            })  # fmt: skip
    return rows


def expiring_soon(book: "Book") -> list[dict[str, Any]]:
    """The lots of which the book wants a warning."""
    if book.index.one("SELECT 1 FROM lot_move WHERE expiry IS NOT NULL LIMIT 1") is None:
        return []
    return in_stock(book, expiring=book.settings.expiry_warning_days)


def trace(book: "Book", text: str, item: str | None = None) -> list[dict[str, Any]]:
    """Every move of a lot or serial number, in the order of the books; of those of a document when its id is given."""
    lots = dict.fromkeys(book.index.all("SELECT lot, item FROM lot_move WHERE lot = ?", text))
    if not lots and (ID.fullmatch(text) or text == "@"):
        _, record = book.find(text)
        lots = dict.fromkeys(book.index.all("SELECT lot, item FROM lot_move WHERE doc = ? AND qty <> 0", record.key))  # type: ignore[attr-defined]
    if not lots:
        known = [row[0] for row in book.index.all("SELECT DISTINCT lot FROM lot_move WHERE lot <> '' ORDER BY lot")]
        template = "there is no lot or serial number {lot}; the nearest is {nearest}"
        raise Refused.of("unknown-lot", template, lot=text[:60], nearest=nearest(text, known))
    return [row for lot, of in sorted(lots) if item in (None, of) for row in moves(book, lot, of)]


def moves(book: "Book", lot: str, item: str) -> Iterator[dict[str, Any]]:
    for day, id, kind, line, party, of, name, qty, origin, target, expiry in book.index.all(MOVES, lot, item):
        if qty < 0:  # a count that found less
            origin, target, qty = target, origin, -qty
        yield {
            "date": day, "document": id, "kind": kind, "line": line, "item": of, "lot": name, "qty": decimal(qty),
            "from": origin, "to": target, "party": party, "invoice": ", ".join(invoices(book, id, line)) or None,
            "expiry": expiry,
        }  # fmt: skip


def invoices(book: "Book", id: str, number: int) -> Iterable[str]:
    """The invoices or bills that charge a line of a delivery or receipt, or the kit that a component belongs to."""
    document: Any = book.index.document(id)
    whole = next(
        (line.line for line in document.lines if any(part.line == number for part in line.__dict__.get("components", ()))),
        number,
    )  # fmt: skip
    for other in book.index.naming(id):
        head = book.index.head(other)
        if head is not None and head.void is None and head.kind in INVOICES:
            lines: Any = getattr(book.index.document(other), "lines", ())
            if any(getattr(line, "from_", None) == f"{id}/{whole}" for line in lines):
                yield other
