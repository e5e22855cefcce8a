"""A customer is credited an amount, or a supplier credits us: a price allowance, goods that went back."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated

from bizcli.domains.accounting import points
from bizcli.domains.accounting.customer_payment import CUSTOMERS
from bizcli.domains.accounting.given_back import (
    Credited,
    Refund,
    check_charged,
    check_refund,
    given_back,
    settled_first,
)
from bizcli.domains.accounting.opening import ROLE as OPENING
from bizcli.domains.accounting.payment import check_minor
from bizcli.domains.accounting.supplier_payment import SUPPLIERS
from bizcli.domains.credits import red_invoice
from bizcli.domains.credits.credit_line import CreditLine, as_priced
from bizcli.domains.orders.open_lines import find, find_customer, find_supplier
from bizcli.domains.purchasing.purchase_invoice import PurchaseInvoice, booked
from bizcli.domains.purchasing.purchase_return import split
from bizcli.domains.sales.cash_sale import CashSale
from bizcli.domains.sales.given_back import Sold, divided
from bizcli.domains.sales.sales_invoice import SalesInvoice
from bizcli.domains.tax.currency import CurrencyName, RateOfOne, check_currency, exchange_of, is_foreign, rate_for
from bizcli.domains.tax.lines import DIMENSIONS, Prices, Rounding, amounts, check_lines, dimensions, numbered, unknown
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise, Revalue
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, ListField, OneOf, shown
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules, is_tax
from bizcli.kernel.view import View

VARIANCE = "purchase_price_variance"


@record
class CreditNote(Document):
    """A customer is credited an amount, or a supplier credits us: a price allowance, goods that went back."""

    folder = "credit_notes"
    group = "credit"
    prefix = "CN"
    rank = 5

    customer: Annotated[str, Code("customer")] | None = None
    supplier: Annotated[str, Code("supplier"), "who credits us"] | None = None
    number: Annotated[fields.Word, "the supplier's own, which comes only once"] | None = None
    invoice_type: (
        Annotated[str, OneOf("special", "ordinary", "none"), "of a supplier's: whose tax was recovered"] | None
    ) = None
    invoice: Annotated[str, Id("sales_invoice", "cash_sale", "purchase_invoice"), "or bill, that charged it"] | None = (
        None
    )
    returns: Annotated[tuple[str, ...], ListField(Id("purchase_return")), "all of it that is not credited"] | None = (
        None
    )
    undelivered: Annotated[fields.Flag, "all that the bill charged ahead and that will not come"] | None = None
    reason: fields.Text | None = None
    opening: (
        Annotated[fields.Flag, "it was open when the book began: neither revenue nor tax, but opening balance"] | None
    ) = None
    currency: CurrencyName | None = None
    rate: RateOfOne | None = None
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    lines: tuple[CreditLine, ...] = ()
    invoices: tuple[Credited, ...] | None = None
    refund: tuple[Refund, ...] | None = None
    points_taken: Annotated[fields.Quantity, "loyalty points that were earned by it: they are taken back"] | None = None

    @property
    def paper(self) -> str | None:
        return f"{self.supplier} {self.number}" if self.supplier is not None and self.number is not None else None

    def complete(self, view: View) -> "CreditNote":
        if self.opening:
            return self.carried_over(view)
        source = self.invoice or next((line.from_ for line in self.lines if line.from_), None)
        if self.supplier is not None or self.returns or (source or "")[:2] in ("PI", "PR"):
            return self.of_supplier(view)
        if is_foreign(self.currency, view.rules):
            template = "customers are credited in {own}"
            raise Refused([Problem("other-currency", template, {"own": view.rules.currency}, "currency")])
        if source is not None:
            sold = find(view, source.partition("/")[0], "invoice", SalesInvoice, CashSale)
            assert isinstance(sold, SalesInvoice | CashSale)
            return self.of_invoice(view, sold)
        if self.customer is None:
            template = "whose credit is it? give `invoice`, `customer` or `supplier`"
            raise Refused([Problem("missing-key", template, {}, "customer")])
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        done = self.taxed(view, self.lines, self.prices or settings.prices, self.tax_rounding or settings.tax_rounding)
        check_refund(done.gross(), self.refund, view.rules.unit)
        return replaced(done, customer=customer.code)

    def carried_over(self, view: View) -> "CreditNote":
        """What we owed a customer, or a supplier us, when the book began."""
        found = []
        for key in ("invoice", "returns"):
            if getattr(self, key):
                template = "what was open when the book began goes back to nothing in it: leave out {key}"
                found.append(Problem("wrong-usage", template, {"key": key}, key))
        for n, line in enumerate(self.lines):
            if line.tax not in (None, "0%") or line.account not in (None, OPENING):
                template = "an opening credit has neither tax nor account: give the amount with its tax"
                found.append(Problem("wrong-usage", template, {}, f"lines[{n}]"))
        if found:
            raise Refused(found)
        lines = tuple(replaced(line, tax="0%", account=OPENING) for line in self.lines)
        if self.supplier is not None:
            return replaced(self, lines=lines).without_bill(view)
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        done = self.taxed(view, lines, settings.prices, settings.tax_rounding)
        return replaced(done, customer=customer.code)

    # From a customer's invoice

    def of_invoice(self, view: View, sold: Sold) -> "CreditNote":
        """What an invoice charged becomes less; it is settled by that first."""
        if self.customer not in (None, sold.customer):
            values = {"id": sold.id, "customer": str(sold.customer)}
            raise Refused([Problem("other-customer", "{id} is an invoice of {customer}", values, "customer")])
        lines = [self.about(line, n, sold) for n, line in enumerate(self.lines)]
        done = self.taxed(view, lines, self.prices or sold.prices, self.tax_rounding or sold.tax_rounding, sold.day)
        gross = done.gross()
        check_charged(view, sold.id, gross, charged_by(sold, view.rules))
        invoices, refund = divided(view, sold, gross, self.refund, Credited)
        return replaced(
            done,
            customer=sold.customer,
            invoice=sold.id,
            invoices=invoices,
            refund=refund,
            points_taken=points.taken_back(
                sold.customer, sold.day, gross, sum(micro(each.amount) for each in invoices or ()), view.rules
            ),
            **{name: getattr(self, name) or getattr(sold, name) for name in DIMENSIONS},
        )

    def about(self, line: CreditLine, n: int, sold: Sold) -> CreditLine:
        """A line with what the invoice's own line says: the one named, or of its item, or the only one. Raises `Refused`."""
        if not sold.lines:
            return line  # an opening invoice says no more than its amount
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

    # From a supplier's bill

    def of_supplier(self, view: View) -> "CreditNote":
        """What a supplier credits: of a bill, or without one."""
        if self.customer is not None:
            raise Refused([Problem("wrong-usage", "a credit is of a customer or of a supplier", {}, "customer")])
        missing = [line for line in self.lines if line.qty_undelivered is not None]
        others = [line for line in self.lines if line not in missing and not red_invoice.is_claim(line)]
        named = self.invoice or next((line.from_.partition("/")[0] for line in (*others, *missing) if line.from_), None)
        asked = bool(self.returns) or not (others or missing or self.undelivered)
        claims = (
            red_invoice.claims(view, self.returns or (), named, self.lines, self.day) if asked or self.claimed else []
        )
        id = red_invoice.only_bill(claims, named)
        if id is None:
            return self.without_bill(view)
        bill = find(view, id, "invoice", PurchaseInvoice)
        assert isinstance(bill, PurchaseInvoice)
        if self.supplier not in (None, bill.supplier):
            values = {"id": bill.id, "supplier": bill.supplier}
            raise Refused([Problem("other-supplier", "{id} is of {supplier}", values, "supplier")])
        undelivered = red_invoice.undelivered(view, bill, missing) if missing or self.undelivered else []
        if not claims and not others and not undelivered:
            template = (
                "nothing of {id} went back and waits to be credited: say what is credited, as a line with an amount"
            )
            raise Refused([Problem("nothing-open", template, {"id": bill.id}, "lines")])
        prices = self.prices or bill.prices
        currency = check_currency(view, self.currency, bill)
        rate = bill.rate if self.rate is None else self.rate
        if rate is not None and self.refund:
            template = "what is in {currency} is refunded by a payment: record it with `bizcli payout new --refund`"
            raise Refused([Problem("wrong-usage", template, {"currency": currency}, "refund")])
        lines = [red_invoice.of_claim(view, claim, bill, prices) for claim in claims]
        lines += [red_invoice.not_coming(view, each, line, bill, prices) for each, line in undelivered]
        for n, line in enumerate(others):
            lines += red_invoice.allowance(view, line, n, bill)
        said = replaced(self, currency=currency, rate=rate)
        done = said.taxed(view, lines, prices, self.tax_rounding or bill.tax_rounding, bill.day)
        red_invoice.check_bill(view, bill, done.gross())
        returns = dict.fromkeys(claim.promise.document for claim in claims)
        return replaced(
            done,
            supplier=bill.supplier,
            invoice=bill.id,
            invoice_type=bill.invoice_type,
            returns=tuple(returns) or None,
            invoices=settled_first(view, bill.id, done.gross(), self.refund, SUPPLIERS, Credited),
            **{name: getattr(self, name) or getattr(bill, name) for name in DIMENSIONS},
        )

    @property
    def claimed(self) -> bool:
        """Whether a line names goods that went back."""
        return any(red_invoice.is_claim(line) for line in self.lines)

    def without_bill(self, view: View) -> "CreditNote":
        """What a supplier gives us of no bill in particular, as a bonus of the year."""
        supplier = find_supplier(view, self.supplier)
        settings = view.rules.settings
        lines = [replaced(line, account=line.account or VARIANCE) for line in self.lines]
        said = replaced(self, rate=rate_for(view, self.currency, self.rate, self.date))
        if said.rate is not None and self.refund:
            template = "what is in {currency} is refunded by a payment: record it with `bizcli payout new --refund`"
            raise Refused([Problem("wrong-usage", template, {"currency": self.currency}, "refund")])
        done = said.taxed(view, lines, self.prices or settings.prices, self.tax_rounding or settings.tax_rounding)
        check_refund(done.gross(), self.refund, view.rules.unit)
        return replaced(done, supplier=supplier.code, invoice_type=self.invoice_type or "special")

    # Amounts

    def taxed(self, view: View, given: Sequence[CreditLine], prices: str, rounding: str, day: str = "") -> "CreditNote":
        """The lines complete, with the tax of a day: the invoice's, where there is one. Raises `Refused`."""
        found, lines = [], []
        for n, line in enumerate(given):
            item = view.master("item", line.item) if line.item else None
            if line.item and item is None:
                found.append(unknown(view, "item", line.item, f"lines[{n}].item"))
            if line.amount is None:
                found.append(Problem("missing-key", "{key} is missing", {"key": "amount"}, f"lines[{n}].amount"))
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
        unit = exchange_of(self, view.rules).unit
        taxes = amounts([as_priced(line) for line in lines], prices, rounding, view.rules, day or self.day, unit)
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
        if self.customer is None and self.supplier is None and self.invoice is None:
            yield Problem("missing-key", "{key} is missing", {"key": "customer"}, "customer")
        if self.customer is not None and self.supplier is not None:
            yield Problem("wrong-usage", "a credit is of a customer or of a supplier", {}, "customer")
        for n, line in enumerate(self.lines):
            of_goods = red_invoice.is_claim(line) or line.qty_undelivered is not None
            if not line.amount and not of_goods:
                yield Problem("zero", "must not be zero", path=f"lines[{n}].amount")
            if micro(line.tax_amount) > micro(line.amount):
                template = "the tax of {tax} is more than the amount of {amount}"
                values = {"tax": f"{line.tax_amount:f}", "amount": f"{line.amount:f}"}
                yield Problem("wrong-value", template, values, f"lines[{n}].tax_amount")
            needed: dict[str, object] = (
                {"returned": line.returned, "qty_returned": line.qty_returned} if red_invoice.is_claim(line) else {}
            )
            if line.qty_undelivered is not None:
                needed = {"from": line.from_, "returned": line.returned, "again": line.again}
            if self.supplier is not None and not needed and line.receipt is None:
                needed = {"account": line.account}
            for key, value in needed.items():
                if value is None:
                    template = "{key} is missing; `bizcli apply FILE` fills it in"
                    yield Problem("missing-key", template, {"key": key}, f"lines[{n}]")

    # Effects

    def effects(self, rules: Rules) -> Effects:
        money = exchange_of(self, rules)
        for n, line in enumerate(self.lines):
            for name in ("amount", "tax_amount"):
                check_minor(money, micro(getattr(line, name)), f"lines[{n}].{name}")
        gross = self.gross()
        net, tax = (sum(map(part, self.lines)) for part in (self.net, tax_of))
        worth = sum(money.base(self.net(line)) + money.base(tax_of(line)) for line in self.lines)
        side = CUSTOMERS if self.supplier is None else SUPPLIERS
        own = self.sold_less(rules) if side is CUSTOMERS else self.bought_less(rules)
        foreign = None if money.rate is None else worth
        owed, promises = given_back(self, gross, self.invoices or (), self.refund or (), rules, side, foreign)
        if self.invoice is not None:
            promises.append(Promise(fx.TO_CREDIT, self.invoice, 0, 0, gross))
        if self.points_taken is not None:
            promises += points.opened(self.customer, -micro(self.points_taken), rules)
        return Effects(
            own.moves, (*owed, *own.postings), (*promises, *own.promises), money.base(net), worth - money.base(net), worth,
            paper=money.paper(net, tax, gross),
        )  # fmt: skip

    def sold_less(self, rules: Rules) -> Effects:
        """What a customer's credit does, but to the customer."""
        postings, tax = [], 0
        for n, line in enumerate(self.lines):
            account = rules.account("revenue", line.item) if line.item else rules.account("revenue")
            item: str | None = line.item or ""  # revenue of no item is taken off sales all the same
            if line.account is not None:
                account, item = rules.tender(line.account, f"lines[{n}].account"), line.item
            postings.append(Posting(account, self.net(line), item=item, dimensions=dimensions(line, self)))
            tax += micro(line.tax_amount)
        if tax:
            postings.append(Posting(rules.account("vat_output"), tax))
        return Effects(postings=tuple(postings))

    def bought_less(self, rules: Rules) -> Effects:
        """What a supplier's credit does, but to the supplier: goods that are here, or were sold, cost less."""
        recovered, money = self.invoice_type == "special", exchange_of(self, rules)
        waiting = rules.account("goods_received_not_invoiced")
        moves, postings = [], []
        promises: list[Promise] = []
        for n, line in enumerate(self.lines):
            cost = money.base(self.net(line)) + (0 if recovered else money.base(tax_of(line)))
            about = dimensions(line, self)
            if line.returned is not None:
                promises += of_goods(line)
                less = Posting(waiting, -micro(line.returned), self.supplier)
                if line.qty_undelivered is not None:  # what went back was taken off purchases when it did
                    less = less._replace(item=line.item, qty=-micro(line.qty_undelivered), dimensions=about)
                postings.append(less)
                other = micro(line.returned) - cost
                if other:
                    postings.append(Posting(rules.account(VARIANCE), other, item=line.item, dimensions=about))
            elif line.receipt is not None:
                assert line.item is not None
                moves.append(Revalue(line.line, line.item, None, -cost, waiting, line.receipt, self.supplier))
                postings.append(Posting(waiting, -cost, self.supplier, item=line.item, dimensions=about))
            else:
                account = booked(rules, line.account or VARIANCE, f"lines[{n}].account")
                postings.append(Posting(account, -cost, item=line.item or "", dimensions=about))
        tax = sum(money.base(tax_of(line)) for line in self.lines)
        if tax and recovered:
            postings.append(Posting(rules.account("vat_input"), -tax))
        return Effects(tuple(moves), tuple(postings), tuple(promises))


def of_goods(line: CreditLine) -> Iterator[Promise]:
    """What is done with goods that are credited: they went back, or will not come."""
    assert line.from_ is not None and line.returned is not None
    if line.qty_undelivered is None:
        assert line.qty_returned is not None
        yield Promise(fx.TO_CLAIM, *split(line.from_), 0, micro(line.qty_returned))
        return
    assert line.again is not None
    qty = micro(line.qty_undelivered)
    yield Promise(fx.BILLED_AHEAD, *split(line.from_), -qty)
    yield Promise(fx.AHEAD_VALUE, *split(line.from_), -micro(line.returned))
    yield Promise(fx.TO_BILL_AHEAD, *split(line.again), 0, -qty)


def charged_by(sold: Sold, rules: Rules) -> int:
    """What an invoice or a cash sale charged, tax included, in micro."""
    return sold.gross(rules) if isinstance(sold, SalesInvoice) else sum(each.gross for each in sold.taxes(rules))


def tax_of(line: CreditLine) -> int:
    return micro(line.tax_amount)
