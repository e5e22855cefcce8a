"""What was done with customers and leads, and what is to be done next."""

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


def history(book: "Book", ids: list[str]) -> list[Row]:
    """All that was done about some documents and became of them, day by day; not each answer to a campaign."""
    marks = ", ".join("?" * len(ids))
    query = (
        f"SELECT day, what, source, who, value, due FROM event WHERE about IN ({marks}) AND what NOT IN "
        "('item', 'member', 'control') AND (about NOT BETWEEN 'CM-' AND 'CM.' "
        "OR what NOT IN ('response', 'subscribed', 'unsubscribed')) ORDER BY day, source, n"
    )
    return told(book, book.index.all(query, *ids))


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
        if what in ("stage", "status", "owner"):
            became = f"{what} {value or '-'}"
            row["became"] = ", ".join(filter(None, [row["became"], became]))
        row["next"] = due or row["next"]
    return list(rows.values())


# --- what is next ---

TOLD = "what IN ('call', 'visit', 'meeting', 'message', 'email') OR due IS NOT NULL"
"""What settles what was to be done with somebody: being in touch, or another day."""
ORDER = (
    "{0}.day || (substr({0}.source, 1, 2) = 'AC') || {0}.source"  # of a day, what somebody is goes before what was done
)
DUE = f"""
    SELECT event.due, event.whom, event.about, event.source, event.day,
        coalesce(doc.state ->> 'owner', customer.tree ->> 'owner', event.who) AS owner,
        coalesce(customer.name, lead.state ->> 'name', doc.state ->> 'name'),
        coalesce(customer.tree ->> 'phone', customer.tree ->> 'mobile', lead.state ->> 'phone')
    FROM event LEFT JOIN doc ON doc.id = event.about
        LEFT JOIN doc AS lead ON lead.id = event.whom
        LEFT JOIN master AS customer ON customer.kind = 'customer' AND customer.code = event.whom
    WHERE event.due <= ? AND (? IS NULL OR owner = ?) AND event.whom IS NOT NULL
        AND (doc.state IS NULL OR doc.state ->> 'next' IS NOT NULL)
        AND NOT EXISTS (
            SELECT 1 FROM event AS later WHERE later.whom = event.whom AND later.day >= event.day
            AND {ORDER.format("later")} > {ORDER.format("event")} AND (later.{TOLD.replace(" OR ", " OR later.")})
        )
    ORDER BY event.due, event.whom, event.source
"""


def reminders(book: "Book", until: str, owner: str | None = None) -> list[Row]:
    """Whom to get in touch with by a day, the most overdue first: of each customer or lead what was said last.

    `owner`: only those whom somebody looks after.
    """
    today, rows = book.today, []
    for due, whom, about, source, day, who, name, phone in book.index.all(DUE, until, owner, owner):
        document: Any = book.index.document(source)
        rows.append({
            "next": due, "days_late": max((today - date.fromisoformat(due)).days, 0), "whom": whom, "name": name,
            "phone": phone, "about": about if about != whom else None,
            "todo": getattr(document, "todo", None) or getattr(document, "text", None), "owner": who,
            "document": source, "said": day,
        })  # fmt: skip
    return rows


# --- what was done ---

LISTED = """
    SELECT event.day, source, what, whom, about, who, value, due FROM event JOIN doc ON doc.id = event.doc
    WHERE event.doc >= 'AC-' AND event.doc < 'AC.' AND event.n = 0 AND (:who IS NULL OR who = :who)
        AND (:about IS NULL OR about = :about) AND (:type IS NULL OR what = :type)
    ORDER BY event.day, source"""


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
    query = f"SELECT day, what, source, who, value, due FROM event WHERE whom IN ({marks}) AND what <> 'item' ORDER BY day, source, n"
    return told(book, book.index.all(query, *whom))
