"""Open items are settled against each other: an advance and an invoice, a credit and an invoice."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.accounting.journal_entry import OPEN
from bizcli.domains.accounting.payment import Positive, check_minor, exchange_in, not_in, standing, written
from bizcli.domains.accounting.points import PAYMENT, earned
from bizcli.domains.tax.lines import check_lines, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, OneOf
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

DEBIT, CREDIT = "debit", "credit"
SIDES = {fx.TO_PAY: DEBIT, fx.PREPAID: DEBIT, fx.CREDIT: CREDIT, fx.OWED: CREDIT}
"""On which side of our books an open item stands."""


@record
class AllocationLine(Line):
    """An open item, and how much of it is settled; as much as the others allow when absent."""

    item: Annotated[str, Id(), "an invoice, payment, return, credit note or entry with something open"]
    amount: Positive = filled()
    side: Annotated[str, OneOf(DEBIT, CREDIT), "debit: we are to get it; credit: we owe it"] = filled()
    account: Annotated[fields.Word, "the role of the account that it stands on"] = filled()
    customer: Annotated[str, Code("customer")] | None = None
    supplier: Annotated[str, Code("supplier")] | None = None


@record
class Allocation(Document):
    """Open items are settled against each other: an advance and an invoice, a credit and an invoice."""

    folder = "allocations"
    group = "allocation"
    prefix = "AL"
    rank = 6

    lines: tuple[AllocationLine, ...] = ()

    @property
    def party(self) -> str | None:
        return next((line.customer or line.supplier for line in self.lines), None)

    def complete(self, view: View) -> "Allocation":
        found: list[Problem] = []
        lines: list[AllocationLine] = []
        left: list[int] = []
        for n, line in enumerate(self.lines):
            promise = open_item(view, line.item)
            if promise is None:
                problem = "nothing is open on {id}" if view.head(line.item) else "there is no document {id}"
                found.append(Problem("nothing-open", problem, {"id": line.item}, f"lines[{n}].item"))
                continue
            found += not_in(view, promise, exchange_in(view.rules), f"lines[{n}].item")
            party = "customer" if promise.kind in (fx.TO_PAY, fx.CREDIT) else "supplier"
            account = role_of(view, promise)
            lines.append(
                replaced(line, side=SIDES[promise.kind], account=line.account or account, **{party: promise.party})
            )
            left.append(open_qty(promise) if line.amount is None else micro(line.amount))
        if found:
            raise Refused(found)
        sums = {
            side: sum(qty for line, qty in zip(lines, left, strict=True) if line.side == side)
            for side in (DEBIT, CREDIT)
        }
        if not all(sums.values()):
            template = "one thing that we are to get and one that we owe are settled against each other: an invoice and a payment, say"
            raise Refused([Problem("one-sided", template, {}, "lines")])
        most = dict.fromkeys((DEBIT, CREDIT), min(sums.values()))
        done = []
        for line, qty in zip(lines, left, strict=True):
            part = qty if line.amount is not None else min(qty, most[line.side])
            most[line.side] -= part
            if part > 0:
                done.append(replaced(line, amount=written(part, view.rules.unit)))
        return replaced(self, lines=numbered(done))

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        sums = {side: sum(micro(line.amount) for line in self.lines if line.side == side) for side in (DEBIT, CREDIT)}
        if sums[DEBIT] != sums[CREDIT]:
            values = {side: amount_text(amount) for side, amount in sums.items()}
            yield Problem("not-balanced", "{debit} that we are to get against {credit} that we owe", values, "lines")
        for key in ("customer", "supplier"):
            parties = {code for line in self.lines if (code := getattr(line, key))}
            if len(parties) > 1:
                values = {"parties": ", ".join(sorted(parties))}
                yield Problem("several-parties", "these are of {parties}: allocate what is of one", values, "lines")
        ids = [line.item for line in self.lines]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            yield Problem("same-invoice", "{id} is there twice", {"id": id}, "lines")
        for n, line in enumerate(self.lines):
            if line.account not in OPEN or not (line.customer or line.supplier):
                yield Problem("wrong-value", "a line stands on an account of a party", path=f"lines[{n}].account")

    def effects(self, rules: Rules) -> Effects:
        postings, promises = [], []
        for n, line in enumerate(self.lines):
            part = micro(line.amount)
            check_minor(rules, part, f"lines[{n}].amount")
            sign = -1 if line.side == DEBIT else 1
            party = line.customer or line.supplier
            postings.append(Posting(rules.account(line.account), sign * part, party, line.item))
            promises.append(Promise(OPEN[line.account][line.side == CREDIT], line.item, 0, 0, part))
        paid = sum(micro(line.amount) for line in self.lines if line.item[:2] == "CP")
        charged = sum(micro(line.amount) for line in self.lines if line.item[:2] == "SI")
        promises += earned(self.party, min(paid, charged), self.day, rules, PAYMENT)
        return Effects(postings=tuple(postings), promises=tuple(promises))


def open_item(view: View, id: str) -> Promise | None:
    """What is open on a document, and can be settled."""
    return next((each for kind in SIDES for each in view.open_of(kind, id)), None)


def role_of(view: View, promise: Promise) -> str:
    """The role of the account that an open item stands on."""
    ours = promise.kind in (fx.TO_PAY, fx.CREDIT)
    roles = ("receivable", "customer_advance") if ours else ("payable", "supplier_advance")
    return standing(view, promise.document, *roles)
