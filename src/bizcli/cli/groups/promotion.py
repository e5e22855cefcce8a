"""Promotions: what is taken off prices, for whom, and what it brought."""

from typing import Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.groups.report import Since, Until
from bizcli.cli.language import _
from bizcli.cli.session import day_of

app = typer.Typer()

Promotion = Annotated[str | None, typer.Option("--promotion", metavar="PROMOTION", help=_("Only this one."))]
Documents = Annotated[bool, typer.Option("--documents", help=_("A row for each document."))]
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("Code of the customer."))]
OnDay = Annotated[str | None, typer.Option("--date", metavar="DATE", help=_("On this day; today when absent."))]


@app.command(
    cls=Ask,
    epilog=example(
        "bizcli promotion results --from 2026-11", "bizcli promotion results --promotion SPRING --documents"
    ),
)
def results(
    context: typer.Context,
    promotion: Promotion = None,
    from_: Since = None,
    to: Until = None,
    documents: Documents = False,
) -> Table:
    """What each promotion took off, and what the lines brought that have it, without tax; what came back is taken off."""
    from bizcli.book.front import promoted
    from bizcli.reports.period import between

    since, until = between(from_, to)
    find = promoted.documents if documents else promoted.results
    return Table(find(context.obj, since, until, promotion))


@app.command("for", cls=Ask, epilog=example("bizcli promotion for C-001"))
def offers(context: typer.Context, customer: Customer, date: OnDay = None) -> Table:
    """Which promotions a customer has, and why: by a tag, a group, a coupon, or as all have them."""
    from bizcli.book.front.offers import offered

    book = context.obj
    _kind, found = book.find(customer, "customer")
    return Table(offered(book, found, day_of(date, "--date") if date else book.today))
