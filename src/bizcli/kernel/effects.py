"""What a document may cause. Everything a book knows is worked out from these.

Every movement of goods is double-entry, between places: a place is a warehouse code or one of the
virtual places below, which are lower case and so never meet a code. Quantities and amounts are whole
micro numbers, see `money`.
"""

from typing import NamedTuple

SUPPLIER, CUSTOMER, LOSS, OPENING = "supplier", "customer", "loss", "opening"
VIRTUAL = frozenset((SUPPLIER, CUSTOMER, LOSS, OPENING))
TRANSIT = "TRANSIT"  # what people call the places of goods under way

TO_DELIVER, TO_INVOICE, TO_PAY, TO_RETURN, CREDIT = "to_deliver", "to_invoice", "to_pay", "to_return", "credit"
TO_ORDER = "to_order"  # what was quoted
TO_BUY = "to_buy"  # what was requested, or offered by a supplier
TO_CREDIT = "to_credit"  # what was charged and may yet be credited, gross
TO_RECEIVE, TO_BILL = "to_receive", "to_bill"
TO_BILL_AHEAD = "to_bill_ahead"  # goods of an order that are neither here nor billed
BILLED_AHEAD, AHEAD_VALUE = "billed_ahead", "ahead_value"  # goods that are billed and not here, and what they cost us
TO_CLAIM = "to_claim"  # goods that went back to a supplier once billed: he has to credit them
TO_SPREAD = "to_spread"  # charges of a bill that may yet become part of what goods cost
TO_PICK = "to_pick"  # the components of kits that are to be delivered
COUPON = "coupon"  # its uses, in all; and those of each customer: `coupon:C-001`
POINTS = "points"  # that a customer earned and may spend
OWED, PREPAID = "owed", "prepaid"  # to suppliers, and by us
FOREIGN = "foreign"  # what an open item in another currency comes to in that one; its `item` is the currency
MONEY = frozenset((TO_PAY, CREDIT, TO_CREDIT, OWED, PREPAID, FOREIGN, TO_SPREAD, AHEAD_VALUE))
"""Promises of amounts; the others are of quantities."""


def under_way(transfer: str) -> str:
    """The place of the goods of one transfer between two warehouses: a shelf of its own, so that they keep their cost.

    >>> under_way("ST-2611-0001")
    'TRANSIT:ST-2611-0001'
    """
    return f"{TRANSIT}:{transfer}"


def warehouse_of(place: str) -> str:
    """The warehouse of a shelf, or TRANSIT.

    >>> warehouse_of("SZ"), warehouse_of("TRANSIT:ST-2611-0001")
    ('SZ', 'TRANSIT')
    """
    return place.partition(":")[0]


class Move(NamedTuple):
    """Goods go from one place to another."""

    line: int
    item: str
    qty: int  # in the item's unit, above zero
    origin: str  # the place they leave
    target: str  # the place they reach
    value: int | None = None  # what the document says they are worth in all; else valuation finds it
    source: str | None = None  # the line (`DN-2611-0001/1`) that these very goods left with
    account: str | None = None  # the counter account where (origin, target) does not say it
    party: str | None = None  # whose sub-account of the counter account it is
    kit: str | None = None  # the item that they are sold as a part of
    reason: str | None = None  # why they are not accepted


class Level(NamedTuple):
    """What was counted on a shelf; valuation finds the difference."""

    line: int
    item: str
    qty: int  # counted, in the item's unit
    place: str
    account: str | None = None  # against the difference, where (place, loss) does not say it
    value: int | None = None  # of one unit, for a gain of goods that never had a cost here


class Revalue(NamedTuple):
    """Goods become worth more or less; no goods move.

    It is the goods on a shelf, or those that a line brought in, wherever they are by then.
    """

    line: int
    item: str
    place: str | None  # the shelf
    amount: int
    account: str
    source: str | None = None  # the line that brought them in
    party: str | None = None  # whose sub-account of the account it is


class Posting(NamedTuple):
    """Money on an account, debit positive. A party makes it a sub-account; an open item can be settled."""

    account: str
    amount: int
    party: str | None = None
    open_item: str | None = None  # the id of the invoice, payment or credit that it opens or settles
    due: str | None = None  # ISO date
    item: str | None = None
    qty: int = 0  # of the item, for sales figures
    dimensions: tuple[str | None, ...] | None = None  # where they are not those of the document
    foreign: tuple[str, int] | None = None  # the currency and the amount in it, where that is not the book's


class Promise(NamedTuple):
    """Something to be done is opened, or done; keyed by the line that opened it.

    Rule: what is settled never exceeds what was opened.
    """

    kind: str
    document: str
    line: int  # 0: the whole document
    opened: int = 0
    settled: int = 0
    party: str | None = None
    item: str | None = None
    place: str | None = None
    due: str | None = None
    origin: str | None = None  # the order line that a line to invoice goes back to


class Event(NamedTuple):
    """Something that was done with someone, or became of what we follow: it moves neither goods nor money."""

    what: str  # a call, a visit …; or stage, status, owner: what it has become; or next: what is to be done
    day: str
    source: str  # the document that says so
    about: str | None = None  # what we follow: a lead, an opportunity, a ticket …
    whom: str | None = None  # the customer, or the lead that is none yet
    who: str | None = None  # of us
    value: str | None = None  # what it has become, how it went, or what is to be done
    amount: int = 0
    due: str | None = None  # the day on which to follow up


class Effects(NamedTuple):
    """All that one document does."""

    moves: tuple[Move | Level | Revalue, ...] = ()
    postings: tuple[Posting, ...] = ()
    promises: tuple[Promise, ...] = ()
    net: int = 0  # the document's totals in the book's currency, for those that have a price
    tax: int = 0
    gross: int = 0
    events: tuple[Event, ...] = ()
    state: dict[str, str | int | None] | None = None
    """What has become of a document that is followed, in words; `status` comes first. Amounts are micro numbers."""
    paper: tuple[str, int, int, int] | None = None  # of one in another currency: its name, and the totals in it


NOTHING = Effects()
