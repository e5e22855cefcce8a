"""Where the goods of one arrival are by now, as the lots in the journal say.

Lots leave first in, first out, whatever the costing. So the postings of an item's moves tell how many of
an arrival lie in which lot, and how many left with which line. A transfer hands them on in the order in
which they left. A lot may be mixed: of what customers return, the arrival has the share that it had of
what had left, and of a mixed lot what leaves is mixed alike.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple

from bizcli.kernel.effects import CUSTOMER, LOSS, SUPPLIER, VIRTUAL, Level, Move, Revalue
from bizcli.kernel.money import divide, micro

LOT = re.compile(r'  \S+  (-?)([0-9.]+) \S+ \{[^{}]*"([^"]+)"\}\n')


class Part(NamedTuple):
    """What a difference in value comes to in one place: on a shelf, or where goods had gone."""

    account: str  # '' for a shelf
    amount: int
    of: str  # the shelf's place; else the line that the goods left with
    qty: int = 0  # how many of them


class Step(NamedTuple):
    """An event of the item as the fold left it."""

    document: str
    event: Move | Level | Revalue
    account: str
    text: str
    parts: tuple[Part, ...]


class Gone:
    """The goods of the arrival that left with one line, as far as they have not come back."""

    __slots__ = ("account", "qty", "target", "whole")

    def __init__(self, account: str, target: str, whole: int) -> None:
        self.account, self.target = account, target
        self.whole = whole  # all that left with that line and has not come back
        self.qty = 0  # what of it is of the arrival


Pieces = list[list[int]]  # [quantity, how many of it are of the arrival]; oldest first


class Whereabouts:
    """Follows the goods of one arrival through the later moves of the item.

    `left` answers how many left with a line in all.
    """

    def __init__(self, source: str, left: Callable[[str], int]) -> None:
        self.source, self.left = source, left
        self.lots: dict[str, list[int]] = {}  # label: what is left in a lot, and how many of it are of the arrival
        self.gone: dict[tuple[str, str], Gone] = {}  # (line, account)

    def follow(self, steps: Iterable[Step]) -> None:
        for step in steps:
            line = f"{step.document}/{step.event.line}"
            back = step.event.source if isinstance(step.event, Move) and step.event.origin == CUSTOMER else None
            known = line == self.source or any(key[0] == back for key in self.gone)
            if known or any(f'"{label}"' in step.text for label in self.lots):
                self.take(step, line, back)

    def take(self, step: Step, line: str, back: str | None) -> None:
        """One event: lots that leave before any arrives go with it; what leaves after that covers a shortage."""
        event = step.event
        taken: Pieces = []  # what leaves, and what a transfer or a return hands on
        covering: Pieces = []
        arrived = False
        if line == self.source:
            assert isinstance(event, Move)
            taken = [[event.qty, event.qty]]
        elif back is not None:
            assert isinstance(event, Move)
            taken = [[event.qty, self.returned(back, event.qty)]]
        for minus, number, label in LOT.findall(step.text):
            qty = micro(Decimal(number))
            if not minus:
                arrived = True
                ours = first(taken, qty)
                if ours:
                    self.lots[label] = [qty, ours]
            else:
                (covering if arrived else taken).append([qty, self.out_of(label, qty)])
        for part in step.parts:
            if part.account and part.qty and not isinstance(event, Revalue):
                self.went((part.of, part.account), first(covering, part.qty), CUSTOMER, None)
        if isinstance(event, Move) and event.target in VIRTUAL:
            self.went((line, step.account), sum(ours for _, ours in taken), event.target, event.qty)
        elif isinstance(event, Level):
            self.went((line, step.account), sum(ours for _, ours in taken), LOSS, None)

    def out_of(self, label: str, qty: int) -> int:
        """Take a quantity out of a lot; how many of it are of the arrival."""
        lot = self.lots.get(label)
        if lot is None:
            return 0
        ours = share_of(lot, qty)
        if not lot[1]:
            del self.lots[label]
        return ours

    def went(self, key: tuple[str, str], qty: int, target: str, whole: int | None) -> None:
        """Some of them left with a line."""
        if qty:
            known = self.gone.get(key)
            if known is None:
                known = self.gone[key] = Gone(key[1], target, self.left(key[0]) if whole is None else whole)
            known.qty += qty

    def returned(self, line: str, qty: int) -> int:
        """How many of what comes back of a line are of the arrival."""
        found = 0
        for (of, _), gone in self.gone.items():
            if of == line:
                left = [gone.whole, gone.qty]
                found += share_of(left, min(qty, gone.whole))
                gone.whole, gone.qty = left
        return min(found, qty)

    def lying(self, labels: Iterable[str]) -> int:
        """How many of them are in some lots."""
        return sum(self.lots[label][1] for label in labels if label in self.lots)

    def away(self) -> list[tuple[str, Gone]]:
        """What left and has not come back, by line; what went back to the supplier is not ours to value."""
        return [(line, gone) for (line, _), gone in self.gone.items() if gone.qty and gone.target != SUPPLIER]


def share_of(lot: list[int], qty: int) -> int:
    """Take a quantity out of a lot of mixed goods; how many of it are of the arrival: their share in the lot.

    >>> lot = [10, 5]
    >>> share_of(lot, 4), lot
    (2, [6, 3])
    """
    ours = divide(lot[1] * qty, lot[0]) if lot[0] else 0
    lot[0] -= qty
    lot[1] -= ours
    return ours


def first(pieces: Pieces, qty: int) -> int:
    """Take the first `qty` off a list of pieces; how many of it are of the arrival.

    >>> pieces = [[3, 3], [5, 0]]
    >>> first(pieces, 4), pieces
    (3, [[4, 0]])
    """
    found = 0
    while qty and pieces:
        part = min(qty, pieces[0][0])
        found += share_of(pieces[0], part)
        qty -= part
        if not pieces[0][0]:
            del pieces[0]
    return found
