"""What a supplier credits of a bill: goods that went back, or an allowance on its lines."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from bizcli.domains.accounting.given_back import check_charged
from bizcli.domains.accounting.payment import dated, written
from bizcli.domains.credits.credit_line import CreditLine
from bizcli.domains.orders.open_lines import find
from bizcli.domains.purchasing.goods_receipt import GoodsReceipt, line_id, value_left
from bizcli.domains.purchasing.purchase_invoice import BillLine, PurchaseInvoice
from bizcli.domains.purchasing.purchase_return import PurchaseReturn, split
from bizcli.domains.tax.currency import exchange_of
from bizcli.domains.tax.lines import DIMENSIONS, Taxed, total
from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import decimal, micro, quantity_text, share
from bizcli.kernel.records import replaced
from bizcli.kernel.view import View, open_qty


class Claim(NamedTuple):
    """Goods that went back, of which a line asks to be credited (None: all that is open)."""

    promise: Promise
    wanted: CreditLine | None

    @property
    def bill(self) -> str:
        return str(self.promise.origin).partition("/")[0]


def is_claim(line: CreditLine) -> bool:
    """Whether a line is of goods that went back."""
    return (line.from_ or "")[:2] == "PR"


def claims(view: View, returns: Iterable[str], bill: str | None, lines: Iterable[CreditLine], day: str) -> list[Claim]:
    """The goods that are to be credited: of returns, of lines that name them, or all of a bill. Raises `Refused`."""
    wanted = [line for line in lines if is_claim(line)]
    if wanted:
        return [Claim(claim_of(view, line, n), line) for n, line in enumerate(wanted)]
    found: list[Promise] = []
    for n, id in enumerate(returns):
        sent = find(view, id, f"returns[{n}]", PurchaseReturn)
        offered = view.open_of(fx.TO_CLAIM, sent.id)
        if not offered:
            template = "nothing is open to credit on {id}: it is credited, or was not billed"
            raise Refused([Problem("nothing-open", template, {"id": id}, f"returns[{n}]")])
        found += offered
    if not returns and bill is not None:
        found = view.open_by_origin(fx.TO_CLAIM, bill)
    return [
        Claim(each, None)
        for each in found
        if dated(view, each) <= day and (bill is None or str(each.origin).startswith(bill + "/"))
    ]


def claim_of(view: View, line: CreditLine, n: int) -> Promise:
    """The open claim that a line names. Raises `Refused`."""
    id, number = split(str(line.from_))
    find(view, id, f"lines[{n}].from", PurchaseReturn)
    found = next((each for each in view.open_of(fx.TO_CLAIM, id) if each.line == number), None)
    asked = micro(line.qty_returned) if line.qty_returned is not None else 0
    if found is None or asked > open_qty(found):
        values = {"line": line.from_, "left": quantity_text(open_qty(found) if found else 0)}
        template = "of {line} only {left} are to be credited"
        raise Refused([Problem("more-than-open", template, values, f"lines[{n}]")])
    return found


def only_bill(found: Iterable[Claim], named: str | None) -> str | None:
    """The bill that is credited. Raises `Refused` where there are several: a red invoice is of one."""
    bills = sorted({named, *(each.bill for each in found)} - {None}, key=str)
    if len(bills) > 1:
        template = "these are of several bills, {bills}: credit each on its own"
        raise Refused([Problem("several-bills", template, {"bills": ", ".join(map(str, bills))}, "invoice")])
    return bills[0] if bills else None


def of_claim(view: View, claim: Claim, bill: PurchaseInvoice, prices: str) -> CreditLine:
    """A line with what goods that went back were billed at; the last of a return takes the odd cents."""
    promise, given = claim.promise, claim.wanted or CreditLine()
    id, line_id = promise.document, f"{promise.document}/{promise.line}"
    sent = next(line for line in find(view, id, "returns", PurchaseReturn).lines if line.line == promise.line)  # type: ignore[attr-defined]
    charged = charged_line(bill, str(promise.origin))
    qty = micro(given.qty_returned) if given.qty_returned is not None else open_qty(promise)
    before = [line for line in credited_of(view, id) if line.from_ == line_id]
    back, whole, unit = promise.settled + qty, promise.opened, view.rules.unit
    cost = share(micro(sent.billed), back, whole, unit) - sum(micro(line.returned or Decimal(0)) for line in before)
    tax = share(micro(sent.tax_amount), back, whole, unit) - sum(micro(line.tax_amount) for line in before)
    cost, tax = max(cost, 0), max(tax, 0)
    net = cost if bill.invoice_type == "special" else cost - tax
    done = about_line(given, charged, line_id)
    if given.amount is None:
        done = replaced(done, **credited(view, bill, charged, qty, Taxed(net, tax), prices, given))
    return replaced(done, tax=given.tax or charged.tax, qty_returned=decimal(qty), returned=written(cost, unit))


def undelivered(
    view: View, bill: PurchaseInvoice, wanted: Sequence[CreditLine]
) -> list[tuple[Promise, CreditLine | None]]:
    """What a bill charged ahead and will not come: of the lines given, or all of it. Raises `Refused`."""
    offered = view.open_of(fx.BILLED_AHEAD, bill.id)
    if not offered:
        template = "all goods that {id} charged are here: send them back, or credit an amount"
        raise Refused([Problem("nothing-open", template, {"id": bill.id}, "invoice")])
    if not wanted:
        return [(each, None) for each in offered]
    found: list[tuple[Promise, CreditLine | None]] = []
    for n, line in enumerate(wanted):
        about = [each for each in offered if line.from_ == line_id(each) or (not line.from_ and line.item == each.item)]
        asked = micro(line.qty_undelivered or Decimal(0))
        if len(about) != 1 or asked > open_qty(about[0]):
            values = {"line": line.from_ or line.item, "left": quantity_text(sum(map(open_qty, about)))}
            template = "of {line} only {left} are billed and not here; say which line of the bill: `from`"
            raise Refused([Problem("more-than-open", template, values, f"lines[{n}].qty_undelivered")])
        found.append((about[0], line))
    return found


def not_coming(view: View, ahead: Promise, wanted: CreditLine | None, bill: PurchaseInvoice, prices: str) -> CreditLine:
    """A line with what goods were billed at that will not come; the last of a bill's line takes the odd cents."""
    given, unit = wanted or CreditLine(), view.rules.unit
    charged, own = charged_line(bill, line_id(ahead)), line_id(ahead)
    whole = next(tax for line, tax in zip(bill.lines, bill.worth(view.rules), strict=True) if line is charged)
    qty = micro(given.qty_undelivered) if given.qty_undelivered is not None else open_qty(ahead)
    cost = share(value_left(view, ahead), qty, open_qty(ahead), unit)
    before = [line for line in credited_of(view, bill.id) if line.from_ == own and line.qty_undelivered is not None]
    all_of_it = sum(micro(line.qty_undelivered or Decimal(0)) for line in before) + qty
    tax = share(whole.tax, all_of_it, charged.stock_qty, unit) - sum(micro(line.tax_amount) for line in before)
    net = cost if bill.invoice_type == "special" else cost - tax
    done = about_line(given, charged, own)
    if given.amount is None:
        done = replaced(done, **credited(view, bill, charged, qty, Taxed(net, tax), prices, given))
    return replaced(
        done, tax=given.tax or charged.tax, qty_undelivered=decimal(qty), returned=written(cost, unit), again=charged.from_
    )  # fmt: skip


