"""What a purchase takes over from the price lists of its supplier."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from bizcli.domains.orders.order import P
from bizcli.domains.orders.price_list import Offer, offer_of
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.records import replaced
from bizcli.kernel.view import View

if TYPE_CHECKING:
    from bizcli.domains.items.item import Item
    from bizcli.domains.purchasing.ordered_from import PurchaseLine
    from bizcli.domains.purchasing.purchase_order import PurchaseOrder


def with_list_prices(lines: Iterable[P], view: View, order: "PurchaseOrder") -> tuple[P, ...]:
    """Lines with the prices of the supplier's lists where they say none; their units are resolved. Raises `Refused`.

    A price that is said was agreed on, with its quantity: what the list has as minimum counts for its own prices.
    """
    done: list[P] = []
    found: list[Problem] = []
    for n, line in enumerate(lines):
        offer = None
        if line.price is None and line.qty is not None:
            offer = offer_of(view, order.supplier, line.item, order.date)
        if offer is not None:
            wrong = not_to_take(offer, line, view, order, n)
            found += wrong
            line = line if wrong else replaced(line, price=offer.price_in(line.stock_qty, line.factor))
        done.append(line)
    if found:
        raise Refused(found)
    return tuple(done)


def not_to_take(offer: Offer, line: P, view: View, order: "PurchaseOrder", n: int) -> list[Problem]:
    """Why the price of a list is none for a line of an order, each with the mend."""
    settings = view.rules.settings
    values: dict[str, object] = {"list": offer.list.code, "item": line.item}
    currency, prices = offer.list.currency or settings.currency, offer.list.prices or settings.prices
    if currency != settings.currency:
        template = "price list {list} is in {currency}: give a price of {item} in {own}"
        values |= {"currency": currency, "own": settings.currency}
        return [Problem("other-currency", template, values, f"lines[{n}].price")]
    if prices != order.prices:
        template = (
            "the prices of price list {list} are {prices}: order with `prices: {prices}`, or give a price of {item}"
        )
        return [Problem("mixed-prices", template, {**values, "prices": prices}, f"lines[{n}].price")]
    proposed = offer.orderable(line.stock_qty)
    if proposed == line.stock_qty:
        return []
    template = (
        "price list {list} has {item} from {minimum}{unit} on: order {qty}{unit}, or give the price that was agreed on"
        if offer.line.minimum is not None and line.stock_qty < offer.in_stock_unit(offer.line.minimum)
        else "price list {list} has {item} in multiples of {multiple}{unit}: order {qty}{unit}, or give the price that was agreed on"
    )
    values |= {
        "minimum": f"{offer.line.minimum:f}" if offer.line.minimum else "",
        "multiple": f"{offer.line.multiple:f}" if offer.line.multiple else "",
        "qty": f"{offer.in_unit(proposed).normalize():f}", "unit": f" {offer.line.unit}" if offer.factor else "",
    }  # fmt: skip
    return [Problem("not-sold-so", template, values, f"lines[{n}].qty")]


def as_called(line: "PurchaseLine", view: View, order: "PurchaseOrder") -> "PurchaseLine":
    """A line with the supplier's own code of its item, as his price list has it."""
    offer = offer_of(view, order.supplier, line.item, order.date) if line.supplier_item is None else None
    return line if offer is None else replaced(line, supplier_item=offer.line.supplier_item)


def lead_time(view: View, supplier: str, item: "Item", day: date) -> int | None:
    """The days from an order to the goods: the supplier's, else the item's own."""
    offer = offer_of(view, supplier, item.code, day)
    return item.lead_time if offer is None or offer.lead_time is None else offer.lead_time
