"""Which column of a sheet is which key of a record: by mapping, by the key's own names, by what other programs call it.

A `Mapping` is a file that a person writes (`--map`) or that `--save-map` wrote. A form is a mapping that bizcli brings: a
kind with what a sheet of the first day leaves unsaid. What neither says is found out from the headings.
"""

import os
import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from functools import cache
from typing import Annotated, Any, NamedTuple

from bizcli.book.catalog import HERE
from bizcli.book.sheets import tables
from bizcli.kernel import fields
from bizcli.kernel.errors import Misused, Problem, Refused
from bizcli.kernel.fields import ListField, MapField, TextField
from bizcli.kernel.kinds import Catalog, Kind
from bizcli.kernel.records import FieldInfo, Master, Record, decode, nearest, record, replaced, schema_of
from bizcli.store.yaml_reader import read_file

Words = Callable[[str], str]  # a text in a person's language

PARTIES = ("customer", "supplier")
NOT_FROM_SHEETS = ("id", "line", "attachments", "factor", "approved_by", "received", "components", "tax_rounding")
"""Keys that no row of a sheet says; a mapping may name them all the same."""


@record
class Mapping(Record):
    """How the columns of a sheet are read."""

    kind: Annotated[fields.Word, "of the records, or the name of a form"] | None = None
    columns: Annotated[dict[str, str], MapField(TextField(200)), "heading: key"] | None = None
    ignore: Annotated[tuple[str, ...], ListField(TextField(200)), "headings that are not read"] = ()
    constants: Annotated[dict[str, str], MapField(TextField()), "key: what every row has"] | None = None
    defaults: Annotated[dict[str, str], MapField(TextField()), "key: where a cell is empty"] | None = None
    values: Annotated[dict[str, Any], MapField(TextField()), "key: {a word in cells: what it means}"] | None = None
    skip: Annotated[dict[str, str], MapField(TextField()), "heading: words of rows that are left out"] | None = None
    without: Annotated[fields.Word, "the key without which, or with 0, a row is left out"] | None = None
    below: Annotated[fields.Word, "the form of rows in which that is below zero"] | None = None
    dates: Annotated[fields.Word, "how days are written, such as %d/%m/%Y"] | None = None
    ref: (
        Annotated[fields.Text, "the reference of rows that have none, such as `web {ref}` or `{date} {shop}`"] | None
    ) = None
    codes: Annotated[fields.Word, "what the codes begin with that are given to rows without one"] | None = None
    heading_row: Annotated[int, fields.WholeField(1), "the row with the headings"] | None = None
    sheet: Annotated[fields.Word, "the sheet of the workbook"] | None = None
    keys: Annotated[tuple[str, ...], ListField(TextField(200)), "the columns of the empty sheet"] = ()
    example: Annotated[tuple[str, ...], ListField(TextField(200)), "a row of it"] = ()


class Column(NamedTuple):
    """A column that is read: its place from 0, its heading, and the key that it is."""

    at: int
    heading: str
    key: str


class Target(NamedTuple):
    """A key of a record that a cell can be: of the record itself, of one in its list, of a table in it."""

    key: str  # `phone`, `lines.qty`, `contacts.name`, `reorder.point`
    info: FieldInfo
    of: str = ""  # the list: `lines`
    entry: str = ""  # the entry of a table: `point`

    @property
    def label(self) -> str:
        """What it is called, in English; a text of the catalogue."""
        return self.info.name.replace("_", " ").capitalize()


# --- forms, headings and values that bizcli brings ---


@cache
def brought(name: str) -> dict[str, Any]:
    with open(os.path.join(HERE, "data", "imports", f"{name}.yaml"), "rb") as file:
        return read_file(file.read(), f"{name}.yaml")


def form(catalog: Catalog, name: str) -> Mapping:
    """The form of a name, or a kind as it is. Raises `Misused`."""
    forms = brought("forms")
    word = name.replace("-", "_")
    if word in forms:
        return read(forms[word], "forms.yaml")
    kind = next((each for each in catalog.kinds.values() if word in (each.name, each.folder)), None)
    if kind is None:
        known = [*dict.fromkeys([*forms, *catalog.kinds])]
        template = "there is no kind {word}; the nearest is {nearest}"
        raise Misused.of("unknown-kind", template, word=name[:60], nearest=nearest(word, known))
    return Mapping(kind=kind.name)


def read(tree: dict[str, Any], path: str) -> Mapping:
    """A mapping from its file. Raises `Refused`."""
    problems: list[Problem] = []
    found = decode(Mapping, tree, "", problems)
    if found is None or problems:
        raise Refused(each.at(path) for each in problems)
    return found


