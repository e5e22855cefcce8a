"""What one of us looks after goes to another, in one transaction: customers, leads, opportunities, tickets, quotes, orders.

A customer's file says from then on who looks after them; everything else is handed over by an activity of its own. The
customer gets one too, so that the history tells it. Salespeople of documents stay: what was sold was sold by them.
"""

import os
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bizcli.book.front.leads import OPEN as OPEN_LEADS
from bizcli.book.front.my_day import OWNER
from bizcli.book.intake import Intake, Recorded
from bizcli.book.streams import trees
from bizcli.kernel.effects import TO_DELIVER, TO_INVOICE, TO_ORDER
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.kinds import path_of
from bizcli.kernel.records import replaced
from bizcli.reports import documents
from bizcli.store.store import PATIENCE

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]
FOLLOWED = {"lead": OPEN_LEADS, "opportunity": ("open",), "ticket": ("open", "waiting")}
"""What is handed over while its status is one of these."""
PROMISED = {"quote": (TO_ORDER,), "sales_order": (TO_DELIVER, TO_INVOICE)}
"""What is handed over while something of it is open."""


def found(book: "Book", old: str, customers: tuple[str, ...] = ()) -> list[Row]:
    """All that somebody looks after and that is not done; only of some customers where they are named."""
    query = "SELECT code, name FROM master WHERE kind = 'customer' AND tree ->> 'owner' = ? ORDER BY code"
    rows = [
        {"kind": "customer", "id": code, "customer": code, "name": name, "next": None}
        for code, name in book.index.all(query, old)
    ]
    for kind, statuses in FOLLOWED.items():
        prefix = book.catalog.kinds[kind].prefix
        parties = dict(book.index.all("SELECT id, party FROM doc WHERE kind = ? AND state ->> 'owner' = ?", kind, old))
        states = documents.state_of(book.index.all, prefix)
        rows += [
            {"kind": kind, "id": id, "customer": party, "name": states[id]["name"], "next": states[id].get("next")}
            for id, party in sorted(parties.items()) if states[id]["status"] in statuses
        ]  # fmt: skip
    for kind, promises in PROMISED.items():
        marks = ", ".join("?" * len(promises))
        query = (
            "SELECT DISTINCT doc.id, doc.party, customer.name FROM promise JOIN doc ON doc.id = promise.doc "
            "LEFT JOIN master AS customer ON customer.kind = 'customer' AND customer.code = doc.party "
            f"WHERE promise.kind IN ({marks}) AND opened > settled AND doc.kind = ? AND doc.void IS NULL AND {OWNER} = ? "
            "ORDER BY doc.id"
        )
        rows += [
            {"kind": kind, "id": id, "customer": party, "name": name, "next": None}
            for id, party, name in book.index.all(query, *promises, kind, old)
        ]
    return [row for row in rows if not customers or row["customer"] in customers]


def hand_over(
    book: "Book", old: str, new: str, customers: tuple[str, ...] = (), day: date | None = None, why: str | None = None
) -> tuple[list[Row], list[Recorded]]:
    """Hand all of it over; what was, and the activities that say so. Raises `Refused`, and changes nothing."""
    staff: Any = book.index.master("staff", new)
    gone = staff.gone_by(day or book.today) if staff is not None else None
    if old == new or gone is not None:
        raise Refused([gone or Problem("wrong-value", "{code} has it already", {"code": new})])
    with book.store.record(book.today, book.user, PATIENCE, set()) as recording:
        rows = found(book, old, customers)
        intake = Intake(book, recording, day)
        for row in rows:
            if row["kind"] == "customer":
                give(book, recording, row["id"], new)
        done = intake.take(trees(activities(rows, old, new, why)))
        intake.value()
        if done:
            recording.finish()
    return rows, done


def give(book: "Book", recording: Any, code: str, new: str) -> None:
    """Let a customer's file say who looks after them; all else in it stays as it is written."""
    from bizcli.book.editing import File, changed

    kind = book.catalog.kinds["customer"]
    path = path_of(kind, code)
    with open(os.path.join(book.root, path), "rb") as file:
        data = changed(book, File(kind, code, path, file.read()), {"owner": new}, ())
    customer = book.index.master("customer", code)
    assert customer is not None
    recording.change_master(kind, replaced(customer, owner=new), data.decode())


def activities(rows: list[Row], old: str, new: str, why: str | None) -> Iterator[Row]:
    text = f"handed over by {old}" + (f": {why}" if why else "")
    for row in rows:
        named = "customer" if row["kind"] == "customer" else "about"
        yield {"kind": "activity", named: row["id"], "owner": new, "text": text}
