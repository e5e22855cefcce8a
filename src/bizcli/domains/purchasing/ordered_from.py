"""What a purchase takes over from the quotation of a supplier, or from a request."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from bizcli.domains.items.units import part_of, price_of_one
from bizcli.domains.orders.open_lines import draw, find
from bizcli.domains.orders.order import OrderLine
from bizcli.domains.purchasing.purchase_request import PurchaseRequest
from bizcli.domains.purchasing.request_change import check_approved
from bizcli.domains.purchasing.supplier_quote import SupplierQuote
from bizcli.domains.tax.lines import DIMENSIONS
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import decimal, micro
from bizcli.kernel.records import record, replaced
from bizcli.kernel.view import View, open_qty

if TYPE_CHECKING:
    from bizcli.domains.purchasing.purchase_order import PurchaseOrder

OF_QUOTE = ("supplier_name", "warehouse", "payment_terms", "prices", "tax_rounding", *DIMENSIONS)
OF_QUOTE_LINE = ("discount", "tax", "text", "warehouse", *DIMENSIONS)
OF_REQUEST = ("warehouse", *DIMENSIONS)
OF_REQUEST_LINE = ("text", "warehouse", *DIMENSIONS)
"""What a purchase, and a line of it, take over where they do not say it themselves."""


@record
class PurchaseLine(OrderLine):
    """What is ordered of a supplier."""

    supplier_item: Annotated[fields.Word, "the supplier's own code of it; of its price list when absent"] | None = None
    for_line: Annotated[fields.LineId, "the line of a customer's order that it is for"] | None = None
    request: Annotated[fields.LineId, "the line of the request that it is for"] | None = None
    requested: Annotated[fields.Quantity, "of that request, in the item's own unit"] | None = None

    @property
    def requested_qty(self) -> int:
        """How much of its request it orders, in micro."""
        return micro(self.requested) if self.requested is not None else 0


def from_request(order: "PurchaseOrder", view: View, id: str) -> "PurchaseOrder":
    """The order with what a request needs: all that is open of it, or the lines given. Raises `Refused`."""
    request = find(view, id, "request", PurchaseRequest)
    assert isinstance(request, PurchaseRequest)
    check_approved(view, request)
    needed = {line.line: line for line in request.lines}
    lines = []
    for drawn in draw(order.lines, view.open_of(fx.TO_BUY, request.id), "to order", request.id, view):
        given, own = drawn.wanted or PurchaseLine(), needed[drawn.promise.line]
        measure = part_of(given if given.qty is not None else own, drawn.qty)._asdict()
        taken = {name: getattr(given, name) or getattr(own, name) for name in OF_REQUEST_LINE}
        lines.append(replaced(given, line=None, from_=drawn.line_id, item=own.item, **measure, **taken))
    taken = {name: getattr(order, name) or getattr(request, name) for name in OF_REQUEST}
    return replaced(order, request=request.id, lines=tuple(lines), **taken)


def from_quote(order: "PurchaseOrder", view: View, id: str) -> "PurchaseOrder":
    """The order with what a supplier offered: all that is open of it, or the lines given. Raises `Refused`."""
    quote = find(view, id, "quote", SupplierQuote)
    assert isinstance(quote, SupplierQuote)
    if order.supplier not in (None, quote.supplier):
        values = {"id": quote.id, "supplier": quote.supplier}
        raise Refused([Problem("other-supplier", "{id} is of {supplier}", values, "supplier")])
    if order.prices not in (None, quote.prices):
        template = "{id} has {prices} prices: an order has those of its quote"
        raise Refused([Problem("mixed-prices", template, {"id": id, "prices": quote.prices}, "prices")])
    quote.check_holds(order.date)
    quoted = {line.line: line for line in quote.lines}
    offered = view.open_of(fx.TO_BUY, quote.id)
    if not order.lines:  # what is ordered elsewhere meanwhile is not needed any more
        needed = [each for each in offered if open_of_request(quoted[each.line].request, view) != 0]
        offered = needed or offered
    lines: list[PurchaseLine] = []
    days = [0]
    for n, drawn in enumerate(draw(order.lines, offered, "to order", quote.id, view)):
        given, own = drawn.wanted or PurchaseLine(), quoted[drawn.promise.line]
        agreed = given if given.price is not None else own  # a price is of the unit that it was said with
        assert agreed.price is not None
        measure = part_of(agreed, drawn.qty)
        price = price_of_one(agreed.price, agreed.factor, measure.factor)
        said = {name: getattr(given, name) for name in OF_QUOTE_LINE}
        taken = {name: getattr(own, name) if value is None else value for name, value in said.items()}
        line = replaced(given, line=None, from_=drawn.line_id, item=own.item, **taken, price=price, **measure._asdict())
        lines.append(for_request(line, own.request, view, n, lines) if own.request is not None else line)
        days.append(quote.days_of(own) or 0)
    return replaced(
        order,
        quote=quote.id,
        supplier=quote.supplier,
        expected=order.expected or (order.date + timedelta(days=max(days)) if max(days) else None),
        lines=tuple(lines),
        **{name: getattr(order, name) or getattr(quote, name) for name in OF_QUOTE},
    )


def for_request(line: PurchaseLine, request: str, view: View, n: int, before: list[PurchaseLine]) -> PurchaseLine:
    """A line with how much of a request it orders: no more than is open of it. Raises `Refused` where nothing is."""
    left = (open_of_request(request, view) or 0) - sum(each.requested_qty for each in before if each.request == request)
    if left <= 0:
        template = "{line} is ordered already, or rejected: order without it, with `bizcli purchase new`"
        raise Refused([Problem("nothing-open", template, {"line": request}, f"lines[{n}]")])
    part = min(left, line.stock_qty)
    return replaced(line, request=request, requested=decimal(part))


def open_of_request(line: str | None, view: View) -> int | None:
    """How much of a line of a request may still be ordered; None where there is no request."""
    if line is None:
        return None
    document, _, number = line.partition("/")
    found = view.promise((fx.TO_BUY, document, int(number)))
    return open_qty(found[0]) if found else 0
