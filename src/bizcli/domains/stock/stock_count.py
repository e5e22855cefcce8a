"""What was counted on the shelves; the difference is derived."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.items.lots import OfLots, says_lots
from bizcli.domains.items.units import in_stock_unit, price_of_one
from bizcli.domains.stock.lots import arriving
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import check_lines, in_units, numbered
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Level
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, NumberField
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class CountLine(Line, OfLots):
    """How many were there."""

    before = "lot"
    item: Annotated[str, Code("item")]
    counted: fields.Amount
    unit: Annotated[fields.Word, "such as box; the item's own when absent"] | None = None
    factor: Annotated[Decimal, NumberField(zero=False), "how many of the item's own unit that is"] | None = None
    cost: Annotated[fields.Amount, "of one unit, for goods that were never here before"] | None = None
    note: fields.Text | None = None

    @property
    def stock_qty(self) -> int:
        """The quantity in the item's own unit, in micro."""
        return in_stock_unit(self.counted, self.factor)


@record
class StockCount(Document):
    """What was counted on the shelves at close of the day, or at `time`; the difference is derived."""

    folder = "counts"
    group = "stock"
    prefix = "SC"
    rank = 8

    warehouse: Annotated[str, Code("warehouse")] = filled()
    lines: tuple[CountLine, ...] = ()

    def complete(self, view: View) -> "StockCount":
        measured, found = in_units(self.lines, view)
        lines = []
        for n, line in enumerate(measured):
            item = view.master("item", line.item)
            if item is None:
                continue
            if not item.stocked:  # type: ignore[attr-defined]
                found.append(item.without_stock(f"lines[{n}].item"))  # type: ignore[attr-defined]
            elif line.cost is None:
                price = item.purchase_price  # type: ignore[attr-defined]
                line = replaced(line, cost=price if price is None else price_of_one(price, None, line.factor))
                if line.cost is None and line.counted and not view.has_moved(line.item):
                    template = "what does {item} cost? give cost, or set purchase_price of the item"
                    found.append(Problem("no-cost", template, {"item": line.item}, f"lines[{n}].cost"))
            lines.append(line)
        if found:
            raise Refused(found)
        return replaced(
            self,
            warehouse=default_warehouse(view, self.warehouse),
            lines=arriving(numbered(lines), view, self.date),
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        seen: set[tuple[str, str | None, str]] = set()
        for n, line in enumerate(self.lines):
            for lot in (line.lot or "", *(each.lot for each in line.lots), *line.serials):
                if (line.item, line.unit, lot) in seen and (lot or not says_lots(line)):
                    what = f"{line.item} {lot}".strip()
                    yield Problem("same-item", "{item} is counted twice", {"item": what}, f"lines[{n}].item")
                seen.add((line.item, line.unit, lot))

    def effects(self, rules: Rules) -> Effects:
        levels: dict[str, Level] = {}  # three boxes and five loose ones are one level
        for line in self.lines:
            cost = micro(price_of_one(line.cost, line.factor, None)) if line.cost is not None else None
            known = levels.get(line.item)
            levels[line.item] = (
                Level(line.line, line.item, line.stock_qty, self.warehouse, None, cost)
                if known is None
                else known._replace(qty=known.qty + line.stock_qty, value=cost if known.value is None else known.value)
            )
        return Effects(moves=tuple(levels.values()))
