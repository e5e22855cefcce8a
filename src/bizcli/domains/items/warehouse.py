"""A place where goods lie: a warehouse or a shop."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.effects import TRANSIT
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code
from bizcli.kernel.records import Find, Master, record


@record
class Warehouse(Master):
    """A place where goods lie: a warehouse or a shop."""

    folder = "warehouses"
    group = "warehouse"

    parent: Annotated[str, Code("warehouse"), "what it is part of: a region, a shop …"] | None = None
    address: fields.Text | None = None
    location: fields.Location | None = None
    reject_warehouse: Annotated[str, Code("warehouse"), "where goods lie that it does not accept"] | None = None
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        if self.code == TRANSIT:
            yield Problem(
                "reserved", "{code} is where goods under way lie: take another code", {"code": TRANSIT}, "code"
            )
        if self.location is not None and len(self.location) != 2:
            yield Problem("wrong-value", "a location is [latitude, longitude]", path="location")

    def problems_among(self, master: Find) -> Iterator[Problem]:
        above, code = [self.code], self.parent
        while code is not None and code not in above:
            above.append(code)
            known = master("warehouse", code)
            code = known.parent if isinstance(known, Warehouse) else None
        if code == self.code:
            template = "a warehouse cannot be part of itself: {circle}"
            yield Problem("in-a-circle", template, {"circle": " → ".join([*above, code])}, "parent")
