"""A book on the disk: one lock, one redo log, one index; documents are the source of all.

`Store.refresh` brings index and journal up to the files; `Store.record` opens a `Recording`, the one
way in which a command writes documents.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from bizcli.kernel.compile import Compilation
from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Damaged, Problem
from bizcli.kernel.fields import ID
from bizcli.kernel.kinds import Catalog, Kind, path_of
from bizcli.kernel.records import Document, Master
from bizcli.kernel.rules import Rules, Settings
from bizcli.store import files, journal
from bizcli.store.index import Index, open_index
from bizcli.store.log import RedoLog
from bizcli.store.manual import manual_changed, read_manual
from bizcli.store.reading import read_record
from bizcli.store.recording import Recording, Run, disk_error
from bizcli.store.yaml_writer import SCHEMAS

PATIENCE = 10.0  # seconds that a command waits for another

Progress = Callable[[int], None]


class Store:
    """An open book."""

    def __init__(self, root: str, catalog: Catalog, settings: Settings, chart: dict[str, Any], program: str) -> None:
        self.root, self.catalog, self.settings = root, catalog, settings
        self.descriptor: int | None = None
        self.refuse_links()
        folder = os.path.join(root, ".bizcli")
        os.makedirs(folder, exist_ok=True)
        self.index: Index = open_index(folder, catalog, index_key(settings, program))
        self.rules = Rules(settings, chart, self.index.master)
        self.log = RedoLog(root, frozenset(catalog.by_folder))
        self.notices: list[Problem] = []  # what a person should be told

    def close(self) -> None:
        self.index.close()
        self.unlock()

    def refuse_links(self) -> None:
        """Nothing may lead out of the book. Raises `Damaged`."""
        for problem in strange_places(self.root, self.catalog):
            raise Damaged([problem])

    # The lock

    def lock(self, patience: float = PATIENCE) -> bool:
        """Take the book's lock, waiting for another command; False when it is still taken."""
        if self.descriptor is not None:
            return True
        descriptor = os.open(self.root, os.O_RDONLY)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.descriptor = descriptor
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.005)

    def unlock(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    @contextmanager
    def locked(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the lock. Raises `Damaged` when another command keeps it."""
        if not self.lock(patience):
            template = "the book is in use by another command; try again when it is done"
            raise Damaged([Problem("in-use", template)])
        try:
            yield
        finally:
            self.unlock()

    # Reading

    def up_to_date(self, full: bool = False) -> None:
        """Make sure that index and journal are what the files say, for a command that reads."""
        try:
            self.look_and_refresh(full)
        except sqlite3.OperationalError as error:
            raise disk_error(str(error), "nothing was read") from error
        except sqlite3.DatabaseError:  # the cache is torn: made anew
            with self.locked():
                self.renew_index()
                self.refresh(scratch=True)

    def renew_index(self) -> None:
        """Put an index that SQLite cannot read aside."""
        self.index.close()
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.unlink(self.index.path + suffix)
        self.index.connect()

    def look_and_refresh(self, full: bool) -> None:
        settled = self.index.is_current() and self.log.is_clean() and not journal.stale(self.root, self.index)
        if settled and not manual_changed(self.root, self.index):
            changes = files.look(self.root, self.catalog, self.index, full or self.head_moved())
            if not self.really_changed(changes):
                return
        if not self.lock(0 if self.index.is_current() else PATIENCE):
            if self.index.is_current():
                template = "another command is writing: these are the figures from before it"
                self.notices.append(Problem("in-use", template))
                return
            raise Damaged([Problem("in-use", "the book is in use by another command; try again when it is done")])
        try:
            self.refresh(full)
        finally:
            self.unlock()

    def really_changed(self, changes: files.Changes) -> bool:
        """Whether there is more than young files whose content is known."""
        if changes.gone or changes.folders:
            return True
        return any(path in changes.strange or self.differs(path) for path in changes.changed)

    def differs(self, path: str) -> bool:
        return differs(self.root, self.catalog, self.index, path)

    def kind_and_key(self, path: str) -> tuple[Kind, str]:
        return kind_and_key(self.catalog, path)

    def head_moved(self) -> bool:
        from bizcli.store.git import head

        return head(self.root) != (self.index.meta("head") or "")

    def know_head(self) -> None:
        """bizcli itself moved HEAD: nothing has to be walked for that."""
        from bizcli.store.git import head

        self.index.set_meta("head", head(self.root))

    # Bringing up to date

    def refresh(self, full: bool = False, scratch: bool = False, progress: Progress | None = None) -> None:
        """Bring index and journal up to the files, under the lock. `scratch`: from nothing."""
        restored = self.log.recover()
        if restored:
            template = "{n} files of an interrupted command were put in place"
            self.notices.append(Problem("recovered", template, {"n": len(restored)}))
        index = self.index
        if scratch or not index.is_current():
            self.rebuild(progress)
            return
        changes = files.look(self.root, self.catalog, index, full or self.head_moved())
        for path in [path for path in changes.changed if path not in changes.strange and not self.differs(path)]:
            changes.changed.remove(path)
        stale = journal.stale(self.root, index)
        manual = read_manual(self.root, index, self.rules)
        if not (changes.changed or changes.gone or changes.folders or stale or manual or self.head_moved()):
            return
        index.begin()
        try:
            if not self.compile_files(changes, progress):
                index.rollback()
                self.rebuild(progress)
                return
            if manual is not None:
                manual.store(index)
                journal.write_frame(self.root, index, self.rules)
            self.mend_journal(stale)
            self.finish(changes)
        except BaseException:
            index.rollback()
            raise

    def rebuild(self, progress: Progress | None = None) -> None:
        """Compile everything from nothing."""
        index = self.index
        index.begin()
        try:
            index.reset()
            index.put_accounts(self.rules.roles)
            self.rules.forget()
            changes = files.look(self.root, self.catalog, index, True)
            self.compile_files(changes, progress)
            manual = read_manual(self.root, index, self.rules)
            if manual is not None:
                manual.store(index)
            journal.write_frame(self.root, index, self.rules)
            self.finish(changes)
            journal.remove_strays(self.root, index)
        except BaseException:
            index.rollback()
            raise

    def mend_journal(self, stale: list[str]) -> None:
        """Write again what is not as it was written, unless the compilation just did."""
        still = [path for path in stale if path in journal.stale(self.root, self.index)]
        if still:
            self.index.set_meta("frame", "")
            journal.mend(self.root, self.index, self.rules, still)

    def finish(self, changes: files.Changes) -> None:
        from bizcli.store.git import head

        files.note(self.index, changes)
        self.index.set_meta("head", head(self.root))
        self.index.commit()

    def compile_files(self, changes: files.Changes, progress: Progress | None, write_journal: bool = True) -> bool:
        """Compile changed and missing files. False when what changed asks for all to be compiled anew."""
        index = self.index
        fresh = index.one("SELECT 1 FROM file LIMIT 1") is None
        run = Run(self, index, Compilation(index, self.rules, date.max))
        for path in sorted(changes.gone, key=in_order):
            kind, key = self.kind_and_key(path)
            index.connection.execute("DELETE FROM broken WHERE path = ?", (path,))
            if kind.master and index.master(kind.name, key) is not None:
                return False
            if own_path(kind, key) == path:
                run.remove(key)
        documents: list[tuple[Document, str, Effects | None]] = []
        done = 0
        for path in sorted(changes.changed, key=in_order):
            kind, key = self.kind_and_key(path)
            text, record, effects, problems = read_record(
                self.root, self.catalog, self.rules, path, kind, path in changes.strange
            )
            if not fresh:
                index.connection.execute("DELETE FROM broken WHERE path = ?", (path,))
            if problems or record is None:
                index.put_broken(path, problems)
            if isinstance(record, Master) or kind.master:
                if not self.take_master(run, kind, key, record, text, fresh):
                    return False
                continue
            if fresh:
                if record is not None:
                    run.add(record, text, effects)
                done += 1
                if progress is not None and done % 500 == 0:
                    progress(done)
                continue
            if own_path(kind, key) == path:
                run.remove(key)
            if record is not None:
                documents.append((record, text, effects))
        for record, text, effects in documents:
            run.add(record, text, effects)
        run.value()
        if write_journal:
            journal.write(self.root, index, self.rules, run.tails)
        return True

    def take_master(self, run: "Run", kind: Kind, code: str, record: Any, text: str, fresh: bool) -> bool:
        """Take a changed master in; False when documents have to be compiled anew for it."""
        index = self.index
        before = None if fresh else index.master(kind.name, code)
        if record is None:
            return before is None
        if before is not None and kind.name in ("tax", "item"):
            relevant = ("rates", "type", "costing", "tracking")
            if any(getattr(before, name, None) != getattr(record, name, None) for name in relevant):
                return False
        if before is not None and kind.name in PROMISES and before != record:
            return False
        if before is None and not fresh and (self.is_awaited(code) or self.begins(kind)):
            return False
        rejects = getattr(record, "reject_warehouse", None)
        if not fresh and rejects != getattr(before, "reject_warehouse", None):
            return False
        twin = index.called(kind.name, code)
        if twin not in (None, code):
            if not fresh:
                return False
            index.put_broken(path_of(kind, code), [same_code(kind, code, str(twin))])
            return True
        index.put_master(kind.name, record, text)
        self.rules.forget()
        run.compilation.know(record)
        return True

    def is_awaited(self, code: str) -> bool:
        """Whether documents name a master that was not there, or may be wrong only for lack of it."""
        query = "SELECT 1 FROM conflict WHERE rule = 'reference' AND problem LIKE ?"
        named = self.index.one(query, f'%"{code}"%') is not None
        return named or self.index.one("SELECT 1 FROM broken LIMIT 1") is not None

    def begins(self, kind: Kind) -> bool:
        """Whether a master is the first of a kind that documents named without a list of them."""
        return not self.index.keeps(kind.name) and self.index.names_any(kind.name)

    def sold_from(self, place: str) -> bool:
        """Whether anything was sold from a warehouse, or is to be."""
        query = (
            "SELECT 1 FROM move WHERE origin = ?1 AND target = 'customer' "
            "UNION ALL SELECT 1 FROM promise WHERE place = ?1 AND kind IN ('to_deliver', 'to_pick') LIMIT 1"
        )
        return self.index.one(query, place) is not None

    # Recording

    @contextmanager
    def record(
        self, today: date, user: str | None, patience: float = PATIENCE, mending: Iterable[str] = ()
    ) -> Iterator["Recording"]:
        """Write documents in one transaction: all or nothing. The caller calls `finish`, or nothing happens.

        Raises `Damaged` when the book has files that are wrong, other than those that are being mended.
        """
        with self.locked(patience):
            self.refresh()
            broken = [each for each in self.index.broken() if each.file not in mending]
            if broken:
                raise Damaged(broken)
            self.index.begin()
            recording = Recording(self, today, user)
            try:
                yield recording
            except sqlite3.OperationalError as error:
                self.give_up(recording)
                raise disk_error(str(error)) from error
            except BaseException:
                self.give_up(recording)
                raise
            if not recording.committed:
                self.give_up(recording)

    def give_up(self, recording: "Recording") -> None:
        """Nothing of a recording stays; after the commit point, the next command finishes it."""
        self.index.rollback()
        if recording.committed:
            self.log.close()
        else:
            self.log.abandon()


PROMISES = ("sla", "working_hours")
"""Kinds of masters by which it is worked out when something is due."""


def index_key(settings: Settings, program: str) -> str:
    """What an index is made for: a program, and the settings that decide what documents do."""
    relevant = (
        settings.name, settings.currency, settings.chart, settings.costing, settings.roles, settings.reject_warehouse,
        settings.loyalty,
    )  # fmt: skip
    return f"{program} {relevant}"


def strange_places(root: str, catalog: Catalog) -> Iterator[Problem]:
    """Links, files and folders where the book's own folders and files belong."""
    own = [f".bizcli/{name}" for name in ("redo.log", "index.db", "index.db-wal", "index.db-shm")]
    folders = [".bizcli", SCHEMAS, "journal", "journal/manual", *catalog.by_folder]
    folders += [f"journal/{name}" for name in journal.years(root)]
    for name in (*folders, *own):
        path = os.path.join(root, name)
        if os.path.islink(path):
            template = "{path} is a symbolic link: a book's folders are its own; remove the link"
            yield Problem("symbolic-link", template, {"path": name}, file=name)
        elif os.path.lexists(path) and os.path.isdir(path) == (name in own):
            template = "{path} is in the way: bizcli keeps {what} there; move it away"
            values = {"path": name, "what": "a file" if name in own else "a folder"}
            yield Problem("in-the-way", template, values, file=name)


def kind_and_key(catalog: Catalog, path: str) -> tuple[Kind, str]:
    """What a file of the book is, by its name."""
    folder, _, name = path.partition("/")
    return catalog.by_folder[folder], name.rpartition("/")[2].removesuffix(".yaml")


def differs(root: str, catalog: Catalog, index: Index, path: str) -> bool:
    """Whether a file's content is not what the index holds."""
    kind, key = kind_and_key(catalog, path)
    if own_path(kind, key) != path or os.path.islink(path):
        return True
    table, column = ("master", "code") if kind.master else ("doc", "id")
    row = index.one(f"SELECT text FROM {table} WHERE {column} = ? AND kind = ?", key, kind.name)
    try:
        with open(os.path.join(root, path), "rb") as file:
            return row is None or file.read() != row[0].encode()
    except FileNotFoundError:
        return True


def own_path(kind: Kind, key: str) -> str:
    """Where the file of a key belongs; '' for what is no key."""
    return path_of(kind, key) if kind.master or (ID.fullmatch(key) and key.startswith(f"{kind.prefix}-")) else ""


def same_code(kind: Kind, code: str, twin: str) -> Problem:
    """Two codes of a kind may not differ in case alone: on many disks their files are one."""
    template = "{code} and {twin} differ only in capital letters: a code is unique whatever its case"
    return Problem("same-code", template, {"code": code, "twin": twin}, "code", file=path_of(kind, code))


def in_order(path: str) -> tuple[str, int, str]:
    """Masters first; then documents by month, and within it orders before what follows them."""
    parts = path.split("/")
    if len(parts) == 2:
        return ("", 0, path)
    return ("/".join(parts[1:3]), ORDER.get(parts[0], 9), path)


ORDER = {
    "orders": 0, "purchases": 0, "order_changes": 1, "adjustments": 2, "receipts": 2, "transfers": 3, "deliveries": 4,
    "sales": 5, "invoices": 6, "bills": 6,
}  # fmt: skip
"""Reading what others name first saves questions; any other order gives the same books."""
