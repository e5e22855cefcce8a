"""Suppliers: on one page what they bring, how punctually, at what prices, and what we owe."""

from typing import Annotated

import typer

from bizcli.cli.command import LenientAsk, example
from bizcli.cli.language import _
from bizcli.cli.portraits import Portrait, named

app = typer.Typer()

Code = Annotated[str, typer.Argument(metavar="SUPPLIER", help=_("Code of the supplier."))]


@app.command(cls=LenientAsk, epilog=example("bizcli supplier show S-001", "bizcli supplier show S-001 --json"))
def show(context: typer.Context, supplier: Code) -> Portrait:
    """A supplier on one page: orders, punctuality, rejects, payments, and how prices went."""
    return named(context.obj, "supplier", supplier)
