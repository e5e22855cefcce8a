"""Commissions: rules, and what salespeople have earned by them."""

from typing import Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.groups.report import Since, Until
from bizcli.cli.language import _

app = typer.Typer()

Salesperson = Annotated[str | None, typer.Option(metavar="STAFF", help=_("Only what they earned."))]
Total = Annotated[bool, typer.Option("--total", help=_("A row for each salesperson."))]


@app.command(
    cls=Ask,
    epilog=example(
        "bizcli commission statement --from 2026-11 --salesperson li.na",
        "bizcli commission statement --from 2026-11 --total",
    ),
)
def statement(
    context: typer.Context, salesperson: Salesperson = None, from_: Since = None, to: Until = None, total: Total = False
) -> Table:
    """What earned a commission in a period: each line that was sold, paid or given back, and the rule that counts."""
    from bizcli.book.commissions import statement as earned
    from bizcli.book.commissions import totals
    from bizcli.reports.period import between

    rows = earned(context.obj, *between(from_, to), salesperson)
    if total:
        return Table(totals(rows))
    return Table(rows, totals={"commission": sum(row["commission"] for row in rows)} if rows else None)
