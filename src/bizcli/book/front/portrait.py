"""A customer or supplier on one page: what was bought, what is owed, how regular it is, and what to offer next.

What is not there yet, such as the rhythm of somebody who bought once, is None: the keys are always the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.book import reporting
from bizcli.book.front.customers import days_of, shown
from bizcli.book.front.recommending import choosable, recommended
from bizcli.domains.crm.followed import CONTACTS
from bizcli.domains.crm.rhythm import ordinal
from bizcli.kernel.money import MICRO, decimal, divide, micro
from bizcli.reports import definition
from bizcli.reports.period import later
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.crm.recommendation import Offer

FEW, MONTHS = 5, 12
COMPLAINT = "ticket"  # the kind of document that is one; a book without it has none

BOUGHT = "SELECT doc, day, net, items FROM bought WHERE customer = ? ORDER BY day, doc"
BROUGHT = (
    "SELECT item, sum(qty), sum(-amount) FROM bought JOIN posting ON posting.doc = bought.doc "
    "WHERE customer = ? AND bought.net <> 0 AND item <> '' GROUP BY item"
)
COST = (
    "SELECT coalesce(sum(CASE target WHEN 'customer' THEN value ELSE -value END), 0) FROM doc JOIN move ON move.doc = doc.id "
    "WHERE doc.party = ? AND what = 'move' AND (target = 'customer' OR origin = 'customer')"
)
COST_THAT_FOLLOWED = (
    "SELECT coalesce(sum(cost), 0) FROM cost_that_followed JOIN document ON document.document = cost_that_followed.document "
    "WHERE party = :party"
)
SETTLED = (
    "SELECT posting.day, named.day, named.kind, sum(posting.amount), count(DISTINCT posting.doc) FROM doc "
    "JOIN posting ON posting.doc = doc.id LEFT JOIN doc AS named ON named.id = posting.open_item "
    "WHERE doc.party = ? AND doc.kind = ? AND posting.party = doc.party GROUP BY posting.day, named.day, named.kind"
)
OWED = "SELECT due, document, open FROM {view} WHERE {party} = :party ORDER BY due, document"
COUNT = "SELECT count(*), min(day), max(day) FROM doc WHERE party = ? AND kind = ? AND void IS NULL"
ARRIVALS = (
    "SELECT DISTINCT doc.day, ordered.day, promised.due, doc.id, came.origin FROM doc "
    "JOIN promise AS came ON came.doc = doc.id AND came.kind = 'to_bill' "
    "JOIN promise AS promised ON promised.doc = substr(came.origin, 1, instr(came.origin, '/') - 1) "
    "AND promised.kind = 'to_receive' AND promised.line = CAST(substr(came.origin, instr(came.origin, '/') + 1) AS INTEGER) "
    "JOIN doc AS ordered ON ordered.id = promised.doc "
    "WHERE doc.party = ? AND doc.kind = 'goods_receipt' AND doc.void IS NULL"
)
RECEIVED = (
    "SELECT coalesce(sum(move.qty), 0), coalesce(sum(CASE WHEN move.reason IS NOT NULL THEN move.qty END), 0) "
    "FROM doc JOIN move ON move.doc = doc.id WHERE doc.party = ? AND what = 'move' AND origin = 'supplier'"
)
BILLED = (
    "SELECT posting.day, item, qty, amount, doc.id FROM doc JOIN posting ON posting.doc = doc.id "
    "WHERE doc.party = ? AND doc.kind = 'purchase_invoice' AND item <> '' AND qty > 0 ORDER BY posting.day, doc.id, n"
)


def of_customer(book: "Book", customer: str) -> tuple[dict[str, Any], "Sequence[Offer]"]:
    """What a customer's business with us shows, and what to offer."""
    day, unit = book.today, book.rules.unit
    rows = [row for row in book.index.all(BOUGHT, customer) if row[1] <= day.isoformat()]
    chosen = [row for row in rows if row[3]]
    rhythm = days_of(row[1] for row in chosen)
    net = sum(row[2] for row in rows)
    with reporting.asking(book) as ask:
        owed = ask(OWED.format(view="open_item", party="customer"), {"party": customer})
        later_cost = ask(COST_THAT_FOLLOWED, {"party": customer})[0][0]
        classes = rfm(book, ask, customer)
    cost = book.index.one(COST, customer)[0] + later_cost
    found = {
        "orders": {
            "count": len(chosen), "first": chosen[0][1] if chosen else None, "last": chosen[-1][1] if chosen else None,
            "open": len(book.orders_of(customer)), "value": amount(net, unit),
            "average": amount(divide(net, len(chosen) * unit) * unit, unit) if chosen else None,
        },
        "payments": payments(book, customer, "customer_payment", "sales_invoice"),
        "balance": balance(owed, day, unit),
        "credit": credit(book, customer),
        "margin": {
            "net": amount(net, unit), "cost": amount(cost, unit), "earned": amount(net - cost, unit),
            "percent": percent(net - cost, net),
        },
        "rfm": classes,
        "rhythm": shown(rhythm, day.toordinal()) if rhythm else None,
        "months": months(((row[1], row[2]) for row in rows), day, unit),
        "favourites": favourites(book, customer, chosen),
        "in_touch": in_touch(book, customer),
        "opportunities": followed(book, customer, "opportunity"),
        "complaints": followed(book, customer, COMPLAINT),
        "satisfaction": satisfaction(book, customer),
        **also(book, "supplier", customer),
    }  # fmt: skip
    return found, recommended(book, customer, FEW)


