"""Read a sheet into the book (CSV, Excel, JSON), take one back, or make a new book of what `export` wrote."""

from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out, visible
from bizcli.cli.session import Day

if TYPE_CHECKING:
    from bizcli.cli.session import Session

app = typer.Typer()
FileOrFolder = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE|DIR",
        help=_("A sheet: .csv, .tsv, .xlsx, .xls, .ods, .json, or - for standard input; or the folder of a new book."),
    ),
]
KindOf = Annotated[
    str | None,
    typer.Option(
        "--kind", metavar="KIND", help=_("Of its rows: a kind, or a form of the first day such as opening_stock.")
    ),
]
MapFile = Annotated[str | None, typer.Option("--map", metavar="FILE", help=_("Says which column is what (YAML)."))]
SaveMap = Annotated[
    str | None, typer.Option("--save-map", metavar="FILE", help=_("Write down how the columns were read."))
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=_("Of a workbook; the first when absent."))]
Errors = Annotated[
    str | None,
    typer.Option("--errors", metavar="FILE", help=_("Write the rows that are wrong to a CSV, each with its reason.")),
]
Template = Annotated[
    str | None, typer.Option("--template", metavar="KIND", help=_("Write the empty sheet of a kind or form instead."))
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help=_("With --template: a .csv or .xlsx; else a CSV to standard output.")
    ),
]
Undo = Annotated[
    str | None,
    typer.Option("--undo", metavar="ID", help=_("Take an import back: void its documents, put masters back.")),
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=_("With --undo: why."))]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help=_("Anything worth remembering."))]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=_("Show what it would do, and every row that is wrong; write nothing."))
]
Source = Annotated[
    str | None, typer.Option("--from", metavar="FILE", help=_("For a new book: the stream; - is standard input."))
]
NoGit = Annotated[bool, typer.Option("--no-git", help=_("For a new book: do not make it a git repository."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print what was done as JSON."))]


@app.command(
    cls=Command,
    epilog=example(
        "bizcli import customers.csv --dry-run",
        "bizcli import orders.xlsx --kind sales_order --map web.yaml",
        "bizcli import --template opening_stock --output stock.xlsx",
        "bizcli import --undo IM-2611-0001 --reason 'the wrong file'",
        "bizcli import shop --from shop.yaml",
    ),
)
def import_(
    context: typer.Context, file: FileOrFolder = None, kind: KindOf = None, map: MapFile = None, save_map: SaveMap = None,
    sheet: Sheet = None, errors: Errors = None, template: Template = None, output: Output = None, undo: Undo = None,
    reason: Reason = None, date: Day = None, note: Note = None, dry_run: DryRun = False, source: Source = None,
    no_git: NoGit = False, json: Json = False,
) -> int:  # fmt: skip
    from bizcli.book.sheets import tables
    from bizcli.cli import sheets

    if template is not None:
        return sheets.write_template(template, output)
    if undo is not None:
        return sheets.take_back(context.obj, undo, reason, dry_run, json)
    if file is None:
        context.fail(_("which file? or --template KIND, or --undo ID"))
    if source is None and (kind or map or file == "-" or tables.is_table(file)):
        wanted = sheets.Wanted(file, kind, map, save_map, sheet, errors, date, note, dry_run, json)
        return sheets.read_in(context.obj, wanted)
    return new_book(context.obj, file, source or "-", no_git, json)


def new_book(session: "Session", folder: str, source: str, no_git: bool, json: bool) -> int:
    """A new book of a stream that `export` wrote: the same documents, the same journal."""
    from bizcli.book.catalog import make_catalog
    from bizcli.book.sheets.exchange import imported
    from bizcli.book.streams import read_given, spooled_input

    stream = read_given(None, [source], spooled_input() if source == "-" else None)
    count = imported(folder, stream, make_catalog(), not no_git)
    text = _("a book of {n} documents in {folder}").format(n=f"{count:,}", folder=visible(folder))
    print_out(json_text({"folder": folder, "documents": count}) if json else text + "\n")
    return 0
