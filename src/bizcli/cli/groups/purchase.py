"""Purchase orders: suggested, new, confirmed, changed, received, billed."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import typer

from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, argument, example, flag
from bizcli.cli.forms import line, looked_at, measured
from bizcli.cli.groups.order import Change
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import Day, Dry, day_given, day_of
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import NumberField

app = typer.Typer()

Item = Annotated[str, typer.Argument(metavar="ITEM", help=_("Code of the item."))]
Qty = Annotated[str, typer.Argument(metavar="[QTY[UNIT]]", help=_("How many are wanted, such as 100 or 2box."))]
OnDay = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help=_("The prices of this day; today when absent."))
]

Rfq = Annotated[str, typer.Argument(metavar="RFQ", help=_("Its id, its unique end, or @ for the last."))]
Whole = Annotated[bool, typer.Option("--whole", help=_("A row for each supplier: what all of it comes to."))]


@app.command(cls=Ask, epilog=example("bizcli purchase prices TSHIRT-M 100"))
def prices(context: typer.Context, item: Item, qty: Qty = "1", date: OnDay = None) -> Table:
    """What each supplier asks for an item in a quantity, and when it would be here; the cheapest first."""
    from bizcli.book.goods.prices import asked

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


@app.command(cls=Ask, epilog=example("bizcli purchase compare RF-2611-0001", "bizcli purchase compare @ --whole"))
def compare(context: typer.Context, rfq: Rfq, whole: Whole = False) -> Table:
    """What suppliers answered to a request for quotations: item by item, without tax, the cheapest first."""
    from bizcli.book.goods.comparison import compare as compared

    return Table(compared(context.obj, rfq, whole), for_scripts=("line", "name", "asked", "expected", "valid_until"))


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
Demand = Annotated[
    str,
    typer.Option(
        metavar="sales|purchases",
        help=_(
            "What was used: what was sold; or what was bought, evenly until the next came, where sales are not known."
        ),
    ),
]
Total = Annotated[bool, typer.Option("--total", help=_("A row for each policy, over all items, at purchase prices."))]
Number = Annotated[str | None, typer.Option(metavar="N", help=_("For the policy; else worked out of the demand."))]


@app.command(
    cls=Ask,
    epilog=example(
        "bizcli purchase simulate --item TSHIRT-M --days 180",
        "bizcli purchase simulate --demand purchases --total",
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
    demand: Demand = "sales",
    total: Total = False,
) -> Table:
    """What a policy would have held and missed: past demand, day by day, against the plain reorder point."""
    from bizcli.book.goods.simulating import DEMAND, POLICIES, added_up
    from bizcli.book.goods.simulating import simulate as replayed
    from bizcli.cli.suggested import levels

    if policy not in POLICIES:
        raise Misused.of("wrong-value", "--policy: say reorder or minmax, not {value}", value=policy[:60])
    if demand not in DEMAND:
        raise Misused.of("wrong-value", "--demand: say sales or purchases, not {value}", value=demand[:60])
    rows = replayed(
        context.obj, policy, items=item, warehouse=warehouse, days=days, said=levels(policy, point, max, lot),
        lead_time=lead_time, demand=demand,
    )  # fmt: skip
    return Table(added_up(context.obj, rows) if total else rows)


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


class OrderFrom(NewPurchase):
    """A purchase of what a supplier quoted, or of what was requested."""

    def extra(self) -> list[Any]:
        text = _("The supplier's quotation, or the request; all that is open of it when no lines are given.")
        return [flag("--from", metavar="ID", required=True, help=text), *super().extra()]

    def trees(self, values: Tree) -> Iterator[Tree]:
        source = values.pop("from")
        key = "request" if source.upper().startswith("RQ") else "quote"
        for n, tree in enumerate(super().trees(values)):
            yield tree if n else {**tree, key: source}


class SendBack(New):
    """Goods of a receipt, a bill or an order that go back; the id says which it is."""

    def places(self) -> list[Any]:
        return [argument("source", "ID", _("A receipt, a bill or an order; @ is the last receipt."), required=True)]

    def trees(self, values: Tree) -> Iterator[Tree]:
        source = str(values.pop("source"))
        key = {"PI": "bill", "PO": "order"}.get(source[:2], "receipt")
        for tree in super().trees(values):
            yield {**tree, key: source}


class Receive(New):
    """A receipt, of which something may be rejected."""

    def extra(self) -> list[Any]:
        return [
            flag(
                "--reject", metavar="ITEM:QTY[UNIT]", multiple=True, type=self.rejected,
                help=_("How many of a --line we do not accept; they lie apart; may be repeated."),
            ),
            flag("--reason", metavar="TEXT", help=_("Why they are rejected.")),
        ]  # fmt: skip

    def rejected(self, text: str) -> Tree:
        from bizcli.domains.tax.lines import ItemLine

        return line(ItemLine, text)

    def trees(self, values: Tree) -> Iterator[Tree]:
        rejects, reason = values.pop("reject") or (), values.pop("reason")
        if reason and not rejects:
            raise Misused.of("wrong-usage", "--reason says why goods are rejected: add --reject")
        for tree in super().trees(values):
            for each in rejects:
                with_reject(tree.get("lines", []), each, reason)
            yield tree


def with_reject(lines: list[Tree], rejected: Tree, reason: str | None) -> None:
    """Let the line of an item say how many of it are rejected. Raises `Misused`."""
    own = next((each for each in lines if each.get("item") == rejected["item"] and "rejected" not in each), None)
    if own is None or own.get("unit") != rejected.get("unit"):
        template = "--reject {item}: say with --line how many came, in the same unit"
        raise Misused.of("wrong-usage", template, item=rejected["item"])
    own |= {"rejected": rejected["qty"], **({"reason": reason} if reason else {})}


change = partial(Change, "purchase_order")

COMMANDS = {
    "new": NewPurchase(
        "purchase_order", _("Order from a supplier."),
        ("bizcli purchase new --supplier S-001 --line TSHIRT-M:100@42 --expected 2026-11-20",
         "bizcli purchase new --supplier S-001 --line TSHIRT-M:100 --receive --bill --pay bank"),
        required=("supplier",), hidden=("quote", "request"),
    ),
    "order": OrderFrom(
        "purchase_order", _("Order what a supplier quoted, or what was requested."),
        ("bizcli purchase order --from SQ-2611-0001", "bizcli purchase order --from RQ-2611-0001 --supplier S-001"),
        hidden=("quote", "request"),
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
    "receive": Receive(
        "goods_receipt", _("Receive a purchase: all that is open, or the lines given."),
        ("bizcli purchase receive PO-2611-0001", "bizcli purchase receive @ --line TSHIRT-M:60",
         "bizcli purchase receive @ --line TSHIRT-M:60 --reject TSHIRT-M:2 --reason torn"), arguments=("order",),
    ),
    "bill": New(
        "purchase_invoice", _("Record the bill of a purchase: all that is received and not billed, or the lines given."),
        "bizcli purchase bill PO-2611-0001 --number 24442000000012345678", arguments=("order",),
        hidden=("orders", "receipts"),
    ),
    "return": SendBack(
        "purchase_return", _("Send goods back to their supplier: all of it that is still on hand, or the lines given."),
        ("bizcli purchase return GR-2611-0001 --line TSHIRT-M:5 --reason 'seams open'",
         "bizcli purchase return PI-2611-0001 --line TSHIRT-M:2", "bizcli purchase return @ --line TSHIRT-M:1 --replace"),
        hidden=("receipt", "bill", "order", "supplier"),
    ),
}  # fmt: skip
