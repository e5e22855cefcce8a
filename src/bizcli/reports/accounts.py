"""What stands on the accounts, and who owes what."""

from collections.abc import Callable
from datetime import date

from bizcli.kernel.effects import CREDIT, TO_PAY
from bizcli.reports import Ask, Row
from bizcli.reports.stock import amount, parts_of


def balances(
    ask: Ask,
    role: Callable[[str], str | None],
    inventory: Callable[[str], str],
    currency: str,
    as_of: str | None,
    money: int,
) -> list[Row]:
    """The balance of each account that was ever used, debit positive; hand-written entries included."""
    sums: dict[str, int] = {}

    def add(rows: list[tuple[str, int]]) -> None:
        for account, value in rows:
            sums[account] = sums.get(account, 0) + value

    if as_of is None:
        add(ask("SELECT account, amount FROM balance"))
        add(ask("SELECT account, amount FROM manual"))
    else:
        month = as_of[:7]
        add(ask("SELECT account, amount FROM balance WHERE month < ?", month))
        add(ask("SELECT account, amount FROM posting WHERE day >= ? AND day <= ?", month, as_of))
        add(ask("SELECT account, amount FROM manual WHERE day <= ?", as_of))
        add(goods(ask, inventory, month, as_of))
    return [
        {
            "account": account, "role": role(account), "currency": currency,
            "balance": amount(sums[account], money), "base": amount(sums[account], money),
        }
        for account in sorted(sums)
    ]  # fmt: skip


def goods(ask: Ask, inventory: Callable[[str], str], since: str, until: str) -> list[tuple[str, int]]:
    """What moves of goods put on inventory and on its counter accounts."""
    found = []
    query = "SELECT what, item, origin, target, value, account, parts FROM move WHERE day >= ? AND day <= ?"
    for what, item, origin, _, value, account, parts in ask(query, since, until):
        if account:
            out = what == "move" and origin not in ("supplier", "customer", "loss", "opening")
            worth = -value if out else value
            found += [(inventory(item), worth), (account, -worth)]
        for counter, difference, _of in parts_of(parts):
            if counter:
                found += [(inventory(item), -difference), (counter, difference)]
    return found


def receivables(
    ask: Ask, currency: str, as_of: str | None, today: date, money: int, names: tuple[str, str]
) -> list[Row]:
    """A row for each open invoice, and for each payment or credit not yet used (open is negative).

    Their sum is what stands on the accounts `names`, receivable and customer_advance.
    """
    rows = []
    if as_of is None:
        query = (
            "SELECT promise.party, promise.doc, doc.day, promise.due, promise.kind, opened, opened - settled "
            "FROM promise LEFT JOIN doc ON doc.id = promise.doc WHERE promise.kind IN (?, ?) AND opened > settled"
        )
        found = [
            (party, id, day, due, *((opened, left) if kind == TO_PAY else (-opened, -left)))
            for party, id, day, due, kind, opened, left in ask(query, TO_PAY, CREDIT)
        ]
    else:
        today = date.fromisoformat(as_of)
        query = (
            "SELECT posting.party, open_item, min(posting.day), max(due), "
            "sum(CASE WHEN posting.doc = open_item THEN amount ELSE 0 END), sum(amount) FROM posting "
            "WHERE open_item IS NOT NULL AND posting.day <= ? AND (posting.account = ? OR posting.account = ?) "
            "GROUP BY posting.party, open_item HAVING sum(amount) <> 0"
        )
        found = ask(query, as_of, *names)
    for party, id, day, due, opened, left in found:
        due = due or day
        overdue = (today - date.fromisoformat(due)).days if due and left > 0 else 0
        rows.append({
            "customer": party, "invoice": id, "date": day, "due_date": due, "currency": currency,
            "amount": amount(opened, money), "open": amount(left, money), "base": amount(left, money),
            "days_overdue": max(overdue, 0),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["customer"], row["due_date"] or "", row["invoice"]))
