"""Entries: money moved between accounts that no other document says."""

from collections.abc import Iterator
from typing import Any

from bizcli.cli.command import flag
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree


class NewEntry(New):
    """An entry; a customer or supplier is said once for all its lines."""

    def extra(self) -> list[Any]:
        return [
            flag("--customer", metavar="CUSTOMER", help=_("Whose account, where a line is on receivable.")),
            flag("--supplier", metavar="SUPPLIER", help=_("Whose account, where a line is on payable.")),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        party = {name: value for name in ("customer", "supplier") if (value := values.pop(name))}
        for tree in super().trees(values):
            yield {**tree, "lines": [{**line, **party} for line in tree.get("lines", [])]}


COMMANDS = {
    "new": NewEntry(
        "journal_entry", _("Record an entry; an amount below zero is credit."),
        "bizcli journal new --line expense.rent:5000 --line bank:-5000",
    ),
}  # fmt: skip
