"""Taking an import back: its documents are voided, the masters that it made go, those that it changed are as before.

All or nothing: what others have built on it meanwhile is in the way, and is named.
"""

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.finding import find_id
from bizcli.book.intake import Intake, Recorded
from bizcli.book.streams import Given
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import ID
from bizcli.kernel.kinds import path_of
from bizcli.kernel.records import coded
from bizcli.store.recording import Recording

if TYPE_CHECKING:
    from bizcli.book import Book

MOST = 20  # hindrances that are named


class Undone(NamedTuple):
    """What was taken back."""

    id: str
    voided: list[str]  # documents
    removed: list[str]  # masters that are gone: kind/code
    restored: list[str]  # masters that are as before
    voids: list[Recorded]


def undone(book: "Book", text: str, reason: str, dry_run: bool = False) -> Undone:
    """Take an import back. Raises `Refused` naming what is in the way."""
    with book.store.record(book.today, book.user) as recording:
        id = find_id(book, text, ["IM"])
        done: Any = book.index.document(id)
        if done.continues is not None:
            id, done = done.continues, book.index.document(done.continues)
        head = book.index.head(id)
        if head is not None and head.void is not None:
            template = "{id} is taken back already, by {void}"
            raise Refused([Problem("voided-twice", template, {"id": id, "void": head.void})])
        parts = [done, *(book.index.document(each) for each in book.index.naming(id) if each.startswith("IM-"))]
        made = [each for part in parts for each in part.made]
        changed = [each for part in parts for each in part.changed]
        documents = [each for each in made if ID.fullmatch(each)]
        masters = [each for each in made if not ID.fullmatch(each)]
        ids = [part.id for part in parts]
        problems = [*still_used(book, masters), *changed_since(book, changed), *changed_later(book, masters, ids)]
        if problems:
            raise Refused(problems[:MOST])
        voids = voided(book, recording, ids, documents, reason)
        removed = [name for name in masters if remove(book, recording, name)]
        for each in changed:
            restore(book, recording, each.master, each.before)
        if not dry_run:
            recording.finish()
    return Undone(id, documents, removed, [each.master for each in changed], voids)


def voided(book: "Book", recording: Recording, imports: list[str], documents: list[str], reason: str) -> list[Recorded]:
    """Void the documents, the last first, then the import itself. Raises `Refused` where others build on them."""
    intake = Intake(book, recording, None)
    known = [(each, book.index.head(each)) for each in reversed(documents)]
    ids = [each for each, head in known if head is not None and head.void is None]
    trees = ({"kind": "void", "document": each, "reason": reason} for each in (*ids, *reversed(imports)))
    done = intake.take(Given(tree) for tree in trees)
    intake.value()
    return done


def still_used(book: "Book", masters: list[str]) -> list[Problem]:
    """Who names masters that are to go: documents, other masters, the book's settings."""
    wanted = {tuple(each.split("/", 1)) for each in masters}
    if not wanted:
        return []
    codes = {code for _, code in wanted}
    found = []
    own = {(kind, code) for kind, code in wanted}
    rows = book.index.all(
        "SELECT kind, id, text FROM doc WHERE kind <> 'intake' UNION ALL SELECT kind, code, text FROM master"
    )
    for kind, key, text in rows:
        if (kind, key) in own or codes.isdisjoint(re.findall(r"[A-Za-z0-9][A-Za-z0-9.-]*", text)):
            continue
        for of, code, _path in coded(book.index.decoded(kind, text), {}):
            if (of, code) in wanted:
                found.append(used(of, code, key))
                break
    found += [used(of, code, "book.yaml") for of, code, _ in coded(book.settings, {}) if (of, code) in wanted]
    return found


def used(kind: str, code: str, by: str) -> Problem:
    template = "{kind} {code} is named by {by}: it cannot go; correct it instead, by `bizcli edit` or another import"
    return Problem("still-used", template, {"kind": kind, "code": code, "by": by})


def changed_since(book: "Book", changed: Any) -> list[Problem]:
    """Masters that are not as the import left them."""
    found = []
    for each in changed:
        data = content(book, each.master)
        if data is None or hashlib.sha256(data).hexdigest() != each.became:
            template = "{master} was changed after this import: take back what came later first, or use `bizcli edit`"
            found.append(Problem("changed-since", template, {"master": each.master}))
    return found


def changed_later(book: "Book", masters: list[str], imports: list[str]) -> list[Problem]:
    """Masters of this import that a later one changed."""
    wanted, found = set(masters), []
    rows = book.index.all("SELECT id, text FROM doc WHERE kind = 'intake' AND void IS NULL ORDER BY id")
    for id, text in rows if wanted else ():
        for each in book.index.decoded("intake", text).changed if id not in imports else ():
            if each.master in wanted:
                template = "{master} was changed by {id}: take that back first"
                found.append(Problem("changed-since", template, {"master": each.master, "id": id}))
                break
    return found


def path_named(book: "Book", name: str) -> str:
    kind, _slash, code = name.partition("/")
    return path_of(book.catalog.named(kind), code)


def content(book: "Book", name: str) -> bytes | None:
    """The file of a master as it is; None where it is gone."""
    try:
        with open(os.path.join(book.root, path_named(book, name)), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def remove(book: "Book", recording: Recording, name: str) -> bool:
    """Let a master go; False where it is gone already."""
    data = content(book, name)
    if data is None:
        return False
    kind, _slash, code = name.partition("/")
    recording.remove_master(book.catalog.named(kind), code, data)
    return True


def restore(book: "Book", recording: Recording, name: str, text: str) -> None:
    kind, _slash, _code = name.partition("/")
    recording.change_master(book.catalog.named(kind), book.index.decoded(kind, text), text)
