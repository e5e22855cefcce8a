"""After recording, an order changes only by a dated document: confirm, amend, close or cancel."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.sales.credit import check_credit
from bizcli.domains.sales.open_lines import changes_of, find, find_customer, lines_now
from bizcli.domains.sales.sales_order import OrderLine, SalesOrder
from bizcli.domains.tax.lines import PricedLine, amounts, check_lines, total, with_prices
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.money import decimal, micro
from bizcli.kernel.records import Document, Line, filled, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class ChangeLine(Line):
    """A line of the order as it is from now on."""

    item: Annotated[str, Code("item")] = filled()
    qty: Annotated[Decimal, fields.NumberField(), "ordered in all, from now on"] = filled()
    qty_before: Annotated[fields.Amount, "absent where the change opens the line"] | None = None
    price: fields.Amount | None = None
    discount: fields.Percent | None = None
    tax: fields.Word | None = None


@record
class OrderChange(Document):
    """After recording, an order changes only by a dated document: confirm, amend, close or cancel."""

    folder = "order_changes"
    group = "order"
    prefix = "OC"
    rank = 0

    order: Annotated[str, Id("sales_order")]
    action: Annotated[str, OneOf("confirm", "cancel", "close", "amend")]
    reason: fields.Text | None = None
    customer: Annotated[str, Code("customer")] = filled()
    warehouse: Annotated[str, Code("warehouse")] | None = None
    promised: fields.Day | None = None
    lines: tuple[ChangeLine, ...] = ()

    def complete(self, view: View) -> "OrderChange":
        order = find(view, self.order, "order", SalesOrder)
        assert isinstance(order, SalesOrder)
        changes = changes_of(view, order.id)
        now = lines_now(order, changes)
        confirmed = not order.draft or any(change.action == "confirm" for change in changes)
        done = [change.action for change in changes if change.action in ("cancel", "close")]
        problem = None
        if done and self.action in ("cancel", "close", "confirm"):
            problem = "{id} is {word} already"
        elif confirmed and self.action == "confirm":
            problem = "{id} is confirmed already"
        elif not confirmed and self.action == "close":
            problem = "{id} is a draft: confirm or cancel it"
        if problem:
            word = {"cancel": "cancelled", "close": "closed"}.get(done[-1], "") if done else ""
            raise Refused([Problem("wrong-state", problem, {"id": order.id, "word": word}, "action")])
        delivered = {
            key: promise[0].settled
            for kind in (fx.TO_DELIVER, fx.TO_INVOICE)
            for key in now
            if (promise := view.promise((kind, order.id, key)))
        }
        if self.action == "confirm":
            lines = [ChangeLine(line=line.line, item=line.item, qty=line.qty) for line in now.values() if line.qty]
        elif self.action in ("cancel", "close"):
            if self.action == "cancel" and any(delivered.values()):
                template = "goods of {id} have been delivered or invoiced: close it instead"
                raise Refused([Problem("wrong-state", template, {"id": order.id}, "action")])
            lines = [
                ChangeLine(
                    line=line.line, item=line.item, qty=decimal(delivered.get(line.line, 0)), qty_before=line.qty
                )
                for line in now.values()
                if confirmed and micro(line.qty) != delivered.get(line.line, 0)
            ]
        else:
            lines = self.amended(view, order, now, delivered)
        return replaced(
            self, customer=order.customer, warehouse=order.warehouse, promised=order.promised,
            lines=tuple(lines),
        )  # fmt: skip

    def amended(
        self, view: View, order: SalesOrder, now: dict[int, OrderLine], delivered: dict[int, int]
    ) -> list[ChangeLine]:
        """The lines that the user wants, complete. Raises `Refused`."""
        done, found = [], []
        before = total(amounts(now.values(), order.prices, order.tax_rounding, view.rules, self.day)).gross
        free = max(now, default=0) + 1
        for n, line in enumerate(self.lines):
            path = f"lines[{n}]"
            number = line.line
            if number is None and line.item is not None:
                same = [each.line for each in now.values() if each.item == line.item]
                number = same[0] if len(same) == 1 else None
            known = now.get(number) if number is not None else None
            if known is not None:
                qty = known.qty if line.qty is None else line.qty
                if micro(qty) < delivered.get(known.line, 0):
                    values = {"item": known.item, "qty": f"{decimal(delivered[known.line]):f}"}
                    template = "{qty} of {item} are delivered already"
                    found.append(Problem("less-than-delivered", template, values, f"{path}.qty"))
                done.append(replaced(line, line=known.line, item=known.item, qty=qty, qty_before=known.qty))
            elif line.item is None:
                values = {"line": line.line, "nearest": nearest(str(line.line), [str(each) for each in now])}
                found.append(Problem("unknown-line", "there is no line {line}; the nearest is {nearest}", values, path))
            elif line.qty is None or not line.qty:
                found.append(Problem("missing-key", "{key} is missing", {"key": "qty"}, f"{path}.qty"))
            else:
                (priced,) = with_prices(
                    (PricedLine(item=line.item, qty=line.qty, price=line.price, discount=line.discount, tax=line.tax),),  # type: ignore[arg-type]
                    view,
                )  # fmt: skip
                done.append(replaced(line, line=free, price=priced.price, tax=priced.tax))
                free += 1
        if not self.lines:
            found.append(Problem("missing-key", "say which lines change: `lines`", {}, "lines"))
        if found:
            raise Refused(found)
        after = lines_now(order, [replaced(self, lines=tuple(done))])
        merged = now | {number: after[number] for number in (line.line for line in done)}
        gross = total(amounts(merged.values(), order.prices, order.tax_rounding, view.rules, self.day)).gross
        check_credit(view, find_customer(view, order.customer), gross - before)
        return done

    def problems(self) -> Iterator[Problem]:
        if self.lines or self.action == "amend":
            yield from check_lines(self.lines)

    def effects(self, rules: Rules) -> Effects:
        promises = []
        due = (self.promised or self.date).isoformat()
        for line in self.lines:
            kind = fx.TO_INVOICE if rules.item(line.item).type == "service" else fx.TO_DELIVER
            if line.qty_before is not None:
                change = micro(line.qty) - micro(line.qty_before)
                if change:
                    promises.append(Promise(kind, self.order, line.line, change))
            elif kind == fx.TO_INVOICE:
                origin = f"{self.order}/{line.line}"
                promises.append(
                    Promise(
                        kind, self.order, line.line, micro(line.qty), 0, self.customer, line.item, None, due, origin
                    )
                )
            else:
                promises.append(
                    Promise(
                        kind, self.order, line.line, micro(line.qty), 0, self.customer, line.item, self.warehouse, due
                    )
                )
        return Effects(promises=tuple(promises))
