"""Runs bizcli in a process whose file operations are counted, and which dies or fails at one of them.

    python faults.py kill|ENOSPC|EIO N -C BOOK …

`kill` ends the process with SIGKILL before operation N (a write is done by half first); an errno is raised
instead of operation N. With N = 0 nothing happens; the number of operations is the last line of stderr.
"""

import builtins
import errno
import os
import signal
import sqlite3
import sys
from typing import Any

mode, at = sys.argv[1], int(sys.argv[2])
count = 0


def operation(half: Any = None) -> None:
    """Count one operation; die or fail at the chosen one."""
    global count
    count += 1
    if count == at:
        if mode != "kill":
            raise OSError(getattr(errno, mode), os.strerror(getattr(errno, mode)))
        if half is not None:
            half()
        os.kill(os.getpid(), signal.SIGKILL)


def counted(name: str) -> None:
    original = getattr(os, name)

    def wrapped(*words: Any, **named: Any) -> Any:
        half = None
        if name in ("write", "pwrite"):
            data = words[1]
            half = lambda: original(words[0], bytes(data)[: len(data) // 2], *words[2:])  # noqa: E731
        operation(half)
        return original(*words, **named)

    setattr(os, name, wrapped)


for each in (
    "write",
    "pwrite",
    "link",
    "unlink",
    "replace",
    "rename",
    "fdatasync",
    "fsync",
    "ftruncate",
    "mkdir",
    "sync",
):
    counted(each)

real_open = builtins.open


def counted_open(file: Any, mode: str = "r", *words: Any, **named: Any) -> Any:
    if any(letter in mode for letter in "wxa+") and ".bizcli-test" not in str(file):
        operation()
    return real_open(file, mode, *words, **named)


builtins.open = counted_open  # type: ignore[assignment]


class Connection(sqlite3.Connection):
    """Counts commits."""

    def execute(self, statement: str, *words: Any) -> Any:
        if statement == "COMMIT":
            try:
                operation()
            except OSError as error:
                raise sqlite3.OperationalError("disk I/O error") from error
        return super().execute(statement, *words)


real_connect = sqlite3.connect
sqlite3.connect = lambda *words, **named: real_connect(*words, factory=Connection, **named)  # type: ignore[assignment]

from bizcli.cli.main import run  # noqa: E402

code = run(sys.argv[3:])
sys.stdout.flush()
print(count, file=sys.stderr)
os._exit(code)
