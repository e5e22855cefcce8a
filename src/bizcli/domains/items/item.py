"""Something that is bought, made or sold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.items.units import price_of_one
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, MapField, NumberField, OneOf, TextField
from bizcli.kernel.records import Master, filled, nearest, record, replaced
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
    unit_prices: (
        Annotated[dict[str, Decimal], MapField(NumberField()), "of one box, where it is not 12 × sale_price"] | None
    ) = None
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
    volume: Annotated[fields.Amount, "m³"] | None = None
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
        for unit, factor in (self.units or {}).items():
            if not is_unit(unit) or unit == self.unit or not isinstance(factor, Decimal):
                template = "units are written `box: 12`: a word that is not the stock unit, and how many of that it is"
                yield Problem("wrong-unit", template, {}, f"units.{unit}")
        for unit, price in (self.unit_prices or {}).items():
            if unit not in (self.units or {}) or not isinstance(price, Decimal):
                values = {"item": self.code, "unit": unit, "nearest": nearest(unit, self.units or ())}
                template = "{item} has no unit {unit}; the nearest is {nearest}"
                yield Problem("unknown-unit", template, values, f"unit_prices.{unit}")

    def price_of(self, unit: str | None, factor: Decimal | None, key: str = "sale_price") -> Decimal | None:
        """What one of a unit is sold for, where a document does not say; or bought, by its `purchase_price`."""
        own = (self.unit_prices or {}).get(unit) if unit is not None and key == "sale_price" else None
        price: Decimal | None = getattr(self, key)
        if own is not None or price is None:
            return own
        return price_of_one(price, None, factor)

    @property
    def stocked(self) -> bool:
        """Whether it lies on shelves."""
        return self.type in GOODS


def is_unit(word: str) -> bool:
    """Whether a word can stand behind a number: `2box`, `2箱`."""
    return word[:1].isalpha() and not set(word) & set(":@/")
