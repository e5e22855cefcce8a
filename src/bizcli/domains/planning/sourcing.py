"""Which warehouse an order's goods leave from: the nearest that has them, else the one with most, else several."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH = 6371.0  # km, its mean radius

Location = Sequence[Decimal]  # latitude, longitude


class Wanted(NamedTuple):
    """A line with goods that are still to be delivered."""

    line: int
    item: str
    qty: int
    parts: tuple[tuple[str, int], ...] = ()  # of a kit: item, and micro in one


class Share(NamedTuple):
    """What of a line leaves from a warehouse; None: nobody has it."""

    line: int
    item: str
    qty: int
    warehouse: str | None
    available: int = 0


def distance(one: Location, other: Location) -> float:
    """Kilometres between two places along the surface of the earth (haversine).

    >>> round(distance((Decimal("22.54"), Decimal("114.06")), (Decimal("23.13"), Decimal("113.26"))))
    105
    """
    (a, b), (c, d) = (tuple(radians(float(each)) for each in place) for place in (one, other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def source(
    wanted: Iterable[Wanted], stock: Mapping[tuple[str, str], int], far: Mapping[str, float | None]
) -> Iterator[Share]:
    """Where each line leaves from; `stock` by item and warehouse, `far` the distance of each warehouse.

    A warehouse that has all of a line goes before several that have a part each. Kits are not divided.
    """
    left = dict(stock)
    for line in wanted:
        parts = line.parts or ((line.item, 1_000_000),)
        there = {place: makes(left, place, parts) for place in far}
        order = sorted(far, key=lambda place: (infinite(far[place]), -there[place], place))
        whole = next((place for place in order if there[place] >= line.qty), None)
        chosen = [whole] if whole is not None else [place for place in order if there[place] > 0 and not line.parts]
        open = line.qty
        for place in chosen:
            qty = min(open, there[place])
            for item, each in parts:
                left[item, place] -= qty * each // 1_000_000
            open -= qty
            yield Share(line.line, line.item, qty, place, there[place])
            if not open:
                break
        if open:
            yield Share(line.line, line.item, open, None)


def infinite(far: float | None) -> float:
    return float("inf") if far is None else far


def makes(stock: Mapping[tuple[str, str], int], place: str, parts: Iterable[tuple[str, int]]) -> int:
    """How much of an item, or how many whole kits, the goods of a place are."""
    found = [(stock.get((item, place), 0), qty) for item, qty in parts]
    if found[0][1] == 1_000_000 and len(found) == 1:
        return found[0][0]
    return min(max(there, 0) // qty for there, qty in found) * 1_000_000
