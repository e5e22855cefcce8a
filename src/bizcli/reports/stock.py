"""What lies where, how it came there, and what it cost."""

from collections.abc import Callable, Collection, Iterable

from bizcli.kernel.effects import TO_DELIVER, TO_PICK, TO_RECEIVE, TRANSIT, VIRTUAL, warehouse_of
from bizcli.kernel.money import MICRO, decimal, divide
from bizcli.reports import Ask, Row


def on_hand(
    ask: Ask, as_of: str | None, money: int, places: Collection[str] | None = None, rejects: Collection[str] = ()
) -> list[Row]:
    """Quantity and value of each item in each warehouse; what of it is promised, and what is coming.

    `money`: micro per minor unit; `places`: only these. Promises are those of now, whatever the day. Goods
    under way between warehouses lie in TRANSIT, where nothing is available, and are coming where they go;
    nothing is available of `rejects` either.
    """
    shelves: dict[tuple[str, str], list[int]] = {}
    if as_of is None:
        found = ask("SELECT item, place, qty, value FROM shelf")
    else:
        found = [
            (row["item"], row["warehouse"], int(row["qty"] * MICRO), int(row["value"] * MICRO))
            for row in moves(ask, until=as_of)
        ]
    for item, place, qty, value in found:
        shelf = shelves.setdefault((item, warehouse_of(place)), [0, 0])
        shelf[0] += qty
        shelf[1] += value
    waiting: dict[str, dict[tuple[str, str], int]] = {}
    for kind, kinds in ((TO_DELIVER, (TO_DELIVER, TO_PICK)), (TO_RECEIVE, (TO_RECEIVE, TO_RECEIVE))):
        query = (
            "SELECT item, place, sum(opened - settled) FROM promise "
            "WHERE kind IN (?, ?) AND opened > settled AND place IS NOT NULL GROUP BY item, place "
            "HAVING (SELECT type FROM master WHERE master.kind = 'item' AND code = item) IS NOT 'kit'"
        )
        waiting[kind] = {(item, place): qty for item, place, qty in ask(query, *kinds)}
    rows = []
    for item, place in sorted({*shelves, *waiting[TO_DELIVER], *waiting[TO_RECEIVE]}):
        qty, value = shelves.get((item, place), (0, 0))
        if (places is not None and place not in places) or (place == TRANSIT and not qty and not value):
            continue
        reserved = waiting[TO_DELIVER].get((item, place), 0)
        rows.append({
            "item": item, "warehouse": place, "on_hand": decimal(qty), "reserved": decimal(reserved),
            "available": decimal(qty - reserved if place != TRANSIT and place not in rejects else 0),
            "incoming": decimal(waiting[TO_RECEIVE].get((item, place), 0)),
            "unit_cost": unit_cost(value, qty), "value": amount(value, money),
        })  # fmt: skip
    return rows


