"""Make a new book of a stream that `export` wrote: the same documents, the same journal."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out, visible

app = typer.Typer()
Folder = Annotated[str, typer.Argument(metavar="DIR", help=_("A folder that is new or empty."))]
Source = Annotated[str, typer.Option("--from", metavar="FILE", help=_("The stream; standard input when absent."))]
NoGit = Annotated[bool, typer.Option("--no-git", help=_("Do not make it a git repository."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print folder and number of documents as JSON."))]


@app.command(cls=Command, epilog=example("bizcli import shop < shop.yaml", "bizcli import shop --from shop.yaml"))
def import_(
    context: typer.Context, folder: Folder, source: Source = "-", no_git: NoGit = False, json: Json = False
) -> int:
    from bizcli.book.catalog import make_catalog
    from bizcli.book.exchange import imported
    from bizcli.book.streams import read_given, spooled_input

    stream = read_given(None, [source], spooled_input() if source == "-" else None)
    count = imported(folder, stream, make_catalog(), not no_git)
    text = _("a book of {n} documents in {folder}").format(n=f"{count:,}", folder=visible(folder))
    print_out(json_text({"folder": folder, "documents": count}) if json else text + "\n")
    return 0
