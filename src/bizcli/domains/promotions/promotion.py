"""A rule that takes something off prices, for whom and what and when it says."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, ListField, NumberField, OneOf, PercentField, TextField, WholeField
from bizcli.kernel.records import Looked, Master, record

EFFECTS = ("percent", "amount", "price", "order_amount", "get")
"""What a promotion does: one of these."""

Codes = Annotated[tuple[str, ...], ListField(TextField(200))]
Qty = Annotated[Decimal, NumberField(zero=False), "in the items' own units"]


@record
class Promotion(Master):
    """A rule that takes something off prices, for whom and what and when it says.

    It takes `percent`, an `amount` of each unit, what is above a `price` of each unit, an `order_amount` that is spread over
    the lines, or gives goods away: of every `buy` and `get`, the cheapest `get` are free.
    """

    folder = "promotions"
    group = "promotion"

    since: Annotated[fields.Day, "the first day on which it holds"] | None = None
    until: Annotated[fields.Day, "the last day on which it holds"] | None = None
    priority: Annotated[int, WholeField(), "the highest comes first; 0 when absent"] | None = None
    stacking: (
        Annotated[
            str, OneOf("add", "compound"), "of the list price, or of what others have left of it; add when absent"
        ]
        | None
    ) = None
    exclusive: Annotated[fields.Flag, "a line that has it has no other"] | None = None
    items: Annotated[tuple[str, ...], ListField(Code("item")), "of these items alone"] = ()
    item_tags: Annotated[tuple[str, ...], ListField(TextField(200)), "of items with one of these tags"] = ()
    customers: Annotated[tuple[str, ...], ListField(Code("customer")), "for these customers alone"] = ()
    groups: Annotated[tuple[str, ...], ListField(TextField(200)), "for customers of these groups"] = ()
    customer_tags: Annotated[
        tuple[str, ...], ListField(TextField(200)), "for customers with one of these tags, such as price-sensitive"
    ] = ()
    shops: Annotated[tuple[str, ...], ListField(TextField(200)), "in these shops alone"] = ()
    coupon: Annotated[fields.Flag, "only with a coupon of it"] | None = None
    minimum_qty: Annotated[Decimal, NumberField(zero=False), "of the items, in their own units"] | None = None
    minimum_amount: Annotated[Decimal, NumberField(zero=False), "that the items come to at list prices"] | None = None
    percent: Annotated[Decimal, PercentField(), "off each line"] | None = None
    amount: Annotated[Decimal, NumberField(zero=False), "off each unit"] | None = None
    price: Annotated[Decimal, NumberField(), "of each unit"] | None = None
    order_amount: Annotated[Decimal, NumberField(zero=False), "off all of it, spread over the lines"] | None = None
    repeat: Annotated[fields.Flag, "order_amount for every minimum_amount or minimum_qty"] | None = None
    buy: Annotated[Decimal, NumberField(zero=False), "free goods: for every so many"] | None = None
    get: Annotated[Decimal, NumberField(zero=False), "so many are free"] | None = None
    free_item: Annotated[str, Code("item"), "what is free; the items themselves when absent"] | None = None
    added: Annotated[fields.Flag, "free goods are added; those that are ordered are free when absent"] | None = None
    note: fields.Text | None = None

    def problems(self) -> Iterator[Problem]:
        said = [name for name in EFFECTS if getattr(self, name) is not None]
        if len(said) != 1:
            template = "what does it do? give one of percent, amount, price, order_amount, or buy with get"
            yield Problem("missing-key" if not said else "wrong-usage", template, {}, said[1] if said[1:] else "")
        if (self.buy is None) != (self.get is None):
            yield Problem("missing-key", "{key} is missing", {"key": "get" if self.buy is not None else "buy"}, "")
        for key in ("free_item", "added"):
            if getattr(self, key) is not None and self.get is None:
                yield Problem("wrong-usage", "{key} is of free goods: give buy and get", {"key": key}, key)
        if self.added and self.free_item is None and len(self.items) != 1:
            template = "what is added? give free_item, or one item"
            yield Problem("missing-key", template, {}, "free_item")
        if self.repeat and (self.order_amount is None or not (self.minimum_amount or self.minimum_qty)):
            template = "repeat gives order_amount for every minimum_amount or minimum_qty: give both"
            yield Problem("wrong-usage", template, {}, "repeat")
        if self.items and self.item_tags:
            template = "items or item_tags: say one of the two"
            yield Problem("wrong-usage", template, {}, "item_tags")
        if self.since is not None and self.until is not None and self.until < self.since:
            values = {"until": self.until.isoformat(), "since": self.since.isoformat()}
            yield Problem("wrong-value", "{until} is before {since}", values, "until")

    def found_by(self) -> Iterator[Looked]:
        """By what it is of, so that those of other items need not be looked at."""
        words = [*(f"item/{item}" for item in self.items), *(f"tag/{tag}" for tag in self.item_tags)] or [ANY]
        for word in dict.fromkeys(words):
            yield Looked(word, self.since, self.until)

    def is_of(self, item: str, tags: tuple[str, ...]) -> bool:
        """Whether goods are among those that it is about."""
        if self.items:
            return item in self.items
        return not self.item_tags or any(tag in self.item_tags for tag in tags)

    def is_for(self, customer: str | None, group: str | None, tags: tuple[str, ...], shop: str | None) -> bool:
        """Whether a customer gets it, in a shop."""
        return (
            (not self.customers or customer in self.customers)
            and (not self.groups or group in self.groups)
            and (not self.customer_tags or any(tag in self.customer_tags for tag in tags))
            and (not self.shops or shop in self.shops)
        )

    def holds_on(self, day: date) -> bool:
        return (self.since or day) <= day <= (self.until or day)


ANY = "any"


def keys_of(item: str, tags: tuple[str, ...]) -> list[str]:
    """The words that promotions of an item are found by."""
    return [f"item/{item}", *(f"tag/{tag}" for tag in tags)]
