"""What we offer a customer, and until when: it moves neither goods nor money."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from bizcli.domains.crm.opportunity import Opportunity, OpportunityLine
from bizcli.domains.orders.open_lines import find, find_customer
from bizcli.domains.parties.terms import IMMEDIATE, Terms
from bizcli.domains.sales.pricing import Coupons, Promotions, SoldLine, sold
from bizcli.domains.tax.lines import Prices, Rounding, amounts, check_lines, numbered, total
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id
from bizcli.kernel.money import micro
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

OF_OLD = (
    "from_", "customer", "customer_name", "address", "warehouse", "text", "payment_terms", "prices", "tax_rounding", "lines",
    "salesperson", "shop", "department", "project",
)  # fmt: skip
"""What a quote takes over from the one whose place it takes, where it does not say it itself."""


@record
class QuoteLine(SoldLine):
    """What is offered."""


@record
class Quote(Document):
    """What we offer a customer, and until when: it moves neither goods nor money."""

    folder = "quotes"
    group = "quote"
    prefix = "QT"
    rank = 0
    amendable = True

    from_: (
        Annotated[str, Id("opportunity"), "the opportunity that it is for: all its lines when none are given"] | None
    ) = None
    revises: (
        Annotated[str, Id("quote"), "the quote that it takes the place of: all its lines when none are given"] | None
    ) = None
    version: Annotated[int, fields.WholeField(2), "which one it is of those that took each other's place"] | None = None
    customer: Annotated[str, Code("customer")] = filled()
    customer_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    address: fields.Text | None = None
    warehouse: Annotated[str, Code("warehouse"), "that would deliver"] | None = None
    valid_until: Annotated[fields.Day, "the last day on which it holds"] = filled()
    text: Annotated[fields.Text, "what the paper says besides"] | None = None
    payment_terms: Terms = filled()
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    coupons: Coupons | None = None
    promotions: Promotions | None = None
    lines: tuple[QuoteLine, ...] = ()

    @property
    def amends(self) -> str | None:
        return self.revises or self.from_

    def complete(self, view: View) -> "Quote":
        if self.revises is not None:
            return self.in_place_of(view).completed(view)
        return (self.of_opportunity(view) if self.from_ is not None else self).completed(view)

    def in_place_of(self, view: View) -> "Quote":
        """The quote with what the one says that it takes the place of. Raises `Refused` once that is ordered or gone."""
        assert self.revises is not None
        old = find(view, self.revises, "revises", Quote)
        assert isinstance(old, Quote)
        if old.id == self.id:
            raise Refused([Problem("wrong-value", "a quote does not revise itself", {}, "revises")])
        changes = [each for each in view.amendments(old.id) if each.id != self.id]
        check_holds(old, changes)
        keys = [(fx.TO_ORDER, old.id, line.line) for line in old.lines]
        if any(found[0].settled for key in keys if (found := view.promise(key)) is not None):
            template = "{id} is ordered, or a part of it: make a new quote of what else is wanted"
            raise Refused([Problem("wrong-state", template, {"id": old.id}, "revises")])
        if self.customer not in (None, old.customer):
            values = {"id": old.id, "customer": old.customer}
            raise Refused([Problem("other-customer", "{id} is a quote to {customer}", values, "customer")])
        taken = {name: getattr(self, name) or getattr(old, name) for name in OF_OLD}
        return replaced(self, version=(old.version or 1) + 1, **taken)

    def of_opportunity(self, view: View) -> "Quote":
        """The quote with what its opportunity says: whose it is, and what may be sold. Raises `Refused`."""
        assert self.from_ is not None
        source = find(view, self.from_, "from", Opportunity)
        assert isinstance(source, Opportunity)
        if source.customer is not None and self.customer not in (None, source.customer):
            values = {"id": source.id, "customer": source.customer}
            raise Refused([Problem("other-customer", "{id} is of {customer}", values, "customer")])
        lines = tuple(
            QuoteLine(**{**{name: getattr(line, name) for name in OpportunityLine.FIELDS}, "line": None})
            for line in source.lines
        )
        return replaced(
            self,
            customer=self.customer or source.customer,
            salesperson=self.salesperson or source.followed(view.amendments(source.id))[0]["owner"],
            lines=self.lines or lines,
        )

    def completed(self, view: View) -> "Quote":
        customer = find_customer(view, self.customer)
        settings = view.rules.settings
        done = replaced(
            self,
            customer_name=self.customer_name or customer.name,
            address=self.address or customer.address,
            valid_until=self.valid_until or self.date + timedelta(days=settings.quote_valid_days),
            payment_terms=self.payment_terms or customer.payment_terms or IMMEDIATE,
            prices=self.prices or settings.prices,
            tax_rounding=self.tax_rounding or settings.tax_rounding,
        )
        return replaced(done, lines=numbered(sold(done, view)))

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if self.valid_until < self.date:
            values = {"until": self.valid_until.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{until} is before the day of the quote, {day}", values, "valid_until")

    def holds_until(self, changes: list[Document]) -> date:
        """The last day on which it holds, as its changes have it."""
        said = [
            found for each in changes
            if not isinstance(each, Quote) and (found := getattr(each, "valid_until", None)) is not None
        ]  # fmt: skip
        return said[-1] if said else self.valid_until

    def effects(self, rules: Rules) -> Effects:
        return self.effects_after([], rules)

    def effects_after(self, amendments: list[Document], rules: Rules) -> Effects:
        """It promises that its lines can be ordered; one that is declined, only what was ordered before.

        Of one that another takes the place of nothing can be ordered.
        """
        net, tax = total(amounts(self.lines, self.prices, self.tax_rounding, rules, self.day))
        until = self.holds_until(amendments).isoformat()
        left = {line.line: line.stock_qty for line in self.lines}
        for change in amendments:
            if isinstance(change, Quote):
                left = dict.fromkeys(left, 0)
                continue
            left |= {line.line: micro(line.qty) for line in change.lines}  # type: ignore[attr-defined]
        promises = tuple(
            Promise(fx.TO_ORDER, self.id, line.line, left[line.line], 0, self.customer, line.item, None, until)
            for line in self.lines
        )
        return Effects(promises=promises, net=net, tax=tax, gross=net + tax)


def check_holds(quote: Quote, changes: list[Document]) -> None:
    """Raises `Refused` for a quote that the customer declined, or that another takes the place of."""
    for each in changes:
        if isinstance(each, Quote):
            template = "{id} is superseded by {other} of {day}: take that one, or void it"
            values = {"id": quote.id, "other": each.id, "day": each.day}
            raise Refused([Problem("wrong-state", template, values, "quote")])
        if getattr(each, "action", None) == "decline":
            template = "{id} was declined on {day}: void {change} to take that back, or make a new quote"
            values = {"id": quote.id, "day": each.day, "change": each.id}
            raise Refused([Problem("wrong-state", template, values, "quote")])
