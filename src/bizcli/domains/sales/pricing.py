"""What a customer pays: the price of a list, what promotions, coupons and points take off, and no less than the floor."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

from bizcli.domains.accounting.payment import written
from bizcli.domains.items.kits import parts_of
from bizcli.domains.orders.list_prices import at_list_prices
from bizcli.domains.promotions.basket import Found, Goods, Rule, Taken, reduced, spread
from bizcli.domains.promotions.promotion import ANY, Promotion, keys_of
from bizcli.domains.tax.lines import (
    HUNDRED,
    PricedLine,
    Reduced,
    Reduction,
    amounts,
    full_amount,
    reduced_by,
    unknown,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Event, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, ListField, OneOf
from bizcli.kernel.money import MICRO, amount_text, decimal, divide, micro, quantity_text, share, to_unit
from bizcli.kernel.records import Document, record, replaced, tree_of
from bizcli.kernel.view import View

if TYPE_CHECKING:
    from datetime import date

Coupons = Annotated[tuple[str, ...], ListField(Code("coupon")), "coupons that the customer shows"]
Points = Annotated[fields.Quantity, "loyalty points that are spent on it"]
Promotions = Annotated[
    str, OneOf("all", "none"), "off prices that are typed too (all), or off none; else off those that are not typed"
]


@record
class SoldLine(PricedLine, Reduced):
    """A quantity of an item at one of our prices."""


class Sale(Protocol):
    """A document that sells at our prices."""

    @property
    def date(self) -> "date": ...
    @property
    def customer(self) -> str | None: ...
    @property
    def shop(self) -> str | None: ...
    @property
    def approved_by(self) -> str | None: ...
    @property
    def prices(self) -> str: ...
    @property
    def tax_rounding(self) -> str: ...
    @property
    def promotions(self) -> str | None: ...
    @property
    def day(self) -> str: ...
    @property
    def lines(self) -> tuple[Any, ...]: ...


def sold(document: Sale, view: View) -> tuple[Any, ...]:
    """The lines of a sale that draws on no other document, at our prices less what rules take off. Raises `Refused`.

    A price or discount that was typed was agreed on: no promotion changes it, unless the document asks for that.
    Reductions that were typed are kept, and none are added.
    """
    unit = view.rules.unit
    lines = at_list_prices(document.lines, view, document.customer, document.prices, document.date)
    if any(line.reductions for line in document.lines):
        done = tuple(replaced(line, reductions=in_minor_units(line.reductions, unit)) for line in lines)
        check_floor(document, done, view)
        return done
    open_ = [
        n for n, line in enumerate(document.lines)
        if document.promotions != "none"
        and (document.promotions == "all" or not is_typed(line))
    ]  # fmt: skip
    rules = rules_of(document, [lines[n].item for n in open_], view)
    if not rules and not any(getattr(document, key, None) for key in ("coupons", "points")):
        check_floor(document, lines, view)
        return lines
    basket = [goods_of(line, view, unit) for line in lines]
    found = reduced([basket[n] for n in open_], rules, unit)
    refuse_idle(document, found)
    taken: list[list[Taken]] = [[] for _ in lines]
    for n, each in zip(open_, found.taken, strict=True):
        taken[n] = each
    reductions = [[reduction(each, unit) for each in of_line] for of_line in taken]
    spend_points(document, basket, reductions, view)
    done = tuple(
        replaced(line, reductions=tuple(each)) if each else line for line, each in zip(lines, reductions, strict=True)
    )
    gifts = []
    for gift in found.gifts:
        line = type(document.lines[0])(item=gift.item, qty=decimal(gift.qty), gift=True)
        (line,) = at_list_prices((line,), view, document.customer, document.prices, document.date)
        amount = full_amount(line, unit)
        gifts.append(replaced(line, reductions=(reduction(Taken(gift.rule, amount), unit),)))
    check_floor(
        document, (*done, *gifts), view,
        [{len(lines) + n, *(open_[each] for each in gift.bought)} for n, gift in enumerate(found.gifts)],
    )  # fmt: skip
    return (*done, *gifts)


def is_typed(line: Any) -> bool:
    """Whether somebody said a price, and so agreed on it."""
    return line.price is not None or line.discount is not None


def goods_of(line: Any, view: View, unit: int) -> Goods:
    """A line as a basket has it."""
    text = str(tree_of(replaced(line, line=None)))
    return Goods(line.item, tags_of(view, line.item), line.stock_qty, full_amount(line, unit), text)


def tags_of(view: View, item: str) -> tuple[str, ...]:
    return getattr(view.master("item", item), "tags", ())


def in_minor_units(reductions: Iterable[Reduction], unit: int) -> tuple[Reduction, ...]:
    """Reductions as they are written: with the digits of the currency."""
    return tuple(replaced(each, amount=written(micro(each.amount), unit)) for each in reductions)


def reduction(taken: Taken, unit: int) -> Reduction:
    rule = taken.rule
    return Reduction(promotion=rule.promotion.code, coupon=rule.coupon, amount=written(taken.amount, unit))


# --- which promotions ---


def rules_of(document: Sale, items: Iterable[str], view: View) -> list[Rule]:
    """The promotions that a customer has for items on a day. Raises `Refused` for a coupon that is none."""
    coupons = coupons_of(document, view)
    if not view.keeps("promotion"):
        return []
    keys = dict.fromkeys([ANY, *(key for item in items for key in keys_of(item, tags_of(view, item)))])
    customer: Any = view.master("customer", document.customer) if document.customer else None
    whom = (document.customer, getattr(customer, "group_", None), getattr(customer, "tags", ()), document.shop)
    return [
        Rule(each, coupons.get(each.code))
        for each in view.matching("promotion", [*keys], document.day)
        if isinstance(each, Promotion) and each.is_for(*whom) and (not each.coupon or each.code in coupons)
    ]


def coupons_of(document: Sale, view: View) -> dict[str, str]:
    """The coupons that are shown, by what they give. Raises `Refused` for one that does not hold."""
    found: list[Problem] = []
    coupons: dict[str, str] = {}
    for n, code in enumerate(getattr(document, "coupons", None) or ()):
        coupon: Any = view.master("coupon", code)
        path = f"coupons[{n}]"
        if coupon is None:
            found.append(unknown(view, "coupon", code, path))
            continue
        problem = not_held(coupon, document, view)
        if problem is not None:
            found.append(problem._replace(path=path))
        coupons.setdefault(coupon.promotion, code)
    if found:
        raise Refused(found)
    return coupons


def not_held(coupon: Any, document: Sale, view: View) -> Problem | None:
    """Why a coupon gives nothing to a customer on a day."""
    values: dict[str, object] = {"coupon": coupon.code, "customer": document.customer or ""}
    if coupon.since is not None and document.date < coupon.since:
        return Problem("coupon", "coupon {coupon} holds from {day} on", {**values, "day": coupon.since.isoformat()})
    if coupon.until is not None and document.date > coupon.until:
        return Problem("coupon", "coupon {coupon} held until {day}", {**values, "day": coupon.until.isoformat()})
    if coupon.customer not in (None, document.customer):
        return Problem("coupon", "coupon {coupon} is of {owner}", {**values, "owner": coupon.customer})
    if coupon.uses is not None and (n := times_used(view, coupon.code)) >= coupon.uses:
        template = "coupon {coupon} is used up: {n} of {most} uses are gone"
        return Problem("coupon", template, {**values, "n": n, "most": coupon.uses})
    most = coupon.uses_per_customer
    if most is not None and document.customer in (None, view.rules.settings.walk_in):
        template = "coupon {coupon} is counted by customer: say who it is"
        return Problem("coupon", template, values)
    if most is not None and (n := times_used(view, coupon.code, document.customer)) >= most:
        template = "{customer} has used up coupon {coupon}: {n} of {most} uses of a customer are gone"
        return Problem("coupon", template, {**values, "n": n, "most": most})
    return None


def times_used(view: View, coupon: str, customer: str | None = None) -> int:
    """How often a coupon was used, in all or by a customer."""
    found = view.promise((f"{fx.COUPON}:{customer}" if customer else fx.COUPON, coupon, 0))
    return found[0].settled // MICRO if found is not None else 0


def refuse_idle(document: Sale, found: Found) -> None:
    """A coupon that takes nothing off would be used up for nothing. Raises `Refused`."""
    used = {each.rule.coupon for of_line in found.taken for each in of_line} | {
        each.rule.coupon for each in found.gifts
    }
    for n, code in enumerate(getattr(document, "coupons", None) or ()):
        if code not in used:
            template = "coupon {coupon} takes nothing off these lines: see `bizcli promotion show` for what it asks"
            raise Refused([Problem("coupon", template, {"coupon": code}, f"coupons[{n}]")])


def spend_points(document: Sale, basket: Sequence[Goods], reductions: Sequence[list[Reduction]], view: View) -> None:
    """Add what points take off to the reductions of all lines. Raises `Refused` where there are not so many."""
    points = getattr(document, "points", None)
    if points is None:
        return
    rules, unit = view.rules, view.rules.unit
    rule = rules.loyalty(document.day)
    if rule is None or rule.worth is None:
        raise Refused([Problem("points", "points are worth nothing: see loyalty in book.yaml", {}, "points")])
    if document.customer is None or document.customer == rules.settings.walk_in:
        raise Refused([Problem("points", "whose points? say who the customer is", {}, "points")])
    there = points_of(view, document.customer)
    if micro(points) > there:
        values = {"customer": document.customer, "points": f"{points:f}", "there": quantity_text(max(there, 0))}
        raise Refused([Problem("points", "{customer} has {there} points, not {points}", values, "points")])
    worth = to_unit(divide(micro(points) * micro(rule.worth), MICRO), unit)
    left = {n: goods.amount - reduced_by(reductions[n]) for n, goods in enumerate(basket)}
    if worth > sum(left.values()):
        values = {
            "points": f"{points:f}",
            "worth": amount_text(worth, unit),
            "left": amount_text(sum(left.values()), unit),
        }
        template = "{points} points are worth {worth}, and only {left} is to be paid: spend fewer"
        raise Refused([Problem("points", template, values, "points")])
    gone = spent = 0
    for n, amount in spread(worth, left, basket, unit).items():
        gone += amount
        part = share(micro(points), gone, worth, 1) - spent
        spent += part
        if amount:
            reductions[n].append(Reduction(points=decimal(part), amount=written(amount, unit)))


def points_of(view: View, customer: str) -> int:
    """The points that a customer has, in micro."""
    found = view.promise((fx.POINTS, customer, 0))
    return found[0].opened - found[0].settled if found is not None else 0


# --- what documents that follow take over ---


def refuse_own(document: Any, source: str) -> None:
    """What follows another document takes off what that one did, and nothing besides. Raises `Refused`."""
    for key in ("coupons", "points", "promotions"):
        if getattr(document, key, None):
            template = "what {source} took off is taken over, and nothing besides: leave {key} out"
            raise Refused([Problem("wrong-usage", template, {"source": source, "key": key}, key)])


def taken_over(source: Any, part: Any, before: Iterable[Any], unit: int) -> dict[str, Any]:
    """What of a line's list and reductions goes with a line that takes a part of it.

    `before`: the lines that took parts before; the last one takes the odd cents.
    """
    reductions = source.__dict__.get("reductions") or ()
    found: dict[str, Any] = {"price_list": source.__dict__.get("price_list")}
    if not reductions:
        return found
    before = [*before]
    so_far = min(sum(line.stock_qty for line in before) + part.stock_qty, source.stock_qty)
    parts, whole = [], full_amount(part, unit)
    for each in reductions:
        same = [one for line in before for one in line.reductions if cause(one) == cause(each)]
        amount = share(micro(each.amount), so_far, source.stock_qty, unit) - reduced_by(same)
        amount = max(min(amount, whole), 0)
        whole -= amount
        points = each.points
        if points is not None:
            of_part = share(micro(points), so_far, source.stock_qty, 1) - sum(
                micro(one.points) for one in same if one.points
            )
            points = decimal(of_part) if of_part > 0 else None
        if amount:
            parts.append(replaced(each, amount=written(amount, unit), points=points))
    return found | {"reductions": tuple(parts)}


def cause(reduction: Reduction) -> tuple[Any, ...]:
    """What a reduction is for."""
    return (reduction.promotion, reduction.coupon, reduction.points is None)


def used(customer: str | None, lines: Iterable[Any]) -> Iterator[Promise]:
    """What a sale uses up of coupons and points."""
    given = reductions_of(lines)
    if not given:
        return
    for coupon in coupons_among(given):
        yield Promise(fx.COUPON, coupon, 0, 0, MICRO)
        if customer is not None:
            yield Promise(f"{fx.COUPON}:{customer}", coupon, 0, 0, MICRO)
    points = sum(micro(each.points) for each in given if each.points is not None)
    if points and customer is not None:
        yield Promise(fx.POINTS, customer, 0, 0, points)


def shown_coupons(document: Document, lines: Iterable[Any]) -> tuple[Event, ...]:
    """Which coupons a customer used: what a campaign that offers one has brought."""
    given = reductions_of(lines)
    return tuple(
        Event("coupon", document.day, document.id, None, document.party, document.by, coupon)
        for coupon in (coupons_among(given) if given else ())
    )


def coupons_among(reductions: Iterable[Any]) -> list[str]:
    return sorted({each.coupon for each in reductions if each.coupon is not None})


def reductions_of(lines: Iterable[Any]) -> list[Any]:
    return [each for line in lines for each in line.__dict__.get("reductions") or ()]


# --- the floor ---


class Cost(NamedTuple):
    """What one of an item costs, in micro, and how that is known."""

    each: int
    known_by: str  # stock | purchase price


def cost_of(view: View, code: str) -> Cost | None:
    """What lies in stock cost on average; else what the item says it is bought for; None where neither is known."""
    item: Any = view.master("item", code)
    if item is None:
        return None
    if item.type == "kit":
        parts = [(cost_of(view, part.item), micro(part.qty)) for part in parts_of(item, view)]
        return Cost(sum(divide(cost.each * qty, MICRO) for cost, qty in parts if cost), "components")
    qty, value = view.on_shelves(code) if item.stocked else (0, 0)
    if qty > 0:
        return Cost(divide(value * MICRO, qty), "stock")
    return Cost(micro(item.purchase_price), "purchase price") if item.purchase_price is not None else None


def check_floor(document: Sale, lines: Sequence[Any], view: View, together: Sequence[set[int]] = ()) -> None:
    """No line sells for less than cost with the margin that is asked, unless somebody who may has approved it.

    `together`: goods that are given away, with those that they are given with. Raises `Refused`.
    """
    settings = view.rules.settings
    floors = [floor_of(line.item, view) for line in lines]
    if not any(floor is not None for floor in floors) or document.approved_by in settings.approvers:
        return
    without = [without_points(line) for line in lines]  # which are the customer's own
    taxes = amounts(without, document.prices, document.tax_rounding, view.rules, document.day)
    costs = [cost_of(view, line.item) for line in lines]
    found = []
    for n, line in enumerate(lines):
        floor, cost = floors[n], costs[n]
        if floor is None or cost is None:
            continue
        group = set().union({n}, *(each for each in together if n in each))
        least = sum(
            divide(each.each * lines[m].stock_qty * (HUNDRED + micro(floor)), MICRO * HUNDRED)
            for m in group if (each := costs[m]) is not None
        )  # fmt: skip
        net = sum(taxes[m].net for m in group)
        if net < to_unit(least, view.rules.unit):
            found.append(below_floor(document, line, n, net, least, cost, floor, view))
    if found:
        raise Refused(found)


def without_points(line: Any) -> Any:
    """A line as it is before points are spent on it."""
    reductions = line.__dict__.get("reductions")
    if not reductions:
        return line
    return replaced(line, reductions=tuple(each for each in reductions if each.points is None))


def floor_of(item: str, view: View) -> Decimal | None:
    own: Decimal | None = getattr(view.master("item", item), "margin_floor", None)
    return view.rules.settings.margin_floor if own is None else own


def below_floor(
    document: Sale, line: Any, n: int, net: int, least: int, cost: Cost, floor: Decimal, view: View
) -> Problem:
    """What is said of a line that sells for too little."""
    unit, approvers = view.rules.unit, view.rules.settings.approvers
    values = {
        "item": line.item, "net": amount_text(net, unit), "least": amount_text(to_unit(least, unit), unit),
        "cost": amount_text(to_unit(cost.each, unit), unit), "known_by": cost.known_by, "floor": f"{floor:f}%",
        "approvers": ", ".join(approvers), "by": document.approved_by or "",
    }  # fmt: skip
    if not approvers:
        template = (
            "{item} comes to {net} without tax; at a cost of {cost} each ({known_by}) and a margin floor of {floor} it needs "
            "{least}: raise the price; nobody may approve less, as book.yaml names no approvers"
        )
    elif document.approved_by is None:
        template = (
            "{item} comes to {net} without tax; at a cost of {cost} each ({known_by}) and a margin floor of {floor} it needs "
            "{least}: raise the price, or let {approvers} approve it with --approved-by"
        )
    else:
        template = (
            "{item} comes to {net} without tax; at a cost of {cost} each ({known_by}) and a margin floor of {floor} it needs "
            "{least}: {by} may not approve that, only {approvers}"
        )
    return Problem("below-floor", template, values, f"lines[{n}].price")
