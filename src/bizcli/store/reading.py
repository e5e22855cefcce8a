"""Reading one file of a book: its record and what that does, or what is wrong with it on its own."""

import os
from typing import Any

from bizcli.kernel.effects import Effects
from bizcli.kernel.errors import Damaged, Problem, Refused
from bizcli.kernel.kinds import Catalog, Kind, key_of, path_of
from bizcli.kernel.records import Document, Record, decode, unfilled
from bizcli.kernel.rules import Rules
from bizcli.store.yaml_canonical import read as read_canonical
from bizcli.store.yaml_reader import LIMIT, locate, read_file
from bizcli.store.yaml_writer import write


def read_record(
    root: str, catalog: Catalog, rules: Rules, path: str, kind: Kind, strange: bool
) -> tuple[str, Any, Effects | None, list[Problem]]:
    """A file's text, record and effects, or what is wrong with it on its own."""
    if strange:
        template = "{path} is not a regular file; remove it"
        return "", None, None, [Problem("symbolic-link", template, {"path": path}, file=path)]
    with open(os.path.join(root, path), "rb") as file:
        return record_in(file.read(), catalog, rules, path, kind)


def record_in(
    data: bytes, catalog: Catalog, rules: Rules, path: str, kind: Kind
) -> tuple[str, Any, Effects | None, list[Problem]]:
    """The same for the content that a file has, or is about to have."""
    problems: list[Problem] = []
    record, effects, text = None, None, ""
    tree = None
    if len(data) <= LIMIT:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = "\t"
        tree = read_canonical(text)
    canonical = tree is not None
    if tree is None:
        try:
            tree = read_file(data, path)
        except Damaged as damaged:
            return "", None, None, list(damaged.problems)
    if tree.get("kind") != kind.name:
        problems.append(wrong_kind(tree, kind))
    else:
        record = decode(catalog.record(kind.name), tree, "", problems)
    if record is not None:
        effects = own_effects(record, rules, path, kind, problems)
        if problems:
            record = None
    if record is None:
        return "", None, None, [each.at(path, *locate(data, each.path)) for each in problems]
    return text if canonical else write(kind.name, record), record, effects, []


def own_effects(record: Record, rules: Rules, path: str, kind: Kind, found: list[Problem]) -> Effects | None:
    """The effects of a stored record; what is wrong with it on its own is appended to `found`."""
    found += own_problems(record, path, kind)
    if not found and isinstance(record, Document):
        try:
            return record.effects(rules)
        except Refused as refused:
            found += refused.problems
    return None


def wrong_alone(root: str, catalog: Catalog, path: str, kind: Kind, strange: bool) -> list[Problem]:
    """What is wrong with a file, as far as it can be said without the book."""
    if strange:
        return [Problem("symbolic-link", "{path} is not a regular file; remove it", {"path": path}, file=path)]
    try:
        with open(os.path.join(root, path), "rb") as file:
            tree = read_file(file.read(), path)
    except Damaged as damaged:
        return list(damaged.problems)
    found: list[Problem] = []
    if tree.get("kind") != kind.name:
        return [wrong_kind(tree, kind)]
    record = decode(catalog.record(kind.name), tree, "", found)
    return found if record is None else own_problems(record, path, kind)


def wrong_kind(tree: dict[str, Any], kind: Kind) -> Problem:
    values = {"folder": kind.folder, "kind": kind.name, "found": str(tree.get("kind"))[:60]}
    return Problem("wrong-kind", "files in {folder} are of kind {kind}, not {found}", values, "kind")


def own_problems(record: Record, path: str, kind: Kind) -> list[Problem]:
    """What is wrong with a stored record in itself and with its place."""
    found = unfilled(record)
    if found:
        return found
    expected = key_of(record)
    if path_of(kind, expected) != path:
        template = "a file named {path} cannot hold {key}: it belongs into {right}"
        found.append(
            Problem("wrong-name", template, {"path": path, "key": expected, "right": path_of(kind, expected)}, "")
        )
    if not kind.master and not expected.startswith(kind.prefix + "-"):
        values = {"prefix": kind.prefix, "id": expected}
        found.append(Problem("wrong-prefix", "ids of this kind begin with {prefix}-: {id}", values, "id"))
    return [*found, *record.problems()]
