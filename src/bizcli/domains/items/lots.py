"""Which lots or serial numbers the goods of a line are of, as documents say it."""

from decimal import Decimal
from typing import Annotated, Any

from bizcli.kernel import fields
from bizcli.kernel.fields import NumberField
from bizcli.kernel.money import micro
from bizcli.kernel.records import Record, record


@record
class PartOfLot(Record):
    """What of a line is of one lot, where one does not do."""

    lot: fields.LotText
    qty: Annotated[Decimal, NumberField(zero=False), "in the item's own unit"]
    expiry: fields.Day | None = None

    @property
    def stock_qty(self) -> int:
        return micro(self.qty)


@record
class OfLots(Record):
    """A line whose goods may be of lots, or have serial numbers: it names one lot, or several, or each number."""

    lot: Annotated[fields.LotText, "the lot that the goods are of"] | None = None
    expiry: Annotated[fields.Day, "when the lot expires"] | None = None
    lots: tuple[PartOfLot, ...] = ()
    serials: tuple[fields.LotText, ...] = ()


LOT_KEYS = ("lot", "expiry", "lots", "serials")


def says_lots(line: Any) -> bool:
    """Whether a line names lots or serial numbers."""
    return bool(line.lot or line.lots or line.serials)
