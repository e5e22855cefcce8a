"""Print the JSON Schema of a kind, with which editors complete and check its files."""

from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import emit, json_text, print_out
from bizcli.kernel.errors import Misused

app = typer.Typer()
KindName = Annotated[
    str | None, typer.Argument(metavar="[KIND]", help=_("A kind such as sales_order; `book` for book.yaml."))
]
Output = Annotated[str | None, typer.Option("--output", metavar="FILE", help=_("Write to a file instead."))]
Write = Annotated[
    bool, typer.Option("--write", help=_("Write those of all kinds into the book, where its files lead editors."))
]


@app.command(
    cls=Command,
    epilog=example("bizcli schema sales_order", "bizcli schema item --output item.json", "bizcli schema --write"),
)
def schema(context: typer.Context, kind: KindName = None, output: Output = None, write: Write = False) -> int:
    from bizcli.book.schema import BOOK, json_schema, keep, named

    if write == (kind is not None) or (write and output is not None):
        raise Misused.of("wrong-usage", "say a kind such as sales_order, or --write for all kinds")
    if kind is not None:
        from bizcli.book.catalog import make_catalog

        catalog = make_catalog()
        emit(json_text(json_schema(catalog, named(catalog, kind), _)), output)
        return 0
    with context.obj.open() as book:
        written = keep(book.root, book.catalog, [*book.catalog.kinds, BOOK], _)
    print_out("".join(f"{path}\n" for path in written) or _("all schemas are there") + "\n")
    return 0
