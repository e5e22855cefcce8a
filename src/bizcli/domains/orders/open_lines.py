"""What of an order or delivery is still open, and how a document draws on it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from bizcli.domains.tax.lines import ItemLine, in_units, unknown
from bizcli.kernel.effects import Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import quantity_text
from bizcli.kernel.records import Document, Master, replaced
from bizcli.kernel.view import View, open_qty

if TYPE_CHECKING:
    from bizcli.domains.parties.customer import Customer
    from bizcli.domains.parties.supplier import Supplier


W = TypeVar("W", bound=ItemLine)


class Drawn(NamedTuple, Generic[W]):
    """A quantity, in micro of the stock unit, taken from something open for a line that asks (None: for all that is open)."""

    promise: Promise
    qty: int
    wanted: W | None

    @property
    def line_id(self) -> str:
        return f"{self.promise.document}/{self.promise.line}"


def draw(
    wanted: Iterable[W],
    offered: list[Promise],
    what: str,
    source: str,
    view: View,
    beyond: Mapping[int, int] = {},
) -> list[Drawn[W]]:
    """Take wanted lines from what is open, oldest first; everything when nothing is wanted.

    A line asks for goods of a line or of an item; for all that is open when it says no quantity. Raises
    `Refused` when there is not enough: `what` says for what, such as `to deliver`. `beyond`: by line of the
    source, how much more may be taken than is open; the last line of an item takes it.
    """
    left = {(each.document, each.line): open_qty(each) for each in offered}
    if not left:
        raise Refused([Problem("nothing-open", "nothing is open {what} on {source}", {"what": what, "source": source})])
    wanted = list(wanted)
    if not wanted:
        return [Drawn(each, open_qty(each), None) for each in offered]
    drawn: list[Drawn[W]] = []
    found: list[Problem] = []
    for n, line in enumerate(wanted):
        matching = [
            each for each in offered
            if (f"{each.document}/{each.line}" == line.from_ if line.from_ else each.item == line.item)
        ]  # fmt: skip
        if not matching:
            values = {"item": line.item, "what": what, "source": source}
            found.append(Problem("nothing-open", "{item} is not open {what} on {source}", values, f"lines[{n}].item"))
            continue
        if line.unit is not None or line.factor is not None:
            (line,), wrong = in_units([replaced(line, item=matching[0].item)], view, n)
            if wrong:
                found += wrong
                continue
        whole = sum(left[each.document, each.line] for each in matching)
        asked = line.stock_qty if line.qty is not None else whole
        more = sum(beyond.get(each.line, 0) for each in matching)
        if asked > whole + more:
            template = (
                "{asked} of {item} asked, but {open} open {what} on {source}, and receipt_tolerance allows {more} more"
                if more
                else "{asked} of {item} asked, but {open} open {what} on {source}"
            )
            values = {
                "item": line.item, "what": what, "source": source,
                "asked": quantity_text(asked), "open": quantity_text(max(whole, 0)),
                "more": quantity_text(more + min(whole, 0)),
            }  # fmt: skip
            found.append(Problem("more-than-open", template, values, f"lines[{n}].qty"))
            continue
        for each in matching:
            room = left[each.document, each.line] + (more if each is matching[-1] else 0)
            part = min(asked, room)
            if part > 0:
                drawn.append(Drawn(each, part, line))
                left[each.document, each.line] -= part
                asked -= part
    if found:
        raise Refused(found)
    return drawn


def find(view: View, id: str, path: str, *kinds: type[Document]) -> Document:
    """A document that must be there, of one of these kinds, and not voided. Raises `Refused`."""
    head = view.head(id)
    found = view.document(id) if head else None
    if found is None:
        raise Refused([Problem("unknown-document", "there is no document {id}", {"id": id}, path)])
    if not isinstance(found, kinds):
        expected = " or ".join(kind.__module__.rpartition(".")[2] for kind in kinds)
        values = {"id": id, "kind": found.__class__.__module__.rpartition(".")[2], "kinds": expected}
        raise Refused([Problem("wrong-kind", "{id} is a {kind}; expected {kinds}", values, path)])
    if head is not None and head.void:
        raise Refused([Problem("voided-document", "{id} is voided by {void}", {"id": id, "void": head.void}, path)])
    return found


def find_customer(view: View, code: str | None) -> "Customer":
    """The customer that a document needs. Raises `Refused`."""
    return find_party(view, "customer", code)  # type: ignore[return-value]


def find_supplier(view: View, code: str | None) -> "Supplier":
    """The supplier that a document needs. Raises `Refused`."""
    return find_party(view, "supplier", code)  # type: ignore[return-value]


def find_party(view: View, kind: str, code: str | None) -> Master:
    """A party that a document needs. Raises `Refused`."""
    if code is None:
        raise Refused([Problem("missing-key", "{key} is missing", {"key": kind}, kind)])
    found = view.master(kind, code)
    if found is None:
        raise Refused([unknown(view, kind, code, kind)])
    return found
