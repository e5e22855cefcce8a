"""Goods go from one warehouse to another, at cost."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.items.lots import OfLots
from bizcli.domains.stock.lots import as_they_left, leaving
from bizcli.domains.stock.transit import check_sources, received, taken, transfer_of
from bizcli.domains.tax.lines import ItemLine, check_lines, in_units, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class TransferLine(ItemLine, OfLots):
    """What goes from one to the other."""


@record
class StockTransfer(Document):
    """Goods go from one warehouse to another, at cost.

    At once; or they are under way (`in_transit`), on a shelf of their own, until transfers that name this one
    bring what arrives to its place at the cost that it left with.
    """

    folder = "transfers"
    group = "stock"
    prefix = "ST"
    rank = 2

    from_: Annotated[str, Code("warehouse"), "the warehouse that they leave"] = filled()
    to: Annotated[str, Code("warehouse"), "the warehouse that they reach"] = filled()
    in_transit: Annotated[fields.Flag, "they are under way until another transfer receives them"] | None = None
    expected: Annotated[fields.Day, "when they should arrive"] | None = None
    transfer: (
        Annotated[str, Id("stock_transfer"), "the one that arrives; all that is under way without lines"] | None
    ) = None
    lines: tuple[TransferLine, ...] = ()

    def complete(self, view: View) -> "StockTransfer":
        if self.transfer is not None:
            return self.arrived(view, transfer_of(view, self.transfer))
        lines, found = in_units(self.lines, view)
        for n, line in enumerate(lines):
            item = view.master("item", line.item)
            if item is not None and not item.stocked:  # type: ignore[attr-defined]
                found.append(item.without_stock(f"lines[{n}].item"))  # type: ignore[attr-defined]
        if found:
            raise Refused(found)
        numbers = numbered(lines)
        return replaced(self, lines=leaving(numbers, view, self.date, lambda line: line.warehouse or self.from_))

    def arrived(self, view: View, sent: "StockTransfer") -> "StockTransfer":
        """The receipt of goods that were sent, at their target or another warehouse; they may also come back."""
        if self.from_ not in (None, sent.from_):
            values = {"id": sent.id, "code": sent.from_}
            raise Refused([Problem("other-warehouse", "{id} left from {code}", values, "from")])
        whole = TransferLine(item="")
        lines = numbered(taken(view, sent.id, self.lines, whole))
        lines = as_they_left(lines, view, lambda line: line.from_)
        return replaced(self, from_=sent.from_, to=self.to or sent.to, lines=lines)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if self.transfer is not None:
            yield from check_sources(self.lines, self.transfer)
            if self.in_transit:
                template = "what arrives is not under way any more: leave in_transit out"
                yield Problem("wrong-value", template, path="in_transit")
        elif self.from_ == self.to:
            yield Problem(
                "same-place", "goods stay where they are: from and to are both {code}", {"code": self.to}, "to"
            )

    def effects(self, rules: Rules) -> Effects:
        if self.transfer is not None:
            origin = fx.under_way(self.transfer)
            moves = [
                Move(each.line, each.item, each.stock_qty, origin, each.warehouse or self.to) for each in self.lines
            ]
            return Effects(tuple(moves), promises=tuple(received(each) for each in self.lines))
        target = fx.under_way(self.id) if self.in_transit else self.to
        moves = [
            Move(each.line, each.item, each.stock_qty, each.warehouse or self.from_, target) for each in self.lines
        ]
        due = (self.expected or self.date).isoformat()
        promises = [
            Promise(fx.TO_RECEIVE, self.id, each.line, each.stock_qty, 0, None, each.item, self.to, due)
            for each in self.lines
            if self.in_transit
        ]
        return Effects(tuple(moves), promises=tuple(promises))
