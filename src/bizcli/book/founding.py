"""Making a book where there is none."""

import os
from datetime import date

from bizcli.book import Book
from bizcli.book.settings import charts, read_chart
from bizcli.kernel.errors import Misused, Problem, Refused
from bizcli.kernel.records import decode, nearest
from bizcli.kernel.rules import Settings
from bizcli.store import git
from bizcli.store.yaml_writer import settings_text


def init_book(
    path: str,
    name: str | None = None,
    currency: str = "CNY",
    chart: str = "generic",
    costing: str = "fifo",
    locale: str = "en",
    use_git: bool = True,
) -> None:
    """Make an empty, valid book, with its first commit. Raises `Refused` where there is something already."""
    settings = {
        "name": name or os.path.basename(os.path.abspath(path)),
        "currency": currency,
        "locale": locale,
        "chart": chart,
        "costing": costing,
    }
    if chart in charts():
        settings = {**read_chart(chart).get("settings", {}), **settings}
    problems: list[Problem] = []
    record = decode(Settings, settings, "", problems)
    if chart not in charts():
        values = {"chart": chart, "nearest": nearest(chart, charts())}
        problems.append(Problem("unknown-word", "there is no chart {chart}; the nearest is {nearest}", values))
    if record is None or problems:
        raise Misused(problems)
    found_book(path, settings_text(record).encode(), use_git)


def found_book(path: str, settings: bytes, use_git: bool) -> None:
    """Make an empty book of the text of its `book.yaml`. Raises `Refused` where there is something already."""
    root = os.path.abspath(path)
    if os.path.exists(root) and (not os.path.isdir(root) or set(os.listdir(root)) - {".git"}):
        raise Refused([Problem("not-empty", "{path} is there and not empty", {"path": path})])
    founded(root, settings)
    if use_git:
        git.init(root)
        git.set_site(root, "-")
    book = Book(root, date.today(), None)
    book.build()
    book.close()
    if use_git:
        git.commit(root, "A new book")


def founded(root: str, settings: bytes) -> None:
    """Write what every book has: its settings, and what git has to know."""
    os.makedirs(root, exist_ok=True)
    for file, data in (
        ("book.yaml", settings),
        (".gitignore", b".bizcli/\n"),
        (".gitattributes", b"journal/*.bean merge=ours\njournal/[0-9]*/*.bean merge=ours\n"),
    ):
        with open(os.path.join(root, file), "xb") as out:
            out.write(data)
