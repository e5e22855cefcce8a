"""The compiler: documents in, changes to the books out.

Recording, hand edits, merges and cold builds all come through here. A `Compilation` takes documents
that are added and removed, works out their effects against what the book already holds (its `Base`),
values the goods, checks the rules about effects, and yields a `Delta`: rows for the index and text
for the journal. The same documents give the same books, in whatever order they are entered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from bizcli.kernel.conflicts import Conflicts, not_for_sale, over_promise, same_paper, same_ref
from bizcli.kernel.delta import CompiledBase, Conflict, Delta, Key, Row
from bizcli.kernel.effects import COUPON, NOTHING, Effects, Posting, Promise
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Id
from bizcli.kernel.goods import Goods
from bizcli.kernel.lots import Lots, Standing
from bizcli.kernel.money import MICRO, amount_text, minor_unit
from bizcli.kernel.records import Document, Master, lines_of, path_naming, schema_of
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import Head, open_qty, unknown_masters

NOBODY = (None, None, None, None, None)


class Compilation:
    """One run of the compiler; also the `View` of the documents that are being completed."""

    def __init__(self, base: CompiledBase, rules: Rules, today: date, user: str | None = None) -> None:
        self.base, self.rules, self.today, self.user = base, rules, today, user
        self.delta = Delta()
        self.conflicts = Conflicts(base)
        self.goods = Goods(base, rules, self.conflicts)
        self.lots = Lots(base, rules, self.conflicts)
        self.documents: dict[str, Document | None] = {}
        self.heads: dict[str, Head | None] = {}
        self.voided = dict(base.voids())
        self.missing = set(base.missing_ids())
        self.fresh: set[str] = set()  # documents that the base does not know
        self.promises: dict[Key, tuple[Promise, int]] = {}
        self.by_origin: dict[str, set[Key]] = defaultdict(set)
        self.by_party: dict[str, set[Key]] = defaultdict(set)
        self.of_document: dict[str, set[Key]] = defaultdict(set)
        self.settled_keys: set[Key] = set()
        self.named_by: dict[str, set[str]] = defaultdict(set)
        self.unnamed: set[tuple[str, str]] = set()
        self.refs: dict[tuple[str, str], set[str]] = {}
        self.papers: dict[tuple[str, str], set[str]] = {}
        self.numbers: dict[str, int] = {}
        self.known: dict[tuple[str, str], Master | None] = {}
        self.kept: dict[str, bool] = {}
        self.rejects: frozenset[str] | None = None
        self.recheck: set[str] = set()

    @property
    def added(self) -> list[Conflict]:
        """The conflicts that are new, or worse than they were."""
        return self.conflicts.added

    # What the documents may ask (View)

    def master(self, kind: str, code: str) -> Master | None:
        key = (kind, code)
        if key not in self.known:
            self.known[key] = self.base.master(kind, code)
        return self.known[key]

    def codes(self, kind: str) -> list[str]:
        new = {code for (of, code), found in self.known.items() if of == kind and found is not None}
        return sorted(new.union(self.base.codes(kind)))

    def keeps(self, kind: str) -> bool:
        if kind not in self.kept:
            known = any(of == kind and found is not None for (of, _), found in self.known.items())
            self.kept[kind] = known or self.base.keeps(kind)
        return self.kept[kind]

    def matching(self, kind: str, keys: Sequence[str], day: str) -> list[Master]:
        return self.base.matching(kind, keys, day) if self.keeps(kind) else []

    def on_shelves(self, item: str) -> tuple[int, int]:
        return self.base.on_shelves(item)

    @property
    def reject_places(self) -> frozenset[str]:
        if self.rejects is None:
            warehouses = [self.master("warehouse", code) for code in self.codes("warehouse")]
            named = [getattr(each, "reject_warehouse", None) for each in (self.rules.settings, *warehouses)]
            self.rejects = frozenset(filter(None, named))
        return self.rejects

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

    def has_moved(self, item: str) -> bool:
        return bool(self.goods.going_items.get(item)) or self.base.has_moved(item)

    def sold_with(self, lot: str, item: str | None) -> tuple[str, str, str] | None:
        return self.base.sold_with(lot, item)

    def lots_in(self, item: str, place: str, day: str) -> list[Standing]:
        return self.lots.standing(item, place, day)

    def lying(self, line: str, item: str, place: str) -> int:
        return self.goods.lying(line, item, place)

    def expiry_of(self, item: str, lot: str, day: str) -> str | None:
        return self.lots.expiry(item, lot, day)

    def ref(self, kind: str, ref: str) -> str | None:
        holders = self.holders(kind, ref)
        return min((id for id in holders if id not in self.voided), default=min(holders, default=None))

    def holders(self, kind: str, ref: str) -> set[str]:
        """The documents of a kind that have an outside reference; there should be one."""
        found = self.refs.get((kind, ref))
        if found is None:
            found = self.refs[kind, ref] = set(self.base.refs(kind, ref))
        return found

    def same_paper(self, document: Document) -> set[str]:
        """The documents of a kind that bear the number of another's paper, as this one does; they are looked at."""
        assert document.paper is not None
        key = (kind_of(document), document.paper)
        found = self.papers.get(key)
        if found is None:
            found = self.papers[key] = set(self.base.papers(*key))
        return found

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

    def amendments(self, id: str) -> list[Document]:
        """The documents that amend another and are not voided, in the order of the books."""
        found = [self.document(other) for other in self.naming(id) if other not in self.voided]
        return sorted((each for each in found if each is not None and each.amends == id), key=lambda each: each.sort)

    def effects_of(self, document: Document) -> Effects:
        """What a document does, as others have amended it."""
        amendments = self.amendments(document.id) if document.amendable else []
        return document.effects_after(amendments, self.rules) if amendments else document.effects(self.rules)

    # Adding and removing

    def put_master(self, master: Master) -> None:
        """Add a master that the base does not have."""
        self.know(master)
        self.delta.masters.append(master)

    def know(self, master: Master) -> None:
        """A master that the base has been given."""
        self.known[kind_of(master), master.code] = master
        self.kept.clear()
        self.rejects = None
        if kind_of(master) == "coupon":  # how often it may be used may have changed
            for promise in self.base.promises_of(master.code):
                key = (promise.kind, promise.document, promise.line)
                self.promises[key] = self.promise(key) or (promise, 1)
                self.settled_keys.add(key)

    def add(self, document: Document, found: Effects | None = None) -> None:
        """Enter a complete document; its effects may have been worked out before."""
        id = document.id
        known = self.head(id)
        if known is None and id not in self.missing:
            self.fresh.add(id)
        amended = self.withdrawn(document.amends)
        self.documents[id] = document
        self.heads[id] = Head(kind_of(document), document.day, None, document.party)
        for other in document.names:
            self.named_by[other].add(id)
            self.unnamed.discard((id, other))
        if document.ref is not None:
            self.holders(kind_of(document), document.ref).add(id)
        if document.paper is not None:
            self.same_paper(document).add(id)
        prefix, _, number = id.rpartition("-")
        self.numbers[prefix] = max(self.last_number(prefix), int(number))
        self.recheck.add(id)
        if id in self.missing:
            self.recheck.update(self.naming(id))
            self.missing.discard(id)
        target = document.voids
        if target is not None:
            self.void(target, id)
        self.enter(document, None if document.amendable and self.amendments(id) else found)
        if amended is not None:
            self.enter(amended)

    def remove(self, document: Document) -> None:
        """Take a document out again, as the base knows it."""
        id = document.id
        if id not in self.voided:
            self.apply(document, self.effects_of(document), -1)
        else:
            self.delta.touch(document.day[:7], document.sort)
        amended = self.withdrawn(document.amends)
        self.delta.removed.append(id)
        self.forget_row(id)
        self.documents[id] = None
        self.heads[id] = None
        for other in document.names:
            self.named_by[other].discard(id)
            self.unnamed.add((id, other))
        if document.ref is not None:
            self.holders(kind_of(document), document.ref).discard(id)
        if document.paper is not None:
            self.same_paper(document).discard(id)
        self.recheck.discard(id)
        for rule in ("reference", "ref", "paper", "rejects"):
            self.delta.cleared.append((rule, id, ""))
        self.recheck.update(other for other in self.naming(id) if self.head(other))
        if any(self.head(other) for other in self.naming(id)):
            self.missing.add(id)
        target = document.voids
        if target is not None and self.voided.get(target) == id:
            self.unvoid(target, id)
        if amended is not None:
            self.enter(amended)

    def withdrawn(self, id: str | None) -> Document | None:
        """A document that is about to be amended otherwise, taken back for the moment; None when it does nothing."""
        known = self.document(id) if id is not None and id not in self.voided else None
        if known is not None:
            self.withdraw(known)
        return known

    def forget_row(self, id: str) -> None:
        self.delta.rows.pop(id, None)
        self.delta.entries.pop(id, None)

    def void(self, target: str, void: str) -> None:
        """A void makes its document do nothing."""
        self.look_at_numbers(target)
        if target in self.voided:
            if void < self.voided[target]:
                self.voided[target] = void
                self.enter_again(target)
        else:
            known = self.document(target)
            amended = self.withdrawn(known.amends) if known is not None else None
            if known is not None:
                self.withdraw(known)
            self.voided[target] = void
            for each in (known, amended):
                if each is not None:
                    self.enter(each)
        self.recheck.update(other for other in (target, *self.naming(target)) if other != void and self.head(other))

    def look_at_numbers(self, id: str) -> None:
        """Whether a document counts decides whether another may have its number, or its outside reference."""
        known = self.document(id)
        if known is not None and known.paper is not None:
            self.same_paper(known)
        if known is not None and known.ref is not None:
            self.holders(kind_of(known), known.ref)

    def unvoid(self, target: str, void: str) -> None:
        self.look_at_numbers(target)
        known = self.document(target)
        if known is not None:
            self.forget_rows(known)
        others = [each for each in self.naming(target) if each.startswith("VD") and each != void]
        amended = self.withdrawn(known.amends) if known is not None and not others else None
        if others:
            self.voided[target] = others[0]
        else:
            del self.voided[target]
        if amended is not None:
            self.enter(amended)
        if known is not None:
            self.enter(known)
        self.recheck.update(other for other in (target, *self.naming(target)) if other != void and self.head(other))

    def enter_again(self, id: str) -> None:
        """A voided document says which void it is that counts."""
        known = self.document(id)
        if known is not None:
            self.forget_rows(known)
            self.enter(known)

    def forget_rows(self, document: Document) -> None:
        self.delta.removed.append(document.id)
        self.forget_row(document.id)
        self.delta.touch(document.day[:7], document.sort)

    def withdraw(self, document: Document) -> None:
        """Take back what a document does; the document stays."""
        self.apply(document, self.effects_of(document), -1)
        self.delta.removed.append(document.id)
        self.forget_row(document.id)

    def enter(self, document: Document, found: Effects | None = None) -> None:
        """Let a document that is not voided do what it does."""
        void = self.voided.get(document.id)
        if found is None:
            found = self.effects_of(document)
        sort = document.sort
        if void is None:
            self.apply(document, found, 1)
        else:
            found = NOTHING._replace(net=found.net, tax=found.tax, gross=found.gross, paper=found.paper)
        if self.reject_places or self.conflicts.had or self.conflicts.new:
            self.look_for_rejects(document, found)
        self.delta.rows[document.id] = Row(document, sort, found, void)
        if void is not None or found.moves or found.postings:
            links = " ".join(f"^{id}" for id in (*document.names, *((void,) if void else ())))
            head = (
                f'{document.day} * "{title_of(document)}" ^{document.id}{" " if links else ""}{links}\n'
                f'  doc: "{document.id}"\n'
            )
            if void:
                head += f'  void: "{void}"\n'
            entry = (document.id, document.day[:7], sort, head, self.money_text(found.postings))
            self.delta.entries[document.id] = entry
            self.delta.touch(document.day[:7], sort)

    def look_for_rejects(self, document: Document, found: Effects) -> None:
        """Goods that we did not accept are not sold."""
        places = self.reject_places if found.moves or found.promises else frozenset()
        wrong = not_for_sale(document, found, places) if places else []
        self.conflicts.replace(self.delta, "rejects", document.id, wrong)

    def money_text(self, postings: tuple[Posting, ...]) -> str:
        unit, currency = self.rules.unit, self.rules.currency
        text = ""
        for account, amount, party, open_item, due, item, _, _, foreign in postings:
            said = f"{amount_text(amount, unit)} {currency}"
            if foreign is not None:
                other, units = foreign
                said = f"{amount_text(units, minor_unit(other))} {other} @@ {amount_text(abs(amount), unit)} {currency}"
            text += f"  {account}{':' + party if party else ''}  {said}\n"
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
            self.goods.carry(document, found.moves, sign)
            self.lots.carry(document, found.moves, sign)
        if sign < 0:
            self.delta.touch(document.day[:7], document.sort)

    def count(self, promise: Promise, sign: int) -> None:
        """Add one effect to the sums of a promise, or take it out."""
        key = promise[:3]
        if sign > 0:
            if promise.party:
                self.by_party[promise.party].add(key)
            if promise.origin:
                self.by_origin[promise.origin.partition("/")[0]].add(key)
        found = self.promise(key)
        if found is None and sign > 0:
            total, n = promise, 1
        else:
            before, n = found or (Promise(*key), 0)
            about = promise[5:]
            if about == NOBODY:
                about = before[5:]
            elif sign < 0:  # who opened it said what it is about
                about = NOBODY
            opened, settled = before.opened + sign * promise.opened, before.settled + sign * promise.settled
            total, n = Promise(*key, opened, settled, *about), n + sign
        self.promises[key] = self.delta.promises[key] = (total, n)
        self.of_document[promise.document].add(key)
        self.settled_keys.add(key)

    # Rules about effects

    def check(self) -> None:
        """Check the promises and references that changed since the last check."""
        for key in sorted(self.settled_keys):
            promise, n = self.promises[key]
            if n == 0:
                self.delta.promises[key] = None
            promise = self.allowed(promise)
            over = promise.settled - promise.opened
            if over > 0 or self.conflicts.had or self.conflicts.new:
                subject = f"{key[0]} {key[1]}/{key[2]}"
                self.conflicts.replace(
                    self.delta, "promise", subject, [over_promise(promise, over, self.rules.unit)] if over > 0 else []
                )
        self.settled_keys.clear()
        for id in sorted(self.recheck):
            document = self.document(id)
            if document is not None:
                wrong = list(self.references(document))
                if wrong or self.conflicts.had or self.conflicts.new:
                    self.conflicts.replace(self.delta, "reference", id, wrong)
        for _, holders in sorted(self.refs.items()):
            owner = min((id for id in holders if id not in self.voided), default="")
            for id in sorted(holders):
                document = self.document(id) if id != owner and id not in self.voided else None
                self.conflicts.replace(self.delta, "ref", id, [same_ref(document, owner)] if document else [])
        for _, holders in sorted(self.papers.items()):
            owner = min((id for id in holders if id not in self.voided), default="")
            for id in sorted(holders):
                document = self.document(id) if id != owner and id not in self.voided else None
                self.conflicts.replace(self.delta, "paper", id, [same_paper(document, owner)] if document else [])
        self.recheck.clear()

    def allowed(self, promise: Promise) -> Promise:
        """A promise with what is allowed in all: of a coupon, its own file says how often it may be used."""
        if not promise.kind.startswith(COUPON):
            return promise
        coupon = self.master("coupon", promise.document)
        most = getattr(coupon, "uses" if promise.kind == COUPON else "uses_per_customer", None)
        return promise._replace(opened=promise.settled if most is None else most * MICRO)

    def references(self, document: Document) -> Iterator[Conflict]:
        """What a document names must exist, be of the right kind, not voided, and not dated later."""
        id = document.id

        def conflict(code: str, template: str, path: str, /, **values: object) -> Conflict:
            problem = Problem(code, template, values, path, id)
            return Conflict("reference", id, document.day, id, 1, f"{code} {path}", problem)

        for kind, code, path in unknown_masters(document, self, self.known):
            yield conflict("unknown-code", "there is no {kind} {code}", path, kind=kind, code=code)
        kinds = {
            named: info.field.kinds
            for info in schema_of(type(document)).ids
            if isinstance(info.field, Id) and info.field.kinds
            for named in (getattr(document, info.attribute),)
            if named
        }
        void = document.voids
        for named in document.names:
            head = self.head(named)
            if head is None:
                self.missing.add(named)
                yield conflict("unknown-document", "there is no document {id}", path_naming(document, named), id=named)
            elif named in kinds and head.kind not in kinds[named]:
                yield conflict(
                    "wrong-kind", "{id} is a {kind}; expected {kinds}", path_naming(document, named),
                    id=named, kind=head.kind, kinds=" or ".join(kinds[named]),
                )  # fmt: skip
            elif named != void and head.void and id not in self.voided:
                template = "{document} names {id}, which {void} voids: void {document} first"
                path = path_naming(document, named)
                yield conflict("voided-document", template, path, document=id, id=named, void=head.void)
            elif head.day > document.day and named != void:
                yield conflict(
                    "dated-before", "dated {day}, before {id} of {other}", path_naming(document, named),
                    day=document.day, id=named, other=head.day,
                )  # fmt: skip
            elif head.party != document.party and self.of_another(document, named):
                yield conflict(
                    "other-party", "{id} is of {party}, and this is of {own}", path_naming(document, named),
                    id=named, party=head.party, own=document.party,
                )  # fmt: skip
        for path, line, item in self.of_another_item(document):
            yield conflict(
                "other-item", "{line} is of {item}: a line keeps the item of the line that it comes from", path,
                line=line, item=item,
            )  # fmt: skip
        if void is not None and self.voided.get(void) not in (id, None):
            yield conflict(
                "voided-twice", "{id} is voided by {void} already", "document", id=void, void=self.voided[void]
            )

    def of_another(self, document: Document, named: str) -> bool:
        """Whether a document is of a customer, and the one that it names of another one; or both of suppliers."""
        other = self.document(named)
        return any(
            None not in (own := getattr(document, role, None), their := getattr(other, role, None)) and own != their
            for role in ("customer", "supplier")
        )

    def of_another_item(self, document: Document) -> Iterator[tuple[str, str, str]]:
        """Lines that come from a line of another item: path, that line, its item."""
        items: dict[str, dict[int, str]] = {}
        for path, line in lines_of(document):
            source = line.__dict__.get("from_")
            if source is None:
                continue
            id, _, number = source.partition("/")
            if id not in items:
                items[id] = {each.line: each.item for _, each in lines_of(self.document(id)) if hasattr(each, "item")}
            item = items[id].get(int(number), line.item)
            if item != line.item:
                yield f"{path}.item", source, item

    # The end

    def settle(self) -> None:
        """Value all goods that moved, and follow their lots."""
        self.goods.settle(self.delta)
        self.lots.settle(self.delta)

    def take(self) -> Delta:
        """The changes so far; what was remembered to save questions is forgotten, as the base knows it now."""
        self.check()
        delta, self.delta = self.delta, Delta()
        for memory in (
            self.documents, self.heads, self.fresh, self.promises, self.by_origin, self.by_party,
            self.of_document, self.named_by, self.unnamed, self.refs, self.papers,
        ):  # fmt: skip
            memory.clear()
        return delta


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
