"""Record the documents of files or of standard input in one transaction: all or nothing."""

from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out
from bizcli.cli.progress import counting
from bizcli.cli.recording import Effects, commit_each
from bizcli.cli.session import day_of

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.intake import Recorded

app = typer.Typer()
NAMED = 20  # documents that are named one by one

Files = Annotated[list[str], typer.Argument(metavar="FILE…", help=_("Of YAML or JSON lines; - is standard input."))]
Day = Annotated[str | None, typer.Option("--date", metavar="DATE", help=_("The day of documents that say none."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Show what goods and money would do; write nothing."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print kind, id or code, path and status of each document."))]


@app.command(cls=Command, epilog=example("bizcli apply orders.yaml", "bizcli apply - --json < orders.yaml"))
def apply(context: typer.Context, files: Files, date: Day = None, dry_run: DryRun = False, json: Json = False) -> int:
    from bizcli.book.streams import given, own_path

    with context.obj.open() as book:
        effects = Effects(book, json)
        own = [path for name in files if name != "-" and (path := own_path(book, name))]
        with counting(_("documents")) as progress:
            done = book.apply(
                given(book, files), dry_run=effects if dry_run else None, mending=own, progress=progress,
                day=day_of(date, "--date") if date else None,
            )  # fmt: skip
        if dry_run:
            print_out(effects.text)
            tell(_("nothing was written (--dry-run)"))
            return 0
        commit_each(book, done)
        print_out(json_text([result(book, each) for each in done]) if json else summary(done))
    return 0


def result(book: "Book", recorded: "Recorded") -> dict[str, str]:
    key = "code" if book.catalog.kinds[recorded.kind].master else "id"
    return {"kind": recorded.kind, key: recorded.key, "path": recorded.path, "status": recorded.status}


def summary(done: "list[Recorded]") -> str:
    """Each of a few documents, the number of many."""
    if not done:
        return _("no documents") + "\n"
    lines = [f"{_(each.status)}: {each.path}" for each in done] if len(done) <= NAMED else []
    new = sum(each.status == "recorded" for each in done)
    text = _("{n} documents recorded").format(n=f"{new:,}")
    if new < len(done):
        text += _(", {n} were there already").format(n=f"{len(done) - new:,}")
    return "\n".join([*lines, text]) + "\n"
