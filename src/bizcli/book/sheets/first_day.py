"""Balances of the first day against the items that make them up.

A trial balance from elsewhere has rows for what the book opens item by item (stock, what parties owe) and rows that add up
those below them. Neither may be there twice: what agrees with the items is left out, what does not is refused.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from bizcli.kernel.errors import Problem, Refused

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.sheets.importing import Draft

FORMS = {
    "receivable": "opening_invoice", "customer_advance": "opening_customer_advance", "payable": "opening_bill",
    "supplier_advance": "opening_supplier_advance",
}  # fmt: skip
"""The sheet of the items behind a role; stock has `opening_stock`."""


def without_items(book: "Book", draft: "Draft", day: str) -> Iterator[Problem]:
    """Take out of an opening balance what its items say; what is told of each row, warnings among it."""
    rows = [(n, line, account_of(book, line)) for n, line in enumerate(draft.tree.get("lines", ()))]
    there = {row["account"]: row["base"] for row in book.account_balances(draft.tree.get("date", day))}
    kept = []
    for n, line, account in rows:
        amount = amount_of(line)
        if account is None or amount is None:
            kept.append((n, line))  # what is wrong with it is said when it is entered
            continue
        below = [amount_of(other) or Decimal(0) for _, other, each in rows if (each or "").startswith(account + ":")]
        values: dict[str, object] = {"account": account, "amount": f"{amount:f}"}
        path = f"lines[{n}].account"
        if below:
            values["sum"] = f"{sum(below):f}"
            if sum(below) == amount:
                template = "{account} adds up the accounts below it: left out"
                yield Problem("left-out", template, values, path, severity="warning")
            else:
                template = "{account} is {amount}, and the accounts below it come to {sum}: give the one or the others"
                yield Problem("adds-up", template, values, path)
        elif not book.rules.has_documents(account):
            kept.append((n, line))
        elif there.get(account, Decimal(0)) == amount:
            template = "{account} agrees with its items in the book: left out"
            yield Problem("left-out", template, values, path, severity="warning")
        else:
            values |= {"sum": f"{there.get(account, Decimal(0)):f}"}
            values["form"] = FORMS.get((book.rules.role(account) or "").partition(".")[0], "opening_stock")
            template = "{account} is {amount} here, and its items in the book come to {sum}: import them first, with --kind {form}"
            yield Problem("has-items", template, values, path)
    keep(draft, kept)


def keep(draft: "Draft", kept: list[tuple[int, dict[str, Any]]]) -> None:
    """Leave only some lines in a draft, each with its places."""
    places = draft.places
    draft.places = {path: place for path, place in places.items() if not path.startswith("lines[")}
    for now, (before, _line) in enumerate(kept):
        start = f"lines[{before}]"
        for path, place in places.items():
            if path == start or path.startswith(start + "."):
                draft.places[f"lines[{now}]{path[len(start) :]}"] = place
    draft.tree["lines"] = [line for _, line in kept]


def account_of(book: "Book", line: dict[str, Any]) -> str | None:
    try:
        return book.rules.named_account(str(line.get("account", "")))
    except Refused:
        return None


def amount_of(line: dict[str, Any]) -> Decimal | None:
    """What a line holds, debit positive; None where it is no number."""
    try:
        return Decimal(line.get("debit") or "0") - Decimal(line.get("credit") or "0")
    except InvalidOperation:
        return None
