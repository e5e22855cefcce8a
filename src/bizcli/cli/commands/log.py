"""Tell the history of the book, or of one document."""

from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import LenientAsk, example
from bizcli.cli.language import _
from bizcli.kernel.kinds import key_of, path_of

if TYPE_CHECKING:
    from bizcli.book import Book

app = typer.Typer()
FORMAT = "%h%x00%ad%x00%an%x00%s"
Key = Annotated[str | None, typer.Argument(metavar="[ID]", help=_("A document or a master; the book when absent."))]


@app.command(cls=LenientAsk, epilog=example("bizcli log", "bizcli log SO-2611-0001"))
def log(context: typer.Context, id: Key = None) -> Table:
    return Table(commits(context.obj, files_of(context.obj, id) if id else []))


def files_of(book: "Book", text: str) -> list[str]:
    """The file of a record, and those of the documents that name it."""
    kind, record = book.find(text)
    if kind.master:
        return [path_of(kind, key_of(record))]
    ids = [key_of(record), *book.index.naming(key_of(record))]
    return [path_of(book.catalog.by_prefix[id[:2]], id) for id in ids]


def commits(book: "Book", files: list[str]) -> list[dict[str, str]]:
    from bizcli.store import git

    if not git.head(book.root):
        return []
    said = git.run(book.root, "log", f"--format={FORMAT}", "--date=format:%Y-%m-%d %H:%M", "--", *files)
    return [dict(zip(("commit", "date", "who", "what"), line.split("\0"), strict=True)) for line in said.splitlines()]
