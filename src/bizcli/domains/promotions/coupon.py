"""A code that lets its bearer have a promotion: how often, by whom and on which days."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, WholeField
from bizcli.kernel.records import Looked, Master, record


@record
class Coupon(Master):
    """A code that lets its bearer have a promotion: how often, by whom and on which days.

    How often it was used is counted from the documents that name it; a void gives it back.
    """

    folder = "coupons"
    group = "coupon"

    promotion: Annotated[str, Code("promotion"), "that it gives"]
    uses: Annotated[int, WholeField(1), "how often it may be used in all; no limit when absent"] | None = None
    uses_per_customer: Annotated[int, WholeField(1), "how often one customer may use it"] | None = None
    customer: Annotated[str, Code("customer"), "only this customer may use it"] | None = None
    since: Annotated[fields.Day, "the first day on which it holds"] | None = None
    until: Annotated[fields.Day, "the last day on which it holds"] | None = None
    note: fields.Text | None = None

    def found_by(self) -> Iterator[Looked]:
        """By the customer whose it is."""
        if self.customer is not None:
            yield Looked(self.customer, self.since, self.until)

    def problems(self) -> Iterator[Problem]:
        if self.since is not None and self.until is not None and self.until < self.since:
            values = {"until": self.until.isoformat(), "since": self.since.isoformat()}
            yield Problem("wrong-value", "{until} is before {since}", values, "until")
