"""Records as YAML text: block style, one key a line, in the order of the schema. Same record, same bytes."""

from typing import Any

from bizcli.kernel.fields import Field, ListField, MapField
from bizcli.kernel.records import FieldInfo, Record, schema_of
from bizcli.store.yaml_scalar import scalar

SCHEMAS = ".bizcli/schema"  # in the book; what editors check files with
SCHEMA_MARK = "# yaml-language-server: $schema="


def schema_line(kind: str, path: str) -> str:
    """The first line of a file that a person will edit: it leads an editor to the schema.

    >>> schema_line("customer", "customers/C-001.yaml")
    '# yaml-language-server: $schema=../.bizcli/schema/customer.json\\n'
    """
    return f"{SCHEMA_MARK}{'../' * path.count('/')}{SCHEMAS}/{kind}.json\n"


def write(kind: str, record: Record) -> str:
    """The text of a record's file."""
    parts = [f"kind: {kind}\n"]
    mapping(record, "", parts)
    return "".join(parts)


def settings_text(record: Record) -> str:
    """The text of `book.yaml`."""
    parts: list[str] = []
    mapping(record, "", parts)
    return "".join(parts)


def mapping(record: Record, indent: str, parts: list[str], first: str | None = None) -> None:
    """Append a record's lines; `first` stands before the first of them, as `  - ` does in a list."""
    lead = indent if first is None else first
    values = record.__dict__
    for name, attribute, field, _, _, _, _ in schema_of(type(record)).fields:
        value = values[attribute]
        if value is None:
            continue
        if value.__class__ is str:
            parts.append(f"{lead}{name}: {scalar(value) if field.quoted else value}\n")  # type: ignore[union-attr]
        elif value.__class__ is tuple or value.__class__ is dict:
            if not value:
                continue
            parts.append(f"{lead}{name}:\n")
            if field is None:
                for each in value:
                    mapping(each, indent + "    ", parts, indent + "  - ")
            else:
                nested(field, value, indent + "  ", parts)
        else:
            parts.append(f"{lead}{name}: {field.text(value)}\n")  # type: ignore[union-attr]
        lead = indent
    if first is not None and lead == first:  # it says nothing, and is there all the same
        parts.append(f"{first}{{}}\n")


def entry(info: FieldInfo, value: Any) -> str:
    """The lines of one field, as they stand at the top of a file."""
    parts = [f"{info.name}:\n"]
    if info.field is None:
        for each in value:
            mapping(each, "    ", parts, "  - ")
    elif isinstance(value, tuple | dict):
        nested(info.field, value, "  ", parts)
    else:
        return f"{info.name}: {one(info.field, value)}\n"
    return "".join(parts)


def nested(field: Field, value: Any, indent: str, parts: list[str]) -> None:
    """Append the lines of a list or of a small table."""
    if isinstance(field, ListField):
        parts.extend(f"{indent}- {one(field.each, each)}\n" for each in value)
        return
    assert isinstance(field, MapField)
    for key, each in value.items():
        if isinstance(each, dict):
            parts.append(f"{indent}{scalar(key)}:\n")
            nested(field, each, indent + "  ", parts)
        else:
            parts.append(f"{indent}{scalar(key)}: {one(field.each, each)}\n")


def one(field: Field, value: Any) -> str:
    return scalar(value) if field.quoted else field.text(value)
