"""Records: frozen facts whose annotations are the YAML, the JSON Schema, the CLI flags and the help.

`Master` records (customers, items …) have a code and are edited by hand; `Document` records have an id
and a date, and are complete once recorded. `schema_of` turns the annotations into readers once per
class; `decode` makes a record of the text tree of a file, `tree_of` is its inverse.
"""

from collections.abc import Callable, Iterator
from datetime import date as Day
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    NamedTuple,
    Self,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
)

from bizcli.kernel import fields
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Code, Field, Id, LineIdField, ListField, Wrong

if TYPE_CHECKING:
    from bizcli.kernel.effects import Effects
    from bizcli.kernel.rules import Rules
    from bizcli.kernel.view import Base, View

R = TypeVar("R", bound="Record")
T = TypeVar("T")


Find = Callable[[str, str], "Master | None"]

MISSING, FILLED = object(), object()  # no default; None until the document is completed


def filled() -> Any:
    """A field that may be left out when a document is given, and is there once it is recorded."""
    return FILLED


@dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls: type[R]) -> type[R]:
    """Class decorator of every record: frozen, keyword-only, its annotations are its fields.

    What a frozen dataclass is, without generating code for each class: a third of a command's start-up.
    New fields come after those of its base, or where it says so: `before = "amount"`.
    """
    own = {
        name: (annotation, cls.__dict__.get(name, MISSING))
        for name, annotation in cls.__dict__.get("__annotations__", {}).items()
        if get_origin(annotation) is not ClassVar
    }
    known: dict[str, Any] = {}
    for base in cls.__bases__:
        known |= getattr(base, "FIELDS", {})
    place = [*known].index(cls.__dict__["before"]) if "before" in cls.__dict__ else len(known)
    names = [*[*known][:place], *(name for name in own if name not in known), *[*known][place:]]
    cls.FIELDS = {name: own.get(name) or known[name] for name in names}
    cls.DEFAULTS = {
        name: None if default is FILLED else default
        for name, (_, default) in cls.FIELDS.items()
        if default is not MISSING
    }
    return cls


def replaced(record: R, **changes: Any) -> R:
    """The same record with other values in some fields."""
    new = object.__new__(type(record))
    values = new.__dict__
    values.update(record.__dict__)
    for name in WORKED_OUT:
        values.pop(name, None)
    values.update(changes)
    return new


class worked_out(Generic[T]):
    """A property of a record that is kept once it is worked out.

    What `functools.cached_property` is, without its lock, which costs more than most of them.
    """

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self.work_out, self.name, self.__doc__ = work_out, work_out.__name__, work_out.__doc__

    def __get__(self, record: Any, owner: type | None = None) -> T:
        found: T = self.work_out(record)
        record.__dict__[self.name] = found
        return found


WORKED_OUT = ("day", "names", "sort", "by_item")
"""Properties of records that are kept once they are worked out; not fields."""


