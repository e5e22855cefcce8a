"""What a supplier asks for items, or what we ask of customers: prices from so many on, on which days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, NamedTuple

from bizcli.domains.items.units import factor_of, price_of_one
from bizcli.domains.tax.lines import Prices
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import NUMBER, Code, MapField, NumberField, PatternField, WholeField
from bizcli.kernel.money import MICRO, decimal, micro
from bizcli.kernel.records import Find, Looked, Master, Record, record, replaced
from bizcli.kernel.rules import CURRENCY
from bizcli.kernel.view import View

ALL = "all"


@record
class ListPrice(Record):
    """What one item costs, from the day that it says."""

    item: Annotated[str, Code("item")]
    price: Annotated[fields.Amount, "of one unit"]
    unit: Annotated[fields.Word, "such as box; the item's own when absent"] | None = None
    breaks: (
        Annotated[dict[str, Decimal], MapField(NumberField()), "100: 38 means 38 each when 100 or more are ordered"]
        | None
    ) = None
    minimum: Annotated[fields.Quantity, "the least that may be ordered"] | None = None
    multiple: Annotated[fields.Quantity, "it is sold by so many at a time"] | None = None
    lead_time: Annotated[int, WholeField(0, 3650), "days"] | None = None
    supplier_item: Annotated[fields.Word, "the supplier's own code of it"] | None = None
    since: Annotated[fields.Day, "the first day on which it holds"] | None = None
    until: Annotated[fields.Day, "the last day on which it holds"] | None = None
    note: fields.Text | None = None


@record
class PriceList(Master):
    """What a supplier asks for items, or what we ask of a customer, a group of customers or all: prices from so many on.

    Quantities of a line are in its unit. What a line does not say the list says, and of several lines of an
    item the one in the unit that is asked for holds, and of those the one that began last.
    """

    folder = "price_lists"
    group = "price"

    supplier: Annotated[str, Code("supplier"), "whose prices they are; of a list without it, they are ours"] | None = (
        None
    )
    customer: Annotated[str, Code("customer"), "only to this customer"] | None = None
    group_: Annotated[fields.Word, "only to customers of this group"] | None = None
    currency: Annotated[str, PatternField(CURRENCY, "a currency such as CNY"), "the book's when absent"] | None = None
    prices: Prices | None = None
    lead_time: Annotated[int, WholeField(0, 3650), "days"] | None = None
    since: Annotated[fields.Day, "the first day on which they hold"] | None = None
    until: Annotated[fields.Day, "the last day on which they hold"] | None = None
    note: fields.Text | None = None
    lines: tuple[ListPrice, ...] = ()

    @property
    def whom(self) -> str:
        """Whose prices they are, or for whom: `supplier/S-001`, `customer/C-001`, `group/wholesale`, `all`."""
        for key, value in (("supplier", self.supplier), ("customer", self.customer), ("group", self.group_)):
            if value is not None:
                return f"{key}/{value}"
        return ALL

    def found_by(self) -> Iterator[Looked]:
        """By item and whom they are for, with the lines of that item alone: lists are long."""
        for item, lines in self.by_item.items():
            yield Looked(f"{item} {self.whom}", self.since, self.until, replaced(self, lines=tuple(lines)))

    def problems(self) -> Iterator[Problem]:
        if sum(each is not None for each in (self.supplier, self.customer, self.group_)) > 1:
            template = "a list is of one supplier, or for one customer or group: say one of the three"
            yield Problem("wrong-usage", template, {}, "supplier")
        if not self.lines:
            yield Problem("missing-key", "lines is missing: at least one line is needed", path="lines")
        seen: set[tuple[str, str | None, date | None]] = set()
        for n, line in enumerate(self.lines):
            path = f"lines[{n}]"
            since, until = line.since or self.since, line.until or self.until
            if (line.item, line.unit, since) in seen:
                template = "{item} is there twice: let one of them begin later, with `since`"
                yield Problem("same-line", template, {"item": line.item}, f"{path}.item")
            seen.add((line.item, line.unit, since))
            if since is not None and until is not None and until < since:
                values = {"until": until.isoformat(), "since": since.isoformat()}
                yield Problem("wrong-value", "{until} is before {since}", values, f"{path}.until")
            for qty, price in (line.breaks or {}).items():
                if not NUMBER.fullmatch(qty) or Decimal(qty) <= 0 or not isinstance(price, Decimal):
                    template = "breaks are written `100: 38.00`: from how many on, and the price of one then"
                    yield Problem("wrong-value", template, {}, f"{path}.breaks")

    def problems_among(self, master: Find) -> Iterator[Problem]:
        for n, line in enumerate(self.lines):
            item = master("item", line.item)
            if item is not None and line.unit is not None:
                try:
                    factor_of(item, line.unit, f"lines[{n}].unit")  # type: ignore[arg-type]
                except Refused as refused:
                    yield from refused.problems

    @cached_property
    def by_item(self) -> dict[str, list[ListPrice]]:
        """The lines of each item."""
        found: dict[str, list[ListPrice]] = {}
        for line in self.lines:
            found.setdefault(line.item, []).append(line)
        return found

    def on(self, item: str, day: date, unit: str | None = None) -> ListPrice | None:
        """The line of an item that holds on a day, in the unit that is asked for where there is one."""
        holding = [
            (line.unit == unit, line.since or self.since or date.min, n, line)
            for n, line in enumerate(self.by_item.get(item, ()))
            if (line.since or self.since or day) <= day <= (line.until or self.until or day)
        ]  # fmt: skip
        return max(holding, key=lambda each: each[:3])[-1] if holding else None


class Offer(NamedTuple):
    """What a list says of an item on a day."""

    list: PriceList
    line: ListPrice
    factor: Decimal | None  # of its unit

    @property
    def lead_time(self) -> int | None:
        return self.list.lead_time if self.line.lead_time is None else self.line.lead_time

    def in_stock_unit(self, qty: Decimal) -> int:
        """A quantity of the list, in micro of the item's own unit."""
        return micro(qty) * micro(self.factor or Decimal(1)) // MICRO

    def price_at(self, qty: int) -> Decimal:
        """The price of one unit of the list when so much is ordered, in micro of the item's own unit."""
        reached = [Decimal(each) for each in self.line.breaks or () if self.in_stock_unit(Decimal(each)) <= qty]
        if not reached:
            return self.line.price
        most = max(reached)
        return next(price for each, price in (self.line.breaks or {}).items() if Decimal(each) == most)

    def price_in(self, qty: int, factor: Decimal | None) -> Decimal:
        """The price of one of another unit of the item."""
        return price_of_one(self.price_at(qty), self.factor, factor)

    def orderable(self, qty: int) -> int:
        """So much, or the next larger quantity that may be ordered."""
        least = self.in_stock_unit(self.line.minimum or Decimal(0))
        step = self.in_stock_unit(self.line.multiple or Decimal(0))
        wanted = max(qty, least)
        return -(-wanted // step) * step if step else wanted

    def in_unit(self, qty: int) -> Decimal:
        """A quantity in the unit of the list."""
        return decimal(qty * MICRO // micro(self.factor or Decimal(1)))


def offers_on(lists: Iterable[PriceList], day: date) -> dict[tuple[str, str], Offer]:
    """What all suppliers ask for all items on a day, by supplier and item, as `offer_of` finds it; without factors."""
    found: dict[tuple[str, str], tuple[date, str, int, Offer]] = {}
    for each in lists:
        for n, line in enumerate(each.lines):
            since = line.since or each.since or date.min
            if each.supplier is not None and since <= day <= (line.until or each.until or day):
                key, offer = (each.supplier, line.item), (since, each.code, n, Offer(each, line, None))
                found[key] = max(found.get(key, offer), offer, key=lambda one: one[:3])
    return {key: offer for key, (*_, offer) in found.items()}


def offer_of(view: View, whom: Sequence[str], item: str, day: date, unit: str | None = None) -> Offer | None:
    """What lists say of an item: those for the first of `whom` that has any; the one that began last holds."""
    return next(iter(offers(view, whom, item, day, unit)), None)


def offers(view: View, whom: Sequence[str], item: str, day: date, unit: str | None = None) -> list[Offer]:
    """What all lists say of an item, the one that holds first."""
    found = [
        (-whom.index(each.whom), line.since or each.since or date.min, each.code, Offer(each, line, None))
        for each in view.matching("price_list", [f"{item} {name}" for name in whom], day.isoformat())
        if isinstance(each, PriceList) and (line := each.on(item, day, unit)) is not None
    ]
    found.sort(key=lambda each: each[:3], reverse=True)
    master = view.master("item", item)
    return [
        offer if master is None or offer.line.unit is None
        else offer._replace(factor=factor_of(master, offer.line.unit, "lines"))  # type: ignore[arg-type]
        for *_, offer in found
    ]  # fmt: skip


def of_supplier(supplier: str) -> tuple[str]:
    """Whose lists a purchase goes by."""
    return (f"supplier/{supplier}",)


def of_customer(customer: str | None, group: str | None) -> tuple[str, ...]:
    """The lists that a sale goes by: those of the customer come first, then those of the group, then those for all."""
    named = (f"customer/{customer}" if customer else None, f"group/{group}" if group else None)
    return (*filter(None, named), ALL)