def credited(
    view: View, bill: PurchaseInvoice, charged: BillLine, qty: int, worth: Taxed, prices: str, given: CreditLine
) -> dict[str, Decimal]:
    """The amounts of a line of goods: what they are worth, or in another currency the part of what its line charged."""
    money = exchange_of(bill, view.rules)
    net, tax = worth
    if money.rate is not None:
        whole = next(each for line, each in zip(bill.lines, bill.taxes(view.rules), strict=True) if line is charged)
        net, tax = (share(part, qty, charged.stock_qty, money.unit) for part in whole)
    amount = written(net if prices == "net" else net + tax, money.unit)
    return {"amount": amount, "tax_amount": given.tax_amount or written(tax, money.unit)}


def credited_of(view: View, sent: str) -> Iterable[CreditLine]:
    """The lines of credit notes that name a return or a bill and are not voided."""
    for id in view.naming(sent):
        head, other = view.head(id), view.document(id)
        if head is not None and head.kind == "credit_note" and head.void is None:
            yield from other.lines  # type: ignore[union-attr]


def charged_line(bill: PurchaseInvoice, line_id: str) -> BillLine:
    return next(line for line in bill.lines if f"{bill.id}/{line.line}" == line_id)


def about_line(given: CreditLine, charged: BillLine, line_id: str) -> CreditLine:
    """A line about a line of a bill."""
    own = {name: getattr(given, name) or getattr(charged, name) for name in DIMENSIONS}
    return replaced(given, line=None, from_=line_id, item=charged.item, **own)


