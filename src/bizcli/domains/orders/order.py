"""An order, to a customer or to a supplier: its lines, and how changes leave them."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from bizcli.domains.items.kits import Part
from bizcli.domains.items.units import price_of_one
from bizcli.domains.tax.lines import PricedLine
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.fields import Code
from bizcli.kernel.money import decimal, divide, micro
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

if TYPE_CHECKING:
    from bizcli.domains.orders.order_change import ChangeLine

P = TypeVar("P", bound=PricedLine)


@record
class OrderLine(PricedLine):
    """What is ordered."""

    item: Annotated[str, Code("item")] = filled()
    components: tuple[Part, ...] = ()


class Order(Document):
    """What sales and purchase orders have in common."""

    rank = 0
    amendable = True
    promised_kinds: ClassVar[tuple[str, ...]]  # what is to be done of its lines
    goods_done: ClassVar[str]  # refuses to cancel it once something is done
    line_done: ClassVar[str]  # refuses to order less than is done

    if TYPE_CHECKING:
        draft: bool | None
        prices: str
        tax_rounding: str

        @property
        def lines(self) -> tuple[OrderLine, ...]: ...

    def effects(self, rules: Rules) -> Effects:
        return self.effects_after([], rules)

    def with_prices(self, lines: tuple[P, ...], view: View) -> tuple[P, ...]:
        """Lines with the prices that hold where the document does not say. Raises `Refused`."""
        raise AssertionError(f"{type(self).__name__} has no prices")

    def check_close(self, view: View) -> None:
        """Whether what is not done of it may be given up. Raises `Refused`."""

    def check_floor(self, lines: tuple[OrderLine, ...], view: View, approved_by: str | None) -> None:
        """Whether lines sell for enough. Raises `Refused`."""

    def check_more(self, view: View, gross: int) -> None:
        """Whether we may commit to so much more. Raises `Refused`."""

    def drawn(self, lines: Iterable[OrderLine], promise: str) -> Iterator[Promise]:
        """What is ordered of what was quoted or requested; what is not ordered any more can be ordered again."""
        left: dict[str | None, int] = {}
        for line in self.lines:
            left[line.from_] = left.get(line.from_, 0) + line.stock_qty
        for line in lines:
            if line.from_ is not None:
                source, _, number = line.from_.partition("/")
                qty = min(line.stock_qty, left[line.from_])
                left[line.from_] -= qty  # a line that was split has drawn its part, the other draws the rest
                if qty:
                    yield Promise(promise, source, int(number), 0, qty)

    def is_confirmed(self, amendments: Iterable[Document]) -> bool:
        return not self.draft or any(getattr(each, "action", "") == "confirm" for each in amendments)


def lines_now(order: Order, changes: Iterable[Document]) -> dict[int, OrderLine]:
    """An order's lines as its changes, in the order of the books, have made them; by number."""
    lines = {line.line: line for line in order.lines}
    for change in changes:
        for line in change.lines:  # type: ignore[attr-defined]
            before = lines.get(line.line) or lines.get(line.split)
            lines[line.line] = merged(before and replaced(before, line=line.line), line)
    return lines


def merged(before: OrderLine | None, change: "ChangeLine") -> OrderLine:
    """A line as a change leaves it."""
    if before is None:
        return OrderLine(
            line=change.line, item=change.item, qty=change.qty, unit=change.unit, factor=change.factor,
            price=change.price or Decimal(0), components=change.components, discount=change.discount, tax=change.tax or "0%",
            warehouse=change.warehouse,
        )  # fmt: skip
    price = change.price
    return replaced(
        before,
        qty=change.qty,
        unit=change.unit,
        factor=change.factor,
        price=price_of_one(before.price, before.factor, change.factor) if price is None else price,
        discount=before.discount if change.discount is None else change.discount,
        tax=change.tax or before.tax,
        warehouse=change.warehouse or before.warehouse,
        **reductions_left(before, change),
    )


def reductions_left(before: "OrderLine", change: "ChangeLine") -> dict[str, Any]:
    """A line that is ordered more or less of keeps its reductions pro rata; one that has another price loses them."""
    reductions = before.__dict__.get("reductions")
    if not reductions:
        return {}
    if change.price is not None or change.discount is not None:
        return {"reductions": (), "price_list": None}
    parts, gone, so_far = [], Decimal(0), Decimal(0)
    for each in reductions:
        so_far += each.amount
        part = (so_far * change.stock_qty / before.stock_qty).quantize(each.amount, ROUND_HALF_UP) - gone
        gone += part
        points = each.points and decimal(divide(micro(each.points) * change.stock_qty, before.stock_qty))
        if part:
            parts.append(replaced(each, amount=part, points=points or None))
    return {"reductions": tuple(parts)}
