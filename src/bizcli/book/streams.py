"""Documents as they are given: from files, from standard input, from a command."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from bizcli.kernel.errors import Damaged, Misused, Problem, Refused
from bizcli.store.yaml_reader import Read, locate, read_file, read_stream

if TYPE_CHECKING:
    from bizcli.book import Book


class Given(NamedTuple):
    """A document as it was given: its tree, its text, and where it came from."""

    tree: dict[str, Any]
    text: bytes = b""
    name: str = ""  # of the file or stream
    line: int = 1  # of the stream, where it begins
    path: str | None = None  # when it is a file of the book
    singly: bool = False  # a person made this one, and may edit it: its file leads editors to the schema


def given(book: "Book", names: Iterable[str]) -> Iterator[Given]:
    """The documents of files; `-` is what is typed or piped in. A file of the book is to be mended.

    Standard input is read to its end at once, so that nobody waits for a slow pipe with the book's lock.
    """
    names = list(names)
    return read_given(book, names, spooled_input() if "-" in names else None)


def read_given(book: "Book | None", names: list[str], piped: BinaryIO | None) -> Iterator[Given]:
    """The documents of files; without a book, none of them is one of its own."""
    for name in names:
        if name == "-":
            assert piped is not None
            for each in refusing(read_stream(iter(lambda: piped.read(1 << 20), b""), "-")):
                yield Given(each.tree, each.text, "-", each.line)
            continue
        path = own_path(book, name) if book is not None else None
        try:
            with open(name, "rb") as file:
                if path is not None:
                    data = file.read()
                    yield Given(read_file(data, path), data, path, 1, path)
                    continue
                for each in refusing(read_stream(iter(lambda: file.read(1 << 20), b""), name)):
                    yield Given(each.tree, each.text, name, each.line)
        except OSError as error:
            values = {"name": name, "reason": error.strerror or str(error)}
            raise Misused([Problem("no-file", "{name}: {reason}", values)]) from None


def refusing(documents: Iterator[Read]) -> Iterator[Read]:
    """The documents of a stream. What cannot be read in it is refused: the book itself is not damaged."""
    try:
        yield from documents
    except Damaged as error:
        raise Refused(error.problems) from None


def own_path(book: "Book", name: str) -> str | None:
    """A file's place in the book, when it is one of the book's own documents."""
    path = os.path.relpath(os.path.realpath(name), os.path.realpath(book.root))
    return path if path.partition("/")[0] in book.catalog.by_folder and path.endswith(".yaml") else None


def spooled_input() -> BinaryIO:
    """All of standard input, in a file that goes when it is closed."""
    import shutil
    import sys
    import tempfile

    spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it
    shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
    spool.seek(0)
    return spool


def trees(items: Iterable[dict[str, Any]]) -> Iterator[Given]:
    """Documents that a command made."""
    return (Given(item) for item in items)


def resolved(given: Given, last: dict[str, str]) -> Given:
    """A document of a command's chain, with `@kind` standing for the last one of that kind before it."""
    return given if given.text or not last else given._replace(tree=filled_in(given.tree, last))


def filled_in(tree: Any, words: dict[str, str]) -> Any:
    """A tree with words replaced wherever they are a whole value."""
    if isinstance(tree, dict):
        return {key: filled_in(value, words) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled_in(value, words) for value in tree]
    return words.get(tree, tree) if isinstance(tree, str) else tree


def located(problem: Problem, given: Given, number: int) -> Problem:
    """A problem with a document of a stream: which one, and where in the file."""
    line = column = 0
    if given.text:
        line, column = locate(given.text, problem.path)
        line += given.line - 1
    return problem._replace(document=problem.document or str(number), file=given.name, line=line, column=column)


def named(problem: Problem, numbers: dict[str, int]) -> Problem:
    """A conflict found at the end, with the number of its document when the stream has several."""
    number = numbers.get(problem.document)
    return problem._replace(document=f"{number} {problem.document}" if number and len(numbers) > 1 else "")
