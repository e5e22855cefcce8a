"""Service: which tickets are late, who is given them, what is under warranty, and who is asked how satisfied they are."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bizcli.book.finding import find, find_id
from bizcli.book.reporting import query
from bizcli.domains.items.warranty import warranty_until
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.records import nearest

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.crm.ticket import Ticket

Row = dict[str, Any]

UNSETTLED = "status IN ('open', 'waiting')"
LATE = f"{UNSETTLED} AND (responded IS NULL AND :now > respond_by OR status = 'open' AND :now > resolve_by)"
OPEN = (
    "SELECT ticket, customer, name, priority, status, owner, respond_by, responded, resolve_by FROM ticket "
    f"WHERE {UNSETTLED} AND (:owner IS NULL OR owner = :owner)"
)
LISTED = (
    "SELECT ticket, day, customer, status, name, priority, owner, respond_by, responded, resolve_by, resolved FROM ticket "
    "WHERE (:owner IS NULL OR owner = :owner) AND (NOT :open OR {unsettled}) AND (NOT :overdue OR {late}) ORDER BY ticket"
)
COLUMNS = (
    "id", "date", "party", "status", "name", "priority", "owner", "respond_by", "responded", "resolve_by", "resolved",
)  # fmt: skip
CLOCKED = ("status", "respond_by", "responded", "resolve_by")
ESCALATED = (
    "SELECT ticket, name, priority, owner, escalation, escalate_at, escalate_to FROM ticket "
    "WHERE escalate_at <= :now ORDER BY escalate_at, ticket"
)


# --- tickets ---


def tickets(book: "Book", owner: str | None = None, overdue: bool = False, unsettled: bool = False) -> list[Row]:
    """Tickets as a list; only those of somebody, those that are late now, or those that are not settled."""
    sql = LISTED.format(unsettled=UNSETTLED, late=LATE)
    rows = query(book, sql, {"owner": owner, "open": unsettled, "overdue": overdue, "now": book.now})
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return [{**row, "due": coming(**{key: row[key] for key in CLOCKED})[0]} for row in found]


def coming(
    status: str, respond_by: str | None, responded: str | None, resolve_by: str | None
) -> tuple[str | None, str | None]:
    """What of a ticket is due next, and whether that is to respond or to resolve; nothing while it waits for them."""
    due = [
        (respond_by, "respond") if responded is None and status not in ("resolved", "closed") else None,
        (resolve_by, "resolve") if status == "open" else None,
    ]
    return min((each for each in due if each is not None and each[0] is not None), default=(None, None))


def tickets_due(book: "Book", owner: str | None = None) -> list[Row]:
    """What is to be done about tickets up to the end of today, the most urgent first: to reply, or to settle.

    `owner`: only theirs.
    """
    end, found = f"{book.today.isoformat()} 24:00", []
    rows = query(book, OPEN, {"owner": owner})
    for ticket, customer, name, priority, status, who, respond_by, responded, resolve_by in rows:
        until, what = coming(status, respond_by, responded, resolve_by)
        if until is not None and until < end:
            found.append({
                "ticket": ticket, "customer": customer, "name": name, "priority": priority, "owner": who, "action": what,
                "due": until, "overdue": until < book.now,
            })  # fmt: skip
    return sorted(found, key=lambda row: (row["due"], row["ticket"]))


def escalations(book: "Book") -> list[Row]:
    """Tickets that the rules give to somebody else by now."""
    names = ("ticket", "name", "priority", "owner", "escalation", "since", "to")
    return [dict(zip(names, row, strict=True)) for row in query(book, ESCALATED, {"now": book.now})]


def escalating(book: "Book") -> Iterator[Row]:
    """The activities that give them so: of several rules that are due on a clock, the last one."""
    from bizcli.domains.crm.ticket import Ticket

    view = book.view()
    for row in escalations(book):
        ticket = view.document(row["ticket"])
        assert isinstance(ticket, Ticket)
        for rule in ticket.escalations_due(view.amendments(ticket.id), book.rules, book.now):
            yield {"kind": "activity", "about": ticket.id, "escalated": rule.name, "owner": rule.to}


def of_ticket(book: "Book", ticket: "Ticket") -> Row:
    """What is known of a ticket beside its own state: whether it is late, the warranty, what came of it, what happened."""
    changes = book.view().amendments(ticket.id)
    late = query(book, f"SELECT 1 FROM ticket WHERE ticket = :id AND {LATE}", {"id": ticket.id, "now": book.now})
    happened: list[Any] = [*changes]
    return {
        "overdue": bool(late),
        **warranty_of(book, ticket),
        "made": [each.made for each in happened if each.made is not None],
        "history": [
            {
                "date": each.day, "time": each.time, "id": each.id, "what": each.type, "by": each.by,
                "change": ", ".join(f"{key}: {getattr(each, key)}" for key in each.changes), "text": each.text,
            }
            for each in happened
        ],
    }  # fmt: skip


# --- warranty ---


def warranty_of(book: "Book", ticket: "Ticket") -> Row:
    """Until when what a ticket is about is under warranty, where that is known, and whether it was when it came in."""
    found = None
    if ticket.serial is not None or ticket.lot is not None:
        found = book.index.sold_with(str(ticket.serial or ticket.lot), ticket.item)
    elif ticket.item is not None:
        for id in filter(None, (ticket.invoice, ticket.delivery, ticket.order)):
            head = book.index.head(id)
            found = found or (ticket.item, id, head.day if head else ticket.day)
    until = until_of(book, found) if found is not None else None
    return {"warranty_until": until, "under_warranty": ticket.day <= until} if until is not None else {}


def until_of(book: "Book", found: tuple[str, str, str]) -> str | None:
    warranty = getattr(book.index.master("item", found[0]), "warranty", None)
    return warranty_until(warranty, date.fromisoformat(found[2])).isoformat() if warranty is not None else None


def warranty(book: "Book", serial: str | None, invoice: str | None, item: str | None) -> list[Row]:
    """Until when goods are under warranty: by serial number from the delivery, or by the day of an invoice.

    Raises `Refused` for a number that never left, or an item that the invoice does not have.
    """
    if serial is not None:
        found = book.index.sold_with(serial, item)
        if found is None:
            known = [row[0] for row in book.index.all("SELECT DISTINCT lot FROM lot_move WHERE target = 'customer'")]
            template = "no goods with the number {lot} are with a customer; the nearest is {nearest}"
            raise Refused([Problem("unknown-lot", template, {"lot": serial[:60], "nearest": nearest(serial, known)})])
        return [as_row(book, found, serial)]
    assert invoice is not None
    _, record = find(book, find_id(book, invoice, ["SI", "CS"]))
    document: Any = record
    items = dict.fromkeys(line.item for line in document.lines)
    if item is not None and item not in items:
        values = {"id": document.id, "item": item[:60], "nearest": nearest(item, items)}
        template = "{id} has no {item}; the nearest is {nearest}"
        raise Refused([Problem("unknown-code", template, values)])
    rows = [as_row(book, (each, document.id, document.day), None) for each in items if item in (None, each)]
    return rows


def as_row(book: "Book", found: tuple[str, str, str], serial: str | None) -> Row:
    item, id, day = found
    until = until_of(book, found)
    head, known = book.index.head(id), book.index.master("item", item)
    return {
        "item": item, "name": known.name if known else None, "serial": serial, "document": id, "date": day,
        "customer": head.party if head else None, "warranty": getattr(known, "warranty", None), "until": until,
        "under_warranty": until is not None and book.today.isoformat() <= until,
    }  # fmt: skip
