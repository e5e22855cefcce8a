"""What an item costs a customer and why, what customers are offered, and the points that they have."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.domains.items.units import factor_of
from bizcli.domains.orders.price_list import PriceList, of_customer, offers
from bizcli.domains.promotions.basket import reached, reduced
from bizcli.domains.promotions.promotion import ANY, Promotion, keys_of
from bizcli.domains.sales.pricing import at_list_prices, goods_of, points_of, rules_of
from bizcli.domains.sales.quote import Quote, QuoteLine
from bizcli.kernel.effects import POINTS
from bizcli.kernel.errors import Refused
from bizcli.kernel.money import MICRO, decimal, divide, micro, to_unit
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


def priced(
    book: "Book", code: str, qty: Decimal, unit: str, customer: str | None, day: date, shop: str | None, coupons: Sequence[str]
) -> Row:  # fmt: skip
    """What a quantity of an item costs a customer on a day: which list says so and why, and what is taken off."""
    view, money = book.view(), book.rules.unit
    _, item = book.find(code, "item")
    buyer: Any = book.find(customer, "customer")[1] if customer else None
    whom = of_customer(buyer.code if buyer else None, buyer.group_ if buyer else None)
    line = QuoteLine(item=item.key, qty=qty, unit=unit or None)  # type: ignore[attr-defined]
    factor_of(item, unit, "") if unit else None  # type: ignore[arg-type]
    asked = Quote(
        customer=buyer.code if buyer else None,  # type: ignore[arg-type]
        date=day, shop=shop, coupons=tuple(coupons) or None, lines=(line,),
        prices=book.settings.prices, tax_rounding=book.settings.tax_rounding,
    )  # fmt: skip
    (known,) = at_list_prices(asked.lines, view, asked.customer, asked.prices, day)
    basket = [goods_of(known, view, money)]
    rules = rules_of(asked, [known.item], view)
    found = reduced(basket, rules, money)
    off = {each.rule.promotion.code: each.amount for each in found.taken[0]}
    gifts = {each.rule.promotion.code: f"{decimal(each.qty):f} {each.item}" for each in found.gifts}
    left = basket[0].amount - sum(off.values())
    chosen = known.price_list
    return {
        "item": known.item, "customer": asked.customer, "date": day.isoformat(), "qty": known.qty,
        "unit": known.unit or item.unit, "price": known.price, "price_list": chosen,  # type: ignore[attr-defined]
        "why": why(chosen, offers(view, whom, known.item, day, known.unit)), "list_amount": amount(basket[0].amount, money),
        "amount": amount(left, money),
        "lists": [
            {
                "price_list": each.list.code, "for": each.list.whom.replace("/", " "), "since": each.line.since or each.list.since,
                "until": each.line.until or each.list.until, "price": each.price_at(known.stock_qty),
                "unit": each.line.unit or item.unit, "currency": each.list.currency or book.settings.currency,  # type: ignore[attr-defined]
                "best": "chosen" if each.list.code == chosen else None,
            }
            for each in offers(view, whom, known.item, day, known.unit)
        ],
        "promotions": [
            {
                "promotion": each.code, "name": each.name, "taken_off": amount(off[each.code], money) if each.code in off else None,
                "gift": gifts.get(each.code), "state": state(each, asked, basket, buyer, [rule.promotion.code for rule in rules]),
            }
            for each in promotions(view, [known.item], day)
        ],
    }  # fmt: skip


def why(chosen: str | None, lists: Sequence[Any]) -> str:
    """Why a price holds, in a word of ours."""
    if chosen is None:
        return "the item's own price: no list has it"
    level = next(each.list.whom.partition("/")[0] for each in lists if each.list.code == chosen)
    return {
        "customer": "the customer's own list comes first",
        "group": "the list of the customer's group comes before those for all",
    }.get(level, "the list for all that began last")


def promotions(view: Any, items: Sequence[str], day: date) -> list[Promotion]:
    """The promotions of items on a day, whoever has them."""
    if not view.keeps("promotion"):
        return []
    keys = [ANY, *(key for item in items for key in keys_of(item, getattr(view.master("item", item), "tags", ())))]
    return [each for each in view.matching("promotion", keys, day.isoformat()) if isinstance(each, Promotion)]


def state(promotion: Promotion, asked: Quote, basket: Sequence[Any], buyer: Any, had: Sequence[str]) -> str:
    """Whether a promotion counts, else what is lacking."""
    if promotion.code in had:
        return "counts" if reached(promotion, basket) else "less than it asks for"
    whom = (asked.customer, getattr(buyer, "group_", None), getattr(buyer, "tags", ()), asked.shop)
    return "with a coupon" if promotion.is_for(*whom) else "not for this customer"


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
        rows.append({
            "promotion": each.code, "name": each.name, "until": each.until, "for": because(each, customer, coupon),
            "coupon": coupon.code if coupon else None,
        })  # fmt: skip
    return rows


def coupons(book: "Book", customer: str, day: date) -> Iterator[Any]:
    """The coupons that are a customer's own, and not used up."""
    view = book.view()
    for each in view.matching("coupon", [customer], day.isoformat()):
        found = view.promise(("coupon", each.code, 0))
        uses: int | None = each.uses  # type: ignore[attr-defined]
        if uses is None or found is None or found[0].settled < uses * MICRO:
            yield each


def because(promotion: Promotion, customer: Any, coupon: Any) -> str:
    """What makes a promotion a customer's, in a word of ours."""
    if coupon is not None:
        return "coupon"
    tag = next((tag for tag in promotion.customer_tags if tag in customer.tags), None)
    if promotion.customers:
        return "customer"
    return f"tag {tag}" if tag else f"group {customer.group_}" if promotion.groups else "all"


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
                "date": day, "document": id, "earned": rounded(opened), "spent": rounded(settled), "points": rounded(left),
            })  # fmt: skip
    return rows


EARNING = (
    "sales_order", "sales_invoice", "cash_sale", "customer_payment", "allocation", "sales_return", "credit_note",
)  # fmt: skip
"""Kinds of documents that give or take points."""


def lists_of(book: "Book", customer: Any) -> list[str]:
    """The price lists that a customer's orders go by, the first one first."""
    whom = of_customer(customer.code, customer.group_)
    query = "SELECT text FROM master WHERE kind = 'price_list' ORDER BY code"
    lists = [book.index.decoded("price_list", text) for (text,) in book.index.all(query)]
    found = [each for each in lists if isinstance(each, PriceList) and each.whom in whom]
    return [each.code for each in sorted(found, key=lambda each: whom.index(each.whom))]


__all__ = ["Refused", "balances", "history", "lists_of", "offered", "points", "priced"]
