"""Records as values that JSON and tables can show."""

from datetime import date
from typing import Any

from bizcli.kernel.fields import PercentField
from bizcli.kernel.records import Record, schema_of


def plain(record: Record) -> dict[str, Any]:
    """A record as nested values that JSON and tables can show."""
    shown: dict[str, Any] = {}
    for info in schema_of(type(record)).fields:
        value = getattr(record, info.attribute)
        if value is None or value == ():
            continue
        if info.record is not None:
            shown[info.name] = [plain(each) for each in value]
        elif isinstance(info.field, PercentField):
            shown[info.name] = info.field.text(value)
        else:
            shown[info.name] = simple(value)
    return shown


def simple(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [simple(each) for each in value]
    return value
