"""Make an empty, valid book in a folder."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out, visible

app = typer.Typer()

Folder = Annotated[str, typer.Argument(metavar="DIR", help=_("The folder; it is made where it is not there."))]
Name = Annotated[str | None, typer.Option(metavar="NAME", help=_("The company's name."))]
Currency = Annotated[str, typer.Option(metavar="CNY", help=_("The currency of the books, ISO 4217."))]
Chart = Annotated[str, typer.Option(metavar="CHART", help=_("The chart of accounts."))]
Costing = Annotated[str, typer.Option(metavar="fifo|average", help=_("How goods are valued."))]
Locale = Annotated[str, typer.Option(metavar="en|zh", help=_("The language of texts."))]
Site = Annotated[str | None, typer.Option(metavar="SZ", help=_("The site that this clone numbers for."))]
NoGit = Annotated[bool, typer.Option("--no-git", help=_("Do not make it a git repository."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print the folder as JSON."))]


@app.command(cls=Command, epilog=example('bizcli init shop --name "Li Na Trading" --currency CNY'))
def init(
    context: typer.Context, folder: Folder, name: Name = None, currency: Currency = "CNY", chart: Chart = "generic",
    costing: Costing = "fifo", locale: Locale = "en", site: Site = None, no_git: NoGit = False, json: Json = False,
) -> int:  # fmt: skip
    from bizcli.book.founding import init_book

    init_book(folder, name, currency, chart, costing, locale, not no_git)
    if site is not None:
        with context.obj.open(folder) as book:
            book.set_site(site)
    text = _("a new book in {folder}; next: `bizcli warehouse new MAIN`").format(folder=visible(folder))
    print_out(json_text({"book": folder}) if json else text + "\n")
    return 0
