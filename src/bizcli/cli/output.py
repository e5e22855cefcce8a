"""The one place that turns results into text: rows and columns in; a table, CSV or JSON out.

A renderer is one function in `RENDERERS`. What only one format needs is imported inside it, so that
a command pays for the format it prints and no other. No renderer lets a control character through:
the name of a customer must not move the cursor of whoever lists it.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from bizcli.kernel.errors import Misused

Value: TypeAlias = str | Decimal | int | date | bool | None
Row: TypeAlias = Mapping[str, Value]


class Column(NamedTuple):
    """What stands in one place of every row. Each row has a value, or None, for each column."""

    name: str  # the key in JSON and CSV: snake_case English in every language
    title: str  # the heading that people read
    kind: Literal["text", "number", "money", "date"] = "text"
    hidden: bool = False  # for scripts: in JSON and CSV only

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "money")


# Characters that act on the terminal, or on the order of what stands beside them; halves of pairs.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
STYLE = re.compile("\x1b\\[[0-9;]*m")

Renderer: TypeAlias = Callable[[Sequence[Row], Sequence[Column], bool, str], str]


def default_format(stdout_is_tty: bool) -> str:
    """The format when the user names none: a terminal gets a table, a pipe plain text."""
    return "table" if stdout_is_tty else "plain"


def render(
    rows: Sequence[Row], columns: Sequence[Column], format: str, *, single: bool = False, title: str = ""
) -> str:
    """Rows as text that ends with its last line. `single`: the one row is a thing, not a list of one."""
    if format not in RENDERERS:
        from bizcli.kernel.records import nearest

        raise Misused.of(
            "format-unknown",
            "{format} is not a format; the nearest is {nearest}, and there are {known}",
            format=format,
            nearest=nearest(format, RENDERERS),
            known=", ".join(RENDERERS),
        )
    assert not single or len(rows) == 1
    return RENDERERS[format](rows, columns, single, title)


def emit(text: str | bytes, output: str | None = None) -> None:
    """Write a result to standard output, or to a file: the whole of it or nothing."""
    if output is None:
        if isinstance(text, bytes):
            print_bytes(text)
        else:
            print_out(text)
        return
    try:
        replace_file(output, text if isinstance(text, bytes) else STYLE.sub("", text).encode())
    except OSError as error:
        raise Misused.of(
            "output-unwritable",
            "cannot write {file}: {reason}; name a file that you may write",
            file=output,
            reason=error.strerror or str(error),
        ) from error


# --- one renderer a format ---


def table(rows: Sequence[Row], columns: Sequence[Column], single: bool, title: str) -> str:
    """Boxes, for a terminal. Rich keeps it within the width of the screen."""
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    on_screen = sys.stdout.isatty()
    paper = StringIO()
    console = Console(
        file=paper,
        force_terminal=on_screen and not os.environ.get("NO_COLOR"),
        width=None if on_screen else 10_000,  # a file has no edge to wrap at
        legacy_windows=False,
    )
    shown = [column for column in columns if not column.hidden]
    widths = [least_width(column, rows) for column in shown]
    wanted = sum(max(wide, width(column.title)) for wide, column in zip(widths, shown, strict=True))
    tight = not single and wanted + 3 * len(shown) + 1 > console.width
    narrow = tight and sum(widths) + len(shown) + 1 > console.width
    if narrow:  # a heading may break rather than a figure be lost
        widths = shared([least_width(column, rows, False) for column in shown], widths, console.width - len(shown) - 1)
        console.width = max(console.width, sum(widths) + len(shown) + 1)
    drawn = Table(
        title=Text(visible(title)) if title else None,
        box=box.ROUNDED,
        show_header=not single,
        title_style="bold",
        border_style="dim",
        padding=(0, 0) if tight else (0, 1),
    )
    if single:
        drawn.add_column(style="bold", no_wrap=True)
        drawn.add_column(overflow="fold")
        for column in shown:
            drawn.add_row(Text(visible(column.title)), Text(figure(rows[0][column.name])))
    else:
        for column, least in zip(shown, widths, strict=True):
            heading = visible(column.title)
            drawn.add_column(
                Text(heading.replace(" ", "\n") if tight else heading),
                justify="right" if column.numeric else "left",
                no_wrap=column.kind != "text",
                overflow="fold",
                min_width=least if column.kind == "text" else None,
                width=least if narrow else None,
            )
        for row in rows:
            drawn.add_row(*(Text(figure(row[column.name])) for column in shown))
    console.print(drawn)
    return "".join(f"{line.rstrip()}\n" for line in paper.getvalue().splitlines())


def side_by_side(texts: Sequence[str]) -> list[str]:
    """Boxes next to each other, as many as the screen is wide enough for, in their order."""
    if not sys.stdout.isatty():
        return [*texts]
    from shutil import get_terminal_size

    across, gap = get_terminal_size().columns, "  "
    rows: list[list[list[str]]] = []
    used = across
    for lines in (text.splitlines() for text in texts):
        wide = max((width(STYLE.sub("", line)) for line in lines), default=0)
        if used + len(gap) + wide > across:
            rows.append([])
            used = -len(gap)
        used += len(gap) + wide
        rows[-1].append([line + " " * (wide - width(STYLE.sub("", line))) for line in lines])
    joined = []
    for boxes in rows:
        high = max(map(len, boxes))
        filled = [box + [" " * width(STYLE.sub("", box[0]))] * (high - len(box)) for box in boxes if box]
        joined.append("".join(gap.join(parts).rstrip() + "\n" for parts in zip(*filled, strict=True)))
    return joined


def least_width(column: Column, rows: Sequence[Row], headed: bool = True) -> int:
    """The places that a column needs on a narrow screen: its numbers, dates and codes stay whole.

    Unless `headed`, the heading of text may break within a word.
    """
    longest = max((width(figure(row[column.name])) for row in rows), default=0)
    words = max(map(width, column.title.split()), default=0) if headed or column.kind != "text" else 4
    return max(longest if column.kind != "text" else min(longest, 12), words)


def shared(least: Sequence[int], wanted: Sequence[int], width: int) -> list[int]:
    """Widths of columns: what each needs, and what it wants as long as there is room.

    >>> shared([4, 12, 4], [8, 12, 8], 22)
    [6, 12, 4]
    """
    found = []
    spare = width - sum(least)
    for low, high in zip(least, wanted, strict=True):
        more = max(0, min(spare, high - low))
        spare -= more
        found.append(low + more)
    return found


def plain(rows: Sequence[Row], columns: Sequence[Column], single: bool, title: str) -> str:
    """Aligned text for a pipe: a line of headings and a line a row; or `heading: value` lines."""
    shown = [column for column in columns if not column.hidden]
    if single:
        pairs = ((visible(column.title), cell(rows[0][column.name])) for column in shown)
        return "".join(f"{heading}: {text}".rstrip() + "\n" for heading, text in pairs)
    lines = [[visible(column.title) for column in shown]]
    lines += [[cell(row[column.name]) for column in shown] for row in rows]
    widths = [max(map(width, texts)) for texts in zip(*lines, strict=True)]
    return "".join("  ".join(aligned(line, shown, widths)).rstrip() + "\n" for line in lines)


def csv(rows: Sequence[Row], columns: Sequence[Column], single: bool, title: str) -> str:
    """RFC 4180, made safe for spreadsheets: text is never read as a formula."""
    from csv import writer
    from io import StringIO

    paper = StringIO()
    write = writer(paper, lineterminator="\r\n").writerow
    write([unformula(column.name) for column in columns])
    for row in rows:
        write([csv_cell(row[column.name], column.numeric) for column in columns])
    return paper.getvalue()


def json(rows: Sequence[Row], columns: Sequence[Column], single: bool, title: str) -> str:
    """An array of flat objects, one a line; or one object."""
    objects = [{column.name: row[column.name] for column in columns} for row in rows]
    return json_text(objects[0] if single else objects)


def tsv(rows: Sequence[Row], columns: Sequence[Column], single: bool, title: str) -> str:
    """A line a row, cells divided by tabs: what is in a cell is on one line, and no formula either."""
    lines = [[unformula(column.name) for column in columns]]
    lines += [[unopened(visible(csv_cell(row[column.name], column.numeric))) for column in columns] for row in rows]
    return "".join("\t".join(line) + "\n" for line in lines)


RENDERERS: dict[str, Renderer] = {"table": table, "plain": plain, "csv": csv, "tsv": tsv, "json": json}
PAPERS = ("md", "html", "xlsx")  # made by `papers`
PEOPLE = ("table", *PAPERS)  # whose figures nobody takes apart
FORMATS = (*RENDERERS, *PAPERS)
EXTENSIONS = {"txt": "plain", **{name: name for name in ("csv", "tsv", "json", *PAPERS)}}


def json_text(thing: object) -> str:
    """Anything of lists, mappings and values as JSON: an element of a list is one line.

    >>> print(json_text([{"qty": Decimal("12.50"), "date": date(2026, 11, 1), "note": None}]), end="")
    [
    {"qty": "12.50", "date": "2026-11-01", "note": null}
    ]
    """
    from json import dumps

    def text(part: object, indent: int | None = None) -> str:
        raw = dumps(part, ensure_ascii=False, default=cell, indent=indent)
        return CONTROL.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", raw)

    if isinstance(thing, list):
        return "[\n{}\n]\n".format(",\n".join(map(text, thing))) if thing else "[]\n"
    return text(thing, 2) + "\n"


# --- cells ---


def cell(value: object) -> str:
    """A value as it is read on one line.

    >>> cell(Decimal("1E+3")), cell(Decimal("-0.00")), cell(None), cell("two\\nlines")
    ('1000', '0.00', '', 'two\\\\nlines')
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value if value else abs(value), "f")
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case str():
            return visible(value)
    raise AssertionError(f"{value!r} has no form in a cell")


