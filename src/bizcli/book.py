"""Documents in, books out: the whole program on one screen.

`open_book` finds a book; `Book.apply` records a stream of documents in one transaction: decode,
complete, number, compile, write. Everything else that a command does is a question to the index.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib import import_module
from typing import Any, NamedTuple

from bizcli import __version__
from bizcli.kernel.compile import Compilation
from bizcli.kernel.errors import BizError, Damaged, Misused, Problem, Refused
from bizcli.kernel.fields import CODE, ID
from bizcli.kernel.kinds import Catalog, Kind, key_of, path_of
from bizcli.kernel.records import (
    Document,
    Record,
    decode,
    id_parts,
    nearest,
    replaced,
    schema_of,
    unfilled,
)
from bizcli.kernel.rules import Settings
from bizcli.store import git
from bizcli.store.store import PATIENCE, Recording, Store
from bizcli.store.yaml_reader import locate, read_file

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_PROBLEMS = 50


class Given(NamedTuple):
    """A document as it was given: its tree, its text, and where it came from."""

    tree: dict[str, Any]
    text: bytes = b""
    name: str = ""  # of the file or stream
    line: int = 1  # of the stream, where it begins
    path: str | None = None  # when it is a file of the book


class Recorded(NamedTuple):
    """What became of a document."""

    kind: str
    key: str
    path: str
    status: str  # recorded | unchanged


def make_catalog() -> Catalog:
    """Read the folders of `domains` as text: every file whose record says a folder is a kind."""
    kinds = []
    base = os.path.join(HERE, "domains")
    for area in sorted(os.listdir(base)):
        folder = os.path.join(base, area)
        if area.startswith("_") or not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".py") or name.startswith("_"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            said = dict(re.findall(r'^    (folder|group|prefix) = "([^"]*)"', text, re.MULTILINE))
            if "folder" in said:
                kind = name.removesuffix(".py")
                help = text[3:].partition("\n")[0].strip('"').strip()
                module = f"bizcli.domains.{area}.{kind}"
                kinds.append(Kind(kind, module, said["folder"], said["group"], said.get("prefix", ""), help))
    return Catalog(kinds, load_record)


def load_record(kind: Kind) -> type[Record]:
    """Import the record class of a kind: sales_order -> SalesOrder."""
    name = kind.name.title().replace("_", "")
    found: type[Record] = getattr(import_module(kind.module), name)
    return found


def find_book(start: str) -> str:
    """The nearest folder upwards that holds `book.yaml`. Raises `Misused`."""
    folder = os.path.abspath(start)
    while not os.path.isfile(os.path.join(folder, "book.yaml")):
        parent = os.path.dirname(folder)
        if parent == folder:
            template = "there is no book in {folder} or above it: `bizcli init DIR` makes one, -C DIR names one"
            raise Misused([Problem("no-book", template, {"folder": os.path.abspath(start)})])
        folder = parent
    return folder


def read_settings(root: str) -> Settings:
    """`book.yaml`. Raises `Damaged` with what is wrong in it."""
    with open(os.path.join(root, "book.yaml"), "rb") as file:
        data = file.read()
    problems: list[Problem] = []
    tree = read_file(data, "book.yaml")
    settings = decode(Settings, tree, "", problems)
    if settings is not None and settings.chart not in charts():
        values = {"chart": settings.chart, "nearest": nearest(settings.chart, charts())}
        template = "there is no chart {chart}; the nearest is {nearest}"
        problems.append(Problem("unknown-word", template, values, "chart"))
    if settings is None or problems:
        raise Damaged(each.at("book.yaml", *locate(data, each.path)) for each in problems)
    return settings


def charts() -> list[str]:
    """Names of the charts of accounts that bizcli brings."""
    names = os.listdir(os.path.join(HERE, "data", "charts"))
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def read_chart(name: str) -> dict[str, Any]:
    with open(os.path.join(HERE, "data", "charts", f"{name}.yaml"), "rb") as file:
        return read_file(file.read(), name)


class Book:
    """An open book."""

    def __init__(self, root: str, today: date, user: str | None) -> None:
        self.root, self.today = root, today
        self.user = user
        self.catalog = make_catalog()
        self.settings = read_settings(root)
        self.store = Store(root, self.catalog, self.settings, read_chart(self.settings.chart), __version__)
        self.index = self.store.index
        self.rules = self.store.rules

    def close(self) -> None:
        self.store.close()

    def view(self) -> Compilation:
        """The book as documents see it while they are completed."""
        return Compilation(self.index, self.rules, self.today, self.user)

    # Reading

    def read(self, full: bool = False) -> None:
        """Bring the index up to date. Raises `Damaged` when files of the book cannot be read."""
        self.store.up_to_date(full)
        broken = self.index.broken()
        if broken:
            raise Damaged(broken)

    def find(self, text: str, kind: str | None = None) -> tuple[Kind, Record]:
        """The record that a person means: a code, `kind/code`, an id, its unique end, or `@` for the last.

        Raises `Refused` when there is none, or more than one.
        """
        kinds = [self.catalog.kinds[kind]] if kind else list(self.catalog.kinds.values())
        group, _, code = text.rpartition("/")
        if group:
            kinds = [each for each in self.catalog.kinds.values() if group in (each.name, each.group, each.folder)]
        for each in kinds:
            if each.master and CODE.fullmatch(code.upper()) and (found := self.index.master(each.name, code.upper())):
                others = [k for k in kinds if k.master and self.index.master(k.name, code.upper())]
                if len(others) > 1:
                    values = {"code": code, "names": ", ".join(f"{k.name}/{code.upper()}" for k in others)}
                    raise Refused([Problem("ambiguous", "{code} is several things: say one of {names}", values)])
                return each, found
        id = self.find_id(text, [each.prefix for each in kinds if each.prefix])
        document = self.index.document(id)
        assert document is not None
        return self.catalog.by_prefix[id[:2]], document

    def find_id(self, text: str, prefixes: list[str]) -> str:
        """The id that a person means. Raises `Refused`."""
        if text == "@":
            own = git.site(self.root) or ""
            ids = [id for prefix in prefixes for id in self.ids_like(prefix, "%") if id_parts(id)[1] == own]
            if ids:
                return max(ids, key=lambda id: (id_parts(id)[2], int(id_parts(id)[3])))
        elif ID.fullmatch(text):
            if self.index.head(text) is not None and text[:2] in prefixes:
                return text
        elif text:
            ids = [id for prefix in prefixes for id in self.ids_like(prefix, "%" + text)]
            if len(ids) == 1:
                return ids[0]
            if len(ids) > 1:
                values = {"text": text, "ids": ", ".join(ids[:5])}
                raise Refused([Problem("ambiguous", "{text} is the end of several ids: {ids}", values)])
        near = self.nearest_key(text, prefixes)
        template = "there is no {text}; the nearest is {nearest}" if near else "there is no {text}"
        raise Refused([Problem("not-found", template, {"text": text, "nearest": near})])

    def ids_like(self, prefix: str, pattern: str) -> list[str]:
        query = "SELECT id FROM doc WHERE id >= ? AND id < ? AND id LIKE ? ESCAPE '!' ORDER BY id"
        like = pattern if pattern == "%" else "%" + re.sub(r"([!%_])", r"!\1", pattern[1:])
        return [row[0] for row in self.index.all(query, prefix + "-", prefix + ".", like)]

    def nearest_key(self, text: str, prefixes: list[str]) -> str:
        known = [row[0] for row in self.index.all("SELECT code FROM master LIMIT 5000")]
        for prefix in prefixes:
            known += [row[0] for row in self.index.all(
                "SELECT id FROM doc WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 500", prefix + "-", prefix + ".",
            )]  # fmt: skip
        found = nearest(text.upper(), known)
        return "" if found == "(none)" else found

    # Recording

    def apply(
        self,
        stream: Iterable[Given],
        *,
        dry_run: Callable[["Recording", list[Recorded]], None] | None = None,
        day: date | None = None,
        patience: float = PATIENCE,
        progress: Callable[[int], None] | None = None,
        mending: Iterable[str] = (),
    ) -> list[Recorded]:
        """Record a stream of documents in one transaction: all or nothing.

        `dry_run` is shown the recording once everything is worked out, and nothing is written. Raises
        `Refused` naming each document at fault.
        """
        done: list[Recorded] = []
        numbers: dict[str, int] = {}
        problems: list[Problem] = []
        with self.store.record(self.today, self.user, patience, set(mending)) as recording:
            site = git.site(self.root)
            for n, given in enumerate(stream, 1):
                try:
                    recorded = self.enter(recording, given, site, day)
                    numbers.setdefault(recorded.key, n)
                    done.append(recorded)
                except BizError as error:
                    problems += [located(each, given, n) for each in error.problems]
                    if len(problems) >= MOST_PROBLEMS:
                        break
                if progress is not None and n % 200 == 0:
                    progress(n)
            if problems:
                raise Refused(problems)
            try:
                recording.value()
            except Refused as refused:
                raise Refused(named(each, numbers) for each in refused.problems) from None
            if dry_run is not None:
                dry_run(recording, done)
            elif any(each.status == "recorded" for each in done):
                recording.finish()
        return done

    def enter(self, recording: Recording, given: Given, site: str | None, day: date | None) -> Recorded:
        """Complete, number and enter one document. Raises `Refused`."""
        kind = self.catalog.named(given.tree.get("kind"))
        problems: list[Problem] = []
        record = decode(self.catalog.record(kind.name), given.tree, "", problems)
        if record is None:
            raise Refused(problems)
        view = recording.view
        known = self.known(view, kind, record)
        if known is not None:
            return self.unchanged(kind, record, known, given.tree)
        if isinstance(record, Document):
            record = self.dated(record, kind, day)
        record = record.complete(view)
        if isinstance(record, Document) and record.id is None:
            record = replaced(record, id=self.next_id(view, kind, record.date, site))
        problems = [*unfilled(record)] or [*record.problems()]
        if problems:
            raise Refused(problems)
        replacing = (given.path, given.text) if given.path else None
        path = recording.put(kind, record, replacing)
        return Recorded(kind.name, key_of(record), path, "recorded")

    def known(self, view: Compilation, kind: Kind, record: Any) -> Any:
        """What the book holds already under the same code, id or reference."""
        if kind.master:
            return view.master(kind.name, record.code)
        if record.id is not None:
            if not record.id.startswith(kind.prefix + "-"):
                values = {"prefix": kind.prefix, "id": record.id}
                raise Refused([Problem("wrong-prefix", "ids of this kind begin with {prefix}-: {id}", values, "id")])
            if view.head(record.id) is not None:
                return view.document(record.id)
        if record.ref is not None:
            other = view.ref(kind.name, record.ref)
            if other is not None:
                return view.document(other)
        return None

    def unchanged(self, kind: Kind, record: Any, known: Any, tree: dict[str, Any]) -> Recorded:
        """The same content again is a no-op; other content an error."""
        different = differences(record, known, tree)
        key = key_of(known)
        if different:
            template = "{key} is there already and differs in {keys}"
            if kind.master:
                template += "; edit {path}"
            values = {"key": key, "keys": ", ".join(different), "path": path_of(kind, key)}
            raise Refused([Problem("already-there", template, values, different[0])])
        return Recorded(kind.name, key, path_of(kind, key), "unchanged")

    def dated(self, record: Document, kind: Kind, day: date | None) -> Document:
        """The day of effect, and who recorded it, where the document does not say."""
        when = record.date or day
        if when is None and kind.name == "void":
            head = self.index.head(record.document)  # type: ignore[attr-defined]
            when = date.fromisoformat(head.day) if head else None
        changes: dict[str, Any] = {}
        if record.date is None:
            changes["date"] = when or self.today
        if record.by is None and self.user:
            changes["by"] = self.user
        return replaced(record, **changes) if changes else record

    def next_id(self, view: Compilation, kind: Kind, day: date, site: str | None) -> str:
        """The next number of a kind, site and month. Raises `Refused` in a clone without a site."""
        if site is None:
            template = "this is a clone of the book and numbers nothing yet: give it a site with `bizcli site SZ`"
            raise Refused([Problem("no-site", template)])
        series = f"{kind.prefix}-{site + '-' if site else ''}{day.year % 100:02d}{day.month:02d}"
        return f"{series}-{view.last_number(series) + 1:04d}"


def located(problem: Problem, given: Given, number: int) -> Problem:
    """A problem with a document of a stream: which one, and where in the file."""
    line = column = 0
    if given.text:
        line, column = locate(given.text, problem.path)
        line += given.line - 1
    return problem._replace(document=problem.document or str(number), file=given.name, line=line, column=column)


def named(problem: Problem, numbers: dict[str, int]) -> Problem:
    """A conflict found at the end, with the number of its document in the stream."""
    number = numbers.get(problem.document)
    return problem._replace(document=f"{number} {problem.document}") if number else problem


def differences(given: Record, known: Record, tree: dict[str, Any]) -> list[str]:
    """The keys that were given and differ from what is known."""
    found = []
    by_name = schema_of(type(given)).by_name
    for key, value in tree.items():
        info = by_name.get(key)
        if info is None or value is None:
            continue
        new, old = getattr(given, info.attribute), getattr(known, info.attribute)
        if info.record is None:
            if new != old:
                found.append(key)
        elif len(new) != len(old or ()):
            found.append(key)
        elif any(differences(a, b, each) for a, b, each in zip(new, old, value, strict=True)):
            found.append(key)
    return found


def open_book(start: str, today: date, user: str | None = None) -> Book:
    """The book in a folder or above it."""
    root = find_book(start)
    return Book(root, today, user or git.user(root))


def trees(items: Iterable[dict[str, Any]]) -> Iterator[Given]:
    """Documents that a command made."""
    return (Given(item) for item in items)
