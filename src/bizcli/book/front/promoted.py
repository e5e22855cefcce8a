"""What promotions cost and what they brought: of what was invoiced or sold at the till, less what came back."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.domains.tax.lines import full_amount
from bizcli.kernel.money import micro, share
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


class Piece(NamedTuple):
    """What one rule took off one line of a document, and what the line brought without tax."""

    promotion: str
    coupon: str | None
    document: str
    day: str
    customer: str | None
    line: int
    item: str
    at_list: int
    taken_off: int
    net: int


def documents(book: "Book", since: date, until: date, promotion: str | None = None) -> list[Row]:
    """A row for each promotion and document."""
    return [
        {"promotion": key[0], "date": key[1], "document": key[2], **figures}
        for key, figures in summed(book, pieces(book, since, until, promotion), lambda each: (each.promotion, each.day, each.document))
    ]  # fmt: skip


def results(book: "Book", since: date, until: date, promotion: str | None = None) -> list[Row]:
    """A row for each promotion: what it took off, and what the lines brought that have it."""
    found = [*pieces(book, since, until, promotion)]
    rows = []
    for (code,), figures in summed(book, found, lambda each: (each.promotion,)):
        own = [each for each in found if each.promotion == code]
        known = book.index.master("promotion", code)
        rows.append({
            "promotion": code, "name": known.name if known else None,
            "documents": len({each.document for each in own}), "customers": len({each.customer for each in own} - {None}),
            **figures, "sales": amount(sales(book, {each.document for each in own}), book.rules.unit),
        })  # fmt: skip
    return rows


def sales(book: "Book", ids: set[str]) -> int:
    """What documents came to in all, without tax: with a gift, what it was given with."""
    return sum(
        (-1 if id.startswith("SR-") else 1) * book.index.one("SELECT net FROM doc WHERE id = ?", id)[0] for id in ids
    )


def summed(book: "Book", found: Any, key: Any) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Figures of pieces that have the same key; a line counts once, whatever took something off it."""
    sums: dict[tuple[str, ...], list[int]] = {}
    seen = set()
    for each in found:
        own = sums.setdefault(key(each), [0, 0, 0])
        own[1] += each.taken_off
        line = (key(each), each.document, each.line)
        if line not in seen:
            seen.add(line)
            own[0] += each.at_list
            own[2] += each.net
    unit = book.rules.unit
    for name in sorted(sums):
        figures = dict(zip(("at_list", "taken_off", "net"), sums[name], strict=True))
        yield name, {column: amount(value, unit) for column, value in figures.items()}


def pieces(book: "Book", since: date, until: date, promotion: str | None) -> Iterator[Piece]:
    """What rules took off in a period. What comes back takes its part of it back."""
    query = (
        "SELECT id FROM doc WHERE day BETWEEN ? AND ? AND void IS NULL AND kind IN ('sales_invoice', 'cash_sale') "
        "AND instr(text, 'reductions:') ORDER BY sort"
    )
    for (id,) in book.index.all(query, since.isoformat(), until.isoformat()):
        yield from of_document(book, id, id, None, promotion)
    query = "SELECT id FROM doc WHERE day BETWEEN ? AND ? AND void IS NULL AND kind = 'sales_return' ORDER BY sort"
    for (id,) in book.index.all(query, since.isoformat(), until.isoformat()):
        back: Any = book.index.document(id)
        if back.invoice is not None:
            for line in back.lines:
                yield from of_document(book, back.invoice, id, line, promotion)


def of_document(book: "Book", charged: str, document: str, back: Any, promotion: str | None) -> Iterator[Piece]:
    """The pieces of an invoice or cash sale; or those that a line of a return takes back."""
    sold: Any = book.index.document(charged)
    day = sold.day if back is None else book.index.document(document).day  # type: ignore[union-attr]
    unit = book.rules.unit
    for line, taxed in zip(sold.lines, sold.taxes(book.rules), strict=True):
        if back is not None and back.from_ != f"{charged}/{line.line}":
            continue
        whole = line.stock_qty
        part = whole if back is None else -back.stock_qty
        net = taxed.net if back is None else -micro(back.amount)
        for each in line.reductions:
            if each.promotion is not None and promotion in (None, each.promotion):
                yield Piece(
                    each.promotion, each.coupon, document, day, sold.customer, line.line, line.item,
                    share(full_amount(line, unit), part, whole, unit), share(micro(each.amount), part, whole, unit), net,
                )  # fmt: skip
