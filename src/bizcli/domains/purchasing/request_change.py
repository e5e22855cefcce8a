"""A purchase request is approved or rejected, by a dated document."""

from decimal import Decimal
from typing import Annotated

from bizcli.domains.orders.open_lines import find
from bizcli.domains.purchasing.purchase_request import PurchaseRequest
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import NOTHING, Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.money import decimal
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

SAID = {"approve": "approved", "reject": "rejected"}


@record
class RequestChangeLine(Line):
    """A line of a request that is rejected, with what of it was ordered before."""

    item: Annotated[str, Code("item")] = filled()
    qty: Annotated[Decimal, fields.NumberField(), "that stays ordered, in the item's own unit"] = filled()


@record
class RequestChange(Document):
    """A purchase request is approved or rejected, by a dated document."""

    folder = "request_changes"
    group = "request"
    prefix = "RC"
    rank = 0

    request: Annotated[str, Id("purchase_request")]
    action: Annotated[str, OneOf("approve", "reject")]
    reason: fields.Text | None = None
    lines: tuple[RequestChangeLine, ...] = ()

    @property
    def amends(self) -> str:
        return self.request

    @property
    def verb(self) -> str:
        return SAID[self.action]

    def complete(self, view: View) -> "RequestChange":
        request = find(view, self.request, "request", PurchaseRequest)
        assert isinstance(request, PurchaseRequest)
        actions = said(view.amendments(request.id))
        if "reject" in actions or self.action in actions:
            template = "{id} is {word} already"
            values = {"id": request.id, "word": SAID["reject" if "reject" in actions else self.action]}
            raise Refused([Problem("wrong-state", template, values, "request")])
        if self.action == "approve":
            return replaced(self, lines=())
        ordered = {
            line.line: promise[0].settled if (promise := view.promise((fx.TO_BUY, request.id, line.line))) else 0
            for line in request.lines
        }
        if all(ordered[line.line] >= line.stock_qty for line in request.lines):
            raise Refused([Problem("wrong-state", "all of {id} is ordered", {"id": request.id}, "request")])
        lines = tuple(
            RequestChangeLine(line=line.line, item=line.item, qty=decimal(ordered[line.line])) for line in request.lines
        )
        return replaced(self, lines=lines)

    def effects(self, rules: Rules) -> Effects:
        return NOTHING


def said(changes: list[Document]) -> set[str]:
    """What was decided of a request."""
    return {each.action for each in changes if isinstance(each, RequestChange)}


def check_approved(view: View, request: PurchaseRequest) -> None:
    """Raises `Refused` for a request that is not approved."""
    actions = said(view.amendments(request.id))
    values = {"id": request.id}
    if "reject" in actions:
        raise Refused([Problem("wrong-state", "{id} is rejected: make a new request", values, "request")])
    if "approve" not in actions:
        template = "{id} is not approved yet: `bizcli request approve {id}`"
        raise Refused([Problem("wrong-state", template, values, "request")])
