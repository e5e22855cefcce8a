"""A customer is credited an amount, without goods: a price allowance, with its tax."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.accounting.customer_payment import Settled
from bizcli.domains.accounting.payment import check_minor
from bizcli.domains.orders.open_lines import find, find_customer
from bizcli.domains.sales.cash_sale import CashSale
from bizcli.domains.sales.given_back import Refund, Sold, check_refund, divided, given_back, left_to_credit
from bizcli.domains.sales.sales_invoice import SalesInvoice
from bizcli.domains.tax.lines import (
    DIMENSIONS,
    PricedLine,
    Prices,
    Rounding,
    amounts,
    check_lines,
    dimensions,
    numbered,
    unknown,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, shown
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Line, filled, record, replaced
from bizcli.kernel.rules import Rules, is_tax
from bizcli.kernel.view import View


@record
class CreditLine(Line):
    """What is credited, and for what."""

    from_: Annotated[fields.LineId, "the line of the invoice that it is about"] | None = None
    item: Annotated[str, Code("item"), "whose sales it lowers"] | None = None
    text: Annotated[fields.Word, "what the paper says of it"] | None = None
    amount: Annotated[Decimal, fields.NumberField(zero=False), "with or without tax, as `prices` says"]
    tax: Annotated[fields.Word, "a percentage such as 13%, or a tax code"] = filled()
    tax_amount: Annotated[fields.Amount, "tax credited"] = filled()
    account: Annotated[fields.Word, "a role or an account; revenue when absent"] | None = None
    note: fields.Text | None = None
    salesperson: fields.StaffCode | None = None
    shop: fields.Word | None = None
    department: fields.Word | None = None
    project: fields.Word | None = None


@record
class CreditNote(Document):
    """A customer is credited an amount, without goods: a price allowance, with its tax."""

    folder = "credit_notes"
    group = "credit"
    prefix = "CN"
    rank = 5

    customer: Annotated[str, Code("customer")] | None = None
    invoice: Annotated[str, Id("sales_invoice", "cash_sale"), "that charged it"] | None = None
    reason: fields.Text | None = None
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    lines: tuple[CreditLine, ...] = ()
    invoices: tuple[Settled, ...] | None = None
    refund: tuple[Refund, ...] | None = None

    def complete(self, view: View) -> "CreditNote":
        source = self.invoice or next((line.from_ for line in self.lines if line.from_), None)
        if source is not None:
            sold = find(view, source.partition("/")[0], "invoice", SalesInvoice, CashSale)
            assert isinstance(sold, SalesInvoice | CashSale)
            return self.of_invoice(view, sold)
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        done = self.taxed(view, self.lines, self.prices or settings.prices, self.tax_rounding or settings.tax_rounding)
        check_refund(done.gross(), self.refund, view.rules.unit)
        return replaced(done, customer=customer.code)

    def of_invoice(self, view: View, sold: Sold) -> "CreditNote":
        """What an invoice charged becomes less; it is settled by that first."""
        if self.customer not in (None, sold.customer):
            values = {"id": sold.id, "customer": str(sold.customer)}
            raise Refused([Problem("other-customer", "{id} is an invoice of {customer}", values, "customer")])
        lines = [self.about(line, n, sold) for n, line in enumerate(self.lines)]
        done = self.taxed(view, lines, self.prices or sold.prices, self.tax_rounding or sold.tax_rounding, sold.day)
        gross, left, unit = done.gross(), left_to_credit(view, sold), view.rules.unit
        if gross > left:
            whole = sum(each.gross for each in sold.taxes(view.rules))
            template = "{id} charged {whole}, and {before} of it is credited: {left} can be, not {gross}"
            figures = {"whole": whole, "before": whole - left, "left": left, "gross": gross}
            values = {name: amount_text(figure, unit) for name, figure in figures.items()} | {"id": sold.id}
            raise Refused([Problem("more-than-charged", template, values, "lines")])
        invoices, refund = divided(view, sold, gross, self.refund)
        return replaced(
            done,
            customer=sold.customer,
            invoice=sold.id,
            invoices=invoices,
            refund=refund,
            **{name: getattr(self, name) or getattr(sold, name) for name in DIMENSIONS},
        )

    def about(self, line: CreditLine, n: int, sold: Sold) -> CreditLine:
        """A line with what the invoice's own line says: the one named, or of its item, or the only one. Raises `Refused`."""
        charged = [
            each for each in sold.lines
            if (line.from_ in (None, f"{sold.id}/{each.line}")) and line.item in (None, each.item)
        ]  # fmt: skip
        if not charged:
            values = {"line": line.from_ or line.item, "id": sold.id}
            template = "{id} charged nothing for {line}"
            raise Refused([Problem("not-charged", template, values, f"lines[{n}].{'from' if line.from_ else 'item'}")])
        taxes = sorted({each.tax for each in charged})
        if line.tax is None and len(taxes) > 1:
            values = {"id": sold.id, "taxes": ", ".join(taxes)}
            template = "{id} has lines of several taxes: say which one, {taxes}"
            raise Refused([Problem("missing-key", template, values, f"lines[{n}].tax")])
        only = charged[0] if len(charged) == 1 else None
        return replaced(
            line,
            from_=f"{sold.id}/{only.line}" if only else None,
            item=only.item if only else line.item,
            tax=line.tax or taxes[0],
            **{name: getattr(line, name) or getattr(only, name, None) for name in DIMENSIONS},
        )

    def taxed(
        self, view: View, given: "list[CreditLine] | tuple[CreditLine, ...]", prices: str, rounding: str, day: str = ""
    ) -> "CreditNote":
        """The lines complete, with the tax of a day: the invoice's, where there is one. Raises `Refused`."""
        found, lines = [], []
        for n, line in enumerate(given):
            item = view.master("item", line.item) if line.item else None
            if line.item and item is None:
                found.append(unknown(view, "item", line.item, f"lines[{n}].item"))
            tax = line.tax or getattr(item, "tax", None)
            if tax is None:
                template = "which tax does it have? say `tax`: 13%, or 0% where there is none"
                found.append(Problem("missing-key", template, {}, f"lines[{n}].tax"))
            elif not is_tax(tax):
                template = "{value} is not a percentage or a tax code"
                found.append(Problem("wrong-value", template, {"value": shown(tax)}, f"lines[{n}].tax"))
            elif not tax.endswith("%") and view.master("tax", tax) is None:
                found.append(unknown(view, "tax", tax, f"lines[{n}].tax"))
            lines.append(replaced(line, tax=tax, text=line.text or self.reason))
        if found:
            raise Refused(found)
        unit = view.rules.unit
        taxes = amounts([as_priced(line) for line in lines], prices, rounding, view.rules, day or self.day)
        done = [
            line if line.tax_amount is not None else replaced(line, tax_amount=Decimal(amount_text(each.tax, unit)))
            for line, each in zip(lines, taxes, strict=True)
        ]
        return replaced(self, prices=prices, tax_rounding=rounding, lines=numbered(done))

    def net(self, line: CreditLine) -> int:
        return micro(line.amount) - (micro(line.tax_amount) if self.prices == "gross" else 0)

    def gross(self) -> int:
        return sum(self.net(line) + micro(line.tax_amount) for line in self.lines)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if self.customer is None and self.invoice is None:
            yield Problem("missing-key", "{key} is missing", {"key": "customer"}, "customer")
        for n, line in enumerate(self.lines):
            if micro(line.tax_amount) > micro(line.amount):
                template = "the tax of {tax} is more than the amount of {amount}"
                values = {"tax": f"{line.tax_amount:f}", "amount": f"{line.amount:f}"}
                yield Problem("wrong-value", template, values, f"lines[{n}].tax_amount")

    def effects(self, rules: Rules) -> Effects:
        postings = []
        for n, line in enumerate(self.lines):
            for name in ("amount", "tax_amount"):
                check_minor(rules, micro(getattr(line, name)), f"lines[{n}].{name}")
            account = rules.account("revenue", line.item) if line.item else rules.account("revenue")
            item: str | None = line.item or ""  # revenue of no item is taken off sales all the same
            if line.account is not None:
                account, item = rules.tender(line.account, f"lines[{n}].account"), line.item
            postings.append(Posting(account, self.net(line), item=item, dimensions=dimensions(line, self)))
        gross = self.gross()
        net = sum(self.net(line) for line in self.lines)
        if gross - net:
            postings.append(Posting(rules.account("vat_output"), gross - net))
        owed, promises = given_back(self, gross, self.invoices or (), self.refund or (), rules)
        if self.invoice is not None:
            promises.append(Promise(fx.TO_CREDIT, self.invoice, 0, 0, gross))
        return Effects((), (*owed, *postings), tuple(promises), net, gross - net, gross)


def as_priced(line: CreditLine) -> PricedLine:
    """An amount as a line that has a price: one of it."""
    return PricedLine(item=line.item or "", qty=Decimal(1), price=line.amount, tax=line.tax)
