"""We order from a supplier: goods are to be received, services to be billed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from bizcli.domains.orders.list_prices import only_currency, with_list_prices
from bizcli.domains.orders.open_lines import find, find_supplier
from bizcli.domains.orders.order import Order, OrderLine, P, lines_now
from bizcli.domains.orders.price_list import of_supplier, offer_of
from bizcli.domains.parties.terms import IMMEDIATE, Terms
from bizcli.domains.purchasing.ordered_from import PurchaseLine, from_quote, from_request
from bizcli.domains.purchasing.purchase_request import PurchaseRequest
from bizcli.domains.purchasing.wanted import to_be_bought
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.currency import CurrencyName, RateOfOne, check_priced, exchange_of, is_foreign, rate_for
from bizcli.domains.tax.lines import Prices, Rounding, Taxed, amounts, check_lines, numbered, total, with_prices
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import quantity_text
from bizcli.kernel.records import Document, filled, nearest, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

if TYPE_CHECKING:
    from bizcli.domains.items.item import Item


@record
class PurchaseOrder(Order):
    """We order from a supplier: goods are to be received, services to be billed."""

    folder = "purchases"
    group = "purchase"
    prefix = "PO"
    promised_kinds = (fx.TO_RECEIVE, fx.TO_BILL, fx.TO_BILL_AHEAD)
    goods_done = "goods of {id} have been received or billed: close it instead"
    line_done = "{qty} of {item} are received or billed already"

    quote: Annotated[str, Id("supplier_quote"), "all that is open of it when no lines are given"] | None = None
    request: Annotated[str, Id("purchase_request"), "all that is open of it when no lines are given"] | None = None
    supplier: Annotated[str, Code("supplier")] = filled()
    supplier_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    address: fields.Text | None = None
    for_: Annotated[str, Id("sales_order"), "the customer's order that it is for"] | None = None
    warehouse: Annotated[str, Code("warehouse"), "that receives"] | None = None
    expected: Annotated[fields.Day, "the day on which the goods should be here"] | None = None
    draft: Annotated[fields.Flag, "true until an order_change confirms it"] | None = None
    payment_terms: Terms = filled()
    currency: CurrencyName | None = None
    rate: RateOfOne | None = None
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    lines: tuple[PurchaseLine, ...] = ()

    def complete(self, view: View) -> "PurchaseOrder":
        source = self.quote or self.request or next((line.from_ for line in self.lines if line.from_), None)
        if source is None:
            return self.completed(view)
        take = from_request if source.startswith(PurchaseRequest.prefix) else from_quote
        return take(self, view, source.partition("/")[0]).completed(view)

    def completed(self, view: View) -> "PurchaseOrder":
        supplier = find_supplier(view, self.supplier)
        settings = view.rules.settings
        prices = self.prices or settings.prices
        currency = self.currency or self.currency_of_lists(view)
        rate = rate_for(view, currency, self.rate, self.date)
        if rate is not None and self.quote is not None:
            values = {"id": self.quote, "own": view.rules.currency}
            raise Refused([Problem("other-currency", "{id} has its prices in {own}", values, "currency")])
        lines = numbered(replaced(self, prices=prices, currency=currency).with_prices(self.with_lines_for(view), view))
        lines = tuple(as_called(line, view, self.supplier, self.date) for line in lines)
        items = [view.rules.item(line.item) for line in lines]
        stocked = [item for item in items if item.type != "service"]
        warehouse = self.warehouse
        if warehouse is not None or stocked:
            warehouse = default_warehouse(view, warehouse)
        longest = max((lead_time(view, self.supplier, item, self.date) or 0 for item in stocked), default=0)
        return replaced(
            self,
            supplier_name=self.supplier_name or supplier.name,
            address=self.address or supplier.address,
            warehouse=warehouse,
            expected=self.expected or (self.date + timedelta(days=longest) if longest else None),
            payment_terms=self.payment_terms or supplier.payment_terms or IMMEDIATE,
            currency=currency,
            rate=rate,
            prices=prices,
            tax_rounding=self.tax_rounding or settings.tax_rounding,
            lines=lines,
        )

    def with_lines_for(self, view: View) -> tuple[PurchaseLine, ...]:
        """Lines with the line of the customer's order that each is for: the first with its item, of a kit its component.

        Raises `Refused` where one is said to be for a line that is not there.
        """
        self.check_lines_for(view)
        if self.for_ is None:
            return self.lines
        order = find(view, self.for_, "for", Order)
        assert isinstance(order, Order)
        first: dict[str, int] = {}
        for line in lines_now(order, view.amendments(order.id)).values():
            first.setdefault(line.item, line.line)
            for part in line.components:
                first.setdefault(part.item, part.line)
        return tuple(
            replaced(line, for_line=f"{order.id}/{first[line.item]}")
            if line.for_line is None and line.item in first
            else line
            for line in self.lines
        )

    def check_lines_for(self, view: View) -> None:
        """The lines of customers' orders that lines say they are for are there. Raises `Refused`."""
        found = []
        for n, line in enumerate(self.lines):
            if line.for_line is None:
                continue
            id, _, number = line.for_line.partition("/")
            order = find(view, id, f"lines[{n}].for_line", Order)
            assert isinstance(order, Order)
            if isinstance(order, PurchaseOrder):
                values = {"id": id, "kind": "purchase_order", "kinds": "sales_order"}
                template = "{id} is a {kind}; expected {kinds}"
                found.append(Problem("wrong-kind", template, values, f"lines[{n}].for_line"))
                continue
            own = lines_now(order, view.amendments(order.id)).values()
            known = [str(each.line) for whole in own for each in (whole, *whole.components)]
            if number not in known:
                values = {"id": id, "line": number, "nearest": nearest(number, known)}
                template = "{id} has no line {line}; the nearest is {nearest}"
                found.append(Problem("unknown-line", template, values, f"lines[{n}].for_line"))
        if found:
            raise Refused(found)

    def with_prices(self, lines: tuple[P, ...], view: View) -> tuple[P, ...]:
        listed = with_list_prices(
            to_be_bought(lines, view), view, of_supplier(self.supplier), self.prices, self.date, self.currency
        )
        check_priced(listed, view, self.currency)
        return with_prices(listed, view, "purchase_price")

    def currency_of_lists(self, view: View) -> str | None:
        """Another currency, where the supplier asks for nothing of this in ours."""
        known = [line for line in self.lines if line.item is not None]
        found = only_currency(view, of_supplier(self.supplier), known, self.date)
        return found if is_foreign(found, view.rules) else None

    def check_close(self, view: View) -> None:
        for each in view.open_by_origin(fx.BILLED_AHEAD, self.id):
            values = {"id": self.id, "item": each.item, "qty": quantity_text(open_qty(each)), "bill": each.document}
            template = (
                "{bill} billed {qty} of {item} that are not here: receive them, have them credited, "
                "or `bizcli purchase amend {id}` to what is billed"
            )
            raise Refused([Problem("billed-ahead", template, values, "action")])

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        lines = [line for line in lines_now(self, amendments).values() if line.qty]
        money = exchange_of(self, rules)
        taxes = amounts(lines, self.prices, self.tax_rounding, rules, self.day, money.unit)
        promises = tuple(self.promised(lines, rules)) if self.is_confirmed(amendments) else ()
        promises += tuple(self.drawn(lines, fx.TO_BUY)) + tuple(self.for_requests(lines))
        net, tax = total(taxes)
        worth = Taxed(money.base(net), money.base(tax))
        return Effects(
            promises=promises, net=worth.net, tax=worth.tax, gross=worth.gross, paper=money.paper(net, tax, net + tax)
        )

    def for_requests(self, lines: list[OrderLine]) -> Iterator[Promise]:
        """What is ordered of the requests that a supplier's quotation was for."""
        for line in lines:
            if isinstance(line, PurchaseLine) and line.request is not None:
                request, _, number = line.request.partition("/")
                yield Promise(fx.TO_BUY, request, int(number), 0, min(line.stock_qty, line.requested_qty))

    def promised(self, lines: list[OrderLine], rules: Rules) -> Iterator[Promise]:
        """What lines promise: goods are to be received and may be billed ahead of that, a service is to be billed."""
        due = self.expected.isoformat() if self.expected else self.day
        for line in lines:
            about = (self.id, line.line, line.stock_qty, 0, self.supplier, line.item)
            if rules.item(line.item).type == "service":
                yield Promise(fx.TO_BILL, *about, None, due, f"{self.id}/{line.line}")
                continue
            yield Promise(fx.TO_RECEIVE, *about, line.warehouse or self.warehouse, due)
            yield Promise(fx.TO_BILL_AHEAD, *about)


def as_called(line: PurchaseLine, view: View, supplier: str, day: date) -> PurchaseLine:
    """A line with the supplier's own code of its item, as his price list has it."""
    offer = offer_of(view, of_supplier(supplier), line.item, day) if line.supplier_item is None else None
    return line if offer is None else replaced(line, supplier_item=offer.line.supplier_item)


def lead_time(view: View, supplier: str, item: "Item", day: date) -> int | None:
    """The days from an order to the goods: the supplier's, else the item's own."""
    offer = offer_of(view, of_supplier(supplier), item.code, day)
    return item.lead_time if offer is None or offer.lead_time is None else offer.lead_time
