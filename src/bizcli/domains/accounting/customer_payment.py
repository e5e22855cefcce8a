"""A customer pays: invoices are settled, what is over is an advance."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from bizcli.domains.tax.lines import unknown
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, NumberField
from bizcli.kernel.money import amount_text, decimal, micro
from bizcli.kernel.records import Document, Record, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View, open_qty

PAYABLE = ("sales_invoice", "journal_entry")
Positive = Annotated[Decimal, NumberField(zero=False)]


@record
class Settled(Record):
    """A part of a payment or credit, and the invoice that it settles."""

    id: Annotated[str, Id(*PAYABLE)]
    amount: Positive = filled()


@record
class CustomerPayment(Document):
    """A customer pays: invoices are settled, what is over is an advance."""

    folder = "payments"
    group = "payment"
    prefix = "CP"
    rank = 6
    usual_account: ClassVar[str] = "bank"

    customer: Annotated[str, Code("customer")] = filled()
    amount: Positive = filled()
    account: Annotated[fields.Word, "where the money arrives: a role or an account"] = filled()
    reference: Annotated[fields.Word, "the bank's own"] | None = None
    invoices: tuple[Settled, ...] | None = None

    def complete(self, view: View) -> "CustomerPayment":
        found: list[Problem] = []
        customer = self.customer
        open_items = {}
        for n, each in enumerate(self.invoices or ()):
            left = view.open_of(fx.TO_PAY, each.id)
            known, head = view.document(each.id), view.head(each.id)
            if known is None or head is None:
                template = "there is no invoice {id}"
                found.append(Problem("unknown-document", template, {"id": each.id}, f"invoices[{n}].id"))
                continue
            if head.kind not in PAYABLE:
                values = {"id": each.id, "kind": head.kind, "kinds": " or ".join(PAYABLE)}
                template = "{id} is a {kind}; expected {kinds}"
                found.append(Problem("wrong-kind", template, values, f"invoices[{n}].id"))
                continue
            owner = left[0].party if left else known.party
            customer = customer or owner  # type: ignore[assignment]
            if owner is not None and owner != customer:
                values = {"id": each.id, "customer": owner}
                found.append(Problem("other-customer", "{id} is an invoice of {customer}", values, f"invoices[{n}].id"))
            open_items[each.id] = open_qty(left[0]) if left else 0
        if customer is None:
            found.append(Problem("missing-key", "{key} is missing", {"key": "customer"}, "customer"))
        elif view.master("customer", customer) is None:
            found.append(unknown(view, "customer", customer, "customer"))
        if found:
            raise Refused(found)
        total = micro(self.amount) if self.amount is not None else None
        invoices = self.invoices
        if invoices is None:
            if total is None:
                raise Refused([Problem("missing-key", "how much? `amount` is missing", {}, "amount")])
            left = [each for each in view.open_by_party(fx.TO_PAY, customer) if dated(view, each) <= self.day]
            invoices = tuple(Settled(id=each.document) for each in left)
            open_items = {each.document: open_qty(each) for each in left}
        allocated = sum(micro(each.amount) for each in invoices if each.amount is not None)
        settled = []
        for n, each in enumerate(invoices):
            if each.amount is None:
                part = open_items[each.id]
                if total is not None:
                    part = min(part, total - allocated)
                if part <= 0:
                    if self.invoices is not None:
                        template = "nothing is open on {id}" if not open_items[each.id] else "nothing is left for {id}"
                        found.append(Problem("nothing-open", template, {"id": each.id}, f"invoices[{n}]"))
                    continue
                allocated += part
                each = replaced(each, amount=Decimal(amount_text(part, view.rules.unit)))
            settled.append(each)
        if found:
            raise Refused(found)
        return replaced(
            self,
            customer=customer,
            amount=self.amount if total is not None else Decimal(amount_text(allocated, view.rules.unit)),
            account=self.account or self.usual_account,
            invoices=tuple(settled),
        )

    def problems(self) -> Iterator[Problem]:
        over = sum(micro(each.amount) for each in self.invoices or ()) - micro(self.amount)
        if over > 0:
            values = {"over": amount_text(over), "amount": f"{self.amount:f}"}
            yield Problem("over-allocated", "the invoices take {over} more than the {amount} paid", values, "invoices")
        ids = [each.id for each in self.invoices or ()]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            yield Problem("same-invoice", "{id} is there twice", {"id": id}, "invoices")

    def effects(self, rules: Rules) -> Effects:
        amount = micro(self.amount)
        rest = amount
        receivable = rules.account("receivable")
        check_minor(rules, amount, "amount")
        postings = [Posting(rules.tender(self.account), amount)]
        promises = []
        for n, each in enumerate(self.invoices or ()):
            part = micro(each.amount)
            check_minor(rules, part, f"invoices[{n}].amount")
            rest -= part
            postings.append(Posting(receivable, -part, self.customer, each.id))
            promises.append(Promise(fx.TO_PAY, each.id, 0, 0, part))
        if rest:
            postings.append(Posting(rules.account("customer_advance"), -rest, self.customer, self.id))
            promises.append(Promise(fx.CREDIT, self.id, 0, rest, party=self.customer, due=self.day))
        return Effects(postings=tuple(postings), promises=tuple(promises), gross=amount)


def dated(view: View, promise: Promise) -> str:
    """The day of the document that opened a promise."""
    head = view.head(promise.document)
    return head.day if head is not None else ""


def check_minor(rules: Rules, amount: int, path: str) -> None:
    """Money changes hands in whole minor units. Raises `Refused`."""
    if amount % rules.unit:
        values = {"amount": f"{decimal(amount):f}", "currency": rules.currency}
        raise Refused([Problem("wrong-value", "{amount} is no whole amount of {currency}", values, path)])
