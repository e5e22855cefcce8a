"""A whole book as one stream of YAML: out of a book, and into a new one that is the same to the byte.

First `book.yaml` as a document of kind `book`; masters by kind and code; documents in the order of the
books; then what people wrote beside them, hand entries and reports, as documents of kind `file`.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from bizcli.book.founding import founded
from bizcli.kernel.errors import BizError, Problem, Refused
from bizcli.kernel.kinds import Catalog, path_of
from bizcli.store import git
from bizcli.store.store import own_path
from bizcli.store.yaml_scalar import scalar

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.streams import Given

BESIDE = re.compile(r"(journal/manual/[A-Za-z0-9][A-Za-z0-9._-]*\.bean|reports/[a-z0-9-]+\.sql)")


def exported(book: "Book") -> Iterator[bytes]:
    """The stream, document by document."""
    with open(os.path.join(book.root, "book.yaml"), "rb") as file:
        yield b"kind: book\n" + ended(file.read())
    masters = book.index.all("SELECT kind, code FROM master ORDER BY kind, code")
    documents = book.index.all("SELECT kind, id FROM doc ORDER BY sort, id")
    for kind, key in (*masters, *documents):
        with open(os.path.join(book.root, path_of(book.catalog.kinds[kind], key)), "rb") as file:
            yield b"---\n" + ended(file.read().removeprefix(b"---\n"))
    for path in beside(book.root):
        with open(os.path.join(book.root, path), encoding="utf-8") as text:
            yield f"---\nkind: file\npath: {path}\ntext: {scalar(text.read())}\n".encode()


def ended(data: bytes) -> bytes:
    return data if data.endswith(b"\n") else data + b"\n"


def beside(root: str) -> list[str]:
    """Files of a book that people wrote beside its documents."""
    found = []
    for folder in ("journal/manual", "reports"):
        path = os.path.join(root, folder)
        names = sorted(os.listdir(path)) if os.path.isdir(path) and not os.path.islink(path) else []
        found += [f"{folder}/{name}" for name in names if BESIDE.fullmatch(f"{folder}/{name}")]
    return found


def imported(path: str, stream: Iterable["Given"], catalog: Catalog, use_git: bool) -> int:
    """Make a book of a stream; how many documents it has. All or nothing.

    Raises `Refused` where there is something already, or the stream is none that `export` wrote.
    """
    from bizcli.book import Book

    root = os.path.abspath(path)
    if os.path.lexists(root) and (not os.path.isdir(root) or os.listdir(root)):
        raise Refused([Problem("not-empty", "{path} is there and not empty", {"path": path})])
    work = f"{root}.new-{os.getpid()}"
    try:
        count = placed(work, stream, catalog)
        if use_git:
            git.init(work)
            git.set_site(work, "-")
        book = Book(work, date.today(), None)
        try:
            book.build()
            broken = book.index.broken()
        finally:
            book.close()
        if broken:
            raise Refused(broken)
        if use_git:
            git.commit(work, "An imported book")
        if os.path.isdir(root):
            os.rmdir(root)
        os.rename(work, root)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return count


def placed(root: str, stream: Iterable["Given"], catalog: Catalog) -> int:
    """Put each document of a stream where it belongs. Raises `Refused` naming the one that has no place."""
    count = 0
    for n, given in enumerate(stream, 1):
        kind = given.tree.get("kind")
        if (kind == "book") != (n == 1):
            template = "the stream of a book begins with its settings, as `bizcli export` writes them"
            raise Refused([wrong(given, n, template)])
        if kind == "book":
            founded(root, given.text.removeprefix(b"kind: book\n"))
        elif kind == "file":
            name, text = given.tree.get("path"), given.tree.get("text")
            if not isinstance(name, str) or not BESIDE.fullmatch(name) or not isinstance(text, str):
                raise Refused([wrong(given, n, "a file is one of journal/manual/*.bean or reports/*.sql")])
            put(root, name, text.encode())
        else:
            try:
                found = catalog.named(kind)
            except BizError as error:
                raise Refused(each._replace(document=str(n)) for each in error.problems) from None
            key = given.tree.get("code" if found.master else "id")
            where = own_path(found, key) if isinstance(key, str) and not re.search(r"[/\\\0]|\.\.", key) else ""
            if not where:
                raise Refused([wrong(given, n, "this document has no code or id of its kind")])
            put(root, where, given.text)
            count += 1
    if not os.path.isdir(root):
        raise Refused([Problem("no-book", "the stream is empty: it is written by `bizcli export`")])
    return count


def wrong(given: "Given", number: int, template: str) -> Problem:
    return Problem("wrong-stream", template, {}, document=str(number), file=given.name, line=given.line, column=1)


def put(root: str, path: str, data: bytes) -> None:
    """Write a file that must not be there yet."""
    final = os.path.join(root, path)
    os.makedirs(os.path.dirname(final), exist_ok=True)
    try:
        with open(final, "xb") as file:
            file.write(data)
    except FileExistsError:
        raise Refused([Problem("twice", "{path} comes twice in the stream", {"path": path})]) from None
