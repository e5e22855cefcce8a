"""What to order for a place that runs low, or to bring there from one that has more than it needs.

What counts is what is available (on hand, less what is promised) and what is coming: from suppliers, from other
warehouses, and on drafts, so that the same is not proposed twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from bizcli.kernel.money import MICRO


class Levels(NamedTuple):
    """When an item is ordered, and how much: up to `most`, or by `lot`."""

    point: int
    most: int | None = None
    lot: int | None = None


class Terms(NamedTuple):
    """How an item is bought."""

    supplier: str | None = None
    lead_time: int = 0  # days
    price: Decimal | None = None  # of one
    least: int = 0  # that the supplier sells
    multiple: int = 0  # that it is packed by


class Shelf(NamedTuple):
    """An item in one warehouse: what lies there, what of it is promised, what comes, what was used of late."""

    on_hand: int = 0
    reserved: int = 0
    incoming: int = 0
    drafted: int = 0  # on drafts of purchase orders
    used: int = 0  # in all the days that are looked at

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def lacks(self) -> bool:
        """Whether more is promised than there is and comes."""
        return (self.reserved > 0 or self.on_hand < 0) and self.projected < 0

    @property
    def projected(self) -> int:
        """What will be there once all that is known has happened."""
        return self.available + self.incoming + self.drafted


EMPTY = Shelf()


class Scope(NamedTuple):
    """Where levels hold: one warehouse, one with those below it, or all. Without levels only what is promised counts."""

    warehouse: str | None  # that receives what is ordered
    within: frozenset[str]
    levels: Levels | None = None


class Proposal(NamedTuple):
    """So much of an item is to be bought (`origin` is None) or brought from a warehouse, and why."""

    warehouse: str | None
    origin: str | None
    qty: int
    shelf: Shelf  # how it stood in the scope, before
    levels: Levels | None
    spare: int = 0  # what the warehouse it comes from can do without
    slack: int = 0  # days until it must be ordered


def lying(shelves: Mapping[str, Shelf], within: Iterable[str]) -> Shelf:
    """All shelves of a scope as one."""
    found = [shelves[each] for each in within if each in shelves]
    if len(found) < 2:
        return found[0] if found else EMPTY
    return Shelf(*map(sum, zip(*found, strict=True)))


def needed_over(used: int, days: int, lead_time: int) -> int:
    """What is used in so many days, in whole units, as it was used in `days` days.

    >>> needed_over(45_000_000, 90, 7)
    4000000
    """
    return -(-used * lead_time // (days * MICRO)) * MICRO


def fill(projected: int, levels: Levels | None, lead_demand: int) -> int:
    """How much is missing where there will be `projected`; nothing above the point.

    Up to the maximum; or by the lot, as often as it takes; or, where only the point is said, up to the point and
    what is used until the goods are here. What is filled is above the point, so that it is not proposed again.

    >>> fill(3, Levels(20, most=60), 0), fill(3, Levels(20, lot=10), 0), fill(21, Levels(20), 0), fill(-2, None, 0)
    (57, 20, 0, 2)
    """
    if levels is None:
        return max(-projected, 0)
    if projected > levels.point:
        return 0
    if levels.most is not None:
        return levels.most - projected
    if levels.lot:
        return levels.lot * ((levels.point - projected) // levels.lot + 1)
    return levels.point + max(lead_demand, MICRO) - projected


def as_sold(qty: int, terms: Terms) -> int:
    """A quantity as the supplier sells it: at least its minimum, a multiple of its pack.

    >>> as_sold(7, Terms(least=10)), as_sold(13, Terms(least=10, multiple=12))
    (10, 24)
    """
    qty = max(qty, terms.least)
    return -(-qty // terms.multiple) * terms.multiple if terms.multiple else qty


def propose(
    shelves: Mapping[str, Shelf], scopes: Iterable[Scope], terms: Terms, days: int,
    distance: Callable[[str, str], float | None] = lambda origin, target: None,
) -> Iterator[Proposal]:  # fmt: skip
    """What to bring and to buy of one item, small scopes before those that hold them.

    Goods are brought before any are bought, from the nearest that can do without them; what is then above the
    point needs no purchase.
    """
    now = dict(shelves)
    scopes = [*scopes]
    for scope in short(now, scopes) + scopes:
        if not is_low(now, scope):
            continue
        shelf = lying(now, scope.within)
        lead_demand = needed_over(shelf.used, days, terms.lead_time)
        missing = fill(shelf.projected, scope.levels, lead_demand)
        target = scope.warehouse or ""  # a company without any warehouse has nowhere to bring it
        slack = days_left(shelf, days, terms.lead_time)
        for origin, spare in givers(now, target, scope, scopes, terms, days, distance):
            part = min(missing, spare)
            yield Proposal(scope.warehouse, origin, part, shelf, scope.levels, spare)
            now[origin] = now[origin]._replace(on_hand=now[origin].on_hand - part)
            now[target] = coming(now.get(target, Shelf()), part)
            missing -= part
            if not missing:
                break
        shelf = lying(now, scope.within)
        missing = fill(shelf.projected, scope.levels, lead_demand)
        if missing:
            qty = as_sold(missing, terms)
            yield Proposal(scope.warehouse, None, qty, shelf, scope.levels, 0, slack)
            now[target] = coming(now.get(target, Shelf()), qty)


def is_low(shelves: Mapping[str, Shelf], scope: Scope) -> bool:
    """Whether what will be there is at the point, or less than what is promised."""
    projected = lying(shelves, scope.within).projected
    return projected < 0 if scope.levels is None else projected <= scope.levels.point


def coming(shelf: Shelf, qty: int) -> Shelf:
    return shelf._replace(incoming=shelf.incoming + qty)


def short(shelves: Mapping[str, Shelf], scopes: Iterable[Scope]) -> list[Scope]:
    """A scope for each warehouse that has promised more than it has and gets, where it has no levels of its own."""
    lacking = sorted(place for place, shelf in shelves.items() if shelf.lacks)
    own = {scope.warehouse for scope in scopes if len(scope.within) == 1} if lacking else ()
    places = (place for place in lacking if place not in own)
    return [Scope(place, frozenset((place,))) for place in places]


def givers(
    shelves: Mapping[str, Shelf], target: str, needy: Scope, scopes: Iterable[Scope], terms: Terms, days: int,
    distance: Callable[[str, str], float | None],
) -> list[tuple[str, int]]:  # fmt: skip
    """The warehouses outside a scope that can do without some of the goods, the nearest first, then the one with most."""
    found = []
    own = {scope.warehouse: scope for scope in scopes if len(scope.within) == 1}
    wider = [scope for scope in scopes if len(scope.within) > 1 and not needy.within <= scope.within]
    for place, shelf in shelves.items():
        spare = shelf.available
        if spare > 0 and place not in needy.within:
            scope = own.get(place)
            spare -= kept(shelf, scope.levels if scope is not None else None, terms, days)
            for each in wider:
                if place in each.within:
                    whole = lying(shelves, each.within)
                    spare = min(spare, whole.available - kept(whole, each.levels, terms, days))
            if spare > 0:
                found.append((place, spare))

    def order(giver: tuple[str, int]) -> tuple[float, int, str]:
        km = distance(giver[0], target)
        return (float("inf") if km is None else km, -giver[1], giver[0])

    return sorted(found, key=order)


def kept(shelf: Shelf, levels: Levels | None, terms: Terms, days: int) -> int:
    """What a place needs itself: its maximum, or its point and what is used until new goods are here."""
    if levels is not None and levels.most is not None:
        return levels.most
    used = needed_over(shelf.used, days, terms.lead_time)
    return used if levels is None else levels.point + max(used, MICRO)  # at the point it would be ordered again


def days_left(shelf: Shelf, days: int, lead_time: int) -> int:
    """In how many days it must be ordered at the latest to be here before the last is used; 0: today.

    >>> days_left(Shelf(on_hand=30, used=90), days=90, lead_time=10)
    20
    """
    if shelf.projected <= 0 or shelf.used <= 0:
        return 0
    return max(shelf.projected * days // shelf.used - lead_time, 0)
