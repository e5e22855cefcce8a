"""Lines that have a price: their amount, and the tax on it.

Amounts are micro numbers in whole minor units. Tax is rounded on each line, or once for all lines of
a rate on the document; then the lines' shares add up to the document's tax. Prices may hold tax
(gross): net = round(gross ÷ (1 + rate)), tax = gross - net.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import count
from typing import Annotated, NamedTuple, Protocol, TypeVar

from bizcli.domains.items.kits import check_parts
from bizcli.domains.items.units import in_stock_unit, with_factor, wrong_measure
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, NumberField, OneOf
from bizcli.kernel.money import MICRO, amount_text, divide, micro
from bizcli.kernel.records import Document, Line, Record, filled, record, replaced
from bizcli.kernel.rules import Rules, is_tax
from bizcli.kernel.view import View

HUNDRED = 100 * MICRO
LARGEST = 10**12 * MICRO
DIMENSIONS = ("salesperson", "shop", "department", "project")
"""What sales are told apart by: of a document, and of a line where it differs."""

Prices = Annotated[str, OneOf("net", "gross"), "whether prices hold tax"]
Rounding = Annotated[str, OneOf("line", "document"), "whether tax is rounded on each line or once"]


@record
class ItemLine(Line):
    """A quantity of an item."""

    from_: Annotated[fields.LineId, "the line that it goes back to"] | None = None
    item: Annotated[str, Code("item")]
    qty: fields.Quantity = filled()
    unit: Annotated[fields.Word, "such as box; the item's own when absent"] | None = None
    factor: Annotated[Decimal, NumberField(zero=False), "how many of the item's own unit that is"] | None = None
    warehouse: Annotated[str, Code("warehouse"), "where it differs from the document's"] | None = None
    text: Annotated[fields.Word, "what the paper says of it"] | None = None
    note: fields.Text | None = None
    salesperson: fields.StaffCode | None = None
    shop: fields.Word | None = None
    department: fields.Word | None = None
    project: fields.Word | None = None

    @property
    def stock_qty(self) -> int:
        """The quantity in the item's own unit, in micro."""
        return in_stock_unit(self.qty, self.factor)


@record
class PricedLine(ItemLine):
    """A quantity of an item at a price."""

    price: Annotated[fields.Amount, "of one unit"] = filled()
    discount: fields.Percent | None = None
    tax: Annotated[fields.Word, "a percentage such as 13%, or a tax code"] = filled()


@record
class Reduction(Record):
    """What is taken off the amount of a line, and what for."""

    promotion: Annotated[str, Code("promotion"), "the rule that gives it"] | None = None
    coupon: Annotated[str, Code("coupon"), "the coupon that it was given for"] | None = None
    points: Annotated[fields.Quantity, "the loyalty points that were spent for it"] | None = None
    amount: Annotated[fields.Amount, "off the line, with tax where prices hold it"]


@record
class Reduced(Record):
    """A line that is sold at our prices: the list that its price is from, and what is taken off its amount."""

    price_list: Annotated[str, Code("price_list"), "that its price is from"] | None = None
    gift: Annotated[fields.Flag, "free goods that a promotion added"] | None = None
    reductions: tuple[Reduction, ...] = ()


NO_DIMENSIONS = (None,) * len(DIMENSIONS)


class Taxed(NamedTuple):
    """Net amount and tax of a line, or of a document."""

    net: int
    tax: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


def check_size(amount: int, path: str) -> None:
    """Money has at most 12 digits before the point. Raises `Refused`."""
    if abs(amount) >= LARGEST:
        raise Refused([Problem("too-large", "the amount has more than 12 digits before the point", {}, path)])


def line_amount(line: PricedLine, unit: int) -> int:
    """Quantity at price less discount and reductions, as it stands on the paper."""
    amount = full_amount(line, unit)
    reductions = line.__dict__.get("reductions")
    return amount - reduced_by(reductions) if reductions else amount


def full_amount(line: PricedLine, unit: int) -> int:
    """Quantity at price less discount, before any reduction."""
    left = HUNDRED - (micro(line.discount) if line.discount is not None else 0)
    return divide(micro(line.qty) * micro(line.price) * left, MICRO * HUNDRED * unit) * unit


def reduced_by(reductions: Iterable[Reduction]) -> int:
    """What reductions come to."""
    return sum(micro(each.amount) for each in reductions)


