"""Someone we buy from."""

from bizcli.domains.parties.party import Party
from bizcli.kernel.records import record


@record
class Supplier(Party):
    """Someone we buy from."""

    folder = "suppliers"
    group = "supplier"
