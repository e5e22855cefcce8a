"""Suppliers' bills: of goods, of rent, freight and other services."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from typer import BadParameter

from bizcli.cli import forms
from bizcli.cli.command import argument, flag
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.fields import NumberField

CHARGE = "ACCOUNT:AMOUNT[@TAX]"


class NewBill(New):
    """A bill; what has no item is a charge on an account."""

    def extra(self) -> list[Any]:
        text = _("Rent, freight and the like, such as expense.rent:5000@9%; may be repeated.")
        return [flag("--charge", metavar=CHARGE, multiple=True, type=charge, help=text)]

    def trees(self, values: Tree) -> Iterator[Tree]:
        charges = values.pop("charge")
        for tree in super().trees(values):
            yield {**tree, "lines": [*tree.get("lines", []), *charges]} if charges else tree


class PayBill(New):
    """A payment of one bill."""

    def places(self) -> list[Any]:
        text = _("The bill: its id, its unique end, or @ for the last.")
        return [argument("bill", "ID", text, required=True), *super().places()]

    def trees(self, values: Tree) -> Iterator[Tree]:
        bill = values.pop("bill")
        for tree in super().trees(values):
            yield {**tree, "invoices": [{"id": bill}]}


class CreditBill(New):
    """An allowance of a supplier on a bill, in one amount."""

    def places(self) -> list[Any]:
        text = _("The bill: its id, its unique end, or @ for the last.")
        how_much = _("How much: with or without tax, as the prices of the bill are.")
        amount = partial(forms.looked_at, NumberField(zero=False))
        return [
            argument("bill", "ID", text, required=True),
            argument("amount", "AMOUNT", how_much, required=True, type=amount),
        ]

    def extra(self) -> list[Any]:
        return [flag("--tax", metavar="TAX", help=_("Its tax, where the lines of the bill have several."))]

    def trees(self, values: Tree) -> Iterator[Tree]:
        bill, amount, tax = values.pop("bill"), values.pop("amount"), values.pop("tax")
        line = {"amount": amount} | ({"tax": tax} if tax else {})
        for tree in super().trees(values):
            yield {**tree, "invoice": f"purchase_invoice/{bill}", "lines": [line]}


def charge(text: str) -> dict[str, str]:
    """A line on an account: `expense.rent:5000@9%`.

    >>> charge("expense.rent:5000@9%")
    {'account': 'expense.rent', 'amount': '5000', 'tax': '9%'}
    """
    head, at, tax = text.strip().partition("@")
    account, colon, amount = head.rpartition(":")
    if not colon or not account or (at and not tax):
        raise BadParameter(_("{text} is not {form}").format(text=repr(text[:60]), form=CHARGE))
    line = {"account": account, "amount": forms.looked_at(NumberField(), amount)}
    return line | {"tax": tax} if tax else line


COMMANDS = {
    "new": NewBill(
        "purchase_invoice", _("Record a supplier's bill: of an order, of receipts, or of charges."),
        ("bizcli bill new --order PO-2611-0001 --number 24442000000012345678",
         "bizcli bill new --order PO-2611-0001 --ahead",
         "bizcli bill new --supplier S-002 --charge expense.rent:5000@9%"),
    ),
    "pay": PayBill(
        "supplier_payment", _("Record that a bill is paid: all that is open, or an amount."),
        ("bizcli bill pay PI-2611-0001", "bizcli bill pay @ 100.00 --account cash"),
        arguments=("amount",), optional=("amount",), hidden=("invoices", "supplier", "refund", "credits", "order"),
    ),
    "credit": CreditBill(
        "credit_note", _("Record that a supplier credits a part of a bill: a price allowance, no goods."),
        "bizcli bill credit PI-2611-0001 20.00 --reason 'sent late' --number 24442000000012345679",
        hidden=("invoice", "lines", "customer", "supplier", "invoices", "returns", "invoice_type", "tax_rounding", "prices"),
    ),
}  # fmt: skip
