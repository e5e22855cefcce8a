"""Goods go back to their supplier; what was billed of them waits to be credited."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, NamedTuple

from bizcli.domains.accounting.payment import dated, written
from bizcli.domains.items.lots import OfLots
from bizcli.domains.items.units import part_of
from bizcli.domains.orders.open_lines import draw, find
from bizcli.domains.orders.order_change import DONE
from bizcli.domains.purchasing.goods_receipt import GoodsReceipt, ReceiptLine
from bizcli.domains.purchasing.purchase_invoice import BillLine, PurchaseInvoice, received
from bizcli.domains.purchasing.purchase_order import PurchaseOrder
from bizcli.domains.stock.lots import as_they_left
from bizcli.domains.tax.lines import DIMENSIONS, ItemLine, Taxed, check_lines, dimensions, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Move, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import micro, quantity_text, share
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

MEND = "{key} is missing; `bizcli apply FILE` fills it in"


@record
class SentBack(ItemLine, OfLots):
    """Goods that go back, with what the supplier is to take off for them."""

    item: Annotated[str, Code("item")] = filled()
    bill: Annotated[fields.LineId, "the line of a bill that charged them"] | None = None
    received: Annotated[fields.Amount, "what they came in at, of goods that are not billed"] | None = None
    billed: Annotated[fields.Amount, "what they cost us on the bill"] | None = None
    tax_amount: Annotated[fields.Amount, "the bill's tax on them"] | None = None
    again: Annotated[fields.LineId, "the line of an order that is to be received again"] | None = None


class Piece(NamedTuple):
    """A quantity of a receipt's line that goes back, all of it billed by one line or none of it billed."""

    line_id: str  # of the receipt
    qty: int
    bill: str | None  # the line that billed it
    wanted: SentBack | None


