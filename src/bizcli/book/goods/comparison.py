"""What suppliers answered to a request for quotations, side by side."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bizcli.book.goods.prices import mark
from bizcli.domains.tax.lines import amounts
from bizcli.kernel.money import MICRO, decimal, divide
from bizcli.reports import documents
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]
MARKED = (("cheapest", "price"), ("fastest", "lead_time"))
OF_ALL = (("cheapest", "net"), ("fastest", "lead_time"))
OPEN = ("open", "partly_ordered", "ordered")
"""What can be chosen: who does not answer, or whose offer holds no more, is not compared."""


def compare(book: "Book", text: str, whole: bool = False) -> list[Row]:
    """A row for each item that was asked for and each supplier, the cheapest first; or one for each supplier.

    Prices are of one stock unit without tax, whatever unit the supplier quoted in and whether with tax.
    """
    rfq: Any = book.find(text, "rfq")[1]
    quotes = answers(book, rfq)
    rows = [*(totals(book, rfq, quotes) if whole else lines(book, rfq, quotes))]
    answered = [row for row in rows if row["status"] in OPEN and row.get("quoted") in (None, len(rfq.lines))]
    for line in dict.fromkeys(row.get("line") for row in rows):
        mark([row for row in answered if row.get("line") == line], OF_ALL if whole else MARKED)
    return [shown(book, row) for row in sorted(rows, key=rank)]


def answers(book: "Book", rfq: Any) -> dict[str, list[tuple[Any, str]]]:
    """The quotations of each supplier that was asked, with their status."""
    found: dict[str, list[tuple[Any, str]]] = {supplier: [] for supplier in rfq.suppliers}
    query = "SELECT id, void, text FROM doc JOIN link ON link.doc = doc.id WHERE target = ? AND kind = 'supplier_quote'"
    rows = [row for row in book.index.all(query + " ORDER BY sort", rfq.id) if row[1] is None]
    for row in rows:
        status = documents.statuses(book.index.all, "supplier_quote", [row], "SQ", row[0], book.today.isoformat())
        quote: Any = book.index.document(row[0])
        found.setdefault(quote.supplier, []).append((quote, status[row[0]]))
    return found


def lines(book: "Book", rfq: Any, quotes: dict[str, list[tuple[Any, str]]]) -> Iterator[Row]:
    """What each supplier asks for each line; nothing where it does not answer."""
    for asked in rfq.lines:
        for supplier, own in quotes.items():
            found = [
                (quote, status, line, taxed.net)
                for quote, status in own
                for line, taxed in zip(quote.lines, taxes(book, quote), strict=True)
                if line.from_ == f"{rfq.id}/{asked.line}"
            ]
            about = {"line": asked.line, "item": asked.item, "supplier": supplier, "name": name_of(book, supplier)}
            if not found:
                yield {**about, **NO_ANSWER, "asked": asked.stock_qty}
            for quote, status, line, net in found:
                days = quote.days_of(line)
                yield {
                    **about, "asked": asked.stock_qty, "qty": line.stock_qty,
                    "price": divide(net * MICRO, line.stock_qty), "net": net, "lead_time": days,
                    "expected": expected(book, days), "valid_until": quote.valid_until, "best": "", "quote": quote.id,
                    "status": status,
                }  # fmt: skip


NO_ANSWER: Row = {
    "qty": None, "price": None, "net": None, "lead_time": None, "expected": None, "valid_until": None, "best": "",
    "quote": None, "status": "no_answer",
}  # fmt: skip


def totals(book: "Book", rfq: Any, quotes: dict[str, list[tuple[Any, str]]]) -> Iterator[Row]:
    """What all that each supplier offers comes to, and when the last of it would be here."""
    for supplier, own in quotes.items():
        about = {"supplier": supplier, "name": name_of(book, supplier), "items": len(rfq.lines)}
        if not own:
            nothing = {name: NO_ANSWER[name] for name in ("net", "lead_time", "expected", "valid_until")}
            yield {**about, "quoted": 0, **nothing, "best": "", "quote": None, "status": "no_answer"}
        for quote, status in own:
            days = [quote.days_of(line) for line in quote.lines]
            longest = max(days) if None not in days else None
            yield {
                **about, "quoted": len(quote.lines), "net": sum(taxed.net for taxed in taxes(book, quote)),
                "lead_time": longest, "expected": expected(book, longest), "valid_until": quote.valid_until, "best": "",
                "quote": quote.id, "status": status,
            }  # fmt: skip


def taxes(book: "Book", quote: Any) -> list[Any]:
    return amounts(quote.lines, quote.prices, quote.tax_rounding, book.rules, quote.day)


def expected(book: "Book", days: int | None) -> Any:
    """The day on which it would be here, were it ordered today."""
    return book.today + timedelta(days=days) if days is not None else None


def name_of(book: "Book", supplier: str) -> str | None:
    found = book.index.master("supplier", supplier)
    return found.name if found else None


def rank(row: Row) -> tuple[Any, ...]:
    """By line; who answered first, the cheapest above."""
    price = row.get("price", row["net"])
    return (row.get("line", 0), price is None, price or 0, row["supplier"], row["quote"] or "")


def shown(book: "Book", row: Row) -> Row:
    """A row with exact values, as tables take them."""
    exact = {
        **{name: decimal(row[name]) for name in ("asked", "qty", "price") if row.get(name) is not None},
        **{name: row[name].isoformat() for name in ("expected", "valid_until") if row[name] is not None},
    }
    if row["net"] is not None:
        exact["net"] = amount(row["net"], book.rules.unit)
    return {**row, **exact}
