"""Someone we buy from."""

from typing import Annotated

from bizcli.domains.parties.party import Party
from bizcli.kernel import fields
from bizcli.kernel.records import record


@record
class Supplier(Party):
    """Someone we buy from."""

    folder = "suppliers"
    group = "supplier"

    receipt_tolerance: Annotated[fields.Percent, "what may come beyond an order; the book's when absent"] | None = None
