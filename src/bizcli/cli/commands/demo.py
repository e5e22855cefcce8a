"""Make the book of a sample company, and show what it says."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bizcli.cli import language
from bizcli.cli.answers import Table
from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import default_format, print_out, visible
from bizcli.cli.progress import counting

if TYPE_CHECKING:
    from bizcli.book import Book

app = typer.Typer()
TOP = 10  # customers and items that are shown

Folder = Annotated[str | None, typer.Argument(metavar="[DIR]", help=_("A folder that is new or empty."))]
Example = Annotated[
    str | None,
    typer.Option(
        metavar="northwind|adventureworks|clothing",
        help=_("Which company; in Chinese the clothing shops, else Northwind."),
    ),
]
Lang = Annotated[str | None, typer.Option(metavar="en|zh", help=_("The language of texts; else BIZCLI_LANG."))]
NoGit = Annotated[bool, typer.Option("--no-git", help=_("Do not make it a git repository."))]


@app.command(cls=Command, epilog=example("bizcli demo", "bizcli demo shops --example clothing"))
def demo(
    context: typer.Context, folder: Folder = None, example: Example = None, lang: Lang = None, no_git: NoGit = False
) -> int:
    import sys

    from bizcli.book.founding import found_book
    from bizcli.book.streams import Given
    from bizcli.cli import examples

    if lang:
        language.speak(language.wanted(lang, {}, "."))
    company = examples.named(example or ("clothing" if language.spoken() == "zh" else "northwind"))
    folder = folder or company.name
    found_book(folder, company.settings, not no_git)
    with context.obj.open(folder) as book:
        with counting(_("documents"), len(company.documents)) as progress:
            book.apply((Given(tree) for tree in company.documents), progress=progress)
        if not no_git:
            book.commit(_("{name}: {n} documents").format(name=company.title, n=len(company.documents)))
        format = default_format(sys.stdout.isatty())
        print_out("\n".join(part.render(format) for part in overview(book)))
    text = _("{n} documents recorded in {folder}; look around: `bizcli -C {folder} stock on-hand`")
    print_out("\n" + text.format(n=f"{len(company.documents):,}", folder=visible(folder)) + "\n")
    return 0


def overview(book: "Book") -> list[Table]:
    """What the company does, each a small table: sales, purchases, stock, and who owes whom."""
    tables = [
        Table(by_month(book, "sales-by-month"), _("Sales by month, net")),
        Table(by_month(book, "purchases-by-month"), _("Purchases by month, net")),
        Table(top_customers(book), _("Customers who bought most")),
        Table(top_items(book), _("Items that brought most")),
        Table(stock(book), _("Stock of the highest value")),
        Table(owed(book, "customer"), _("Receivables")),
        Table(owed(book, "supplier"), _("Payables")),
    ]
    return [table for table in tables if table.rows]


def by_month(book: "Book", report: str) -> list[dict[str, Any]]:
    """A row for each month, a column for each year; nothing when there is nothing."""
    from decimal import Decimal

    sums = {tuple(row["month"].split("-")): row["net"] for row in rows_of(book, report)}
    years = sorted({year for year, _month in sums})
    months = sorted({month for _year, month in sums})
    rows = [{"month": month, **{year: sums.get((year, month)) for year in years}} for month in months]
    if not rows:
        return []
    totals = {year: sum((net for (each, _month), net in sums.items() if each == year), Decimal(0)) for year in years}
    return [*rows, {"month": _("total"), **totals}]


def top_customers(book: "Book") -> list[dict[str, Any]]:
    keys = ("customer", "name", "documents", "net")
    return [{key: row[key] for key in keys} for row in rows_of(book, "sales-by-customer")[:TOP]]


def top_items(book: "Book") -> list[dict[str, Any]]:
    keys = ("item", "name", "qty", "net")
    return [{key: row[key] for key in keys} for row in rows_of(book, "sales-by-item")[:TOP]]


def rows_of(book: "Book", name: str) -> list[dict[str, Any]]:
    """What a report finds over the whole book."""
    from bizcli.book import reporting

    return reporting.run(book, reporting.named(book, name), None, None, {}, None).rows


def stock(book: "Book") -> list[dict[str, Any]]:
    keys = ("item", "warehouse", "on_hand", "reserved", "value")
    rows = sorted((row for row in book.stock_on_hand() if row["on_hand"]), key=lambda row: -row["value"])
    found = [{key: row[key] for key in keys} for row in rows[:TOP]]
    rest = {"on_hand": sum(row["on_hand"] for row in rows), "value": sum(row["value"] for row in rows)}
    return [*found, {**dict.fromkeys(keys), "item": _("all {n}").format(n=len(rows)), **rest}]


def owed(book: "Book", kind: str) -> list[dict[str, Any]]:
    """The customers who owe most, or the suppliers to whom we owe most, on the last day of the book."""
    last = max(row[0] for row in book.index.all("SELECT max(day) FROM doc"))
    rows = book.receivables(last) if kind == "customer" else book.payables(last)
    if not rows:
        return []
    sums: dict[str, list[Any]] = {}
    for row in rows:
        sums.setdefault(row[kind], []).append(row["open"])
    most = sorted(sums.items(), key=lambda each: (-sum(each[1]), each[0]))
    found = [
        {kind: code, "name": name(book, kind, code), "open_items": len(amounts), "open": sum(amounts)}
        for code, amounts in most[:TOP]
    ]
    all_of_them = {kind: _("all {n}").format(n=len(sums)), "name": None, "open_items": len(rows)}
    return [*found, {**all_of_them, "open": sum(row["open"] for row in rows)}]


def name(book: "Book", kind: str, code: str) -> str:
    record: Any = book.index.master(kind, code)
    return str(record.name)
