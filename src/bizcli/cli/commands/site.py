"""Say or set the site that this clone of the book numbers for."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out

app = typer.Typer()
Code = Annotated[str | None, typer.Argument(metavar="[CODE]", help=_("A letter and up to 7 letters or digits."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print the site as JSON."))]


@app.command(cls=Command, epilog=example("bizcli site", "bizcli site SZ"))
def site(context: typer.Context, code: Code = None, json: Json = False) -> int:
    with context.obj.open() as book:
        if code is not None:
            book.set_site(code)
        found = book.site()
    words = {None: _("this clone has no site yet and numbers nothing"), "": _("the first clone: numbers have no site")}
    print_out(json_text({"site": found}) if json else words.get(found, found or "") + "\n")
    return 0