@record
class Record:
    """Anything with typed fields that a file can hold."""

    FIELDS: ClassVar[dict[str, tuple[Any, Any]]]  # attribute: (annotation, default)
    DEFAULTS: ClassVar[dict[str, Any]]

    if not TYPE_CHECKING:

        def __init__(self, **values: Any) -> None:
            wrong = values.keys() - self.FIELDS.keys() or self.FIELDS.keys() - self.DEFAULTS.keys() - values.keys()
            if wrong:
                raise TypeError(f"{type(self).__name__}: {', '.join(sorted(wrong))}")
            self.__dict__.update(self.DEFAULTS)
            self.__dict__.update(values)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            self.__dict__[name] == other.__dict__[name] for name in self.FIELDS
        )  # fmt: skip

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = (f"{name}={self.__dict__[name]!r}" for name in self.FIELDS if self.__dict__[name] not in (None, ()))
        return f"{type(self).__name__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} does not change: use replaced()")

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the record on its own, once it is complete."""
        yield from ()


@record
class Line(Record):
    """One line of a document; its number is permanent."""

    line: fields.LineNumber = filled()


class Looked(NamedTuple):
    """A word that a master is found by, on which days, and what of it is then asked for (None: all of it)."""

    key: str
    since: Day | None
    until: Day | None
    part: "Master | None" = None


@record
class Master(Record):
    """Something that documents name by its code."""

    folder: ClassVar[str]
    group: ClassVar[str]
    prefix: ClassVar[str] = ""

    code: Annotated[fields.CodeText, "its code, the name of its file"]
    name: Annotated[fields.Word, "what people call it"] = filled()

    @property
    def key(self) -> str:
        return self.code

    def complete(self, view: "View") -> Self:
        return self if self.name is not None else replaced(self, name=self.code)

    def found_by(self) -> "Iterator[Looked]":
        """What documents find it by, besides its code."""
        yield from ()

    def problems_among(self, master: "Find") -> Iterator[Problem]:
        """What is wrong with it among the other masters, as `master(kind, code)` answers with them."""
        yield from ()

    def problems_since(self, before: Self, base: "Base") -> Iterator[Problem]:
        """What is wrong with it as a change of what it was before."""
        yield from ()

    def gone_by(self, day: Day) -> Problem | None:
        """Why a new document of a day cannot name it."""
        return None


@record
class Attachment(Record):
    """A file kept with a document."""

    file: fields.Word
    sha256: fields.Word


@record
class Document(Record):
    """Something that happened on a day: what was agreed, moved, billed or paid."""

    folder: ClassVar[str]  # the plural of the command group
    group: ClassVar[str]
    prefix: ClassVar[str]  # of its ids
    rank: ClassVar[int] = 9  # the order within a day, see `sort_key`

    id: Annotated[str, Id(), "assigned when absent"] = filled()
    date: Annotated[fields.Day, "the day of effect; today when absent"] = filled()
    time: Annotated[fields.Clock, "orders the documents of a day"] | None = None
    document_date: Annotated[fields.Day, "the paper's own date when it differs"] | None = None
    ref: Annotated[fields.Word, "an outside reference, unique per kind"] | None = None
    by: Annotated[fields.Word, "who recorded it"] | None = None
    approved_by: fields.Word | None = None
    salesperson: fields.StaffCode | None = None
    shop: fields.Word | None = None
    department: fields.Word | None = None
    project: fields.Word | None = None
    attachments: tuple[Attachment, ...] = ()
    note: fields.Text | None = None
    tags: tuple[fields.Word, ...] = ()

    recorder: ClassVar[str] = "by"  # the field that says who recorded it, where `by` says something else
    amendable: ClassVar[bool] = False  # whether others may change what it does: see `effects_after`
    clocked: ClassVar[bool] = False  # whether its time of day is noted when it is recorded on the day itself

    @property
    def voids(self) -> str | None:
        """The id of the document that it declares void."""
        return None

    @property
    def amends(self) -> str | None:
        """The id of the document whose effects it changes."""
        return None

    @property
    def key(self) -> str:
        return self.id

    @property
    def verb(self) -> str:
        """What has happened by it to the documents that it names."""
        return "named"

    @worked_out
    def day(self) -> str:
        """The day of effect, ISO 8601."""
        return self.date.isoformat()

    @property
    def party(self) -> str | None:
        """The customer or supplier that it is about."""
        return getattr(self, "customer", None) or getattr(self, "supplier", None)

    @property
    def paper(self) -> str | None:
        """The number on another's paper, with whose it is: no two documents of a kind that count have the same."""
        return None

    def complete(self, view: "View") -> Self:
        """The document with every default filled in, as it will be stored. Raises `Refused`."""
        return self

    @property
    def dimensions(self) -> tuple[str | None, ...]:
        """Salesperson, shop, department and project."""
        values = self.__dict__
        return (values["salesperson"], values["shop"], values["department"], values["project"])

    def effects(self, rules: "Rules") -> "Effects":
        """What the complete document does to goods, money and promises."""
        raise AssertionError(f"{type(self).__name__} says no effects")

    def effects_after(self, amendments: "list[Document]", rules: "Rules") -> "Effects":
        """What it does once others, in the order of the books, have amended it."""
        raise AssertionError(f"{type(self).__name__} is not amended")

    @worked_out
    def names(self) -> tuple[str, ...]:
        """The ids of the documents that it names, each once, in the order of its fields."""
        found: dict[str, None] = {}
        add_named(self, found)
        return tuple(found)

    @worked_out
    def sort(self) -> str:
        """Where it stands in the order of the books by its own date, as text that sorts.

        Day; rank (in, transfer, out, invoice, return, payment, entry, count); time of day; site; then
        the number as an integer. Fixed width, so that no key is the beginning of another.
        """
        prefix, site, month, number = id_parts(self.id)
        return f"{self.day}{self.rank}{self.time or '':<5}{site:<8}{month}{int(number):08d}{number:>8}{prefix}"


def add_named(record: Record, found: dict[str, None]) -> None:
    """Add the ids that a record's own fields and lines hold."""
    schema = schema_of(type(record))
    values = record.__dict__
    for info in schema.ids:
        value = values[info.attribute]
        if value is not None:
            for id in (value,) if isinstance(value, str) else value:
                found[id.partition("/")[0]] = None
    for info in schema.naming:
        for each in values[info.attribute] or ():
            add_named(each, found)


