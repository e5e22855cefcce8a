"""A customer owes us for what we delivered."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from bizcli.domains.accounting.customer_payment import CUSTOMERS
from bizcli.domains.accounting.dues import Due, deposits, dues, owing
from bizcli.domains.accounting.opening import Open, Opening, carried_over, opening_problems
from bizcli.domains.accounting.payment import Credit, credit_of, dated
from bizcli.domains.accounting.points import INVOICE, PAYMENT, earned
from bizcli.domains.items.units import part_of, price_of_one
from bizcli.domains.orders.list_prices import at_list_prices
from bizcli.domains.orders.open_lines import draw, find, find_customer
from bizcli.domains.orders.order import OrderLine, lines_now
from bizcli.domains.parties.terms import IMMEDIATE, Terms, due_date
from bizcli.domains.sales.credit import check_credit
from bizcli.domains.sales.delivery import Delivery
from bizcli.domains.sales.pricing import (
    Coupons,
    Points,
    Promotions,
    SoldLine,
    check_floor,
    is_typed,
    refuse_own,
    shown_coupons,
    sold,
    taken_over,
    used,
)
from bizcli.domains.sales.sales_order import SalesOrder
from bizcli.domains.tax.lines import (
    DIMENSIONS,
    PricedLine,
    Prices,
    Rounding,
    Taxed,
    amounts,
    check_lines,
    dimensions,
    numbered,
    total,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, ListField
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

if TYPE_CHECKING:
    from bizcli.domains.sales.delivery import DeliveryLine


NAMED: dict[str, tuple[type[Document], ...]] = {
    "order": (SalesOrder,),
    "orders": (SalesOrder,),
    "deliveries": (Delivery,),
    "lines": (SalesOrder, Delivery),
}
"""What the keys of an invoice may name."""


@record
class InvoiceLine(SoldLine):
    """What is charged."""

    item: Annotated[str, Code("item")] = filled()


@record
class SalesInvoice(Document):
    """A customer owes us for what we delivered."""

    folder = "invoices"
    group = "invoice"
    prefix = "SI"
    rank = 4

    customer: Annotated[str, Code("customer")] = filled()
    customer_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    address: fields.Text | None = None
    order: Annotated[str, Id("sales_order"), "all of it that is delivered and not invoiced"] | None = None
    orders: Annotated[tuple[str, ...], ListField(Id("sales_order"))] | None = None
    deliveries: Annotated[tuple[str, ...], ListField(Id("delivery"))] | None = None
    delivered_to: Annotated[fields.Day, "all that the customer got up to this day"] | None = None
    payment_terms: Terms = filled()
    due_date: Annotated[fields.Day, "the last day on which it is to be paid"] = filled()
    instalments: tuple[Due, ...] | None = None
    advances: tuple[Credit, ...] | None = None
    opening: Opening | None = None
    amount: Open | None = None
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    coupons: Coupons | None = None
    points: Points | None = None
    promotions: Promotions | None = None
    lines: tuple[InvoiceLine, ...] = ()

    @property
    def verb(self) -> str:
        return "invoiced"

    def complete(self, view: View) -> "SalesInvoice":
        sources = dict.fromkeys(self.orders or (), "orders") | dict.fromkeys(self.deliveries or (), "deliveries")
        if self.order is not None:
            sources = {self.order: "order"} | sources
        if not sources:
            sources = {line.from_.partition("/")[0]: "lines" for line in self.lines if line.from_}
        if sources or self.delivered_to is not None:
            refuse_own(self, ", ".join(sources) or str(self.customer))
            done, rest = self.from_sources(view, sources)
        else:
            done, rest = self, []
            if any(line.item is None for line in self.lines):
                raise Refused([Problem("missing-key", "every line needs an item", {}, "lines")])
        customer = find_customer(view, done.customer)
        settings = view.rules.settings
        terms = done.payment_terms or self.common(rest, "payment_terms") or customer.payment_terms or IMMEDIATE
        done = replaced(
            done,
            customer_name=done.customer_name or self.common(rest, "customer_name") or customer.name,
            address=done.address or self.common(rest, "address") or customer.address,
            payment_terms=terms,
            due_date=done.due_date or due_date(terms, done.document_date or done.date),
            prices=done.prices or self.common(rest, "prices") or settings.prices,
            tax_rounding=done.tax_rounding or self.common(rest, "tax_rounding") or settings.tax_rounding,
            **{
                name: value
                for name in DIMENSIONS
                if getattr(done, name) is None and (value := self.common(rest, name)) is not None
            },
        )
        lines = at_list_prices(done.lines, view, done.customer, done.prices, done.date) if rest else sold(done, view)
        done = replaced(done, lines=numbered(lines))
        gross = done.gross(view.rules)
        if not rest and not self.opening:
            check_credit(view, customer, gross)
        return done.paid_by(view, gross, chosen=self.due_date is not None)

    def paid_by(self, view: View, gross: int, chosen: bool) -> "SalesInvoice":
        """With the instalments that the terms say, unless its day was chosen, and what was paid on the order before."""
        parts, advances = self.instalments, self.advances
        if parts is None and not chosen:
            parts = dues(self.payment_terms, self.document_date or self.date, gross, view.rules.unit)
        if advances is None:
            orders = self.orders or ((self.order,) if self.order else ())
            advances = deposits(view, CUSTOMERS, self.customer, orders, gross, self.day)
        else:
            advances = tuple(
                credit_of(view, each, CUSTOMERS, f"advances[{n}]", gross) for n, each in enumerate(advances)
            )
        return replaced(self, instalments=parts, advances=advances)

    def common(self, sources: list[Document], attribute: str) -> str | None:
        """What all sources say alike. Raises `Refused` where prices would be read in two ways."""
        found = {value for each in sources if (value := getattr(each, attribute, None)) is not None}
        if len(found) > 1 and attribute == "prices":
            template = "some of these have net prices and some gross ones: invoice them apart"
            raise Refused([Problem("mixed-prices", template, {}, "prices")])
        return found.pop() if len(found) == 1 else None

    def from_sources(self, view: View, sources: dict[str, str]) -> tuple["SalesInvoice", list[Document]]:
        """Lines, customer and origin drawn from orders and deliveries."""
        offered: list[Promise] = []
        origins: dict[str, Document] = {}
        customer = self.customer
        for id, key in sources.items():
            path = f"{key}[{getattr(self, key).index(id)}]" if key in ("orders", "deliveries") else key
            source = find(view, id, path, *NAMED[key])
            if customer is not None and source.party != customer:
                values = {"id": id, "customer": source.party}
                raise Refused([Problem("other-customer", "{id} is of {customer}", values, "customer")])
            customer = source.party
            offered += view.open_by_origin(fx.TO_INVOICE, id) if id[:2] == "SO" else view.open_of(fx.TO_INVOICE, id)
        if not sources:
            assert self.delivered_to is not None
            find_customer(view, customer)
            last = self.delivered_to.isoformat()
            for each in view.open_by_party(fx.TO_INVOICE, customer):
                head = view.head(each.document)
                if head is not None and head.day <= last:
                    offered.append(each)
        what = "to invoice (goods are invoiced once delivered)"
        offered = [each for each in offered if dated(view, each) <= self.day]
        lines: list[InvoiceLine] = []
        typed: list[InvoiceLine] = []  # that have another price than was agreed on
        origin_lines: dict[str, dict[int, OrderLine]] = {}
        for part in draw(self.lines, offered, what, ", ".join(sources) or str(customer), view):
            origin, _, number = (part.promise.origin or part.line_id).partition("/")
            document = origins.get(origin) or find(view, origin, "lines", SalesOrder, Delivery)
            origins[origin] = document
            if isinstance(document, SalesOrder):
                if origin not in origin_lines:
                    origin_lines[origin] = lines_now(document, view.amendments(origin))
                known: dict[int, OrderLine] | dict[int, DeliveryLine] = origin_lines[origin]
            else:
                assert isinstance(document, Delivery)
                known = {line.line: line for line in document.lines}
            ordered = known.get(int(number))
            if ordered is None:
                values = {"line": f"{origin}/{number}"}
                raise Refused([Problem("unknown-line", "there is no line {line} any more", values, "lines")])
            given = part.wanted or InvoiceLine()
            agreed = given if given.price is not None else ordered  # a price is of the unit that it was said with
            measure = part_of(agreed, part.qty)
            assert agreed.price is not None
            line = replaced(
                given,
                line=None,
                from_=part.line_id,
                item=part.promise.item,
                **measure._asdict(),
                price=price_of_one(agreed.price, agreed.factor, measure.factor),
                discount=given.discount if given.discount is not None else ordered.discount,
                tax=given.tax or ordered.tax,
                **{name: getattr(given, name) or getattr(ordered, name) for name in DIMENSIONS},
            )
            if is_typed(given):
                typed.append(line)
            else:
                agreed_on = f"{origin}/{number}"
                before = []
                if ordered.__dict__.get("reductions"):
                    before = [one for one in lines if origin_of(view, one) == agreed_on]
                    before += invoiced_of(view, origin, agreed_on)
                line = replaced(
                    line, gift=ordered.__dict__.get("gift"), **taken_over(ordered, line, before, view.rules.unit)
                )
            lines.append(line)
        orders = sorted(id for id in origins if id[:2] == "SO")
        done = replaced(
            self,
            customer=customer,
            order=orders[0] if len(orders) == 1 else None,
            orders=tuple(orders) if len(orders) > 1 else None,
            lines=tuple(lines),
        )
        rest = [origins[id] for id in sorted(origins)]
        if typed:
            prices, rounding = (done.common(rest, name) for name in ("prices", "tax_rounding"))
            unfinished = replaced(
                done, prices=done.prices or prices, tax_rounding=done.tax_rounding or rounding or "line"
            )
            check_floor(unfinished, typed, view)
        return done, rest

    def problems(self) -> Iterator[Problem]:
        yield from opening_problems(self, ("order", "orders", "deliveries", "delivered_to"))
        if self.amount is None:
            yield from check_lines(self.lines)

    def gross(self, rules: Rules) -> int:
        """What the customer owes by it, in micro."""
        return micro(self.amount) if self.amount is not None else total(self.taxes(rules)).gross

    def taxes(self, rules: Rules) -> list[Taxed]:
        """Net and tax of each line."""
        return amounts(self.lines, self.prices, self.tax_rounding, rules, self.day)

    def effects(self, rules: Rules) -> Effects:
        taxes = self.taxes(rules)
        net, tax = total(taxes)
        gross = micro(self.amount) if self.amount is not None else net + tax
        owed = owing(self.id, self.customer, gross, self.due_date, self.instalments, self.advances, CUSTOMERS, rules)
        if self.opening:
            return carried_over(self.id, gross, owed, CUSTOMERS, rules)
        postings = [*owed.postings, *revenue(self, self.lines, taxes, rules, -1)]
        promises = [*owed.promises]
        for line in self.lines:
            qty = line.stock_qty
            if line.from_ is not None:
                source, _, number = line.from_.partition("/")
                promises.append(Promise(fx.TO_INVOICE, source, int(number), 0, qty))
            promises.append(Promise(fx.TO_RETURN, self.id, line.line, qty, 0, self.customer, line.item))
        promises.append(Promise(fx.TO_CREDIT, self.id, 0, gross))
        paid = sum(micro(each.amount) for each in self.advances or ())
        promises += earned(self.customer, gross, self.day, rules, INVOICE)
        promises += earned(self.customer, paid, self.day, rules, PAYMENT)
        own = [line for line in self.lines if line.from_ is None]
        promises += used(self.customer, own)
        return Effects((), tuple(postings), tuple(promises), net, tax, gross, shown_coupons(self, own))


def origin_of(view: View, line: InvoiceLine) -> str | None:
    """The line of an order that a line charges; of goods that nobody ordered, the line of the delivery."""
    if line.from_ is None or line.from_[:2] == "SO":
        return line.from_
    id, _, number = line.from_.partition("/")
    lines = getattr(view.document(id), "lines", ())
    return next((each.from_ for each in lines if each.line == int(number)), None) or line.from_


def invoiced_of(view: View, origin: str, line: str) -> list[InvoiceLine]:
    """The lines of invoices that there are of a line of an order, or of a delivery without one."""
    found = []
    for id in view.naming(origin):
        head, invoice = view.head(id), view.document(id)
        if isinstance(invoice, SalesInvoice) and head is not None and head.void is None:
            found += [each for each in invoice.lines if origin_of(view, each) == line]
    return found


def revenue(
    document: Document, lines: "tuple[PricedLine, ...]", taxes: list[Taxed], rules: Rules, sign: int
) -> list[Posting]:
    """Revenue of each line and the tax of all; `sign` is -1 for a sale."""
    postings = [
        Posting(
            rules.account("revenue", line.item),
            sign * taxed.net,
            item=line.item,
            qty=-sign * line.stock_qty,
            dimensions=dimensions(line, document),
        )
        for line, taxed in zip(lines, taxes, strict=True)
    ]
    tax = sum(taxed.tax for taxed in taxes)
    if tax:
        postings.append(Posting(rules.account("vat_output"), sign * tax))
    return postings
