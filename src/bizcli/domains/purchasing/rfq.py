"""We ask suppliers for their prices, until a day; each answers with a quotation of its own."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.items.units import part_of
from bizcli.domains.orders.open_lines import draw, find
from bizcli.domains.purchasing.purchase_request import PurchaseRequest
from bizcli.domains.purchasing.request_change import check_approved
from bizcli.domains.purchasing.wanted import to_be_bought
from bizcli.domains.stock.places import default_warehouse
from bizcli.domains.tax.lines import DIMENSIONS, ItemLine, check_lines, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import NOTHING, Effects
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, Id, ListField
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class RfqLine(ItemLine):
    """What suppliers are asked for."""

    item: Annotated[str, Code("item")] = filled()


@record
class Rfq(Document):
    """We ask suppliers for their prices, until a day; each answers with a quotation of its own."""

    folder = "rfqs"
    group = "rfq"
    prefix = "RF"
    rank = 0

    request: (
        Annotated[str, Id("purchase_request"), "all that is to be ordered of it when no lines are given"] | None
    ) = None
    suppliers: Annotated[tuple[str, ...], ListField(Code("supplier")), "who is asked"] = filled()
    warehouse: Annotated[str, Code("warehouse"), "where it is needed"] | None = None
    needed: Annotated[fields.Day, "the day by which it is needed"] | None = None
    until: Annotated[fields.Day, "the last day for an answer"] | None = None
    text: Annotated[fields.Text, "what the paper says besides"] | None = None
    lines: tuple[RfqLine, ...] = ()

    def complete(self, view: View) -> "Rfq":
        source = self.request or next((line.from_ for line in self.lines if line.from_), None)
        done = self if source is None else self.requested(view, source.partition("/")[0])
        lines = numbered(to_be_bought(done.lines, view))
        warehouse = done.warehouse
        if warehouse is not None or any(view.rules.item(line.item).type != "service" for line in lines):
            warehouse = default_warehouse(view, warehouse)
        return replaced(done, warehouse=warehouse, lines=lines)

    def requested(self, view: View, id: str) -> "Rfq":
        """With what a request needs: all that is open of it, or the lines given. Raises `Refused`."""
        request = find(view, id, "request", PurchaseRequest)
        assert isinstance(request, PurchaseRequest)
        check_approved(view, request)
        needed = {line.line: line for line in request.lines}
        lines = []
        for drawn in draw(self.lines, view.open_of(fx.TO_BUY, request.id), "to order", request.id, view):
            given, own = drawn.wanted or RfqLine(), needed[drawn.promise.line]
            lines.append(
                replaced(
                    given,
                    line=None,
                    from_=drawn.line_id,
                    item=own.item,
                    **part_of(given if given.qty is not None else own, drawn.qty)._asdict(),
                    text=given.text or own.text,
                    warehouse=given.warehouse or own.warehouse,
                    **{name: getattr(given, name) or getattr(own, name) for name in DIMENSIONS},
                )
            )
        return replaced(
            self,
            request=request.id,
            lines=tuple(lines),
            **{name: getattr(self, name) or getattr(request, name) for name in ("warehouse", "needed", *DIMENSIONS)},
        )

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if line.qty is None:
                yield Problem("missing-key", "{key} is missing", {"key": "qty"}, f"lines[{n}]")
        if len({*self.suppliers}) < len(self.suppliers):
            yield Problem("same-supplier", "a supplier is asked once", {}, "suppliers")
        if self.until is not None and self.until < self.date:
            values = {"until": self.until.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{until} is before the day of the request, {day}", values, "until")

    def effects(self, rules: Rules) -> Effects:
        return NOTHING