def could_be_made(on_hand: list[Row], components: Iterable[tuple[str, int]]) -> list[Row]:
    """How many kits the goods of each warehouse make that are not promised; `components`: (item, micro in one kit)."""
    needed: dict[str, int] = {}
    for item, qty in components:
        needed[item] = needed.get(item, 0) + qty
    there = {(row["item"], row["warehouse"]): int(row["available"] * MICRO) for row in on_hand}
    places = sorted({place for item, place in there if item in needed and place != TRANSIT})
    return [
        {
            "warehouse": place,
            "qty": decimal(MICRO * min(max(there.get((item, place), 0), 0) // qty for item, qty in needed.items())),
        }
        for place in places
    ]


def summed(rows: list[Row], key: str, name: Callable[[Row], str], money: int) -> list[Row]:
    """Rows of `on_hand` added up by a key: one row for each item, warehouse …

    Quantities of several items do not add up: then there is only the value, and how many items lie there.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(name(row), []).append(row)
    found = []
    for group, members in sorted(groups.items()):
        value = sum(row["value"] for row in members)
        if key != "item":
            items = {row["item"] for row in members if row["on_hand"]}
            found.append({key: group, "items": len(items), "value": value})
            continue
        sums = {column: sum(row[column] for row in members) for column in QUANTITIES}
        cost = unit_cost(int(value * MICRO), int(sums["on_hand"] * MICRO))
        found.append({key: group, **sums, "unit_cost": cost, "value": value})
    return found


QUANTITIES = ("on_hand", "reserved", "available", "incoming")


def unit_cost(value: int, qty: int) -> object:
    """What one costs, of a quantity with its value; an uncovered quantity has a cost too."""
    return decimal(divide(value * MICRO, qty) if qty else 0)


def below(ask: Ask, warehouse: str) -> set[str]:
    """A warehouse and all that are below it."""
    query = (
        "WITH RECURSIVE within (code) AS (SELECT ? UNION SELECT master.code FROM master JOIN within "
        "ON master.parent = within.code WHERE master.kind = 'warehouse') SELECT code FROM within"
    )
    return {code for (code,) in ask(query, warehouse)}


def moves(
    ask: Ask,
    item: str | None = None,
    places: Collection[str] | None = None,
    until: str | None = None,
    document: str | None = None,
    money: int = 10_000,
) -> list[Row]:
    """A row for each document line and warehouse, in the order of the books; what leaves is negative."""
    query = "SELECT day, doc, line, what, item, origin, target, qty, value, parts FROM move"
    conditions, values = [], []
    if item is not None:
        conditions.append("item = ?")
        values.append(item)
    if document is not None:
        conditions.append("doc = ?")
        values.append(document)
    if until is not None:
        conditions.append("day <= ?")
        values.append(until)
    if conditions:
        query += " WHERE " + " AND ".join(conditions)
    rows: list[Row] = []
    for day, id, line, what, code, origin, target, qty, value, parts in ask(query + " ORDER BY sort, line", *values):
        found = parts_of(parts)
        followed = sum(difference for account, difference, _ in found if account)
        sides = [(target, qty, value - followed)] if target and target not in VIRTUAL else []
        sides += [(of, 0, difference) for account, difference, of in found if not account]
        if what == "move" and origin not in VIRTUAL:
            sides.insert(0, (origin, -qty, -value))
        for place, moved, worth in sides:
            place = warehouse_of(place)
            if (places is None or place in places) and (moved or worth):
                cost = divide(worth * MICRO, moved) if moved else 0
                rows.append({
                    "date": day, "doc": id, "line": line, "item": code, "warehouse": place,
                    "qty": decimal(moved), "unit_cost": decimal(cost), "value": amount(worth, money),
                })  # fmt: skip
    return rows


def parts_of(text: str | None) -> list[tuple[str, int, str]]:
    """Where a difference in value went: (account, amount, of); on the shelf of a place the account is ''."""
    if text is None:
        return []
    import json

    return [(account, amount, of) for account, amount, of, _ in json.loads(text)]


def layers(states: list[tuple[str, dict[str, list[object]]]], places: Collection[str] | None, money: int) -> list[Row]:
    """What is left of each arrival: the layers that FIFO takes from, oldest first.

    `states` are the items' shelves after all moves, as `valuation.dump_shelves` gives them.
    """
    rows = []
    for item, shelves in states:
        for place, shelf in shelves.items():
            place = warehouse_of(place)
            if places is not None and place not in places:
                continue
            layers: list[list[object]] = shelf[4]  # type: ignore[assignment]
            for qty, value, gone, gone_value, lots in layers:
                left, worth = int(qty) - int(gone), int(value) - int(gone_value)  # type: ignore[call-overload]
                label, day = lots[0][:2] if lots else ("", "")  # type: ignore[index]
                rows.append({
                    "item": item, "warehouse": place, "date": day, "lot": label, "qty": decimal(left),
                    "unit_cost": decimal(divide(worth * MICRO, left)) if left else decimal(0),
                    "value": amount(worth, money),
                })  # fmt: skip
    return rows


def amount(value: int, money: int) -> object:
    """A micro amount as a Decimal with the digits of its currency."""
    from decimal import Decimal

    from bizcli.kernel.money import amount_text

    return Decimal(amount_text(value, money))
