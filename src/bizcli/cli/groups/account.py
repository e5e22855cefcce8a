"""Accounts and their balances."""

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.session import AsOf, iso_day

app = typer.Typer()


@app.command(cls=Ask, epilog=example("bizcli account balances", "bizcli account balances --as-of 2026-11-30 --json"))
def balances(context: typer.Context, as_of: AsOf = None) -> Table:
    """The balance of each account that was ever used, debit positive."""
    return Table(context.obj.account_balances(iso_day(as_of)), for_scripts=["base"])


@app.command("list", cls=Ask, epilog=example("bizcli account list"))
def listed(context: typer.Context) -> Table:
    """The accounts of the chart and the roles they play."""
    rules = context.obj.rules
    return Table([{"account": account, "role": rules.role(account)} for account in sorted(rules.accounts)])