def figure(value: object) -> str:
    """A value as people read it: thousands apart.

    >>> figure(Decimal("-1234567.50")), figure(12000), figure("12000"), figure(Decimal("-0.00"))
    ('-1,234,567.50', '12,000', '12000', '0.00')
    """
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return format(value if value else abs(value), ",f" if isinstance(value, Decimal) else ",d")
    return cell(value)


def csv_cell(value: Value, numeric: bool) -> str:
    """A value as CSV has it: text whole, with its line ends; true and false as in JSON.

    >>> csv_cell("=1+1", False), csv_cell(Decimal("-1.50"), True), csv_cell("-1.50", True)
    ("'=1+1", '-1.50', '-1.50')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or (numeric and is_number(value)):
        return cell(value)
    return unformula(visible(value, keep="\t\r\n"))


def unformula(text: str) -> str:
    """Text that a spreadsheet will not run (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else text


def unopened(text: str) -> str:
    """Text that opens no quotation: spreadsheets would look for its end in the cells and rows behind it.

    >>> unopened('"x').replace('"', "'"), unopened('7" x')
    ("'''x'", '7" x')
    """
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def visible(text: str, keep: str = "") -> str:
    """Text with its control characters written out.

    >>> visible("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return CONTROL.sub(lambda found: found[0] if found[0] in keep else escaped(found[0]), text)


def escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()


def width(text: str) -> int:
    """How many places text takes on a terminal: a Chinese character two, an accent of its own none.

    >>> width("T恤 M"), width("cafe\\u0301")
    (5, 4)
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    marks = sum(category(char) in ("Mn", "Me", "Cf") for char in text)
    return len(text) - marks + sum(east_asian_width(char) in "WF" for char in text)


def aligned(line: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    """The cells of a line, filled to their columns' widths: numbers from the left, others from the right."""
    for text, column, wide in zip(line, columns, widths, strict=True):
        space = " " * (wide - width(text))
        yield space + text if column.numeric else text + space


# --- where it goes ---


def print_out(text: str) -> None:
    """To standard output; a reader who has seen enough (`| head`) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:  # a terminal of an older encoding: UTF-8 rather than nothing
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # what is still in the buffer goes nowhere, also when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_bytes(data: bytes) -> None:
    """A workbook goes into a pipe, never onto a screen."""
    if sys.stdout.isatty():
        raise Misused.of("no-screen", "a workbook is not for the screen: say --output FILE.xlsx")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def replace_file(path: str, data: bytes) -> None:
    """Put data in a file in one step. A pipe or a device is only written to."""
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:
            device.write(data)
        return
    path = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(path), f".bizcli-{os.urandom(6).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            if os.path.exists(path):
                os.chmod(temporary, os.stat(path).st_mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