def read_mapping(path: str) -> Mapping:
    """The mapping that a person wrote. Raises `Misused` or `Refused`, with the place in the file."""
    from bizcli.kernel.errors import Damaged
    from bizcli.store.yaml_reader import locate

    data = tables.data_of(path)
    try:
        return read(read_file(data, path), path)
    except Damaged as damaged:
        raise Refused(damaged.problems) from None
    except Refused as refused:
        raise Refused(each.at(path, *locate(data, each.path)) for each in refused.problems) from None


def joined(given: Mapping, form: Mapping) -> Mapping:
    """What a person says of a sheet, and for the rest what its form says."""
    changes = {}
    for info in schema_of(Mapping).fields:
        own, brought = getattr(given, info.attribute), getattr(form, info.attribute)
        if info.name == "kind" or own in (None, ()):
            changes[info.attribute] = brought
        elif isinstance(own, dict) and brought:
            changes[info.attribute] = {**brought, **own}
    return replaced(given, **changes)


# --- targets ---


def targets(catalog: Catalog, kind: str) -> dict[str, Target]:
    """All that a cell of a kind's sheet can be, by key; what stands in the head of a document before its lines."""
    cls = catalog.record(kind)
    found: dict[str, Target] = {}
    for info in schema_of(cls).fields:
        if info.name not in NOT_FROM_SHEETS and info.field is not None:
            found[info.name] = Target(info.name, info)
    for info in schema_of(cls).lists:
        assert info.record is not None
        for each in schema_of(info.record).fields:
            if each.name not in NOT_FROM_SHEETS and each.field is not None:
                key = f"{info.name}.{each.name}"
                found[key] = Target(key, each, info.name)
    return found


def target(known: Map[str, Target], key: str) -> Target | None:
    """The target of a key as a mapping may write it: `units.box` is an entry of the table `units`."""
    found = known.get(key)
    if found is not None:
        return found
    table, _dot, entry = key.partition(".")
    of = known.get(table)
    return Target(key, of.info, "", entry) if entry and of and isinstance(of.info.field, MapField) else None


def headings(catalog: Catalog, mapping: Mapping, chinese: Words) -> dict[str, str]:
    """The key of each heading that is known for a mapping's kind, in its canonical form.

    What is said first wins: the keys of the form before others, those of a record itself before those of its lines. The
    order of a key's headings says which of two columns is read: an item's code before its name.
    """
    assert mapping.kind is not None
    known = targets(catalog, mapping.kind)
    synonyms = synonyms_of(catalog, mapping.kind)
    found: dict[str, str] = {}

    def add(key: str, each: Target, short: bool) -> None:
        names = [key, *synonyms.get(key, ())]
        if short or not each.of:
            names += [each.info.name, chinese(each.label)]
        for name in names:
            found.setdefault(tables.canonical(name), key)

    for key in mapping.keys:
        own = target(known, key)
        if own is not None:
            add(key, own, True)
    for key, each in known.items():
        for name in (key, "" if each.of else chinese(each.label)):
            if name:
                found.setdefault(tables.canonical(name), key)
    for short in (False, True):
        for key, each in known.items():
            add(key, each, short)
    for key, names in synonyms.items():
        if key not in known and target(known, key) is not None:
            for name in (*names, key):
                found.setdefault(tables.canonical(name), key)
    return found


def synonyms_of(catalog: Catalog, kind: str) -> dict[str, list[str]]:
    """What other programs call the keys of a kind: its own names before those of parties, and of all kinds."""
    data = brought("headings")
    sources = [data.get(kind, {}), data["party"] if kind in PARTIES else {}, data["any"]]
    found: dict[str, list[str]] = {}
    for source in sources:
        for key, names in source.items():
            if not (key == "ref" and issubclass(catalog.record(kind), Master)):
                found.setdefault(key, []).extend(names)
    return found


# --- the heading row ---


class Layout(NamedTuple):
    """Where the headings of a sheet stand, and what each column is."""

    row: int  # of the headings, among the rows
    columns: list[Column]
    unknown: list[tuple[int, str]]  # columns that are not read, with their headings
    twice: list[tuple[int, str, str]]  # columns that say what another says already, with its heading


def layout(
    rows: list[tuple[int, list[str]]], mapping: Mapping, known: Map[str, str], targets: Map[str, Target], path: str
) -> Layout:
    """The headings: the row among the first ones of which the most is known. Raises `Refused`."""
    said = {tables.canonical(name): key for name, key in (mapping.columns or {}).items()}
    ignored = {tables.canonical(name) for name in (*mapping.ignore, *(mapping.skip or {}))}
    names = {**known, **said}
    best, place = 0, -1
    for n, (line, cells) in enumerate(rows[: tables.HEADING_ROWS]):
        if mapping.heading_row is not None:
            count = int(line == mapping.heading_row)
        else:
            count = len({names[form] for cell in cells for form in tables.forms_of(cell) if form in names})
        if count > best:
            best, place = count, n
    if place < 0:
        template = (
            "among the first rows there is none with headings that are known for {kind}; say what they are: --map"
        )
        raise Refused([Problem("no-headings", template, {"kind": mapping.kind}, file=path, line=1)])
    return whole(laid_out(rows[place][1], place, said, known, ignored), targets)