@record
class PurchaseReturn(Document):
    """Goods go back to their supplier; what was billed of them waits to be credited."""

    folder = "purchase_returns"
    group = "purchase"
    prefix = "PR"
    rank = 3

    supplier: Annotated[str, Code("supplier")] = filled()
    receipt: Annotated[str, Id("goods_receipt"), "all of it that is still on hand when no lines are given"] | None = (
        None
    )
    bill: Annotated[str, Id("purchase_invoice"), "of goods that it charged"] | None = None
    order: Annotated[str, Id("purchase_order"), "all of it that is still on hand when no lines are given"] | None = None
    warehouse: Annotated[str, Code("warehouse"), "where they leave; where they came in when absent"] = filled()
    reason: fields.Text | None = None
    replace: Annotated[fields.Flag, "the supplier sends others: the order is to be received again"] | None = None
    lines: tuple[SentBack, ...] = ()

    @property
    def verb(self) -> str:
        return "returned"

    def complete(self, view: View) -> "PurchaseReturn":
        taken: dict[tuple[str, str], int] = {}
        lines: list[SentBack] = []
        receipts: dict[str, GoodsReceipt] = {}
        for piece in self.pieces(view, taken):
            id = piece.line_id.partition("/")[0]
            receipt = receipts[id] = receipts.get(id) or receipt_of(view, id)
            lines.append(self.sent_back(view, receipt, piece, lines))
        if not lines:
            template = "nothing that came is on hand any more: say with lines what goes back all the same"
            raise Refused([Problem("nothing-open", template, {}, "lines")])
        first = next(iter(receipts.values()))
        for id, receipt in receipts.items():
            if receipt.supplier != (self.supplier or first.supplier):
                values = {"id": id, "supplier": receipt.supplier}
                raise Refused([Problem("other-supplier", "{id} is of {supplier}", values, "supplier")])
        warehouse = self.warehouse or first.warehouse
        lines = [replaced(line, warehouse=None) if line.warehouse == warehouse else line for line in lines]
        orders = {receipt.order for receipt in receipts.values()}
        return replaced(
            self,
            supplier=first.supplier,
            receipt=first.id if len(receipts) == 1 else None,
            order=orders.pop() if len(orders) == 1 else self.order,
            warehouse=warehouse,
            lines=as_they_left(numbered(lines), view, came_with),
        )

    def pieces(self, view: View, taken: dict[tuple[str, str], int]) -> Iterator[Piece]:
        """What goes back: of what is not billed first, then of each bill, the oldest first. Raises `Refused`.

        Without lines it is what is still on hand of what came.
        """
        there: dict[str, int] = {}
        id, offered = self.offered(view)
        offered = [each for each in offered if dated(view, each) <= self.day]
        for drawn in draw(self.lines, offered, "to return", id, view):
            wanted = drawn.wanted
            left = drawn.qty
            for line_id, bill_line, most in self.found(view, drawn.promise, wanted):
                key = (line_id, bill_line or "")
                part = min(left, most - taken.get(key, 0))
                if part > 0:
                    taken[key] = taken.get(key, 0) + part
                    left -= part
                    goes = part if self.lines else min(part, self.on_hand(view, line_id, there))
                    there[line_id] = there.get(line_id, 0) - goes
                    if goes:
                        yield Piece(line_id, goes, bill_line, wanted)
            if left:
                template = "{qty} of {line} are not there to return on {day}: date the return after their bill"
                values = {"qty": quantity_text(left), "line": drawn.line_id, "day": self.day}
                raise Refused([Problem("more-than-open", template, values, "lines")])

    def on_hand(self, view: View, line_id: str, there: dict[str, int]) -> int:
        """How many of a receipt's line lie where they leave, and do not go back yet; `there` remembers them."""
        if line_id not in there:
            id, number = split(line_id)
            receipt = receipt_of(view, id)
            line = next(line for line in receipt.lines if line.line == number)
            place = self.warehouse or line.warehouse or receipt.warehouse
            there[line_id] = view.lying(line_id, line.item, place)
        return there[line_id]

    def offered(self, view: View) -> tuple[str, list[Promise]]:
        """What these goods came with, and what of it has not gone back. Raises `Refused`."""
        named = [line.from_.partition("/")[0] for line in self.lines if line.from_]
        if named and len(named) == len(self.lines):
            ids = [receipt_of(view, id, "lines").id for id in sorted({*named})]
            return ", ".join(ids), [each for id in ids for each in view.open_of(fx.TO_RETURN, id)]
        if self.bill is not None:
            return self.bill, view.open_of(fx.TO_RETURN, bill_of(view, self.bill).id)
        if self.receipt is not None:
            return self.receipt, view.open_of(fx.TO_RETURN, receipt_of(view, self.receipt).id)
        if self.order is not None:
            order = find(view, self.order, "order", PurchaseOrder)
            return order.id, view.open_by_origin(fx.TO_RETURN, order.id)
        template = "which goods go back? give `receipt`, `bill` or `order`"
        raise Refused([Problem("missing-key", template, {}, "receipt")])

    def found(self, view: View, promise: Promise, wanted: SentBack | None) -> Iterator[tuple[str, str | None, int]]:
        """Which goods may go back, where it was a bill or a receipt that promised it: line of a receipt, of a bill, how many."""
        own = f"{promise.document}/{promise.line}"
        if promise.document[:2] == "PI":
            for came, most in came_of(view, bill_of(view, promise.document), promise.line):
                yield came, own, most
        else:
            for bill_line, most in self.billed_by(view, promise, wanted):
                yield own, bill_line, most

    def billed_by(self, view: View, promise: Promise, wanted: SentBack | None) -> Iterator[tuple[str | None, int]]:
        """How many of a receipt's line are not billed, then how many each line of a bill charged and did not go back."""
        line_id = f"{promise.document}/{promise.line}"
        said = wanted.bill if wanted is not None else None
        came = next(line for line in receipt_of(view, promise.document).lines if line.line == promise.line)
        if came.bill is not None:  # billed before they came
            if said in (None, came.bill) and self.bill in (None, came.bill.partition("/")[0]):
                yield came.bill, open_qty(promise)
            return
        waiting = view.promise((fx.TO_BILL, promise.document, promise.line))
        if said is None and self.bill is None and waiting is not None:
            yield None, open_qty(waiting[0])
        for id in [self.bill] if self.bill is not None else view.naming(promise.document):
            bill, head = view.document(id), view.head(id)
            if isinstance(bill, PurchaseInvoice) and head is not None and not head.void and head.day <= self.day:
                lines = {f"{id}/{line.line}": line for line in bill.lines if line.from_ == line_id}
                for each in view.open_of(fx.TO_RETURN, id):
                    own = f"{id}/{each.line}"
                    if own in lines and said in (None, own):
                        yield own, open_qty(each)

    def sent_back(self, view: View, receipt: GoodsReceipt, piece: Piece, own: list[SentBack]) -> SentBack:
        """A line with what it takes off what we owe, or are to be credited. Raises `Refused`."""
        number = int(piece.line_id.partition("/")[2])
        known = next(line for line in receipt.lines if line.line == number)
        given = piece.wanted or SentBack()
        amount = tax = worth = None
        if piece.bill is None:
            waiting = view.promise((fx.TO_BILL, receipt.id, number))
            assert waiting is not None
            worth = received(view, waiting[0], piece.qty, [line for line in own if line.received is not None])
        else:
            amount, tax = billed(view, piece.bill, piece.qty, own)
        return replaced(
            given,
            line=None,
            from_=piece.line_id,
            item=known.item,
            **part_of(known, piece.qty)._asdict(),
            warehouse=given.warehouse or self.warehouse or known.warehouse or receipt.warehouse,
            bill=piece.bill,
            received=worth,
            billed=amount,
            tax_amount=tax,
            again=self.again(view, known) if self.replace else None,
            **{name: getattr(given, name) or getattr(known, name) for name in DIMENSIONS},
        )

    def again(self, view: View, line: ReceiptLine) -> str:
        """The line of an order that is received again. Raises `Refused` when there is none that is open for it."""
        if line.from_ is None:
            template = "nobody ordered these goods: order what is to come instead of them"
            raise Refused([Problem("no-order", template, {}, "replace")])
        order = line.from_.partition("/")[0]
        if any(getattr(change, "action", "") in DONE for change in view.amendments(order)):
            template = "{id} is closed: order what is to come instead of them"
            raise Refused([Problem("wrong-state", template, {"id": order}, "replace")])
        return line.from_

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            needed = (
                ("from_",) if line.from_ is None else ("received",) if line.bill is None else ("billed", "tax_amount")
            )
            for name in needed:
                if getattr(line, name) is None:
                    yield Problem("missing-key", MEND, {"key": name.rstrip("_")}, f"lines[{n}]")

    def effects(self, rules: Rules) -> Effects:
        waiting, variance = (rules.account(role) for role in ("goods_received_not_invoiced", "purchase_price_variance"))
        moves, postings, promises = [], [], []
        for line in self.lines:
            assert line.from_ is not None
            qty = line.stock_qty
            source, number = split(line.from_)
            place = line.warehouse or self.warehouse
            moves.append(Move(line.line, line.item, qty, place, fx.SUPPLIER, None, line.from_, variance))
            promises.append(Promise(fx.TO_RETURN, source, number, 0, qty))
            said = line.received if line.bill is None else line.billed
            assert said is not None
            if line.bill is None:
                promises.append(Promise(fx.TO_BILL, source, number, -qty))
            else:
                promises.append(Promise(fx.TO_RETURN, *split(line.bill), 0, qty))
                promises.append(
                    Promise(
                        fx.TO_CLAIM, self.id, line.line, qty, 0, self.supplier, line.item, None, self.day, line.bill
                    )
                )
            if line.again is not None:
                promises.append(Promise(fx.TO_RECEIVE, *split(line.again), 0, -qty))
                promises.append(Promise(fx.TO_BILL_AHEAD, *split(line.again), 0, -qty))
            amount = micro(said)
            if amount:  # what the goods cost us is found later: it meets this on the variance
                postings.append(Posting(waiting, amount, self.supplier))
                postings.append(
                    Posting(
                        variance, -amount, item=line.item if line.bill else None, qty=-qty if line.bill else 0,
                        dimensions=dimensions(line, self),
                    )
                )  # fmt: skip
        worth = sum(posting.amount for posting in postings if posting.account == waiting)
        return Effects(tuple(moves), tuple(postings), tuple(promises), worth, 0, worth)


