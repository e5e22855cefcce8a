"""Activities: calls, visits, messages and notes, and what is to be done next."""

from collections.abc import Iterator
from typing import Any

from bizcli.cli.command import argument
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.kernel.fields import ID

CHANGES = ("owner", "status", "stage", "amount", "expected", "reason", "competitor", "into")


class NewActivity(New):
    """What was done with a customer, or about a document: the word by which it is named tells which."""

    def places(self) -> list[Any]:
        return [
            argument(
                "with",
                "ABOUT",
                _("A lead, an opportunity, an order …: its id; or the code of a customer."),
                required=True,
            )
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        whom = values.pop("with")
        named = "about" if ID.fullmatch(whom) or whom == "@" or whom.isdigit() else "customer"
        yield from super().trees(values | {named: whom})


COMMANDS = {
    "new": NewActivity(
        "activity", _("Note a call, a visit, a message, and when to follow up."),
        ("bizcli activity new LD-2611-0001 --type call --text 'wants a sample' --next 2026-12-01",
         "bizcli activity new C-001 --type visit --contact 'Mrs Wu' --outcome reached"),
        hidden=("about", "customer", *CHANGES),
    ),
}  # fmt: skip
