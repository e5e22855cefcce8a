"""After recording, an order changes only by a dated document: confirm, amend, close or cancel."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.items.kits import Part, with_parts
from bizcli.domains.items.units import in_stock_unit, part_of, price_of_one
from bizcli.domains.orders.open_lines import find
from bizcli.domains.orders.order import Order, OrderLine, lines_now
from bizcli.domains.tax.lines import (
    PricedLine,
    amounts,
    check_lines,
    first_free,
    in_units,
    total,
    with_numbered_parts,
)
from bizcli.kernel import fields
from bizcli.kernel.effects import NOTHING, Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.money import decimal
from bizcli.kernel.records import Document, Line, filled, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

DONE = {"cancel": "cancelled", "close": "closed"}


@record
class ChangeLine(Line):
    """A line of the order as it is from now on."""

    split: (
        Annotated[int, fields.WholeField(1), "the line that it is split off; it keeps what is not said here"] | None
    ) = None
    item: Annotated[str, Code("item")] = filled()
    qty: Annotated[Decimal, fields.NumberField(), "ordered in all, from now on"] = filled()
    unit: Annotated[fields.Word, "such as box; the item's own when absent"] | None = None
    factor: Annotated[Decimal, fields.NumberField(zero=False), "how many of the item's own unit that is"] | None = None
    price: fields.Amount | None = None
    discount: fields.Percent | None = None
    tax: fields.Word | None = None
    warehouse: Annotated[str, Code("warehouse"), "that it leaves from now on, or comes to"] | None = None
    components: tuple[Part, ...] = ()

    @property
    def stock_qty(self) -> int:
        """The quantity in the item's own unit, in micro."""
        return in_stock_unit(self.qty, self.factor)


VERBS = {"confirm": "confirmed", "cancel": "cancelled", "close": "closed", "amend": "amended"}


