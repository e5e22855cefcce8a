"""Who of us is meant: the person at the keyboard, or one who is named."""

from typing import TYPE_CHECKING

from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import STAFF
from bizcli.kernel.records import nearest

if TYPE_CHECKING:
    from bizcli.book import Book

ME = "me"


def person(book: "Book", text: str) -> str:
    """The staff code of `me`, of a code, a mail address or a name. Raises `Refused` where there is nobody like that."""
    said = (book.user or "") if text == ME else text
    known = book.index.all("SELECT code, name, tree ->> 'email' FROM master WHERE kind = 'staff' ORDER BY code")
    for code, name, email in known:
        if said.casefold() in (each.casefold() for each in (code, name, email) if each):
            return str(code)
    if not known and STAFF.fullmatch(said):
        return said
    if text == ME:
        template = "nobody of our staff is {user}: set BIZCLI_USER to a code, a name or a mail address of one"
        raise Refused([Problem("unknown-person", template, {"user": said or "-"})])
    words = [each for row in known for each in row if each]
    values = {"kind": "staff", "code": said[:60], "nearest": nearest(said, words)}
    raise Refused([Problem("unknown-code", "there is no {kind} {code}; the nearest is {nearest}", values)])


def is_there(book: "Book", code: str) -> bool:
    """Whether somebody works today; of whom nothing is known does."""
    staff = book.index.master("staff", code)
    return staff is None or bool(staff.is_there(book.today))  # type: ignore[attr-defined]


def team(book: "Book", code: str) -> list[str]:
    """Those whom somebody leads, and those whom they lead in turn."""
    query = (
        "WITH RECURSIVE team (code) AS (SELECT code FROM master WHERE kind = 'staff' AND tree ->> 'manager' = ? "
        "UNION SELECT master.code FROM master JOIN team ON tree ->> 'manager' = team.code WHERE kind = 'staff') "
        "SELECT code FROM team WHERE code <> ? ORDER BY code"
    )
    return [row[0] for row in book.index.all(query, code, code)]
