"""Commissions: rules, and what salespeople have earned by them."""

from typing import Annotated

import typer

from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, example
from bizcli.cli.errors import tell
from bizcli.cli.groups.report import Since, Until
from bizcli.cli.language import _
from bizcli.cli.session import Day, Dry, day_of
from bizcli.kernel.errors import Misused

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
    from bizcli.book.front.commissions import statement as earned
    from bizcli.book.front.commissions import totals
    from bizcli.reports.period import between

    rows = earned(context.obj, *between(from_, to), salesperson)
    if total:
        return Table(totals(rows))
    return Table(
        rows, for_scripts=("customer",), totals={"commission": sum(row["commission"] for row in rows)} if rows else None
    )


Account = Annotated[str, typer.Option(metavar="ACCOUNT", help=_("What we owe salespeople: a role or an account."))]
Expense = Annotated[str, typer.Option(metavar="ACCOUNT", help=_("What it costs us: a role or an account."))]


@app.command(cls=Ask, epilog=example("bizcli commission accrue --from 2026-11 --date 2026-11-30"))
def accrue(
    context: typer.Context,
    from_: Since = None,
    to: Until = None,
    account: Account = "liability.wages",
    expense: Expense = "expense.wages",
    date: Day = None,
    dry_run: Dry = False,
) -> Said:
    """Record a journal entry of what salespeople earned in a period; the same period again changes nothing."""
    from bizcli.book.front.commissions import entry
    from bizcli.cli.recording import proposed
    from bizcli.reports.period import between

    if from_ is None:
        raise Misused.of("missing-period", "which period? say --from, such as --from 2026-11")
    tree = entry(context.obj, *between(from_, to), account, expense)
    if tree is None:
        tell(_("nobody earned a commission in this period"))
    return proposed(context.obj, [tree] if tree else [], day_of(date, "--date") if date else None, dry_run)