def came_with(line: SentBack) -> str | None:
    """The line of a receipt that goods came in with which go back."""
    return line.from_


def split(line_id: str) -> tuple[str, int]:
    """The document and the number of a line.

    >>> split("GR-2611-0001/2")
    ('GR-2611-0001', 2)
    """
    id, _, number = line_id.partition("/")
    return id, int(number)


def receipt_of(view: View, id: str, path: str = "receipt") -> GoodsReceipt:
    """A receipt that must be there. Raises `Refused`."""
    found = find(view, id, path, GoodsReceipt)
    assert isinstance(found, GoodsReceipt)
    return found


def bill_of(view: View, id: str, path: str = "bill") -> PurchaseInvoice:
    """A bill that must be there. Raises `Refused`."""
    found = find(view, id, path, PurchaseInvoice)
    assert isinstance(found, PurchaseInvoice)
    return found


def came_of(view: View, bill: PurchaseInvoice, number: int) -> Iterator[tuple[str, int]]:
    """The lines of receipts that brought what a line of a bill charged, and how many of each have not gone back."""
    line, _ = charged(view, bill, number)
    own = f"{bill.id}/{number}"
    for id in view.naming(bill.id) if line.is_ahead else [str(line.from_).partition("/")[0]]:
        receipt = view.document(id)
        if isinstance(receipt, GoodsReceipt):
            brought = {each.line for each in receipt.lines if own == each.bill or f"{id}/{each.line}" == line.from_}
            for promise in view.open_of(fx.TO_RETURN, id):
                if promise.line in brought:
                    yield f"{id}/{promise.line}", open_qty(promise)


