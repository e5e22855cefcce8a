"""Write the whole book as one stream of YAML that `import` makes a book of."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _

app = typer.Typer()
Output = Annotated[str | None, typer.Option("--output", metavar="FILE", help=_("Write to a file instead."))]


@app.command(cls=Command, epilog=example("bizcli export > shop.yaml", "bizcli export --output shop.yaml"))
def export(context: typer.Context, output: Output = None) -> int:
    from bizcli.book.sheets.exchange import exported
    from bizcli.cli.output import emit, print_out

    with context.obj.open() as book:
        book.read()
        if output is not None:
            emit(b"".join(exported(book)), output)
            return 0
        for part in exported(book):
            print_out(part.decode())
    return 0
