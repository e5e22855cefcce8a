"""Reports of a book: those that bizcli brings, and those in the book's own folder `reports`."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.catalog import HERE
from bizcli.book.front.customers import add_functions
from bizcli.kernel.errors import Misused, Problem, Refused
from bizcli.kernel.money import micro
from bizcli.kernel.records import nearest
from bizcli.reports import definition, period
from bizcli.reports.definition import Report
from bizcli.store.asking import only_reading

if TYPE_CHECKING:
    from bizcli.book import Book

OWN = os.path.join(HERE, "reports")


class Answer(NamedTuple):
    """What a report found."""

    report: Report
    rows: list[dict[str, Any]]
    totals: dict[str, Any] | None
    since: date
    until: date


def brought() -> dict[str, str]:
    """The file of each report that bizcli brings, by its name."""
    files: dict[str, str] = {}
    for folder in sorted(os.listdir(OWN)):
        if os.path.isdir(os.path.join(OWN, folder)):
            names = sorted(os.listdir(os.path.join(OWN, folder)))
            files |= {name[:-4]: os.path.join(OWN, folder, name) for name in names if name.endswith(".sql")}
    return files


def found(book: "Book") -> dict[str, str]:
    """The file of each report by its name; a book's own comes before one of ours."""
    files = brought()
    own = os.path.join(book.root, "reports")
    if os.path.isdir(own) and not os.path.islink(own):
        for name in sorted(os.listdir(own)):
            path = os.path.join(own, name)
            if name.endswith(".sql") and os.path.isfile(path) and not os.path.islink(path):
                files[name[:-4]] = path
    return files


def named(book: "Book", name: str) -> Report:
    """The report of a name. Raises `Refused` when there is none, or its file is wrong."""
    files = found(book)
    name = name.replace("_", "-") if name not in files else name
    if name not in files:
        values = {"name": name[:60], "nearest": nearest(name, files)}
        raise Refused([Problem("no-report", "there is no report {name}; the nearest is {nearest}", values)])
    inside = files[name].startswith(os.path.join(book.root, "reports") + os.sep)
    return read(name, files[name], "reports/" if inside else "")


