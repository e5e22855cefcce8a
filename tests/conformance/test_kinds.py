"""What every kind promises. Nothing here names one: a new file in `domains` is tested before its first own test.

Records are made from the schema. What has to be seen in a book is tried with the kind's golden cases,
and with these cases spoilt in every place.
"""

import ast
import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import bizcli
from bizcli.book import Book
from bizcli.book.catalog import make_catalog
from bizcli.book.streams import Given
from bizcli.kernel import fields
from bizcli.kernel.effects import Move
from bizcli.kernel.errors import BizError, Problem
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.records import Document, Master, Record, decode, replaced, schema_of, tree_of, unfilled
from bizcli.store.yaml_canonical import read as read_canonical
from bizcli.store.yaml_reader import read_file
from bizcli.store.yaml_writer import write

CATALOG = make_catalog()
KINDS = [pytest.param(kind, id=kind.name) for kind in CATALOG.kinds.values()]
SOURCE = Path(bizcli.__file__).parent
GOLDEN = Path(__file__).parent.parent / "golden"

every_kind = pytest.mark.parametrize("kind", KINDS)


# Values of each type

AWKWARD = (
    "", "null", "~", "no", "true", "007", "1E3", "2026-11-05", "12:30", "a: b", "# a", "- a", " a ", "'a'", '"', "\\", "a\nb",
     "\n", "{a}", "[a]", "&a", "*a", "!a", "%a", "@a", "|", ">", "?", ":", "深圳 仓库", "𠮷", "é", "x" * 100,
)  # fmt: skip
"""Texts that a careless writer or reader takes for something else."""

SHAPED = (
    *AWKWARD, "TSHIRT-M", "C-001", "A-", "00:00", "23:59", "09:30", "09:00-18:00", "SO-2611-0001", "SI-SZ-2611-12345678", "DN-2611-0001/1", "SO-SZ-2611-0001/999999",
    "li.na", "CNY", "li.na@example.com",
)  # fmt: skip
"""Among these are texts of every fixed form."""

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def decimals(least: str, signed: bool) -> st.SearchStrategy[Decimal]:
    high = Decimal("999999999999.999999")
    return st.decimals(-high if signed else Decimal(least), high, places=6).map(lambda value: value.normalize() + 0)


def values_of(field: fields.Field) -> st.SearchStrategy[Any]:
    """Values that a field's type takes."""
    match field:
        case fields.TextField():
            return st.sampled_from(AWKWARD)
        case fields.NumberField():
            numbers = decimals("0" if field.zero else "0.000001", field.signed)
            return numbers if field.zero else numbers.filter(bool)
        case fields.PercentField():
            return st.decimals(0, 100, places=2)
        case fields.WholeField():
            return st.integers(field.least, field.most)
        case fields.DateField():
            return DAYS
        case fields.FlagField():
            return st.booleans()
        case fields.OneOf():
            return st.sampled_from(field.words)
        case fields.PatternField():
            return st.sampled_from([text for text in SHAPED if field.pattern.fullmatch(text)])
        case fields.ListField():
            return st.lists(values_of(field.each), min_size=1, max_size=3).map(tuple)
        case fields.MapField():
            return st.dictionaries(st.sampled_from(("box", "point", "SZ")), values_of(field.each), min_size=1)
        case _:  # a type of a domain's own shows values of it in backticks
            return st.sampled_from([field.parse(word) for word in re.findall(r"`(.+?)`", field.expected)])


def records_of(cls: type[Record]) -> st.SearchStrategy[Any]:
    """Complete records of a class: what is required or filled in is there, the rest now and then."""
    parts: dict[str, st.SearchStrategy[Any]] = {}
    for info in schema_of(cls).fields:
        empty = schema_of(cls).defaults.get(info.attribute)
        if info.record is not None:
            parts[info.attribute] = st.lists(records_of(info.record), min_size=1, max_size=2).map(tuple) | st.just(
                empty
            )
        else:
            assert info.field is not None
            value = values_of(info.field)
            parts[info.attribute] = value if info.required or info.filled else st.just(empty) | value
    return st.builds(cls, **parts)


# The file


