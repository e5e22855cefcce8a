"""What an editor's language server makes of a file: values with types, held against the JSON Schema."""

from datetime import date, datetime
from functools import cache
from typing import Any

import jsonschema
import yaml

from bizcli.book.catalog import make_catalog
from bizcli.book.schema import json_schema

CATALOG = make_catalog()


@cache
def validator(name: str) -> Any:
    """The validator of a kind's schema, or of `book`; the schema itself is looked at too."""
    schema = json_schema(CATALOG, name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_editors_read(text: str) -> Any:
    """A file with numbers and truth as such; a date is text, as JSON has none."""
    return dates_as_text(yaml.safe_load(text))


def dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: dates_as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [dates_as_text(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
