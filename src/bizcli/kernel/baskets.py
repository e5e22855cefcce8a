"""What customers bought: the facts that portraits of customers and recommendations count.

A basket is what one customer chose at one time. An order is one, and so is what was sold without an order;
a delivery or an invoice of an order is not another one.
"""

from typing import NamedTuple

from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Effects
from bizcli.kernel.records import Document

CHOSEN = (fx.TO_DELIVER, fx.TO_INVOICE)
OF_SUPPLIERS = frozenset((fx.OWED, fx.PREPAID, fx.TO_CLAIM, fx.TO_BILL, fx.TO_RECEIVE))


class Bought(NamedTuple):
    """A document of a customer: the items that were chosen with it, and what it charged without tax."""

    items: tuple[str, ...]  # each once, in the order of the lines; none of what was ordered before
    net: int  # below zero: given back


def bought(document: Document, effects: Effects) -> Bought | None:
    """What a document says of a customer's buying; None when that is nothing."""
    if not effects.postings and not effects.promises:
        return None
    items: dict[str, None] = {}
    chosen = True  # nothing of it was ordered before
    for promise in effects.promises:
        if promise.kind in CHOSEN:
            chosen = chosen and not promise.settled
            if promise.opened and promise.item and promise.document == document.id:
                items[promise.item] = None
        elif promise.kind in OF_SUPPLIERS:
            return None
    net = 0
    for posting in effects.postings:
        if posting.item:
            net -= posting.amount
            if posting.amount < 0:
                items[posting.item] = None
    if not chosen:
        items.clear()
    return Bought(tuple(items), net) if items or net else None
