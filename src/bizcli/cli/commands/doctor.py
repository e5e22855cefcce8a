"""Say whether this installation and this book are healthy, and what would mend them; it never changes anything.

A row for each thing that was looked at. It ends with 0 when nothing is wrong, with 1 when something is, and with
3 when the book cannot be worked with; a warning alone is no fault.
"""

import sys
from typing import TYPE_CHECKING, Any

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.language import _, message
from bizcli.cli.session import Session
from bizcli.kernel.errors import Damaged, Misused, Problem, Refused

if TYPE_CHECKING:
    from bizcli.book.health import Finding

app = typer.Typer()


class Doctor(Ask):
    """Opens no book: opening one mends what it can."""

    def asked(self, ctx: Any) -> Any:
        return self.answer(ctx), ""


@app.command(cls=Doctor, epilog=example("bizcli doctor", "bizcli doctor --json", "bizcli doctor --where state=error"))
def doctor(context: typer.Context) -> Table:
    from bizcli.book.health import examined, installation
    from bizcli.book.settings import find_book

    session: Session = context.obj
    try:
        root = find_book(session.start)
    except Misused:
        root = None
    found = [*installation(root, session.user), ("terminal", terminal()), ("completion", completion())]
    found += examined(root, session.today) if root is not None else [("book.yaml", no_book(session.start))]
    return Table([row(name, each) for name, each in found], exit_code=exit_code([each for _name, each in found]))


def row(name: str, finding: "Finding") -> dict[str, str | None]:
    values = {key: message(each) if isinstance(each, Problem) else each for key, each in finding.values.items()}
    found = _(finding.template).format(**values)
    return {"looked_at": name, "state": finding.state, "found": found, "mend": finding.mend or None}


def exit_code(found: "list[Finding]") -> int:
    if any(each.damaged for each in found):
        return Damaged.exit_code
    return Refused.exit_code if any(each.state == "error" for each in found) else 0


def terminal() -> "Finding":
    """Whether what is printed can be any text."""
    from bizcli.book.health import Finding

    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    if encoding.replace("-", "").replace("_", "") != "utf8":
        return Finding.of("warning", "{encoding} has no Chinese", "export LC_ALL=C.UTF-8", encoding=encoding)
    return Finding.of("ok", "{encoding}", encoding=encoding)


def completion() -> "Finding":
    """Whether TAB knows bizcli."""
    from bizcli.book.health import Finding
    from bizcli.cli.commands.completion import installed

    shells = installed()
    if not shells:
        return Finding.of("ok", "TAB completes nothing yet", "bizcli completion --install")
    return Finding.of("ok", "{shells}", shells=", ".join(shells))


def no_book(start: str) -> "Finding":
    from bizcli.book.health import Finding

    return Finding.of("warning", "there is no book in {folder} or above it", "bizcli init DIR", folder=start)
