"""Tell the history of the book, or the whole story of one document or master.

Of one, that is: who recorded it, each value that was changed, also what is not committed yet, and the documents
that name it, in the order of the books.
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bizcli.cli.answers import Table, flat
from bizcli.cli.changes import in_words
from bizcli.cli.command import LenientAsk, example
from bizcli.cli.errors import tell_problems
from bizcli.cli.language import _
from bizcli.cli.output import cell

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.history import Event

app = typer.Typer()
Key = Annotated[
    str | None, typer.Argument(metavar="[ID]", help=_("An id, its unique end, or a code; the book when absent."))
]
Since = Annotated[str | None, typer.Option(metavar="PERIOD", help=_("From the first day of 2026-11-24, 2026-11 …"))]
Until = Annotated[str | None, typer.Option(metavar="PERIOD", help=_("To the end of this period."))]
Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help=_("Only the newest N."))]
Kinds = Annotated[
    str | None, typer.Option("--kind", metavar="KIND", help=_("Commits with this kind; of one, documents of it."))
]
FOR_SCRIPTS = ("document", "field", "before", "after", "committed")


@app.command(
    cls=LenientAsk, epilog=example("bizcli log --since 2026-11", "bizcli log SO-2611-0001", "bizcli log customer/C-001")
)
def log(
    context: typer.Context, id: Key = None, since: Since = None, until: Until = None, limit: Limit = None,
    kind: Kinds = None,
) -> Table:  # fmt: skip
    from bizcli.book.history import within
    from bizcli.cli.commands.list import kind_named
    from bizcli.reports.period import span

    book = context.obj
    name = kind_named(book.catalog, kind) if kind else None
    first, last = span(since)[0] if since else None, span(until)[1] if until else None
    rows = of_record(book, id, limit, name) if id else of_book(book, name, None if first or last else limit)
    rows = [row for row in rows if within(row["date"], first, last)]
    if limit is not None:
        rows = rows[-limit:] if id else rows[:limit]
    return Table(rows, for_scripts=FOR_SCRIPTS if id else ())


def of_book(book: "Book", kind: str | None, most: int | None) -> list[dict[str, Any]]:
    """A row for each commit, newest first; with its message, where that says something else than what came."""
    from bizcli.book import history
    from bizcli.book.commits import spoken

    rows = []
    for commit, changes in history.of_book(book, [kind] if kind else [], most):
        words = ", ".join(in_words(each) for each in changes) or None
        message = commit.message if commit.message != ", ".join(spoken(each) for each in changes) else None
        row = {"date": commit.date, "who": commit.who, "what": words, "message": message, "commit": commit.short}
        rows.append(row)
    return rows


def of_record(book: "Book", id: str, limit: int | None, kind: str | None) -> list[dict[str, Any]]:
    """A row for each thing that happened, the oldest first."""
    from bizcli.book import history

    events, notes = history.of_record(book, id, limit, kind)
    tell_problems(notes)
    return [
        {
            "date": each.date, "who": each.who, "what": each.what, "details": details(each) or None,
            "document": each.document, "field": each.field or None, "before": text(each.before),
            "after": text(each.after), "committed": each.committed, "commit": each.commit,
        }
        for each in events
    ]  # fmt: skip


def details(event: "Event") -> str:
    """What happened, as people read it."""
    if event.document:
        return f"{event.document} ({event.of})" if event.of else event.document
    values = {"field": event.field, "before": text(event.before), "after": text(event.after)}
    if event.what == "renamed":
        return "{before} → {after}".format(**values)
    if event.field == "":
        return _("comments or layout")
    if event.field is None:
        return ""
    if event.before is None:
        return _("{field} added: {after}").format(**values)
    if event.after is None:
        return _("{field} removed: {before}").format(**values)
    return "{field}: {before} → {after}".format(**values)


def text(value: Any) -> str | None:
    """A value of a file, or a whole line of it, on one line."""
    return value if value is None or isinstance(value, str) else cell(flat(value))