def lines_of(document: "Document | None") -> Iterator[tuple[str, Any]]:
    """The lines of a document, and the components of its kits, each with its path."""
    for n, line in enumerate(getattr(document, "lines", ())):
        yield f"lines[{n}]", line
        for m, part in enumerate(line.__dict__.get("components") or ()):
            yield f"lines[{n}].components[{m}]", part


def id_parts(id: str) -> tuple[str, str, str, str]:
    """Prefix, site ('' when none), month as YYMM, and number of an id.

    >>> id_parts("SO-SZ-2611-0001")
    ('SO', 'SZ', '2611', '0001')
    """
    parts = id.split("-")
    return (parts[0], "", parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[1], parts[2], parts[3])


class FieldInfo(NamedTuple):
    """One field of a record class, as readers and writers need it."""

    name: str  # the key in YAML
    attribute: str
    field: Field | None  # None for a list of records
    record: type[Record] | None
    filled: bool
    required: bool
    help: str


class Schema(NamedTuple):
    """What the annotations of a record class say."""

    fields: tuple[FieldInfo, ...]
    by_name: dict[str, FieldInfo]
    codes: tuple[tuple[str, str], ...]  # (attribute, kind) of fields that name a master
    ids: tuple[FieldInfo, ...]  # fields that name documents
    lists: tuple[FieldInfo, ...]  # fields that hold records
    coding: tuple[FieldInfo, ...]  # those whose records name masters in turn
    naming: tuple[FieldInfo, ...]  # those whose records name documents in turn
    filled: tuple[FieldInfo, ...]
    defaults: dict[str, Any]  # by attribute
    required: frozenset[str]  # attributes


SCHEMAS: dict[type, Schema] = {}


def schema_of(cls: type[Record]) -> Schema:
    """The schema of a record class, worked out at the first call."""
    schema = SCHEMAS.get(cls)
    if schema is None:
        infos = tuple(field_info(name, *found) for name, found in cls.FIELDS.items())
        schema = SCHEMAS[cls] = Schema(
            infos,
            {info.name: info for info in infos},
            tuple((info.attribute, kind) for info in infos if (kind := kind_named(info.field))),
            tuple(info for info in infos if is_id(info.field) and not (info.name == "id" and issubclass(cls, Document))),
            tuple(info for info in infos if info.record),
            tuple(info for info in infos if info.record and names_masters(info.record)),
            tuple(info for info in infos if info.record and names_documents(info.record)),
            tuple(info for info in infos if info.filled),
            cls.DEFAULTS,
            frozenset(info.attribute for info in infos if info.required),
        )  # fmt: skip
    return schema


def path_naming(record: Record, id: str, path: str = "") -> str:
    """Where a record names a document: `order`, `lines[0].from`; '' when it does not."""
    schema = schema_of(type(record))
    values = record.__dict__
    for info in schema.ids:
        value = values[info.attribute]
        for n, each in enumerate((value,) if isinstance(value, str) else value or ()):
            if each.partition("/")[0] == id:
                return f"{path}{info.name}" if isinstance(value, str) else f"{path}{info.name}[{n}]"
    for info in schema.naming:
        for n, each in enumerate(values[info.attribute] or ()):
            found = path_naming(each, id, f"{path}{info.name}[{n}].")
            if found:
                return found
    return ""


def names_masters(cls: type[Record]) -> bool:
    """Whether records of a class name masters."""
    schema = schema_of(cls)
    return bool(schema.codes or schema.coding)


def names_documents(cls: type[Record]) -> bool:
    """Whether records of a class name documents."""
    schema = schema_of(cls)
    return bool(schema.ids or schema.naming)


def kind_named(field: Field | None) -> str:
    """The kind of the masters that a field names, or a list of them; '' for any other field."""
    each = field.each if isinstance(field, ListField) else field
    return each.kind if isinstance(each, Code) else ""


def is_id(field: Field | None) -> bool:
    return isinstance(field, (Id, LineIdField)) or (isinstance(field, ListField) and isinstance(field.each, Id))


def field_info(name: str, annotation: Any, default: Any) -> FieldInfo:
    """How one annotated field is read and written."""
    alternatives = [each for each in get_args(annotation) if each is not type(None)]
    if get_origin(annotation) is not Annotated and type(None) in get_args(annotation):
        (annotation,) = alternatives
    help = next((each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, str)), "")
    kind: Field | None = None
    nested: type[Record] | None = None
    if get_origin(annotation) is tuple:
        (each, _) = get_args(annotation)
        if isinstance(each, type) and issubclass(each, Record):
            nested = each
        else:
            kind = ListField(type_of(each))
    else:
        kind = type_of(annotation)
    return FieldInfo(name.rstrip("_"), name, kind, nested, default is FILLED, default is MISSING, help)


def type_of(annotation: Any) -> Field:
    return next(each for each in reversed(annotation.__metadata__) if isinstance(each, Field))


