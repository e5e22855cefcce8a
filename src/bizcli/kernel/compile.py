"""The compiler: documents in, changes to the books out.

Recording, hand edits, merges and cold builds all come through here. A `Compilation` takes documents
that are added and removed, works out their effects against what the book already holds (its `Base`),
values the goods, checks the rules about effects, and yields a `Delta`: rows for the index and text
for the journal. The same documents give the same books, in whatever order they are entered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple, Protocol

from bizcli.kernel import effects as fx
from bizcli.kernel.effects import NOTHING, Effects, Move, Posting, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Id
from bizcli.kernel.money import amount_text, quantity_text
from bizcli.kernel.records import Document, Master, coded, schema_of
from bizcli.kernel.rules import Rules
from bizcli.kernel.valuation import (
    Blocked,
    Event,
    Fold,
    Going,
    Shelves,
    Valued,
    days,
    dump_shelves,
    load_shelves,
)
from bizcli.kernel.view import Base, Head, open_qty

NOBODY = (None, None, None, None, None)
Key = tuple[str, str, int]  # of a promise: kind, document, line
KEEP_EVERY = 64  # moves of an item between two states that are kept

VERBS = {
    fx.TO_DELIVER: "to deliver",
    fx.TO_INVOICE: "to invoice",
    fx.TO_PAY: "to pay",
    fx.TO_RETURN: "to return",
    fx.CREDIT: "to use of the credit",
}


class StoredMove(NamedTuple):
    """One event as the book holds it, with what valuation found."""

    key: str  # the document's own place in the order
    sort: str  # where it stands, which differs when it had to wait for goods
    document: str
    day: str
    time: str
    event: Event
    qty: int
    value: int
    account: str
    text: str
    cover: tuple[tuple[str, int], ...] = ()  # what covering an earlier shortage cost more, by account


class Conflict(NamedTuple):
    """Valid documents that do not go together."""

    rule: str
    subject: str  # what the rule is about: an item, a promise, a document
    day: str
    document: str
    amount: int  # how much it is out by: a new document may not make it more
    detail: str  # the shelf, or what else tells conflicts of a subject apart
    problem: Problem


class GoodsBase(Protocol):
    """What valuation asks of the compiled book."""

    def state_before(self, item: str, day: str) -> tuple[str, Any, int]:
        """The latest kept state of an item's shelves before a day.

        Its last day ('' when there is none), the state, and the moves since one was kept for long.
        """

    def moves(self, item: str, after: str) -> Iterable[StoredMove]:
        """An item's events on days after `after`, in order."""

    def moves_of(self, document: str) -> Iterable[StoredMove]:
        """A document's events."""

    def goods_of_day(self, day: str) -> Iterable[tuple[str, str]]:
        """(document, item) of every event of a day."""

    def source(self, line: str, before: str) -> tuple[int, int, int, int] | None:
        """Of a line whose goods left: quantity, value; and what came back of it on days before."""

    def conflicts(self, rule: str, subject: str, since: str) -> list[Conflict]: ...

    def has_conflicts(self) -> bool: ...

    def missing_ids(self) -> set[str]:
        """Ids that documents name and no document has."""

    def voids(self) -> dict[str, str]:
        """The id of a voided document: the void's id."""

    def promises_of(self, id: str) -> list[Promise]:
        """All promises that lines of a document opened, in line order."""

    def promise_keys(self, column: str, value: str) -> list[Key]:
        """Keys of open promises with this `party`, or of all with this `origin` document."""


class CompiledBase(Base, GoodsBase, Protocol):
    """All that a compilation asks of the book."""


class Row(NamedTuple):
    """A document with what compiling it found out."""

    document: Document
    sort: str
    effects: Effects
    void: str | None


class State(NamedTuple):
    """An item's shelves after a day."""

    day: str
    shelves: dict[str, Any]
    keep: bool  # for long; the others go when the book moves on
    moves: int  # since one was kept


