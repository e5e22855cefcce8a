"""The kinds of records there are, without importing them.

The folder is the registry: `book` reads the files of `domains` as text and makes a `Catalog`; a kind's
module is imported when a command first needs its record.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.records import Master, Record, nearest


class Kind(NamedTuple):
    """What is known of a kind before its module is imported."""

    name: str
    module: str
    folder: str
    group: str
    prefix: str  # '' for masters
    help: str

    @property
    def master(self) -> bool:
        return not self.prefix


class Catalog:
    """All kinds, by name, by folder in the book and by the prefix of ids."""

    def __init__(self, kinds: list[Kind], load: Callable[[Kind], type[Record]]) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self.by_folder = {kind.folder: kind for kind in kinds}
        self.by_prefix = {kind.prefix: kind for kind in kinds if kind.prefix}
        self.load = load
        self.records: dict[str, type[Any]] = {}

    def record(self, name: str) -> type[Any]:
        """The record class of a kind."""
        found = self.records.get(name)
        if found is None:
            found = self.records[name] = self.load(self.kinds[name])
        return found

    def named(self, name: object) -> Kind:
        """The kind that a document says it is. Raises `Refused`."""
        kind = self.kinds.get(name) if isinstance(name, str) else None
        if kind is None:
            if name is None:
                raise Refused([Problem("missing-key", "kind is missing: say what this document is", {}, "kind")])
            values = {"kind": str(name)[:60], "nearest": nearest(str(name), self.kinds)}
            template = "there is no kind {kind}; the nearest is {nearest}"
            raise Refused([Problem("unknown-kind", template, values, "kind")])
        return kind


def path_of(kind: Kind, key: str) -> str:
    """Where a record lives in the book: masters by code, documents by the month of their id.

    >>> path_of(Kind("sales_order", "", "orders", "order", "SO", ""), "SO-SZ-2611-0001")
    'orders/2026/11/SO-SZ-2611-0001.yaml'
    """
    if kind.master:
        return f"{kind.folder}/{key}.yaml"
    month = key.split("-")[-2]
    century = "19" if month >= "70" else "20"
    return f"{kind.folder}/{century}{month[:2]}/{month[2:]}/{key}.yaml"


def key_of(record: Record) -> str:
    """The code or id of a record."""
    return record.code if isinstance(record, Master) else str(record.id)  # type: ignore[attr-defined]