def amounts(
    lines: Iterable[PricedLine], prices: str, rounding: str, rules: Rules, day: str, unit: int | None = None
) -> list[Taxed]:
    """Net and tax of each line, in order, in whole units of the currency. Raises `Refused` for a tax that is not known."""
    unit = unit or rules.unit
    found = []
    sums: dict[int, tuple[int, int, int]] = {}  # of each rate so far: amount, net, tax
    for n, line in enumerate(lines):
        try:
            rate = rules.tax_percent(line.tax, day)
        except Refused as refused:
            raise Refused(problem._replace(path=f"lines[{n}].tax") for problem in refused.problems) from None
        amount = full_amount(line, unit)
        reductions = line.__dict__.get("reductions")
        if reductions:
            amount -= reduced_by(reductions)
            check_reductions(line, amount, unit, f"lines[{n}].reductions")
        if abs(amount) >= LARGEST:
            check_size(amount, f"lines[{n}]")
        if rounding == "line" or not rate:
            found.append(taxed(amount, rate, prices, unit))
            continue
        amount_before, net_before, tax_before = sums.get(rate, (0, 0, 0))
        total = taxed(amount_before + amount, rate, prices, unit)
        found.append(Taxed(total.net - net_before, total.tax - tax_before))
        sums[rate] = (amount_before + amount, total.net, total.tax)
    return found


def check_reductions(line: PricedLine, left: int, unit: int, path: str) -> None:
    """Reductions are whole amounts of money, and leave something or nothing. Raises `Refused`."""
    if left < 0:
        values = {"less": amount_text(-left, unit), "item": line.item}
        template = "the reductions are {less} more than the line of {item} comes to"
        raise Refused([Problem("below-zero", template, values, path)])
    for n, each in enumerate(line.__dict__["reductions"]):
        if micro(each.amount) % unit:
            template = "{amount} is no whole amount of money"
            raise Refused([Problem("wrong-value", template, {"amount": f"{each.amount:f}"}, f"{path}[{n}].amount")])


def taxed(amount: int, rate: int, prices: str, unit: int) -> Taxed:
    """An amount with its tax at a rate in micro percent.

    >>> taxed(10_000_000, 13_000_000, "net", 10_000)
    Taxed(net=10000000, tax=1300000)
    >>> taxed(10_000_000, 13_000_000, "gross", 10_000)
    Taxed(net=8850000, tax=1150000)
    """
    if not rate:
        return Taxed(amount, 0)
    if prices == "gross":
        net = divide(amount * HUNDRED, (HUNDRED + rate) * unit) * unit
        return Taxed(net, amount - net)
    return Taxed(amount, divide(amount * rate, HUNDRED * unit) * unit)


def total(taxeds: Iterable[Taxed]) -> Taxed:
    """The sum of lines."""
    net = tax = 0
    for each in taxeds:
        net += each.net
        tax += each.tax
    check_size(net + tax, "lines")
    return Taxed(net, tax)


class Told(Protocol):
    """A line that may be of others than its document."""

    @property
    def salesperson(self) -> str | None: ...
    @property
    def shop(self) -> str | None: ...
    @property
    def department(self) -> str | None: ...
    @property
    def project(self) -> str | None: ...


def dimensions(line: Told, document: Document) -> tuple[str | None, ...] | None:
    """Salesperson, shop, department and project of a line; None where they are those of the document."""
    own = (line.salesperson, line.shop, line.department, line.project)
    if own == NO_DIMENSIONS:
        return None
    return tuple(mine or whole for mine, whole in zip(own, document.dimensions, strict=True))


I = TypeVar("I", bound=Line)  # noqa: E741
P = TypeVar("P", bound=PricedLine)


def numbered(lines: Iterable[I]) -> tuple[I, ...]:
    """Lines with their permanent numbers, and after them the components of kits; those that have one keep it."""
    lines = tuple(lines)
    free = first_free(lines)
    if free == 1:
        lines = tuple(replaced(line, line=n) for n, line in enumerate(lines, 1))
        free += len(lines)
    else:
        done = []
        for line in lines:
            if line.line is None:
                line, free = replaced(line, line=free), free + 1
            done.append(line)
        lines = tuple(done)
    return with_numbered_parts(lines, free)


