"""Show a document or a master, with all that has become of it."""

from typing import Annotated

import typer

from bizcli.cli.answers import Sheet, sheet
from bizcli.cli.command import LenientAsk, example
from bizcli.cli.language import _
from bizcli.cli.portraits import Portrait

app = typer.Typer()
Key = Annotated[str, typer.Argument(metavar="ID", help=_("An id, its unique end, @ for the last, or a code."))]


@app.command(cls=LenientAsk, epilog=example("bizcli show SO-2611-0001", "bizcli show customer/C-001 --json"))
def show(context: typer.Context, id: Key) -> Sheet | Portrait:
    return sheet(context.obj, id)