def charged(view: View, bill: PurchaseInvoice, number: int) -> tuple[BillLine, Taxed]:
    """A line of a bill with its net and tax, as the paper has them, in the book's currency."""
    taxes = bill.worth(view.rules)
    return next((line, each) for line, each in zip(bill.lines, taxes, strict=True) if line.line == number)


def billed(view: View, line_id: str, qty: int, own: list[SentBack]) -> tuple[Decimal, Decimal]:
    """What a part of a bill's line cost us, and its tax; the last that goes back takes the odd cents."""
    id, number = split(line_id)
    bill = bill_of(view, id)
    line, whole = charged(view, bill, number)
    before = [each for each in own if each.bill == line_id]
    for other in returns_of(view, id):
        before += [each for each in other.lines if each.bill == line_id]
    back = sum(each.stock_qty for each in before) + qty
    unit = view.rules.unit
    cost = share(whole.net if bill.invoice_type == "special" else whole.gross, back, line.stock_qty, unit)
    tax = share(whole.tax, back, line.stock_qty, unit)
    cost -= sum(micro(each.billed or Decimal(0)) for each in before)
    tax -= sum(micro(each.tax_amount or Decimal(0)) for each in before)
    return written(max(cost, 0), unit), written(max(tax, 0), unit)


def returns_of(view: View, id: str) -> Iterator[PurchaseReturn]:
    """The returns that name a document and are not voided."""
    for each in view.naming(id):
        head, other = view.head(each), view.document(each)
        if isinstance(other, PurchaseReturn) and head is not None and head.void is None:
            yield other