def decode(cls: type[R], tree: dict[str, Any], path: str, found: list[Problem]) -> R | None:
    """The record that a text tree holds; appends what is wrong to `found`.

    `kind` at the top of a document is not a field and has been looked at before.
    """
    schema = schema_of(cls)
    by_name = schema.by_name
    values: dict[str, Any] = schema.defaults.copy()
    count = len(found)
    for key, value in tree.items():
        info = by_name.get(key)
        if info is None:
            if key != "kind" or path:
                found.append(unknown_key(key, path, by_name))
        elif value is None:
            continue
        elif info.field is not None:
            try:
                values[info.attribute] = info.field.parse(value)
            except Wrong as wrong:
                found.append(Problem(wrong.code, wrong.template, wrong.values, f"{path}{key}"))
        elif not isinstance(value, list):
            found.append(Problem("wrong-value", "a list of mappings is expected here", path=f"{path}{key}"))
        else:
            assert info.record is not None
            records = [decode_item(info.record, each, f"{path}{key}[{n}]", found) for n, each in enumerate(value)]
            values[info.attribute] = tuple(records)
    if len(found) > count:
        return None
    if not schema.required <= values.keys():
        found.extend(
            Problem("missing-key", "{key} is missing", {"key": info.name}, path.removesuffix("."))
            for info in by_name.values()
            if info.required and info.attribute not in values
        )
        return None
    new = object.__new__(cls)  # what cls(**values) does, in a fifth of the time
    new.__dict__.update(values)
    return new


def decode_item(cls: type[R], tree: Any, path: str, found: list[Problem]) -> R | None:
    if isinstance(tree, dict):
        return decode(cls, tree, path + ".", found)
    found.append(Problem("wrong-value", "a mapping is expected here", path=path))
    return None


def unknown_key(key: str, path: str, known: dict[str, FieldInfo]) -> Problem:
    template = "unknown key {key}; the nearest is {nearest}"
    return Problem("unknown-key", template, {"key": fields.shown(key), "nearest": nearest(key, known)}, f"{path}{key}")


def nearest(word: str, known: Any) -> str:
    """The known word most like a wrong one."""
    import difflib  # only when something is wrong

    matches = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0)
    return matches[0] if matches else "(none)"


def unfilled(record: Record, path: str = "") -> list[Problem]:
    """What a stored document lacks that recording would have filled in."""
    found = []
    schema = schema_of(type(record))
    values = record.__dict__
    for info in schema.filled:
        if values[info.attribute] is None:
            template = "{key} is missing; `bizcli apply FILE` fills it in"
            found.append(Problem("not-complete", template, {"key": info.name}, path))
    for info in schema.lists:
        for n, each in enumerate(values[info.attribute] or ()):
            found += unfilled(each, f"{path}{'.' if path else ''}{info.name}[{n}]")
    return found


def tree_of(record: Record) -> dict[str, Any]:
    """The text tree of a record: what `decode` reads back equal."""
    tree: dict[str, Any] = {}
    for info in schema_of(type(record)).fields:
        value = getattr(record, info.attribute)
        if value is None or value == ():
            continue
        tree[info.name] = [tree_of(each) for each in value] if info.field is None else tree_value(info.field, value)
    return tree


def tree_value(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(field, ListField):
        return [tree_value(field.each, each) for each in value]
    if isinstance(value, dict):
        return {key: tree_value(getattr(field, "each", field), each) for key, each in value.items()}
    return field.text(value)


def coded(record: Record, known: dict[tuple[str, str], Any], path: str = "") -> list[tuple[str, str, str]]:
    """The masters that a record names and that are not known yet: (kind, code, path)."""
    if all_known(record, known):
        return []
    schema = schema_of(type(record))
    values = record.__dict__
    found = []
    for attribute, kind in schema.codes:
        code = values[attribute]
        if code is None:
            continue
        name = path + attribute.rstrip("_")
        named = [(code, name)] if isinstance(code, str) else [(each, f"{name}[{n}]") for n, each in enumerate(code)]
        found += [(kind, each, where) for each, where in named if known.get((kind, each)) is None]
    for info in schema.coding:
        for n, each in enumerate(values[info.attribute] or ()):
            found += coded(each, known, f"{path}{info.name}[{n}].")
    return found


def all_known(record: Record, known: dict[tuple[str, str], Any]) -> bool:
    """Whether every master that a record names is known: the usual case, found without naming places."""
    schema = schema_of(type(record))
    values = record.__dict__
    for attribute, kind in schema.codes:
        code = values[attribute]
        if code is not None:
            for each in (code,) if code.__class__ is str else code:
                if known.get((kind, each)) is None:
                    return False
    for info in schema.coding:
        for each in values[info.attribute] or ():
            if not all_known(each, known):
                return False
    return True
