"""Goods arrive from a supplier; what we owe for them waits for the bill."""

from bizcli.cli.groups.purchase import Receive
from bizcli.cli.language import _

COMMANDS = {
    "new": Receive(
        "goods_receipt", _("Receive goods: of an order, or what nobody ordered."),
        ("bizcli receipt new --order PO-2611-0001",
         "bizcli receipt new --supplier S-001 --line TSHIRT-M:5@42"),
    ),
}  # fmt: skip
