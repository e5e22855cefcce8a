"""Customers: on one page what they buy, owe, earn us and may want next."""

from typing import Annotated

import typer

from bizcli.cli.command import LenientAsk, example
from bizcli.cli.language import _
from bizcli.cli.portraits import Portrait, named

app = typer.Typer()

Code = Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("Code of the customer."))]


@app.command(cls=LenientAsk, epilog=example("bizcli customer show C-001", "bizcli customer show C-001 --json"))
def show(context: typer.Context, customer: Code) -> Portrait:
    """A customer on one page: orders, payments, margin, RFM, rhythm and risk, favourite items, and what to offer."""
    return named(context.obj, "customer", customer)
