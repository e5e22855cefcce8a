"""Freight, duty and the like become part of what received goods cost."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.accounting.payment import Positive, check_minor, written
from bizcli.domains.orders.open_lines import find, find_supplier
from bizcli.domains.purchasing.goods_receipt import GoodsReceipt
from bizcli.domains.purchasing.purchase_invoice import PurchaseInvoice, booked
from bizcli.domains.tax.lines import check_lines, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise, Revalue
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, ListField, NumberField, OneOf
from bizcli.kernel.money import amount_text, micro, share
from bizcli.kernel.records import Document, Line, Record, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

CLEARING = "landed_cost_clearing"


@record
class LandedCharge(Record):
    """What is spread: a line of a bill, or an amount that stands on an account."""

    bill: Annotated[fields.LineId, "the line of a bill"] | None = None
    amount: Annotated[Positive, "without tax; all of the bill's line that is not spread yet when absent"] = filled()
    account: Annotated[
        fields.Word, "where it stands; landed_cost_clearing when absent, payable where no bill follows"
    ] = filled()
    supplier: Annotated[str, Code("supplier"), "whom we owe it"] | None = None


@record
class LandedLine(Line):
    """A line of a receipt, and what is added to its goods."""

    from_: Annotated[fields.LineId, "the line of a receipt"] = filled()
    item: Annotated[str, Code("item")] = filled()
    amount: Annotated[Decimal, NumberField(), "its part of the charges"] = filled()


@record
class LandedCost(Document):
    """Freight, duty and the like become part of what received goods cost; of those that have left, of what they became."""

    folder = "landed_costs"
    group = "landed"
    prefix = "LC"
    rank = 7
    recorder = "recorded_by"

    recorded_by: Annotated[fields.Word, "who recorded it"] | None = None
    receipts: Annotated[tuple[str, ...], ListField(Id("goods_receipt"))] = filled()
    by: Annotated[str, OneOf("value", "quantity", "weight", "volume", "equal"), "what the parts go by"] = filled()
    items: Annotated[tuple[str, ...], ListField(Code("item")), "only on these"] | None = None
    charges: tuple[LandedCharge, ...] = ()
    lines: tuple[LandedLine, ...] = ()

    def complete(self, view: View) -> "LandedCost":
        if not self.charges:
            template = "which charges? give `charges`: a bill's line, or an amount and its account"
            raise Refused([Problem("missing-key", template, {}, "charges")])
        charges = tuple(charge_of(view, each, n) for n, each in enumerate(self.charges))
        ids = self.receipts or tuple(dict.fromkeys(line.from_.partition("/")[0] for line in self.lines if line.from_))
        if not ids:
            raise Refused([Problem("missing-key", "{key} is missing", {"key": "receipts"}, "receipts")])
        whole = sum(micro(each.amount) for each in charges)
        done = replaced(self, receipts=ids, by=self.by or "value", charges=charges)
        lines = done.known(view) if self.lines else done.spread(view, whole)
        return replaced(done, lines=numbered(lines))

    def known(self, view: View) -> list[LandedLine]:
        """The lines that were given, each with its item. Raises `Refused`."""
        done = []
        for n, line in enumerate(self.lines):
            if line.from_ is None:
                raise Refused([Problem("missing-key", "{key} is missing", {"key": "from"}, f"lines[{n}]")])
            receipt = find(view, line.from_.partition("/")[0], f"lines[{n}].from", GoodsReceipt)
            assert isinstance(receipt, GoodsReceipt)
            found = next((each for each in receipt.lines if f"{receipt.id}/{each.line}" == line.from_), None)
            if found is None:
                template = "there is no line {line}"
                raise Refused([Problem("unknown-line", template, {"line": line.from_}, f"lines[{n}].from")])
            done.append(replaced(line, item=found.item))
        return done

    def spread(self, view: View, amount: int) -> list[LandedLine]:
        """A line for each line of the receipts, with its part; the last takes the odd cents. Raises `Refused`."""
        weights: list[tuple[str, str, int]] = []
        for n, id in enumerate(self.receipts):
            receipt = find(view, id, f"receipts[{n}]", GoodsReceipt)
            assert isinstance(receipt, GoodsReceipt)
            values = receipt.values(view.rules)
            for line in receipt.lines:
                if self.items is None or line.item in self.items:
                    weight = self.weight(view, line.item, line.stock_qty, values[line.line])
                    weights.append((f"{id}/{line.line}", line.item, weight))
        whole = sum(weight for *_, weight in weights)
        if not whole:
            raise Refused([Problem("nothing-open", "there is nothing that the charges could go on", {}, "receipts")])
        seen = spread = 0
        lines = []
        for line_id, item, weight in weights:
            seen += weight
            part = share(amount, seen, whole, view.rules.unit) - spread
            spread += part
            if part:
                lines.append(LandedLine(from_=line_id, item=item, amount=written(part, view.rules.unit)))
        return lines

    def weight(self, view: View, item: str, qty: int, value: int) -> int:
        """How much of the charges a line takes, beside the others. Raises `Refused`."""
        if self.by in ("weight", "volume"):
            of_one = getattr(view.rules.item(item), self.by, None)
            if of_one is None:
                template = "{item} has no {key}: set it, or spread by value"
                raise Refused([Problem("no-weight", template, {"item": item, "key": self.by}, "by")])
            return qty * micro(of_one)
        return {"value": value, "quantity": qty, "equal": 1}[self.by]

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        whole, given = (sum(micro(each.amount) for each in among) for among in (self.charges, self.lines))
        if whole != given:
            values = {"charges": amount_text(whole), "lines": amount_text(given)}
            yield Problem("not-balanced", "the charges come to {charges}, the lines to {lines}", values, "lines")
        bills = [each.bill for each in self.charges if each.bill is not None]
        for bill in sorted({bill for bill in bills if bills.count(bill) > 1}):
            yield Problem("same-invoice", "{id} is there twice", {"id": bill}, "charges")
        for n, each in enumerate(self.charges):
            if each.account == "payable" and each.supplier is None:
                yield Problem("missing-key", "{key} is missing", {"key": "supplier"}, f"charges[{n}].supplier")

    def effects(self, rules: Rules) -> Effects:
        clearing = rules.account(CLEARING)
        moves = tuple(
            Revalue(line.line, line.item, None, micro(line.amount), clearing, line.from_)
            for line in self.lines
            if line.amount
        )
        postings, promises = [], []
        for n, each in enumerate(self.charges):
            amount = micro(each.amount)
            check_minor(rules, amount, f"charges[{n}].amount")
            if each.bill is not None:
                bill, _, number = each.bill.partition("/")
                promises.append(Promise(fx.TO_SPREAD, bill, int(number), 0, amount))
            if each.account == "payable":
                promises.append(Promise(fx.OWED, self.id, 0, amount, party=each.supplier, due=self.day))
                counter = Posting(rules.account("payable"), -amount, each.supplier, self.id, self.day)
            else:
                counter = Posting(booked(rules, each.account, f"charges[{n}].account"), -amount)
            if counter.account != clearing:
                postings += [Posting(clearing, amount), counter]
        for n, line in enumerate(self.lines):
            check_minor(rules, micro(line.amount), f"lines[{n}].amount")
        return Effects(moves, tuple(postings), tuple(promises))


def charge_of(view: View, given: LandedCharge, n: int) -> LandedCharge:
    """A charge with its amount and the account that it stands on. Raises `Refused`."""
    path = f"charges[{n}]"
    if given.bill is None:
        if given.amount is None:
            raise Refused([Problem("missing-key", "how much? `amount` is missing", {}, f"{path}.amount")])
        if given.supplier is not None:
            find_supplier(view, given.supplier)
        return replaced(given, account=given.account or ("payable" if given.supplier else CLEARING))
    id, _, number = given.bill.partition("/")
    bill = find(view, id, f"{path}.bill", PurchaseInvoice)
    assert isinstance(bill, PurchaseInvoice)
    line = next((each for each in bill.lines if each.line == int(number)), None)
    if line is None or line.account is None:
        template = "{line} is no charge: it is of goods that came in, or not there"
        raise Refused([Problem("unknown-line", template, {"line": given.bill}, f"{path}.bill")])
    promise = view.promise((fx.TO_SPREAD, id, int(number)))
    left = open_qty(promise[0]) if promise is not None else 0
    asked = left if given.amount is None else micro(given.amount)
    if left <= 0 or asked > left:
        values = {"line": given.bill, "left": amount_text(max(left, 0), view.rules.unit)}
        template = "of {line} only {left} is not spread yet"
        raise Refused([Problem("more-than-open", template, values, f"{path}.bill")])
    return replaced(given, amount=written(asked, view.rules.unit), account=line.account)
