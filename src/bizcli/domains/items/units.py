"""Units: stock is counted in one, and dealt with in others too, such as boxes of 12.

A line holds what was agreed: 2 box, and that a box is 12 (`factor`), so that a later change of the item
changes nothing. Promises, shelves and reports count in the stock unit. Conversion is exact, or refused.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import MICRO, decimal, divide, micro
from bizcli.kernel.records import Line, nearest, replaced

if TYPE_CHECKING:
    from bizcli.domains.items.item import Item


class Measured(Protocol):
    """A line that says how much of an item, and in which unit."""

    @property
    def unit(self) -> str | None: ...
    @property
    def factor(self) -> Decimal | None: ...
    @property
    def stock_qty(self) -> int: ...


class Measure(NamedTuple):
    """How much; a unit and its factor where it is not the stock unit."""

    qty: Decimal
    unit: str | None
    factor: Decimal | None


def in_stock_unit(qty: Decimal, factor: Decimal | None) -> int:
    """A quantity of a unit in the stock unit, in micro. Raises `Refused` where that is not a number of ours.

    >>> in_stock_unit(Decimal("1.5"), Decimal(12))
    18000000
    """
    if factor is None:
        return micro(qty)
    if problem := unmeasured(qty, factor, "lines"):
        raise Refused([problem])
    return micro(qty) * micro(factor) // MICRO


def unmeasured(qty: Decimal, factor: Decimal, path: str) -> Problem | None:
    """What is wrong with a quantity in the stock unit: it has at most 12 digits before the point and 6 after."""
    product = micro(qty) * micro(factor)
    values = {"qty": f"{qty:f}", "factor": f"{factor:f}"}
    if product % MICRO:
        template = "{qty} × {factor} in the stock unit has more than 6 digits after the point"
        return Problem("inexact", template, values, path)
    if abs(product) >= LARGEST:
        template = "{qty} × {factor} in the stock unit has more than 12 digits before the point"
        return Problem("too-large", template, values, path)
    return None


def part_of(line: Measured, qty: int) -> Measure:
    """A quantity, given in the stock unit, as it is written when it comes from a line.

    In the line's unit where it is all of the line, or a whole number of that unit; else in the stock unit.
    """
    factor = line.factor
    if factor is not None:
        whole, rest = divmod(qty, micro(factor))
        if not rest and whole < LARGEST // MICRO // MICRO:
            return Measure(Decimal(whole), line.unit, factor)
        own: Decimal | None = getattr(line, "qty", None)
        if own is not None and qty == line.stock_qty:
            return Measure(own, line.unit, factor)
    return Measure(decimal(qty), None, None)


def price_of_one(price: Decimal, factor: Decimal | None, wanted: Decimal | None) -> Decimal:
    """The price of one of a unit as that of one of another, rounded to 6 digits. Raises `Refused` beyond 12 digits.

    >>> price_of_one(Decimal(1000), Decimal(12), None)
    Decimal('83.333333')
    """
    if factor == wanted:
        return price
    found = divide(micro(price) * micro(wanted or Decimal(1)), micro(factor or Decimal(1)))
    if found >= LARGEST // MICRO:
        raise Refused([Problem("too-large", "the amount has more than 12 digits before the point", {}, "lines")])
    return decimal(found)


def factor_of(item: "Item", unit: str, path: str) -> Decimal | None:
    """How many of its stock unit one of a unit of an item is; None for the stock unit itself. Raises `Refused`."""
    if unit == item.unit:
        return None
    found = (item.units or {}).get(unit)
    if found is None:
        values = {"item": item.code, "unit": unit, "nearest": nearest(unit, [item.unit, *(item.units or ())])}
        template = "{item} has no unit {unit}; the nearest is {nearest}"
        raise Refused([Problem("unknown-unit", template, values, path)])
    return found


L = TypeVar("L", bound=Line)
LARGEST = 10**12 * MICRO * MICRO


def with_factor(line: L, item: "Item", path: str) -> L:
    """A line whose unit is resolved: with the factor that the item says now, or with neither. Raises `Refused`."""
    values = line.__dict__
    unit, factor = values["unit"], values["factor"]
    if unit is None and factor is not None:
        raise Refused([Problem("missing-key", "{key} is missing", {"key": "unit"}, f"{path}.unit")])
    if unit is not None and factor is None:
        factor = factor_of(item, unit, f"{path}.unit")
        line = replaced(line, unit=unit if factor is not None else None, factor=factor)
    qty = values[quantity_key(line)]
    if factor is not None and qty is not None and (problem := unmeasured(qty, factor, f"{path}.{quantity_key(line)}")):
        raise Refused([problem])
    return line


def quantity_key(line: Line) -> str:
    return "counted" if "counted" in line.__dict__ else "qty"


def wrong_measure(line: Line, path: str) -> Problem | None:
    """A stored line has unit and factor, or neither, and its quantity is exact in the stock unit."""
    values, key = line.__dict__, quantity_key(line)
    for name in ("unit", "factor"):
        if values[name] is None:
            return Problem("not-complete", "{key} is missing; `bizcli apply FILE` fills it in", {"key": name}, path)
    return unmeasured(values[key], values["factor"], f"{path}.{key}") if values[key] is not None else None
