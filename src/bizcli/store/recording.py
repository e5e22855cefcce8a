"""Documents on their way into the index, and from there onto the disk.

A `Run` takes what a compilation finds into the index in batches; a `Recording` is a run whose documents
are written in one transaction: log, files, journal, index.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bizcli.kernel.compile import Compilation
from bizcli.kernel.delta import Conflict, Delta
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Damaged, Problem, Refused
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.records import Document, Master, nearest
from bizcli.kernel.view import unknown_masters
from bizcli.store import files, journal
from bizcli.store.index import Index
from bizcli.store.log import Entry
from bizcli.store.yaml_reader import BOM
from bizcli.store.yaml_writer import SCHEMA_MARK, schema_line, write

if TYPE_CHECKING:
    from bizcli.store.store import Store

BATCH = 4000  # documents between two writes to the index


class Run:
    """A compilation whose changes go into the index in batches."""

    def __init__(self, store: "Store", index: Index, compilation: Compilation) -> None:
        self.store, self.index, self.compilation = store, index, compilation
        self.texts: dict[str, str] = {}
        self.tails = journal.Tails(index)
        self.count = 0

    def remove(self, id: str) -> None:
        known = self.index.document(id)
        if known is not None:
            self.compilation.remove(known)
            self.index.set_meta("frame", "")

    def add(self, document: Document, text: str, effects: Effects | None = None) -> None:
        self.texts[document.id] = text
        self.compilation.add(document, effects)
        self.count += 1
        if self.count % BATCH == 0:
            self.flush()

    def flush(self) -> Delta:
        delta = self.compilation.take()
        self.tails.note(delta.months)
        if delta.removed:
            self.index.set_meta("frame", "")
        try:
            self.index.apply(delta, self.texts)
        except (OverflowError, sqlite3.IntegrityError) as error:  # a sum beyond 64 bits
            if "REAL" not in str(error) and isinstance(error, sqlite3.IntegrityError):
                raise
            template = "an amount or a quantity, or their sum on an account or shelf, has more than 12 digits"
            raise Refused([Problem("too-large", template)]) from None
        self.texts.clear()
        return delta

    def value(self) -> None:
        """Value all goods and write the rest to the index."""
        self.flush()
        self.compilation.settle()
        self.flush()
        self.index.set_numbers(self.compilation.numbers)


class Recording(Run):
    """Documents on their way into the book."""

    def __init__(self, store: "Store", today: date, user: str | None) -> None:
        super().__init__(store, store.index, Compilation(store.index, store.rules, today, user))
        self.committed = False
        self.paths: list[str] = []
        self.gone: list[str] = []
        self.masters: list[tuple[str, Master]] = []
        self.replaced: set[str] = set()
        self.renews = False  # whether everything has to be compiled anew for a master

    @property
    def view(self) -> Compilation:
        return self.compilation

    def put(
        self, kind: Kind, record: Any, replacing: tuple[str, bytes] | None = None, with_schema: bool = False
    ) -> str:
        """Enter a complete record; the path of its file. `replacing`: a file of the book, as it is.

        `with_schema`: its first line leads an editor to the schema, as it does in a file that had one.
        """
        key = key_of(record)
        path = path_of(kind, key)
        text = write(kind.name, record)
        if with_schema or (replacing is not None and replacing[1].removeprefix(BOM).startswith(SCHEMA_MARK.encode())):
            text = schema_line(kind.name, path) + text
        if replacing is not None and replacing[0] == path:
            self.store.log.add(Entry(b"=", path, replacing[1], text.encode()))
            self.replaced.add(path)
        else:
            self.store.log.add(Entry(b"+", path, b"", text.encode()))
            if replacing is not None:
                self.store.log.add(Entry(b"-", replacing[0], replacing[1], b""))
                self.gone.append(replacing[0])
        self.paths.append(path)
        if kind.master:
            rejects = getattr(record, "reject_warehouse", None)
            self.renews = (
                self.renews or self.store.begins(kind) or (rejects is not None and self.store.sold_from(rejects))
            )
            self.compilation.put_master(record)
            self.masters.append((kind.name, record))
            self.index.put_master(kind.name, record, text)
            self.store.rules.forget()
        else:
            self.add(record, text)
        return path

    def change_master(self, kind: Kind, record: Master, text: str) -> str:
        """Replace a master's file by a text that says the same as the record; the text that it had."""
        path = path_of(kind, record.code)
        with open(os.path.join(self.store.root, path), "rb") as file:
            before = file.read()
        self.store.log.add(Entry(b"=", path, before, text.encode()))
        self.replaced.add(path)
        self.paths.append(path)
        self.compilation.know(record)
        self.masters.append((kind.name, record))
        self.index.put_master(kind.name, record, text)
        self.store.rules.forget()
        return before.decode()

    def remove_master(self, kind: Kind, code: str, before: bytes) -> None:
        """Let a master go that nothing names."""
        path = path_of(kind, code)
        self.store.log.add(Entry(b"-", path, before, b""))
        self.gone.append(path)
        self.index.remove_master(kind.name, code)
        self.store.rules.forget()

    def value(self) -> None:
        """Value all goods. Raises `Refused` with the conflicts that these documents would add."""
        self.flush()
        if not self.compilation.added:
            found = [*masters_named(self.masters, self.index)]
            if found:
                raise Refused(found)
            super().value()
        if self.compilation.added:
            raise Refused(found.problem for found in first_of_each(self.compilation.added))

    def finish(self) -> None:
        """The commit: log, files, journal, index."""
        from bizcli.store.git import head

        store = self.store
        try:
            store.log.commit()
            self.committed = True
            store.log.place()
        except (OSError, Damaged) as error:
            self.committed = not store.log.abandoned
            if isinstance(error, Damaged):
                raise
            if self.committed:
                template = (
                    "the disk says {reason}, and whether this was recorded is not known: "
                    "mend the disk; the next command finishes it or takes it back, and `bizcli log` tells"
                )
                raise Damaged([Problem("disk", template, {"reason": error.strerror or str(error)})]) from error
            raise disk_error(error.strerror or str(error)) from error
        try:
            for path in (*self.replaced, *self.gone):
                self.index.connection.execute("DELETE FROM broken WHERE path = ?", (path,))
            changes = files.after_placing(store.root, self.paths, self.replaced, self.gone, self.index)
            journal.write(store.root, self.index, store.rules, self.tails)
            files.note(self.index, changes)
            self.index.set_meta("head", head(store.root))
            awaited = self.renews or any(store.is_awaited(master.code) for _, master in self.masters)
            self.index.commit()
            if awaited:
                store.rebuild()
        except (OSError, sqlite3.OperationalError) as error:
            self.index.rollback()
            try:
                store.refresh()
            except (OSError, sqlite3.OperationalError):
                template = "recorded, but the disk says {reason} of the journal; the next command will write it"
                raise Damaged([Problem("disk", template, {"reason": str(error)})]) from error


