"""After recording, a quote changes only by a dated document: the customer declines it, or it holds for longer."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.orders.open_lines import find
from bizcli.domains.sales.quote import Quote, check_holds
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import NOTHING, Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.money import decimal
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class QuoteChangeLine(Line):
    """A line of a quote that is declined, with what of it was ordered before."""

    item: Annotated[str, Code("item")] = filled()
    qty: Annotated[Decimal, fields.NumberField(), "that stays ordered, in the item's own unit"] = filled()


@record
class QuoteChange(Document):
    """After recording, a quote changes only by a dated document: the customer declines it, or it holds for longer."""

    folder = "quote_changes"
    group = "quote"
    prefix = "QC"
    rank = 0

    quote: Annotated[str, Id("quote")]
    action: Annotated[str, OneOf("decline", "extend")]
    valid_until: Annotated[fields.Day, "the last day on which it holds"] | None = None
    reason: fields.Text | None = None
    lines: tuple[QuoteChangeLine, ...] = ()

    @property
    def amends(self) -> str:
        return self.quote

    def complete(self, view: View) -> "QuoteChange":
        quote = find(view, self.quote, "quote", Quote)
        assert isinstance(quote, Quote)
        changes = view.amendments(quote.id)
        check_holds(quote, changes)
        if self.action == "extend":
            return replaced(self, lines=())
        ordered = {
            line.line: promise[0].settled if (promise := view.promise((fx.TO_ORDER, quote.id, line.line))) else 0
            for line in quote.lines
        }
        if all(ordered[line.line] >= line.stock_qty for line in quote.lines):
            raise Refused([Problem("wrong-state", "all of {id} is ordered", {"id": quote.id}, "quote")])
        lines = tuple(
            QuoteChangeLine(line=line.line, item=line.item, qty=decimal(ordered[line.line])) for line in quote.lines
        )
        return replaced(self, lines=lines)

    def problems(self) -> Iterator[Problem]:
        if self.action == "extend" and self.valid_until is None:
            yield Problem("missing-key", "say until when it holds: `valid_until`", {}, "valid_until")
        if self.action == "decline" and self.valid_until is not None:
            yield Problem("wrong-value", "what is declined holds no longer", {}, "valid_until")
        if self.valid_until is not None and self.valid_until < self.date:
            values = {"until": self.valid_until.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{until} is before the day of the change, {day}", values, "valid_until")

    def effects(self, rules: Rules) -> Effects:
        return NOTHING
