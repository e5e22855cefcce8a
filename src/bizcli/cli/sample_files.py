"""What the readers of sample companies share: CSV files, their days, whole cents, and numbers by month."""

from collections import Counter
from collections.abc import Iterable
from csv import DictReader
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TypeAlias

Document: TypeAlias = dict[str, object]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(DictReader(file))


def date_of(text: str) -> date:
    """The day of `1996-07-04 00:00:00.000`."""
    return date.fromisoformat(text[:10])


def cents(amount: Decimal) -> Decimal:
    """Rounded half away from zero, as every amount in the books.

    >>> cents(Decimal("2.345"))
    Decimal('2.35')
    """
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal())


class Numbers:
    """Numbers documents by month.

    >>> numbers = Numbers()
    >>> [numbers.next("SO", date(1996, 7, day)) for day in (4, 5)]
    ['SO-9607-0001', 'SO-9607-0002']
    """

    def __init__(self) -> None:
        self.last: Counter[str] = Counter()

    def next(self, prefix: str, day: date) -> str:
        month = f"{prefix}-{day:%y%m}"
        self.last[month] += 1
        return f"{month}-{self.last[month]:04d}"
