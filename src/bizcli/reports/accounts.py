"""What stands on the accounts, and who owes what."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bizcli.kernel.effects import CREDIT, FOREIGN, OWED, PREPAID, TO_PAY
from bizcli.kernel.money import minor_unit, share
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
    """The balance of each account that was ever used, debit positive; hand-written entries included.

    What stands on it in other currencies has rows of its own.
    """
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
    query = "SELECT account, currency, sum(units), sum(amount) FROM posting WHERE currency IS NOT NULL"
    others = ask(query + (" AND day <= ?" if as_of else "") + " GROUP BY 1, 2", *((as_of,) if as_of else ()))
    for account, _, _, worth in others:
        sums[account] -= worth
    rows = [(account, currency, sums[account], sums[account]) for account in sums]
    return [
        {
            "account": account, "role": role(account), "currency": name,
            "balance": amount(units, minor_unit(name)), "base": amount(worth, money),
        }
        for account, name, units, worth in sorted([*rows, *others])
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


class Side(NamedTuple):
    """Who owes: customers us, or we suppliers."""

    party: str  # customer | supplier
    owed: str  # the promise to pay
    ahead: str  # and what is paid ahead or credited
    roles: tuple[str, str]  # of the accounts that these promises stand on
    sign: int  # of what is owed, on those accounts


RECEIVABLE = Side("customer", TO_PAY, CREDIT, ("receivable", "customer_advance"), 1)
PAYABLE = Side("supplier", OWED, PREPAID, ("payable", "supplier_advance"), -1)


def open_items(
    ask: Ask, side: Side, accounts: Sequence[str], currency: str, as_of: str | None, today: date, money: int
) -> list[Row]:
    """A row for each open instalment of an invoice, and for each payment or credit not yet used (open is negative).

    Their sum is what stands on the accounts of the side's roles.
    """
    items: dict[tuple[str, str], OpenItem] = {}
    if as_of is None:
        query = (
            "SELECT promise.party, promise.doc, doc.day, promise.kind, promise.opened, promise.opened - promise.settled, "
            "posting.due, coalesce(units, amount), other.item, other.opened, other.opened - other.settled "
            "FROM promise LEFT JOIN doc ON doc.id = promise.doc "
            f"LEFT JOIN promise AS other ON other.doc = promise.doc AND other.kind = '{FOREIGN}' AND other.line = 0 "
            "LEFT JOIN posting ON posting.doc = promise.doc AND open_item = promise.doc AND posting.due IS NOT NULL "
            "WHERE promise.kind IN (?, ?) AND promise.opened > promise.settled"
        )
        for party, id, day, kind, opened, worth, due, part, name, units, left in ask(query, side.owed, side.ahead):
            sign = 1 if kind == side.owed else -1
            whole, rest = (opened, worth) if name is None else (units, left)
            item = items.setdefault(
                (party, id), OpenItem(day, sign * whole, sign * rest, [], name or currency, sign * worth)
            )
            if due is not None:
                item.dues.append((due, side.sign * part))
    else:
        today = date.fromisoformat(as_of)
        query = (
            "SELECT posting.party, open_item, day, posting.doc, due, amount, currency, coalesce(units, amount) FROM posting "
            "WHERE open_item IS NOT NULL AND posting.day <= ? AND (posting.account = ? OR posting.account = ?) "
        )
        for party, id, day, doc, due, worth, name, part in ask(query, as_of, *accounts):
            part *= side.sign
            item = items.setdefault((party, id), OpenItem(day, 0, 0, [], name or currency, 0))
            own = doc == id and (due is not None or not item.dues)
            if due is not None:
                item.dues.append((due, part))
            items[party, id] = item._replace(
                day=min(day, item.day), opened=item.opened + (part if own else 0), left=item.left + part,
                worth=item.worth + side.sign * worth,
            )  # fmt: skip
    rows = []
    for (party, id), item in items.items():
        unit, seen, placed = minor_unit(item.currency), 0, 0
        for due, opened, left in item.parts():
            seen += left
            base = share(item.worth, seen, item.left, money) - placed if item.left else item.worth
            placed += base
            overdue = (today - date.fromisoformat(due)).days if left > 0 else 0
            rows.append({
                side.party: party, "invoice": id, "date": item.day, "due_date": due, "currency": item.currency,
                "amount": amount(opened, unit), "open": amount(left, unit), "base": amount(base, money),
                "days_overdue": max(overdue, 0),
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row[side.party], row["due_date"], row["invoice"]))


class OpenItem(NamedTuple):
    """An invoice, payment or credit: what it came to, what of it is open, and its instalments (due, amount)."""

    day: str
    opened: int
    left: int
    dues: list[tuple[str, int]]
    currency: str
    worth: int  # what is open, in the book's currency

    def parts(self) -> Iterator[tuple[str, int, int]]:
        """What is open by due date: (due, amount, open). What was settled went on the first due.

        Of what is settled in its currency, and was edited so that it still stands in ours, there is a row too.
        """
        if not self.left and not self.worth:
            return
        if len(self.dues) < 2 or not self.left:
            yield (self.dues[0][0] if self.dues else self.day), self.opened, self.left
            return
        settled = self.opened - self.left
        for due, part in sorted(self.dues):
            taken = min(part, settled)
            settled -= taken
            if part > taken:
                yield due, part, part - taken
