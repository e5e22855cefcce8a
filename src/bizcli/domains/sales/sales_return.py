"""Goods come back; what was invoiced for them is credited at once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.accounting.customer_payment import Positive, Settled, check_minor
from bizcli.domains.orders.open_lines import Drawn, draw, find
from bizcli.domains.sales.cash_sale import CashSale
from bizcli.domains.sales.delivery import Delivery
from bizcli.domains.sales.sales_invoice import SalesInvoice
from bizcli.domains.tax.lines import DIMENSIONS, ItemLine, check_lines, dimensions, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import amount_text, micro, share
from bizcli.kernel.records import Document, Record, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

Sold = SalesInvoice | CashSale


@record
class ReturnLine(ItemLine):
    """Goods that come back, with what is credited for them."""

    item: Annotated[str, Code("item")] = filled()
    delivery: Annotated[fields.LineId, "the line that these goods left with"] | None = None
    amount: Annotated[fields.Amount, "credited, without tax"] | None = None
    tax_amount: Annotated[fields.Amount, "tax credited"] | None = None


@record
class Refund(Record):
    """Money handed back."""

    account: fields.Word
    amount: Positive


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

    def complete(self, view: View) -> "SalesReturn":
        source = self.invoice or self.delivery or next((line.from_ for line in self.lines if line.from_), None)
        if source is None:
            template = "which invoice or delivery do they come back from? give `invoice` or `delivery`"
            raise Refused([Problem("missing-key", template, {}, "invoice")])
        sold = find(view, source.partition("/")[0], "invoice", SalesInvoice, CashSale, Delivery)
        if isinstance(sold, Delivery):
            return self.uninvoiced(view, sold)
        assert isinstance(sold, SalesInvoice | CashSale)
        drawn = draw(self.lines, view.open_of(fx.TO_RETURN, sold.id), "to return", sold.id)
        lines: list[ReturnLine] = []
        for each in drawn:
            lines.append(self.credited(view, sold, each, lines))
        gross = sum(micro(line.amount or Decimal(0)) + micro(line.tax_amount or Decimal(0)) for line in lines)
        refund = self.refund
        if refund is None and isinstance(sold, CashSale) and gross:
            refund = (Refund(account=sold.account, amount=Decimal(amount_text(gross, view.rules.unit))),)
        paid_out = sum(micro(each.amount) for each in refund or ())
        if paid_out > gross:
            values = {"gross": amount_text(gross, view.rules.unit), "refund": amount_text(paid_out, view.rules.unit)}
            template = "the refund of {refund} is more than the {gross} credited"
            raise Refused([Problem("refund-too-high", template, values, "refund")])
        if paid_out < gross and sold.customer is None:
            raise Refused([Problem("refund-too-low", "without a customer all of it is paid back", {}, "refund")])
        left = view.open_of(fx.TO_PAY, sold.id)
        settled = min(gross - paid_out, open_qty(left[0]) if left else 0)
        invoices = (Settled(id=sold.id, amount=Decimal(amount_text(settled, view.rules.unit))),) if settled else None
        return replaced(
            self,
            customer=sold.customer,
            **{name: getattr(self, name) or getattr(sold, name) for name in DIMENSIONS},
            invoice=sold.id,
            order=getattr(sold, "order", None),
            lines=numbered(lines),
            invoices=invoices,
            refund=refund,
        )

    def credited(self, view: View, sold: Sold, drawn: Drawn, own: list[ReturnLine]) -> ReturnLine:
        """A line with the share of what was charged; the last return takes the odd cents."""
        index = next(n for n, line in enumerate(sold.lines) if line.line == drawn.promise.line)
        charged = sold.lines[index]
        whole = sold.taxes(view.rules)[index]
        earlier = [line for line in own if line.from_ == drawn.line_id]
        back = drawn.promise.settled + sum(micro(line.qty) for line in earlier) + micro(drawn.qty)
        for id in view.naming(sold.id):
            head, other = view.head(id), view.document(id)
            if isinstance(other, SalesReturn) and head is not None and head.void is None:
                earlier += [line for line in other.lines if line.from_ == drawn.line_id]
        unit = view.rules.unit
        net = share(whole.net, back, micro(charged.qty), unit)
        net -= sum(micro(each.amount or Decimal(0)) for each in earlier)
        tax = share(whole.tax, back, micro(charged.qty), unit)
        tax -= sum(micro(each.tax_amount or Decimal(0)) for each in earlier)
        given = self.lines[drawn.wanted] if drawn.wanted >= 0 else ReturnLine()
        stocked = view.rules.item(charged.item).type != "service"
        left_with = drawn.line_id if isinstance(sold, CashSale) else charged.from_
        if not stocked or (left_with or "SO")[:2] == "SO":
            left_with = None
        place = given.warehouse or self.warehouse
        if stocked and left_with is not None and place is None:
            place = place_of(view, left_with)
        return replaced(
            given,
            line=None,
            from_=drawn.line_id,
            item=charged.item,
            qty=drawn.qty,
            warehouse=place if left_with else None,
            delivery=left_with,
            **{name: getattr(given, name) or getattr(charged, name) for name in DIMENSIONS},
            amount=Decimal(amount_text(max(net, 0), unit)),
            tax_amount=Decimal(amount_text(max(tax, 0), unit)),
        )

    def uninvoiced(self, view: View, delivery: Delivery) -> "SalesReturn":
        """Goods that were not invoiced yet: there is less to invoice."""
        lines = []
        what = "to return (what is invoiced comes back against its invoice)"
        for drawn in draw(self.lines, view.open_of(fx.TO_INVOICE, delivery.id), what, delivery.id):
            given = self.lines[drawn.wanted] if drawn.wanted >= 0 else ReturnLine()
            place = given.warehouse or self.warehouse or place_of(view, drawn.line_id)
            lines.append(
                replaced(
                    given,
                    line=None,
                    from_=drawn.line_id,
                    item=drawn.promise.item,
                    qty=drawn.qty,
                    warehouse=place,
                    delivery=drawn.line_id,
                )
            )
        return replaced(
            self, customer=delivery.customer, delivery=delivery.id, order=delivery.order, lines=numbered(lines)
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
            qty = micro(line.qty)
            if line.delivery is not None:
                assert line.warehouse is not None
                moves.append(Move(line.line, line.item, qty, fx.CUSTOMER, line.warehouse, None, line.delivery))
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
        credit = net + tax
        owed: list[Posting] = []
        receivable = rules.account("receivable")
        for settled in self.invoices or ():
            part = micro(settled.amount)
            credit -= part
            owed.append(Posting(receivable, -part, self.customer, settled.id))
            promises.append(Promise(fx.TO_PAY, settled.id, 0, 0, part))
        for n, refund in enumerate(self.refund or ()):
            part = micro(refund.amount)
            check_minor(rules, part, f"refund[{n}].amount")
            credit -= part
            owed.append(Posting(rules.tender(refund.account, f"refund[{n}].account"), -part))
        if credit < 0 or (credit and self.customer is None):
            raise Refused(
                [Problem("not-balanced", "what is settled and refunded must come to what is credited", {}, "invoices")]
            )
        if credit:
            owed.append(Posting(receivable, -credit, self.customer, self.id))
            promises.append(Promise(fx.CREDIT, self.id, 0, credit, party=self.customer, due=self.day))
        return Effects(tuple(moves), (*owed, *postings), tuple(promises), net, tax, net + tax)


def place_of(view: View, line_id: str) -> str | None:
    """The warehouse that the goods of a delivery or cash sale line left."""
    id, _, number = line_id.partition("/")
    document = view.document(id)
    lines = getattr(document, "lines", ())
    own = next((line.warehouse for line in lines if line.line == int(number)), None)
    return own or getattr(document, "warehouse", None)
