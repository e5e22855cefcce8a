"""Sales orders: new, confirmed, sourced, changed, delivered, invoiced."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, example, flag
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import Day, Dry, day_given
from bizcli.kernel.errors import Misused

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.recording import Following

app = typer.Typer()


def backorder() -> Any:
    text = _("Draft purchase orders for what nothing covers; always, where book.yaml says `backorder: propose`.")
    return flag("--backorder", is_flag=True, default=False, help=text)


def wants_backorders(book: "Book", asked: bool) -> bool:
    return asked or book.settings.backorder == "propose"


class NewOrder(New):
    """An order, and at will all that follows it: the whole chain is one transaction."""

    def following(self, values: Tree) -> "Following | None":
        asked = values.pop("backorder")

        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.goods import promising

            yield from trees
            if wants_backorders(book, asked):
                order = promising.completed(book, trees[0])
                if order is not None:
                    yield from promising.backorders(book, order, "@sales_order", trees[0].get("date"))

        return documents

    def extra(self) -> list[Any]:
        return [
            backorder(),
            flag("--deliver", is_flag=True, default=False, help=_("Deliver all of it at once.")),
            flag("--invoice", is_flag=True, default=False, help=_("Invoice what is delivered.")),
            flag("--pay", metavar="ACCOUNT", help=_("Record its payment into an account, such as bank.")),
        ]

    def lacks(self, values: Tree) -> list[str]:
        return [] if values.get("customer") or values.get("quote") else ["customer"]

    def trees(self, values: Tree) -> Iterator[Tree]:
        deliver, invoice, account = values.pop("deliver"), values.pop("invoice"), values.pop("pay")
        if account and not invoice:
            raise Misused.of("wrong-usage", "--pay pays the invoice: add --invoice")
        yield from super().trees(values)
        if deliver:
            yield {"kind": "delivery", "order": "@sales_order"}
        if invoice:
            yield {"kind": "sales_invoice", "order": "@sales_order"}
        if account:
            yield {"kind": "customer_payment", "invoices": [{"id": "@sales_invoice"}], "account": account}


class Change(New):
    """A command that changes an order of a kind by a document of its own."""

    def __init__(
        self, of: str, action: str, help: str, line: str | tuple[str, ...], hidden: tuple[str, ...] = ("lines",)
    ) -> None:  # fmt: skip
        unused = ("customer", "warehouse", "promised", *hidden)
        super().__init__("order_change", help, line, arguments=("order",), fixed={"action": action}, hidden=unused)
        self.of = of

    def trees(self, values: Tree) -> Iterator[Tree]:
        for tree in super().trees(values):
            yield {**tree, "order": f"{self.of}/{tree['order']}"}


class Confirm(Change):
    """A draft becomes an order; at will it is sourced first, and what it lacks is drafted."""

    def extra(self) -> list[Any]:
        text = _("Let each line leave from the nearest warehouse that has it, as `order source` proposes.")
        return [flag("--source", is_flag=True, default=False, help=text), backorder()]

    def following(self, values: Tree) -> "Following | None":
        source, asked = values.pop("source"), values.pop("backorder")

        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.goods import promising
            from bizcli.cli.recording import in_full

            order = book.index.document(in_full(book, trees[0]).tree["order"])
            day = trees[0].get("date")
            sourcing = promising.resourcing(book, order, promising.sourced(book, order)) if source and order else None
            if sourcing is not None:
                yield sourcing | ({"date": day} if day else {})
            yield from trees
            if order is not None and wants_backorders(book, asked):
                yield from promising.backorders(book, order, order.id, day)

        return documents


Apply = Annotated[bool, typer.Option("--apply", help=_("Change the order so."))]


@app.command(cls=Ask, epilog=example("bizcli order source SO-2611-0001", "bizcli order source SO-2611-0001 --apply"))
def source(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help=_("The order: its id, its unique end, or @ for the last."))],
    apply: Apply = False,
    date: Day = None,
    dry_run: Dry = False,
) -> Said | Table:
    """Which warehouse each line had best leave from: the nearest that has it, else the one with most, else several."""
    from bizcli.book.finding import find_id
    from bizcli.book.goods import promising

    book: Book = context.obj
    day = day_given(date, dry_run, apply, "--apply")
    order = book.index.document(find_id(book, id, ["SO"]))
    assert order is not None
    rows = promising.sourced(book, order)
    if not rows:
        tell(_("nothing is to be delivered of {id}").format(id=order.id))
    elif all(row["km"] is None for row in rows):
        tell(_("customer or warehouses have no location: what counts is where most lies"))
    if not apply:
        return Table(rows)
    from bizcli.cli.recording import proposed

    def change() -> Iterator[Tree]:
        found = promising.resourcing(book, order, promising.sourced(book, order))
        if found is None:
            tell(_("nothing changes: its lines leave from there already"))
        else:
            yield found

    return proposed(book, change(), day, dry_run)


change = partial(Change, "sales_order")

COMMANDS = {
    "new": NewOrder(
        "sales_order", _("Record a customer's order."),
        ("bizcli order new --customer C-001 --line TSHIRT-M:3@99",
         "bizcli order new --customer C-001 --line TSHIRT-M:300 --promised 2026-12-01 --backorder",
         "bizcli order new --customer C-001 --line TSHIRT-M:3 --deliver --invoice --pay bank"),
    ),
    "confirm": Confirm(
        "sales_order", "confirm", _("Confirm a draft: from now on it is promised."),
        ("bizcli order confirm SO-2611-0001", "bizcli order confirm SO-2611-0001 --source"),
    ),
    "cancel": change(
        "cancel", _("Cancel an order of which nothing is delivered."), "bizcli order cancel 0001 --reason 'ordered twice'"
    ),
    "close": change("close", _("Close an order: what is not delivered will not be."), "bizcli order close SO-2611-0001"),
    "amend": change(
        "amend", _("Change lines: of an item, or /N of line N; another item is added."),
        "bizcli order amend SO-2611-0001 --line TSHIRT-M:2", (),
    ),
    "deliver": New(
        "delivery", _("Deliver an order: all that is open, or the lines given."),
        ("bizcli order deliver SO-2611-0001", "bizcli order deliver @ --line TSHIRT-M:2"), arguments=("order",),
    ),
    "invoice": New(
        "sales_invoice", _("Invoice an order: all that is delivered and not invoiced, or the lines given."),
        "bizcli order invoice SO-2611-0001", arguments=("order",), hidden=("orders", "coupons", "points", "promotions"),
    ),
}  # fmt: skip
