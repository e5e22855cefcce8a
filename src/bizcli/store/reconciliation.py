"""Stock, looked at from all sides: documents, index, journal, accounts and counts, shelf by shelf.

The documents are what is right: their files are compiled once more from nothing. The index must have the
same on its shelves; Beancount, which we did not write, the same lots and the same money in the journal;
the accounts of inventory what the goods are worth; and what was counted last, with what moved since, must
lie there.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from bizcli.kernel.effects import VIRTUAL
from bizcli.kernel.errors import BizError, Problem
from bizcli.kernel.money import decimal, micro
from bizcli.store.beancount import asking
from bizcli.store.index import Index
from bizcli.store.proof import from_nothing
from bizcli.store.store import Store

Shelves = dict[tuple[str, str], tuple[int, int]]  # (item, place): (quantity, value)

INDEX = Problem("stock-differs", "the index says otherwise than the documents; `bizcli build` compiles anew")
LOTS = Problem(
    "stock-differs", "Beancount finds other lots in the journal than the documents say; `bizcli build` writes it anew"
)
MONEY = Problem(
    "stock-differs",
    "Beancount finds another value in the journal than the documents say; `bizcli build` writes it anew",
)
ACCOUNT = Problem(
    "account-differs", "the account has another balance than its goods are worth; `bizcli build` compiles anew"
)
JOURNAL = Problem(
    "account-differs",
    "Beancount finds another balance in the journal than the goods are worth; see journal/manual, or `bizcli build`",
)
COUNTED = Problem("count-differs", "{count} counted otherwise, with what moved since; `bizcli build` compiles anew")


class Difference(NamedTuple):
    """Two sides that do not agree on a shelf, or on an account."""

    item: str | None
    place: str | None
    account: str | None
    kind: str  # quantity | value
    source: str  # index | journal | accounts | count
    expected: Decimal | None
    found: Decimal | None
    why: Problem


class Side(NamedTuple):
    """One side, as a whole."""

    source: str
    shelves: int  # on which something lies; of accounts how many, of counts how many shelves were counted
    value: int | None


def reconcile(store: Store) -> tuple[list[Difference], list[Side]]:
    """Every difference between the sides; and what each side comes to."""
    with asking(store.root, "all") as answered, from_nothing(store) as compiled:
        return sides_of(store, shelves_of(compiled), answered)


def sides_of(
    store: Store, documents: Shelves, answered: Callable[[], Any]
) -> tuple[list[Difference], list[Side]]:  # fmt: skip
    """The sides beside each other; `answered`: what Beancount finds in the journal. It reads while we compile."""
    index, rules = store.index, store.rules
    booked = shelves_of(index)
    found = [*compared("index", documents, booked, INDEX, INDEX)]
    sides = [side("documents", documents), side("index", booked)]
    names = {key: f"{rules.inventory(key[0])}:{key[1]}:{key[0]}" for key in {*documents, *booked}}
    try:
        journal = answered()
    except BizError as error:
        journal = {"errors": [], "units": {}, "balances": {}}
        found += [Difference(None, None, None, "value", "journal", None, None, each) for each in error.problems]
    for path, line, said in journal["errors"]:
        why = Problem("beancount", "Beancount says: {said}", {"said": said}, file=path, line=line)
        found.append(Difference(None, None, None, "value", "journal", None, None, why))
    units = {account: amount(number) for account, number in journal["units"].items()}
    money = {account: amount(number) for account, number in journal["balances"].items()}
    lots = {
        key: (units.get(name, 0), money.get(name, 0) + money.get(f"{name}:Adjust", 0)) for key, name in names.items()
    }
    covered = {key: (max(qty, 0), value) for key, (qty, value) in documents.items()}  # lots are never below zero
    found += compared("journal", covered, lots, LOTS, MONEY)
    sides.append(side("journal", lots))
    balances = accounts(index)
    inventories = sorted({rules.inventory(item) for item, _ in names} or {rules.account("inventory")})
    for account in inventories:
        worth = sum(value for (item, _), (_, value) in documents.items() if rules.inventory(item) == account)
        in_journal = sum(value for name, value in money.items() if is_below(name, account, inventories))
        for source, has, why in (("accounts", balances.get(account, 0), ACCOUNT), ("journal", in_journal, JOURNAL)):
            if has != worth:
                found.append(Difference(None, None, account, "value", source, decimal(worth), decimal(has), why))
    sides.append(Side("accounts", len(inventories), sum(balances.get(account, 0) for account in inventories)))
    counts = [*counted(index)]
    for item, place, count, qty in counts:
        has = booked.get((item, place), (0, 0))[0]
        if has != qty:
            why = COUNTED._replace(values={"count": count})
            found.append(Difference(item, place, None, "quantity", "count", decimal(qty), decimal(has), why))
    sides.append(Side("count", len(counts), None))
    return found, sides


def amount(number: str) -> int:
    return micro(Decimal(number))


def is_below(name: str, account: str, others: Iterable[str]) -> bool:
    """Whether an account of the journal is part of one of the chart, and of no other that is part of it in turn."""
    above = [each for each in others if name == each or name.startswith(each + ":")]
    return bool(above) and max(above, key=len) == account


def shelves_of(index: Index) -> Shelves:
    return {(item, place): (qty, value) for item, place, qty, value in index.all("SELECT * FROM shelf")}


def side(source: str, shelves: Shelves) -> Side:
    lying = [value for qty, value in shelves.values() if qty or value]
    return Side(source, len(lying), sum(lying))


def compared(
    source: str, expected: Shelves, found: Shelves, of_quantity: Problem, of_value: Problem
) -> Iterator[Difference]:
    """Shelves that one side has otherwise."""
    for item, place in sorted({*expected, *found}):
        right, other = expected.get((item, place), (0, 0)), found.get((item, place), (0, 0))
        for n, (kind, why) in enumerate((("quantity", of_quantity), ("value", of_value))):
            if right[n] != other[n]:
                yield Difference(item, place, None, kind, source, decimal(right[n]), decimal(other[n]), why)


def accounts(index: Index) -> dict[str, int]:
    """What stands on each account."""
    query = (
        "SELECT account, sum(amount) FROM (SELECT account, amount FROM balance "
        "UNION ALL SELECT account, amount FROM manual) GROUP BY account"
    )
    return dict(index.all(query))


def counted(index: Index) -> Iterator[tuple[str, str, str, int]]:
    """For each shelf that was ever counted: its last count, and what that was with what moved since."""
    query = "SELECT item, target, doc, day, time, sort, asked FROM move WHERE what = 'level' ORDER BY sort"
    last = {(item, place): row for item, place, *row in index.all(query)}
    if not last:
        return
    moved = dict.fromkeys(last, 0)
    query = "SELECT what, item, origin, target, qty, day, time, sort FROM move WHERE day >= ?"
    for what, item, origin, target, qty, day, time, sort in index.all(query, min(row[1] for row in last.values())):
        for place, change in ((target, qty), (origin if what == "move" else None, -qty)):
            count = last.get((item, place)) if place not in VIRTUAL else None
            if count is not None and is_after((day, time, sort), (count[1], count[2], count[3])):
                moved[item, place] += change
    for (item, place), (count, _day, _time, _sort, asked) in sorted(last.items()):
        yield item, place, count, asked + moved[item, place]


def is_after(move: tuple[str, str, str], count: tuple[str, str, str]) -> bool:
    """Whether goods moved after they were counted: later by day, by time of day, or in the order of the books."""
    if move[0] != count[0]:
        return move[0] > count[0]
    return move[2] > count[2] or bool(count[1] and move[1] > count[1])