def allowance(view: View, given: CreditLine, n: int, bill: PurchaseInvoice) -> list[CreditLine]:
    """What an allowance takes off a bill's line: the one named, or those of its item; else it is shared by their amounts.

    Raises `Refused`.
    """
    offered = [
        (line, part) for line, taxed in zip(bill.lines, bill.worth(view.rules), strict=True)
        if given.from_ in (None, f"{bill.id}/{line.line}") and given.item in (None, line.item)
        and given.tax in (None, line.tax)
        for part in charged_for(view, bill, line, taxed.net, f"lines[{n}]")
    ]  # fmt: skip
    if not offered:
        values = {"line": given.from_ or given.item or given.tax, "id": bill.id}
        name = "from" if given.from_ else "item" if given.item else "tax"
        raise Refused([Problem("not-charged", "{id} charged nothing for {line}", values, f"lines[{n}].{name}")])
    taxes = sorted({line.tax for line, _ in offered})
    if len(taxes) > 1:
        template = "{id} has lines of several taxes: say which one, {taxes}"
        values = {"id": bill.id, "taxes": ", ".join(taxes)}
        raise Refused([Problem("missing-key", template, values, f"lines[{n}].tax")])
    if given.amount is None:
        raise Refused([Problem("missing-key", "{key} is missing", {"key": "amount"}, f"lines[{n}].amount")])
    return [*shared(given, offered, bill, exchange_of(bill, view.rules).unit)]


class Charged(NamedTuple):
    """What a line of a bill came to; of goods, each line of a receipt that they came in with on its own."""

    net: int
    receipt: str | None


def charged_for(view: View, bill: PurchaseInvoice, line: BillLine, net: int, path: str) -> Iterator[Charged]:
    """What a line charged, by where its goods came in. Raises `Refused` where they were billed ahead and are not here."""
    if not line.is_ahead:
        yield Charged(net, line.from_ if line.received is not None else None)
        return
    own = f"{bill.id}/{line.line}"
    ahead = view.promise((fx.BILLED_AHEAD, bill.id, line.line))
    if ahead is not None and open_qty(ahead[0]) > 0:
        values = {"qty": quantity_text(open_qty(ahead[0])), "item": line.item, "id": bill.id}
        template = "{qty} of {item} that {id} charged are not here: receive them first, or credit them as undelivered"
        raise Refused([Problem("billed-ahead", template, values, path)])
    for id in view.naming(bill.id):
        receipt, head = view.document(id), view.head(id)
        if isinstance(receipt, GoodsReceipt) and head is not None and head.void is None:
            for each in receipt.lines:
                if each.bill == own:
                    yield Charged(micro(each.billed or Decimal(0)), f"{id}/{each.line}")


def shared(
    given: CreditLine, offered: list[tuple[BillLine, Charged]], bill: PurchaseInvoice, unit: int
) -> Iterable[CreditLine]:
    """An amount over the lines of a bill, by what they came to; the last takes the odd cents."""
    whole = sum(charged.net for _, charged in offered)
    seen = spread = spread_tax = 0
    for line, charged in offered:
        seen += charged.net
        weight, of = (seen, whole) if whole else (1, 1)
        part = share(micro(given.amount), weight, of, unit) - spread if len(offered) > 1 else micro(given.amount)
        spread += part
        tax = given.tax_amount
        if tax is not None and len(offered) > 1:
            own = share(micro(tax), weight, of, unit) - spread_tax
            spread_tax += own
            tax = written(own, unit)
        if part:
            about = about_line(given, line, f"{bill.id}/{line.line}")
            receipt = charged.receipt if given.account is None else None
            yield replaced(
                about,
                amount=given.amount if len(offered) == 1 else written(part, unit),
                tax=line.tax,
                tax_amount=tax,
                receipt=receipt,
                account=None if receipt else given.account or line.account,
            )


def check_bill(view: View, bill: PurchaseInvoice, gross: int) -> None:
    """No more than the bill charged. Raises `Refused`."""
    check_charged(view, bill.id, gross, total(bill.taxes(view.rules)).gross)
