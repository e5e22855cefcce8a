"""What has become of documents: their status, and how much of them is done."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from bizcli.kernel.effects import (
    BILLED_AHEAD,
    CREDIT,
    FOREIGN,
    OWED,
    PREPAID,
    TO_BILL,
    TO_BUY,
    TO_CLAIM,
    TO_DELIVER,
    TO_INVOICE,
    TO_ORDER,
    TO_PAY,
    TO_RECEIVE,
    TO_RETURN,
)
from bizcli.kernel.money import MICRO, decimal, divide, micro
from bizcli.reports import Ask, Row
from bizcli.reports.stock import amount

# In a file that a person wrote, words may stand in quotes.
ACTION = re.compile(r'^action: "?([a-z]+)"?$', re.MULTILINE)
UNTIL = re.compile(r'^until: "?([0-9-]+)"?$', re.MULTILINE)
ASKED = re.compile(r"^suppliers:\n((?: *- .*\n)+)", re.MULTILINE)
DRAFT = re.compile(r'^draft: "?true"?$', re.MULTILINE)

Sums = dict[str, dict[str, tuple[int, int]]]  # kind of promise: document: (opened, settled)


def promise_sums(ask: Ask, prefix: str, document: str | None = None) -> Sums:
    """Opened and settled quantities of all documents with a prefix, or of one."""
    sums: Sums = {}
    condition, values = ("= ?", [document]) if document else (">= ? AND doc < ?", [prefix + "-", prefix + "."])
    query = f"SELECT kind, doc, sum(opened), sum(settled) FROM promise WHERE doc {condition} GROUP BY kind, doc"
    for kind, id, opened, settled in ask(query, *values):
        sums.setdefault(kind, {})[id] = (opened, settled)
    return sums


class Chain(NamedTuple):
    """How an order is fulfilled: the promises of its goods and of its money, and what they are called."""

    prefix: str
    goods: str
    money: str
    done: str  # of goods: delivered | received
    charged: str  # invoiced | billed


CHAINS = {
    "sales_order": Chain("SO", TO_DELIVER, TO_INVOICE, "delivered", "invoiced"),
    "purchase_order": Chain("PO", TO_RECEIVE, TO_BILL, "received", "billed"),
}
SHIPPED = {"delivery": (TO_INVOICE, "invoice", "invoiced"), "goods_receipt": (TO_BILL, "bill", "billed")}
"""Documents of goods alone: what waits for an invoice or a bill."""
TO_BE_ORDERED = {"quote": TO_ORDER, "purchase_request": TO_BUY, "supplier_quote": TO_BUY}
"""Documents of which something can be ordered."""
DUE = {"quote": "valid_until", "supplier_quote": "valid_until", "purchase_request": "needed"}
"""What the day is called that they say."""
OWED_BY = {"sales_invoice": TO_PAY, "purchase_invoice": OWED}


def charged_sums(ask: Ask, chain: Chain, order: str | None = None) -> dict[str, tuple[int, int]]:
    """What of each order is or was to be invoiced or billed, and what is: (opened, settled)."""
    condition = "origin >= ? AND origin < ? AND kind = ?"
    values = [order + "/", order + "0"] if order else [chain.prefix + "-", chain.prefix + "."]
    query = (
        "SELECT substr(origin, 1, instr(origin, '/') - 1), sum(opened), sum(settled) FROM promise "
        f"WHERE {condition} GROUP BY 1"
    )
    return {id: (opened, settled) for id, opened, settled in ask(query, *values, chain.money)}


def actions(ask: Ask, prefix: str, changed: str | None = None) -> dict[str, set[str]]:
    """What changes with a prefix did to each order or quote: confirm, cancel, close, amend; decline, extend."""
    query = (
        "SELECT link.target, doc.text FROM doc JOIN link ON link.doc = doc.id "
        "WHERE doc.id >= ? AND doc.id < ? AND doc.void IS NULL"
    )
    values = [prefix + "-", prefix + "."]
    if changed is not None:
        query, values = query + " AND link.target = ?", [*values, changed]
    found: dict[str, set[str]] = {}
    for target, text in ask(query, *values):
        found.setdefault(target, set()).add(ACTION.findall(text)[0])
    return found


def order_status(chain: Chain, draft: bool, acts: set[str], goods: tuple[int, int], charged: tuple[int, int]) -> str:
    """How far an order is: draft, open, partly_delivered, delivered, partly_invoiced, invoiced, closed, cancelled.

    A purchase order is received and billed instead.
    """
    for action, word in (("cancel", "cancelled"), ("close", "closed")):
        if action in acts:
            return word
    if draft and "confirm" not in acts:
        return "draft"
    if goods[1] < goods[0]:
        return f"partly_{chain.done}" if goods[1] else "open"
    if charged[0] and charged[1] >= charged[0]:
        return chain.charged
    if charged[1]:
        return f"partly_{chain.charged}"
    return chain.done if goods[0] else "open"


def quote_status(
    declined: bool, ordered: tuple[int, int], until: str, today: str, revised: bool = False
) -> str:  # fmt: skip
    """What became of a quote: open, expired, partly_ordered, ordered, declined, superseded."""
    if revised:
        return "superseded"
    if ordered[1]:
        return "partly_ordered" if declined or ordered[1] < ordered[0] else "ordered"
    if declined:
        return "declined"
    return "expired" if until < today else "open"


def revisions(ask: Ask, quote: str | None = None) -> set[str]:
    """The quotes that others take the place of; or one of them."""
    first, last = (quote, quote + "/") if quote else ("QT-", "QT.")
    query = (
        "SELECT link.target FROM link JOIN doc ON doc.id = link.doc WHERE link.target >= ? AND link.target < ? "
        "AND doc.kind = 'quote' AND doc.void IS NULL"
    )
    return {target for (target,) in ask(query, first, last)}


def holds_until(ask: Ask, quote: str | None = None, promise: str = TO_ORDER) -> dict[str, str]:
    """The last day on which each quote holds, or one of them; or by which each request is needed."""
    query, values = "SELECT doc, max(due) FROM promise WHERE kind = ?", [promise]
    if quote is not None:
        query, values = query + " AND doc = ?", [promise, quote]
    return dict(ask(query + " GROUP BY doc", *values))


def holds(ask: Ask, quote: str, said: str) -> Row:
    """Until when a quote holds that holds longer than it said at first."""
    until = holds_until(ask, quote).get(quote, said)
    return {"extended_to": until} if until != said else {}


def progress(done: int, whole: int, none: str, some: str, all: str) -> str:
    return all if done >= whole else some if done else none


def request_status(acts: set[str], ordered: tuple[int, int]) -> str:
    """What became of a purchase request: to_approve, approved, rejected, partly_ordered, ordered."""
    if ordered[1]:
        return "partly_ordered" if "reject" in acts or ordered[1] < ordered[0] else "ordered"
    return "rejected" if "reject" in acts else "approved" if "approve" in acts else "to_approve"


def answered(ask: Ask, rfq: str | None) -> dict[str, tuple[int, bool]]:
    """How many suppliers have answered each request for quotations, or one, and whether anything is ordered of that."""
    query = (
        "SELECT link.target, count(DISTINCT doc.party), max(EXISTS (SELECT 1 FROM promise "
        "WHERE promise.doc = doc.id AND promise.kind = ? AND settled > 0)) FROM link JOIN doc ON doc.id = link.doc "
        "WHERE doc.kind = 'supplier_quote' AND doc.void IS NULL AND link.target >= ? AND link.target < ? GROUP BY 1"
    )
    first, last = (rfq, rfq + "/") if rfq else ("RF-", "RF.")
    return {id: (suppliers, bool(ordered)) for id, suppliers, ordered in ask(query, TO_BUY, first, last)}


def rfq_status(text: str, suppliers: int, ordered: bool, today: str) -> str:
    """What became of a request for quotations: open, expired, partly_quoted, quoted, ordered."""
    if ordered:
        return "ordered"
    until = UNTIL.search(text)
    if not suppliers and until is not None and until[1] < today:
        return "expired"
    asked = ASKED.search(text)
    return progress(suppliers, asked[1].count("\n") if asked else 1, "open", "partly_quoted", "quoted")


FOLLOWED = ("lead", "opportunity", "ticket", "campaign", "survey")
"""Kinds whose state follows from the activities that name them."""
IN_MONEY = ("amount", "cost", "budget")
"""What of a state is money."""


def state_of(ask: Ask, prefix: str, document: str | None = None) -> dict[str, Row]:
    """What has become of all documents with a prefix that are followed, or of one; nothing of those that are void."""
    import json

    condition, values = ("= ?", [document]) if document else (">= ? AND id < ?", [prefix + "-", prefix + "."])
    return {
        id: json.loads(text)
        for id, text in ask(f"SELECT id, state FROM doc WHERE state IS NOT NULL AND id {condition}", *values)
    }


def shown_state(state: Row, money: int) -> Row:
    """A state as people and programs read it."""
    return {
        name: amount(value, money) if name in IN_MONEY and value is not None else value for name, value in state.items()
    }


NONE = (0, 0)
CHANGES = {
    "sales_order": "OC",
    "purchase_order": "OC",
    "quote": "QC",
    "purchase_request": "RC",
}  # the prefix of what changes them


def statuses(
    ask: Ask, kind: str, rows: Iterable[tuple[str, str | None, str]], prefix: str, only: str | None, today: str
) -> dict[str, str]:
    """The status of documents of a kind, given as (id, void, text)."""
    found: dict[str, str] = {}
    if kind in FOLLOWED:
        states = state_of(ask, prefix, only)
        return {id: "void" if void is not None else str(states[id]["status"]) for id, void, _ in rows}
    sums = promise_sums(ask, prefix, only)
    chain = CHAINS.get(kind)
    charged = charged_sums(ask, chain, only) if chain else {}
    acts = actions(ask, CHANGES[kind], only) if kind in CHANGES else {}
    until = holds_until(ask, only, TO_BE_ORDERED[kind]) if kind in ("quote", "supplier_quote") else {}
    revised = revisions(ask, only) if kind == "quote" else set()
    quoted = answered(ask, only) if kind == "rfq" else {}
    for id, void, text in rows:
        if void is not None:
            status = "void"
        elif chain is not None:
            goods = sums.get(chain.goods, {}).get(id, NONE)
            status = order_status(
                chain, DRAFT.search(text) is not None, acts.get(id, set()), goods, charged.get(id, NONE)
            )
        elif kind == "quote":
            ordered = sums.get(TO_ORDER, {}).get(id, NONE)
            declined = "decline" in acts.get(id, set())
            status = quote_status(declined, ordered, until.get(id, today), today, id in revised)
        elif kind == "purchase_request":
            status = request_status(acts.get(id, set()), sums.get(TO_BUY, {}).get(id, NONE))
        elif kind == "supplier_quote":
            ordered = sums.get(TO_BUY, {}).get(id, NONE)
            status = quote_status(False, ordered, until.get(id) or today, today)
        elif kind == "rfq":
            status = rfq_status(text, *quoted.get(id, (0, False)), today)
        elif kind in SHIPPED:
            promise, verb, done = SHIPPED[kind]
            opened, settled = sums.get(promise, {}).get(id, NONE)
            status = progress(settled, opened, f"to_{verb}", f"partly_{done}", done) if opened else "returned"
        elif kind in OWED_BY:
            opened, settled = sums.get(OWED_BY[kind], {}).get(id, NONE)
            status = progress(settled, opened, "open", "partly_paid", "paid")
        elif id in sums.get(TO_CLAIM, {}):
            opened, settled = sums[TO_CLAIM][id]
            status = progress(settled, opened, "to_credit", "partly_credited", "credited")
        elif id in sums.get(TO_RECEIVE, {}) and kind == "stock_transfer":
            opened, settled = sums[TO_RECEIVE][id]
            status = progress(settled, opened, "in_transit", "partly_received", "received")
        elif ahead := sums.get(CREDIT, {}).get(id) or sums.get(PREPAID, {}).get(id):
            opened, settled = ahead
            status = progress(settled, opened, "unallocated", "partly_allocated", "recorded")
        else:
            status = "recorded"
        found[id] = status
    return found


def line_progress(ask: Ask, kind: str, id: str) -> dict[int, Row]:
    """How much of each line is delivered, invoiced or returned; of a purchase, received or billed."""
    found: dict[int, Row] = {}
    if kind in CHAINS:
        chain = CHAINS[kind]
        for line, opened, settled in ask(
            "SELECT line, opened, settled FROM promise WHERE doc = ? AND kind = ?", id, chain.goods
        ):
            found[line] = {"ordered": decimal(opened), chain.done: decimal(settled), chain.charged: decimal(0)}
        query = (
            "SELECT CAST(substr(origin, instr(origin, '/') + 1) AS INTEGER), sum(opened), sum(settled) FROM promise "
            "WHERE origin >= ? AND origin < ? AND kind = ? GROUP BY origin"
        )
        for line, opened, settled in ask(query, id + "/", id + "0", chain.money):
            if kind == "purchase_order" and line in found:  # more may have come than was ordered
                found[line]["received"] = max(found[line]["received"], decimal(opened))
            row = found.setdefault(line, {"ordered": decimal(opened), chain.done: decimal(settled)})
            row[chain.charged] = decimal(settled)
        for line, opened, settled in ask(query, id + "/", id + "0", BILLED_AHEAD):
            if opened > settled:  # what came of it counts as billed already
                found[line][chain.charged] += decimal(opened - settled)
                found[line]["billed_ahead"] = decimal(opened - settled)
        for line, _, settled in ask(query, id + "/", id + "0", TO_RETURN):
            if settled:
                found.setdefault(line, {})["returned"] = decimal(settled)
    elif kind in SHIPPED:
        promise, _, done = SHIPPED[kind]
        for line, settled in ask("SELECT line, settled FROM promise WHERE doc = ? AND kind = ?", id, promise):
            found[line] = {done: decimal(settled)}
        for line, settled in ask(
            "SELECT line, settled FROM promise WHERE doc = ? AND kind = ? AND settled > 0", id, TO_RETURN
        ):
            found[line]["returned"] = decimal(settled)
    elif kind == "purchase_return":
        for line, settled in ask("SELECT line, settled FROM promise WHERE doc = ? AND kind = ?", id, TO_CLAIM):
            found[line] = {"credited": decimal(settled)}
    elif kind in TO_BE_ORDERED:
        promise = TO_BE_ORDERED[kind]
        for line, settled in ask("SELECT line, settled FROM promise WHERE doc = ? AND kind = ?", id, promise):
            found[line] = {"ordered": decimal(settled)}
    elif kind == "stock_transfer":
        for line, settled in ask("SELECT line, settled FROM promise WHERE doc = ? AND kind = ?", id, TO_RECEIVE):
            found[line] = {"received": decimal(settled)}
    elif kind in ("sales_invoice", "cash_sale", "purchase_invoice"):
        for line, settled in ask("SELECT line, settled FROM promise WHERE doc = ? AND kind = 'to_return'", id):
            found[line] = {"returned": decimal(settled)}
        for line, settled in ask("SELECT line, settled FROM promise WHERE doc = ? AND kind = ?", id, BILLED_AHEAD):
            found[line]["received"] = decimal(settled)
    return found


def in_unit(progress: Row, factor: Decimal | None) -> Row:
    """How much of a line is done, in the line's own unit; to 6 digits, as 7 pcs are no whole part of a box of 12."""
    if factor is None:
        return progress
    return {name: decimal(divide(micro(qty) * MICRO, micro(factor))) for name, qty in progress.items()}


def paid(ask: Ask, id: str, promise: str, money: int, instalments: Iterable[Row] = ()) -> Row:
    """Of an invoice or a bill: what is paid or credited, and what is open; also of each instalment, the first ones first."""
    query = "SELECT opened, settled FROM promise WHERE doc = ? AND kind = ? AND line = 0"
    rows = ask(query, id, FOREIGN) or ask(query, id, promise)
    opened, settled = rows[0] if rows else NONE
    left = settled
    for each in sorted(instalments, key=lambda each: str(each["due_date"])):
        part = min(left, micro(each["amount"]))
        left -= part
        each["open"] = amount(micro(each["amount"]) - part, money)
    return {"paid": amount(settled, money), "open": amount(opened - settled, money)}
