"""Asking customers how satisfied they are: who is to be asked, and their answers out of a sheet."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bizcli.book.finding import nearest_id
from bizcli.book.front.segments import consents, stopped
from bizcli.book.sheets import tables
from bizcli.domains.crm.survey import Survey
from bizcli.domains.parties.channels import CHANNELS
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import ID, Wrong
from bizcli.kernel.records import schema_of

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]

AFTER, PAUSE = 3, 30  # days
TO_FILL_IN = ("csat", "nps", "text")
"""Columns of the list that the answers are written in."""
ENDED = (
    "SELECT id, party, substr(state ->> 'since', 1, 10) AS day, state ->> 'owner', text FROM doc WHERE kind = 'ticket' "
    "AND state ->> 'status' IN ('resolved', 'closed') AND day BETWEEN ?1 AND ?2 "
    "UNION ALL SELECT id, party, day, NULL, text FROM doc WHERE kind = 'delivery' AND void IS NULL AND day BETWEEN ?1 AND ?2"
)
ASKED = "SELECT state ->> 'about', party, day FROM doc WHERE kind = 'survey' AND state IS NOT NULL"
HEADINGS = {
    "survey": ("survey", "id", "调查", "编号"),
    "date": ("date", "answered", "日期"),
    "csat": ("csat", "满意度"),
    "nps": ("nps", "推荐度"),
    "text": ("text", "comment", "摘要", "意见", "评价"),
    "contact": ("contact", "联系人"),
}


def to_ask(book: "Book", since: date, after: int = AFTER, pause: int = PAUSE) -> list[Row]:
    """Whom to ask about what: deliveries, and tickets that were settled, from a day on until so many days ago.

    Nobody is asked twice about the same, or again within a pause, or after they said stop; each customer about what
    came last. The list does not have the address that they want no messages at.
    """
    until = book.today - timedelta(days=after)
    asked = book.index.all(ASKED)
    about = {row[0] for row in asked}
    rests = (book.today - timedelta(days=pause)).isoformat()
    resting = {party for _, party, day in asked if party is not None and day > rests}
    found: dict[str, Row] = {}
    said = consents(book)
    ended = book.index.all(ENDED, since.isoformat(), until.isoformat())
    for id, party, day, owner, text in sorted(ended, key=lambda row: (row[2], row[0])):
        if id in about or party in resting:
            continue
        document = book.index.decoded(book.catalog.by_prefix[id[:2]].name, text)
        known = book.index.master("customer", party) if party is not None else None
        refused = {channel for channel, wanted in said.get(party, {}).items() if not wanted}
        if (known is not None and stopped(known, book.today)) or refused.issuperset(CHANNELS):
            continue
        ways = {
            key: None if key in refused else getattr(document, key, None) or getattr(known, key, None)
            for key in ("contact", "phone", "email")
        }
        found[party or id] = {
            "about": id, "ended": day, "customer": party, "name": known.name if known else None, **ways, "owner": owner,
        }  # fmt: skip
    return sorted(found.values(), key=lambda row: (row["ended"], row["about"]))


def asking(rows: list[Row]) -> Iterator[Row]:
    """The surveys that note that they are asked."""
    for row in rows:
        yield {"kind": "survey", "about": row["about"]}


def answers(book: "Book", path: str) -> list[Row]:
    """The answers of a sheet, as activities; rows without a score say nothing. Raises `Refused` with every wrong row."""
    rows = list(tables.read(path))
    known = {tables.canonical(name): key for key, names in HEADINGS.items() for name in names}
    heads = [known.get(tables.canonical(cell)) for cell in rows[0][1]] if rows else []
    for key in ("survey", "csat"):
        if key not in heads and not (key == "csat" and "nps" in heads):
            values = {"key": key, "known": ", ".join(HEADINGS[key])}
            template = "there is no column {key} (or one of {known}): `bizcli survey out` writes the sheet"
            raise Refused([Problem("missing-key", template, values, file=path, line=1)])
    problems: list[Problem] = []
    found: dict[str, Row] = {}
    for line, cells in rows[1:]:
        row = {key: cell.strip() for key, cell in zip(heads, cells, strict=False) if key is not None and cell.strip()}
        if not (row.get("csat") or row.get("nps")):
            continue
        wrong = [*wrongs(book, row)]
        if row.get("survey") in found:
            wrong.append(Problem("twice", "{key} is there twice", {"key": row["survey"]}, "survey"))
        problems += [each._replace(file=path, line=line) for each in wrong]
        found[row.get("survey", "")] = row
    if problems:
        raise Refused(problems)
    return [
        {"kind": "activity", "about": id, "ref": id, "type": "message", "incoming": "true",
         **{key: value for key, value in row.items() if key != "survey"}}
        for id, row in found.items()
    ]  # fmt: skip


def wrongs(book: "Book", row: Row) -> Iterator[Problem]:
    """What is wrong with a row of answers."""
    id = row.get("survey")
    head = book.index.head(id) if id is not None and ID.fullmatch(id) else None
    if id is None:
        yield Problem("missing-key", "{key} is missing", {"key": "survey"}, "survey")
    elif head is None or head.kind != "survey":
        values = {"id": id[:60], "nearest": nearest_id(book, f"SV-{id}") or "-"}
        yield Problem("unknown-document", "there is no survey {id}; the nearest is {nearest}", values, "survey")
    elif head.void is not None:
        yield Problem("voided-document", "{id} is voided by {void}", {"id": id, "void": head.void}, "survey")
    by_name = {**schema_of(Survey).by_name}
    for key in ("csat", "nps", "date"):
        field = by_name[key].field
        if key in row and field is not None:
            try:
                field.parse(row[key].removesuffix(".0") if key != "date" else row[key])
            except Wrong as wrong:
                yield Problem(wrong.code, wrong.template, wrong.values, key)
