"""What a document may ask about the rest of the book while it is completed.

The store answers from its index, a compilation adds what it has not written yet, tests answer from
dicts.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from bizcli.kernel.effects import Promise
from bizcli.kernel.fields import UNLISTED
from bizcli.kernel.records import coded

if TYPE_CHECKING:
    from datetime import date

    from bizcli.kernel.lots import Standing
    from bizcli.kernel.records import Document, Master, Record
    from bizcli.kernel.rules import Rules


class Head(NamedTuple):
    """What is known of a document without reading it."""

    kind: str
    day: str
    void: str | None  # the id of the document that voided it
    party: str | None


class Base(Protocol):
    """What a store answers about the compiled book."""

    def master(self, kind: str, code: str) -> "Master | None": ...

    def codes(self, kind: str) -> list[str]:
        """All codes of a kind, sorted."""

    def keeps(self, kind: str) -> bool:
        """Whether there is any master of a kind."""

    def matching(self, kind: str, keys: "Sequence[str]", day: str) -> "list[Master]":
        """The masters of a kind, by code, that one of these words finds on a day; what the first of them finds."""

    def on_shelves(self, item: str) -> tuple[int, int]:
        """What lies of an item in all places: quantity and value."""

    def document(self, id: str) -> "Document | None": ...

    def head(self, id: str) -> Head | None: ...

    def promise(self, key: tuple[str, str, int]) -> tuple[Promise, int] | None:
        """A promise's sums, and how many effects made them."""

    def naming(self, id: str) -> list[str]:
        """Ids of the documents that name a document, sorted."""

    def has_moved(self, item: str) -> bool:
        """Whether goods of an item ever moved, so that it has a cost."""

    def sold_with(self, lot: str, item: str | None) -> tuple[str, str, str] | None:
        """The item, document and day with which goods of a lot, or a serial number, last went to a customer.

        None while they are not with one.
        """

    def last_number(self, series: str) -> int:
        """The highest number given so far in a series such as `SO-2611`."""


class View(Base, Protocol):
    """A `Base` with what is being recorded, and what the command says about itself."""

    today: "date"
    user: str | None
    rules: "Rules"

    @property
    def reject_places(self) -> "frozenset[str]":
        """The warehouses of goods that we do not accept: nothing is sold from there."""

    def lots_in(self, item: str, place: str, day: str) -> "list[Standing]":
        """The lots of an item that may leave a place on a day, first to expire first: see `Lots.standing`."""

    def lying(self, line: str, item: str, place: str) -> int:
        """How many of the goods that a line brought in still lie in a place, as lots leave: first in, first out."""

    def expiry_of(self, item: str, lot: str, day: str) -> str | None:
        """When a lot expires, as far as it is known."""

    def amendments(self, id: str) -> "list[Document]":
        """The documents that amend another and are not voided, in the order of the books."""

    def open_of(self, kind: str, document: str) -> list[Promise]:
        """A document's promises of a kind with something left open, in line order."""

    def open_by_origin(self, kind: str, order: str) -> list[Promise]:
        """Open promises of a kind that go back to an order, by document and line."""

    def open_by_party(self, kind: str, party: str) -> list[Promise]:
        """A party's open promises of a kind, oldest first."""


def open_qty(promise: Promise) -> int:
    """What is still to be done."""
    return promise.opened - promise.settled


def unknown_masters(
    record: "Record", base: Base, known: dict[tuple[str, str], Any] | None = None
) -> Iterator[tuple[str, str, str]]:
    """The masters that a record names and that are not there: kind, code, path.

    Of a kind that the book keeps no list of, any code is taken.
    """
    for kind, code, path in coded(record, known or {}):
        if base.master(kind, code) is None and (kind not in UNLISTED or base.keeps(kind)):
            yield kind, code, path


__all__ = ["Any", "Base", "Head", "View", "open_qty", "unknown_masters"]
