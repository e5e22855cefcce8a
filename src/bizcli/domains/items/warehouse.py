"""A place where goods lie: a warehouse or a shop."""

from bizcli.kernel import fields
from bizcli.kernel.records import Master, record


@record
class Warehouse(Master):
    """A place where goods lie: a warehouse or a shop."""

    folder = "warehouses"
    group = "warehouse"

    address: fields.Text | None = None
    location: fields.Location | None = None
    note: fields.Text | None = None
