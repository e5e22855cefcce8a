"""Goods come back; what was invoiced for them is credited at once."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any

from bizcli.domains.accounting import points
from bizcli.domains.accounting.customer_payment import CUSTOMERS, Settled
from bizcli.domains.accounting.given_back import Refund, given_back, left_to_credit
from bizcli.domains.accounting.payment import check_minor, written
from bizcli.domains.items.kits import Part, goods_of, parts_from
from bizcli.domains.items.lots import OfLots
from bizcli.domains.items.units import part_of
from bizcli.domains.orders.open_lines import Drawn, draw, find
from bizcli.domains.sales.cash_sale import CashSale
from bizcli.domains.sales.delivery import Delivery
from bizcli.domains.sales.given_back import Sold, divided
from bizcli.domains.sales.sales_invoice import SalesInvoice
from bizcli.domains.stock.lots import as_they_left
from bizcli.domains.tax.lines import DIMENSIONS, ItemLine, check_lines, dimensions, numbered, total
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, NumberField
from bizcli.kernel.money import amount_text, decimal, micro, share
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class ReturnLine(ItemLine, OfLots):
    """Goods that come back, with what is credited for them."""

    item: Annotated[str, Code("item")] = filled()
    delivery: Annotated[fields.LineId, "the line that these goods left with"] | None = None
    amount: Annotated[fields.Amount, "credited, without tax"] | None = None
    tax_amount: Annotated[fields.Amount, "tax credited"] | None = None
    points: Annotated[fields.Quantity, "loyalty points that were spent on it: they are given back"] | None = None
    components: tuple[Part, ...] = ()


@record
class SalesReturn(Document):
    """Goods come back; what was invoiced for them is credited at once."""

    folder = "returns"
    group = "return"
    prefix = "SR"
    rank = 5

    customer: Annotated[str, Code("customer")] | None = None
    invoice: Annotated[str, Id("sales_invoice", "cash_sale"), "that charged them"] | None = None
    delivery: Annotated[str, Id("delivery"), "of goods not yet invoiced"] | None = None
    order: Annotated[str, Id("sales_order")] | None = None
    warehouse: Annotated[str, Code("warehouse"), "where they go; where they left when absent"] | None = None
    reason: fields.Text | None = None
    lines: tuple[ReturnLine, ...] = ()
    invoices: tuple[Settled, ...] | None = None
    refund: tuple[Refund, ...] | None = None
    rounding: Annotated[Decimal, NumberField(signed=True), "what was let off the price of a cash sale"] | None = None
    points_taken: Annotated[fields.Quantity, "loyalty points that were earned by it: they are taken back"] | None = None

    @property
    def verb(self) -> str:
        return "returned"

    def complete(self, view: View) -> "SalesReturn":
        source = self.invoice or self.delivery or next((line.from_ for line in self.lines if line.from_), None)
        if source is None:
            template = "which invoice or delivery do they come back from? give `invoice` or `delivery`"
            raise Refused([Problem("missing-key", template, {}, "invoice")])
        sold = find(view, source.partition("/")[0], "invoice", SalesInvoice, CashSale, Delivery)
        if isinstance(sold, Delivery):
            return self.uninvoiced(view, sold)
        assert isinstance(sold, SalesInvoice | CashSale)
        drawn = draw(self.lines, view.open_of(fx.TO_RETURN, sold.id), "to return", sold.id, view)
        lines: list[ReturnLine] = []
        for each in drawn:
            lines.append(self.credited(view, sold, each, lines))
        lines = no_more_than(lines, left_to_credit(view, sold.id), view.rules.unit)
        gross, rounding = gross_of(lines), self.rounding
        if isinstance(sold, CashSale) and gross and rounding is None:
            rounding = self.let_off(view, sold, gross)
        invoices, refund = divided(view, sold, gross - micro(rounding or Decimal(0)), self.refund, Settled)
        back = gross - micro(rounding or Decimal(0))
        unpaid = sum(micro(each.amount) for each in invoices or ())
        return replaced(
            self,
            points_taken=points.taken_back(sold.customer, sold.day, back, unpaid, view.rules),
            customer=sold.customer,
            **{name: getattr(self, name) or getattr(sold, name) for name in DIMENSIONS},
            invoice=sold.id,
            order=getattr(sold, "order", None),
            lines=as_they_left(numbered(lines), view, left_with),
            invoices=invoices,
            refund=refund,
            rounding=rounding,
        )

    def let_off(self, view: View, sold: CashSale, gross: int) -> Decimal | None:
        """The part of a sale's rounding that belongs to what comes back; the last return takes the odd cents."""
        if not sold.rounding:
            return None
        others = [*earlier(view, sold)]
        back = gross + sum(each.effects(view.rules).gross for each in others)
        whole, unit = total(sold.taxes(view.rules)).gross, view.rules.unit
        part = share(micro(sold.rounding), back, whole, unit)
        part -= sum(micro(each.rounding or Decimal(0)) for each in others)
        return written(part, unit) if part else None

    def credited(self, view: View, sold: Sold, drawn: Drawn[ReturnLine], own: list[ReturnLine]) -> ReturnLine:
        """A line with the share of what was charged; the last return takes the odd cents."""
        index = next(n for n, line in enumerate(sold.lines) if line.line == drawn.promise.line)
        charged = sold.lines[index]
        whole = sold.taxes(view.rules)[index]
        before = [line for line in own if line.from_ == drawn.line_id]
        back = drawn.promise.settled + sum(line.stock_qty for line in before) + drawn.qty
        before += [line for each in earlier(view, sold) for line in each.lines if line.from_ == drawn.line_id]
        unit = view.rules.unit
        spent = sum(micro(each.points) for each in charged.reductions if each.points is not None)
        spent = share(spent, back, charged.stock_qty, 1) - sum(micro(line.points) for line in before if line.points)
        net = share(whole.net, back, charged.stock_qty, unit)
        net -= sum(micro(each.amount or Decimal(0)) for each in before)
        tax = share(whole.tax, back, charged.stock_qty, unit)
        tax -= sum(micro(each.tax_amount or Decimal(0)) for each in before)
        given = drawn.wanted or ReturnLine()
        stocked = view.rules.item(charged.item).type != "service"
        left_by = drawn.line_id if isinstance(sold, CashSale) else charged.from_
        if not stocked or (left_by or "SO")[:2] == "SO":
            left_by = None
        place = given.warehouse or self.warehouse
        if stocked and left_by is not None and place is None:
            place = place_of(view, left_by)
        return replaced(
            given,
            line=None,
            from_=drawn.line_id,
            item=charged.item,
            **part_of(charged, drawn.qty)._asdict(),
            warehouse=place if left_by else None,
            delivery=left_by,
            components=parts_left(view, left_by, given.components) if left_by else (),
            **{name: getattr(given, name) or getattr(charged, name) for name in DIMENSIONS},
            amount=Decimal(amount_text(max(net, 0), unit)),
            tax_amount=Decimal(amount_text(max(tax, 0), unit)),
            points=decimal(spent) if spent > 0 else None,
        )

    def uninvoiced(self, view: View, delivery: Delivery) -> "SalesReturn":
        """Goods that were not invoiced yet: there is less to invoice."""
        lines = []
        delivered = {line.line: line for line in delivery.lines}
        what = "to return (what is invoiced comes back against its invoice)"
        for drawn in draw(self.lines, view.open_of(fx.TO_INVOICE, delivery.id), what, delivery.id, view):
            given = drawn.wanted or ReturnLine()
            place = given.warehouse or self.warehouse or place_of(view, drawn.line_id)
            lines.append(
                replaced(
                    given,
                    line=None,
                    from_=drawn.line_id,
                    item=drawn.promise.item,
                    **part_of(delivered[drawn.promise.line], drawn.qty)._asdict(),
                    warehouse=place,
                    delivery=drawn.line_id,
                    components=parts_left(view, drawn.line_id, given.components),
                )
            )
        return replaced(
            self, customer=delivery.customer, delivery=delivery.id, order=delivery.order,
            lines=as_they_left(numbered(lines), view, left_with),
        )  # fmt: skip

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if line.from_ is None:
                yield Problem(
                    "missing-key", "{key} is missing; `bizcli apply FILE` fills it in", {"key": "from"}, f"lines[{n}]"
                )
            if self.invoice is not None and (line.amount is None or line.tax_amount is None):
                yield Problem(
                    "missing-key", "{key} is missing; `bizcli apply FILE` fills it in", {"key": "amount"}, f"lines[{n}]"
                )
            if line.delivery is not None and line.warehouse is None:
                yield Problem(
                    "missing-key",
                    "{key} is missing; `bizcli apply FILE` fills it in",
                    {"key": "warehouse"},
                    f"lines[{n}]",
                )

    def effects(self, rules: Rules) -> Effects:
        moves: list[Move] = []
        postings: list[Posting] = []
        promises: list[Promise] = []
        net = tax = 0
        for line in self.lines:
            assert line.from_ is not None
            qty = line.stock_qty
            if line.delivery is not None:
                assert line.warehouse is not None
                moves += goods_of(line, fx.CUSTOMER, line.warehouse, rules, line.delivery)
            source, _, number = line.from_.partition("/")
            if self.invoice is None:
                promises.append(Promise(fx.TO_INVOICE, source, int(number), -qty))
                continue
            promises.append(Promise(fx.TO_RETURN, source, int(number), 0, qty))
            assert line.amount is not None and line.tax_amount is not None
            net += micro(line.amount)
            tax += micro(line.tax_amount)
            postings.append(
                Posting(
                    rules.account("revenue", line.item),
                    micro(line.amount),
                    item=line.item,
                    qty=-qty,
                    dimensions=dimensions(line, self),
                )
            )
        if self.invoice is None:
            return Effects(tuple(moves), (), tuple(promises))
        if tax:
            postings.append(Posting(rules.account("vat_output"), tax))
        gross, let_off = net + tax, micro(self.rounding or Decimal(0))
        if let_off:
            check_minor(rules, let_off, "rounding")
            postings.append(Posting(rules.account("rounding"), -let_off))
        owed, opened = given_back(self, gross - let_off, self.invoices or (), self.refund or (), rules, CUSTOMERS)
        promises += [Promise(fx.TO_CREDIT, self.invoice, 0, 0, gross), *opened]
        spent = sum(micro(line.points) for line in self.lines if line.points is not None)
        promises += points.opened(self.customer, spent - micro(self.points_taken or Decimal(0)), rules)
        return Effects(tuple(moves), (*owed, *postings), tuple(promises), net, tax, gross)


