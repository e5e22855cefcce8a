"""Lots and serial numbers: how many of each lie where. A second ledger beside value, of quantities alone.

What goods cost is the shelf's business, whichever lot goes. A line says of which lots its goods are, and a
count what was there of each. No lot falls below zero on any day, in a warehouse or with customers, who
bring back no more than they have; a serial number is a lot of one, in one place at most; who first says
when a lot expires says it for good; and what has expired goes to a customer only where that is confirmed.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from bizcli.kernel.conflicts import Conflicts
from bizcli.kernel.delta import CompiledBase, Conflict, Delta, LotMove
from bizcli.kernel.effects import CUSTOMER, LOSS, OPENING, SUPPLIER, Level, Move, Revalue
from bizcli.kernel.errors import Problem
from bizcli.kernel.money import MICRO, quantity_text
from bizcli.kernel.records import Document, lines_of
from bizcli.kernel.rules import Rules
from bizcli.kernel.valuation import Event

OUTSIDE = frozenset((SUPPLIER, LOSS, OPENING))  # where goods come from and are lost to, as many as one likes
NEVER = "9999-12-31"
SERIAL = "serial"


class Piece(NamedTuple):
    """So many of one lot."""

    lot: str
    qty: int
    expiry: str | None = None


class Standing(NamedTuple):
    """A lot that lies somewhere."""

    lot: str
    qty: int  # that may leave without leaving too few on a later day
    expiry: str | None
    since: str  # when it first came there


def pieces(line: Any, qty: int) -> list[Piece]:
    """The lots that a line names for a quantity of its item."""
    values = line.__dict__
    expiry = values.get("expiry")
    said = expiry.isoformat() if expiry is not None else None
    if values.get("serials"):
        return [Piece(each, MICRO, said) for each in values["serials"]]
    if values.get("lots"):
        return [
            Piece(each.lot, each.stock_qty, each.expiry.isoformat() if each.expiry else said) for each in values["lots"]
        ]
    return [Piece(values["lot"], qty, said)] if values.get("lot") else []


class Wrong(NamedTuple):
    """Something about a lot that cannot be."""

    rule: str
    lot: str
    place: str
    day: str
    document: str
    amount: int
    problem: Problem


class Ledger:
    """The lots of one item, from a day on: `opening` is what there was before it, `before` how that came about."""

    def __init__(
        self,
        item: str,
        serial: bool,
        opening: Iterable[tuple[str, str, int, str]] = (),
        expiries: dict[str, tuple[str, str]] | None = None,
        before: Callable[[], Iterable[LotMove]] = tuple,
    ) -> None:
        self.item, self.serial, self.before = item, serial, before
        self.balances: dict[tuple[str, str], int] = defaultdict(int)
        self.first: dict[tuple[str, str], str] = {}  # when a lot first came to a place
        self.whole: dict[str, int] = defaultdict(int)  # of each lot, in warehouses and with customers
        for place, lot, qty, since in opening:
            self.balances[place, lot] = qty
            self.first[place, lot] = since
            if place not in OUTSIDE:
                self.whole[lot] += qty
        self.expiries = expiries or {}  # lot: when, and the document that said so
        self.moves: list[LotMove] = []
        self.wrong: list[Wrong] = []
        self.changes: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)  # of each day
        self.counted = ""  # the last day with a count

    def fold(self, moves: Iterable[LotMove]) -> None:
        """Take moves in, day by day."""
        for _, today in groupby(
            sorted(moves, key=lambda each: (each.day, each.key, each.line, each.lot)), lambda each: each.day
        ):
            self.day([*today])

    def day(self, moves: list[LotMove]) -> None:
        """One day: what moved, then what was counted at the end of it or at a time."""
        moved = [each for each in moves if each.counted is None]
        start = len(self.moves)
        for move in moved:
            self.go(move)
        for _, rows in groupby((each for each in moves if each.counted is not None), lambda each: each.key):
            self.count([*rows], moved)
        for place, lot in dict.fromkeys((each.origin, each.lot) for each in moved):
            self.check(place, lot, self.balances[place, lot], moved)
        if self.serial:
            came = {each.lot: each for each in self.moves[start:] if each.origin in OUTSIDE and each.qty > 0}
            short = {each.lot for each in self.wrong if each.rule == "lot"}  # which a count then finds
            for lot, move in came.items():
                if self.whole[lot] > MICRO and lot not in short:
                    self.twice(move)

    def go(self, move: LotMove) -> None:
        """Goods of a lot move."""
        if move.expiry is not None:
            known = self.expiries.setdefault(move.lot, (move.expiry, move.document))
            if known[0] != move.expiry:
                self.expires_otherwise(move, *known)
        if move.target == CUSTOMER and not move.confirmed:
            expiry = self.expiries.get(move.lot, (NEVER, ""))[0]
            if expiry < move.day:
                self.has_expired(move, expiry)
        self.book(move)
        self.moves.append(move)

    def book(self, move: LotMove) -> None:
        for place, qty in ((move.origin, -move.qty), (move.target, move.qty)):
            key = (place, move.lot)
            self.balances[key] += qty
            change = self.changes[key]
            change[move.day] = change.get(move.day, 0) + qty
            if place not in OUTSIDE:
                self.whole[move.lot] += qty
            if qty > 0:
                self.first.setdefault(key, move.key)

    def count(self, rows: list[LotMove], moved: list[LotMove]) -> None:
        """A shelf was counted: each lot has what was found of it, those not named have nothing."""
        place, time = rows[0].target, rows[0].time
        found = {each.lot: each for each in rows}
        mark = found.pop("", rows[0])._replace(lot="", counted=0, qty=0, expiry=None)
        self.moves.append(mark)
        self.counted = mark.day
        here = {lot for (of, lot), qty in self.balances.items() if of == place and (qty or lot in found)}
        for lot in sorted({*here, *found}):
            row = found.get(lot) or mark._replace(lot=lot)
            expected = self.balances[place, lot] - sum(
                each.qty if each.target == place else -each.qty for each in moved
                if time and each.time > time and each.lot == lot and place in (each.origin, each.target)
            )  # fmt: skip
            self.check(place, lot, expected, moved)
            row = row._replace(qty=(row.counted or 0) - expected)
            if row.expiry is not None:
                known = self.expiries.setdefault(lot, (row.expiry, row.document))
                if known[0] != row.expiry:
                    self.expires_otherwise(row, *known)
            if row.counted or row.qty or row.expiry is not None:  # else it says nothing
                self.book(row)
                self.moves.append(row)

    # What cannot be

    def check(self, place: str, lot: str, qty: int, moved: list[LotMove]) -> None:
        """A lot that falls below zero with what left on a day."""
        takers = [each for each in moved if each.origin == place and each.lot == lot]
        if qty >= 0 or place in OUTSIDE or not takers:
            return
        last = takers[-1]
        values = {"item": self.item, "lot": lot, "place": place, "day": last.day, "document": last.document}
        if place == CUSTOMER:
            template = "{document}: more of {lot} of {item} comes back than customers have of it"
        elif self.serial:
            other = takers[-2].document if len(takers) > 1 else self.taken_by(place, lot, last)
            values["other"] = other
            template = (
                "{item} {lot} is not in {place} on {day} for {document}: it left with {other}, and is there once"
                if other
                else "{item} {lot} is not in {place} on {day} for {document}: receive it first, or say where it is"
            )
        else:
            values["qty"] = quantity_text(qty)
            template = (
                "lot {lot} of {item} in {place} falls to {qty} on {day} with {document}: "
                "name another lot, or receive it first"
            )
        self.say("lot", last, place, -qty, "lot-below-zero", template, values)

    def taken_by(self, place: str, lot: str, last: LotMove) -> str:
        """The document that a lot left a place with before."""
        for moves in (self.moves, self.before()):
            for each in reversed([*moves]):
                if each.origin == place and each.lot == lot and each.document != last.document:
                    return each.document
        return ""

    def twice(self, move: LotMove) -> None:
        place = next(
            (of for (of, lot), qty in sorted(self.balances.items())
             if lot == move.lot and qty > 0 and of not in OUTSIDE and of != move.target), move.target,
        )  # fmt: skip
        template = "{item} {lot} comes in with {document} on {day}, and is there already: {place}"
        if move.counted is not None:
            template = (
                "{document} says that {item} {lot} was in {target} at the end of {day}, and it is elsewhere: {place}; give the "
                "count a time before it left, or move it on another day"
            )
        values = {
            "item": self.item, "lot": move.lot, "document": move.document, "day": move.day, "place": place,
            "target": move.target,
        }  # fmt: skip
        self.say("serial", move, place, 1, "serial-twice", template, values)

    def expires_otherwise(self, move: LotMove, expiry: str, document: str) -> None:
        template = "lot {lot} of {item} expires on {expiry}, as {other} says; {document} says {given}"
        values = {
            "item": self.item, "lot": move.lot, "expiry": expiry, "other": document, "document": move.document,
            "given": move.expiry,
        }  # fmt: skip
        self.say("expiry", move, "", 1, "other-expiry", template, values)

    def has_expired(self, move: LotMove, expiry: str) -> None:
        template = (
            "lot {lot} of {item} expired on {expiry}: {document} may not take it to a customer; "
            "name another, or confirm it with `allow_expired: true`"
        )
        values = {"item": self.item, "lot": move.lot, "expiry": expiry, "document": move.document}
        self.say("expired", move, "", 1, "expired", template, values)

    def say(
        self, rule: str, move: LotMove, place: str, amount: int, code: str, template: str, values: dict[str, Any]
    ) -> None:
        problem = Problem(code, template, values, document=move.document)
        self.wrong.append(Wrong(rule, move.lot, place, move.day, move.document, amount, problem))

    # Questions

    def least(self, place: str, lot: str, day: str) -> int:
        """What there is of a lot at the end of a day, or of a later one when it is less then."""
        qty = low = self.balances[place, lot]
        for later in sorted(self.changes.get((place, lot), ()), reverse=True):
            if later <= day:
                break
            qty -= self.changes[place, lot][later]
            low = min(low, qty)
        return low

    def standing(self, place: str, day: str) -> list[Standing]:
        """The lots of a place that may leave on a day: first to expire first, else first in first."""
        found: list[tuple[str, str, str, Standing]] = []
        for of, lot in [key for key, qty in self.balances.items() if key[0] == place and qty > 0]:
            low = self.least(of, lot, day)
            if low > 0:
                expiry = self.expiries.get(lot, (None, ""))[0]
                since = self.first.get((of, lot), "")
                insort(found, (expiry or NEVER, since, lot, Standing(lot, low, expiry, since)))
        return [each[3] for each in found]


RULES = ("lot", "serial", "expiry", "expired")


class Lots:
    """The lots that documents of one compilation move."""

    def __init__(self, base: CompiledBase, rules: Rules, conflicts: Conflicts) -> None:
        self.base, self.rules, self.conflicts = base, rules, conflicts
        self.pending: dict[str, dict[str, list[LotMove]]] = defaultdict(dict)  # by item and document
        self.gone: set[str] = set()  # documents that the base has and that no longer count as it has them
        self.touched: dict[str, str] = {}  # item: first day to follow again
        self.unnamed: dict[str, list[Conflict]] = {}  # of documents that do not say which lots they move
        self.ledgers: dict[str, tuple[str, Ledger]] = {}  # item: from which day, and what is known of its lots

    def carry(self, document: Document, events: tuple[Event, ...], sign: int) -> None:
        """Note the lots that a document moves."""
        told = [
            event for event in events
            if self.rules.item(event.item).tracking is not None and not isinstance(event, Revalue)
        ]  # fmt: skip
        if not told:
            return
        lines: dict[int | str, list[Any]] = defaultdict(list)  # by number, and by item
        for _, line in lines_of(document):
            for key in (line.line, line.item):
                lines[key].append(line)
        for event in told:
            self.note(document, event, lines, sign)

    def note(self, document: Document, event: Move | Level, lines: dict[int | str, list[Any]], sign: int) -> None:
        item, id = event.item, document.id
        self.touched[item] = min(self.touched.get(item, NEVER), document.day)
        self.unnamed.setdefault(id, [])
        if sign < 0:
            self.pending[item].pop(id, None)
            self.unnamed[id] = []
            self.gone.add(id)
            self.ledgers.pop(item, None)
            return
        moves = [*moves_of(document, event, lines)]
        known = self.pending[item].setdefault(id, [])
        known += moves
        named = sum(each.qty if each.counted is None else each.counted for each in moves)
        if named != event.qty:
            self.unnamed[id].append(without_lots(document, event, named, self.rules.item(item).tracking))
        if item in self.ledgers:
            since, ledger = self.ledgers[item]
            if isinstance(event, Level) or document.day < since or document.day <= ledger.counted:
                del self.ledgers[item]
            else:
                for move in moves:
                    ledger.go(move)

    # What is there

    def ledger(self, item: str, since: str) -> Ledger:
        """The lots of an item from a day on."""
        known = self.ledgers.get(item)
        if known is not None and known[0] <= since:
            return known[1]
        found = Ledger(
            item, self.rules.item(item).tracking == SERIAL, self.base.lot_balances(item, since),
            self.base.lot_expiries(item, since),
            lambda: (each for each in self.base.lot_moves(item, "") if each.day < since),
        )  # fmt: skip
        pending = self.pending.get(item, {})
        stored = [each for each in self.base.lot_moves(item, since) if each.document not in {*self.gone, *pending}]
        found.fold([*stored, *(move for moves in pending.values() for move in moves)])
        self.ledgers[item] = since, found
        return found

    def standing(self, item: str, place: str, day: str) -> list[Standing]:
        """The lots of an item that may leave a place on a day, the first to expire first, then the first that came."""
        return self.ledger(item, min(day, self.touched.get(item, day))).standing(place, day)

    def expiry(self, item: str, lot: str, day: str) -> str | None:
        """When a lot expires, as far as anybody said it."""
        return self.ledger(item, min(day, self.touched.get(item, day))).expiries.get(lot, (None, ""))[0]

    # The end

    def settle(self, delta: Delta) -> None:
        """Follow all lots that moved; what that changes goes into the delta."""
        self.ledgers.clear()  # what was noted one by one is folded in the order of the days
        for item, first in sorted(self.touched.items()):
            ledger = self.ledger(item, first)
            delta.lots[item] = (first, ledger.moves)
            for rule in RULES:
                found = [conflict_of(each, item) for each in ledger.wrong if each.rule == rule]
                self.conflicts.replace(delta, rule, item, found, first)
        for id, missing in sorted(self.unnamed.items()):
            self.conflicts.replace(delta, "lots", id, missing)
        for memory in (self.pending, self.gone, self.touched, self.unnamed, self.ledgers):
            memory.clear()


def moves_of(document: Document, event: Move | Level, lines: dict[int | str, list[Any]]) -> Iterator[LotMove]:
    """What a document says of the lots that go with one of its moves; its lines by number, and by item."""
    here = (document.day, document.sort, document.id, event.line, document.time or "")
    if isinstance(event, Move):
        confirmed = bool(getattr(document, "allow_expired", None))
        for line in lines.get(event.line, ()):
            for lot, qty, expiry in pieces(line, event.qty):
                yield LotMove(event.item, lot, *here, event.origin, event.target, None, qty, expiry, confirmed)
        return
    found: dict[str, Piece] = {"": Piece("", 0)}
    for line in lines[event.item]:
        for piece in pieces(line, line.stock_qty):
            known = found.get(piece.lot)
            found[piece.lot] = piece._replace(qty=piece.qty + (known.qty if known else 0))
    for lot, qty, expiry in found.values():
        yield LotMove(event.item, lot, *here, LOSS, event.place, qty, 0, expiry)


def conflict_of(wrong: Wrong, item: str) -> Conflict:
    return Conflict(
        wrong.rule, item, wrong.day, wrong.document, wrong.amount, f"{wrong.lot} {wrong.place}", wrong.problem
    )


def without_lots(document: Document, event: Move | Level, named: int, tracking: str) -> Conflict:
    """A tracked item moves, and nobody says which of it."""
    template = (
        "{item} has serial numbers, and {document} names {named} of the {qty} that it moves: `serials` names the rest"
        if tracking == SERIAL
        else "{item} is kept by lot, and {document} names lots for {named} of the {qty} that it moves: `lot` names the rest"
    )
    values = {
        "item": event.item, "document": document.id, "named": quantity_text(named), "qty": quantity_text(event.qty),
    }  # fmt: skip
    problem = Problem("lots-missing", template, values, document=document.id)
    return Conflict("lots", document.id, document.day, document.id, 1, f"{event.item} {event.line}", problem)
