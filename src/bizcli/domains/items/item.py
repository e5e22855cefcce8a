"""Something that is bought, made or sold."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from bizcli.domains.items.kits import parts_of
from bizcli.domains.items.units import price_of_one
from bizcli.domains.items.warranty import WarrantyField
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, MapField, NumberField, OneOf, TextField
from bizcli.kernel.records import Find, Master, Record, filled, nearest, record, replaced
from bizcli.kernel.rules import is_tax
from bizcli.kernel.view import Base, View

LEVELS = ("point", "max", "quantity")
GOODS = ("goods", "material", "product")
DISCONTINUED = "discontinued"  # a tag, where nobody knows since when


@record
class Component(Record):
    """What a kit is made of."""

    item: Annotated[str, Code("item")]
    qty: Annotated[Decimal, NumberField(zero=False), "in one kit"]
    unit: Annotated[fields.Word, "such as box; the item's own when absent"] | None = None


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
    type: Annotated[str, OneOf("goods", "material", "product", "service", "kit"), "services and kits have no stock"] = (
        filled()
    )
    components: tuple[Component, ...] = ()
    sale_price: fields.Amount | None = None
    tax: Annotated[fields.Word, "a percentage such as 13%, or a tax code"] | None = None
    supplier: Annotated[str, Code("supplier")] | None = None
    purchase_price: fields.Amount | None = None
    margin_floor: Annotated[fields.Percent, "its own, where it is not the book's"] | None = None
    account: Annotated[fields.Word, "where a service that we buy is booked: a role or an account"] | None = None
    lead_time: Annotated[int, fields.WholeField(0, 3650), "days"] | None = None
    reorder: (
        Annotated[dict[str, Decimal], MapField(NumberField()), "point, and max or quantity; or those by warehouse"]
        | None
    ) = None
    costing: Annotated[str, OneOf("fifo", "average"), "how it is valued; the book's when absent"] | None = None
    tracking: Annotated[str, OneOf("lot", "serial"), "whether lots or serial numbers are told apart"] | None = None
    shelf_life: Annotated[int, fields.WholeField(1, 36500), "days until a lot expires that does not say it"] | None = (
        None
    )
    warranty: Annotated[str, WarrantyField(), "for how long after the sale, such as 24 months"] | None = None
    weight: Annotated[fields.Amount, "kg"] | None = None
    volume: Annotated[fields.Amount, "m³"] | None = None
    barcode: Annotated[str, TextField(50)] | None = None
    discontinued: Annotated[fields.Day, "the last day on which it is offered"] | None = None
    tags: tuple[fields.Word, ...] = ()
    note: fields.Text | None = None

    def complete(self, view: View) -> "Item":
        parts_of(self, view)
        return replaced(
            self, name=self.name or self.code, unit=self.unit or "pcs", type=self.type or "goods"
        )  # fmt: skip

    def problems(self) -> Iterator[Problem]:
        if self.tax is not None and not is_tax(self.tax):
            yield Problem("wrong-value", "{value} is not a percentage or a tax code", {"value": self.tax}, "tax")
        if self.type == "kit" and not self.components:
            template = "what is the kit made of? give `components`, each an item and a quantity"
            yield Problem("missing-key", template, {}, "components")
        if self.tracking is not None and self.type not in (None, *GOODS):
            yield Problem("wrong-value", "only goods have lots or serial numbers", {}, "tracking")
        if self.shelf_life is not None and self.tracking is None:
            yield Problem("wrong-value", "shelf_life is of lots: say `tracking: lot` too", {}, "shelf_life")
        if self.type != "kit" and self.components:
            yield Problem("wrong-value", "only a kit has components: `type: kit`", {}, "components")
        if any(component.item == self.code for component in self.components):
            yield Problem("nested-kit", "{item} is made of itself", {"item": self.code}, "components")
        for unit, factor in (self.units or {}).items():
            if not is_unit(unit) or unit == self.unit or not isinstance(factor, Decimal):
                template = "units are written `box: 12`: a word that is not the stock unit, and how many of that it is"
                yield Problem("wrong-unit", template, {}, f"units.{unit}")
        for unit, price in (self.unit_prices or {}).items():
            if unit not in (self.units or {}) or not isinstance(price, Decimal):
                values = {"item": self.code, "unit": unit, "nearest": nearest(unit, self.units or ())}
                template = "{item} has no unit {unit}; the nearest is {nearest}"
                yield Problem("unknown-unit", template, values, f"unit_prices.{unit}")

        yield from self.wrong_levels()

    def levels(self) -> Iterator[tuple[str | None, dict[str, Decimal]]]:
        """The levels at which it is ordered: of the whole company (None), or by warehouse."""
        reorder: dict[str, Any] = self.reorder or {}
        if any(isinstance(each, dict) for each in reorder.values()):
            yield from reorder.items()
        elif reorder:
            yield None, reorder

    def wrong_levels(self) -> Iterator[Problem]:
        for place, levels in self.levels():
            path = "reorder" if place is None else f"reorder.{place}"
            if not isinstance(levels, dict):
                template = "a point is for the whole company, or each is by warehouse: say either"
                yield Problem("wrong-value", template, path=path)
                continue
            for key, value in levels.items():
                if key not in LEVELS or isinstance(value, dict):
                    values = {"key": fields.shown(key), "nearest": nearest(key, LEVELS)}
                    yield Problem("unknown-key", "unknown key {key}; the nearest is {nearest}", values, f"{path}.{key}")
            point, most = levels.get("point"), levels.get("max")
            if point is None:
                yield Problem("missing-key", "{key} is missing", {"key": "point"}, path)
            elif isinstance(most, Decimal) and isinstance(point, Decimal) and most <= point:
                values = {"max": f"{most:f}", "point": f"{point:f}"}
                yield Problem("wrong-value", "max {max} is not above the point {point}", values, f"{path}.max")

    def problems_among(self, master: Find) -> Iterator[Problem]:
        for place, _ in self.levels():
            if place is not None and master("warehouse", place) is None:
                values = {"kind": "warehouse", "code": place}
                yield Problem("unknown-code", "there is no {kind} {code}", values, f"reorder.{place}")

    def problems_since(self, before: "Item", base: Base) -> Iterator[Problem]:
        if self.tracking not in (None, before.tracking) and base.has_moved(self.code):
            template = (
                "{item} has moved already, and nobody said of which lots: take out what is there with `bizcli stock "
                "adjust {item} -QTY --reason correction`, and bring it in under a new code that is tracked"
            )
            yield Problem("has-moved", template, {"item": self.code}, "tracking")

    def price_of(self, unit: str | None, factor: Decimal | None, key: str = "sale_price") -> Decimal | None:
        """What one of a unit is sold for, where a document does not say; or bought, by its `purchase_price`."""
        own = (self.unit_prices or {}).get(unit) if unit is not None and key == "sale_price" else None
        price: Decimal | None = getattr(self, key)
        if own is not None or price is None:
            return own
        return price_of_one(price, None, factor)

    def offered_on(self, day: date) -> bool:
        """Whether it is in our range on a day; what is left of it may be sold all the same."""
        return (self.discontinued is None or day <= self.discontinued) and DISCONTINUED not in self.tags

    @property
    def stocked(self) -> bool:
        """Whether it lies on shelves."""
        return self.type in GOODS

    @property
    def deliverable(self) -> bool:
        """Whether goods leave a warehouse when it is sold: its own, or those that it is made of."""
        return self.type != "service"

    def without_stock(self, path: str) -> Problem:
        """Why nothing of it can be moved or counted."""
        if self.type == "kit":
            template = "{item} is a kit: it has no stock, its components have"
        else:
            template = "{item} is a service: it has no stock"
        return Problem("no-stock", template, {"item": self.code}, path)


def is_unit(word: str) -> bool:
    """Whether a word can stand behind a number: `2box`, `2箱`."""
    return word[:1].isalpha() and not set(word) & set(":@/") and word == word.strip()
