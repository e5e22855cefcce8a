"""Editing a file of the book: it is replaced whole, and only by something valid that nobody else wrote over."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.finding import nearest_id
from bizcli.kernel.errors import Damaged, Misused, Problem, Refused
from bizcli.kernel.fields import ID, STAFF, Field, ListField, MapField, Wrong, shown
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.records import FieldInfo, Record, decode, nearest, schema_of, tree_of, tree_value
from bizcli.kernel.view import unknown_masters
from bizcli.store import yaml_edit
from bizcli.store.log import Entry
from bizcli.store.reading import record_in
from bizcli.store.recording import masters_named
from bizcli.store.yaml_reader import locate, read_file
from bizcli.store.yaml_writer import entry, one

if TYPE_CHECKING:
    from bizcli.book import Book

STEP = re.compile(r"([^.\[\]]+)|\[([0-9]{1,6})\]")


class File(NamedTuple):
    """A file of the book as it was when its editing began."""

    kind: Kind
    key: str
    path: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode(errors="replace")


def file_named(book: "Book", text: str) -> File:
    """The file that a person means; it may be broken, so that the index knows nothing of it. Raises `Refused`."""
    for kind, path in likely(book, text):
        if os.path.isfile(os.path.join(book.root, path)) and not os.path.islink(os.path.join(book.root, path)):
            key = path.rpartition("/")[2].removesuffix(".yaml")
            with open(os.path.join(book.root, path), "rb") as file:
                return File(kind, key, path, file.read())
    kind, record = book.find(text)
    path = path_of(kind, key_of(record))
    with open(os.path.join(book.root, path), "rb") as file:
        return File(kind, key_of(record), path, file.read())


def likely(book: "Book", text: str) -> Iterable[tuple[Kind, str]]:
    """Files that a word names at once: `customers/C-001.yaml`, `customer/C-001`, an id."""
    word, _, rest = text.partition("/")
    if text.endswith(".yaml") and word in book.catalog.by_folder and ".." not in text.split("/"):
        yield book.catalog.by_folder[word], text
    elif rest and STAFF.fullmatch(rest):
        for kind in book.catalog.kinds.values():
            if kind.master and word in (kind.name, kind.group, kind.folder):
                code = book.index.called(kind.name, rest)
                yield from ((kind, path_of(kind, each)) for each in ([code] if code else [rest, rest.upper()]))
    elif ID.fullmatch(text) and text[:2] in book.catalog.by_prefix:
        yield book.catalog.by_prefix[text[:2]], path_of(book.catalog.by_prefix[text[:2]], text)


def problems(book: "Book", file: File, data: bytes) -> list[Problem]:
    """What is wrong with the new content: as YAML, as a record, with what it names."""
    _text, record, _effects, found = record_in(data, book.catalog, book.rules, file.path, file.kind)
    if record is None:
        return found
    if file.kind.master:
        found = [*masters_named([(file.kind.name, record)], book.index)]
        before = book.index.master(file.kind.name, file.key)
        if before is not None:
            found += record.problems_since(before, book.index)
    else:
        for kind, code, path in unknown_masters(record, book.index):
            near = nearest(code, book.index.codes(kind))
            template = "there is no {kind} {code}; the nearest is {nearest}"
            found.append(Problem("unknown-code", template, {"kind": kind, "code": code, "nearest": near}, path))
        for id in record.names:
            if book.index.head(id) is None:
                near = nearest_id(book, id)
                template = (
                    "there is no document {id}; the nearest is {nearest}" if near else "there is no document {id}"
                )
                found.append(Problem("unknown-document", template, {"id": id, "nearest": near}))
    return [each._replace(document="").at(file.path, *locate(data, each.path)) for each in found]


def replace(book: "Book", file: File, data: bytes) -> None:
    """Put the new content in place and compile it. Raises `Refused`, and changes nothing, where that cannot be."""
    store = book.store
    with store.locked():
        store.refresh()
        before = {conflict[:6] for conflict in book.index.all_conflicts()}
        with open(os.path.join(book.root, file.path), "rb") as now:
            if now.read() != file.data:
                template = "{path} was changed by somebody else meanwhile: nothing was written; edit it again"
                raise Refused([Problem("changed-meanwhile", template, {"path": file.path})])
        put(book, file.path, file.data, data)
        added = [each for each in book.index.all_conflicts() if each[:6] not in before]
        if added:
            put(book, file.path, data, file.data)
            raise Refused(each.problem for each in added)


def put(book: "Book", path: str, expected: bytes, data: bytes) -> None:
    store = book.store
    store.log.add(Entry(b"=", path, expected, data))
    store.log.commit()
    store.log.place()
    store.refresh()


# Keys and values given as words


def changed(book: "Book", file: File, sets: Mapping[str, str], unsets: Iterable[str]) -> bytes:
    """The content with some keys set and others gone. Raises `Misused` for words that make no sense."""
    cls = book.catalog.record(file.kind.name)
    schema = schema_of(cls)
    mark = b"\xef\xbb\xbf" if file.data.startswith(b"\xef\xbb\xbf") else b""
    expected = read_file(file.data, file.path)
    text = file.data.removeprefix(mark).decode()
    order = ["kind", *schema.by_name]
    for key in unsets:
        known(key, schema.by_name)
        text = yaml_edit.unset_entry(text, key)
        expected.pop(key, None)
    for path, value in sets.items():
        steps = [int(number) if number else name for name, number in STEP.findall(path)]
        info = known(str(steps[0]) if steps else path, schema.by_name)
        try:
            if len(steps) == 1:
                parsed = value_of(info, value)
                tree = [tree_of(each) for each in parsed] if info.field is None else tree_value(info.field, parsed)
                text = yaml_edit.set_entry(text, info.name, entry(info, parsed), order)
                expected[info.name] = tree
            else:
                field = field_at(info, steps[1:], path)
                text = with_part(text, steps, field, one(field, field.parse(value)))
                expected = read_file(text.encode(), file.path)
        except Wrong as wrong:
            raise Misused([Problem(wrong.code, wrong.template, wrong.values, path)]) from None
    if read_file(text.encode(), file.path) != expected:
        raise Refused.of(
            "not-at-its-place", "{path} is written in a way that only an editor can change", path=file.path
        )
    return mark + text.encode()


def with_part(text: str, steps: list[Any], field: Field, value: str) -> str:
    """A part of a value changed; in quotes where brackets would read it otherwise."""
    from bizcli.store.yaml_scalar import unquoted

    plain = unquoted(value) if value.startswith('"') else value
    for each in (value, yaml_edit.in_quotes(value)):
        new = yaml_edit.set_scalar(text, steps, each)
        tree: Any = read_file(new.encode(), "")
        for step in steps:
            tree = tree[step]
        if tree == plain:
            return new
    raise Refused.of("not-at-its-place", "only an editor can change {key} there", key=steps[0])


def known(key: str, by_name: Mapping[str, FieldInfo]) -> FieldInfo:
    info = by_name.get(key)
    if info is None:
        values = {"key": shown(key), "nearest": nearest(key, by_name)}
        raise Misused([Problem("unknown-key", "unknown key {key}; the nearest is {nearest}", values)])
    return info


def field_at(info: FieldInfo, steps: list[str | int], path: str) -> Field:
    """The type of a part of a value, such as `reorder.point` or `rates[0].percent`. Raises `Misused`."""
    field, record = info.field, info.record
    for step in steps:
        if isinstance(step, int):
            field = field.each if isinstance(field, ListField) else field
        elif record is not None:
            inner = known(step, schema_of(record).by_name)
            field, record = inner.field, inner.record
        elif isinstance(field, MapField):
            pass
        else:
            field = None
    if field is None or isinstance(field, ListField):
        raise Misused.of("wrong-usage", "{path} is no single value; set the whole of {key}", path=path, key=info.name)
    return field.each if isinstance(field, MapField) else field


def value_of(info: FieldInfo, text: str) -> Any:
    """What a word on the command line means for a field: lists with commas, or `[…]` and `{…}` as in YAML."""
    tree: Any = text
    if isinstance(info.field, ListField | MapField) or info.record is not None:
        if text[:1] in ("[", "{"):
            try:
                tree = read_file(f"value: {text}\n".encode(), "").get("value")
            except Damaged as damaged:
                raise Misused(
                    each._replace(document=info.name, line=0, column=0) for each in damaged.problems
                ) from None
        elif isinstance(info.field, ListField):
            tree = [part.strip() for part in text.split(",") if part.strip()]
    if info.field is not None:
        return info.field.parse(tree)
    found: list[Problem] = []
    records = [decode(rows(info), each, f"{info.name}[{n}].", found) for n, each in enumerate(listed(tree, info))]
    if found:
        raise Misused(found)
    return tuple(records)


def rows(info: FieldInfo) -> type[Record]:
    assert info.record is not None
    return info.record


def listed(tree: Any, info: FieldInfo) -> list[dict[str, Any]]:
    if not isinstance(tree, list) or not all(isinstance(each, dict) for each in tree):
        raise Misused.of("wrong-value", "{key} is a list of mappings: [{{key: value, …}}, …]", key=info.name)
    return tree
