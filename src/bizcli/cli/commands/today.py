"""Tell today's business: sold and earned, waiting, overdue, running low."""

import typer

from bizcli.cli.answers import Sheet
from bizcli.cli.command import Ask, example

app = typer.Typer()


@app.command(cls=Ask, epilog=example("bizcli today", "bizcli today --output today.txt"))
def today(context: typer.Context) -> Sheet:
    from bizcli.book.today import today as figures

    return Sheet(figures(context.obj), packed=True)
