"""The credit limit: tested when an order, a change or an unordered delivery is entered, and only then."""

from bizcli.domains.accounting.payment import written
from bizcli.domains.items.units import part_of, price_of_one
from bizcli.domains.orders.order import lines_now
from bizcli.domains.parties.customer import Customer
from bizcli.domains.sales.pricing import SoldLine
from bizcli.domains.tax.lines import PricedLine, Reduction, amounts, reduced_by, total
from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import amount_text, micro, share
from bizcli.kernel.view import View, open_qty


def check_credit(view: View, customer: Customer, more: int) -> None:
    """Raises `Refused` when `more` (gross, micro) takes a customer over the limit.

    Used is: unpaid + confirmed and not yet invoiced - advances, all gross.
    """
    if customer.credit_limit is None or more <= 0:
        return
    used = exposure(view, customer.code)
    limit = micro(customer.credit_limit)
    if used + more > limit:
        unit = view.rules.unit
        template = (
            "{customer} has a credit limit of {limit} and uses {used}; {more} more is {over} too much: "
            "take a payment first or raise credit_limit"
        )
        values = {
            "customer": customer.code, "limit": amount_text(limit, unit), "used": amount_text(used, unit),
            "more": amount_text(more, unit), "over": amount_text(used + more - limit, unit),
        }  # fmt: skip
        raise Refused([Problem("credit-limit", template, values, "customer")])


def exposure(view: View, customer: str) -> int:
    """What a customer owes or has ordered, gross, less advances and credits; in micro."""
    unpaid = sum(open_qty(each) for each in view.open_by_party(fx.TO_PAY, customer))
    advances = sum(open_qty(each) for each in view.open_by_party(fx.CREDIT, customer))
    waiting = [*view.open_by_party(fx.TO_DELIVER, customer), *view.open_by_party(fx.TO_INVOICE, customer)]
    return unpaid - advances + sum(gross_of(view, each) for each in waiting)


def gross_of(view: View, promise: Promise) -> int:
    """What the open part of a line to deliver or to invoice comes to, gross."""
    source, _, number = (promise.origin or f"{promise.document}/{promise.line}").partition("/")
    document = view.document(source)
    line: PricedLine | None
    if document is None:
        return 0
    if source[:2] == "SO":
        line = lines_now(document, view.amendments(source)).get(int(number))  # type: ignore[arg-type]
    else:
        line = next((each for each in document.lines if each.line == int(number)), None)  # type: ignore[attr-defined]
    if line is None or line.price is None:
        return 0
    measure = part_of(line, open_qty(promise))
    price = price_of_one(line.price, line.factor, measure.factor)
    part = PricedLine(item=line.item, qty=measure.qty, price=price, discount=line.discount, tax=line.tax)
    reductions = line.__dict__.get("reductions")
    if reductions:  # those of the open part
        off = share(reduced_by(reductions), open_qty(promise), line.stock_qty, view.rules.unit)
        part = SoldLine(**part.__dict__, reductions=(Reduction(amount=written(off, view.rules.unit)),))
    prices = getattr(document, "prices", None) or "net"
    return total(amounts([part], prices, "line", view.rules, document.day)).gross