@record
class OrderChange(Document):
    """After recording, an order changes only by a dated document: confirm, amend, close or cancel.

    Its lines say what is ordered in all from its day on; the order promises what the last of them says.
    """

    folder = "order_changes"
    group = "order"
    prefix = "OC"
    rank = 0

    order: Annotated[str, Id("sales_order", "purchase_order")]
    action: Annotated[str, OneOf("confirm", "cancel", "close", "amend")]
    reason: fields.Text | None = None
    lines: tuple[ChangeLine, ...] = ()

    @property
    def amends(self) -> str:
        return self.order

    @property
    def verb(self) -> str:
        return VERBS[self.action]

    def complete(self, view: View) -> "OrderChange":
        order = find(view, self.order, "order", Order)
        assert isinstance(order, Order)
        changes = view.amendments(order.id)
        actions = [change.action for change in changes if isinstance(change, OrderChange)]
        self.check_state(order, actions)
        now = lines_now(order, changes)
        done = {
            key: max(
                each[0].settled if (each := view.promise((kind, order.id, key))) else 0 for kind in order.promised_kinds
            )
            for key in now
        }
        if self.action == "amend":
            return replaced(self, lines=tuple(self.amended(view, order, now, done, "confirm" in actions)))
        if self.action == "confirm":
            gross = total(amounts(now.values(), order.prices, order.tax_rounding, view.rules, self.day)).gross
            order.check_more(view, gross)
            return self
        if self.action == "cancel" and any(done.values()):
            raise Refused([Problem("wrong-state", order.goods_done, {"id": order.id}, "action")])
        order.check_close(view)
        lines = [
            ChangeLine(line=line.line, item=line.item, **part_of(line, done.get(line.line, 0))._asdict())
            for line in now.values()
            if line.stock_qty != done.get(line.line, 0)
        ]
        return replaced(self, lines=tuple(lines))

    def check_state(self, order: Order, actions: list[str]) -> None:
        """An order that is done does not change, and only a draft is confirmed. Raises `Refused`."""
        over = [DONE[action] for action in actions if action in DONE]
        problem = None
        if over:
            problem = "{id} is {word} already"
        elif self.action == "confirm" and (not order.draft or "confirm" in actions):
            problem = "{id} is confirmed already"
        elif self.action == "close" and order.draft and "confirm" not in actions:
            problem = "{id} is a draft: confirm or cancel it"
        if problem:
            raise Refused(
                [Problem("wrong-state", problem, {"id": order.id, "word": over[-1] if over else ""}, "action")]
            )

    def amended(
        self, view: View, order: Order, now: dict[int, OrderLine], delivered: dict[int, int], confirmed: bool
    ) -> list[ChangeLine]:
        """The lines that the user wants, complete. Raises `Refused`."""
        done: list[ChangeLine] = []
        found: list[Problem] = []
        before = total(amounts(now.values(), order.prices, order.tax_rounding, view.rules, self.day)).gross
        free = first_free(now.values())
        for n, line in enumerate(self.lines):
            path = f"lines[{n}]"
            number: int | None = line.line
            if number is None and line.item is not None:
                same = [each.line for each in now.values() if each.item == line.item]
                number = same[0] if len(same) == 1 else None
            known = now.get(number) if number is not None else None
            if line.split is not None:
                try:
                    part = self.split_off(view, now, line, n, free)
                except Refused as refused:
                    found += refused.problems
                    continue
                done.append(part)
                free = first_free([*now.values(), *done])
            elif known is not None:
                (line,), wrong = in_units([replaced(line, item=known.item)], view, n)
                if wrong:
                    found += wrong
                    continue
                qty = known.stock_qty if line.qty is None else line.stock_qty
                measure = part_of(known if line.price is None else line, qty)
                price = line.price if line.price is None else price_of_one(line.price, line.factor, measure.factor)
                if qty < delivered.get(known.line, 0):
                    values = {"item": known.item, "qty": f"{decimal(delivered[known.line]):f}"}
                    found.append(Problem("less-than-delivered", order.line_done, values, f"{path}.qty"))
                done.append(replaced(line, line=known.line, **measure._asdict(), price=price))
            elif line.item is None:
                values = {"line": str(line.line), "nearest": nearest(str(line.line), [str(each) for each in now])}
                found.append(Problem("unknown-line", "there is no line {line}; the nearest is {nearest}", values, path))
            elif line.qty is None or not line.qty:
                found.append(Problem("missing-key", "{key} is missing", {"key": "qty"}, f"{path}.qty"))
            else:
                wanted = PricedLine(
                    item=line.item, qty=line.qty, unit=line.unit, factor=line.factor, discount=line.discount
                )
                (priced,) = replaced(order, date=self.date).with_prices(
                    (replaced(wanted, price=line.price, tax=line.tax),), view
                )
                new = replaced(
                    line, line=free, unit=priced.unit, factor=priced.factor, price=priced.price, tax=priced.tax
                )
                done += with_numbered_parts(tuple(with_parts([new], view)), free + 1)
                free = first_free([*now.values(), *done])
        if not self.lines:
            found.append(Problem("missing-key", "say which lines change: `lines`", {}, "lines"))
        if found:
            raise Refused(found)
        if confirmed or not order.draft:
            after = now | lines_now(replaced(order, lines=tuple(now.values())), [replaced(self, lines=tuple(done))])
            gross = total(amounts(after.values(), order.prices, order.tax_rounding, view.rules, self.day)).gross
            order.check_more(view, gross - before)
            repriced = (after[line.line] for line in done if line.price is not None or line.discount is not None)
            order.check_floor(tuple(line for line in repriced if line.qty), view, self.approved_by)
        return done

    def split_off(self, view: View, now: dict[int, OrderLine], line: ChangeLine, n: int, free: int) -> ChangeLine:
        """A line that takes a part of another one, which says in the same change what is left of it. Raises `Refused`."""
        whole, path = now.get(line.split or 0), f"lines[{n}]"
        if whole is None:
            values = {"line": str(line.split), "nearest": nearest(str(line.split), [str(each) for each in now])}
            template = "there is no line {line}; the nearest is {nearest}"
            raise Refused([Problem("unknown-line", template, values, f"{path}.split")])
        if whole.components:
            raise Refused([Problem("kit-split", "{item} is a kit: its line stays whole", {"item": whole.item}, path)])
        if line.item not in (None, whole.item):
            values = {"line": str(whole.line), "item": whole.item}
            raise Refused([Problem("other-item", "line {line} is of {item}", values, f"{path}.item")])
        if not line.qty:
            raise Refused([Problem("missing-key", "{key} is missing", {"key": "qty"}, f"{path}.qty")])
        (line,), wrong = in_units([replaced(line, item=whole.item)], view, n)
        if wrong:
            raise Refused(wrong)
        return replaced(line, line=free, **part_of(whole, line.stock_qty)._asdict())

    def problems(self) -> Iterator[Problem]:
        if self.lines or self.action == "amend":
            yield from check_lines(self.lines)

    def effects(self, rules: Rules) -> Effects:
        return NOTHING
