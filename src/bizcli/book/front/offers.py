"""What an item costs a customer and why, what customers are offered, and the points that they have."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.domains.items.units import factor_of
from bizcli.domains.orders.list_prices import at_list_prices
from bizcli.domains.orders.price_list import Offer, of_customer, offers
from bizcli.domains.promotions.basket import Found, Goods, Rule, reached, reduced
from bizcli.domains.promotions.promotion import ANY, Promotion, keys_of
from bizcli.domains.sales.pricing import goods_of, points_of, rules_of
from bizcli.domains.sales.quote import Quote, QuoteLine
from bizcli.kernel.effects import POINTS
from bizcli.kernel.money import MICRO, decimal, divide, micro, to_unit
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


class Asked(NamedTuple):
    """What a person asks the price of, and for whom."""

    quote: Quote  # of the one line
    item: Any
    buyer: Any  # the customer, where there is one

    @property
    def whom(self) -> tuple[str, ...]:
        return of_customer(*(self.buyer.code, self.buyer.group_) if self.buyer else (None, None))

    def has(self, promotion: Promotion) -> bool:
        """Whether it is a promotion for this customer."""
        buyer, shop = self.buyer, self.quote.shop
        if buyer is None:
            return promotion.is_for(None, None, (), shop)
        return promotion.is_for(buyer.code, buyer.group_, buyer.tags, shop)


def asked(
    book: "Book", code: str, qty: Decimal, unit: str, customer: str | None, day: date, shop: str | None, coupons: Sequence[str]
) -> Asked:  # fmt: skip
    """What a person asks for, looked up. Raises `Refused` for what is not there."""
    item: Any = book.find(code, "item")[1]
    buyer: Any = book.find(customer, "customer")[1] if customer else None
    if unit:
        factor_of(item, unit, "")
    quote = Quote(
        customer=buyer.code if buyer else None,  # type: ignore[arg-type]
        date=day, shop=shop, coupons=tuple(coupons) or None, lines=(QuoteLine(item=item.code, qty=qty, unit=unit or None),),
        prices=book.settings.prices, tax_rounding=book.settings.tax_rounding,
    )  # fmt: skip
    return Asked(quote, item, buyer)


def priced(book: "Book", what: Asked) -> Row:
    """What a quantity of an item costs a customer on a day: which list says so and why, and what is taken off."""
    view, money, quote = book.view(), book.rules.unit, what.quote
    (line,) = at_list_prices(quote.lines, view, quote.customer, quote.prices, quote.date)
    lists = offers(view, what.whom, line.item, quote.date, line.unit)
    basket = goods_of(line, view, money)
    rules = rules_of(quote, [line.item], view)
    found = reduced([basket], rules, money)
    left = basket.amount - sum(each.amount for each in found.taken[0])
    return {
        "item": line.item, "customer": quote.customer, "date": quote.date, "qty": line.qty, "unit": line.unit or what.item.unit,
        "price": line.price, "price_list": line.price_list, "why": why(line.price_list, lists),
        "list_amount": amount(basket.amount, money), "amount": amount(left, money),
        "lists": [list_row(each, line, what.item.unit, book.settings.currency) for each in lists],
        "promotions": [*promotion_rows(book, what, basket, rules, found)],
    }  # fmt: skip


def list_row(offer: Offer, line: QuoteLine, unit: str, currency: str) -> Row:
    """What one list says."""
    level, _, which = offer.list.whom.partition("/")
    return {
        "price_list": offer.list.code, "for": level, "which": which, "since": offer.line.since or offer.list.since,
        "until": offer.line.until or offer.list.until, "price": offer.price_at(line.stock_qty), "unit": offer.line.unit or unit,
        "currency": offer.list.currency or currency, "best": "chosen" if offer.list.code == line.price_list else None,
    }  # fmt: skip


def promotion_rows(book: "Book", what: Asked, basket: Goods, rules: list[Rule], found: Found) -> Iterator[Row]:
    """Each promotion of the item on the day, with what it does; else what is lacking."""
    view, had = book.view(), [rule.promotion.code for rule in rules]
    off = {each.rule.promotion.code: amount(each.amount, book.rules.unit) for each in found.taken[0]}
    gifts = {each.rule.promotion.code: f"{decimal(each.qty):f} {each.item}" for each in found.gifts}
    if not view.keeps("promotion"):
        return
    keys = [ANY, *keys_of(what.item.code, what.item.tags)]
    for each in view.matching("promotion", keys, what.quote.day):
        assert isinstance(each, Promotion)
        if each.code in had:
            state = "applies" if reached(each, [basket]) else "less than it asks for"
        else:
            state = "with a coupon" if what.has(each) else "not for this customer"
        yield {
            "promotion": each.code, "name": each.name, "taken_off": off.get(each.code), "gift": gifts.get(each.code),
            "state": state,
        }  # fmt: skip


WHY = {
    "customer": "the customer's own list comes first",
    "group": "the list of the customer's group comes before those for all",
    "all": "the list for all that began last",
}


def why(chosen: str | None, lists: Sequence[Any]) -> str:
    """Why a price holds, in a word of ours."""
    if chosen is None:
        return "the item's own price: no list has it"
    level = next(each.list.whom.partition("/")[0] for each in lists if each.list.code == chosen)
    return WHY[level]


def offered(book: "Book", customer: Any, day: date) -> list[Row]:
    """The promotions and coupons that a customer has on a day, and what makes them the customer's."""
    rows = []
    query = (
        "SELECT text FROM master WHERE kind = ? AND code IN "
        "(SELECT code FROM lookup WHERE kind = ? AND since <= ? AND until >= ?) ORDER BY code"
    )
    when = (day.isoformat(), day.isoformat())
    mine = {each.promotion: each for each in coupons(book, customer.code, day)}
    for (text,) in book.index.all(query, "promotion", "promotion", *when):
        each: Promotion = book.index.decoded("promotion", text)
        coupon = mine.get(each.code)
        shop = each.shops[0] if each.shops else None  # a customer may go there
        if (each.coupon and coupon is None) or not each.is_for(customer.code, customer.group_, customer.tags, shop):
            continue
        level, which = because(each, customer, coupon)
        rows.append(
            {"promotion": each.code, "name": each.name, "until": each.until, "for": level, "which": which}
        )  # fmt: skip
    return rows


