"""Compile index and journal anew from all documents."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out
from bizcli.cli.progress import counting

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help=_("Print the number of documents as JSON."))]


@app.command(cls=Command, epilog=example("bizcli build"))
def build(context: typer.Context, json: Json = False) -> int:
    from bizcli.book.schema import BOOK
    from bizcli.cli.recording import keep_schemas

    with context.obj.open() as book:
        with counting(_("documents")) as progress:
            count = book.build(progress)
        keep_schemas(book, [*book.catalog.kinds, BOOK])
        text = _("{n} documents compiled").format(n=f"{count:,}") + "\n"
        print_out(json_text({"documents": count}) if json else text)
    return 0
