"""Purchase orders: suggested, new, confirmed, changed, received, billed."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import typer

from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, example, flag
from bizcli.cli.groups.order import Change
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import Day, Dry, day_given
from bizcli.kernel.errors import Misused

app = typer.Typer()

Supplier = Annotated[str | None, typer.Option(metavar="SUPPLIER", help=_("Only what is bought from this supplier."))]
Warehouse = Annotated[
    str | None, typer.Option(metavar="WAREHOUSE", help=_("Only this warehouse, and what is below it."))
]
Items = Annotated[list[str], typer.Option("--item", metavar="ITEM", help=_("Only this item; may be repeated."))]
Days = Annotated[int, typer.Option(min=1, max=3650, help=_("Demand is that of so many days up to today."))]
Create = Annotated[bool, typer.Option("--create", help=_("Record it: drafts of purchase orders, and transfers."))]


@app.command(
    cls=Ask,
    epilog=example("bizcli purchase suggest", "bizcli purchase suggest --supplier S-001 --create --dry-run"),
)
def suggest(
    context: typer.Context,
    supplier: Supplier = None,
    warehouse: Warehouse = None,
    item: Items = [],  # noqa: B006
    days: Days = 90,
    create: Create = False,
    date: Day = None,
    dry_run: Dry = False,
) -> Said | Table:
    """What to order, from whom, for which warehouse, by when and why; what another warehouse can spare comes first."""
    from bizcli.cli.suggested import answer

    day = day_given(date, dry_run, create, "--create")
    return answer(
        context.obj, create, day, dry_run, supplier=supplier, warehouse=warehouse, items=item, days=days
    )  # fmt: skip


Policy = Annotated[str, typer.Option(metavar="reorder|minmax", help=_("What to hold against how it went."))]
Number = Annotated[str | None, typer.Option(metavar="N", help=_("For the policy; else worked out of the demand."))]


@app.command(
    cls=Ask,
    epilog=example(
        "bizcli purchase simulate --item TSHIRT-M --days 180",
        "bizcli purchase simulate --item TSHIRT-M --policy reorder --point 25 --lot 100 --lead-time 7",
    ),
)
def simulate(
    context: typer.Context,
    policy: Policy = "minmax",
    item: Items = [],  # noqa: B006
    warehouse: Warehouse = None,
    days: Days = 365,
    point: Number = None,
    max: Number = None,
    lot: Number = None,
    lead_time: Annotated[int | None, typer.Option(min=0, max=3650, help=_("Days; else the item's own."))] = None,
) -> Table:
    """What a policy would have held and missed: past demand, day by day, against the plain reorder point."""
    from bizcli.book.simulating import POLICIES
    from bizcli.book.simulating import simulate as replayed
    from bizcli.cli.suggested import levels

    if policy not in POLICIES:
        raise Misused.of("wrong-value", "--policy: say reorder or minmax, not {value}", value=policy[:60])
    return Table(
        replayed(
            context.obj,
            policy,
            items=item,
            warehouse=warehouse,
            days=days,
            said=levels(policy, point, max, lot),
            lead_time=lead_time,
        )
    )


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
