"""What lies where, how it came there, and what it cost."""

from bizcli.kernel.effects import TO_DELIVER, TO_RECEIVE, VIRTUAL
from bizcli.kernel.money import MICRO, decimal, divide
from bizcli.reports import Ask, Row


def on_hand(ask: Ask, as_of: str | None, money: int) -> list[Row]:
    """Quantity and value of each item in each warehouse; what of it is promised, and what is coming.

    `money`: micro per minor unit. Promises are those of now, whatever the day.
    """
    shelves: dict[tuple[str, str], list[int]] = {}
    if as_of is None:
        for item, place, qty, value in ask("SELECT item, place, qty, value FROM shelf"):
            shelves[item, place] = [qty, value]
    else:
        for row in moves(ask, until=as_of):
            shelf = shelves.setdefault((row["item"], row["warehouse"]), [0, 0])
            shelf[0] += int(row["qty"] * MICRO)
            shelf[1] += int(row["value"] * MICRO)
    waiting: dict[str, dict[tuple[str, str], int]] = {}
    for kind in (TO_DELIVER, TO_RECEIVE):
        query = (
            "SELECT item, place, sum(opened - settled) FROM promise "
            "WHERE kind = ? AND opened > settled AND place IS NOT NULL GROUP BY item, place"
        )
        waiting[kind] = {(item, place): qty for item, place, qty in ask(query, kind)}
    rows = []
    for item, place in sorted({*shelves, *waiting[TO_DELIVER], *waiting[TO_RECEIVE]}):
        qty, value = shelves.get((item, place), (0, 0))
        reserved = waiting[TO_DELIVER].get((item, place), 0)
        cost = divide(value * MICRO, qty) if qty else 0
        rows.append({
            "item": item, "warehouse": place, "on_hand": decimal(qty), "reserved": decimal(reserved),
            "available": decimal(qty - reserved), "incoming": decimal(waiting[TO_RECEIVE].get((item, place), 0)),
            "unit_cost": decimal(cost), "value": amount(value, money),
        })  # fmt: skip
    return rows


def moves(
    ask: Ask,
    item: str | None = None,
    warehouse: str | None = None,
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
            if (warehouse is None or place == warehouse) and (moved or worth):
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


def layers(states: list[tuple[str, dict[str, list[object]]]], warehouse: str | None, money: int) -> list[Row]:
    """What is left of each arrival: the layers that FIFO takes from, oldest first.

    `states` are the items' shelves after all moves, as `valuation.dump_shelves` gives them.
    """
    rows = []
    for item, shelves in states:
        for place, shelf in shelves.items():
            if warehouse is not None and place != warehouse:
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