@every_kind
def test_it_imports_and_is_what_its_text_says(kind: Kind) -> None:
    cls = CATALOG.record(kind.name)
    assert cls.__module__ == kind.module
    assert issubclass(cls, Master if kind.master else Document)
    assert (cls.folder, cls.group, cls.prefix) == (kind.folder, kind.group, kind.prefix)
    assert not kind.prefix or re.fullmatch("[A-Z]{2}", kind.prefix)
    assert re.fullmatch("[a-z]+", kind.group)


@every_kind
def test_its_first_line_is_its_help(kind: Kind) -> None:
    text = (SOURCE / "domains" / kind.module.split(".")[2] / f"{kind.name}.py").read_text()
    said = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
    assert kind.help == said
    assert said[0].isupper() and said.endswith(".")
    assert (CATALOG.record(kind.name).__doc__ or "").strip().splitlines()[0].endswith(".")


def test_folders_and_prefixes_are_used_once() -> None:
    kinds = CATALOG.kinds.values()
    folders = [kind.folder for kind in kinds]
    prefixes = [kind.prefix for kind in kinds if kind.prefix]
    assert len({*folders}) == len(folders)
    assert len({*prefixes}) == len(prefixes)
    for folder in folders:
        assert re.fullmatch("[a-z_]+", folder) and folder not in ("journal", "periods", "reports")


@every_kind
def test_it_has_golden_cases(kind: Kind) -> None:
    cases = golden(kind)
    assert all(case["point"] for case in cases)
    assert any("refused" in case for case in cases) and any("refused" not in case for case in cases)
    assert len({case["point"] for case in cases}) == len(cases)


def test_every_golden_file_is_of_a_kind_or_a_chart() -> None:
    stems = {path.stem for path in GOLDEN.glob("*.yaml") if not path.stem.startswith("chart_")}
    assert stems - {"lots", "loyalty"} == {*CATALOG.kinds}  # these are of many kinds


FORBIDDEN = {
    "os",
    "io",
    "pathlib",
    "shutil",
    "sqlite3",
    "subprocess",
    "yaml",
    "typer",
    "rich",
    "beancount",
    "time",
    "random",
}


