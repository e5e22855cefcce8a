"""What was done with customers and leads, and what is to be done next."""

from datetime import date
from typing import TYPE_CHECKING, Any

from bizcli.book.reporting import query

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


def history(book: "Book", ids: list[str]) -> list[Row]:
    """All that was done about some documents and became of them, day by day; not each answer to a campaign."""
    marks = ", ".join("?" * len(ids))
    sql = (
        f"SELECT day, what, source, who, value, due FROM event WHERE about IN ({marks}) AND what NOT IN "
        "('item', 'member', 'control') AND (about NOT BETWEEN 'CM-' AND 'CM.' "
        "OR what NOT IN ('response', 'subscribed', 'unsubscribed')) ORDER BY day, source, n"
    )
    return told(book, book.index.all(sql, *ids))


def told(book: "Book", events: list[Any]) -> list[Row]:
    """Events as rows, those of one activity as one: what was done, what was said, and what it changed."""
    rows: dict[tuple[str, str], Row] = {}
    for day, what, source, who, value, due in events:
        activity: Any = book.index.document(source) if source[:2] == "AC" else None
        key = (source, "" if activity is not None else what)
        row = rows.setdefault(key, {
            "date": day, "document": source, "what": activity.type if activity is not None else what, "who": who,
            "text": None, "outcome": None, "became": None, "next": None,
        })  # fmt: skip
        if activity is not None:
            row |= {"text": activity.text or activity.note, "outcome": activity.outcome}
        if what == "next" and activity is None:
            row["text"] = value
        if what in ("stage", "status", "owner"):
            became = f"{what} {value or '-'}"
            row["became"] = ", ".join(filter(None, [row["became"], became]))
        row["next"] = due or row["next"]
    return list(rows.values())


# --- what is next ---

DUE = """
    SELECT next, whom, name, phone, about, todo, owner, document, said FROM reminder
    WHERE next <= :until AND (:owner IS NULL OR owner = :owner) ORDER BY next, whom, document"""


def reminders(book: "Book", until: str, owner: str | None = None) -> list[Row]:
    """Whom to get in touch with by a day, the most overdue first: of each customer or lead what was said last.

    `owner`: only those whom somebody looks after.
    """
    rows = []
    for day, whom, name, phone, about, *rest in query(book, DUE, {"until": until, "owner": owner}):
        todo, who, document, said = rest
        rows.append({
            "next": day, "days_late": max((book.today - date.fromisoformat(day)).days, 0), "whom": whom, "name": name,
            "phone": phone, "about": about if about != whom else None, "todo": todo, "owner": who, "document": document,
            "said": said,
        })  # fmt: skip
    return rows


# --- what was done ---

LISTED = """
    SELECT event.day, event.source, event.what, event.whom, event.about, event.who, event.value, ahead.due
    FROM event LEFT JOIN event AS ahead ON ahead.doc = event.doc AND ahead.n = 1 AND ahead.what = 'next'
    WHERE event.doc >= 'AC-' AND event.doc < 'AC.' AND event.n = 0 AND (:who IS NULL OR event.who = :who)
        AND (:about IS NULL OR event.about = :about) AND (:type IS NULL OR event.what = :type)
    ORDER BY event.day, event.source"""


def listed(book: "Book", about: str | None, who: str | None, type: str | None) -> list[Row]:
    """All activities, or those about one thing, of one person, of one type."""
    values = {"about": about, "who": who, "type": type}
    return [
        {
            "id": id, "date": day, "type": what, "whom": whom, "about": subject, "who": by, "outcome": outcome,
            "next": due,
        }
        for day, id, what, whom, subject, by, outcome, due in book.index.connection.execute(LISTED, values).fetchall()
    ]  # fmt: skip


def with_customer(book: "Book", customer: str) -> list[Row]:
    """All that was done with a customer and became of what we follow of them, also when they were a lead."""
    leads = [
        id for (id,) in book.index.all("SELECT id FROM doc WHERE kind = 'lead' AND state ->> 'customer' = ?", customer)
    ]
    whom = [customer, *leads]
    marks = ", ".join("?" * len(whom))
    sql = f"SELECT day, what, source, who, value, due FROM event WHERE whom IN ({marks}) AND what <> 'item' ORDER BY day, source, n"
    return told(book, book.index.all(sql, *whom))