def coupons(book: "Book", customer: str, day: date) -> Iterator[Any]:
    """The coupons that are a customer's own, and not used up."""
    view = book.view()
    for each in view.matching("coupon", [customer], day.isoformat()):
        found = view.promise(("coupon", each.code, 0))
        uses: int | None = each.uses  # type: ignore[attr-defined]
        if uses is None or found is None or found[0].settled < uses * MICRO:
            yield each


def because(promotion: Promotion, customer: Any, coupon: Any) -> tuple[str, str]:
    """What makes a promotion a customer's, in a word of ours, and which it is."""
    if coupon is not None:
        return "coupon", coupon.code
    tag = next((tag for tag in promotion.customer_tags if tag in customer.tags), None)
    if promotion.customers:
        return "customer", customer.code
    if tag is not None:
        return "tag", tag
    return ("group", customer.group_) if promotion.groups else ("all", "")


# --- points ---


def points(book: "Book", customer: str) -> Decimal:
    """The loyalty points that a customer has."""
    return rounded(points_of(book.view(), customer))


def rounded(points: int) -> Decimal:
    """Points as people read them: with two digits at most."""
    return decimal(to_unit(points, MICRO // 100))


def balances(book: "Book") -> list[Row]:
    """The points of all customers who have any, with what they are worth."""
    rule = book.rules.loyalty(book.today.isoformat())
    worth = micro(rule.worth) if rule is not None and rule.worth is not None else 0
    query = (
        "SELECT doc, name, opened - settled FROM promise LEFT JOIN master ON master.kind = 'customer' AND code = doc "
        "WHERE promise.kind = ? AND opened > settled ORDER BY doc"
    )
    return [
        {
            "customer": code, "name": name, "points": rounded(left),
            "worth": amount(to_unit(divide(left * worth, MICRO), book.rules.unit), book.rules.unit),
        }
        for code, name, left in book.index.all(query, POINTS)
    ]  # fmt: skip


def history(book: "Book", customer: str) -> list[Row]:
    """Each document that gave a customer points or took them, and what was left after it."""
    rows, left = [], 0
    query = "SELECT id, kind, day, text FROM doc WHERE party = ? AND void IS NULL ORDER BY sort"
    for id, kind, day, _text in book.index.all(query, customer):
        if kind not in EARNING:
            continue
        effects = book.view().effects_of(book.index.document(id))  # type: ignore[arg-type]
        own = [each for each in effects.promises if each.kind == POINTS]
        if own:
            opened, settled = sum(each.opened for each in own), sum(each.settled for each in own)
            left += opened - settled
            rows.append({
                "date": day, "document": id, "gained": rounded(opened), "spent": rounded(settled), "points": rounded(left),
            })  # fmt: skip
    return rows


EARNING = (
    "sales_order", "sales_invoice", "cash_sale", "customer_payment", "allocation", "sales_return", "credit_note",
)  # fmt: skip
"""Kinds of documents that give or take points."""
