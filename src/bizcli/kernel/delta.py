"""What a compilation reads and what it changes: rows for the index, text for the journal."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.records import Document, Master
from bizcli.kernel.valuation import Event, Shelves, Valued
from bizcli.kernel.view import Base
from bizcli.kernel.whereabouts import Part

Key = tuple[str, str, int]  # of a promise: kind, document, line


class StoredMove(NamedTuple):
    """One event as the book holds it, with what valuation found."""

    key: str  # the document's own place in the order
    sort: str  # where it stands, which differs when it had to wait for goods
    document: str
    day: str
    time: str
    event: Event
    qty: int
    value: int
    account: str
    text: str
    parts: tuple[Part, ...] = ()


class LotMove(NamedTuple):
    """How many of one lot moved with a line, or how many a count found of it."""

    item: str
    lot: str  # '' is the count of the shelf itself: what it does not name is not there
    day: str
    key: str  # the document's own place in the order
    document: str
    line: int
    time: str
    origin: str
    target: str
    counted: int | None  # None where goods moved
    qty: int  # of a count the difference, signed
    expiry: str | None = None
    confirmed: bool = False  # it may go although it has expired


class Conflict(NamedTuple):
    """Valid documents that do not go together."""

    rule: str
    subject: str  # what the rule is about: an item, a promise, a document
    day: str
    document: str
    amount: int  # how much it is out by: a new document may not make it more
    detail: str  # the shelf, or what else tells conflicts of a subject apart
    problem: Problem


class GoodsBase(Protocol):
    """What valuation asks of the compiled book."""

    def state_before(self, item: str, day: str) -> tuple[str, Any, int]:
        """The latest kept state of an item's shelves before a day.

        Its last day ('' when there is none), the state, and the moves since one was kept for long.
        """

    def moves(self, item: str, after: str) -> Iterable[StoredMove]:
        """An item's events on days after `after`, in order."""

    def moves_of(self, document: str) -> Iterable[StoredMove]:
        """A document's events."""

    def goods_of_day(self, day: str) -> Iterable[tuple[str, str]]:
        """(document, item) of every event of a day."""

    def source(self, line: str, item: str, until: str) -> tuple[int, int, int, int] | None:
        """Of a line whose goods left up to a day: quantity, value; and what came back of it since then.

        The value is with the differences that followed the goods up to that day.
        """

    def moves_since(self, line: str, item: str, until: str) -> Iterable[StoredMove]:
        """An item's events from the day of a line on and up to another day, in order; none when it came later."""

    def lot_balances(self, item: str, before: str) -> Iterable[tuple[str, str, int, str]]:
        """What there is of each lot of an item before a day: place, lot, quantity, when it first came there."""

    def lot_expiries(self, item: str, before: str) -> dict[str, tuple[str, str]]:
        """When each lot of an item expires, as it was first said before a day, and the document that said it."""

    def lot_moves(self, item: str, since: str) -> list[LotMove]:
        """The moves of an item's lots from a day on, in the order of the documents."""

    def conflicts(self, rule: str, subject: str, since: str) -> list[Conflict]: ...

    def refs(self, kind: str, ref: str) -> list[str]:
        """The ids of the documents of a kind that have an outside reference."""

    def papers(self, kind: str, paper: str) -> list[str]:
        """The ids of the documents of a kind that have a number of another's paper."""

    def has_conflicts(self) -> bool: ...

    def missing_ids(self) -> set[str]:
        """Ids that documents name and no document has."""

    def voids(self) -> dict[str, str]:
        """The id of a voided document: the void's id."""

    def promises_of(self, id: str) -> list[Promise]:
        """All promises that lines of a document opened, in line order."""

    def promise_keys(self, column: str, value: str) -> list[Key]:
        """Keys of open promises with this `party`, or of all with this `origin` document."""


class CompiledBase(Base, GoodsBase, Protocol):
    """All that a compilation asks of the book."""


class Row(NamedTuple):
    """A document with what compiling it found out."""

    document: Document
    sort: str
    effects: Effects
    void: str | None


class State(NamedTuple):
    """An item's shelves after a day."""

    day: str
    shelves: dict[str, Any]
    keep: bool  # for long; the others go when the book moves on
    moves: int  # since one was kept


class Delta:
    """What a compilation changes in the books."""

    def __init__(self) -> None:
        self.removed: list[str] = []  # documents
        self.rows: dict[str, Row] = {}  # by document
        self.masters: list[Master] = []
        self.promises: dict[Key, tuple[Promise, int] | None] = {}
        self.entries: dict[str, tuple[str, str, str, str, str]] = {}  # document: itself, month, sort, head, money
        self.moves: list[StoredMove] = []
        self.revalued: list[Valued] = []
        self.lots: dict[str, tuple[str, list[LotMove]]] = {}  # item: its lots' moves are these from that day on
        self.moved: dict[str, str] = {}  # document: where it stands now
        self.shelves: dict[str, Shelves] = {}  # item: its shelves after all moves
        self.states: dict[str, tuple[str, list[State]]] = {}  # item: replaced from that day on
        self.balances: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])  # (account, month)
        self.parties: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])  # (account, party)
        self.cleared: list[tuple[str, str, str]] = []  # conflicts: rule, subject, since
        self.conflicts: dict[tuple[str, str], list[Conflict]] = {}  # by rule and subject
        self.months: dict[str, str] = {}  # month of the journal: first place in it that changes

    def touch(self, month: str, sort: str) -> None:
        """The journal changes at this place of a month."""
        first = self.months.get(month)
        if first is None or sort < first:
            self.months[month] = sort
