"""The loyalty points of customers: earned, spent, left."""

from typing import Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.language import _

app = typer.Typer()

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("Code of the customer."))]


@app.command("list", cls=Ask, epilog=example("bizcli loyalty list"))
def listed(context: typer.Context) -> Table:
    """Every customer who has points, and what they are worth."""
    from bizcli.book.front.offers import balances

    return Table(balances(context.obj))


@app.command(cls=Ask, epilog=example("bizcli loyalty show C-001"))
def show(context: typer.Context, customer: Customer) -> Table:
    """What gave a customer points or took them, document by document."""
    from bizcli.book.front.offers import history

    book = context.obj
    _kind, found = book.find(customer, "customer")
    return Table(history(book, found.key))
