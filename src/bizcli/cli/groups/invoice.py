"""Sales invoices: new, paid, written off, goods returned."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bizcli.cli import forms
from bizcli.cli.command import argument, flag
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.fields import NumberField


class Pay(New):
    """A payment of one invoice."""

    def places(self) -> list[Any]:
        text = _("The invoice: its id, its unique end, or @ for the last.")
        return [argument("invoice", "ID", text, required=True), *super().places()]

    def trees(self, values: Tree) -> Iterator[Tree]:
        invoice = values.pop("invoice")
        for tree in super().trees(values):
            yield {**tree, "invoices": [{"id": invoice}]}


class WriteOff(Pay):
    """What nobody will pay any more."""

    def trees(self, values: Tree) -> Iterator[Tree]:
        for tree in super().trees(values):
            yield {"amount": "0", **tree}


class Credit(New):
    """An allowance on an invoice, in one amount."""

    def places(self) -> list[Any]:
        text = _("The invoice: its id, its unique end, or @ for the last.")
        amount = partial(forms.looked_at, NumberField(zero=False))
        how_much = _("How much: with or without tax, as the prices of the invoice are.")
        return [
            argument("invoice", "ID", text, required=True),
            argument("amount", "AMOUNT", how_much, required=True, type=amount),
        ]

    def extra(self) -> list[Any]:
        return [flag("--tax", metavar="TAX", help=_("Its tax, where the lines of the invoice have several."))]

    def trees(self, values: Tree) -> Iterator[Tree]:
        invoice, amount, tax = values.pop("invoice"), values.pop("amount"), values.pop("tax")
        line = {"amount": amount} | ({"tax": tax} if tax else {})
        if "-" not in invoice:  # an end: bills have the same ones
            invoice = f"sales_invoice/{invoice}"
        for tree in super().trees(values):
            yield {**tree, "invoice": invoice, "lines": [line]}


COMMANDS = {
    "pay": Pay(
        "customer_payment", _("Record that an invoice is paid: all that is open, or an amount."),
        ("bizcli invoice pay SI-2611-0001", "bizcli invoice pay @ 100.00 --account cash"),
        arguments=("amount",), optional=("amount",), hidden=("invoices", "customer", "refund", "credits", "order"),
    ),
    "write-off": WriteOff(
        "customer_payment", _("Give up what is open on an invoice, or a part of it: a bad debt."),
        ("bizcli invoice write-off SI-2611-0001 58.10", "bizcli invoice write-off @ 0.05 --write-off-account rounding"),
        arguments=("write_off",),
        hidden=("invoices", "customer", "refund", "credits", "order", "amount", "account", "discount", "fee"),
    ),
    "credit": Credit(
        "credit_note", _("Credit a part of an invoice: a price allowance, no goods."),
        "bizcli invoice credit SI-2611-0001 20.00 --reason 'delivered late'", hidden=("invoice", "lines", "customer", "invoices", "tax_rounding"),
    ),
    "return": New(
        "sales_return", _("Take goods of an invoice back and credit them."),
        "bizcli invoice return SI-2611-0001 --line TSHIRT-M:1", arguments=("invoice",), hidden=("delivery",),
    ),
}  # fmt: skip
