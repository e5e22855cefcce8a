"""Someone who buys from us."""

from typing import Annotated

from bizcli.domains.parties.party import Party
from bizcli.kernel import fields
from bizcli.kernel.records import record


@record
class Customer(Party):
    """Someone who buys from us."""

    folder = "customers"
    group = "customer"

    group_: Annotated[fields.Word, "for prices and promotions, such as wholesale"] | None = None
    credit_limit: Annotated[fields.Amount, "gross: unpaid and ordered but not yet invoiced, less advances"] | None = (
        None
    )