class Delta:
    """What a compilation changes in the books."""

    def __init__(self) -> None:
        self.removed: list[str] = []  # documents
        self.rows: list[Row] = []
        self.masters: list[Master] = []
        self.promises: dict[Key, tuple[Promise, int] | None] = {}
        self.entries: list[tuple[str, str, str, str, str]] = []  # document, month, sort, head, money
        self.moves: list[StoredMove] = []
        self.revalued: list[Valued] = []
        self.moved: dict[str, str] = {}  # document: where it stands now
        self.shelves: dict[str, Shelves] = {}  # item: its shelves after all moves
        self.states: dict[str, tuple[str, list[State]]] = {}  # item: replaced from that day on
        self.balances: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])  # (account, month)
        self.parties: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])  # (account, party)
        self.cleared: list[tuple[str, str, str]] = []  # conflicts: rule, subject, since
        self.conflicts: list[Conflict] = []
        self.months: dict[str, str] = {}  # month of the journal: first place in it that changes


class Compilation:
    """One run of the compiler; also the `View` of the documents that are being completed."""

    def __init__(self, base: CompiledBase, rules: Rules, today: date, user: str | None = None) -> None:
        self.base, self.rules, self.today, self.user = base, rules, today, user
        self.delta = Delta()
        self.new: dict[tuple[str, str], list[Conflict]] = {}  # conflicts that were not there before
        self.worst: dict[tuple[str, str], dict[str, int]] = {}  # how bad they were then
        self.documents: dict[str, Document | None] = {}
        self.heads: dict[str, Head | None] = {}
        self.voided = dict(base.voids())
        self.missing = set(base.missing_ids())
        self.had_conflicts = base.has_conflicts()
        self.fresh: set[str] = set()  # documents that the base does not know
        self.promises: dict[Key, tuple[Promise, int]] = {}
        self.by_origin: dict[str, set[Key]] = defaultdict(set)
        self.by_party: dict[str, set[Key]] = defaultdict(set)
        self.of_document: dict[str, set[Key]] = defaultdict(set)
        self.settled_keys: set[Key] = set()
        self.orphans: set[Key] = set()  # whose opener was taken back
        self.named_by: dict[str, set[str]] = defaultdict(set)
        self.unnamed: set[tuple[str, str]] = set()
        self.refs: dict[tuple[str, str], str | None] = {}
        self.numbers: dict[str, int] = {}
        self.known: dict[tuple[str, str], Master | None] = {}
        self.recheck: set[str] = set()
        self.goings: dict[str, Going] = {}
        self.going_items: dict[str, set[str]] = defaultdict(set)  # item: documents in `goings`
        self.gone: dict[str, Going] = {}  # documents whose stored moves are void now
        self.touched: dict[str, str] = {}  # item: first day to value again

    @property
    def added(self) -> list[Conflict]:
        """The conflicts that are new, or worse than they were."""
        return [each for _, found in sorted(self.new.items()) for each in found]

    # What the documents may ask (View)

    def master(self, kind: str, code: str) -> Master | None:
        key = (kind, code)
        if key not in self.known:
            self.known[key] = self.base.master(kind, code)
        return self.known[key]

    def codes(self, kind: str) -> list[str]:
        new = {code for (of, code), found in self.known.items() if of == kind and found is not None}
        return sorted(new.union(self.base.codes(kind)))

    def document(self, id: str) -> Document | None:
        return self.documents[id] if id in self.documents else self.base.document(id)

    def head(self, id: str) -> Head | None:
        if id in self.heads:
            found = self.heads[id]
        else:
            found = self.heads[id] = self.base.head(id)
        if found is not None and self.voided:
            return found._replace(void=self.voided.get(id))
        return found

    def naming(self, id: str) -> list[str]:
        stored = () if id in self.fresh else self.base.naming(id)
        found = {other for other in stored if (other, id) not in self.unnamed}
        return sorted(found | self.named_by.get(id, set()))

    def ref(self, kind: str, ref: str) -> str | None:
        return self.refs[kind, ref] if (kind, ref) in self.refs else self.base.ref(kind, ref)

    def last_number(self, series: str) -> int:
        if series not in self.numbers:
            self.numbers[series] = self.base.last_number(series)
        return self.numbers[series]

    def promise(self, key: Key) -> tuple[Promise, int] | None:
        found = self.promises.get(key)
        if found is None and key[1] not in self.fresh:
            found = self.base.promise(key)
        return found

    def open_of(self, kind: str, document: str) -> list[Promise]:
        keys = set(self.of_document.get(document, ()))
        if document not in self.fresh:
            keys.update((each.kind, each.document, each.line) for each in self.base.promises_of(document))
        return self.open_among(kind, keys)

    def open_by_origin(self, kind: str, order: str) -> list[Promise]:
        found = set(self.by_origin.get(order, ()))
        if order not in self.fresh:
            found.update(self.base.promise_keys("origin", order))
        return self.open_among(kind, found)

    def open_by_party(self, kind: str, party: str) -> list[Promise]:
        found = self.by_party.get(party, set()).union(self.base.promise_keys("party", party))
        return sorted(self.open_among(kind, found), key=lambda each: (each.due or "", each.document))

    def open_among(self, kind: str, keys: Iterable[Key]) -> list[Promise]:
        found = [self.promise(key) for key in sorted(keys) if key[0] == kind]
        return [each[0] for each in found if each and open_qty(each[0]) > 0]

    # Adding and removing

    def put_master(self, master: Master) -> None:
        """Add a master that the base does not have."""
        self.known[type(master).__module__.rpartition(".")[2], master.code] = master
        self.delta.masters.append(master)

    def add(self, document: Document, found: Effects | None = None) -> None:
        """Enter a complete document; its effects may have been worked out before."""
        id = document.id
        known = self.head(id)
        if known is None and id not in self.missing:
            self.fresh.add(id)
        self.documents[id] = document
        self.heads[id] = Head(kind_of(document), document.day, None)
        for other in document.names:
            self.named_by[other].add(id)
            self.unnamed.discard((id, other))
        if document.ref is not None:
            self.refs[kind_of(document), document.ref] = id
        prefix, _, number = id.rpartition("-")
        self.numbers[prefix] = max(self.last_number(prefix), int(number))
        self.recheck.add(id)
        if id in self.missing:
            self.recheck.update(self.naming(id))
            self.missing.discard(id)
        target = getattr(document, "voids", None)
        if target is not None:
            self.void(target, id)
        self.enter(document, found)

    def remove(self, document: Document) -> None:
        """Take a document out again, as the base knows it."""
        id = document.id
        if id not in self.voided:
            self.apply(document, document.effects(self.rules), -1)
        else:
            self.touch_month(document, document.sort)
        self.delta.removed.append(id)
        self.forget_row(id)
        self.documents[id] = None
        self.heads[id] = None
        for other in document.names:
            self.named_by[other].discard(id)
            self.unnamed.add((id, other))
        if document.ref is not None and self.ref(kind_of(document), document.ref) == id:
            self.refs[kind_of(document), document.ref] = None
        self.recheck.discard(id)
        for rule in ("reference", "ref"):
            self.delta.cleared.append((rule, id, ""))
        self.recheck.update(other for other in self.naming(id) if self.head(other))
        if any(self.head(other) for other in self.naming(id)):
            self.missing.add(id)
        target = getattr(document, "voids", None)
        if target is not None and self.voided.get(target) == id:
            self.unvoid(target, id)

    def forget_row(self, id: str) -> None:
        self.delta.rows = [row for row in self.delta.rows if row.document.id != id]
        self.delta.entries = [entry for entry in self.delta.entries if entry[0] != id]

    def void(self, target: str, void: str) -> None:
        """A void makes its document do nothing."""
        if target in self.voided:
            self.voided[target] = min(self.voided[target], void)
        else:
            known = self.document(target)
            if known is not None:
                self.withdraw(known)
            self.voided[target] = void
            if known is not None:
                self.enter(known)
        self.recheck.update(other for other in self.naming(target) if other != void and self.head(other))

    def unvoid(self, target: str, void: str) -> None:
        known = self.document(target)
        if known is not None:
            self.delta.removed.append(target)
            self.forget_row(target)
            self.touch_month(known, known.sort)
        others = [each for each in self.naming(target) if each.startswith("VD") and each != void]
        if others:
            self.voided[target] = others[0]
        else:
            del self.voided[target]
        if known is not None:
            self.enter(known)
            self.recheck.update(other for other in self.naming(target) if self.head(other))

    def withdraw(self, document: Document) -> None:
        """Take back what a document does; the document stays."""
        self.apply(document, document.effects(self.rules), -1)
        self.delta.removed.append(document.id)
        self.forget_row(document.id)

    def enter(self, document: Document, found: Effects | None = None) -> None:
        """Let a document that is not voided do what it does."""
        void = self.voided.get(document.id)
        if found is None:
            found = document.effects(self.rules)
        sort = document.sort
        if void is None:
            self.apply(document, found, 1)
        else:
            found = NOTHING._replace(net=found.net, tax=found.tax, gross=found.gross)
        self.delta.rows.append(Row(document, sort, found, void))
        if void is not None or found.moves or found.postings:
            links = " ".join(f"^{id}" for id in (*document.names, *((void,) if void else ())))
            head = (
                f'{document.day} * "{title_of(document)}" ^{document.id}{" " if links else ""}{links}\n'
                f'  doc: "{document.id}"\n'
            )
            if void:
                head += f'  void: "{void}"\n'
            self.delta.entries.append(
                (document.id, document.day[:7], sort, head, self.money_text(found.postings))
            )
            self.touch_month(document, sort)

    def touch_month(self, document: Document, sort: str) -> None:
        month = document.day[:7]
        first = self.delta.months.get(month)
        if first is None or sort < first:
            self.delta.months[month] = sort

    def money_text(self, postings: tuple[Posting, ...]) -> str:
        unit, currency = self.rules.unit, self.rules.currency
        text = ""
        for account, amount, party, open_item, due, item, _ in postings:
            text += f"  {account}{':' + party if party else ''}  {amount_text(amount, unit)} {currency}\n"
            if open_item:
                text += f'    invoice: "{open_item}"\n'
            if due:
                text += f"    due: {due}\n"
            if item:
                text += f'    item: "{item}"\n'
        return text

    def apply(self, document: Document, found: Effects, sign: int) -> None:
        """Count a document's effects in, or out."""
        month = document.day[:7]
        balances, parties = self.delta.balances, self.delta.parties
        for account, amount, party, *_ in found.postings:
            balance = balances[account, month]
            balance[0] += sign * amount
            balance[1] += sign
            if party is not None:
                balance = parties[account, party]
                balance[0] += sign * amount
                balance[1] += sign
        for promise in found.promises:
            self.count(promise, sign)
        if found.moves:
            self.carry(document, found.moves, sign)
        if sign < 0:
            self.touch_month(document, document.sort)

    def count(self, promise: Promise, sign: int) -> None:
        """Add one effect to the sums of a promise, or take it out."""
        key = (promise.kind, promise.document, promise.line)
        found = self.promise(key)
        if found is None:
            total, n = Promise(*key), 0
        else:
            total, n = found
        about = promise[5:]
        if about == NOBODY:
            about = total[5:]
        else:  # who opened it says what it is about
            if sign > 0:
                if promise.party:
                    self.by_party[promise.party].add(key)
                if promise.origin:
                    self.by_origin[promise.origin.partition("/")[0]].add(key)
            else:
                about = NOBODY
                self.orphans.add(key)
        total = Promise(
            *key, total.opened + sign * promise.opened, total.settled + sign * promise.settled, *about
        )
        self.promises[key] = self.delta.promises[key] = (total, n + sign)
        self.of_document[promise.document].add(key)
        self.settled_keys.add(key)

    def carry(self, document: Document, events: tuple[Event, ...], sign: int) -> None:
        """Note goods to be valued."""
        going = Going(document.sort, document.id, document.day, document.time or "", events)
        if sign > 0:
            self.goings[document.id] = going
        elif document.id in self.goings:
            del self.goings[document.id]
        else:
            self.gone[document.id] = going
        for event in events:
            first = self.touched.get(event.item)
            if first is None or going.day < first:
                self.touched[event.item] = going.day
            (self.going_items[event.item].add if sign > 0 else self.going_items[event.item].discard)(document.id)

    # Rules about effects

    def adopt(self) -> None:
        """Where one of several openers of a promise was taken back, another says what it is about."""
        for key in sorted(self.orphans):
            promise, n = self.promises[key]
            if n == 0 or promise[5:] != NOBODY:
                continue
            for id in (key[1], *self.naming(key[1])):
                document = self.document(id) if id not in self.voided else None
                for other in document.effects(self.rules).promises if document else ():
                    if other[:3] == key and other[5:] != NOBODY:
                        self.promises[key] = self.delta.promises[key] = (Promise(*promise[:5], *other[5:]), n)
        self.orphans.clear()

    def check(self) -> None:
        """Check the promises and references that changed since the last check."""
        self.adopt()
        for key in sorted(self.settled_keys):
            promise, n = self.promises[key]
            if n == 0:
                self.delta.promises[key] = None
            over = promise.settled - promise.opened
            if over > 0 or self.had_conflicts or self.new:
                subject = f"{key[0]} {key[1]}/{key[2]}"
                self.replace("promise", subject, [self.over_promise(promise, over)] if over > 0 else [])
        self.settled_keys.clear()
        for id in sorted(self.recheck):
            document = self.document(id)
            if document is not None:
                wrong = list(self.references(document))
                if wrong or self.had_conflicts or self.new:
                    self.replace("reference", id, wrong)
                if document.ref is not None:
                    other = self.base.ref(kind_of(document), document.ref)
                    clash = other is not None and other != id and self.head(other) is not None
                    self.replace("ref", id, [self.same_ref(document, other)] if clash and other else [])
        self.recheck.clear()

    def replace(self, rule: str, subject: str, found: list[Conflict], since: str = "") -> None:
        """Put the conflicts of a subject in place of those it had, noting which are new or worse."""
        key = (rule, subject)
        worst = self.worst.get(key)
        if worst is None:
            worst = self.worst[key] = {}
            if self.had_conflicts and (rule == "promise" or subject not in self.fresh):
                for each in self.base.conflicts(rule, subject, since):
                    worst[each.detail] = max(worst.get(each.detail, 0), each.amount)
        if not found and not worst and key not in self.new:
            return
        self.delta.conflicts = [each for each in self.delta.conflicts if each[:2] != key]
        self.delta.cleared.append((rule, subject, since))
        self.delta.conflicts.extend(found)
        self.new[key] = [each for each in found if each.amount > worst.get(each.detail, 0)]

    def over_promise(self, promise: Promise, over: int) -> Conflict:
        line = f"{promise.document}/{promise.line}" if promise.line else promise.document
        show = amount_text if promise.kind in (fx.TO_PAY, fx.CREDIT) else lambda n, _: quantity_text(n)
        problem = Problem(
            "more-than-open",
            "{line}: {settled} done, but only {opened} {verb}; {over} too much",
            {
                "line": line, "settled": show(promise.settled, self.rules.unit), "verb": VERBS.get(promise.kind, promise.kind),
                "opened": show(promise.opened, self.rules.unit), "over": show(over, self.rules.unit),
            },
            document=promise.document,
        )  # fmt: skip
        subject = f"{promise.kind} {promise.document}/{promise.line}"
        return Conflict("promise", subject, "", promise.document, over, "", problem)

    def references(self, document: Document) -> Iterator[Conflict]:
        """What a document names must exist, be of the right kind, not voided, and not dated later."""
        id = document.id

        def conflict(code: str, template: str, path: str, /, **values: object) -> Conflict:
            problem = Problem(code, template, values, path, id)
            return Conflict("reference", id, document.day, id, 1, f"{code} {path}", problem)

        known = self.known
        for kind, code, path in coded(document, known):
            if self.master(kind, code) is None:
                yield conflict("unknown-code", "there is no {kind} {code}", path, kind=kind, code=code)
        kinds = {
            named: info.field.kinds
            for info in schema_of(type(document)).ids
            if isinstance(info.field, Id) and info.field.kinds
            for named in (getattr(document, info.attribute),)
            if named
        }
        void = getattr(document, "voids", None)
        for named in document.names:
            head = self.head(named)
            if head is None:
                self.missing.add(named)
                yield conflict("unknown-document", "there is no document {id}", named, id=named)
            elif named in kinds and head.kind not in kinds[named]:
                yield conflict(
                    "wrong-kind", "{id} is a {kind}; expected {kinds}", named,
                    id=named, kind=head.kind, kinds=" or ".join(kinds[named]),
                )  # fmt: skip
            elif named != void and head.void and id not in self.voided:
                yield conflict("voided-document", "{id} is voided by {void}", named, id=named, void=head.void)
            elif head.day > document.day and named != void:
                yield conflict(
                    "dated-before", "dated {day}, before {id} of {other}", named,
                    day=document.day, id=named, other=head.day,
                )  # fmt: skip
        if void is not None and self.voided.get(void) not in (id, None):
            yield conflict("voided-twice", "{id} is voided by {void} already", void, id=void, void=self.voided[void])

    def same_ref(self, document: Document, other: str) -> Conflict:
        problem = Problem(
            "duplicate-ref", "{other} has the reference {ref} already",
            {"other": other, "ref": document.ref}, "ref", document.id,
        )  # fmt: skip
        return Conflict("ref", document.id, document.day, document.id, 1, "", problem)

    # Goods

    def settle(self) -> None:
        """Value all goods that moved, and what that changes."""
        groups = {item: Group({item}, first) for item, first in self.touched.items()}
        for item in sorted(self.touched):
            group = groups[item]
            while group.folded is None:
                try:
                    group.folded = self.value(group)
                except Blocked as blocked:
                    group.first = min(group.first, blocked.day)
                    group.whole.add(blocked.day)
                    for other in sorted(self.sharing(group, blocked.day) - group.items):
                        group.join(groups.get(other) or Group({other}, blocked.day))
                        groups |= dict.fromkeys(group.items, group)
        for group in {id(each): each for each in groups.values()}.values():
            self.found(group)
        for going in self.gone.values():  # their money goes with them
            for move in self.base.moves_of(going.id):
                self.book(move, -1)
                self.touch_sort(move.day[:7], min(move.sort, going.key))
        self.touched.clear()
        self.goings.clear()
        self.going_items.clear()
        self.gone.clear()

    def sharing(self, group: "Group", day: str) -> set[str]:
        """The items that documents of a day move together with a group's, and theirs in turn."""
        together: dict[str, set[str]] = defaultdict(set)
        for document, item in self.base.goods_of_day(day):
            if document not in self.gone:
                together[document].add(item)
        for going in self.goings.values():
            if going.day == day:
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
                going = self.goings[id]
                goings[id] = going._replace(events=tuple(each for each in going.events if each.item in group.items))
        if len(group.items) > 1:
            for id, going in goings.items():
                goings[id] = going._replace(events=tuple(sorted(going.events, key=lambda event: event.line)))
        fold = Fold(self.rules.valuation(), states, lambda line, item: self.base.source(line, since[item]))
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
                self.touch_sort(move.day[:7], min(move.sort, sort))
        for item in sorted(group.items):
            first = since[item] + "~" if since[item] else ""
            short = [self.short(each) for each in fold.shortages if each.item == item]
            self.replace("stock", item, short, first)
            back = [self.over_return(goings[id], item, line) for id, line, of in fold.over_returned if of == item]
            self.replace("return", item, back, first)
            worthless = [self.worthless(goings[id], item) for id, of in fold.worthless if of == item]
            self.replace("revalue", item, worthless, first)

    def touch_sort(self, month: str, sort: str) -> None:
        first = self.delta.months.get(month)
        if first is None or sort < first:
            self.delta.months[month] = sort

    def book(self, move: StoredMove, sign: int) -> None:
        """Count the money of a move of goods in the balances, or out."""
        event, month, balances = move.event, move.day[:7], self.delta.balances
        if isinstance(event, Move):
            into = event.target not in fx.VIRTUAL
            value = move.value if into else -move.value
            moving = not (into and event.origin not in fx.VIRTUAL)  # else the account's total stays
        else:
            value, moving = move.value, bool(move.text)
        inventory = self.rules.inventory(event.item)
        for account, amount in ((inventory, value), (move.account, -value)) if moving else ():
            balance = balances[account, month]
            balance[0] += sign * amount
            balance[1] += sign
        for account, amount in move.cover:
            for each, part in ((inventory, -amount), (account, amount)):
                balance = balances[each, month]
                balance[0] += sign * part
                balance[1] += sign

    def short(self, shortage: Any) -> Conflict:
        problem = Problem(
            "stock-below-zero",
            "stock of {item} in {place} falls to {qty} on {day}",
            {
                "item": shortage.item, "place": shortage.place, "day": shortage.day,
                "qty": quantity_text(-shortage.qty),
            },
            document=shortage.document,
        )  # fmt: skip
        return Conflict(
            "stock", shortage.item, shortage.day + "~", shortage.document, shortage.qty, shortage.place, problem
        )

    def over_return(self, going: Going, item: str, line: str) -> Conflict:
        problem = Problem(
            "returned-too-much", "more of {item} comes back than left with {line}",
            {"item": item, "line": line}, document=going.id,
        )  # fmt: skip
        return Conflict("return", item, going.day + "~", going.id, 1, line, problem)

    def worthless(self, going: Going, item: str) -> Conflict:
        problem = Problem(
            "value-below-zero", "{item}: there is nothing on the shelf whose value could change by this much",
            {"item": item}, document=going.id,
        )  # fmt: skip
        return Conflict("revalue", item, going.day + "~", going.id, 1, going.id, problem)

    def take(self) -> Delta:
        """The changes so far; what was remembered to save questions is forgotten, as the base knows it now."""
        self.check()
        delta, self.delta = self.delta, Delta()
        for memory in (
            self.documents, self.heads, self.fresh, self.promises, self.by_origin, self.by_party,
            self.of_document, self.named_by, self.unnamed, self.refs,
        ):  # fmt: skip
            memory.clear()
        return delta


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


@cache
def kind_in(module: str) -> str:
    return module.rpartition(".")[2]


def kind_of(record: Document | Master) -> str:
    """The kind of a record: the name of the file that its class is in."""
    return kind_in(record.__module__)


def title_of(document: Document) -> str:
    """How the journal calls a document; the same in every language, so that the bytes are."""
    return kind_of(document).replace("_", " ").capitalize()


def compile_changes(
    removed: Iterable[Document], added: Iterable[Document], base: CompiledBase, rules: Rules, today: date
) -> tuple[Delta, list[Conflict]]:
    """Documents that went and came, in one step: the changes to the books, and the conflicts that are new."""
    compilation = Compilation(base, rules, today)
    for document in removed:
        compilation.remove(document)
    for document in added:
        compilation.add(document)
    compilation.settle()
    delta = compilation.take()
    return delta, compilation.added


