"""What salespeople get of what they sell: of which goods, to whom, once it is invoiced or once it is paid."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, ListField, OneOf, PercentField, TextField
from bizcli.kernel.records import Master, record


@record
class Commission(Master):
    """What salespeople get of what they sell: of which goods, to whom, once it is invoiced or once it is paid.

    Of the rules that fit a line the most particular one counts: by salesperson, then item, tag, group of customers.
    """

    folder = "commissions"
    group = "commission"

    percent: Annotated[Decimal, PercentField(), "of the amount without tax"]
    basis: Annotated[str, OneOf("invoice", "payment"), "when it is earned; on invoice when absent"] | None = None
    salesperson: Annotated[fields.StaffCode, "only what they sell"] | None = None
    items: Annotated[tuple[str, ...], ListField(Code("item")), "of these items alone"] = ()
    item_tags: Annotated[tuple[str, ...], ListField(TextField(200)), "of items with one of these tags"] = ()
    groups: Annotated[tuple[str, ...], ListField(TextField(200)), "for customers of these groups"] = ()
    since: Annotated[fields.Day, "the first day on which it holds"] | None = None
    until: Annotated[fields.Day, "the last day on which it holds"] | None = None
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if self.since is not None and self.until is not None and self.until < self.since:
            values = {"until": self.until.isoformat(), "since": self.since.isoformat()}
            yield Problem("wrong-value", "{until} is before {since}", values, "until")

    def fits(self, salesperson: str | None, item: str, tags: tuple[str, ...], group: str | None, day: date) -> bool:
        """Whether it is about what was sold on a day."""
        return (
            self.salesperson in (None, salesperson)
            and (not self.items or item in self.items)
            and (not self.item_tags or any(tag in self.item_tags for tag in tags))
            and (not self.groups or group in self.groups)
            and (self.since or day) <= day <= (self.until or day)
        )

    @property
    def weight(self) -> tuple[bool, bool, bool, bool, date, str]:
        """How particular it is; of two alike the later one counts, then the later code."""
        return (
            self.salesperson is not None, bool(self.items), bool(self.item_tags), bool(self.groups),
            self.since or date.min, self.code,
        )  # fmt: skip


def rule_of(
    rules: Iterable[Commission], salesperson: str | None, item: str, tags: tuple[str, ...], group: str | None, day: date
) -> Commission | None:
    """The rule that counts for what was sold."""
    fitting = [each for each in rules if each.fits(salesperson, item, tags, group, day)]
    return max(fitting, key=lambda each: each.weight) if fitting else None
