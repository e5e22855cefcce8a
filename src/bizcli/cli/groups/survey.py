"""Surveys: who is asked how satisfied they are, and what they answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, example
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.new import New
from bizcli.cli.session import Day, Dry, day_given, day_of

if TYPE_CHECKING:
    from bizcli.book import Book

app = typer.Typer()

Since = Annotated[
    str, typer.Option("--since", metavar="DATE", help=_("Deliveries and tickets that ended from this day on."))
]
After = Annotated[int, typer.Option(metavar="DAYS", min=0, help=_("How long they are left in peace after that."))]
Pause = Annotated[int, typer.Option(metavar="DAYS", min=0, help=_("Not those who were asked within so many days."))]
Asked = Annotated[bool, typer.Option("--ask", help=_("Note that they are asked: each gets a survey of their own."))]
File = Annotated[
    str, typer.Argument(metavar="FILE", help=_("The list with their answers: CSV or XLSX; - is standard input."))
]


@app.command(
    "out", cls=Ask,
    epilog=example("bizcli survey out --since 2026-11-01", "bizcli survey out --since 2026-11-01 --ask --output list.csv"),
)  # fmt: skip
def out(
    context: typer.Context, since: Since, after: After = 3, pause: Pause = 30, ask: Asked = False, date: Day = None,
    dry_run: Dry = False,
) -> Table:  # fmt: skip
    """Who is to be asked how satisfied they are, after a delivery or when a ticket was settled."""
    from bizcli.book.front.surveying import TO_FILL_IN, asking, to_ask
    from bizcli.cli.recording import proposed

    book: Book = context.obj
    day = day_given(date, dry_run, ask, "--ask")
    rows = to_ask(book, day_of(since, "--since"), after, pause)
    ids = [None] * len(rows)
    if ask and rows:
        ids = [each["id"] for each in proposed(book, asking(rows), day, dry_run).rows]
    empty = dict.fromkeys(TO_FILL_IN)
    return Table(
        [{"survey": id, **row, **empty} for id, row in zip(ids, rows, strict=True)],
        to_fill_in=TO_FILL_IN if ask else (),
    )


@app.command("in", cls=Ask, epilog=example("bizcli survey in answers.csv", "bizcli survey in answers.csv --dry-run"))
def in_(context: typer.Context, file: File, date: Day = None, dry_run: Dry = False) -> Said:
    """Read the answers in: the same sheet again changes nothing."""
    from bizcli.book.front.surveying import answers
    from bizcli.cli.recording import proposed

    book: Book = context.obj
    found = answers(book, file)
    done = proposed(book, found, day_given(date, dry_run, True, ""), dry_run)
    new = sum(row["status"] == "recorded" for row in done.rows)
    if found:
        tell(_("{n} answers, {known} of them known already").format(n=len(found), known=len(found) - new))
    return done


COMMANDS = {
    "new": New(
        "survey", _("Note that a customer is asked how satisfied they are, or what they answered."),
        ("bizcli survey new --about TK-2611-0001", "bizcli survey new --customer C-001 --csat 5 --nps 9"),
    ),
}  # fmt: skip
