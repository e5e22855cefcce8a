"""Formats for people who read elsewhere: Markdown, a page of HTML, a workbook of Excel."""

import html
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from bizcli.cli.language import _, spoken
from bizcli.cli.output import Column, Row, cell, figure, is_number, visible, width
from bizcli.kernel.errors import Misused

STYLE = (
    "body{font:15px system-ui,'Noto Sans CJK SC',sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}"
    "caption{text-align:left;font-weight:bold;padding:.3em 0}td,th{padding:.25em .7em;border-bottom:1px solid #ccc;"
    "text-align:left;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)
WIDEST = 60  # places of a column in a workbook
DAY = "yyyy-mm-dd"


class Part(NamedTuple):
    """A table of an answer."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    title: str = ""
    single: bool = False  # the one row is a thing: a line for each of its keys


def lines_of(part: Part) -> tuple[list[Column], list[list[Any]]]:
    """Headings and values: of one thing, its keys stand below each other."""
    shown = [column for column in part.columns if not column.hidden]
    if not part.single:
        return shown, [[row[column.name] for column in shown] for row in part.rows]
    pairs = [[visible(column.title), part.rows[0][column.name]] for column in shown]
    return [Column("key", ""), Column("value", "")], pairs


def markdown(parts: Sequence[Part]) -> str:
    """Tables as most readers of Markdown take them."""
    return "\n".join("\n".join(markdown_lines(part)) + "\n" for part in parts)


def markdown_lines(part: Part) -> Iterator[str]:
    columns, lines = lines_of(part)
    if part.title:
        yield f"## {escaped(visible(part.title))}\n"
    yield row_of([escaped(visible(column.title)) for column in columns])
    yield row_of(["---:" if column.numeric else "---" for column in columns])
    for line in lines:
        yield row_of([escaped(figure(value)) for value in line])


def row_of(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def escaped(text: str) -> str:
    r"""Text that Markdown takes as it is.

    >>> escaped("a|b <b> `c`")
    'a\\|b &lt;b> \\`c\\`'
    """
    for char in "\\`*_[]|":
        text = text.replace(char, "\\" + char)
    return text.replace("&", "&amp;").replace("<", "&lt;")


def page(parts: Sequence[Part]) -> str:
    """One page that needs nothing else: no script, no file, no network."""
    title = html.escape(visible(next((part.title for part in parts if part.title), "bizcli")))
    head = f'<meta charset="utf-8">\n<title>{title}</title>\n<style>{STYLE}</style>'
    body = "".join(drawn(part) for part in parts)
    return f'<!doctype html>\n<html lang="{spoken()}">\n<head>\n{head}\n</head>\n<body>\n{body}</body>\n</html>\n'


def drawn(part: Part) -> str:
    columns, lines = lines_of(part)
    caption = f"<caption>{html.escape(visible(part.title))}</caption>\n" if part.title else ""
    heads = "".join(f"<th{kind(column)}>{html.escape(visible(column.title))}</th>" for column in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td{kind(c)}>{html.escape(figure(v))}</td>" for c, v in zip(columns, line, strict=True)) + "</tr>\n"
        for line in lines
    )  # fmt: skip
    top = f"<thead><tr>{heads}</tr></thead>\n" if not part.single else ""
    return f"<table>\n{caption}{top}<tbody>\n{rows}</tbody>\n</table>\n"


def kind(column: Column) -> str:
    return ' class="n"' if column.numeric else ""


def workbook(parts: Sequence[Part]) -> bytes:
    """A workbook with a sheet for each table: numbers are numbers, days are days, and text is never a formula.

    The same rows give the same bytes. Raises `Misused` where XlsxWriter is not installed.
    """
    book, paper = new_workbook()
    for n, part in enumerate(parts, 1):
        fill(book, book.add_worksheet(sheet_name(part.title, n)), part)
    book.close()
    return paper.getvalue()


def new_workbook() -> tuple[Any, BytesIO]:
    """A workbook, and where it is written when it is closed. Raises `Misused` where XlsxWriter is not installed."""
    try:
        from xlsxwriter import Workbook  # type: ignore[import-untyped]
    except ImportError:
        raise Misused.of("no-xlsx", "for Excel's format, install it: pip install 'bizcli[xlsx]'") from None
    paper = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(paper, options)
    book.set_properties({"created": datetime(2000, 1, 1)})
    return book, paper


def blank_workbook(name: str, second: str, fill: Callable[[Any, Any, Any], None]) -> bytes:
    """A workbook of two sheets that `fill` writes into. Raises `Misused` where XlsxWriter is not installed."""
    book, paper = new_workbook()
    fill(book, book.add_worksheet(sheet_name(name, 1)), book.add_worksheet(sheet_name(second, 1)))
    book.close()
    return paper.getvalue()


def sheet_name(title: str, n: int) -> str:
    """A name that Excel takes: at most 31 characters, none of []:*?/\\, unlike the others."""
    name = "".join(" " if char in "[]:*?/\\'" else char for char in visible(title)).strip()[:26]
    return f"{n} {name}".strip() if n > 1 else name or _("Sheet")


def fill(book: Any, sheet: Any, part: Part) -> None:
    columns, lines = lines_of(part)
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": DAY, "align": "left"})
    formats: dict[int, Any] = {}
    first = 0
    if not part.single:
        for n, column in enumerate(columns):
            sheet.write_string(0, n, visible(column.title), bold)
        sheet.freeze_panes(1, 0)
        first = 1
    widths = [width(visible(column.title)) for column in columns]
    for y, line in enumerate(lines, first):
        for x, (column, value) in enumerate(zip(columns, line, strict=True)):
            text = cell(value)
            widths[x] = max(widths[x], width(text))
            if isinstance(value, Decimal | int) and not isinstance(value, bool) and is_number(text):
                places = len(text.partition(".")[2])
                if places not in formats:
                    formats[places] = book.add_format({"num_format": "#,##0" + ("." + "0" * places if places else "")})
                sheet.write_number(y, x, float(text), formats[places])
            elif found := day_in(column, value):
                sheet.write_datetime(y, x, datetime(found.year, found.month, found.day), day)
            elif text:
                sheet.write_string(y, x, visible(text)[:32_000])
    for x, wide in enumerate(widths):
        sheet.set_column(x, x, min(wide, WIDEST) + 2)


def day_in(column: Column, value: Any) -> date | None:
    """The day that a cell holds, as a workbook can (from 1900 on)."""
    if isinstance(value, str) and column.kind == "date":
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and value.year >= 1900 else None
