"""Lots on the lines of documents: named by people, given back as they left, or picked from what is there.

What a document says is checked and made complete here; whether it is there is the ledger's business
(`kernel.lots`). Goods for customers are picked first expired first out, of lots that have not expired.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from bizcli.domains.items.kits import part_qty
from bizcli.domains.items.lots import PartOfLot, says_lots
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.lots import SERIAL, Piece, pieces
from bizcli.kernel.money import MICRO, decimal, quantity_text
from bizcli.kernel.records import Line, lines_of, replaced
from bizcli.kernel.view import View

L = TypeVar("L", bound=Line)


class Goods(NamedTuple):
    """A tracked item on a line, or in a kit on it."""

    line: Any
    record: Any  # the line, or the kit's component
    item: Any
    qty: int
    path: str


Choose = Callable[[Goods], "list[Piece] | None"]  # None: nothing moves


def with_lots(
    lines: Iterable[L], view: View, choose: Choose, known: Callable[[Goods], None] | None = None
) -> tuple[L, ...]:
    """Complete lines whose tracked goods name their lots: as they say, else as `choose` finds.

    `known` is told of all that lines name themselves before anything is chosen. Raises `Refused`.
    """
    lines = tuple(lines)
    found: list[Problem] = []
    done: dict[tuple[int, str], Any] = {}
    waiting: list[Goods] = []
    dealt: dict[int, list[Any]] = {}
    for goods in tracked(lines, view, found):
        try:
            if not says_lots(goods.record):
                waiting.append(goods)
                continue
            record = dealt_out(goods, dealt)
            goods = goods._replace(record=named(goods._replace(record=record)))
            done[id(goods.line), goods.path] = goods.record
            if known is not None:
                known(goods)
        except Refused as refused:
            found += refused.problems
    for goods in waiting:
        try:
            chosen = choose(goods)
            if chosen is not None:
                done[id(goods.line), goods.path] = with_pieces(goods, chosen)
        except Refused as refused:
            found += refused.problems
    if found:
        raise Refused(found)
    if not done:
        return lines
    return tuple(put_back(line, f"lines[{n}]", done) for n, line in enumerate(lines))


def put_back(line: L, path: str, done: dict[tuple[int, str], Any]) -> L:
    """A line with what was found for it and its components."""
    new: L = done.get((id(line), path), line)
    parts = line.__dict__.get("components") or ()
    if parts:
        found = tuple(done.get((id(line), f"{path}.components[{m}]"), part) for m, part in enumerate(parts))
        new = replaced(new, components=found)
    return new


def tracked(lines: Iterable[Line], view: View, found: list[Problem]) -> Iterator[Goods]:
    """The goods on lines that are told apart; says where lots are named of goods that are not."""
    for n, line in enumerate(lines):
        values = line.__dict__
        for m, record in enumerate([line, *(values.get("components") or ())]):
            item: Any = view.master("item", record.__dict__["item"])
            path = f"lines[{n}].components[{m - 1}]" if m else f"lines[{n}]"
            if getattr(item, "tracking", None) is None:
                if says_lots(record) or record.__dict__.get("expiry"):
                    template = (
                        "{item} is not kept by lot: leave it out, or set `tracking: lot` of the item before it moves"
                    )
                    found.append(Problem("not-tracked", template, {"item": record.__dict__["item"]}, f"{path}.lot"))
                continue
            qty = part_qty(line, record) if m else line.stock_qty  # type: ignore[attr-defined]
            yield Goods(line, record, item, abs(qty), path)


def dealt_out(goods: Goods, dealt: dict[int, list[Any]]) -> Any:
    """A line was taken from several open ones: the lots that it names are dealt out among them in order."""
    record = goods.record
    given = record.serials or record.lots
    if not given:
        return record
    rest = dealt.setdefault(id(given), [*given])
    if record.serials:
        mine, rest[:] = rest[: goods.qty // MICRO], rest[goods.qty // MICRO :]
        return replaced(record, serials=tuple(mine))
    taken, missing = [], goods.qty
    while rest and missing > 0:
        part = min(rest[0].stock_qty, missing)
        taken.append(replaced(rest[0], qty=decimal(part)))
        missing -= part
        if part < rest[0].stock_qty:
            rest[0] = replaced(rest[0], qty=decimal(rest[0].stock_qty - part))
        else:
            del rest[0]
    return replaced(record, lots=tuple(taken))


def named(goods: Goods) -> Any:
    """A line or component that names its lots, checked. Raises `Refused`."""
    record, item, qty, path = goods.record, goods.item, goods.qty, goods.path
    values = {"item": item.code, "qty": quantity_text(qty)}
    if sum(map(bool, (record.lot, record.lots, record.serials))) > 1:
        raise Refused([Problem("wrong-usage", "say lot, lots or serials: one of the three", {}, f"{path}.lot")])
    if item.tracking == SERIAL:
        serials = record.serials or ((record.lot,) if record.lot else tuple(each.lot for each in record.lots))
        if len(set(serials)) != len(serials):
            raise Refused([Problem("same-serial", "a serial number is there twice", {}, f"{path}.serials")])
        if len(serials) * MICRO != qty:
            template = "{qty} of {item} need as many serial numbers; given: {n}"
            raise Refused([Problem("wrong-serials", template, {**values, "n": len(serials)}, f"{path}.serials")])
        return replaced(record, lot=None, lots=(), serials=serials)
    if record.serials:
        template = "{item} is kept by lot and has no serial numbers: say `lot`"
        raise Refused([Problem("wrong-usage", template, values, f"{path}.serials")])
    whole = sum(each.stock_qty for each in record.lots)
    if record.lots and whole != qty:
        template = "the lots come to {lots}, the line to {qty}"
        raise Refused([Problem("not-balanced", template, {**values, "lots": quantity_text(whole)}, f"{path}.lots")])
    return record


def with_pieces(goods: Goods, chosen: list[Piece]) -> Any:
    """A line or component of the lots that were chosen."""
    if goods.item.tracking == SERIAL:
        return replaced(goods.record, serials=tuple(each.lot for each in chosen))
    if len(chosen) == 1:
        return replaced(goods.record, lot=chosen[0].lot)
    return replaced(goods.record, lots=tuple(PartOfLot(lot=each.lot, qty=decimal(each.qty)) for each in chosen))


# Goods that come


def arriving(lines: Iterable[L], view: View, day: date) -> tuple[L, ...]:
    """Lines of goods that come in: people say of which lot they are; when it expires may follow from the item.

    A count says so too, unless nothing was there. Raises `Refused`.
    """
    return tuple(with_expiry(line, view, day) for line in with_lots(lines, view, unsaid))


def unsaid(goods: Goods) -> list[Piece] | None:
    """Nobody else knows of which lot goods are that come in. Raises `Refused`."""
    if not goods.qty:
        return None
    if goods.item.tracking == SERIAL:
        template = "{item} has serial numbers: `serials` says which these are"
        raise Refused([Problem("no-lot", template, {"item": goods.item.code}, f"{goods.path}.serials")])
    template = "of which lot is {item}? give `lot`, and `expiry` when it has one"
    raise Refused([Problem("no-lot", template, {"item": goods.item.code}, f"{goods.path}.lot")])


def with_expiry(line: L, view: View, day: date) -> L:
    """A line of a tracked item with the days on which its lots expire."""
    values = line.__dict__
    if not (values.get("lot") or values.get("lots") or values.get("serials")):
        return line
    item: Any = view.master("item", values["item"])

    def when(lot: str) -> date | None:
        known = view.expiry_of(item.code, lot, day.isoformat())
        if known is not None:
            return date.fromisoformat(known)
        return day + timedelta(days=item.shelf_life) if item.shelf_life is not None else None

    if values["lots"]:
        parts = tuple(
            replaced(each, expiry=each.expiry or values["expiry"] or when(each.lot)) for each in values["lots"]
        )
        return replaced(line, lots=parts)
    expiry = values["expiry"] or when(values["lot"] or values["serials"][0])
    return replaced(line, expiry=expiry) if expiry is not None else line


# Goods that go


class Picking:
    """Picks lots for the goods of one document: first expired first out, else first in first out."""

    def __init__(self, view: View, day: date, place: Callable[[Any], str], for_customer: bool) -> None:
        self.view, self.day, self.place, self.for_customer = view, day.isoformat(), place, for_customer
        self.taken: dict[tuple[str, str, str], int] = {}  # item, place, lot

    def take(self, goods: Goods, found: Iterable[Piece]) -> None:
        for piece in found:
            key = (goods.item.code, self.place(goods.line), piece.lot)
            self.taken[key] = self.taken.get(key, 0) + piece.qty

    def named(self, goods: Goods) -> None:
        """What people named themselves is not picked again."""
        self.take(goods, pieces(goods.record, goods.qty))

    def choose(self, goods: Goods) -> list[Piece]:
        """Raises `Refused` where there is not enough in lots that may go."""
        item, place = goods.item.code, self.place(goods.line)
        found, missing, expired = [], goods.qty, 0
        for lot, qty, expiry, _ in self.view.lots_in(item, place, self.day):
            free = qty - self.taken.get((item, place, lot), 0)
            if free <= 0:
                continue
            if self.for_customer and expiry is not None and expiry < self.day:
                expired += free
                continue
            part = min(free, missing)
            found.append(Piece(lot, part))
            missing -= part
            if not missing:
                self.take(goods, found)
                return found
        values = {
            "item": item, "place": place, "day": self.day, "qty": quantity_text(goods.qty),
            "there": quantity_text(goods.qty - missing), "expired": quantity_text(expired),
        }  # fmt: skip
        template = "{qty} of {item} asked, but {there} in {place} on {day}"
        if expired:
            template = (
                "{qty} of {item} asked, but {there} in {place} on {day}, and {expired} that have expired: "
                "name their lot and say `allow_expired: true` (--allow-expired)"
            )
        raise Refused([Problem("stock-below-zero", template, values, goods.path)])


def leaving(
    lines: Iterable[L], view: View, day: date, place: Callable[[Any], str], for_customer: bool = False
) -> tuple[L, ...]:
    """Lines of goods that leave a place, with the lots that they are of. Raises `Refused`."""
    picking = Picking(view, day, place, for_customer)
    return with_lots(lines, view, picking.choose, picking.named)


def coming_or_going(
    lines: Iterable[L], view: View, day: date, place: Callable[[Any], str], comes: Callable[[Any], bool]
) -> tuple[L, ...]:
    """Lines of which some bring goods in, and others take them. Raises `Refused`."""
    picking = Picking(view, day, place, False)

    def choose(goods: Goods) -> list[Piece] | None:
        return unsaid(goods) if comes(goods.line) or not goods.qty else picking.choose(goods)

    def known(goods: Goods) -> None:
        if not comes(goods.line):
            picking.named(goods)

    done = with_lots(lines, view, choose, known)
    return tuple(with_expiry(line, view, day) if comes(line) else line for line in done)


# Goods that come back, or arrive from under way


def as_they_left(lines: Iterable[L], view: View, source: Callable[[Any], str | None]) -> tuple[L, ...]:
    """Lines of goods that left before: of the lots that they left with, less what others brought back of them.

    `source` says which line they left with, of a line or of a component; None when nothing moves.
    """
    left: dict[str, list[Piece]] = {}

    def of(goods: Goods) -> list[Piece] | None:
        line_id = source(goods.record)
        if line_id is None:
            return None
        if line_id not in left:
            left[line_id] = still_out(view, line_id)
        return left[line_id]

    def known(goods: Goods) -> None:
        there = of(goods)
        if there is None:
            return
        for piece in pieces(goods.record, goods.qty):
            out = sum(each.qty for each in there if each.lot == piece.lot)
            if piece.qty > out:
                values = {
                    "item": goods.item.code, "lot": piece.lot, "line": source(goods.record),
                    "lots": ", ".join(each.lot for each in there[:8]) or "-",
                }  # fmt: skip
                template = "not so many of {lot} of {item} are still out with {line}, but of {lots}"
                raise Refused([Problem("other-lot", template, values, f"{goods.path}.lot")])
            there[:] = less(there, piece)

    def choose(goods: Goods) -> list[Piece] | None:
        there = of(goods)
        if there is None:
            return None
        found, missing = [], goods.qty
        for piece in there:
            part = min(piece.qty, missing)
            if part:
                found.append(Piece(piece.lot, part))
                missing -= part
        if missing:
            return unsaid(goods)
        for piece in found:
            there[:] = less(there, piece)
        return found

    return with_lots(lines, view, choose, known)


def less(there: list[Piece], piece: Piece) -> list[Piece]:
    """What is left of some lots when so many of one of them are taken."""
    left, missing = [], piece.qty
    for each in there:
        part = min(each.qty, missing) if each.lot == piece.lot else 0
        missing -= part
        if each.qty > part:
            left.append(each._replace(qty=each.qty - part))
    return left


def still_out(view: View, line_id: str) -> list[Piece]:
    """The lots that left with a line, less what later documents brought back of them."""
    id, _, number = line_id.partition("/")
    there: list[Piece] = []
    for qty, record in goods_lines(view.document(id)):
        if record.line == int(number):
            there = [each._replace(expiry=None) for each in pieces(record, qty)]
    for other in view.naming(id):
        head = view.head(other)
        if head is None or head.void is not None:
            continue
        for qty, record in goods_lines(view.document(other)):
            values = record.__dict__
            if line_id in (values.get("delivery"), values.get("from_")):
                for piece in pieces(record, qty) if "serials" in values else ():
                    there = less(there, piece)
    return there


def goods_lines(document: Any) -> Iterator[tuple[int, Any]]:
    """The lines of a document and the components of its kits, each with how many of its item go with it."""
    whole: Any = None
    for path, record in lines_of(document):
        if "components[" in path:
            yield part_qty(whole, record), record
        else:
            whole = record
            if hasattr(record, "stock_qty") and getattr(record, "item", None) is not None:
                yield abs(record.stock_qty), record