def disk_error(reason: str, what: str = "nothing was recorded") -> Damaged:
    template = "{what}: the disk says {reason}; make room or mend it, and try again"
    return Damaged([Problem("disk", template, {"reason": reason, "what": what})])


def masters_named(masters: Iterable[tuple[str, Master]], index: Index) -> Iterator[Problem]:
    """Masters that masters name and that are not there, and what else is wrong with them among each other."""
    for kind, master in masters:
        wanted = [*unknown_masters(master, index)]
        tax = getattr(master, "tax", None)
        if tax is not None and not tax.endswith("%") and index.master("tax", tax) is None:
            wanted.append(("tax", tax, "tax"))
        for of, code, path in wanted:
            template = "there is no {kind} {code}; the nearest is {nearest}"
            values = {"kind": of, "code": code, "nearest": nearest(code, index.codes(of))}
            yield Problem("unknown-code", template, values, path, f"{kind}/{master.code}")
        for problem in master.problems_among(index.master):
            yield problem._replace(document=f"{kind}/{master.code}")


def first_of_each(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """One conflict for each subject and shelf: the earliest."""
    found: dict[tuple[str, str, str], Conflict] = {}
    for conflict in sorted(conflicts, key=lambda each: (each.rule, each.subject, each.detail, each.day)):
        found.setdefault((conflict.rule, conflict.subject, conflict.detail), conflict)
    return list(found.values())
