"""A line of a credit note: an amount, and what it is about."""

from decimal import Decimal
from typing import Annotated

from bizcli.domains.tax.lines import PricedLine
from bizcli.kernel import fields
from bizcli.kernel.fields import Code
from bizcli.kernel.records import Line, filled, record


@record
class CreditLine(Line):
    """What is credited, and for what."""

    from_: Annotated[fields.LineId, "the line of the invoice, or of the return, that it is about"] | None = None
    item: Annotated[str, Code("item"), "whose sales or purchases it lowers"] | None = None
    text: Annotated[fields.Word, "what the paper says of it"] | None = None
    qty_returned: Annotated[fields.Quantity, "how many of the goods that went back, in the item's own unit"] | None = (
        None
    )
    qty_undelivered: (
        Annotated[fields.Quantity, "how many of the goods billed ahead will not come, in the item's own unit"] | None
    ) = None
    amount: Annotated[fields.Amount, "with or without tax, as `prices` says"] = filled()
    tax: Annotated[fields.Word, "a percentage such as 13%, or a tax code"] = filled()
    tax_amount: Annotated[fields.Amount, "tax credited"] = filled()
    returned: Annotated[fields.Amount, "what these goods went back at, or were billed at"] | None = None
    again: Annotated[fields.LineId, "the line of an order that is open for these goods again"] | None = None
    receipt: Annotated[fields.LineId, "the line that these goods came in with: they cost less"] | None = None
    account: (
        Annotated[fields.Word, "a role or an account; revenue when absent, or what the bill was booked on"] | None
    ) = None
    note: fields.Text | None = None
    salesperson: fields.StaffCode | None = None
    shop: fields.Word | None = None
    department: fields.Word | None = None
    project: fields.Word | None = None


def as_priced(line: CreditLine) -> PricedLine:
    """An amount as a line that has a price: one of it."""
    return PricedLine(item=line.item or "", qty=Decimal(1), price=line.amount, tax=line.tax)
