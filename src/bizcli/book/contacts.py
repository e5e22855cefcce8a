"""What was done with customers and leads, and what is to be done next."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]


def history(book: "Book", ids: list[str]) -> list[Row]:
    """All that was done about some documents and became of them, day by day."""
    marks = ", ".join("?" * len(ids))
    query = f"SELECT day, what, source, who, value, due FROM event WHERE about IN ({marks}) AND what <> 'item' ORDER BY day, source, n"
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