def read(name: str, path: str, folder: str = "") -> Report:
    """A report of a file; errors name it as it is called in a folder of the book."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return definition.read(file.read(), name, f"{folder}{name}.sql")


def run(
    book: "Book", report: Report, since: str | None, until: str | None, given: dict[str, str], compare: str | None
) -> Answer:
    """The rows of a report. Raises `Misused` for words it does not know, `Refused` for SQL that is wrong."""
    first, last = bounds(report, since, until)
    values = parameters(report, given)
    rows = ask(book, report, first, last, values)
    totals = definition.totals(report, rows)
    if compare is not None:
        if since is None or not report.dated:
            raise Misused.of("no-period", "--compare needs a period: say --from, such as --from 2026-11")
        earlier = period.before(first, last, compare)
        rows = definition.compared(report, rows, ask(book, report, *earlier, values))
        totals = None
    return Answer(report, rows, totals, first, last)


def bounds(report: Report, since: str | None, until: str | None) -> tuple[date, date]:
    """First and last day; a single `--from 2026-11` is that month."""
    if not report.dated and (since or until):
        raise Misused.of("no-period", "{name} shows how it is now: it takes no period", name=report.name)
    first, last = period.between(since, until)
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1 if last < date(9999, 12, 31) else first.day == 1
    if report.months and not whole:
        raise Misused.of("whole-months", "{name} goes by whole months: write 2026-11", name=report.name)
    return first, last


def parameters(report: Report, given: dict[str, str]) -> dict[str, str | None]:
    values: dict[str, str | None] = {each.name: None for each in report.params}
    for name, value in given.items():
        if name not in values:
            if not values:
                raise Misused.of("unknown-parameter", "{report} has no parameters", report=report.name)
            template = "{report} has no parameter {name}; the nearest is {nearest}, and it has {known}"
            of = {"report": report.name, "name": name[:60], "nearest": nearest(name, values)}
            raise Misused.of("unknown-parameter", template, **of, known=", ".join(values))
        values[name] = value
    for each in report.params:
        if each.needed and values[each.name] is None:
            template = "{report} needs --param {name}=VALUE: {help}"
            raise Misused.of("missing-parameter", template, report=report.name, name=each.name, help=each.help)
    return values


def ask(book: "Book", report: Report, first: date, last: date, values: dict[str, str | None]) -> list[dict[str, Any]]:
    days = {f"days_{n}_ago": (book.today - timedelta(days=n)).isoformat() for n in (30, 60, 90, 180)}
    named_values = {
        **values, **days, "from": first.isoformat(), "to": last.isoformat(), "today": book.today.isoformat(), "now": book.now,
        "unit": book.rules.unit, "walk_in": book.settings.walk_in,
        "bill_tolerance": micro(book.settings.bill_tolerance),
    }  # fmt: skip
    rows = query(book, report.sql, named_values, report.file)
    plain = [column for column in report.columns if column.over is None]
    if rows and len(rows[0]) != len(plain):
        template = "the SELECT has {found} columns, and {said} are said above it"
        values_of = {"found": len(rows[0]), "said": len(plain)}
        raise Refused([Problem("report-columns", template, values_of, "", "", report.file, 1, 1)])
    return definition.shown(report, rows, book.rules.unit)


Query = Callable[..., list[Any]]


@contextmanager
def asking(book: "Book") -> Iterator[Query]:
    """What answers SELECTs over the views, several of them: (sql, values, file) gives rows. Raises `Refused`.

    What is asked meanwhile is asked on the same connection.
    """
    if book.ask is not None:
        yield book.ask
        return
    with open(os.path.join(OWN, "views.sql"), encoding="utf-8") as views:
        text = views.read()
    with only_reading(book.index.path, text) as (connection, run):
        add_functions(connection)

        def ask(sql: str, values: dict[str, Any], file: str = "") -> list[Any]:
            try:
                return run(sql, values)
            except (sqlite3.DatabaseError, sqlite3.ProgrammingError) as error:
                template = (
                    "the SQL of the report cannot be run: {said}; it may read the views of reports and nothing else"
                )
                problem = Problem("report-sql", template, {"said": str(error)}, "", "", file, 1 if file else 0, 0)
                raise Refused([problem]) from None

        book.ask = ask
        try:
            yield ask
        finally:
            book.ask = None


def query(book: "Book", sql: str, values: dict[str, Any], file: str = "") -> list[Any]:
    """Rows of a SELECT over the views."""
    with asking(book) as ask:
        return ask(sql, values, file)


def drilled(book: "Book", report: Report, key: str, first: date, last: date) -> list[dict[str, Any]]:
    """The documents behind a row of a report. Raises `Misused` where there are none to show."""
    if report.drill is None:
        raise Misused.of("no-drill", "{name} has no documents behind its rows", name=report.name)
    view, column = report.drill
    values = {"key": key, "from": first.isoformat(), "to": last.isoformat()}
    if view in ("open_item", "open_bill"):
        sql = f"SELECT due, document, open FROM {view} WHERE {column} = :key ORDER BY due, document"
    else:
        money = "net" if view in ("sale", "purchase") else "amount"
        sql = (
            f"SELECT day, document, sum({money}) FROM {view} WHERE coalesce({column}, '') = :key "
            "AND day BETWEEN :from AND :to GROUP BY day, document ORDER BY day, document"
        )
    unit = book.rules.unit
    return [
        {"date": day, "document": id, "amount": definition.exact("money", amount, unit)}
        for day, id, amount in query(book, sql, values)
    ]


TEMPLATE = """\
-- {name}
-- Say here what it shows.
-- param customer: only this customer
-- column customer: code key
-- column documents: count
-- column net: money total
-- column share: percent = net / total net
-- drill: sale customer

SELECT customer, count(DISTINCT document) AS documents, sum(net) AS net
FROM sale
WHERE day BETWEEN :from AND :to AND (:customer IS NULL OR customer = :customer)
GROUP BY customer
ORDER BY sum(net) DESC, customer
"""


def new(book: "Book", name: str) -> str:
    """Write a report to begin with into the book; its path. Raises `Refused` where there is one."""
    if not name.replace("-", "").isalnum() or not name.isascii() or name != name.lower():
        raise Misused.of("wrong-value", "{name} is no name of a report: small letters, digits and -", name=name[:60])
    path = os.path.join(book.root, "reports", f"{name}.sql")
    if os.path.islink(os.path.dirname(path)):
        raise Refused([Problem("symbolic-link", "reports is a symbolic link: remove it")])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(TEMPLATE.format(name=name.replace("-", " ").capitalize()))
    except FileExistsError:
        raise Refused([Problem("already-there", "reports/{name}.sql is there already", {"name": name})]) from None
    return f"reports/{name}.sql"
