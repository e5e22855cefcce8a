"""Purchase orders: new, confirmed, changed, received, billed."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example, flag
from bizcli.cli.forms import looked_at, measured
from bizcli.cli.groups.order import Change
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import day_of
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import NumberField

app = typer.Typer()

Item = Annotated[str, typer.Argument(metavar="ITEM", help=_("Code of the item."))]
Qty = Annotated[str, typer.Argument(metavar="[QTY[UNIT]]", help=_("How many are wanted, such as 100 or 2box."))]
OnDay = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help=_("The prices of this day; today when absent."))
]


@app.command(cls=Ask, epilog=example("bizcli purchase prices TSHIRT-M 100"))
def prices(context: typer.Context, item: Item, qty: Qty = "1", date: OnDay = None) -> Table:
    """What each supplier asks for an item in a quantity, and when it would be here; the cheapest first."""
    from bizcli.book.prices import asked

    number, unit = measured(qty)
    wanted = looked_at(NumberField(zero=False), number)
    book = context.obj
    rows = asked(book, item, wanted, unit, day_of(date, "--date") if date else book.today)
    foreign = any(row["currency"] != book.settings.currency for row in rows)
    return Table(rows, for_scripts=FOR_SCRIPTS if foreign else ("currency", *FOR_SCRIPTS))


FOR_SCRIPTS = (
    "supplier_item",
    "multiple",
    "expected",
    "price_list",
)  # what follows from the others, or `item show` has


class NewPurchase(New):
    """A purchase order, and at will all that follows it: the whole chain is one transaction."""

    def extra(self) -> list[Any]:
        return [
            flag("--receive", is_flag=True, default=False, help=_("Receive all of it at once.")),
            flag("--bill", is_flag=True, default=False, help=_("Record the bill of what is received.")),
            flag("--pay", metavar="ACCOUNT", help=_("Pay the bill from an account, such as bank.")),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        receive, bill, account = values.pop("receive"), values.pop("bill"), values.pop("pay")
        if account and not bill:
            raise Misused.of("wrong-usage", "--pay pays the bill: add --bill")
        yield from super().trees(values)
        if receive:
            yield {"kind": "goods_receipt", "order": "@purchase_order"}
        if bill:
            yield {"kind": "purchase_invoice", "order": "@purchase_order"}
        if account:
            yield {"kind": "supplier_payment", "invoices": [{"id": "@purchase_invoice"}], "account": account}


change = partial(Change, "purchase_order")

COMMANDS = {
    "new": NewPurchase(
        "purchase_order", _("Order from a supplier."),
        ("bizcli purchase new --supplier S-001 --line TSHIRT-M:100@42 --expected 2026-11-20",
         "bizcli purchase new --supplier S-001 --line TSHIRT-M:100 --receive --bill --pay bank"),
    ),
    "confirm": change(
        "confirm", _("Confirm a draft: from now on it is expected."), "bizcli purchase confirm PO-2611-0001"
    ),
    "cancel": change(
        "cancel", _("Cancel a purchase of which nothing is received."),
        "bizcli purchase cancel 0001 --reason 'ordered twice'",
    ),
    "close": change(
        "close", _("Close a purchase: what is not received will not be."),
        "bizcli purchase close PO-2611-0001 --reason 'sold out'",
    ),
    "amend": change(
        "amend", _("Change lines: of an item, or /N of line N; another item is added."),
        "bizcli purchase amend PO-2611-0001 --line TSHIRT-M:80", (),
    ),
    "receive": New(
        "goods_receipt", _("Receive a purchase: all that is open, or the lines given."),
        ("bizcli purchase receive PO-2611-0001", "bizcli purchase receive @ --line TSHIRT-M:60"), arguments=("order",),
    ),
    "bill": New(
        "purchase_invoice", _("Record the bill of a purchase: all that is received and not billed, or the lines given."),
        "bizcli purchase bill PO-2611-0001 --number 24442000000012345678", arguments=("order",),
        hidden=("orders", "receipts"),
    ),
}  # fmt: skip
