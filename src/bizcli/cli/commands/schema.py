"""Print the JSON Schema of a kind, with which editors complete and check its files."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import emit, json_text

app = typer.Typer()
KindName = Annotated[str, typer.Argument(metavar="KIND", help=_("A kind such as sales_order."))]
Output = Annotated[str | None, typer.Option("--output", metavar="FILE", help=_("Write to a file instead."))]


@app.command(cls=Command, epilog=example("bizcli schema sales_order", "bizcli schema item --output item.json"))
def schema(context: typer.Context, kind: KindName, output: Output = None) -> int:
    from bizcli.book.catalog import make_catalog
    from bizcli.book.schema import json_schema

    catalog = make_catalog()
    emit(json_text(json_schema(catalog, catalog.named(kind).name)), output)
    return 0
