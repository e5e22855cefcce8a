"""Goods that have left one warehouse and not reached the other."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from bizcli.domains.items.units import part_of
from bizcli.domains.tax.lines import ItemLine, in_units
from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import quantity_text
from bizcli.kernel.records import replaced
from bizcli.kernel.view import View, open_qty

if TYPE_CHECKING:
    from bizcli.domains.stock.stock_transfer import StockTransfer

L = TypeVar("L", bound=ItemLine)


def transfer_of(view: View, id: str) -> "StockTransfer":
    """The transfer whose goods arrive, or were lost. Raises `Refused` where it has none under way."""
    from bizcli.domains.stock.stock_transfer import StockTransfer

    head = view.head(id)
    found = view.document(id) if head else None
    values: dict[str, object] = {"id": id}
    template = ""
    if head is None or found is None:
        template = "there is no document {id}"
    elif head.void:
        template, values["void"] = "{id} is voided by {void}", head.void
    elif not isinstance(found, StockTransfer):
        template = "{id} is a {kind}; expected {kinds}"
        values |= {"kind": head.kind, "kinds": "stock_transfer"}
    elif not found.in_transit:
        template = "the goods of {id} arrived when they left: nothing of it is in transit"
    if template:
        raise Refused([Problem("not-in-transit", template, values, "transfer")])
    assert isinstance(found, StockTransfer)
    return found


def taken(view: View, transfer: str, lines: Iterable[L], whole: L) -> list[L]:
    """Lines as what of a transfer they take, by its lines; all that is under way, each as `whole`, when there are none.

    Raises `Refused` where there is not so much.
    """
    under_way = view.open_of(fx.TO_RECEIVE, transfer)
    if not under_way:
        template = "nothing of {id} is in transit any more"
        raise Refused([Problem("nothing-open", template, {"id": transfer}, "transfer")])
    left = {each.line: open_qty(each) for each in under_way}
    lines, found = in_units(lines, view)
    if not lines:
        return [of_line(whole, each, left[each.line]) for each in under_way]
    if found:
        raise Refused(found)
    done = []
    for n, line in enumerate(lines):
        sources = [
            each for each in under_way if line.from_ in (None, f"{transfer}/{each.line}") and each.item == line.item
        ]
        there = sum(left[each.line] for each in sources)
        wanted = abs(line.stock_qty) if line.qty is not None else there
        if wanted > there or not there:
            values = {"item": line.item, "id": transfer, "asked": quantity_text(wanted), "open": quantity_text(there)}
            template = "{asked} of {item} asked, but {open} of {id} is in transit"
            found.append(Problem("more-than-open", template, values, f"lines[{n}].qty"))
        for each in sources:
            part = min(wanted, left[each.line])
            if part > 0:
                done.append(of_line(line, each, part))
                left[each.line] -= part
                wanted -= part
    if found:
        raise Refused(found)
    return done


def of_line(line: L, source: Promise, qty: int) -> L:
    """A line that takes a quantity of a line of the transfer."""
    measure = part_of(line, qty)
    return replaced(
        line, line=None, from_=f"{source.document}/{source.line}", item=source.item,
        qty=measure.qty, unit=measure.unit, factor=measure.factor,
    )  # fmt: skip


def received(line: ItemLine) -> Promise:
    """That so much of the line that it comes from is not under way any more."""
    assert line.from_ is not None
    transfer, _, number = line.from_.partition("/")
    return Promise(fx.TO_RECEIVE, transfer, int(number), 0, abs(line.stock_qty))


def check_sources(lines: Iterable[ItemLine], transfer: str) -> Iterable[Problem]:
    """Each line goes back to a line of the transfer."""
    for n, line in enumerate(lines):
        if line.from_ is None or line.from_.partition("/")[0] != transfer:
            template = "a line of {id} is missing; `bizcli apply FILE` fills it in"
            yield Problem("not-complete", template, {"id": transfer}, f"lines[{n}].from")
