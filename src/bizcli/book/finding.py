"""Finding what a person means by a few letters: a code, an id, its end, or the last of its kind."""

import re
from typing import TYPE_CHECKING

from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import ID
from bizcli.kernel.kinds import Kind
from bizcli.kernel.records import Record, id_parts, nearest
from bizcli.store import git

if TYPE_CHECKING:
    from bizcli.book import Book


def find(book: "Book", text: str, kind: str | None = None) -> tuple[Kind, Record]:
    """The record that a person means: a code, `kind/code`, an id, its unique end, or `@` for the last.

    Raises `Refused` when there is none, or more than one.
    """
    kinds = [book.catalog.kinds[kind]] if kind else list(book.catalog.kinds.values())
    group, _, code = text.rpartition("/")
    if group:
        kinds = [each for each in book.catalog.kinds.values() if group in (each.name, each.group, each.folder)]
    found = [(each, own) for each in kinds if each.master and (own := book.index.called(each.name, code))]
    if len(found) > 1:
        values = {"code": code, "names": ", ".join(f"{each.name}/{own}" for each, own in found)}
        raise Refused([Problem("ambiguous", "{code} is several things: say one of {names}", values)])
    for each, own in found:
        master = book.index.master(each.name, own)
        assert master is not None
        return each, master
    if code == "@" and len(kinds) > 1:
        template = "@ is the last of its kind: say which kind, as in `bizcli order show @`"
        raise Refused([Problem("ambiguous", template)])
    id = find_id(book, code, [each.prefix for each in kinds if each.prefix], any(each.master for each in kinds))
    document = book.index.document(id)
    assert document is not None
    return book.catalog.by_prefix[id[:2]], document


def find_id(book: "Book", text: str, prefixes: list[str], masters: bool = False) -> str:
    """The id that a person means. Raises `Refused`."""
    if text == "@":
        own = git.site(book.root) or ""
        ids = [id for prefix in prefixes for id in ids_like(book, prefix, "%") if id_parts(id)[1] == own]
        if ids:
            return max(ids, key=lambda id: (id_parts(id)[2], int(id_parts(id)[3])))
    elif ID.fullmatch(text):
        if book.index.head(text) is not None and text[:2] in prefixes:
            return text
    elif text:
        ids = [id for prefix in prefixes for id in ids_like(book, prefix, "%" + text)]
        if len(ids) == 1:
            return ids[0]
        if len(ids) > 1:
            values = {"text": text, "ids": ", ".join(ids[:5])}
            raise Refused([Problem("ambiguous", "{text} is the end of several ids: {ids}", values)])
    near = nearest_key(book, text, prefixes, masters)
    template = "there is no {text}; the nearest is {nearest}" if near else "there is no {text}"
    raise Refused([Problem("not-found", template, {"text": text, "nearest": near})])


def ids_like(book: "Book", prefix: str, pattern: str) -> list[str]:
    query = "SELECT id FROM doc WHERE id >= ? AND id < ? AND id LIKE ? ESCAPE '!' ORDER BY id"
    like = pattern if pattern == "%" else "%" + re.sub(r"([!%_])", r"!\1", pattern[1:])
    return [row[0] for row in book.index.all(query, prefix + "-", prefix + ".", like)]


def nearest_id(book: "Book", id: str) -> str:
    """The id most like one that no document has, of its own kind; '' where that has none."""
    prefixes = [id[:2]] if id[:2] in book.catalog.by_prefix else list(book.catalog.by_prefix)
    return nearest_key(book, id, prefixes)


def nearest_key(book: "Book", text: str, prefixes: list[str], masters: bool = False) -> str:
    """The code or id most like a wrong one; codes only where one could be meant."""
    known = [row[0] for row in book.index.all("SELECT code FROM master LIMIT 5000")] if masters else []
    for prefix in prefixes:
        known += [row[0] for row in book.index.all(
            "SELECT id FROM doc WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 500", prefix + "-", prefix + ".",
        )]  # fmt: skip
    found = nearest(text.upper(), known)
    return "" if found == "(none)" else found
