"""The day's business on one screen: what was sold and earned, what is waiting, what is late."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bizcli.book.goods.alerts import alerts
from bizcli.book.goods.lots import expiring_soon
from bizcli.book.reporting import Query, asking
from bizcli.kernel.money import decimal
from bizcli.reports.period import later
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

FEW = 5
LOW = ("item", "name", "warehouse", "available", "reorder_point")
EXPIRING = ("item", "name", "warehouse", "lot", "expiry", "days_left", "on_hand")
SOLD = (
    "SELECT coalesce((SELECT sum(net) FROM sale WHERE day BETWEEN :from AND :to), 0), "
    "coalesce((SELECT sum(cost) FROM cost WHERE day BETWEEN :from AND :to), 0), "
    "(SELECT count(DISTINCT document) FROM sale WHERE day BETWEEN :from AND :to)"
)
TOP_CUSTOMERS = (
    "SELECT sale.customer, name, sum(net) FROM sale LEFT JOIN customer ON customer.customer = sale.customer "
    "WHERE day BETWEEN :from AND :to GROUP BY sale.customer ORDER BY sum(net) DESC, 1 LIMIT :few"
)
TOP_ITEMS = (
    "SELECT sale.item, name, sum(qty), sum(net) FROM sale LEFT JOIN item ON item.item = sale.item "
    "WHERE day BETWEEN :from AND :to GROUP BY sale.item ORDER BY sum(net) DESC, 1 LIMIT :few"
)
TOP_SALESPEOPLE = (
    "SELECT sale.salesperson, name, sum(net) FROM sale LEFT JOIN staff ON staff.salesperson = sale.salesperson "
    "WHERE day BETWEEN :from AND :to AND sale.salesperson IS NOT NULL "
    "GROUP BY sale.salesperson ORDER BY sum(net) DESC, 1 LIMIT :few"
)
OVERDUE = (
    "SELECT open_item.customer, name, count(*), min(due), sum(open) FROM open_item "
    "LEFT JOIN customer ON customer.customer = open_item.customer "
    "WHERE open > 0 AND due < :today GROUP BY open_item.customer ORDER BY sum(open) DESC, 1"
)
WAITING = "SELECT count(DISTINCT document), count(*), min({day}) FROM {view}"


def today(book: "Book") -> dict[str, Any]:
    """What the owner wants to know of today; lists are short, the reports have all of it."""
    with asking(book) as ask:
        return figures(book, ask)


def figures(book: "Book", ask: Query) -> dict[str, Any]:
    """What `today` shows, one question after the other."""
    day, unit = book.today, book.rules.unit
    first = day.replace(day=1)
    month = {"from": first.isoformat(), "to": day.isoformat(), "few": FEW}
    late = ask(OVERDUE, {"today": day.isoformat()})
    deliver, invoice = (
        ask(WAITING.format(view=view, day=since), {})[0]
        for view, since in (("to_deliver", "promised"), ("to_invoice", "since"))
    )
    return {
        "date": day.isoformat(),
        "sales": [
            sold(ask, unit, "today", day, day),
            sold(ask, unit, "yesterday", day - timedelta(days=1), day - timedelta(days=1)),
            sold(ask, unit, "this_month", first, day),
            sold(ask, unit, "last_month_so_far", later(first, -1), later(day, -1)),
        ],
        "top_customers": [
            {"customer": code, "name": name, "net": amount(net, unit)} for code, name, net in ask(TOP_CUSTOMERS, month)
        ],
        "top_items": [
            {"item": code, "name": name, "qty": decimal(qty), "net": amount(net, unit)}
            for code, name, qty, net in ask(TOP_ITEMS, month)
        ],
        "top_salespeople": [
            {"salesperson": code, "name": name, "net": amount(net, unit)}
            for code, name, net in ask(TOP_SALESPEOPLE, month)
        ],
        "overdue": [
            {"customer": code, "name": name, "invoices": count, "since": since, "open": amount(open, unit)}
            for code, name, count, since, open in late[:FEW]
        ],
        "overdue_total": amount(sum(row[4] for row in late), unit),
        "low_stock": [{key: row[key] for key in LOW} for row in alerts(book)[:FEW]],
        "expiring": [{key: row[key] for key in EXPIRING} for row in expiring_soon(book)[:FEW]],
        "waiting": [
            {"for": "delivery", "documents": deliver[0], "lines": deliver[1], "since": deliver[2]},
            {"for": "invoice", "documents": invoice[0], "lines": invoice[1], "since": invoice[2]},
        ],
    }


def sold(ask: Query, unit: int, name: str, first: date, last: date) -> dict[str, Any]:
    """Sales of some days without tax, what the goods cost, and what is left of it."""
    values = {"from": first.isoformat(), "to": last.isoformat()}
    net, cost, documents = ask(SOLD, values)[0]
    return {
        "period": name, "documents": documents, "net": amount(net, unit), "cost": amount(cost, unit),
        "earned": amount(net - cost, unit),
    }  # fmt: skip