def left_with(record: ReturnLine | Part) -> str | None:
    """The line that goods left with which come back, those of a component too."""
    return record.delivery if isinstance(record, ReturnLine) else record.from_


def earlier(view: View, sold: Sold) -> Iterator[SalesReturn]:
    """The returns that there are already of an invoice or cash sale."""
    for id in view.naming(sold.id):
        head, other = view.head(id), view.document(id)
        if isinstance(other, SalesReturn) and head is not None and head.void is None:
            yield other


def gross_of(lines: Iterable[ReturnLine]) -> int:
    return sum(micro(line.amount or Decimal(0)) + micro(line.tax_amount or Decimal(0)) for line in lines)


def no_more_than(lines: list[ReturnLine], most: int, unit: int) -> list[ReturnLine]:
    """Lines that credit no more in all than is left: goods whose price was lowered since come back at that price."""
    whole = gross_of(lines)
    if whole <= most:
        return lines
    done, before, taken = [], 0, 0
    for line in lines:
        assert line.amount is not None and line.tax_amount is not None
        own = micro(line.amount) + micro(line.tax_amount)
        before += own
        gross = share(most, before, whole, unit) - taken
        taken += gross
        net = share(gross, micro(line.amount), own, unit) if own else 0
        amount, tax = (Decimal(amount_text(each, unit)) for each in (net, gross - net))
        done.append(replaced(line, amount=amount, tax_amount=tax))
    return done


def line_left(view: View, line_id: str) -> Any:
    """The line of a delivery or cash sale that goods left with."""
    id, _, number = line_id.partition("/")
    return next((line for line in getattr(view.document(id), "lines", ()) if line.line == int(number)), None)


def parts_left(view: View, line_id: str, given: tuple[Part, ...]) -> tuple[Part, ...]:
    """What kits of a line were made of when they left. Raises `Refused` where `given` says otherwise."""
    return parts_from(line_id, getattr(line_left(view, line_id), "components", ()), given)


def place_of(view: View, line_id: str) -> str | None:
    """The warehouse that the goods of a delivery or cash sale line left."""
    own = getattr(line_left(view, line_id), "warehouse", None)
    return own or getattr(view.document(line_id.partition("/")[0]), "warehouse", None)
