"""Until when goods are under warranty: by serial number, or by invoice and item."""

from typing import Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.language import _
from bizcli.kernel.errors import Misused

app = typer.Typer()

Serial = Annotated[str | None, typer.Argument(metavar="SERIAL", help=_("A serial number, or a lot."))]
Invoice = Annotated[str | None, typer.Option(metavar="ID", help=_("An invoice or cash sale: from its day on."))]
Item = Annotated[str | None, typer.Option(metavar="ITEM", help=_("Only this item."))]


@app.command(cls=Ask, epilog=example("bizcli warranty L2611", "bizcli warranty --invoice SI-2611-0001 --item TSHIRT-M"))
def warranty(context: typer.Context, serial: Serial = None, invoice: Invoice = None, item: Item = None) -> Table:
    from bizcli.book.front.service import warranty as found

    if (serial is None) == (invoice is None):
        raise Misused.of("wrong-usage", "say a serial number, or --invoice with or without --item")
    return Table(found(context.obj, serial, invoice, item))
