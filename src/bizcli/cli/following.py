"""Commands that record an activity about one thing that is followed: a lead, an opportunity, a ticket, a campaign."""

from collections.abc import Iterator

from bizcli.cli.new import New, Tree

CHANGES = (
    "owner", "pool", "status", "stage", "amount", "expected", "reason", "competitor", "into", "priority", "escalated",
    "made", "coupon", "csat", "nps", "cost",
)  # fmt: skip
"""What an activity may change."""
SAID = ("customer", "campaign", "channel", "incoming")
"""What an activity says of some things only."""


class About(New):
    """An activity about one of a kind, with some of what it may change.

    `shown`: which of `CHANGES` and `SAID` it has flags for; `usual` holds where the command does not say otherwise.
    """

    def __init__(
        self, subject: str, help: str, lines: str | tuple[str, ...], *shown: str, arguments: tuple[str, ...] = (),
        optional: tuple[str, ...] = (), usual: Tree | None = None, fixed: Tree | None = None,
        required: tuple[str, ...] = (), hidden: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        hidden = (*hidden, *(each for each in (*SAID, *CHANGES) if each not in (*shown, *required)))
        super().__init__(
            "activity", help, lines, arguments=("about", *arguments), optional=optional, fixed=fixed, required=required,
            hidden=hidden,
        )  # fmt: skip
        self.subject, self.usual = subject, usual or {}

    def trees(self, values: Tree) -> Iterator[Tree]:
        for tree in super().trees(values):
            named = {"about": f"{self.subject}/{tree['about']}"} if tree.get("about") else {}
            yield {**self.usual, **tree, **named}
