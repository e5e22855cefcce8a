"""A report: one SELECT in a `.sql` file whose comments say what it shows.

    -- Title of one line
    -- What it shows, in as many lines as it takes.
    -- param NAME: what it limits the report to        NULL in the SQL where it is not given; `(needed)` at the end
    -- period: months                                  for figures that there are by month only
    -- column NAME: TYPE [key] [total] [detail]        in the order of the SELECT; people need not see a detail
    -- column NAME: TYPE = A / B                       worked out of two others; of `total B` for a share
    -- drill: VIEW COLUMN                              where the documents behind a row are found

Types: code, text, day, month, count, quantity, money, price, percent. `:from`, `:to`, `:today` and
`:days_30_ago` (60, 90, 180) are days that every report may use; `:unit` is the currency's minor unit, `:bill_tolerance`
what a line of a supplier's paper may differ by, both in micro; `:walk_in` is the customer of cash sales that name none.
"""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import MICRO, decimal, divide
from bizcli.reports.stock import amount

TYPES = ("code", "text", "day", "month", "count", "quantity", "money", "price", "percent")
DIRECTIVE = re.compile(r"-- (param|column|period|drill)\b[ :]*(.*)")
COLUMN = re.compile(r"(\w+): (\w+)((?: key| total| detail)*)(?: = (\w+) / (total )?(\w+))?")
PARAM = re.compile(r"(\w+): (.+?)( \(needed\))?")


class Column(NamedTuple):
    """A column of a report."""

    name: str
    type: str
    key: bool = False
    total: bool = False
    over: tuple[str, str, bool] | None = None  # (a, b, whether b is the total of all rows): a / b
    detail: bool = False  # for scripts, and for those who ask for the column

    @property
    def sums(self) -> bool:
        """Whether its values of two periods can be compared."""
        return self.over is None and self.type in ("count", "quantity", "money")


class Param(NamedTuple):
    """What a report can be limited to."""

    name: str
    help: str
    needed: bool


class Report(NamedTuple):
    """One report, as its file says it."""

    name: str
    file: str
    title: str
    help: str
    params: tuple[Param, ...]
    columns: tuple[Column, ...]
    months: bool
    drill: tuple[str, str] | None
    sql: str

    @property
    def dated(self) -> bool:
        """Whether it is of a period."""
        return re.search(r":(?:from|to)\b", self.sql) is not None  # :today is no period


def read(text: str, name: str, file: str) -> Report:
    """A report's file. Raises `Refused` with file and line of what is wrong in its comments."""
    words: list[str] = []
    params: list[Param] = []
    columns: list[Column] = []
    months, drill = False, None
    lines = text.splitlines()
    n = 0
    for n, line in enumerate(lines, 1):
        if not line.startswith("--"):
            break
        found = DIRECTIVE.fullmatch(line)
        if found is None:
            words.append(line[2:].strip())
            continue
        what, rest = found[1], found[2].strip()
        if what == "column" and (said := COLUMN.fullmatch(rest)) and said[2] in TYPES:
            over = (said[4], said[6], bool(said[5])) if said[4] else None
            columns.append(Column(said[1], said[2], " key" in said[3], " total" in said[3], over, " detail" in said[3]))
        elif what == "param" and (said := PARAM.fullmatch(rest)):
            params.append(Param(said[1], said[2], bool(said[3])))
        elif what == "period" and rest == "months":
            months = True
        elif what == "drill" and len(rest.split()) == 2:
            view, column = rest.split()
            drill = (view, column)
        else:
            template = "`{line}` says no {what} of a report; see `bizcli report new --help`"
            raise Refused([Problem("report-header", template, {"line": line[:80], "what": what}, "", "", file, n, 1)])
    sql = "\n".join(lines[n - 1 :]).strip().rstrip(";")
    if not words or not columns or not re.match(r"(?i)(select|with)\b", sql):
        template = "a report begins with its title, says its columns, and is one SELECT; see `bizcli report new --help`"
        raise Refused([Problem("report-header", template, {}, "", "", file, max(n, 1), 1)])
    known = {column.name for column in columns}
    for column in columns:
        if column.over is not None and not {*column.over[:2]} <= known:
            template = "column {column} is worked out of columns that are not there"
            raise Refused([Problem("report-header", template, {"column": column.name}, "", "", file, 1, 1)])
    title, *help = words
    return Report(name, file, title, " ".join(help), tuple(params), tuple(columns), months, drill, sql)


def shown(report: Report, rows: list[Any], unit: int) -> list[dict[str, Any]]:
    """The rows of a report's SELECT as exact values, with what is worked out of them.

    `unit` is the currency's minor unit in micro.
    """
    plain = [column for column in report.columns if column.over is None]
    raw = [dict(zip((column.name for column in plain), row, strict=True)) for row in rows]
    sums = {
        column.name: sum(row[column.name] or 0 for row in raw)
        for column in plain
        if column.type in ("money", "quantity", "count")
    }
    return [
        {column.name: value_of(column, row, sums, unit) for column in report.columns}
        for row in raw
    ]  # fmt: skip


def value_of(column: Column, row: dict[str, Any], sums: dict[str, int], unit: int) -> Any:
    """One value: a micro number as a Decimal, a ratio of two columns."""
    if column.over is not None:
        part, whole, of_all = column.over
        return ratio(column.type, row[part], sums[whole] if of_all else row[whole], unit)
    return exact(column.type, row[column.name], unit)


def exact(type: str, value: Any, unit: int) -> Any:
    if value is None:
        return None
    if type == "money":
        return amount(int(value), unit)
    if type == "quantity":
        return decimal(int(value))
    return value


def ratio(type: str, part: int | None, whole: int | None, unit: int) -> Decimal | None:
    """A share in percent with one decimal, or a price in whole minor units; None of nothing.

    >>> ratio("percent", 1, 3, 10_000), ratio("price", 10_000_000, 4_000_000, 10_000)
    (Decimal('33.3'), Decimal('2.50'))
    """
    if not whole or part is None:
        return None
    if type == "percent":
        return Decimal(divide(part * 1000, whole) if whole > 0 else -divide(part * 1000, -whole)).scaleb(-1)
    price = divide(part * MICRO, whole * unit) if whole > 0 else -divide(part * MICRO, -whole * unit)
    found: Decimal = amount(price * unit, unit)  # type: ignore[assignment]
    return found


def totals(report: Report, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The sum of the columns that have one; None when nothing is to be added."""
    added = [column.name for column in report.columns if column.total]
    if not added or len(rows) < 2:
        return None
    sums = {name: sum(row[name] for row in rows if row[name] is not None) for name in added}
    return {column.name: sums.get(column.name) for column in report.columns}


def compared(report: Report, rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what they were in another period, and the difference; rows of either are there."""
    keys = [column.name for column in report.columns if column.key]
    sums = [column.name for column in report.columns if column.sums]
    earlier = {tuple(row[key] for key in keys): row for row in before}
    found = []
    for row in rows:
        found.append(beside(row, earlier.pop(tuple(row[key] for key in keys), None), sums))
    for gone in earlier.values():
        empty = {name: nought(value) if name in sums else value for name, value in gone.items()}
        found.append(beside(empty, gone, sums))
    return found


def beside(row: dict[str, Any], before: dict[str, Any] | None, sums: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        shown[name] = value
        if name in sums:
            was = before[name] if before else nought(value)
            shown[f"{name}_before"] = was
            shown[f"{name}_change"] = None if value is None or was is None else value - was
    return shown


def nought(value: Any) -> Any:
    """Nothing, with as many digits as a value has."""
    return None if value is None else value * 0
