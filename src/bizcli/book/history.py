"""The story of a book, and of one document or master: who recorded it, what was changed, what followed from it.

git holds the files as they were. Two versions of a file are compared as records, field by field; where an old
one is no record of today, as the YAML that it is; where it is no YAML, line by line.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.answers import plain
from bizcli.book.commits import counted
from bizcli.kernel.errors import BizError, Damaged, Problem
from bizcli.kernel.fields import CODE, ID
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.records import coded, decode
from bizcli.store import git
from bizcli.store.yaml_reader import LIMIT, read_file

if TYPE_CHECKING:
    from bizcli.book import Book

MOST = 50  # documents of a master, where no number is asked for
MOST_LINES = 40  # of a text that is no document


class Event(NamedTuple):
    """One thing that happened to a record, or because of it."""

    date: str | None  # of effect for documents, of the commit for changes
    who: str | None
    what: str  # recorded, changed, edited (and not committed), renamed, deleted; or what a document did to it
    document: str | None = None  # the one that names it
    of: str | None = None  # what that names, where it names the record only through others
    field: str | None = None
    before: Any = None
    after: Any = None
    committed: str | None = None
    commit: str | None = None


class Story(NamedTuple):
    """What happened, the oldest first, and what cannot be told."""

    events: list[Event]
    notes: list[Problem]


class Change(NamedTuple):
    """One value that is not what it was. The path is '' where only the layout differs."""

    path: str
    before: Any
    after: Any


# The book


def of_book(
    book: "Book", kinds: Iterable[str] = (), most: int | None = None
) -> list[tuple[git.Commit, list[dict[str, Any]]]]:
    """Each commit, newest first, with what came by it in business words."""
    folders = [book.catalog.kinds[kind].folder for kind in kinds]
    found = []
    for commit in git.commits(book.root, *folders, most=most):
        states = [(state_of(step), step.path) for step in commit.steps]
        found.append((commit, counted(states, book.catalog)))
    return found


def state_of(step: git.Step) -> str:
    return "deleted" if not step.after else "changed" if any(step.before) else "new"


# One record


def of_record(book: "Book", text: str, most: int | None = None, kind: str | None = None) -> Story:
    """The story of the record that a person means. Raises `Refused` when there is none."""
    of, key, path = meant(book, text)
    notes: list[Problem] = []
    events = [*recorded_and_changed(book, of, key, path, notes), *followed(book, of, key, most, notes, kind)]
    return Story(sorted(events, key=in_time), notes)


def in_time(event: Event) -> tuple[str, int]:
    """By day; within one, as it was recorded, then what followed, then what was changed."""
    rank = 0 if event.what in BEGINNINGS else 1 if event.document else 2
    return ((event.date or "")[:10], rank) if rank < 2 else ((event.date or "9999")[:10], rank)


BEGINNINGS = ("recorded", "known_since")


def meant(book: "Book", text: str) -> tuple[Kind, str, str]:
    """Kind, key and path of a record; it may be gone, or unreadable, so that the index knows nothing of it."""
    try:
        kind, record = book.find(text)
    except BizError:
        for each, path in likely(book, text):
            if os.path.lexists(os.path.join(book.root, path)) or git.commits(book.root, path):
                return each, path.rpartition("/")[2].removesuffix(".yaml"), path
        raise
    return kind, key_of(record), path_of(kind, key_of(record))


def likely(book: "Book", text: str) -> Iterator[tuple[Kind, str]]:
    """Files that a word may name."""
    group, _, code = text.rpartition("/")
    if ID.fullmatch(text) and text[:2] in book.catalog.by_prefix:
        kind = book.catalog.by_prefix[text[:2]]
        yield kind, path_of(kind, text)
    elif CODE.fullmatch(code.upper()):
        for kind in book.catalog.kinds.values():
            if kind.master and (not group or group in (kind.name, kind.group, kind.folder)):
                yield kind, path_of(kind, code.upper())


def recorded_and_changed(book: "Book", kind: Kind, key: str, path: str, notes: list[Problem]) -> Iterator[Event]:
    """What git and the disk know of one file."""
    commits = git.commits(book.root, path, follow=True)[::-1] if git.git_folder(book.root) else []
    steps = [(commit, step) for commit in commits for step in commit.steps]
    names = {name for _, step in steps for name in (*step.before, step.after)}
    held = git.contents(book.root, names, LIMIT) if names else {}
    cut = git.cuts(book.root) if steps else set()
    last = ""
    for commit, step in steps:
        at: dict[str, Any] = {"committed": commit.date, "commit": commit.short}
        last = step.after
        if not any(step.before):
            begun = first(held.get(step.after, b""), kind, book)
            word = "known_since" if commit.hash in cut else "recorded"
            if word == "known_since":
                template = "this clone has no history before {commit}; `git fetch --unshallow` brings it"
                notes.append(Problem("shallow", template, {"commit": commit.short}, severity="warning"))
            yield Event(begun[0] or commit.date, begun[1] or commit.who, word, **at)
            continue
        if not step.after:
            yield Event(commit.date, commit.who, "deleted", **at)
            continue
        if step.path != step.path_before:
            yield Event(commit.date, commit.who, "renamed", before=step.path_before, after=step.path, **at)
        if step.after in step.before:
            continue
        of_parents = [changes(book, kind, held.get(name, b""), held.get(step.after, b"")) for name in step.before]
        for change in of_parents[0]:
            if all(change.path in {each.path for each in others} for others in of_parents[1:]):
                yield Event(commit.date, commit.who, "changed", None, None, *change, **at)
    yield from not_committed(book, kind, path, held.get(last), bool(last))


def not_committed(book: "Book", kind: Kind, path: str, before: bytes | None, known: bool) -> Iterator[Event]:
    """What the file on the disk has that git has not."""
    file = os.path.join(book.root, path)
    if os.path.islink(file) or not os.path.isfile(file):
        if known:
            yield Event(None, None, "deleted")
        return
    with open(file, "rb") as held:
        data = held.read(LIMIT + 1)
    if not known:
        day, who = first(data, kind, book)
        if day or git.git_folder(book.root):
            yield Event(day or edited(file), who, "recorded")
    elif data != before:
        for change in changes(book, kind, before or b"", data):
            yield Event(edited(file), None, "edited", None, None, *change)


def edited(file: str) -> str:
    """When a file was written last, by the clock of this machine."""
    return f"{datetime.fromtimestamp(os.stat(file).st_mtime):%Y-%m-%d %H:%M}"


def first(data: bytes, kind: Kind, book: "Book") -> tuple[str | None, str | None]:
    """The day of a document and who recorded it, as its first version says."""
    tree = read(book, kind, data)[0] or {}
    day, who = tree.get("date"), tree.get("by")
    return (day if isinstance(day, str) else None), (who if isinstance(who, str) else None)


# Two versions


def changes(book: "Book", kind: Kind, before: bytes, after: bytes) -> list[Change]:
    """What is different between two versions of a file."""
    (tree, record), (new_tree, new_record) = read(book, kind, before), read(book, kind, after)
    if tree is None or new_tree is None:
        return [*lines_changed(before, after)]
    whole = record is not None and new_record is not None
    found = [*different("", record, new_record)] if whole else [*different("", tree, new_tree)]
    return found or ([Change("", None, None)] if before != after else [])


def read(book: "Book", kind: Kind, data: bytes) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """A version of a file as a tree of texts, and as a record; None where it is none."""
    try:
        tree = read_file(data, kind.name)
    except Damaged:
        return None, None
    found: list[Problem] = []
    record = decode(book.catalog.record(kind.name), tree, "", found)
    return tree, {"kind": tree.get("kind"), **plain(record)} if record is not None else None


def different(path: str, before: Any, after: Any) -> Iterator[Change]:
    """Values that differ, each with where it stands in the new version, or stood in the old one."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                yield from different(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif of_records(before) and of_records(after):
        now = dict(numbered(after))
        was = dict(numbered(before))
        for name, (n, each) in was.items():
            if name not in now:
                yield Change(f"{path}[{n}]", each, None)
        for name, (n, each) in now.items():
            if name not in was:
                yield Change(f"{path}[{n}]", None, each)
            elif was[name][1] != each:
                yield from different(f"{path}[{n}]", was[name][1], each)
    elif before != after:
        yield Change(path, before, after)