def of_supplier(book: "Book", supplier: str) -> dict[str, Any]:
    """What a supplier's business with us shows."""
    day, unit = book.today, book.rules.unit
    billed = book.index.all(BILLED, supplier)
    orders, first, last = book.index.one(COUNT, supplier, "purchase_order")
    received, rejected = book.index.one(RECEIVED, supplier)
    with reporting.asking(book) as ask:
        owed = ask(OWED.format(view="open_bill", party="supplier"), {"party": supplier})
    return {
        "orders": {
            "count": orders, "first": first, "last": last,
            "value": amount(sum(row[3] for row in billed), unit),
        },
        "arrivals": punctuality(book.index.all(ARRIVALS, supplier)),
        "rejects": {
            "received": decimal(received), "rejected": decimal(rejected), "percent": percent(rejected, received),
        },
        "payments": payments(book, supplier, "supplier_payment", "purchase_invoice"),
        "balance": balance(owed, day, unit),
        "months": months(((row[0], row[3]) for row in billed), day, unit),
        "prices": price_trend(book, billed),
        **also(book, "customer", supplier),
    }  # fmt: skip


def percent(part: int, whole: int) -> Decimal | None:
    """A share in percent with one decimal; None of nothing."""
    return Decimal(divide(part * 1000, whole)).scaleb(-1) if whole > 0 else None


def payments(book: "Book", party: str, kind: str, invoice: str) -> dict[str, Any]:
    """What was paid, and how long that took: days from the invoice to each payment on it, weighed by the amount."""
    rows = book.index.all(SETTLED, party, kind)
    settling = [(abs(amount), ordinal(day) - ordinal(since)) for day, since, of, amount, _ in rows if of == invoice]
    whole = sum(amount for amount, _ in settling)
    waited = sum(amount * max(0, days) for amount, days in settling)
    count, _, last = book.index.one(COUNT, party, kind)
    return {
        "count": count, "last": last, "amount": amount(abs(sum(row[3] for row in rows)), book.rules.unit),
        "average_days_to_pay": Decimal(divide(waited * 10, whole)).scaleb(-1) if whole else None,
    }  # fmt: skip


def balance(owed: Iterable[Any], day: date, unit: int) -> dict[str, Any]:
    """What is open now: what is owed, what of that is overdue, and what was paid ahead."""
    owed = list(owed)
    late = [(due, open) for due, _, open in owed if open > 0 and due and due < day.isoformat()]
    since = min((due for due, _ in late), default=None)
    return {
        "owed": amount(sum(row[2] for row in owed if row[2] > 0), unit),
        "overdue": amount(sum(open for _, open in late), unit), "overdue_since": since,
        "days_overdue": day.toordinal() - ordinal(since) if since else None,
        "prepaid": amount(-sum(row[2] for row in owed if row[2] < 0), unit),
    }  # fmt: skip


def credit(book: "Book", customer: str) -> dict[str, Any] | None:
    """What of the credit limit is left; None where there is no limit."""
    master: Any = book.index.master("customer", customer)
    if master.credit_limit is None:
        return None
    from bizcli.domains.sales.credit import exposure

    used, limit, unit = exposure(book.view(), customer), micro(master.credit_limit), book.rules.unit
    return {"limit": amount(limit, unit), "used": amount(used, unit), "left": amount(limit - used, unit)}


def rfm(book: "Book", ask: reporting.Query, customer: str) -> dict[str, Any] | None:
    """The customer's row of the report; None for one who never bought."""
    report = reporting.named(book, "rfm")
    found = ask(report.sql, {"customer": customer, "today": book.today.isoformat(), "walk_in": book.settings.walk_in})
    rows = definition.shown(report, found, book.rules.unit)
    return {key: rows[0][key] for key in ("score", "r", "f", "m", "days_since", "purchases", "net")} if rows else None


def months(rows: Iterable[tuple[str, int]], day: date, unit: int) -> list[dict[str, Any]]:
    """What each of the last months came to."""
    sums: Counter[str] = Counter()
    for each, net in rows:
        sums[each[:7]] += net
    first = day.replace(day=1)
    names = [later(first, -n).isoformat()[:7] for n in reversed(range(MONTHS))]
    return [{"month": name, "net": amount(sums[name], unit)} for name in names]


