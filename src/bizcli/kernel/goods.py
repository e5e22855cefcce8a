"""Goods in a compilation: which items have to be valued again, from when, and what that changes.

A document that is dated before others re-costs what follows it of the items that it moves; items that
share a document on a day whose plain order does not do are valued together.
"""

from collections import defaultdict
from typing import NamedTuple

from bizcli.kernel import effects as fx
from bizcli.kernel.conflicts import Conflicts, over_return, short, worthless
from bizcli.kernel.delta import CompiledBase, Delta, State, StoredMove
from bizcli.kernel.effects import Move, Revalue
from bizcli.kernel.records import Document
from bizcli.kernel.rules import Rules
from bizcli.kernel.valuation import (
    Blocked,
    Event,
    Fold,
    Going,
    Shelves,
    days,
    dump_shelves,
    labels_of,
    load_shelves,
)
from bizcli.kernel.whereabouts import Step

NEVER = "9999-12-31"
KEEP_EVERY = 64  # moves of an item between two states that are kept


class Goods:
    """The goods that documents of one compilation move."""

    def __init__(self, base: CompiledBase, rules: Rules, conflicts: Conflicts) -> None:
        self.base, self.rules, self.conflicts = base, rules, conflicts
        self.delta = Delta()
        self.goings: dict[str, Going] = {}
        self.events: dict[str, dict[str, list[Event]]] = {}  # of `goings`, by item
        self.going_items: dict[str, set[str]] = defaultdict(set)  # item: documents in `goings`
        self.gone: dict[str, list[StoredMove]] = {}  # documents taken out, with their moves
        self.touched: dict[str, str] = {}  # item: first day to value again

    def carry(self, document: Document, events: tuple[Event, ...], sign: int) -> None:
        """Note goods to be valued."""
        going = Going(document.sort, document.id, document.day, document.time or "", events)
        if sign > 0:
            self.goings[document.id] = going
            by_item = self.events[document.id] = {}
            for event in events:
                by_item.setdefault(event.item, []).append(event)
        elif document.id in self.goings:
            del self.goings[document.id]
        else:
            self.gone[document.id] = list(self.base.moves_of(document.id))
        for event in events:
            first = self.touched.get(event.item)
            if first is None or going.day < first:
                self.touched[event.item] = going.day
            (self.going_items[event.item].add if sign > 0 else self.going_items[event.item].discard)(document.id)

    def settle(self, delta: Delta) -> None:
        """Value all goods that moved; what that changes goes into the delta."""
        self.delta = delta
        groups = {item: Group({item}, first) for item, first in self.touched.items()}
        for item in sorted(self.touched):
            group = groups[item]
            while group.folded is None:
                try:
                    group.folded = self.value(group)
                except Blocked as blocked:
                    group.first = min(group.first, blocked.day)
                    group.whole.add(blocked.day)
                    while others := self.sharing(group) - group.items:
                        for other in sorted(others):
                            group.join(groups.get(other) or Group({other}, blocked.day))
                        groups |= dict.fromkeys(group.items, group)
        for group in {id(each): each for each in groups.values()}.values():
            self.found(group)
        for moves in self.gone.values():  # their money goes with them
            for move in moves:
                self.book(move, -1)
                delta.touch(move.day[:7], min(move.sort, move.key))
        self.touched.clear()
        self.goings.clear()
        self.events.clear()
        self.going_items.clear()
        self.gone.clear()

    def lying(self, line: str, item: str, place: str) -> int:
        """How many of the goods that a line brought in lie in a place, after all that is known by now."""
        group = Group({item}, self.touched.get(item, NEVER))
        try:
            shelves = self.value(group).states[item]
        except Blocked:  # a day on which documents wait for each other: as it was before this recording
            shelves = load_shelves(self.base.state_before(item, NEVER)[1])
        lots = [lot for layer in shelves[place].layers for lot in layer.lots] if place in shelves else []
        return sum(lot[3] for lot in lots if lot[0] in labels_of(line))

    def sharing(self, group: "Group") -> set[str]:
        """The items that documents of its whole days move together with a group's, and theirs in turn."""
        together: dict[str, set[str]] = defaultdict(set)
        for day in group.whole:
            for document, item in self.base.goods_of_day(day):
                if document not in self.gone:
                    together[document].add(item)
        for going in self.goings.values():
            if going.day in group.whole:
                together[going.id].update(event.item for event in going.events)
        items = set(group.items)
        grown = True
        while grown:
            grown = False
            for shared in together.values():
                if shared & items and not shared <= items:
                    items |= shared
                    grown = True
        return items

    def value(self, group: "Group") -> "Folded":
        """Fold a group of items from the first day that changes. Raises `Blocked`."""
        states: dict[str, Shelves] = {}
        since: dict[str, str] = {}
        counts: dict[str, int] = {}
        stored: dict[tuple[str, int], StoredMove] = {}
        goings: dict[str, Going] = {}
        for item in sorted(group.items):
            since[item], state, counts[item] = self.base.state_before(item, group.first)
            states[item] = load_shelves(state)
            for move in self.base.moves(item, since[item]):
                if move.document in self.gone:
                    continue
                stored[move.document, move.event.line] = move
                if move.sort != move.key and move.day not in group.whole:
                    raise Blocked(move.day)
                known = goings.get(move.document)
                events = (*known.events, move.event) if known else (move.event,)
                goings[move.document] = Going(move.key, move.document, move.day, move.time, events)
        for item in group.items:
            for id in self.going_items.get(item, ()):
                known = goings.get(id)
                events = (*(known.events if known else ()), *self.events[id][item])
                goings[id] = self.goings[id]._replace(events=events)
        if len(group.items) > 1:
            for id, going in goings.items():
                goings[id] = going._replace(events=tuple(sorted(going.events, key=lambda event: event.line)))
        fold = Fold(
            self.rules.valuation(),
            states,
            lambda line, item: self.base.source(line, item, since[item]),
            lambda line, item: map(step_of, self.base.moves_since(line, item, since[item])),
        )
        kept: dict[str, list[State]] = {item: [] for item in group.items}
        by_day = days(goings.values())
        last_days: dict[str, list[str]] = {item: [] for item in group.items}
        for today in by_day:
            for item in {event.item for going in today for event in going.events}:
                last_days[item] = [*last_days[item][-1:], today[0].day]
        for today in by_day:
            day = today[0].day
            fold.day(today, day in group.whole)
            for going in today:
                for event in going.events:
                    counts[event.item] += 1
            for item in {event.item for going in today for event in going.events}:
                keep = counts[item] >= KEEP_EVERY
                if keep or day in last_days[item]:
                    kept[item].append(State(day, dump_shelves(states[item]), keep, 0 if keep else counts[item]))
                if keep:
                    counts[item] = 0
        return Folded(fold, stored, goings, states, since, kept)

    def found(self, group: "Group") -> None:
        """Note what a fold found."""
        delta = self.delta
        assert group.folded is not None
        fold, stored, goings, states, since, kept = group.folded
        for item in group.items:
            delta.shelves[item] = states[item]
            delta.states[item] = (since[item], kept[item])
        for valued in fold.valued:
            going = goings[valued.document]
            move = stored.get((valued.document, valued.line))
            sort = fold.keys.get(going.id, going.key)
            if move is None:
                event = next(each for each in going.events if each.line == valued.line)
                row = StoredMove(going.key, sort, going.id, going.day, going.time, event, *valued[3:])
                delta.moves.append(row)
                self.book(row, 1)
                if sort != going.key:
                    delta.moved[going.id] = sort
                continue
            same = move[6:] == valued[3:]
            if not same:
                self.book(move, -1)
                self.book(StoredMove(*move[:6], *valued[3:]), 1)
                delta.revalued.append(valued)
            if move.sort != sort:
                delta.moved[going.id] = sort
            if not same or move.sort != sort:
                delta.touch(move.day[:7], min(move.sort, sort))
        for item in sorted(group.items):
            first = since[item] + "~~" if since[item] else ""  # after all of that day
            missing = [short(each) for each in fold.shortages if each.item == item]
            self.conflicts.replace(delta, "stock", item, missing, first)
            back = [over_return(goings[id], item, line) for id, line, of in fold.over_returned if of == item]
            self.conflicts.replace(delta, "return", item, back, first)
            nil = [worthless(goings[id], item) for id, of in fold.worthless if of == item]
            self.conflicts.replace(delta, "revalue", item, nil, first)

    def book(self, move: StoredMove, sign: int) -> None:
        """Count the money of a move of goods in the balances, or out."""
        event, month, balances = move.event, move.day[:7], self.delta.balances
        party = None
        if isinstance(event, Move):
            into = event.target not in fx.VIRTUAL
            value = move.value if into else -move.value
            moving = not (into and event.origin not in fx.VIRTUAL)  # else the account's total stays
            party = event.party
        else:
            value, moving = move.value, bool(move.text)
            if isinstance(event, Revalue):
                party = event.party
        inventory = self.rules.inventory(event.item)
        for account, amount in ((inventory, value), (move.account, -value)) if moving else ():
            balance = balances[account, month]
            balance[0] += sign * amount
            balance[1] += sign
        if party is not None:
            balance = self.delta.parties[move.account, party]
            balance[0] -= sign * value
            balance[1] += sign
        for account, amount, *_ in move.parts:
            for each, part in ((inventory, -amount), (account, amount)) if account else ():
                balance = balances[each, month]
                balance[0] += sign * part
                balance[1] += sign


def step_of(move: StoredMove) -> Step:
    return Step(move.document, move.event, move.account, move.text, move.parts)


class Folded(NamedTuple):
    """What the fold of a group went over, and found."""

    fold: Fold
    stored: dict[tuple[str, int], StoredMove]
    goings: dict[str, Going]
    states: dict[str, Shelves]
    since: dict[str, str]
    kept: dict[str, list[State]]


class Group:
    """Items that have to be valued together, and from when."""

    def __init__(self, items: set[str], first: str) -> None:
        self.items, self.first = items, first
        self.whole: set[str] = set()  # days for which every sharing item is in the group
        self.folded: Folded | None = None

    def join(self, other: "Group") -> None:
        self.items |= other.items
        self.first = min(self.first, other.first)
        self.whole |= other.whole
