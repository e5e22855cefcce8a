"""Say in business words what is not committed yet."""

import typer

from bizcli.cli.answers import Said
from bizcli.cli.changes import in_words
from bizcli.cli.command import LenientAsk, example
from bizcli.cli.language import _

app = typer.Typer()


@app.command(cls=LenientAsk, epilog=example("bizcli status"))
def status(context: typer.Context) -> Said:
    rows = context.obj.changes()
    words = ", ".join(in_words(row) for row in rows)
    return Said(_("not committed yet: {words}").format(words=words) if rows else _("everything is committed"), rows)
