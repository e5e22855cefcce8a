"""Valuation: one dated fold over all moves of goods, which gives each its cost.

Goods lie on shelves (item and place) in layers, one for each arrival. FIFO takes the oldest layer
first and rounds cumulatively within it; the moving average takes its share of the shelf's value. In
the journal goods are held in lots whose unit cost has six places; what the whole cents of a cost
differ from its lots stands on the shelf's own Adjust account, which is nil when the shelf is empty.

The fold is total: goods that are not there leave at the last known cost as an uncovered quantity, in
money only, until an arrival covers them. What is left plus what is gone equals what came in, to the
cent.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from bizcli.kernel.effects import LOSS, SUPPLIER, VIRTUAL, Level, Move, Revalue
from bizcli.kernel.money import MICRO, amount_text, fine_text, quantity_text, share
from bizcli.kernel.whereabouts import Part, Step, Whereabouts

FIFO, AVERAGE = "fifo", "average"

Event = Move | Level | Revalue


class Layer:
    """What is left of one arrival: whole quantity and value, what has gone, and the lots that are left."""

    __slots__ = ("gone", "gone_value", "lots", "qty", "value")

    def __init__(
        self, qty: int, value: int, gone: int = 0, gone_value: int = 0, lots: list[list[Any]] | None = None
    ) -> None:
        self.qty, self.value, self.gone, self.gone_value = qty, value, gone, gone_value
        self.lots = lots or []  # [label, day, unit cost, quantity], oldest first

    def add(self, amount: int) -> None:
        """Make what is left worth more or less; from now on it counts as an arrival of its own."""
        self.qty, self.value = self.qty - self.gone, self.value - self.gone_value + amount
        self.gone = self.gone_value = 0


class Owed(NamedTuple):
    """Goods that left without being there: to be covered by the next arrival."""

    qty: int
    value: int
    account: str
    line: str  # that they left with


class Shelf:
    """The goods of one item in one place."""

    __slots__ = ("last_qty", "last_value", "layers", "owed", "qty", "value")

    def __init__(self) -> None:
        self.qty = self.value = 0
        self.last_qty = self.last_value = 0  # the last arrival: the cost to go by when nothing is left
        self.layers: list[Layer] = []
        self.owed: list[Owed] = []

    def dump(self) -> list[Any]:
        """The state as plain lists and numbers."""
        layers = [
            [each.qty, each.value, each.gone, each.gone_value, [list(lot) for lot in each.lots]] for each in self.layers
        ]
        return [self.qty, self.value, self.last_qty, self.last_value, layers, [list(each) for each in self.owed]]

    @classmethod
    def load(cls, state: list[Any]) -> "Shelf":
        """The inverse of `dump`."""
        shelf = cls()
        shelf.qty, shelf.value, shelf.last_qty, shelf.last_value, layers, owed = state
        shelf.layers = [Layer(*each) for each in layers]
        shelf.owed = [Owed(*each) for each in owed]
        return shelf


Shelves = dict[str, Shelf]  # of one item, by place


class Valued(NamedTuple):
    """What the fold found for one event."""

    document: str
    line: int
    item: str
    qty: int  # that moved; for a count the difference, signed
    value: int  # that moved; for a count and a revaluation signed
    account: str  # the counter account, '' between shelves
    text: str  # the postings of the journal
    parts: tuple[Part, ...] = ()  # where a difference went: to shelves, or after goods that had left


class Shortage(NamedTuple):
    """Stock below zero."""

    document: str
    day: str
    item: str
    place: str
    qty: int  # that is missing, above zero
    counted: str  # the id of the count of that day which finds that the goods were there, or ''


class Going(NamedTuple):
    """A document's moves of goods, as the fold takes them."""

    key: str  # where it stands in the order of the books by its own date
    id: str
    day: str
    time: str
    events: tuple[Event, ...]


class Blocked(Exception):
    """On this day the plain order does not do: the documents that share goods must be looked at together."""

    def __init__(self, day: str) -> None:
        super().__init__(day)
        self.day = day