def laid_out(cells: list[str], row: int, said: Map[str, str], known: Map[str, str], ignored: set[str]) -> Layout:
    """What each heading is: what the mapping says goes before what is found out."""
    ranks = {name: n for n, name in enumerate([*said, *known])}
    candidates: dict[str, list[tuple[int, int]]] = {}
    unknown = []
    for at, cell in enumerate(cells):
        if not cell or tables.canonical(cell) in ignored:
            continue
        names = said if any(form in said for form in tables.forms_of(cell)) else known
        form = next((form for form in tables.forms_of(cell) if form in names), None)
        if form is None:
            unknown.append((at, cell))
        else:
            candidates.setdefault(names[form], []).append((ranks[form], at))
    columns, twice = [], []
    for key, places in candidates.items():
        first = min(places)[1]
        columns.append(Column(first, cells[first], key))
        twice += [(at, cells[at], cells[first]) for _, at in places if at != first]
    return Layout(row, sorted(columns), unknown, sorted(twice))


def whole(found: Layout, targets: Map[str, Target]) -> Layout:
    """Without columns of a list that lacks what each of its records needs: a title is of nobody without a name."""
    keys = {column.key for column in found.columns}
    lacking = {each.of for each in targets.values() if each.of and each.info.required and each.key not in keys}
    gone = [column for column in found.columns if column.key in targets and targets[column.key].of in lacking]
    unknown = sorted([*found.unknown, *((column.at, column.heading) for column in gone)])
    return found._replace(columns=[column for column in found.columns if column not in gone], unknown=unknown)


def elsewhere(catalog: Catalog, kind: str, heading: str, chinese: Words) -> str | None:
    """The form of the first day that has a column of this heading, where this kind has none."""
    for name, tree in brought("forms").items():
        if name.startswith("opening") and tree["kind"] != kind and tree["kind"] in catalog.kinds:
            known = headings(catalog, form(catalog, name), chinese)
            party = {"customer": "customer", "supplier": "supplier", "item": "lines.item"}.get(kind)
            if party in tree["keys"] and any(
                known.get(each) in ("amount", "lines.qty") for each in tables.forms_of(heading)
            ):
                return str(name)
    return None


# --- the empty sheet ---


class Cell(NamedTuple):
    """A heading of the empty sheet, and what stands below it in an example."""

    title: str
    target: Target
    example: str


def sheet_of(catalog: Catalog, wanted: Mapping, words: Words, chinese: Words, language: str) -> list[Cell]:
    """The columns of the empty sheet of a form, each under a heading that is read back as its key."""
    assert wanted.kind is not None
    known = targets(catalog, wanted.kind)
    names = headings(catalog, wanted, chinese)
    synonyms = synonyms_of(catalog, wanted.kind)
    keys = wanted.keys or [key for key, each in known.items() if not isinstance(each.info.field, MapField)]
    found = []
    for n, key in enumerate(keys):
        own = target(known, key)
        if own is None:
            continue
        others = [name[0].upper() + name[1:] for name in synonyms.get(key, ()) if name.isascii() == (language == "en")]
        own_name = [words(own.label)] if not own.entry else []
        tried = (*own_name, *others, key) if own.of in ("", "lines") else (*others, *own_name, key)
        title = next(each for each in tried if names.get(tables.canonical(each)) == key)
        found.append(Cell(title, own, wanted.example[n] if n < len(wanted.example) else ""))
    return found


# --- which kind a file is of ---


def guessed(catalog: Catalog, path: str, chinese: Words) -> str:
    """The form or kind that a file's name says. Raises `Misused`."""
    stem = re.sub(r"[\W_]+", " ", os.path.splitext(os.path.basename(path))[0].casefold()).strip()
    for name, words in names_of(catalog, chinese):
        if any(re.search(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word), stem) for word in words):
            return name
    template = "of what kind are the rows of {path}? say --kind: {kinds}"
    known = ", ".join([name for name in brought("forms") if not name.startswith("opening")][:6])
    raise Misused.of("wrong-usage", template, path=path, kinds=f"{known} …")


def names_of(catalog: Catalog, chinese: Words) -> Iterator[tuple[str, list[str]]]:
    """Forms and kinds with the words for them; forms before the kinds that they are of, long names before short ones."""
    others = brought("values")["files"]
    names = [*dict.fromkeys([*brought("forms"), *catalog.kinds])]
    for name in sorted(names, key=lambda name: (-name.startswith("opening"), -len(name))):
        kind: Kind | None = catalog.kinds.get(name)
        spaced = name.replace("_", " ")
        words = [spaced, f"{spaced}s", *others.get(name, ())]
        if kind is not None:
            words += [kind.folder.replace("_", " "), chinese(spaced)]
        yield name, [each for each in dict.fromkeys(words) if each]
