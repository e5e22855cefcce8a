"""Stock: what lies where and what it cost; adjusted, transferred, counted."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, argument, example, flag
from bizcli.cli.forms import measured
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import AsOf, iso_day

app = typer.Typer()

Item = Annotated[str | None, typer.Option(metavar="ITEM", help=_("Only this item."))]
Warehouse = Annotated[str | None, typer.Option(metavar="WAREHOUSE", help=_("Only this warehouse."))]


@app.command("on-hand", cls=Ask, epilog=example("bizcli stock on-hand", "bizcli stock on-hand --as-of 2026-11-30"))
def on_hand(context: typer.Context, as_of: AsOf = None) -> Table:
    """What lies in each warehouse, what of it is promised, and what it is worth."""
    return Table(context.obj.stock_on_hand(iso_day(as_of)))


@app.command(cls=Ask, epilog=example("bizcli stock moves --item TSHIRT-M"))
def moves(context: typer.Context, item: Item = None, warehouse: Warehouse = None) -> Table:
    """Every move of goods with its cost; what leaves is negative."""
    return Table(context.obj.stock_moves(item, warehouse), for_scripts=["line"])


@app.command(cls=Ask, epilog=example("bizcli stock layers --item TSHIRT-M"))
def layers(context: typer.Context, item: Item = None, warehouse: Warehouse = None) -> Table:
    """What is left of each arrival, oldest first."""
    return Table(context.obj.stock_layers(item, warehouse))


class Adjust(New):
    """An adjustment of one item."""

    def places(self) -> list[Any]:
        text = _("Above zero comes in, below goes out; 0 with --value changes the value.")
        return [
            argument("item", "ITEM", _("The item; else say --line."), required=False),
            argument("qty", "QTY", text, required=False),
        ]

    def extra(self) -> list[Any]:
        return [
            flag("--cost", metavar="N", help=_("Of one unit, for goods that come in.")),
            flag("--value", metavar="N", help=_("Of all; with QTY 0 a change of value only.")),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        names = ("item", "qty", "cost", "value")
        line = {name: value.strip() for name in names if (value := values.pop(name))}
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
        "bizcli stock transfer --from SZ --to GZ --line TSHIRT-M:10",
    ),
    "count": New(
        "stock_count", _("Record what was counted; the difference is worked out."),
        "bizcli stock count --warehouse SZ --line TSHIRT-M:48",
    ),
}  # fmt: skip
