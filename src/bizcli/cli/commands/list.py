"""List all records of a kind, with their main fields and status."""

from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.language import _
from bizcli.kernel.errors import Misused
from bizcli.kernel.records import nearest

if TYPE_CHECKING:
    from bizcli.kernel.kinds import Catalog

app = typer.Typer()
Word = Annotated[
    str, typer.Argument(metavar="KIND", help=_("A kind such as sales_order; or its group, or its folder."))
]


@app.command("list", cls=Ask, epilog=example("bizcli list sales_order", "bizcli list customers --format csv"))
def listed(context: typer.Context, kind: Word) -> Table:
    return Table(context.obj.listing(kind_named(context.obj.catalog, kind)))


def kind_named(catalog: "Catalog", word: str) -> str:
    """The kind that a person means. Raises `Misused`."""
    word = word.lower().replace("-", "_")
    if word in catalog.kinds:
        return word
    if word in catalog.by_folder:
        return catalog.by_folder[word].name
    from bizcli.cli.root import main_kind

    own = [kind.name for kind in catalog.kinds.values() if kind.group == word]
    main = main_kind(word)
    if main is not None:
        return main.name
    if own:
        raise Misused.of("ambiguous", "{word} is several kinds: say one of {names}", word=word, names=", ".join(own))
    near = nearest(word, [*catalog.kinds, *catalog.by_folder])
    raise Misused.of("unknown-kind", "there is no kind {word}; the nearest is {nearest}", word=word[:60], nearest=near)
