"""What runs low: items of which less will be there than they should have, in the company or in a shop."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.kernel.effects import TRANSIT
from bizcli.reports.stock import on_hand

if TYPE_CHECKING:
    from bizcli.book import Book


def alerts(book: "Book") -> list[dict[str, Any]]:
    """A row for each reorder point that is reached, the most urgent first.

    What counts is on hand, less what is reserved, and what is coming. `to_order` fills up to the maximum,
    or is the quantity that the item says.
    """
    points = [*reorder_points(book)]
    if not points:
        return []
    lying: dict[tuple[str, str], dict[str, Any]] = {}
    of_item: dict[str, list[str]] = {}
    apart = (TRANSIT, *book.view().reject_places)  # what is under way is coming where it goes
    for row in on_hand(book.index.all, None, book.rules.unit):
        if row["warehouse"] not in apart:
            lying[row["item"], row["warehouse"]] = row
            of_item.setdefault(row["item"], []).append(row["warehouse"])
    below = {place: book.places(place) for _, place, _ in points if place is not None}
    found = []
    for item, place, levels in points:
        within = below[place] if place is not None else None
        rows = [lying[item.code, each] for each in of_item.get(item.code, ()) if within is None or each in within]
        sums = {name: sum((row[name] for row in rows), Decimal(0)) for name in ("on_hand", "reserved", "incoming")}
        available = sums["on_hand"] - sums["reserved"] + sums["incoming"]
        if available <= levels["point"]:
            missing = levels["max"] - available if "max" in levels else levels.get("quantity")
            found.append({
                "item": item.code, "name": item.name, "warehouse": place, **sums, "available": available,
                "reorder_point": levels["point"], "max": levels.get("max"), "to_order": missing, "unit": item.unit,
                "supplier": item.supplier, "lead_time": item.lead_time,
            })  # fmt: skip
    return sorted(found, key=lambda row: (row["available"] - row["reorder_point"], row["item"], row["warehouse"] or ""))


def reorder_points(book: "Book") -> Iterator[tuple[Any, str | None, dict[str, Decimal]]]:
    """Each reorder point: the item, the warehouse (None for the whole company), and its levels."""
    rows = book.index.all("SELECT text FROM master WHERE kind = 'item' AND instr(text, 'reorder') ORDER BY code")
    for (text,) in rows:
        item = book.index.decoded("item", text)
        for place, levels in item.levels():
            yield item, place, levels
