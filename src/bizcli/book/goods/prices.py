"""Who supplies an item, and at what price: the lists of all suppliers side by side."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.domains.items.units import factor_of, in_stock_unit
from bizcli.domains.orders.price_list import of_supplier, offer_of
from bizcli.kernel.money import MICRO, decimal, divide, micro
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


def asked(book: "Book", code: str, number: str, unit: str, day: date) -> list[Row]:
    """The prices of an item that a person names, for a number of its unit or of another. Raises `Refused`."""
    _, item = book.find(code, "item")
    factor = factor_of(item, unit, "") if unit else None  # type: ignore[arg-type]
    return prices(book, item, in_stock_unit(Decimal(number), factor), day)


def prices(book: "Book", item: Any, qty: int, day: date) -> list[Row]:
    """What each supplier asks for a quantity, in micro of the stock unit, on a day; the cheapest first.

    `to_order` is the next quantity that the supplier sells. An item that no list has is bought at its own price.
    """
    rows = [*listed(book, item, qty, day)] or [*own(book, item, qty, day)]
    own_currency = [row for row in rows if row["currency"] == book.settings.currency]
    mark(own_currency, (("cheapest", "total"), ("fastest", "lead_time")))
    for row in rows:
        row["total"] = amount(row["total"], book.rules.unit)
    return sorted(rows, key=lambda row: (row["currency"] != book.settings.currency, row["total"], row["supplier"]))


def listed(book: "Book", item: Any, qty: int, day: date) -> Iterator[Row]:
    """A row for each supplier whose lists have the item on a day."""
    view = book.view()
    query = "SELECT DISTINCT key FROM lookup WHERE kind = 'price_list' AND key > ? AND key < ? ORDER BY key"
    for (key,) in book.index.all(query, f"{item.code} supplier/", f"{item.code} supplier0"):
        supplier = key.rpartition("/")[2]
        offer = offer_of(view, of_supplier(supplier), item.code, day)
        if offer is None:
            continue
        known = view.master("supplier", supplier)
        wanted = offer.orderable(qty)
        price, lead_time = offer.price_at(wanted), offer.lead_time
        if lead_time is None:
            lead_time = item.lead_time
        yield {
            "supplier": supplier, "name": known.name if known else None, "supplier_item": offer.line.supplier_item,
            "price": price, "unit": offer.line.unit or item.unit, "currency": offer.list.currency or book.settings.currency,
            "minimum": offer.line.minimum, "multiple": offer.line.multiple, "to_order": decimal(wanted),
            "total": cost(price, wanted, offer.factor, book.rules.unit), "lead_time": lead_time,
            "expected": expected(day, lead_time), "best": "", "price_list": offer.list.code,
        }  # fmt: skip


def own(book: "Book", item: Any, qty: int, day: date) -> Iterator[Row]:
    """What the item itself says."""
    if item.supplier is not None and item.purchase_price is not None:
        known = book.index.master("supplier", item.supplier)
        yield {
            "supplier": item.supplier, "name": known.name if known else None, "supplier_item": None,
            "price": item.purchase_price, "unit": item.unit, "currency": book.settings.currency,
            "minimum": None, "multiple": None, "to_order": decimal(qty),
            "total": cost(item.purchase_price, qty, None, book.rules.unit), "lead_time": item.lead_time,
            "expected": expected(day, item.lead_time), "best": "", "price_list": None,
        }  # fmt: skip


SHOWN = ("supplier", "name", "supplier_item", "price", "unit", "minimum", "multiple", "lead_time", "price_list")


def suppliers(book: "Book", item: Any) -> list[Row]:
    """Who supplies an item, at the price of the least quantity that is sold today."""
    rows = prices(book, item, MICRO, book.today)
    foreign = any(row["currency"] != book.settings.currency for row in rows)
    return [{name: row[name] for name in (*SHOWN, *(("currency",) if foreign else ()))} for row in rows]


def cost(price: Decimal, qty: int, factor: Decimal | None, unit: int) -> int:
    """What a quantity, in micro of the stock unit, costs at the price of one of a unit; in whole minor units."""
    return divide(micro(price) * qty, micro(factor or Decimal(1)) * unit) * unit


def expected(day: date, lead_time: int | None) -> str | None:
    return (day + timedelta(days=lead_time)).isoformat() if lead_time is not None else None


def mark(rows: Sequence[Row], columns: Sequence[tuple[str, str]]) -> None:
    """Say in `best` which rows have the least of a column, where there are several to choose from."""
    for word, column in columns:
        values = [row[column] for row in rows if row[column] is not None]
        if len(values) > 1 and min(values) < max(values):
            for row in rows:
                if row[column] == min(values):
                    row["best"] = f"{row['best']}, {word}" if row["best"] else word
