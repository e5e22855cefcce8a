"""Landed cost: freight, duty and the like become part of what goods cost."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from bizcli.cli import forms
from bizcli.cli.command import flag
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.fields import NumberField


class NewLanded(New):
    """Charges that are spread over receipts; one that no bill has is an amount and where it stands."""

    def extra(self) -> list[Any]:
        amount = partial(forms.looked_at, NumberField(zero=False))
        return [
            flag("--amount", metavar="N", type=amount, help=_("A charge that no bill has: how much.")),
            flag("--account", metavar="ACCOUNT", help=_("Where it stands; landed_cost_clearing when absent.")),
            flag("--supplier", metavar="SUPPLIER", help=_("Whom we owe it, where no bill will follow.")),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        names = ("amount", "account", "supplier")
        charge = {name: value for name in names if (value := values.pop(name))}
        for tree in super().trees(values):
            yield {**tree, "charges": [*tree.get("charges", []), charge]} if charge else tree


COMMANDS = {
    "new": NewLanded(
        "landed_cost", _("Spread charges over the goods of receipts, wherever these are by now."),
        ("bizcli landed new --receipt GR-2611-0001 --charge PI-2611-0002/1 --by weight",
         "bizcli landed new --receipt GR-2611-0001 --amount 30 --supplier S-002"), hidden=("lines",),
    ),
}  # fmt: skip
