"""Purchase orders: new, confirmed, changed, received, billed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bizcli.cli.command import argument, flag
from bizcli.cli.groups.order import Change
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.errors import Misused


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


class SendBack(New):
    """Goods of a receipt, a bill or an order that go back; the id says which it is."""

    def places(self) -> list[Any]:
        return [argument("source", "ID", _("A receipt, a bill or an order; @ is the last receipt."), required=True)]

    def trees(self, values: Tree) -> Iterator[Tree]:
        source = str(values.pop("source"))
        key = {"PI": "bill", "PO": "order"}.get(source[:2], "receipt")
        for tree in super().trees(values):
            yield {**tree, key: source}


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
    "return": SendBack(
        "purchase_return", _("Send goods back to their supplier: all that came and has not gone back, or the lines given."),
        ("bizcli purchase return GR-2611-0001 --line TSHIRT-M:5 --reason 'seams open'",
         "bizcli purchase return PI-2611-0001 --line TSHIRT-M:2", "bizcli purchase return @ --line TSHIRT-M:1 --replace"),
        hidden=("receipt", "bill", "order", "supplier"),
    ),
}  # fmt: skip
