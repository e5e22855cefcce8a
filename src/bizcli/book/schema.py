"""JSON Schema of a kind: what editors need to complete and check a file while it is typed."""

from typing import Any

from bizcli.kernel.kinds import Catalog
from bizcli.kernel.records import Record, schema_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(catalog: Catalog, name: str) -> dict[str, Any]:
    """The schema of a recorded file of a kind (JSON Schema, draft 2020-12)."""
    kind = catalog.kinds[name]
    found = of_record(catalog.record(name))
    properties = {"kind": {"const": name}, **found["properties"]}
    required = ["kind", *found["required"]]
    head = {"$schema": DIALECT, "title": name, "description": kind.help}
    return {**head, **found, "properties": properties, "required": required}


def of_record(record: type[Record]) -> dict[str, Any]:
    """An object with the record's fields; what recording would fill in may be left out while one types."""
    schema = schema_of(record)
    return {
        "type": "object",
        "properties": {info.name: of_field(info) for info in schema.fields},
        "required": [info.name for info in schema.fields if info.required],
        "additionalProperties": False,
    }


def of_field(info: Any) -> dict[str, Any]:
    said = {"description": info.help} if info.help else {}
    if info.record is not None:
        return {"type": "array", "items": of_record(info.record), **said}
    return {**info.field.schema, **said}
