"""What a policy of reordering would have held and missed: the demand of past days, replayed."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from bizcli.domains.planning.replenishment import Levels, Terms, as_sold, fill, needed_over
from bizcli.kernel.money import MICRO


class Outcome(NamedTuple):
    """How it went: stock at the end of the days on average, days without any, what could not be sold, what was ordered."""

    average: int
    days_out: int
    missed: int
    orders: int
    ordered: int


def replay(demand: Sequence[int], opening: int, levels: Levels, terms: Terms) -> Outcome:
    """Each day goods arrive, are sold as far as they go, and are ordered when the point is reached.

    Nobody waits: what is not there is missed. What is ordered in the evening is here in the morning after the
    lead time, at the earliest the next one.

    >>> replay([1, 1, 1, 1], 2, Levels(1, most=3), Terms(lead_time=1))
    Outcome(average=1, days_out=0, missed=0, orders=2, ordered=4)
    """
    arriving: dict[int, int] = {}
    stock, held, days_out, missed, orders, ordered = opening, 0, 0, 0, 0, 0
    for day, wanted in enumerate(demand):
        stock += arriving.pop(day, 0)
        sold = min(wanted, stock)
        missed += wanted - sold
        stock -= sold
        held += stock
        days_out += not stock
        qty = fill(stock + sum(arriving.values()), levels, 0)
        if qty:
            qty = as_sold(qty, terms)
            due = day + max(terms.lead_time, 1)
            arriving[due] = arriving.get(due, 0) + qty
            orders += 1
            ordered += qty
    return Outcome(held // max(len(demand), 1), days_out, missed, orders, ordered)


def remembered(stock: Sequence[int], orders: int, ordered: int) -> Outcome:
    """How it went in truth: what lay there at the end of each day. What nobody could buy is not known: 0."""
    return Outcome(sum(stock) // max(len(stock), 1), sum(each <= 0 for each in stock), 0, orders, ordered)


def evenly(received: Sequence[int]) -> list[int]:
    """What was used each day, had what came each time been used evenly until the next came; the last until the end.

    In whole units as far as what came is whole.

    >>> evenly([0, 4_000_000, 0, 0, 3_000_000])
    [0, 1000000, 1000000, 2000000, 3000000]
    """
    used = [0] * len(received)
    for day, end in pairwise([*(day for day, qty in enumerate(received) if qty), len(received)]):
        units, rest = divmod(received[day], MICRO)
        for n in range(end - day):
            used[day + n] = (units * (n + 1) // (end - day) - units * n // (end - day)) * MICRO
        used[end - 1] += rest
    return used


def working(demand: Sequence[int], lead_time: int, cover: int) -> Levels:
    """A point and a maximum that would have done: the point is the most that was used in any lead time, the maximum
    is that and what is used in `cover` days on average.
    """
    point = busiest(demand, max(lead_time, 1))
    return Levels(point, most=point + max(needed_over(sum(demand), max(len(demand), 1), cover), MICRO))


def busiest(demand: Sequence[int], days: int) -> int:
    """The most that was used in so many days on end.

    >>> busiest([1, 5, 0, 2, 4], 2)
    6
    """
    days = min(max(days, 1), max(len(demand), 1))
    running = best = sum(demand[:days])
    for n in range(days, len(demand)):
        running += demand[n] - demand[n - days]
        best = max(best, running)
    return best
