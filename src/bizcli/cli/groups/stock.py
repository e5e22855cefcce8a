"""Stock: what lies where and what it cost; adjusted, transferred, counted."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

import typer

from bizcli.cli.answers import Said, Sheet, Table
from bizcli.cli.command import Ask, argument, example, flag
from bizcli.cli.counts import NewCount
from bizcli.cli.errors import tell
from bizcli.cli.forms import looked_at, measured, of_lots
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree, catalog
from bizcli.cli.session import AsOf, iso_day
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import NumberField
from bizcli.kernel.records import schema_of

app = typer.Typer()

Item = Annotated[str | None, typer.Option(metavar="ITEM", help=_("Only this item."))]
Warehouse = Annotated[
    str | None, typer.Option(metavar="WAREHOUSE", help=_("Only this warehouse, and what is below it."))
]
By = Annotated[str | None, typer.Option(metavar="item|warehouse|parent", help=_("Add up: a row for each of these."))]
ThisWarehouse = Annotated[
    str | None, typer.Option("--warehouse", metavar="WAREHOUSE", help=_("The warehouse to be counted."))
]
Expiring = Annotated[
    int | None, typer.Option(metavar="DAYS", min=0, help=_("Only what expires within so many days, or has expired."))
]
Items = Annotated[list[str], typer.Option("--item", metavar="ITEM", help=_("Only this item; may be repeated."))]
Blind = Annotated[bool, typer.Option("--blind", help=_("Leave out what the books say."))]


@app.command("on-hand", cls=Ask, epilog=example("bizcli stock on-hand", "bizcli stock on-hand --as-of 2026-11-30"))
def on_hand(context: typer.Context, as_of: AsOf = None, warehouse: Warehouse = None, by: By = None) -> Table:
    """What lies in each warehouse, what of it is promised, and what it is worth."""
    if by not in (None, "item", "warehouse", "parent"):
        raise Misused.of("wrong-value", "--by: say item, warehouse or parent, not {value}", value=str(by)[:60])
    return Table(context.obj.stock_on_hand(iso_day(as_of), warehouse, by))


@app.command(
    cls=Ask,
    epilog=example("bizcli stock sheet --warehouse SZ --output SZ.xlsx", "bizcli stock sheet --blind --output SZ.csv"),
)
def sheet(context: typer.Context, warehouse: ThisWarehouse = None, item: Items = [], blind: Blind = False) -> Table:  # noqa: B006
    """A count sheet: every item of a warehouse with an empty column to fill in; `stock count --sheet` reads it."""
    from bizcli.book.sheets.count_sheets import sheet as rows

    to_fill_in = ("barcode", "counted", "note")
    return Table(rows(context.obj, warehouse, item, blind), _("Count sheet"), to_fill_in=to_fill_in)


@app.command(cls=Ask, epilog=example("bizcli stock moves --item TSHIRT-M"))
def moves(context: typer.Context, item: Item = None, warehouse: Warehouse = None) -> Table:
    """Every move of goods with its cost; what leaves is negative."""
    return Table(context.obj.stock_moves(item, warehouse), for_scripts=["line"])


@app.command(cls=Ask, epilog=example("bizcli stock layers --item TSHIRT-M"))
def layers(context: typer.Context, item: Item = None, warehouse: Warehouse = None) -> Table:
    """What is left of each arrival, oldest first."""
    return Table(context.obj.stock_layers(item, warehouse))


@app.command(
    "lots", cls=Ask, epilog=example("bizcli stock lots --item MILK --warehouse SZ", "bizcli stock lots --expiring 30")
)
def lots_in_stock(
    context: typer.Context, item: Item = None, warehouse: Warehouse = None, expiring: Expiring = None
) -> Table:
    """Lots and serial numbers that are there, and when they expire; the first to expire first."""
    from bizcli.book.goods.lots import in_stock

    return Table(in_stock(context.obj, item, warehouse, expiring))


@app.command(cls=Ask, epilog=example("bizcli stock trace L2611", "bizcli stock trace L2611 --where to=customer"))
def trace(
    context: typer.Context,
    lot: Annotated[
        str, typer.Argument(metavar="LOT", help=_("A lot or serial number, or a document that moved some."))
    ],
    item: Item = None,
) -> Table:
    """Where goods of a lot, or a serial number, came from and went: receipts, customers, invoices, and back."""
    from bizcli.book.goods.lots import trace as rows

    return Table(rows(context.obj, lot, item), for_scripts=["kind", "line"])


@app.command(cls=Ask, epilog=example("bizcli stock alerts"))
def alerts(context: typer.Context) -> Table:
    """What has reached its reorder point, counting what is reserved and what is coming; the most urgent first."""
    from bizcli.book.goods.alerts import alerts as low
    from bizcli.book.goods.lots import expiring_soon

    days = context.obj.settings.expiry_warning_days
    if soon := expiring_soon(context.obj):
        tell(
            _("{n} lots expire within {days} days: `bizcli stock lots --expiring {days}`").format(
                n=len(soon), days=days
            )
        )
    return Table(low(context.obj))


@app.command(cls=Ask, epilog=example("bizcli stock reconcile"))
def reconcile(context: typer.Context) -> Said:
    """Compare documents, index, journal, accounts and counts, shelf by shelf; each difference is explained."""
    from bizcli.cli.reconciled import told

    return told(context.obj)


@app.command(
    cls=Ask, epilog=example("bizcli stock promise TSHIRT-M", "bizcli stock promise TSHIRT-M 80 --warehouse SZ")
)
def promise(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ITEM", help=_("The item, or a kit."))],
    qty: Annotated[str | None, typer.Argument(metavar="QTY", help=_("How many: on which day they are there."))] = None,
    warehouse: Warehouse = None,
) -> Sheet:
    """How many can be promised when: what is there, what leaves and what comes, day by day."""
    from bizcli.book.goods.promising import promise as promised
    from bizcli.kernel.money import micro

    wanted = micro(Decimal(looked_at(NumberField(zero=False), qty))) if qty is not None else None
    found = promised(context.obj, item, wanted, warehouse)
    if "qty" in found and found["earliest"] is None:
        text = _("no day is known on which {qty} {item} are there: `bizcli purchase suggest`")
        tell(text.format(qty=f"{found['qty']:f}", item=found["item"]))
    return Sheet(found)


def signed(text: str) -> str:
    """A number of a line; the line itself says later which it takes."""
    return looked_at(NumberField(signed=True), text)


def with_unit(text: str) -> str:
    """A number with a unit behind it, or without."""
    qty, unit = measured(text)
    return signed(qty) + unit


def lots(text: str) -> Tree:
    """The lot of a line, and when it expires; or its serial numbers."""
    line = schema_of(catalog().record("stock_adjustment")).by_name["lines"].record
    assert line is not None
    return of_lots(line, text)


class Adjust(New):
    """An adjustment of one item."""

    def places(self) -> list[Any]:
        text = _("Above zero comes in, below goes out; 0 with --value changes the value.")
        return [
            argument("item", "ITEM", _("The item; else say --line."), required=False),
            argument("qty", "QTY", text, required=False, type=with_unit),
        ]

    def extra(self) -> list[Any]:
        return [
            flag("--cost", metavar="N", type=signed, help=_("Of one unit, for goods that come in.")),
            flag("--value", metavar="N", type=signed, help=_("Of all; with QTY 0 a change of value only.")),
            flag(
                "--lot", metavar="LOT[:EXPIRY]", type=lots, help=_("Of which lot, or the serial numbers, with commas.")
            ),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        names = ("item", "qty", "cost", "value")
        line = {name: value for name in names if (value := values.pop(name))} | (values.pop("lot") or {})
        if "qty" in line:
            line["qty"], unit = measured(line["qty"])
            line |= {"unit": unit} if unit else {}
        for tree in super().trees(values):
            yield {**tree, "lines": [line, *tree.get("lines", [])]} if line else tree


COMMANDS = {
    "adjust": Adjust(
        "stock_adjustment", _("Bring goods in or take them out: found, lost, used, or there from the start."),
        ("bizcli stock adjust TSHIRT-M 50 --warehouse SZ --cost 40 --reason opening",
         "bizcli stock adjust TSHIRT-M -3 --reason loss"),
    ),
    "transfer": New(
        "stock_transfer", _("Move goods from one warehouse to another, at cost."),
        ("bizcli stock transfer --from SZ --to GZ --line TSHIRT-M:10",
         "bizcli stock transfer --from SZ --to GZ --line TSHIRT-M:10 --in-transit"),
        required=("from_", "to"), hidden=("transfer",),
    ),
    "receive": New(
        "stock_transfer", _("Receive a transfer: all that is under way, or the lines given."),
        ("bizcli stock receive ST-2611-0001", "bizcli stock receive ST-2611-0001 --line TSHIRT-M:9"),
        arguments=("transfer",), hidden=("from", "in_transit", "expected"),
    ),
    "count": NewCount(
        "stock_count", _("Record what was counted; the difference is worked out."),
        ("bizcli stock count --warehouse SZ --line TSHIRT-M:48", "bizcli stock count --sheet SZ.xlsx --dry-run"),
    ),
}  # fmt: skip