class Accounts(NamedTuple):
    """What valuation needs to know of the chart and of costing."""

    inventory: Callable[[str], str]  # item -> account above its shelves
    counter: Callable[[str, str, str], str]  # (origin, target, item) -> the account that (from, to) means
    variance: Callable[[str], str]  # item -> the account of differences that no goods can take
    costing: Callable[[str], str]  # item -> fifo | average
    commodity: Callable[[str], str]  # item -> its name in the journal
    currency: str
    unit: int


class Fold:
    """The fold over documents in order, from given states of shelves.

    `source` answers for a line of an item that is not part of this fold: (quantity, value, quantity that came
    back, value that came back) before the fold began, or None. `since` gives the events of an item before it
    began, from the one of a line on.
    """

    def __init__(
        self,
        accounts: Accounts,
        states: dict[str, Shelves],
        source: Callable[[str, str], tuple[int, int, int, int] | None],
        since: Callable[[str, str], Iterable[Step]],
    ) -> None:
        self.accounts = accounts
        self.states = states
        self.look_up = source
        self.look_back = since
        self.sources: dict[tuple[str, str], list[int]] = {}  # (line, item)
        self.valued: list[Valued] = []
        self.events: list[Event] = []  # of `valued`
        self.shortages: list[Shortage] = []
        self.over_returned: list[tuple[str, str, str]] = []  # (document, source line, item)
        self.worthless: list[tuple[str, str]] = []  # (document, item) of revaluations that cannot be
        self.parts: list[Part] = []  # of the event at hand
        self.keys: dict[str, str] = {}  # documents that stand elsewhere than by their own key
        self.later: list[tuple[str, str, str, int]] = []  # of the day: (time, item, place, change)
        self.counting = ""  # the count before which documents go short
        self.late = ""  # what sorts the documents behind those of the day that went short

    # Order within a day

    def day(self, goings: list[Going], whole: bool) -> None:
        """Fold one day's documents, given in the order of their keys.

        Repeatedly takes the first whose goods are there; what was counted lies there once all before
        the count have gone, with or without the goods. Raises `Blocked` when one has to wait and `whole`
        does not vouch that every document that shares goods with these is among them. Those that share none
        have nothing to do with each other: where they stand does not depend on whether they are folded together.
        """
        self.later.clear()
        for together in sharing(goings) if whole else [goings]:
            self.late = ""
            self.course(together, whole)

    def course(self, goings: list[Going], whole: bool) -> None:
        """Documents of a day that share goods."""
        waiting: list[Going] = []
        for going in goings:
            if not self.can_go(going):
                if not whole:
                    raise Blocked(going.day)
                waiting.append(going)
                continue
            self.counting = going.id
            self.force([each for each in waiting if before_count(each, going)], waiting)
            self.counting = ""
            self.go(going)
            key = going.key
            if self.late:
                key = self.keys[going.id] = f"{going.day}{self.late}{going.key}"
            if waiting:
                self.wake(waiting, key)
        while waiting:
            self.force(waiting[:1], waiting)

    def force(self, goings: list[Going], waiting: list[Going]) -> None:
        """None can go: let the first go short, after all that went, and before all that will."""
        if not goings:
            return
        self.late += "~"
        for going in goings:
            if going in waiting:  # one before may have woken it
                waiting.remove(going)
                key = self.keys[going.id] = f"{going.day}{self.late}{going.key}"
                self.go(going)
                self.wake(waiting, key)
        self.late += "~"

    def wake(self, waiting: list[Going], key: str) -> None:
        """Let those go that the document at `key` brought goods for."""
        n = 0
        while n < len(waiting):
            if self.can_go(waiting[n]):
                going = waiting.pop(n)
                key = self.keys[going.id] = f"{key}{going.key}"
                self.go(going)
                n = 0
            else:
                n += 1

    def can_go(self, going: Going) -> bool:
        """Whether every shelf that the document takes from has the goods."""
        change: dict[tuple[str, str], int] = {}
        for event in going.events:
            if event.__class__ is not Move:
                continue
            _, item, qty, origin, target, *_ = event
            if origin not in VIRTUAL:
                left = change[item, origin] = change.get((item, origin), 0) - qty
                shelf = self.states[item].get(origin)
                if (shelf.qty if shelf else 0) + left < 0:
                    return False
            if target not in VIRTUAL:
                change[item, target] = change.get((item, target), 0) + qty
        return True

    def go(self, going: Going) -> None:
        """Value every event of a document."""
        for event in going.events:
            if isinstance(event, Move):
                self.move(going, event)
            elif isinstance(event, Level):
                self.count(going, event)
            elif event.source is None:
                self.revalue(going, event)
            else:
                self.follow(going, event, event.source)

    # Events

    def shelf(self, item: str, place: str) -> Shelf:
        shelves = self.states[item]
        shelf = shelves.get(place)
        if shelf is None:
            shelf = shelves[place] = Shelf()
        return shelf

    def move(self, going: Going, move: Move) -> None:
        _, item, qty, origin, target, given, source, account, party, *_ = move
        if account is None and (origin in VIRTUAL or target in VIRTUAL):
            account = self.accounts.counter(origin, target, item)
        if origin in VIRTUAL:
            if target in VIRTUAL:
                raise AssertionError("goods move from or to a shelf")
            assert account is not None
            value = self.worth(going, move, given, source)
            text = self.receive(going, move.line, item, target, [(qty, value)])
            text += self.counter_line(account, -value, item, party)
        else:
            own = source if target == SUPPLIER else None
            parts, text = self.issue(going, move.line, item, origin, qty, account or "", own)
            value = sum(part[1] for part in parts)
            if target in VIRTUAL:
                assert account is not None
                text += self.counter_line(account, value, item, party)
            else:
                text += self.receive(going, move.line, item, target, parts)
            self.sources[f"{going.id}/{move.line}", item] = [qty, value, 0, 0]
        if going.time:
            self.later.append((going.time, item, origin, -qty))
            self.later.append((going.time, item, target, qty))
        self.note(going, move, qty, value, account or "", text)

    def note(self, going: Going, event: Event, qty: int, value: int, account: str, text: str) -> None:
        found = Valued(going.id, event.line, event.item, qty, value, account, text, tuple(self.parts))
        self.valued.append(found)
        self.events.append(event)
        self.parts.clear()

    def worth(self, going: Going, move: Move, given: int | None, source: str | None) -> int:
        """What arriving goods are worth: as given, as they left, or at the cost of the shelf."""
        if given is not None:
            return given
        whole = self.left_with(source, move.item) if source is not None else None
        if source is not None and whole is not None and whole[0]:
            qty, value, back, value_back = whole
            if back + move.qty > qty:
                self.over_returned.append((going.id, source, move.item))
            unit = self.accounts.unit
            out = qty - back
            worth = share(value - value_back, move.qty, out, unit) if out > 0 else share(value, move.qty, qty, unit)
            worth = max(worth, 0)
            whole[2], whole[3] = back + move.qty, value_back + worth
            return worth
        return self.at_cost(move.item, move.target, move.qty)

    def left_with(self, line: str, item: str) -> list[int] | None:
        """Quantity and value that left with a line, and what of them came back; None when nothing left with it."""
        whole = self.sources.get((line, item))
        if whole is None:
            found = self.look_up(line, item)
            if found is not None:
                whole = self.sources[line, item] = list(found)
        return whole

    def at_cost(self, item: str, place: str, qty: int) -> int:
        """A quantity at what the shelf's goods cost now, or last did, or the item's on any other shelf."""
        shelves = self.states[item]
        own = shelves.get(place)
        for shelf in ([own] if own else []) + [shelves[key] for key in sorted(shelves) if key != place]:
            if shelf.qty > 0:
                return share(shelf.value, qty, shelf.qty, self.accounts.unit)
            if shelf.last_qty:
                return share(shelf.last_value, qty, shelf.last_qty, self.accounts.unit)
        return 0

    def count(self, going: Going, level: Level) -> None:
        """The difference between what was counted and what should be there is gained or lost."""
        shelf = self.shelf(level.item, level.place)
        expected = shelf.qty
        if going.time:  # counted before the day's later moves
            expected -= sum(
                change for time, item, place, change in self.later
                if time > going.time and item == level.item and place == level.place
            )  # fmt: skip
        qty = level.qty - expected
        ends = (LOSS, level.place) if qty > 0 else (level.place, LOSS)
        account = level.account or self.accounts.counter(*ends, level.item)
        value, text = 0, ""
        if qty > 0:
            known = any(each.qty > 0 or each.last_qty for each in self.states[level.item].values())
            value = (
                self.at_cost(level.item, level.place, qty)
                if known or level.value is None
                else share(level.value, qty, MICRO, self.accounts.unit)
            )
            text = self.receive(going, level.line, level.item, level.place, [(qty, value)])
        elif qty < 0:
            parts, text = self.issue(going, level.line, level.item, level.place, -qty, account)
            value = -sum(part[1] for part in parts)
        if qty:
            text += self.counter_line(account, -value, level.item)
        self.note(going, level, qty, value, account, text)

    def revalue(self, going: Going, event: Revalue) -> None:
        """Spread an amount over what lies on the shelf, by quantity."""
        assert event.place is not None
        shelf = self.shelf(event.item, event.place)
        unit = self.accounts.unit
        amount = max(event.amount, -shelf.value) if shelf.qty > 0 else 0
        if amount != event.amount:
            self.worthless.append((going.id, event.item))
        # a loss is spread by value, so that no layer falls below zero
        whole = shelf.qty if amount > 0 else sum(layer.value - layer.gone_value for layer in shelf.layers)
        seen = spread = 0
        for layer in shelf.layers if amount and whole else ():
            left = layer.qty - layer.gone
            seen += left if amount > 0 else layer.value - layer.gone_value
            part = share(amount, seen, whole, unit) - spread
            spread += part
            layer.add(part)
        shelf.value += amount
        text = ""
        if amount:
            shelf.last_qty, shelf.last_value = shelf.qty, shelf.value
            text = self.adjust_line(event.item, event.place, amount * MICRO)
            text += self.counter_line(event.account, -amount, event.item)
        self.note(going, event, 0, amount, event.account, text)

    def follow(self, going: Going, event: Revalue, source: str) -> None:
        """Let a difference go where the goods of an arrival are: on shelves, or after those that left.

        It is shared out by quantity. What would take a shelf below zero, and all of it when no goods are
        left to take it, is a variance.
        """
        item, amount = event.item, event.amount
        goods = Whereabouts(source, lambda line: (self.left_with(line, item) or [0])[0])
        goods.follow(self.look_back(source, item))
        goods.follow(
            Step(each.document, what, each.account, each.text, each.parts)
            for each, what in zip(self.valued, self.events, strict=True)
            if each.item == item
        )
        lying = [
            (place, layer, qty)
            for place, shelf in sorted(self.states[item].items())
            for layer in shelf.layers
            if (qty := goods.lying(lot[0] for lot in layer.lots))
        ]
        away = goods.away()
        whole = sum(qty for *_, qty in lying) + sum(gone.qty for _, gone in away)
        seen = spread = 0
        added: dict[str, int] = {}
        for place, layer, qty in lying:
            seen += qty
            part = share(amount, seen, whole, self.accounts.unit) - spread
            spread += part
            added[place] = added.get(place, 0) + self.add_value(item, place, layer, part)
        text = ""
        for place, part in added.items():
            if part:
                self.parts.append(Part("", part, place))
                text += self.adjust_line(item, place, part * MICRO)
        for line, gone in away:
            seen += gone.qty
            part = share(amount, seen, whole, self.accounts.unit) - spread
            spread += part
            left = self.left_with(line, item)
            if left is not None:
                left[1] += part
            text += self.part_line(gone.account, part, item, line)
        rest = amount - sum(part.amount for part in self.parts)
        text += self.part_line(self.accounts.variance(item), rest, item, source)
        text += self.counter_line(event.account, -amount, item, event.party)
        self.note(going, event, 0, amount, event.account, text)

    def add_value(self, item: str, place: str, layer: Layer, amount: int) -> int:
        """Make goods of a layer worth more or less; how much of it they could take."""
        shelf = self.states[item][place]
        average = self.accounts.costing(item) == AVERAGE
        taken = max(amount, -max(shelf.value if average else layer.value - layer.gone_value, 0))
        layer.add(max(taken, layer.gone_value - layer.value))
        shelf.value += taken
        return taken

    def part_line(self, account: str, amount: int, item: str, line: str) -> str:
        """The part of a difference that follows goods which left with a line; nothing when it is nil."""
        if not amount:
            return ""
        self.parts.append(Part(account, amount, line))
        return self.counter_line(account, amount, item) + f'    line: "{line}"\n'

    # Shelves

    def receive(self, going: Going, line: int, item: str, place: str, parts: list[tuple[int, int]]) -> str:
        """Put goods on a shelf, a layer for each (quantity, value); returns the postings."""
        shelf = self.shelf(item, place)
        text = ""
        for n, (qty, value) in enumerate(parts, 1):
            label = f"{going.id}-{line}" if len(parts) == 1 else f"{going.id}-{line}.{n}"
            layer = Layer(qty, value, 0, 0, lots_of(label, going.day, qty, value))
            for lot in layer.lots:
                text += self.lot_line(item, place, lot[3], lot)
            shelf.layers.append(layer)
            shelf.qty += qty
            shelf.value += value
            shelf.last_qty, shelf.last_value = qty, value
            while shelf.owed and layer.gone < layer.qty:
                text += self.cover(shelf, layer, item, place)
        return text

    def cover(self, shelf: Shelf, layer: Layer, item: str, place: str) -> str:
        """Let an arrival make good what left before it was there; the difference goes where the goods went."""
        owed = shelf.owed[0]
        qty = min(owed.qty, layer.qty - layer.gone)
        carried = share(owed.value, qty, owed.qty, self.accounts.unit)
        if qty == owed.qty:
            shelf.owed.pop(0)
        else:
            shelf.owed[0] = owed._replace(qty=owed.qty - qty, value=owed.value - carried)
        value = share(layer.value, layer.gone + qty, layer.qty, self.accounts.unit) - layer.gone_value
        layer.gone += qty
        layer.gone_value += value
        weight, text = self.take_lots(layer, item, place, qty)
        if layer.gone == layer.qty:
            shelf.layers.remove(layer)
        difference = value - carried
        shelf.value -= difference
        text += self.adjust_line(item, place, weight - difference * MICRO)
        self.parts.append(Part(owed.account, difference, owed.line, qty))
        if difference:
            text += self.counter_line(owed.account, difference, item)
        return text

    def issue(
        self, going: Going, line: int, item: str, place: str, qty: int, account: str, source: str | None = None
    ) -> tuple[list[tuple[int, int]], str]:
        """Take goods from a shelf: the (quantity, value) of each layer they come from, and the postings.

        Those that came in with the line `source` go first.
        """
        shelf = self.shelf(item, place)
        unit = self.accounts.unit
        average = self.accounts.costing(item) == AVERAGE
        there = min(qty, max(shelf.qty, 0))
        total = share(shelf.value, there, shelf.qty, unit) if average and there else 0
        parts: list[tuple[int, int]] = []
        left, weight, text = there, 0, ""
        layers = shelf.layers if source is None else own_first(shelf.layers, source)
        done = 0
        while left:
            layer = layers[done]
            take = min(left, layer.qty - layer.gone)
            layer.gone += take
            value = share(layer.value, layer.gone, layer.qty, unit) - layer.gone_value
            layer.gone_value += value
            part_weight, lines = self.take_lots(layer, item, place, take)
            weight += part_weight
            text += lines
            parts.append((take, value))
            left -= take
            if layer.gone == layer.qty:
                done += 1
        if source is not None:
            shelf.layers = [layer for layer in shelf.layers if layer.gone < layer.qty]
        elif done:
            del layers[:done]
        if average and there:
            parts = [(there, total)]
        value = sum(part[1] for part in parts)
        shelf.qty -= there
        shelf.value -= value
        if there < qty:
            missing = qty - there
            worth = self.at_cost(item, place, missing)
            if not account:  # between shelves there is no counter account: the stock difference takes it
                account = self.accounts.counter(place, LOSS, item)
            shelf.owed.append(Owed(missing, worth, account, f"{going.id}/{line}"))
            shelf.qty -= missing
            shelf.value -= worth
            value += worth
            parts.append((missing, worth))
            self.shortages.append(Shortage(going.id, going.day, item, place, -shelf.qty, self.counting))
        return parts, text + self.adjust_line(item, place, weight - value * MICRO)

    def take_lots(self, layer: Layer, item: str, place: str, qty: int) -> tuple[int, str]:
        """Take a quantity out of a layer's lots: what they weigh (10⁻¹² money), and the postings."""
        weight, text = 0, ""
        while qty:
            lot = layer.lots[0]
            take = min(qty, lot[3])
            weight += take * lot[2]
            text += self.lot_line(item, place, -take, lot)
            qty -= take
            if take == lot[3]:
                del layer.lots[0]
            else:
                lot[3] -= take
        return weight, text

    # Text

    def lot_line(self, item: str, place: str, qty: int, lot: list[Any]) -> str:
        accounts = self.accounts
        label, day, cost, _ = lot
        return (
            f"  {accounts.inventory(item)}:{place}:{item}  {quantity_text(qty)} {accounts.commodity(item)} "
            f'{{{cost // MICRO}.{cost % MICRO:06d} {accounts.currency}, {day}, "{label}"}}\n'
        )

    def adjust_line(self, item: str, place: str, amount: int) -> str:
        """What lots and whole cents differ by, in 10⁻¹²; nothing when they agree."""
        if not amount:
            return ""
        accounts = self.accounts
        return f"  {accounts.inventory(item)}:{place}:{item}:Adjust  {fine_text(amount)} {accounts.currency}\n"

    def counter_line(self, account: str, amount: int, item: str, party: str | None = None) -> str:
        accounts = self.accounts
        account = f"{account}:{party}" if party else account
        return f'  {account}  {amount_text(amount, accounts.unit)} {accounts.currency}\n    item: "{item}"\n'