def first_free(lines: Iterable[Line]) -> int:
    """The number after all that lines and the components of kits have."""
    taken = 0
    for line in lines:
        taken = max(taken, line.line or 0, *(part.line or 0 for part in line.__dict__.get("components", ())))
    return taken + 1


def with_numbered_parts(lines: tuple[I, ...], free: int) -> tuple[I, ...]:
    """Lines whose components have numbers too."""
    done = []
    for line in lines:
        parts = line.__dict__.get("components", ())
        if any(part.line is None for part in parts):
            numbers = count(free)
            parts = tuple(part if part.line is not None else replaced(part, line=next(numbers)) for part in parts)
            free = next(numbers)
            line = replaced(line, components=parts)
        done.append(line)
    return tuple(done)


def check_lines(lines: Sequence[Line]) -> Iterator[Problem]:
    """A document has lines, each its own number; what they say in other units, and of kits, is exact."""
    seen: set[int] = set()
    for n, line in enumerate(lines):
        values = line.__dict__
        parts = values.get("components", ())
        for number in (values["line"], *(part.line for part in parts)) if parts else (values["line"],):
            if number in seen:
                yield Problem("same-line", "line {line} is there twice", {"line": number}, f"lines[{n}].line")
            if number is not None:
                seen.add(number)
        wrong = None
        if values.get("unit") is not None or values.get("factor") is not None:
            wrong = wrong_measure(line, f"lines[{n}]")
            if wrong is not None:
                yield wrong
        if parts and wrong is None:
            yield from check_parts(line, f"lines[{n}]")
    if not seen:
        yield Problem("missing-key", "lines is missing: at least one line is needed", path="lines")


def in_units(lines: Iterable[I], view: View, first: int = 0) -> tuple[list[I], list[Problem]]:
    """Lines with their units resolved; items and units that are not known. `first`: the place of the first line."""
    done, found = [], []
    for n, line in enumerate(lines, first):
        code = line.item  # type: ignore[attr-defined]
        item = view.master("item", code)
        if item is None:
            found.append(unknown(view, "item", code, f"lines[{n}].item"))
        elif line.__dict__["unit"] is not None or line.__dict__["factor"] is not None:
            try:
                line = with_factor(line, item, f"lines[{n}]")  # type: ignore[arg-type]
            except Refused as refused:
                found += refused.problems
        done.append(line)
    return done, found


def unknown(view: View, kind: str, code: str, path: str) -> Problem:
    """A code that no master has, with the nearest that there is."""
    from bizcli.kernel.records import nearest

    return Problem(
        "unknown-code", "there is no {kind} {code}; the nearest is {nearest}",
        {"kind": kind, "code": code, "nearest": nearest(code, view.codes(kind))}, path,
    )  # fmt: skip


def with_prices(lines: tuple[P, ...], view: View, key: str = "sale_price") -> tuple[P, ...]:
    """Lines with the price and tax that the items say where the document does not. Raises `Refused`.

    `key`: which of an item's prices.
    """
    measured, found = in_units(lines, view)
    done = []
    for n, line in enumerate(measured):
        item = view.master("item", line.item)
        if item is None:
            continue
        if line.qty is None:
            found.append(Problem("missing-key", "{key} is missing", {"key": "qty"}, f"lines[{n}]"))
        price = line.price if line.price is not None else item.price_of(line.unit, line.factor, key)
        tax = line.tax or item.tax or "0%"  # type: ignore[attr-defined]
        if price is None:
            template = "{item} has no price: give one, or set {key} of the item"
            found.append(Problem("no-price", template, {"item": line.item, "key": key}, f"lines[{n}].price"))
        found += check_tax(tax, view, f"lines[{n}].tax")
        if price is not line.price or tax is not line.tax:
            line = replaced(line, price=price, tax=tax)
        done.append(line)
    if found:
        raise Refused(found)
    return tuple(done)


def check_tax(tax: str, view: View, path: str) -> Iterator[Problem]:
    """A tax is a percentage, or a code that is known."""
    if not is_tax(tax):
        yield Problem("wrong-value", "{value} is not a percentage or a tax code", {"value": fields.shown(tax)}, path)
    elif not tax.endswith("%") and view.master("tax", tax) is None:
        yield unknown(view, "tax", tax, path)
