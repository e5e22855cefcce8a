"""Something that is bought, made or sold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, MapField, NumberField, OneOf, TextField
from bizcli.kernel.records import Master, filled, record, replaced
from bizcli.kernel.rules import is_tax
from bizcli.kernel.view import View

GOODS = ("goods", "material", "product")


@record
class Item(Master):
    """Something that is bought, made or sold."""

    folder = "items"
    group = "item"

    unit: Annotated[fields.Word, "the unit that stock is counted in"] = filled()
    units: Annotated[dict[str, Decimal], MapField(NumberField(zero=False)), "box: 12 means 1 box = 12"] | None = None
    type: Annotated[str, OneOf("goods", "material", "product", "service"), "services have no stock"] = filled()
    sale_price: fields.Amount | None = None
    tax: Annotated[fields.Word, "a percentage such as 13%, or a tax code"] | None = None
    supplier: Annotated[str, Code("supplier")] | None = None
    purchase_price: fields.Amount | None = None
    account: Annotated[fields.Word, "where a service that we buy is booked: a role or an account"] | None = None
    lead_time: Annotated[int, fields.WholeField(0, 3650), "days"] | None = None
    reorder: Annotated[dict[str, Decimal], MapField(NumberField()), "point and quantity"] | None = None
    costing: Annotated[str, OneOf("fifo", "average"), "how it is valued; the book's when absent"] | None = None
    weight: Annotated[fields.Amount, "kg"] | None = None
    barcode: Annotated[str, TextField(50)] | None = None
    tags: tuple[fields.Word, ...] = ()
    note: fields.Text | None = None

    def complete(self, view: View) -> "Item":
        return replaced(
            self, name=self.name or self.code, unit=self.unit or "pcs", type=self.type or "goods"
        )  # fmt: skip

    def problems(self) -> Iterator[Problem]:
        if self.tax is not None and not is_tax(self.tax):
            yield Problem("wrong-value", "{value} is not a percentage or a tax code", {"value": self.tax}, "tax")

    @property
    def stocked(self) -> bool:
        """Whether it lies on shelves."""
        return self.type in GOODS
