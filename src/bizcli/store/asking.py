"""A connection that can only read, for SQL that bizcli did not write: reports of a book."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

SECONDS = 60.0  # that one report may take
STEPS = 100_000  # of SQLite between two looks at the clock
ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)


@contextmanager
def only_reading(path: str, views: str) -> Iterator[sqlite3.Connection]:
    """The index of a book as its views show it: SELECT over them, and nothing else."""
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None)
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


def allowed(action: int, first: Any, second: Any, database: Any, within: Any) -> int:
    """What a report may do: read views, and tables through them."""
    if action in ALLOWED:
        return sqlite3.SQLITE_DENY if second == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and (within is not None or database == "temp" or first.startswith("json_")):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