def favourites(book: "Book", customer: str, chosen: Sequence[Any]) -> list[dict[str, Any]]:
    """What a customer chose most often; of that, what brought most."""
    times: Counter[str] = Counter()
    last: dict[str, str] = {}
    counted = choosable(book)
    for _, day, _, items in chosen:
        for item in items.split(" "):
            if item in counted:
                times[item] += 1
                last[item] = day
    brought = {item: (qty, net) for item, qty, net in book.index.all(BROUGHT, customer)}
    first = sorted(times, key=lambda item: (-times[item], -brought.get(item, (0, 0))[1], item))[:FEW]
    unit = book.rules.unit
    return [
        {
            "item": item, "name": name_of(book, item), "times": times[item], "last": last[item],
            "qty": decimal(brought.get(item, (0, 0))[0]), "net": amount(brought.get(item, (0, 0))[1], unit),
        }
        for item in first
    ]  # fmt: skip


def name_of(book: "Book", item: str) -> str | None:
    row = book.index.one("SELECT name FROM master WHERE kind = 'item' AND code = ?", item)
    return row[0] if row else None


def followed(book: "Book", customer: str, kind: str) -> list[dict[str, Any]]:
    """What we follow of a customer, the latest first: complaints, opportunities."""
    query = (
        "SELECT id, day, state ->> 'status', state ->> 'name' FROM doc "
        "WHERE party = ? AND kind = ? AND void IS NULL AND state IS NOT NULL ORDER BY day DESC, id DESC LIMIT ?"
    )
    rows = book.index.all(query, customer, kind, FEW)
    return [{"id": id, "date": day, "status": status, "name": name} for id, day, status, name in rows]


def satisfaction(book: "Book", customer: str) -> dict[str, Any] | None:
    """The last that a customer said when asked how satisfied they are."""
    query = (
        "SELECT state ->> 'csat', state ->> 'nps', state ->> 'answered' FROM doc WHERE party = ? AND kind = 'survey' "
        "AND state IS NOT NULL AND state ->> 'status' = 'answered' ORDER BY 3 DESC, id DESC LIMIT 1"
    )
    found = book.index.one(query, customer)
    return dict(zip(("csat", "nps", "answered"), found, strict=True)) if found else None


def in_touch(book: "Book", customer: str) -> dict[str, Any]:
    """When we were last in touch with a customer, and when we want to be again: a contact ends what was due before it."""
    last, what, due = None, None, None
    for day, kind, until in book.index.all(
        "SELECT day, what, due FROM event WHERE whom = ? ORDER BY day, doc, n", customer
    ):
        if kind in CONTACTS:
            last, what, due = day, kind, None
        due = until or due
    return {"last": last, "type": what, "next": due}


def also(book: "Book", kind: str, code: str) -> dict[str, Any]:
    """That a partner is on both sides: a customer and a supplier of one code."""
    return {"also": f"{kind}/{code}"} if book.index.called(kind, code) == code else {}


def punctuality(rows: Iterable[tuple[str, str, str, str, str]]) -> dict[str, Any]:
    """How long goods took, and how many lines came by the day that their order said; of those that said one."""
    took, late = [], []
    for came, ordered, due, _receipt, _line in rows:
        took.append(ordinal(came) - ordinal(ordered))
        if due and due > ordered:
            late.append(ordinal(came) - ordinal(due))
    behind = [days for days in late if days > 0]
    return {
        "lines": len(took), "average_lead_time": mean(took), "with_a_day": len(late),
        "on_time": percent((len(late) - len(behind)) * MICRO, len(late) * MICRO), "average_delay": mean(behind),
    }  # fmt: skip


def mean(days: Sequence[int]) -> Decimal | None:
    """A mean with one decimal; None of nothing."""
    return Decimal(divide(sum(days) * 10, len(days))).scaleb(-1) if days else None


def price_trend(book: "Book", billed: Sequence[tuple[str, str, int, int, str]]) -> list[dict[str, Any]]:
    """What we pay for what we buy most of: by the first bill, the last one, and the difference in percent."""
    spent: Counter[str] = Counter()
    lines: dict[str, list[tuple[str, int, int, str]]] = defaultdict(list)
    for day, item, qty, cost, bill in billed:
        spent[item] += cost
        lines[item].append((day, qty, cost, bill))
    unit = book.rules.unit
    found = []
    for item in sorted(spent, key=lambda each: (-spent[each], each))[:FEW]:
        (_day, qty, cost, _bill), (last, last_qty, last_cost, _bill) = lines[item][0], lines[item][-1]
        found.append({
            "item": item, "name": name_of(book, item), "bills": len({bill for *_, bill in lines[item]}), "last": last,
            "qty": decimal(sum(each[1] for each in lines[item])), "net": amount(spent[item], unit),
            "first_price": price(cost, qty, unit), "last_price": price(last_cost, last_qty, unit),
            "change": percent(last_cost * qty - cost * last_qty, cost * last_qty),
        })  # fmt: skip
    return found


def price(cost: int, qty: int, unit: int) -> Any:
    """What one costs, in whole minor units."""
    return amount(divide(max(0, cost) * MICRO, qty * unit) * unit, unit)