@pytest.mark.parametrize("path", [pytest.param(p, id=str(p.relative_to(SOURCE))) for part in ("kernel", "domains") for p in sorted((SOURCE / part).rglob("*.py"))])  # fmt: skip
def test_meaning_knows_no_disk_and_no_clock(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not {name.partition(".")[0] for name in names} & FORBIDDEN, names
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in ("today", "now", "utcnow"), f"line {node.lineno} asks the clock"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "open", f"line {node.lineno} opens a file"


# Reading and writing


@every_kind
@settings(max_examples=30, phases=[Phase.generate])
@given(data=st.data())
def test_what_is_written_is_read_back(kind: Kind, data: st.DataObject) -> None:
    cls = CATALOG.record(kind.name)
    record = data.draw(records_of(cls))
    found: list[Problem] = []
    assert decode(cls, tree_of(record), "", found) == record and not found
    text = write(kind.name, record)
    tree = read_file(text.encode(), "a file")
    assert tree.pop("kind") == kind.name
    again = decode(cls, tree, "", found)
    assert again == record and not found
    assert write(kind.name, again) == text
    quick = read_canonical(text)
    assert quick is None or quick == {"kind": kind.name, **tree}
    assert unfilled(record) == []


@every_kind
@settings(max_examples=30, phases=[Phase.generate])
@given(data=st.data())
def test_other_readers_take_text_for_text(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records_of(CATALOG.record(kind.name)))
    read = yaml.safe_load(write(kind.name, record))

    def compare(record: Record, read: Any) -> None:
        for info in schema_of(type(record)).fields:
            value = getattr(record, info.attribute)
            if isinstance(value, str):
                assert read[info.name] == value, f"{info.name}: {value!r} is read as {read[info.name]!r}"
            elif info.record is not None:
                for each, other in zip(value or (), read.get(info.name) or (), strict=True):
                    compare(each, other)

    compare(record, read)


@every_kind
@settings(max_examples=5)
@given(data=st.data())
def test_its_place_is_a_function_of_its_key(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records_of(CATALOG.record(kind.name)))
    if kind.master:
        assert path_of(kind, key_of(record)) == f"{kind.folder}/{record.code}.yaml"
    else:
        id = kind.prefix + record.id[2:]
        assert re.fullmatch(rf"{kind.folder}/[0-9]{{4}}/[0-9]{{2}}/{id}\.yaml", path_of(kind, id))


def classes(cls: type[Record], path: str = "") -> Iterator[tuple[type[Record], str]]:
    """A record class and those of its lists, with the path of their first item."""
    yield cls, path
    for info in schema_of(cls).lists:
        assert info.record is not None
        yield from classes(info.record, f"{path}{info.name}[0].")


def wrapped(path: str, tree: dict[str, Any]) -> dict[str, Any]:
    """A tree at a path such as `lines[0].`"""
    for name in reversed(re.findall(r"(\w+)\[0\]\.", path)):
        tree = {name: [tree]}
    return tree


@every_kind
def test_an_unknown_key_is_told_with_the_nearest(kind: Kind) -> None:
    top = CATALOG.record(kind.name)
    for cls, path in classes(top):
        for info in schema_of(cls).fields:
            found: list[Problem] = []
            wrong = info.name + "q"
            assert decode(top, wrapped(path, {wrong: "x"}), "", found) is None
            (problem,) = [each for each in found if each.code == "unknown-key"]
            assert problem.path == path + wrong
            assert problem.text() == f"unknown key '{wrong}'; the nearest is {info.name}"


AWFUL: list[Any] = [
    "", " ", "x", "-1", "0", "1e3", "1_000", "٣", "１", "nan", "inf", "1/0", "9" * 40, "0." + "1" * 30, "-0", "+1", ".5", "5.", "0x1F",
    "2026-02-30", "2026-13-01", "26-11-05", "0000-00-00", "101%", "-5%", "%", "{x}", "{0}", "%s", "é", "a" * 20_000, "SO-2613-0001",
    "SO-2611-0001/0", "lower", "A--", "-A", "24:00", [], {}, [[]], [{}], [""], {"a": []}, {"a": {"b": {"c": "1"}}}, [{"line": "1"}], {"": "1"},
    "null", "yes", "\t", "a\nb", "\x00", "\ud800", "\u202e",
]  # fmt: skip


@every_kind
def test_a_wrong_value_is_told_with_its_place(kind: Kind) -> None:
    top = CATALOG.record(kind.name)
    for cls, path in classes(top):
        for info in schema_of(cls).fields:
            for value in AWFUL:
                found: list[Problem] = []
                decode(top, wrapped(path, {info.name: value}), "", found)
                for problem in found:
                    assert problem.text()
                    assert problem.code == "missing-key" or problem.path.startswith(path + info.name), (value, problem)
                if info.field is None and not isinstance(value, list):
                    assert [each.path for each in found if each.code == "wrong-value"] == [path + info.name]


@every_kind
@settings(max_examples=5)
@given(data=st.data())
def test_what_recording_fills_in_is_missed_when_it_is_not_there(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records_of(CATALOG.record(kind.name)))
    for info in schema_of(type(record)).filled:
        (problem,) = unfilled(replaced(record, **{info.attribute: None}))
        assert info.name in problem.text() and problem.path == ""
    for nest in schema_of(type(record)).lists:
        assert nest.record is not None
        for n, line in enumerate(getattr(record, nest.attribute) or ()):
            for info in schema_of(nest.record).filled:
                lines = list(getattr(record, nest.attribute))
                lines[n] = replaced(line, **{info.attribute: None})
                (problem,) = unfilled(replaced(record, **{nest.attribute: tuple(lines)}))
                assert info.name in problem.text() and problem.path == f"{nest.name}[{n}]"


# In a book


def golden(kind: Kind) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.load((GOLDEN / f"{kind.name}.yaml").read_text(), Loader=yaml.BaseLoader)
    return found


def listed(documents: Any) -> list[dict[str, Any]]:
    return documents if isinstance(documents, list) else [documents]


def books(kind: Kind, empty_book: Callable[..., Any], most: int) -> Iterator[tuple[Book, list[dict[str, Any]]]]:
    """Books as golden cases of a kind that are not refused begin, and what comes then."""
    cases = [case for case in golden(kind) if "refused" not in case and "bug" not in case]
    cases = [case for case in cases if {each["kind"] for each in listed(case["when"])} == {kind.name}]
    for n, case in enumerate(sorted(cases, key=lambda case: -len(str(case["when"])))[:most]):
        text = "".join(f"{key}: {value}\n" for key, value in {"currency": "CNY", **case.get("book", {})}.items())
        folder = empty_book(text, f"book{n}")
        folder.apply((GOLDEN / "masters" / "shop.yaml").read_text())
        for document in listed(case.get("given", [])):
            folder.book.apply([Given(document)])
        yield folder.book, listed(case["when"])
        folder.close()


@every_kind
def test_effects_balance(kind: Kind, empty_book: Callable[..., Any]) -> None:
    done = 0
    for book, documents in books(kind, empty_book, 6):
        for each in book.apply([Given(document) for document in documents]):
            _, record = book.find(each.key, kind.name)
            assert unfilled(record) == [] and list(record.problems()) == []
            done += 1
            if kind.master:
                continue
            effects = record.effects(book.rules)  # type: ignore[attr-defined]
            assert sum(posting.amount for posting in effects.postings) == 0
            assert all(posting.amount % book.rules.unit == 0 for posting in effects.postings)
            assert all(move.qty > 0 for move in effects.moves if isinstance(move, Move))
            assert len({move.line for move in effects.moves}) == len(effects.moves)
            assert effects.net + effects.tax == effects.gross or not effects.net
            lines = [line.line for line in getattr(record, "lines", ())]
            assert len({*lines}) == len(lines) and None not in lines
            assert record.effects(book.rules) == effects  # type: ignore[attr-defined]
        assert sum(row["base"] for row in book.account_balances()) == 0
    assert done


@every_kind
def test_what_is_recorded_twice_by_id_changes_nothing(kind: Kind, empty_book: Callable[..., Any]) -> None:
    for book, documents in books(kind, empty_book, 2):
        for each in book.apply([Given(document) for document in documents]):
            _, record = book.find(each.key, kind.name)
            (again,) = book.apply([Given({"kind": kind.name, **tree_of(record)})])
            assert again == (kind.name, each.key, each.path, "unchanged")


SPOILS: list[Any] = [
    "", "x", "-1", "0", "0.000001", "999999999999", "1900-01-01", "2199-12-31", "100%", "SO-2611-9999", "SO-2611-0001", "SI-2611-0001",
    "DN-2611-0001/1", "SO-2611-0001/999999", "receivable", "inventory", "C-001", "ADVICE", [], [{}], [{"item": "TSHIRT-M"}], [{"line": "1"}],
]  # fmt: skip


def spoilt(tree: Any, path: str = "") -> Iterator[str]:
    """Spoils a document in one place after another, and mends it again; says what was done to it."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        if key == "kind":
            continue
        kept = tree[key]
        for value in SPOILS:
            tree[key] = copy.deepcopy(value)
            yield f"{path}{key}: {value!r}"
        if isinstance(tree, dict):
            del tree[key]
            yield f"{path}{key} left out"
        tree[key] = kept
        if isinstance(kept, dict | list):
            yield from spoilt(kept, f"{path}{key}.")


@every_kind
def test_a_spoilt_document_is_refused_or_recorded_and_never_crashes(kind: Kind, empty_book: Callable[..., Any]) -> None:
    crashes: list[str] = []
    for book, documents in books(kind, empty_book, 1):
        document = documents[0]
        for what in spoilt(document):
            try:
                book.apply([Given(copy.deepcopy(document))], dry_run=lambda recording, done: None)
            except BizError as error:
                assert all(problem.text() for problem in error.problems)
            except Exception as error:
                crashes.append(f"{what}: {type(error).__name__}: {error}")
    assert crashes == []


@every_kind
def test_its_schema_knows_every_key(kind: Kind) -> None:
    from bizcli.book.schema import json_schema

    schema = json_schema(CATALOG, kind.name)
    assert schema["properties"]["kind"] == {"const": kind.name}
    assert [*schema["properties"]][1:] == [info.name for info in schema_of(CATALOG.record(kind.name)).fields]
    assert set(schema["required"]) <= set(schema["properties"]) and not schema["additionalProperties"]
    json.dumps(schema)
