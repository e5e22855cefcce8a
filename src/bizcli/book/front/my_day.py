"""The day of one of us: whom to call, what expires, who slips away, what came for whose order; and how the team does."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bizcli.book.front.contacts import reminders
from bizcli.book.front.people import team
from bizcli.kernel.effects import TO_DELIVER, TO_ORDER, TO_PICK
from bizcli.kernel.money import decimal
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]
SOON = 7  # days before an offer expires
FEW = 5
TO_CALL = ("next", "whom", "name", "phone", "todo")
TICKETS = ("ticket", "customer", "name", "action", "due")
SLIPPING = ("customer", "name", "last", "days_since", "usual_gap", "risk")

# Who answers for an order or a quote: whom it was handed to, its salesperson, else who looks after the customer.
RESPONSIBLE = """
    SELECT value FROM event WHERE event.about = doc.id AND what = 'owner' ORDER BY day DESC, source DESC LIMIT 1"""
OWNER = f"coalesce(({RESPONSIBLE}), doc.salesperson, customer.tree ->> 'owner')"
OFFERS = f"""
    SELECT min(promise.due), doc.id, doc.party, customer.name, doc.net FROM promise JOIN doc ON doc.id = promise.doc
        LEFT JOIN master AS customer ON customer.kind = 'customer' AND customer.code = doc.party
    WHERE promise.kind = '{TO_ORDER}' AND opened > settled AND due BETWEEN ? AND ? AND doc.void IS NULL AND {OWNER} = ?
    GROUP BY doc.id ORDER BY 1, 2"""
ARRIVED = f"""
    SELECT receipt.day, receipt.id, doc.id, customer.name, move.item, min(move.qty, promise.opened - promise.settled)
    FROM promise JOIN doc ON doc.id = promise.doc
        JOIN link AS ordered ON ordered.target = doc.id AND ordered.doc >= 'PO-' AND ordered.doc < 'PO.'
        JOIN link AS came ON came.target = ordered.doc AND came.doc >= 'GR-' AND came.doc < 'GR.'
        JOIN doc AS receipt ON receipt.id = came.doc AND receipt.void IS NULL
        JOIN move ON move.doc = receipt.id AND move.item = promise.item AND move.origin = 'supplier'
        LEFT JOIN master AS customer ON customer.kind = 'customer' AND customer.code = doc.party
    WHERE promise.kind IN ('{TO_DELIVER}', '{TO_PICK}') AND promise.opened > promise.settled AND receipt.day <= ? AND {OWNER} = ?
    GROUP BY receipt.id, doc.id, move.item ORDER BY 1 DESC, 2, 3, 6"""
LATE = """
    SELECT opportunity, name, stage, amount, expected, CAST(julianday(:today) - julianday(since) AS INTEGER), owner FROM (
        SELECT hoped.*, coalesce(expected < :today, 0) AS late,
            coalesce(julianday(:today) - julianday(since) > stage.days, 0) AS slow
        FROM hoped LEFT JOIN stage ON stage.pipeline = hoped.pipeline AND stage.stage = hoped.stage
        WHERE :owner IS NULL OR owner = :owner
    ) WHERE late OR slow ORDER BY amount DESC, opportunity"""
LEADS = "SELECT owner, count(*) FROM lead WHERE status IN ('open', 'contacted', 'qualified') GROUP BY owner"
OPPORTUNITIES = "SELECT owner, count(*), sum(amount) FROM opportunity WHERE status = 'open' GROUP BY owner"


def my_day(book: "Book", person: str) -> Row:
    """All that somebody has to see to today; lists are empty where there is nothing."""
    from bizcli.book.front.customers import slipping
    from bizcli.book.front.service import tickets_due
    from bizcli.book.reporting import asking

    today = book.today.isoformat()
    staff = book.index.master("staff", person)
    with asking(book) as ask:
        return {
            "date": today, "person": person, "name": staff.name if staff else None,
            "to_call": only(TO_CALL, reminders(book, today, person)),
            "arrived": arrived(book, person),
            "due_tickets": only(TICKETS, tickets_due(book, person)),
            "expiring_offers": offers(book, person),
            "late_opportunities": [late_row(book, each) for each in ask(LATE, {"today": today, "owner": person})],
            "slipping_away": only(SLIPPING, slipping(book, person)[:FEW]),
            "team": of_team(book, ask, team(book, person)),
        }  # fmt: skip


def only(names: tuple[str, ...], rows: list[Row]) -> list[Row]:
    """What of some rows is wanted."""
    return [{name: row[name] for name in names} for row in rows]


def offers(book: "Book", person: str) -> list[Row]:
    """Quotes that hold only for some days more and of which something is not ordered."""
    until = (book.today + timedelta(days=SOON)).isoformat()
    return [
        {"valid_until": due, "quote": id, "customer": customer, "name": name, "net": amount(net, book.rules.unit)}
        for due, id, customer, name, net in book.index.all(OFFERS, book.today.isoformat(), until, person)
    ]


def arrived(book: "Book", person: str) -> list[Row]:
    """Goods that came for orders which wait for them: bought for these orders, and not delivered yet."""
    return [
        {"date": day, "receipt": receipt, "order": order, "name": name, "item": item, "qty": decimal(qty)}
        for day, receipt, order, name, item, qty in book.index.all(ARRIVED, book.today.isoformat(), person)
    ]  # fmt: skip


def late_row(book: "Book", row: Any) -> Row:
    """An opportunity that should have been decided, or has been at its stage for too long."""
    opportunity, name, stage, money, expected, days, _owner = row
    return {
        "opportunity": opportunity, "name": name, "stage": stage, "amount": amount(money, book.rules.unit),
        "expected": expected, "days": days,
    }  # fmt: skip


def of_team(book: "Book", ask: Any, people: list[str]) -> list[Row]:
    """What each of a team has open, and what of it is late."""
    if not people:
        return []
    from bizcli.book.front.service import tickets_due

    day = book.today.isoformat()
    leads = dict(ask(LEADS, {}))
    opportunities = {owner: (n, money) for owner, n, money in ask(OPPORTUNITIES, {})}
    late = Counter(row[-1] for row in ask(LATE, {"today": day, "owner": None}))
    overdue = Counter(row["owner"] for row in reminders(book, day) if row["days_late"])
    tickets = Counter(row["owner"] for row in tickets_due(book))
    return [
        {
            "person": each, "leads": leads.get(each, 0), "opportunities": opportunities.get(each, (0, 0))[0],
            "amount": amount(opportunities.get(each, (0, 0))[1], book.rules.unit), "overdue": overdue[each],
            "late": late[each], "tickets": tickets[each],
        }
        for each in people
    ]  # fmt: skip
