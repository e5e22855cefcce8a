"""JSON Schema of a kind: what editors need to complete and check a file while it is typed.

The schemas lie in `.bizcli/schema`, where the first line of a file that `new` writes leads an editor. They are
a cache: another version of the program, or another language, writes them anew.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from bizcli import __version__
from bizcli.book.settings import charts, roles
from bizcli.kernel.errors import Misused
from bizcli.kernel.kinds import Catalog
from bizcli.kernel.records import FieldInfo, Record, nearest, schema_of
from bizcli.kernel.rules import TOPS, GitSettings, Settings
from bizcli.store.yaml_writer import SCHEMAS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BOOK = "book"  # book.yaml, which is no kind
ACCOUNT = rf"^(?:{'|'.join(TOPS)})(?::[A-Z0-9][^:\s]*)+$"

Words = Callable[[str], str]  # a text in a person's language


def json_schema(catalog: Catalog, name: str, words: Words = str) -> dict[str, Any]:
    """The schema of a recorded file of a kind, or of `book.yaml` (JSON Schema, draft 2020-12)."""
    if name == BOOK:
        return of_book(words)
    kind = catalog.kinds[name]
    found = of_record(catalog.record(name), words)
    properties = {"kind": {"const": name}, **found["properties"]}
    required = ["kind", *found["required"]]
    head = {"$schema": DIALECT, "title": name, "description": words(kind.help)}
    return {**head, **found, "properties": properties, "required": required}


def of_book(words: Words) -> dict[str, Any]:
    """The schema of `book.yaml`: its charts and roles are those that bizcli brings."""
    found = of_record(Settings, words)
    account = {"type": "string", "pattern": ACCOUNT}
    properties = found["properties"]
    properties["chart"]["enum"] = [*charts(), None]
    properties["roles"] |= {"properties": dict.fromkeys(roles(), account), "additionalProperties": False}
    properties["git"] = of_record(GitSettings, words) | {"type": ["object", "null"]}
    return {"$schema": DIALECT, "title": "book.yaml", **found}


def of_record(record: type[Record], words: Words) -> dict[str, Any]:
    """An object with the record's fields; what recording would fill in may be left out while one types."""
    schema = schema_of(record)
    return {
        "type": "object",
        "properties": {info.name: of_field(info, words) for info in schema.fields},
        "required": [info.name for info in schema.fields if info.required],
        "additionalProperties": False,
    }


def of_field(info: FieldInfo, words: Words) -> dict[str, Any]:
    said = {"description": words(info.help)} if info.help else {}
    if info.record is not None:
        found = {"type": "array", "items": of_record(info.record, words)}
    else:
        assert info.field is not None
        found = {**info.field.schema}
    return {**(found if info.required else or_nothing(found)), **said}


def or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, where a key may stand without a value, which says nothing."""
    found = dict(schema)
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    if "type" in found:
        types = found["type"]
        found["type"] = [*([types] if isinstance(types, str) else types), "null"]
    return found


# Where editors find them


def named(catalog: Catalog, word: str) -> str:
    """The schema that a person means. Raises `Misused`."""
    if word not in catalog.kinds and word != BOOK:
        near = nearest(word, [*catalog.kinds, BOOK])
        raise Misused.of(
            "unknown-kind", "there is no kind {word}; the nearest is {nearest}", word=word[:60], nearest=near
        )
    return word


def keep(root: str, catalog: Catalog, names: Iterable[str], words: Words = str) -> list[str]:
    """Write the schemas that are not there, or are of another version, into the book's cache; their paths."""
    from json import dumps

    written = []
    for name in names:
        path = f"{SCHEMAS}/{name}.json"
        stamp = f"bizcli {__version__} {words('language of texts')}"
        begin = f'{{"$comment": {dumps(stamp, ensure_ascii=False)}'
        if begins_with(os.path.join(root, path), begin.encode()):
            continue
        text = dumps({"$comment": stamp, **json_schema(catalog, name, words)}, ensure_ascii=False)
        put(root, path, text.encode())
        written.append(path)
    return written


def begins_with(path: str, begin: bytes) -> bool:
    """Whether a file is there, whole by its own, and begins so."""
    try:
        with open(path, "rb") as file:
            return not os.path.islink(path) and file.read(len(begin)) == begin
    except (FileNotFoundError, IsADirectoryError):
        return False


def put(root: str, path: str, data: bytes) -> None:
    """Put a file of the cache in place, whole; a link that stands there is replaced, never followed."""
    final = os.path.join(root, path)
    os.makedirs(os.path.dirname(final), exist_ok=True)
    temporary = os.path.join(root, ".bizcli", f"schema-{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(data)
    os.replace(temporary, final)
