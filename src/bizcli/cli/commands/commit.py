"""Commit what is new to git, with a message in business words."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out, visible

app = typer.Typer()
Message = Annotated[str | None, typer.Option("-m", "--message", metavar="TEXT", help=_("The message, instead."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print the message as JSON; null when nothing was new."))]


@app.command(cls=Command, epilog=example("bizcli commit", 'bizcli commit -m "Monday"'))
def commit(context: typer.Context, message: Message = None, json: Json = False) -> int:
    with context.obj.open() as book:
        said = book.commit(message)
    text = _("committed: {message}").format(message=visible(said)) if said else _("everything is committed")
    print_out(json_text({"message": said or None}) if json else text + "\n")
    return 0
