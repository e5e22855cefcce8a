"""Sales orders: new, confirmed, changed, delivered, invoiced."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bizcli.cli.command import flag
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.errors import Misused


class NewOrder(New):
    """An order, and at will all that follows it: the whole chain is one transaction."""

    def extra(self) -> list[Any]:
        return [
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

    def __init__(self, of: str, action: str, help: str, line: str, hidden: tuple[str, ...] = ("lines",)) -> None:
        unused = ("customer", "warehouse", "promised", *hidden)
        super().__init__("order_change", help, line, arguments=("order",), fixed={"action": action}, hidden=unused)
        self.of = of

    def trees(self, values: Tree) -> Iterator[Tree]:
        for tree in super().trees(values):
            yield {**tree, "order": f"{self.of}/{tree['order']}"}


change = partial(Change, "sales_order")

COMMANDS = {
    "new": NewOrder(
        "sales_order", _("Record a customer's order."),
        ("bizcli order new --customer C-001 --line TSHIRT-M:3@99",
         "bizcli order new --customer C-001 --line TSHIRT-M:3 --deliver --invoice --pay bank"),
    ),
    "confirm": change("confirm", _("Confirm a draft: from now on it is promised."), "bizcli order confirm SO-2611-0001"),
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
        "bizcli order invoice SO-2611-0001", arguments=("order",), hidden=("orders",),
    ),
}  # fmt: skip
