"""Sales invoices: new, paid, goods returned."""

from collections.abc import Iterator
from typing import Any

from bizcli.cli.command import argument
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree


class Pay(New):
    """A payment of one invoice."""

    def places(self) -> list[Any]:
        text = _("The invoice: its id, its unique end, or @ for the last.")
        return [argument("invoice", "ID", text, required=True), *super().places()]

    def trees(self, values: Tree) -> Iterator[Tree]:
        invoice = values.pop("invoice")
        for tree in super().trees(values):
            yield {**tree, "invoices": [{"id": invoice}]}


COMMANDS = {
    "pay": Pay(
        "customer_payment", _("Record that an invoice is paid: all that is open, or an amount."),
        ("bizcli invoice pay SI-2611-0001", "bizcli invoice pay @ 100.00 --account cash"),
        arguments=("amount",), optional=("amount",), hidden=("invoices", "customer"),
    ),
    "return": New(
        "sales_return", _("Take goods of an invoice back and credit them."),
        "bizcli invoice return SI-2611-0001 --line TSHIRT-M:1", arguments=("invoice",), hidden=("delivery",),
    ),
}  # fmt: skip
