"""What promotions take off a basket, worked out of its list prices alone.

A basket is lines at list prices. Nothing here depends on their order: where cents or free goods have to
fall somewhere, they fall by what the lines are. Amounts are micro numbers in whole minor units.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from bizcli.domains.promotions.promotion import Promotion
from bizcli.kernel.money import MICRO, divide, micro, share, to_unit

HUNDRED = 100 * MICRO


class Goods(NamedTuple):
    """A line of a basket."""

    item: str
    tags: tuple[str, ...]
    qty: int  # in the stock unit
    amount: int  # at its list price
    text: str  # what else is said of it: tells lines apart


class Rule(NamedTuple):
    """A promotion that may be had, and the coupon that lets it be."""

    promotion: Promotion
    coupon: str | None = None


class Taken(NamedTuple):
    """What a rule takes off a line."""

    rule: Rule
    amount: int


class Gift(NamedTuple):
    """Goods that a rule adds."""

    rule: Rule
    item: str
    qty: int
    bought: tuple[int, ...]  # the lines that they are given with


class Found(NamedTuple):
    """What rules do to a basket."""

    taken: list[list[Taken]]  # by line
    gifts: list[Gift]


def reduced(basket: Sequence[Goods], rules: Iterable[Rule], unit: int) -> Found:
    """What rules take off the lines of a basket, and what they add; the highest priority first, then by code.

    No line goes below zero: what is more than it has left is not taken.
    """
    found = Found([[] for _ in basket], [])
    left = [goods.amount for goods in basket]
    closed = [False for _ in basket]  # to other rules
    for rule in sorted(rules, key=lambda each: (-(each.promotion.priority or 0), each.promotion.code)):
        promotion = rule.promotion
        lines = [
            n for n, goods in enumerate(basket)
            if promotion.is_of(goods.item, goods.tags)
            and not closed[n] and not (promotion.exclusive and found.taken[n])
        ]  # fmt: skip
        times = reached(promotion, [basket[n] for n in lines])
        if not times:
            continue
        if promotion.get is not None:
            gift = given(rule, basket, lines)
            if gift is not None:
                found.gifts.append(gift)
                for n in gift.bought:
                    closed[n] = bool(promotion.exclusive)
        for n, amount in taken(promotion, times, basket, lines, left, unit).items():
            amount = min(amount, left[n])
            if amount > 0:
                left[n] -= amount
                closed[n] = bool(promotion.exclusive)
                found.taken[n].append(Taken(rule, amount))
    return found


def reached(promotion: Promotion, lines: Sequence[Goods]) -> int:
    """How often lines reach what a promotion asks for at least: 0 where they do not; once, unless it repeats."""
    if not lines:
        return 0
    asked = (
        (promotion.minimum_qty, sum(goods.qty for goods in lines)),
        (promotion.minimum_amount, sum(goods.amount for goods in lines)),
    )
    times = [there // micro(least) for least, there in asked if least is not None]
    if not times:
        return 1
    return min(times) if promotion.repeat else min(1, *times)


def taken(
    promotion: Promotion, times: int, basket: Sequence[Goods], lines: Sequence[int], left: Sequence[int], unit: int
) -> dict[int, int]:
    """What a promotion takes off lines, before it is seen whether they have so much left."""
    base = {n: left[n] if promotion.stacking == "compound" else basket[n].amount for n in lines}
    if promotion.percent is not None:
        return {n: divide(base[n] * micro(promotion.percent), HUNDRED * unit) * unit for n in lines}
    if promotion.amount is not None:
        return {n: times_qty(promotion.amount, basket[n].qty, unit) for n in lines}
    if promotion.price is not None:
        return {n: base[n] - times_qty(promotion.price, basket[n].qty, unit) for n in lines}
    if promotion.order_amount is not None:
        whole = to_unit(micro(promotion.order_amount) * times, unit)
        return spread(whole, {n: left[n] for n in lines}, basket, unit)
    return {} if promotion.added else free(promotion, basket, lines, left, unit)


def times_qty(amount: Decimal, qty: int, unit: int) -> int:
    return divide(micro(amount) * qty, MICRO * unit) * unit


def in_order(basket: Sequence[Goods], lines: Iterable[int]) -> list[int]:
    """Lines by what they are, wherever they stand: the cheapest first."""
    return sorted(lines, key=lambda n: (divide(basket[n].amount * MICRO, basket[n].qty), basket[n]))


def spread(whole: int, left: dict[int, int], basket: Sequence[Goods], unit: int) -> dict[int, int]:
    """An amount over lines by what they have left, to the cent; no more than that."""
    total = sum(left.values())
    whole = min(whole, total)
    found, before, gone = {}, 0, 0
    for n in in_order(basket, left) if total else ():
        before += left[n]
        part = share(whole, before, total, unit) - gone
        gone += part
        found[n] = part
    return found


def free(
    promotion: Promotion, basket: Sequence[Goods], lines: Sequence[int], left: Sequence[int], unit: int
) -> dict[int, int]:
    """What free goods among those that are ordered take off their lines: the cheapest are free."""
    assert promotion.buy is not None and promotion.get is not None
    buy, get = micro(promotion.buy), micro(promotion.get)
    if promotion.free_item is None:
        goods, whole = [*lines], buy + get
        bought = lines
    else:
        goods, whole = [n for n, each in enumerate(basket) if each.item == promotion.free_item], buy
        bought = [n for n in lines if n not in goods]
    qty = sum(basket[n].qty for n in bought) // whole * get
    found = {}
    for n in in_order(basket, goods):
        part = min(qty, basket[n].qty)
        qty -= part
        if part:
            found[n] = share(
                left[n] if promotion.stacking == "compound" else basket[n].amount, part, basket[n].qty, unit
            )
    return found


def given(rule: Rule, basket: Sequence[Goods], lines: Sequence[int]) -> Gift | None:
    """Goods that are added for those that are bought."""
    promotion = rule.promotion
    if not promotion.added:
        return None
    assert promotion.buy is not None and promotion.get is not None
    qty = sum(basket[n].qty for n in lines) // micro(promotion.buy) * micro(promotion.get)
    item = promotion.free_item or promotion.items[0]
    return Gift(rule, item, qty, tuple(lines)) if qty else None
