"""What one document did to goods and money, and how shelves and parties stand after it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bizcli.kernel.effects import VIRTUAL
from bizcli.kernel.money import decimal
from bizcli.reports import Ask, Row
from bizcli.reports.stock import amount, moves, parts_of


class Moved(NamedTuple):
    """Goods that a line of a document moved, or counted (then `origin` is '')."""

    item: str
    qty: int
    value: int
    origin: str
    target: str
    line: int


def lots(ask: Ask, document: str) -> dict[int, list[tuple[str, int]]]:
    """The lots or serial numbers that each line of a document moved, and how many of each."""
    found: dict[int, list[tuple[str, int]]] = {}
    query = "SELECT line, lot, qty FROM lot_move WHERE doc = ? AND qty <> 0 ORDER BY line, lot"
    for line, lot, qty in ask(query, document):
        found.setdefault(line, []).append((lot, qty))
    return found


def moved(ask: Ask, document: str) -> list[Moved]:
    query = "SELECT item, qty, value, coalesce(origin, ''), target, line FROM move WHERE doc = ? ORDER BY line"
    return [Moved(*row) for row in ask(query, document)]


def left(ask: Ask, item: str, place: str) -> int:
    """How much of an item lies on a shelf."""
    rows = ask("SELECT qty FROM shelf WHERE item = ? AND place = ?", item, place)
    return int(rows[0][0]) if rows else 0


def owed(ask: Ask, accounts: Sequence[str], party: str) -> int:
    """What a party has on some accounts, debit positive."""
    query = f"SELECT coalesce(sum(amount), 0) FROM party WHERE party = ? AND account IN ({marks(accounts)})"
    return int(ask(query, party, *accounts)[0][0])


def parties(ask: Ask, accounts: Sequence[str], document: str, voided: str | None) -> list[str]:
    """Parties whose account a document changed, by its own postings or by undoing another's."""
    query = (
        f"SELECT party FROM posting WHERE doc = ? AND account IN ({marks(accounts)}) "
        f"UNION SELECT doc.party FROM doc JOIN party ON party.party = doc.party AND account IN ({marks(accounts)}) "
        "WHERE id = ? AND gross <> 0"
    )
    return [party for (party,) in ask(query, document, *accounts, *accounts, voided) if party]


def marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def goods(ask: Ask, document: str, unit: int) -> list[Row]:
    """What a document does to each shelf, and of which lots, where it names any."""
    named = lots(ask, document)
    return [
        {
            "document": row["doc"], "item": row["item"], "place": row["warehouse"], "qty": row["qty"], "value": row["value"],
            **({"lots": ", ".join(lot for lot, _ in named.get(row["line"], ())) or None} if named else {}),
        }
        for row in moves(ask, document=document, money=unit)
    ]  # fmt: skip


def counted(ask: Ask, document: str, unit: int) -> list[Row]:
    """What a count found: what the books had, what was counted, and what the difference is worth."""
    query = "SELECT item, target, asked, qty, value FROM move WHERE doc = ? AND what = 'level' ORDER BY line"
    return [
        {
            "item": item, "warehouse": place, "booked": decimal(asked - qty), "counted": decimal(asked),
            "difference": decimal(qty), "value": amount(value, unit),
        }
        for item, place, asked, qty, value in ask(query, document)
    ]  # fmt: skip


def money(ask: Ask, document: str, inventory: Callable[[str], str], unit: int) -> list[Row]:
    """What a document does to accounts: its own postings, and what its goods are worth."""
    query = "SELECT account, party, amount FROM posting WHERE doc = ? ORDER BY n"
    found = [*ask(query, document)]
    query = "SELECT account, party, item, value, origin, what, parts FROM move WHERE doc = ? ORDER BY line"
    for account, party, item, value, origin, what, parts in ask(query, document):
        worth = -value if what == "move" and origin not in VIRTUAL else value
        followed = [(name, None, part) for name, part, _of in parts_of(parts) if name]
        if account:
            found += [(inventory(item), None, worth), (account, party, -worth)]
        found += [*followed, *((inventory(item), None, -part) for _name, _party, part in followed)]
    return [
        {"document": document, "account": account, "party": party, "amount": amount(value, unit)}
        for account, party, value in found
    ]