def sharing(goings: list[Going]) -> list[list[Going]]:
    """Documents, each with all that move an item that it moves too, and theirs in turn; in their order."""
    groups: dict[str, list[Going]] = {}  # by item
    for going in goings:
        items = {event.item for event in going.events}
        found = {id(groups[item]): groups[item] for item in items if item in groups}
        first, *others = found.values() if found else ([],)
        for other in others:
            first += other
        if others:
            items.update(item for item, group in groups.items() if id(group) in found)
        first.append(going)
        groups.update(dict.fromkeys(items, first))
    return [sorted(group) for group in {id(each): each for each in groups.values()}.values()]


def before_count(going: Going, count: Going) -> bool:
    """Whether a document's goods should have moved before they were counted."""
    if going.time and count.time and going.time > count.time:
        return False
    counted = {(each.item, each.place) for each in count.events if isinstance(each, Level)}
    moved = {
        (each.item, place) for each in going.events if isinstance(each, Move) for place in (each.origin, each.target)
    }
    return not counted.isdisjoint(moved)


def own_first(layers: list[Layer], source: str) -> list[Layer]:
    """Layers in the order in which goods that came in with a line are sent back: what is left of those first."""
    labels = labels_of(source)
    return sorted(layers, key=lambda layer: layer.lots[0][0] not in labels)


