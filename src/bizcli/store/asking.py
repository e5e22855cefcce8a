"""A connection that can only read, for SQL that bizcli did not write: reports of a book."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SECONDS = 60.0  # that one report may take
STEPS = 100_000  # of SQLite between two looks at the clock
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


@contextmanager
def only_reading(path: str, views: str) -> Iterator[sqlite3.Connection]:
    """The index of a book as its views show it: SELECT over them, and nothing else."""
    connection = sqlite3.connect(f"file:{in_uri(path)}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.executescript(views)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        deadline = time.monotonic() + SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
        connection.set_authorizer(allowed)
        yield connection
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
