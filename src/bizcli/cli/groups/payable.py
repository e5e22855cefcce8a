"""What we owe suppliers."""

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.session import AsOf, iso_day

app = typer.Typer()


@app.command("list", cls=Ask, epilog=example("bizcli payable list", "bizcli payable list --as-of 2026-11-30"))
def listed(context: typer.Context, as_of: AsOf = None) -> Table:
    """Each bill that is open, and each payment or credit that is not used yet."""
    return Table(context.obj.payables(iso_day(as_of)), for_scripts=["base"])
