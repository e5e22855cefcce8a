"""What a supplier offers us: prices, how long it takes, and until when that holds."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from bizcli.domains.orders.open_lines import find, find_supplier
from bizcli.domains.parties.terms import IMMEDIATE, Terms
from bizcli.domains.purchasing.rfq import Rfq, RfqLine
from bizcli.domains.purchasing.wanted import to_be_bought
from bizcli.domains.tax.lines import (
    DIMENSIONS,
    PricedLine,
    Prices,
    Rounding,
    amounts,
    check_lines,
    numbered,
    total,
    with_prices,
)
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code, Id, WholeField
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View

LeadTime = Annotated[int, WholeField(0, 3650), "days from an order to the goods"]


@record
class SupplierQuoteLine(PricedLine):
    """What is offered."""

    item: Annotated[str, Code("item")] = filled()
    lead_time: LeadTime | None = None
    request: Annotated[fields.LineId, "the line of the request that it is for"] | None = None


@record
class SupplierQuote(Document):
    """What a supplier offers us: prices, how long it takes, and until when that holds."""

    folder = "supplier_quotes"
    group = "rfq"
    prefix = "SQ"
    rank = 0

    answers: Annotated[str, Id("rfq"), "the request for quotations that it answers"] | None = None
    supplier: Annotated[str, Code("supplier")] = filled()
    supplier_name: Annotated[fields.Word, "as it is called on the paper"] = filled()
    number: Annotated[fields.Word, "the supplier's own"] | None = None
    warehouse: Annotated[str, Code("warehouse"), "that would receive"] | None = None
    valid_until: Annotated[fields.Day, "the last day on which it holds"] | None = None
    lead_time: LeadTime | None = None
    payment_terms: Terms = filled()
    prices: Prices = filled()
    tax_rounding: Rounding = filled()
    lines: tuple[SupplierQuoteLine, ...] = ()

    @property
    def paper(self) -> str | None:
        return f"{self.supplier} {self.number}" if self.number is not None else None

    @property
    def verb(self) -> str:
        return "quoted"

    def complete(self, view: View) -> "SupplierQuote":
        source = self.answers or next((line.from_ for line in self.lines if line.from_), None)
        done = self if source is None else self.answering(view, source.partition("/")[0])
        supplier = find_supplier(view, done.supplier)
        settings = view.rules.settings
        unpriced = [n for n, line in enumerate(done.lines) if line.price is None]
        if unpriced:
            template = "what does {supplier} ask for it? say the price"
            raise Refused(
                [Problem("no-price", template, {"supplier": supplier.code}, f"lines[{n}].price") for n in unpriced]
            )
        return replaced(
            done,
            supplier_name=done.supplier_name or supplier.name,
            payment_terms=done.payment_terms or supplier.payment_terms or IMMEDIATE,
            prices=done.prices or settings.prices,
            tax_rounding=done.tax_rounding or settings.tax_rounding,
            lines=numbered(with_prices(to_be_bought(done.lines, view), view, "purchase_price")),
        )

    def answering(self, view: View, id: str) -> "SupplierQuote":
        """With what was asked: each line says which one it answers, and for how much. Raises `Refused`."""
        rfq = find(view, id, "answers", Rfq)
        assert isinstance(rfq, Rfq)
        supplier = self.supplier or (rfq.suppliers[0] if len(rfq.suppliers) == 1 else None)
        if supplier is not None and supplier not in rfq.suppliers:
            template = "{id} asks {suppliers}, not {supplier}"
            values = {"id": rfq.id, "suppliers": ", ".join(rfq.suppliers), "supplier": supplier}
            raise Refused([Problem("other-supplier", template, values, "supplier")])
        lines, found = [], []
        left = {line.line: line for line in rfq.lines}
        for n, line in enumerate(self.lines):
            asked = next((each for each in left.values() if is_about(line, each, rfq.id)), None)
            if asked is None:
                values = {"item": line.item or str(line.from_), "id": rfq.id}
                found.append(Problem("not-asked", "{id} does not ask for {item}", values, f"lines[{n}].item"))
                continue
            del left[asked.line]
            taken = {name: getattr(line, name) or getattr(asked, name) for name in DIMENSIONS}
            if line.qty is None:
                taken |= {name: getattr(asked, name) for name in ("qty", "unit", "factor")}
            lines.append(
                replaced(
                    line,
                    from_=f"{rfq.id}/{asked.line}",
                    item=asked.item,
                    request=asked.from_,
                    warehouse=line.warehouse or asked.warehouse,
                    **taken,
                )
            )
        if found:
            raise Refused(found)
        taken = {name: getattr(self, name) or getattr(rfq, name) for name in ("warehouse", *DIMENSIONS)}
        return replaced(self, answers=rfq.id, supplier=supplier, lines=tuple(lines), **taken)

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        if self.valid_until is not None and self.valid_until < self.date:
            values = {"until": self.valid_until.isoformat(), "day": self.day}
            yield Problem("wrong-value", "{until} is before the day of the quote, {day}", values, "valid_until")

    def effects(self, rules: Rules) -> Effects:
        """What is offered can be ordered, once."""
        net, tax = total(amounts(self.lines, self.prices, self.tax_rounding, rules, self.day))
        until = self.valid_until.isoformat() if self.valid_until else None
        promises = tuple(
            Promise(fx.TO_BUY, self.id, line.line, line.stock_qty, 0, self.supplier, line.item, None, until)
            for line in self.lines
        )
        return Effects(promises=promises, net=net, tax=tax, gross=net + tax)

    def days_of(self, line: SupplierQuoteLine) -> int | None:
        """The days from an order to the goods of a line."""
        return self.lead_time if line.lead_time is None else line.lead_time

    def check_holds(self, day: date) -> None:
        """Raises `Refused` for an order of a day on which it does not hold any more."""
        if self.valid_until is not None and day > self.valid_until:
            template = "{id} held until {until}: ask again, or order with prices of your own: `bizcli purchase new`"
            values = {"id": self.id, "until": self.valid_until.isoformat()}
            raise Refused([Problem("expired", template, values, "quote")])


def is_about(line: SupplierQuoteLine, asked: RfqLine, rfq: str) -> bool:
    """Whether a line of an answer is about a line that was asked."""
    return line.from_ == f"{rfq}/{asked.line}" if line.from_ else line.item == asked.item
