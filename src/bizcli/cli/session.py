"""What the global options and the environment say of a command: which book, which day, who acts."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from bizcli.cli.errors import tell, text_of
from bizcli.cli.language import _
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import CLOCK

if TYPE_CHECKING:
    from bizcli.book import Book

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=_("As it stood at the end of this day; now when absent."))
]
Day = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help=_("The day of effect of what is recorded; today when absent.")),
]
Dry = Annotated[bool, typer.Option("--dry-run", help=_("Show what would be recorded; write nothing."))]


class Session:
    """One command: `start` is where the search for its book begins."""

    current: ClassVar["Session | None"] = None  # flags are read before anything is handed to them

    def __init__(self, start: str) -> None:
        self.start = start
        Session.current = self

    @property
    def today(self) -> date:
        return today()

    @property
    def user(self) -> str | None:
        """Who acts, where it is not git's user."""
        return os.environ.get("BIZCLI_USER") or None

    @contextmanager
    def open(self, start: str | None = None) -> Iterator["Book"]:
        """The book; what it has to tell is told at the end."""
        from bizcli.book import open_book

        book = open_book(start or self.start, self.today, self.user, clock())
        try:
            yield book
        finally:
            for notice in book.store.notices:
                tell(text_of(notice))
            book.close()


def today() -> date:
    """The day of the command: BIZCLI_TODAY, else the clock's. Raises `Misused`."""
    given = os.environ.get("BIZCLI_TODAY")
    return strict_day(given.partition(" ")[0], "BIZCLI_TODAY") if given else date.today()


def clock() -> str | None:
    """The time of day of the command: that of BIZCLI_TODAY, which may say only the day; else the clock's."""
    given = os.environ.get("BIZCLI_TODAY")
    if not given:
        from datetime import datetime

        return datetime.now().strftime("%H:%M")
    time = given.partition(" ")[2]
    if time and not CLOCK.fullmatch(time):
        values = {"name": "BIZCLI_TODAY", "value": repr(time[:60]), "expected": "a time of day such as 09:30"}
        raise Misused.of("wrong-value", "{name}: {value} is not {expected}", **values)
    return time or None


def currency() -> str | None:
    """The currency of the command's book, read without a YAML parser; None where there is no book."""
    from bizcli.cli.complete import root_of

    root = root_of(Session.current.start) if Session.current else None
    if root is None:
        return None
    with open(os.path.join(root, "book.yaml"), encoding="utf-8", errors="replace") as file:
        found = re.search(r"^currency: *[\"']?([A-Z]{3})", file.read(), re.MULTILINE)
    return found[1] if found else "CNY"


def day_of(text: str, name: str) -> date:
    """A day that a person gave under a name. Raises `Misused`."""
    from bizcli.kernel import written

    return strict_day(written.day(text, today()), name)


def strict_day(text: str, name: str) -> date:
    from bizcli.kernel.fields import DateField, Wrong

    try:
        day: date = DateField().parse(text)
    except Wrong as wrong:
        raise Misused.of(wrong.code, "{name}: {value} is not {expected}", name=name, **wrong.values) from None
    return day


def iso_day(text: str | None) -> str | None:
    """The day of `--as-of`, looked at. Raises `Misused`."""
    return day_of(text, "--as-of").isoformat() if text else None


def day_given(text: str | None, dry_run: bool, records: bool, flag: str) -> date | None:
    """The day of what a question records, where it records. Raises `Misused` where it does not."""
    if (text or dry_run) and not records:
        raise Misused.of("wrong-usage", "--date and --dry-run are for what is recorded: add {flag}", flag=flag)
    return day_of(text, "--date") if text else None


def on_screen() -> bool:
    """Whether a person watches what is said on stderr."""
    return sys.stderr.isatty()
