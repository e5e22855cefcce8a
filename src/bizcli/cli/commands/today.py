"""Tell today's business: sold and earned, waiting, overdue, running low; or what one of us has to see to."""

from typing import Annotated

import typer

from bizcli.cli.answers import Sheet
from bizcli.cli.command import Ask, example
from bizcli.cli.language import _

app = typer.Typer()
For = Annotated[
    str | None,
    typer.Option("--for", metavar="me|STAFF", help=_("The day of one of us: a code, a name, a mail address, or me.")),
]


@app.command(cls=Ask, epilog=example("bizcli today", "bizcli today --for me", "bizcli today --output today.txt"))
def today(context: typer.Context, person: For = None) -> Sheet:
    if person is not None:
        from bizcli.book.front.my_day import my_day
        from bizcli.book.front.people import person as found

        return Sheet(my_day(context.obj, found(context.obj, person)), packed=True)
    from bizcli.book.today import today as figures

    return Sheet(figures(context.obj), packed=True)
