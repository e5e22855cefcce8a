"""Imports: what sheets have brought into the book; `bizcli import` makes them, and takes them back."""

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example

app = typer.Typer()
only_read = True


@app.command("list", cls=Ask, epilog=example("bizcli intake list", "bizcli intake list --where 'status = recorded'"))
def listed(context: typer.Context) -> Table:
    """Each import: the sheet, what it is of, how many records it made and changed."""
    book = context.obj
    rows = []
    for id, day, void, text in book.index.all(
        "SELECT id, day, void, text FROM doc WHERE kind = 'intake' ORDER BY sort"
    ):
        done = book.index.decoded("intake", text)
        counts = {"made": len(done.made), "changed": len(done.changed)}
        state = {"status": "void" if void else "recorded", "by": done.by}
        rows.append({"id": id, "date": day, "file": done.file, "of": done.of, **counts, **state})
    return Table(rows)
