"""A connection that can only read, for SQL that bizcli did not write: reports of a book."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 60.0  # that one report may take
STEPS = 100_000  # of SQLite between two looks at the clock
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


Run = Callable[[str, dict[str, Any]], list[Any]]


@contextmanager
def only_reading(path: str, views: str) -> Iterator[tuple[sqlite3.Connection, Run]]:
    """The index of a book as its views show it, and what runs a SELECT over them and nothing else.

    A view is made when a SELECT first names it, with those that it names itself: most need few of them.
    """
    waiting = {found[1]: found[0] for found in re.finditer(r"^CREATE TEMP VIEW (\w+) AS\b.*?;$", views, re.M | re.S)}
    connection = sqlite3.connect(f"file:{in_uri(path)}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        deadline = time.monotonic() + SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)

        def make(text: str) -> None:
            for name in waiting.keys() & {*re.findall(r"\w+", text)}:
                view = waiting.pop(name, None)
                if view is not None:
                    make(view)
                    connection.execute(view)

        def run(sql: str, values: dict[str, Any]) -> list[Any]:
            connection.set_authorizer(None)
            connection.execute("PRAGMA query_only = OFF")
            make(sql)
            connection.execute("PRAGMA query_only = ON")
            connection.set_authorizer(allowed)
            return connection.execute(sql, values).fetchall()

        yield connection, run
    finally:
        connection.close()


def in_uri(path: str) -> str:
    """A path as SQLite reads it in a URI: only these characters mean something there.

    >>> in_uri("/books/50% tea?/#1")
    '/books/50%25 tea%3f/%231'
    """
    for char in "%?#":
        path = path.replace(char, f"%{ord(char):02x}")
    return path


def allowed(action: int, first: Any, second: Any, database: Any, within: Any) -> int:
    """What a report may do: read views, and tables through them."""
    if action in ALLOWED:
        return sqlite3.SQLITE_DENY if second == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and (within is not None or database == "temp" or first.startswith("json_")):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
