"""Loyalty points: what customers earn for what they are charged or pay, and what of it is taken back.

Points are a promise to the customer, kept under the customer's code: earned opens it, spent settles it. Nothing
is posted when they are earned; what they take off later lowers revenue and its tax.
"""

from collections.abc import Iterator
from decimal import Decimal

from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Promise
from bizcli.kernel.money import MICRO, decimal, divide, micro
from bizcli.kernel.rules import Rules

INVOICE, PAYMENT = "invoice", "payment"


def earned(customer: str | None, amount: int, day: str, rules: Rules, *on: str) -> Iterator[Promise]:
    """What a customer earns for an amount, charged or paid on a day."""
    rule = rules.loyalty(day)
    if rule is not None and rule.basis in on:
        yield from opened(customer, in_points(amount, rule.per), rules)


def opened(customer: str | None, points: int, rules: Rules) -> Iterator[Promise]:
    """Points of a customer who has a name."""
    if points and customer is not None and customer != rules.settings.walk_in:
        yield Promise(fx.POINTS, customer, 0, points)


def in_points(amount: int, per: Decimal) -> int:
    return divide(amount * MICRO, micro(per))


def taken_back(customer: str | None, charged_on: str, gross: int, unpaid: int, rules: Rules) -> Decimal | None:
    """The points that a credit takes back: those of what was charged; where payment earns them, of what was paid."""
    rule = rules.loyalty(charged_on)
    if rule is None or customer is None or customer == rules.settings.walk_in:
        return None
    points = in_points(gross - (unpaid if rule.basis == PAYMENT else 0), rule.per)
    return decimal(points) if points > 0 else None
