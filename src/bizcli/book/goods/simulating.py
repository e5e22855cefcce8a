"""What a policy of reordering would have held and missed of an item, replayed over its own past."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bizcli.book.goods.replenishing import USED, Market, levels_of
from bizcli.domains.planning.replenishment import Levels, Terms, needed_over
from bizcli.domains.planning.simulation import Outcome, evenly, remembered, replay, working
from bizcli.kernel.effects import CUSTOMER, OPENING, SUPPLIER, TRANSIT, VIRTUAL, warehouse_of
from bizcli.kernel.money import MICRO, decimal, micro

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.items.item import Item

POLICIES = ("reorder", "minmax")
DEMAND = ("sales", "purchases")
COVER = 30  # days that an order is to last, where the item does not say how much is ordered

Row = dict[str, Any]


def simulate(
    book: "Book", policy: str, *, items: Iterable[str] = (), warehouse: str | None = None, days: int = 365,
    said: Levels | None = None, lead_time: int | None = None, demand: str = "sales",
) -> list[Row]:  # fmt: skip
    """A row for how it went, one for the plain reorder point, and one for another policy, of each item.

    Without `items`: all that have reorder points and were used. `said` are levels for the policy; without them they
    are worked out of the demand.
    """
    places = book.places(warehouse)
    chosen: list[Any] = [book.find(code, "item")[1] for code in items]
    if not chosen:
        rows = book.index.all("SELECT text FROM master WHERE kind = 'item' AND instr(text, 'reorder:') ORDER BY code")
        chosen = [each for (text,) in rows for each in [book.index.decoded("item", text)] if each.stocked]
    found = []
    market = Market(book)
    for item in chosen:
        past = Past(book, item.code, places, days, demand)
        if sum(past.demand) or items:
            terms, _offer = market.terms(item)
            terms = terms if lead_time is None else terms._replace(lead_time=lead_time)
            found += compared(item, past, terms, policy, said, warehouse)
    return found


def compared(
    item: "Item", past: "Past", terms: Terms, policy: str, said: Levels | None, warehouse: str | None
) -> list[Row]:  # fmt: skip
    """An item as it went, by the plain reorder point, and by the policy."""
    plain = point_of(item, past.demand, terms, warehouse)
    rows = [row(item, "actual", None, remembered(past.stock, past.orders, past.bought), past)]
    if policy == "minmax" or said is None:
        rows.append(row(item, "reorder", plain, replay(past.demand, past.opening, plain, terms), past))
    if policy == "minmax" or said is not None:
        levels = said or working(past.demand, terms.lead_time, COVER)
        rows.append(row(item, policy, levels, replay(past.demand, past.opening, levels, terms), past))
    return rows


def point_of(item: "Item", demand: list[int], terms: Terms, warehouse: str | None) -> Levels:
    """The item's own reorder point with a lot; where it says none: what is used on average until goods are here."""
    own = [levels_of(levels) for place, levels in item.levels() if place == warehouse or warehouse is None]
    used, days = sum(demand), max(len(demand), 1)
    month = needed_over(used, days, COVER) or MICRO
    if not own:
        return Levels(needed_over(used, days, terms.lead_time), lot=month)
    point = sum(each.point for each in own)
    return Levels(point, lot=sum(each.lot or (each.most - each.point if each.most else 0) for each in own) or month)


class Past:
    """An item in the days up to today: what lay there each evening, and what was used each day.

    `of` "purchases": nothing is known of what was used, so what came is taken to be used evenly until the next came.
    """

    def __init__(self, book: "Book", item: str, places: Iterable[str] | None, days: int, of: str) -> None:
        within = None if places is None else set(places)
        apart = {*VIRTUAL, TRANSIT, *book.view().reject_places}  # what was not accepted was never there to use
        moves = book.index.all(
            f"SELECT day, what, origin, target, qty, {OWN_USE} FROM move WHERE item = ? AND day <= ? AND what <> 'revalue'",
            *USED, item, book.today.isoformat(),
        )  # fmt: skip

        def inside(place: str) -> bool:
            name = warehouse_of(place)
            return bool(name) and name not in apart and (within is None or name in within)

        first = min((date.fromisoformat(each[0]) for each in moves), default=book.today)
        start = max(first, book.today - timedelta(days=days - 1))
        length = (book.today - start).days + 1
        self.opening, self.orders = 0, 0
        change, self.demand, self.received = [0] * length, [0] * length, [0] * length
        for day, what, origin, target, qty, own_use in moves:
            n = (date.fromisoformat(day) - start).days
            moved = qty * inside(target) - (qty * inside(origin) if what == "move" else 0)
            if n < 0 or (origin == OPENING and n == 0):
                self.opening += moved  # what was there from the start
                continue
            change[n] += moved
            if what == "move" and origin == SUPPLIER and moved:
                self.orders += 1
                self.received[n] += qty
            elif what == "move" and moved and (CUSTOMER in (origin, target) or own_use):
                self.demand[n] -= moved
        self.demand = [max(each, 0) for each in self.demand]
        if of == "purchases":
            self.demand = evenly(self.received)
            change = [came - used for came, used in zip(self.received, self.demand, strict=True)]
        self.stock = list(accumulate(change, initial=self.opening))[1:]

    @property
    def bought(self) -> int:
        return sum(self.received)


OWN_USE = (
    "target = 'loss' AND doc IN (SELECT id FROM doc WHERE id > 'SA-' AND id < 'SA.' AND reason IN "
    f"({', '.join('?' * len(USED))}))"
)


def row(item: "Item", policy: str, levels: Levels | None, outcome: Outcome, past: Past) -> Row:
    """How an item fared."""
    whole = sum(past.demand)
    return {
        "item": item.code, "policy": policy, "days": len(past.demand), "demand": decimal(whole),
        "point": decimal(levels.point) if levels else None,
        "max": decimal(levels.most) if levels and levels.most is not None else None,
        "lot": decimal(levels.lot) if levels and levels.lot else None,
        "average_stock": decimal(outcome.average).quantize(Decimal("0.1")),
        "average_value": worth(outcome.average, item.purchase_price), "days_out": outcome.days_out,
        "missed": decimal(outcome.missed) if levels else None,
        "orders": outcome.orders, "ordered": decimal(outcome.ordered),
    }  # fmt: skip


def worth(qty: int, price: Decimal | None) -> Decimal | None:
    """What a quantity is worth at the item's purchase price."""
    return (decimal(qty) * price).quantize(Decimal("0.01")) if price is not None else None


def added_up(book: "Book", rows: list[Row]) -> list[Row]:
    """A row for each policy over all items; quantities of several items add up at their purchase prices."""
    found: dict[str, Row] = {}
    for each in rows:
        price = book.rules.item(each["item"]).purchase_price
        total = found.setdefault(each["policy"], {
            "policy": each["policy"], "items": 0, "demand_value": Decimal("0.00"), "average_value": Decimal("0.00"),
            "missed_value": None if each["missed"] is None else Decimal("0.00"), "days_out": 0, "orders": 0,
        })  # fmt: skip
        total["items"] += 1
        total["days_out"] += each["days_out"]
        total["orders"] += each["orders"]
        for key, qty in (("demand_value", each["demand"]), ("missed_value", each["missed"])):
            if qty is not None:
                total[key] += worth(micro(qty), price) or 0
        total["average_value"] += each["average_value"] or 0
    return [*found.values()]
