"""What of an order or delivery is still open, and how a document draws on it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bizcli.domains.tax.lines import unknown
from bizcli.kernel.effects import Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import decimal, micro, quantity_text
from bizcli.kernel.records import Document, Master
from bizcli.kernel.view import View, open_qty

if TYPE_CHECKING:
    from bizcli.domains.parties.customer import Customer
    from bizcli.domains.parties.supplier import Supplier


class Wanted(Protocol):
    """A line that asks for goods: of a line, or of an item; all that is open when it says no quantity."""

    @property
    def from_(self) -> str | None: ...
    @property
    def item(self) -> str: ...
    @property
    def qty(self) -> Decimal: ...


class Drawn(NamedTuple):
    """A quantity taken from something open, for the line number `wanted` of those that ask (-1: for all that is open)."""

    promise: Promise
    qty: Decimal
    wanted: int

    @property
    def line_id(self) -> str:
        return f"{self.promise.document}/{self.promise.line}"


def draw(wanted: Iterable[Wanted], offered: list[Promise], what: str, source: str) -> list[Drawn]:
    """Take wanted lines from what is open, oldest first; everything when nothing is wanted.

    Raises `Refused` when there is not enough: `what` says for what, such as `to deliver`.
    """
    left = {(each.document, each.line): open_qty(each) for each in offered}
    if not left:
        raise Refused([Problem("nothing-open", "nothing is open {what} on {source}", {"what": what, "source": source})])
    wanted = list(wanted)
    if not wanted:
        return [Drawn(each, decimal(open_qty(each)), -1) for each in offered]
    drawn, found = [], []
    for n, line in enumerate(wanted):
        matching = [
            each for each in offered
            if (f"{each.document}/{each.line}" == line.from_ if line.from_ else each.item == line.item)
        ]  # fmt: skip
        whole = sum(left[each.document, each.line] for each in matching)
        asked = micro(line.qty) if line.qty is not None else whole
        values = {
            "item": line.item, "what": what, "source": source,
            "asked": quantity_text(asked), "open": quantity_text(whole),
        }  # fmt: skip
        if not matching:
            template = "{item} is not open {what} on {source}"
            found.append(Problem("nothing-open", template, values, f"lines[{n}].item"))
        elif asked > whole:
            template = "{asked} of {item} asked, but {open} open {what} on {source}"
            found.append(Problem("more-than-open", template, values, f"lines[{n}].qty"))
        else:
            for each in matching:
                part = min(asked, left[each.document, each.line])
                if part > 0:
                    drawn.append(Drawn(each, decimal(part), n))
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