def labels_of(line: str) -> tuple[str, str, str]:
    """The lots that a line brings in: one, or two to make a value exact."""
    label = line.replace("/", "-")
    return label, label + "a", label + "b"


def lots_of(label: str, day: str, qty: int, value: int) -> list[list[Any]]:
    """One lot, or two whose unit costs differ by 0.000001, that make a value exact.

    >>> lots_of("GR-1", "2026-11-02", 3_000_000, 100_000_000)
    [['GR-1a', '2026-11-02', 33333333, 2000000], ['GR-1b', '2026-11-02', 33333334, 1000000]]
    """
    cost, dearer = divmod(value * MICRO, qty)
    if not dearer:
        return [[label, day, cost, qty]]
    return [[label + "a", day, cost, qty - dearer], [label + "b", day, cost + 1, dearer]]


def dump_shelves(shelves: Shelves) -> dict[str, Any]:
    """An item's state as plain lists and numbers."""
    return {place: shelves[place].dump() for place in sorted(shelves)}


def load_shelves(state: dict[str, Any]) -> Shelves:
    """The inverse of `dump_shelves`."""
    return {place: Shelf.load(each) for place, each in state.items()}


def days(goings: Iterable[Going]) -> list[list[Going]]:
    """Documents in the order of their keys, day by day."""
    found: dict[str, list[Going]] = {}
    for going in sorted(goings):
        found.setdefault(going.day, []).append(going)
    return list(found.values())
