"""Markdown, HTML and Excel: every value arrives as what it is, whatever is in it; and what was asked for is shown."""

import io
import re
import zipfile
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from bizcli.cli.answers import Sheet, Table
from bizcli.cli.command import paper
from bizcli.cli.language import speak
from bizcli.cli.selection import Selection
from bizcli.kernel.errors import Misused

HOSTILE = [
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "＝1", "a|b", "`x`", "</script><script>alert(1)</script>", '"q"',
    "two\nlines", "tab\there", "\x1b[31mred", "\u202eevil", "007", "x" * 5000, "T恤 👕", "cafe\u0301", "<b>&amp;",
]  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {"item": text, "qty": Decimal(n) / 4, "date": "2026-11-24", "note": None} for n, text in enumerate(HOSTILE)
]


class Cells(HTMLParser):
    """The text of each cell, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and data.strip("\n"):
            self.cells[-1] += data


def sheets(data: bytes) -> list[list[list[tuple[str, str]]]]:
    """(type, text) of each cell of each row of each sheet of a workbook; a formula fails."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = [
            "".join(part.itertext()) for part in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]  # fmt: skip
        for name in sorted(each for each in book.namelist() if each.startswith("xl/worksheets/sheet")):
            rows = []
            for row in ElementTree.fromstring(book.read(name)).iter(f"{space}row"):
                cells = []
                for cell in row:
                    assert cell.find(f"{space}f") is None
                    value = cell.findtext(f"{space}v") or ""
                    kind = cell.get("t", "n")
                    cells.append((kind, shared[int(value)] if kind == "s" else value))
                rows.append(cells)
            found.append(rows)
    return found


def test_a_page_holds_every_text_and_runs_nothing() -> None:
    speak("en")
    text = paper(Table(ROWS, "Stock </title><script>"), "html")
    assert isinstance(text, str)
    reader = Cells()
    reader.feed(text)
    assert not reader.tags & {"script", "b", "img", "link"}
    assert [cell for cell in reader.cells if "alert" in cell] == ["</script><script>alert(1)</script>"]
    assert "<b>&amp;" in reader.cells and "\x1b" not in text and "\u202e" not in text
    assert text.startswith('<!doctype html>\n<html lang="en">')


def test_markdown_keeps_a_row_on_its_line() -> None:
    text = paper(Table(ROWS), "md")
    assert isinstance(text, str)
    lines = text.splitlines()
    assert len(lines) == len(ROWS) + 2
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {4}
    assert lines[1] == "| --- | ---: | --- |"


def test_a_workbook_has_numbers_days_and_no_formula() -> None:
    data = paper(Table(ROWS), "xlsx")
    assert isinstance(data, bytes)
    (rows,) = sheets(data)
    assert [text for _, text in rows[0]] == ["Item", "Qty", "Date"]
    assert all(row[0][0] == "s" and row[1][0] == "n" and row[2] == ("n", "46350") for row in rows[1:])
    assert [row[0][1] for row in rows[1:]][:5] == HOSTILE[:5]
    assert rows[HOSTILE.index("007") + 1][0] == ("s", "007")
    assert [Decimal(row[1][1]) for row in rows[1:]] == [row["qty"] for row in ROWS]
    assert paper(Table(ROWS), "xlsx") == data


def test_a_sheet_of_one_thing_has_a_table_for_each_list() -> None:
    thing = Sheet({"id": "SO-2611-0001", "lines": [{"line": 1, "item": "A"}], "tags": ["x", "y"]})
    data = paper(thing, "xlsx")
    assert isinstance(data, bytes) and len(sheets(data)) == 2
    assert "## Lines" in str(paper(thing, "md")) and "| Tags | x, y |" in str(paper(thing, "md"))


@pytest.mark.parametrize(
    ("selection", "items"),
    [
        (Selection(where=["qty >= 4"]), HOSTILE[16:]),
        (Selection(where=["qty = 0.50"]), HOSTILE[2:3]),
        (Selection(where=["item ~ SCRIPT"]), HOSTILE[7:8]),
        (Selection(where=["qty<1", "qty!=0.25"]), [HOSTILE[0], *HOSTILE[2:4]]),
        (Selection(where=["note != x"]), HOSTILE),
        (Selection(where=["date > 2026-11-24"]), []),
    ],
)
def test_rows_that_were_asked_for(selection: Selection, items: list[str]) -> None:
    assert [row["item"] for row in selection.of(ROWS)] == items


def test_columns_and_order_that_were_asked_for() -> None:
    rows = Selection(columns="qty, item", sort="-qty").of(ROWS)
    assert [list(row) for row in rows[:1]] == [["qty", "item"]]
    assert [row["qty"] for row in rows] == sorted((row["qty"] for row in ROWS), reverse=True)


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (Selection(columns="itm"), "there is no column itm; the nearest is item"),
        (Selection(where=["qty"]), "is no condition"),
        (Selection(where=["qty > many"]), "many is not a number"),
        (Selection(sort="-what"), "there is no column what"),
    ],
)
def test_what_cannot_be_selected(selection: Selection, words: str) -> None:
    with pytest.raises(Misused, match=words):
        selection.of(ROWS)
