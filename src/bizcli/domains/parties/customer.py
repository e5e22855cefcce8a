"""Someone who buys from us."""

from typing import Annotated

from bizcli.domains.parties.channels import CHANNELS
from bizcli.domains.parties.party import Party
from bizcli.kernel import fields
from bizcli.kernel.fields import ListField, OneOf
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
    preferences: Annotated[fields.Text, "what they like, and how they want to be served"] | None = None
    language: Annotated[fields.Word, "in which to write to them, such as zh"] | None = None
    consent: Annotated[tuple[str, ...], ListField(OneOf(*CHANNELS)), "by what they agreed to be sent offers"] | None = (
        None
    )
    stop: Annotated[fields.Day, "the day from which they want no offers at all"] | None = None
