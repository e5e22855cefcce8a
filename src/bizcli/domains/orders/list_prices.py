"""What a document takes over from price lists: those of its supplier, or ours for its customer."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from bizcli.domains.orders.price_list import Offer, of_customer, offers
from bizcli.domains.tax.currency import Currency
from bizcli.domains.tax.lines import ItemLine, PricedLine, in_units, with_prices
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import decimal, micro, times
from bizcli.kernel.records import replaced
from bizcli.kernel.view import View

L = TypeVar("L", bound=ItemLine)
S = TypeVar("S", bound=PricedLine)


def at_list_prices(lines: Iterable[S], view: View, customer: str | None, prices: str, day: date) -> tuple[S, ...]:
    """Lines with the prices of the customer's lists, else the items', where they say none. Raises `Refused`.

    We sell in the book's currency: a list in another one counts at the rate of the day.
    """
    lines = tuple(lines)
    if view.keeps("price_list"):
        measured, found = in_units(lines, view)
        if found:
            raise Refused(found)
        group = getattr(view.master("customer", customer), "group_", None) if customer else None
        lines = with_list_prices(measured, view, of_customer(customer, group), prices, day, converted=True)
    return with_prices(lines, view)


def with_list_prices(
    lines: Iterable[L], view: View, whom: Sequence[str], prices: str, day: date, currency: str | None = None,
    converted: bool = False,
) -> tuple[L, ...]:  # fmt: skip
    """Lines with the prices of the lists where they say none; their units are resolved. Raises `Refused`.

    A price that is said was agreed on, with its quantity: what the list has as minimum counts for its own prices.
    Lines that tell which list their price is from are told. `converted`: prices in another currency count as what
    they are in this one, rounded to its minor unit, at the rate of the day.
    """
    done: list[L] = []
    found: list[Problem] = []
    currency = currency or view.rules.currency
    for n, line in enumerate(lines):
        offer = None
        if line.__dict__["price"] is None and line.qty is not None:
            offer = in_currency(view, whom, line, day, currency)
        if offer is not None:
            other = offer.list.currency or view.rules.currency
            rate = rate_of(view, other, day) if converted and other != currency else None
            if converted and other != currency and rate is None:
                found.append(no_rate(offer, other, currency, n))
                continue
            wrong = not_to_take(offer, line, view, prices, n, other if rate is not None else currency)
            found += wrong
            if not wrong:
                price = offer.price_in(line.stock_qty, line.factor)
                if rate is not None:
                    price = decimal(times(micro(price), micro(rate), view.rules.unit))
                line = replaced(line, price=price)
                if "price_list" in line.__dict__:
                    line = replaced(line, price_list=offer.list.code)
        done.append(line)
    if found:
        raise Refused(found)
    return tuple(done)


def rate_of(view: View, currency: str, day: date) -> Decimal | None:
    """What one of a currency is in the book's own on a day, as far as its rates say."""
    listed = view.master("currency", currency)
    return listed.on(day) if isinstance(listed, Currency) else None


def no_rate(offer: Offer, currency: str, own: str, n: int) -> Problem:
    """A list in a currency whose rate nobody has said."""
    template = "price list {list} is in {currency}: give a price in {own}, or the rates in currencies/{currency}.yaml"
    return Problem(
        "no-rate", template, {"list": offer.list.code, "currency": currency, "own": own}, f"lines[{n}].price"
    )


def in_currency(view: View, whom: Sequence[str], line: ItemLine, day: date, currency: str) -> Offer | None:
    """What holds for a line; a list in another currency only where there is none in that one."""
    found = offers(view, whom, line.item, day, line.unit)
    own = [each for each in found if (each.list.currency or view.rules.currency) == currency]
    return next(iter(own or found), None)


def only_currency(view: View, whom: Sequence[str], lines: Iterable[ItemLine], day: date) -> str | None:
    """The one currency in which lists have all of some lines, of which none says a price."""
    asked: list[set[str]] = []
    for line in lines:
        if line.__dict__["price"] is not None:
            return None
        found = offers(view, whom, line.item, day, line.unit)
        asked.append({each.list.currency or view.rules.currency for each in found})
    shared = set.intersection(*asked) if asked else set()
    return shared.pop() if len(shared) == 1 else None


def not_to_take(offer: Offer, line: ItemLine, view: View, prices: str, n: int, wanted: str) -> list[Problem]:
    """Why the price of a list is none for a line, each with the mend."""
    settings = view.rules.settings
    values: dict[str, object] = {"list": offer.list.code, "item": line.item}
    currency, own_prices = offer.list.currency or settings.currency, offer.list.prices or settings.prices
    if currency != wanted:
        template = "price list {list} is in {currency}: give a price of {item} in {own}"
        values |= {"currency": currency, "own": wanted}
        return [Problem("other-currency", template, values, f"lines[{n}].price")]
    if own_prices != prices:
        template = (
            "the prices of price list {list} are {prices}: order with `prices: {prices}`, or give a price of {item}"
        )
        return [Problem("mixed-prices", template, {**values, "prices": own_prices}, f"lines[{n}].price")]
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
