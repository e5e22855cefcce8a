"""Tables as other programs write them: text with commas, semicolons or tabs, Excel's workbooks, JSON.

Each comes out as rows of texts, each with the line of the file that it begins in. What a cell means is for those to say
who know its column.
"""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bizcli.kernel.errors import Misused, Problem, Refused

Rows = Iterator[tuple[int, list[str]]]

HEADING_ROWS = 20  # in which headings are looked for
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
ENDS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl", ".ndjson")
DIGITS = 15  # that Excel keeps of a number


class Rounded(str):
    """A number of which Excel kept only the first 15 digits; what it was is lost."""


def is_table(path: str) -> bool:
    """Whether a file's name ends as that of a table does."""
    return os.path.splitext(path)[1].lower() in ENDS


def read(path: str, sheet: str | None = None) -> Rows:
    """The rows of a file. Raises `Misused` for one that cannot be read, `Refused` for one that is no table."""
    return rows_of(data_of(path), path, sheet)


def data_of(path: str) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises `Misused`."""
    if path == "-":
        import sys

        return sys.stdin.buffer.read()
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        values = {"name": path, "reason": error.strerror or str(error)}
        raise Misused([Problem("no-file", "{name}: {reason}", values)]) from None


def rows_of(data: bytes, path: str, sheet: str | None = None) -> Rows:
    end = os.path.splitext(path)[1].lower()
    if data[:4] in WORKBOOKS or end in (".xlsx", ".xlsm", ".xls", ".ods"):
        return workbook(data, path, sheet)
    if sheet is not None:
        raise Misused.of("wrong-usage", "--sheet names a sheet of a workbook, and {path} is none", path=path)
    if end in (".json", ".jsonl", ".ndjson") or (path == "-" and data.lstrip()[:1] in (b"{", b"[")):
        return objects(data, path)
    return text(data, path)


# --- text ---


def text(data: bytes, path: str) -> Rows:
    """The rows of a text with commas, semicolons or tabs, each with its line."""
    import csv
    import io

    content = decoded(data, path)
    head = "\n".join(content.split("\n", HEADING_ROWS)[:HEADING_ROWS])
    divider = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=divider, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            template = "the row cannot be read: {reason}"
            raise Refused([Problem("wrong-row", template, {"reason": str(error)}, file=path, line=line)]) from None
        if row is None:
            return
        yield line, [unarmed(value.strip()) for value in row]


def decoded(data: bytes, path: str) -> str:
    """UTF-8, with a mark of byte order or without; UTF-16 where there is one; else GB18030, as Excel in China saves."""
    codings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Refused([Problem("not-text", "neither UTF-8 nor GB18030: save it as CSV in UTF-8", file=path, line=1)])


def unarmed(value: str) -> str:
    """A text without what keeps spreadsheets from running it or from taking it for a number.

    >>> unarmed('="007"'), unarmed("'=1+1"), unarmed("'s Gravenhage")
    ('007', '=1+1', "'s Gravenhage")
    """
    if value.startswith('="') and value.endswith('"') and len(value) > 2:
        return value[2:-1]
    return value[1:] if re.match("'[-=+@]", value) else value


# --- workbooks ---


def workbook(data: bytes, path: str, sheet: str | None = None) -> Rows:
    """The rows of a workbook's first sheet, or of one by name. Raises `Misused` where calamine is not installed."""
    import io

    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise Misused.of("no-xlsx", "for Excel's format, install it: pip install 'bizcli[xlsx]'") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if sheet is not None and sheet not in book.sheet_names:
            template = "{path} has no sheet {sheet}; it has {known}"
            raise Misused.of("no-sheet", template, path=path, sheet=sheet[:60], known=", ".join(book.sheet_names))
        found = book.get_sheet_by_name(sheet) if sheet is not None else book.get_sheet_by_index(0)
        rows = found.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        template = "not a workbook that can be read: {reason}"
        raise Refused([Problem("wrong-file", template, {"reason": str(error)[:200]}, file=path)]) from None
    for line, row in enumerate(rows, 1):
        yield line, [cell_text(value) for value in row]


def cell_text(value: object) -> str:
    """What a cell shows: a number in the 15 digits that Excel has, a day without the midnight that it begins with.

    >>> cell_text(48.0), cell_text(0.1 + 0.2), cell_text(" TSHIRT-M "), cell_text(datetime(2026, 11, 5))
    ('48', '0.3', 'TSHIRT-M', '2026-11-05')
    """
    if isinstance(value, float):
        shown = f"{Decimal(f'{value:.{DIGITS}g}'):f}"
        return Rounded(shown) if abs(value) >= 10**DIGITS else shown
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


# --- JSON ---


def objects(data: bytes, path: str) -> Rows:
    """Objects as rows, the first of which has the keys; a list in an object is a row for each of its own objects.

    `{"no": 7, "buyer": {"name": "Li"}, "items": [{"sku": "A"}, {"sku": "B"}]}` is two rows with the headings no,
    buyer.name and items.sku.
    """
    flat = [(n, row) for n, each in enumerate(loaded(decoded(data, path), path), 1) for row in flattened(each, "")]
    names = [*dict.fromkeys(name for _, row in flat for name in row)]
    yield 0, names
    for n, row in flat:
        yield n, [row.get(name, "") for name in names]


def loaded(content: str, path: str) -> list[dict[str, Any]]:
    """The objects of a list, of the only list in an object, or of lines. Raises `Refused`."""
    import json

    read = json.JSONDecoder(parse_float=str, parse_int=str).decode
    try:
        found = read(content)
    except (ValueError, RecursionError):
        found = []
        for line, each in enumerate(content.splitlines(), 1):
            try:
                found += [read(each)] if each.strip() else []
            except (ValueError, RecursionError) as error:
                template = "not JSON: {reason}"
                raise Refused(
                    [Problem("wrong-file", template, {"reason": str(error)[:200]}, file=path, line=line)]
                ) from None
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        found = lists[0] if len(lists) == 1 and len(found) - len(lists) < len(lists[0][0]) else [found]
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refused([Problem("wrong-file", "a list of objects is expected: [{{…}}, {{…}}]", file=path, line=1)])
    return found


def flattened(tree: dict[str, Any], before: str) -> list[dict[str, str]]:
    """An object as rows; more than one where a list of objects is in it."""
    own: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    for key, value in tree.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            inner = flattened(value, f"{name}.")
            own |= inner[0]
            rows += inner[1:]
        elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
            rows += [row for each in value if isinstance(each, dict) for row in flattened(each, f"{name}.")]
        else:
            own[name] = plain(value)
    return [own | row for row in rows] or [own]


def plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    return "" if value is None else "true" if value is True else "false" if value is False else str(value).strip()


# --- headings ---


def canonical(heading: str) -> str:
    """A heading as it is compared: without case, spaces, punctuation and the star of what is required.

    >>> canonical(" *Customer_ID "), canonical("金额（元）"), canonical("客户 编码:")
    ('customerid', '金额元', '客户编码')
    """
    from unicodedata import normalize

    return re.sub(r"[\W_]+", "", normalize("NFKC", heading).casefold())


def forms_of(heading: str) -> Iterable[str]:
    """The ways in which a heading may be known: whole, without what stands in brackets, the last part of a path.

    >>> [*forms_of("金额（元）")], [*forms_of("items.sku")]
    (['金额元', '金额'], ['itemssku', 'sku'])
    """
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", heading)
    found = (canonical(heading), canonical(bare), canonical(heading.rpartition(".")[2]))
    return [each for each in dict.fromkeys(found) if each]