def of_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def numbered(records: list[dict[str, Any]]) -> Iterator[tuple[Any, tuple[int, dict[str, Any]]]]:
    """Lines by their permanent number, other records by their place."""
    for n, each in enumerate(records):
        line = each.get("line")
        yield (("line", str(line)) if line is not None else ("place", n)), (n, each)


def lines_changed(before: bytes, after: bytes) -> Iterator[Change]:
    """Lines that went and came."""
    from difflib import ndiff

    was, now = (data.decode(errors="replace").splitlines()[: 20 * MOST_LINES] for data in (before, after))
    found = [line for line in ndiff(was, now) if line[:1] in "+-"]
    for line in found[:MOST_LINES]:
        text = line[2:]
        yield Change("text", text, None) if line[0] == "-" else Change("text", None, text)
    if len(found) > MOST_LINES:
        yield Change("", None, None)


# What followed


def followed(
    book: "Book", kind: Kind, key: str, most: int | None, notes: list[Problem], only: str | None
) -> Iterator[Event]:
    """The documents that name the record, in the order of the books."""
    links = naming_master(book, kind, key, most or MOST, notes) if kind.master else naming_document(book, key)
    for id, of in links:
        document: Any = book.index.document(id)
        if document is not None and (only is None or book.catalog.by_prefix[id[:2]].name == only):
            yield Event(document.day, document.by, document.verb, id, of if of != key else None)


def naming_document(book: "Book", key: str) -> list[tuple[str, str]]:
    """Documents that name a document, or one of those that do, each with what it names."""
    found: dict[str, str] = {}
    waiting = [key]
    while waiting:
        target = waiting.pop(0)
        for id in book.index.naming(target):
            if id not in found and id != key:
                found[id] = target
                waiting.append(id)
    return sorted(found.items(), key=lambda each: sort_of(book, each[0]))


def sort_of(book: "Book", id: str) -> str:
    row = book.index.one("SELECT sort FROM doc WHERE id = ?", id)
    return row[0] if row else ""


def naming_master(book: "Book", kind: Kind, code: str, most: int, notes: list[Problem]) -> list[tuple[str, str]]:
    """The newest documents that name a master."""
    query = "SELECT id FROM doc WHERE instr(text, ?) ORDER BY sort DESC, id DESC"
    found: list[tuple[str, str]] = []
    for (id,) in book.index.connection.execute(query, (code,)):
        document = book.index.document(id)
        if document is not None and any(each[:2] == (kind.name, code) for each in coded(document, {})):
            if len(found) == most:
                template = "only the newest {n} documents that name {code} are told; --limit N tells more"
                notes.append(Problem("more", template, {"n": most, "code": code}, severity="warning"))
                break
            found.append((id, code))
    return found[::-1]


def within(day: str | None, since: date | None, until: date | None) -> bool:
    """Whether a day, or a time of one, lies in a span."""
    if day is None:
        return since is None and until is None
    return (since is None or day[:10] >= since.isoformat()) and (until is None or day[:10] <= until.isoformat())
