"""A calendar of whom to get in touch with, as calendars read it: RFC 5545.

Days of reminders are events of a whole day. Their uids follow from the book and the document that says the day, so that
a calendar that is read again replaces what it had; nothing in it depends on the clock.
"""

from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bizcli.book.front.contacts import reminders

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]
LONGEST = 75  # octets of a line, without its end: section 3.1
EVER = "9999-12-31"


def events(book: "Book", owner: str | None = None, until: str = EVER) -> list[Row]:
    """Every reminder that is still to be seen to, with the document that says it."""
    return reminders(book, until, owner)


def calendar(book: "Book", rows: list[Row]) -> str:
    """The text of a calendar file."""
    place = sha256(f"{book.settings.name}".encode()).hexdigest()[:8]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bizcli//reminders//EN", "CALSCALE:GREGORIAN"]
    for row in rows:
        day = date.fromisoformat(row["next"])
        said = [row["whom"], row["phone"], row["about"], row["owner"]]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{row['document']}-{place}@bizcli",
            f"DTSTAMP:{row['said'].replace('-', '')}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(': '.join(filter(None, (row['name'] or row['whom'], row['todo']))))}",
            f"DESCRIPTION:{escaped(', '.join(filter(None, said)))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    r"""Text as a value: section 3.3.11.

    >>> print(escaped("a, b; c\\d\ne"))
    a\, b\; c\\d\ne
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def folded(line: str) -> str:
    """A line broken where it is longer than it may be; no character is torn.

    >>> folded("x" * 80) == "x" * 75 + "\\r\\n " + "x" * 5, folded("布" * 26).split("\\r\\n ")[1]
    (True, '布')
    """
    parts, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST:
            parts.append("")
            size = 1  # the space that continues a line
        parts[-1] += sign
        size += octets
    return "\r\n ".join(parts)
