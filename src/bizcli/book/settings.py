"""What a book is told: `book.yaml`, and the charts of accounts that bizcli brings."""

import os
from collections.abc import Iterator
from typing import Any

from bizcli.book.catalog import HERE
from bizcli.kernel.errors import Damaged, Misused, Problem
from bizcli.kernel.fields import shown
from bizcli.kernel.records import decode, nearest, schema_of
from bizcli.kernel.rules import GitSettings, Settings, is_account
from bizcli.store.yaml_reader import locate, read_file


def find_book(start: str) -> str:
    """The nearest folder upwards that holds `book.yaml`. Raises `Misused`."""
    folder = os.path.abspath(start)
    while not os.path.isfile(os.path.join(folder, "book.yaml")):
        parent = os.path.dirname(folder)
        if parent == folder:
            template = "there is no book in {folder} or above it: `bizcli init DIR` makes one, -C DIR names one"
            raise Misused([Problem("no-book", template, {"folder": os.path.abspath(start)})])
        folder = parent
    return folder


def read_settings(root: str) -> Settings:
    """`book.yaml`. Raises `Damaged` with what is wrong in it."""
    with open(os.path.join(root, "book.yaml"), "rb") as file:
        data = file.read()
    problems: list[Problem] = []
    try:
        tree = read_file(data, "book.yaml")
    except Damaged as damaged:
        raise Damaged(each._replace(column=max(each.column, 1)) for each in damaged.problems) from None
    settings = decode(Settings, tree, "", problems)
    if settings is not None and settings.chart not in charts():
        values = {"chart": settings.chart, "nearest": nearest(settings.chart, charts())}
        template = "there is no chart {chart}; the nearest is {nearest}"
        problems.append(Problem("unknown-word", template, values, "chart"))
    if settings is not None and not problems:
        problems += [*wrong_roles(settings), *wrong_git(settings)]
    if settings is None or problems:
        raise Damaged(each.at("book.yaml", *locate(data, each.path)) for each in problems)
    return settings


def wrong_roles(settings: Settings) -> Iterator[Problem]:
    """What is wrong with the accounts that a book gives to roles."""
    known = [role for each in read_chart(settings.chart)["accounts"] for role in each.get("roles", ())]
    for role, account in (settings.roles or {}).items():
        if not isinstance(account, str) or not is_account(account):
            template = (
                "{account} is not an account: it is named like Assets:Bank, its parts begin with A to Z or a digit"
            )
            yield Problem("wrong-value", template, {"account": shown(account)}, f"roles.{role}")
        elif role not in known:
            values = {"role": shown(role), "nearest": nearest(role, known)}
            yield Problem("unknown-word", "there is no role {role}; the nearest is {nearest}", values, "roles")


def wrong_git(settings: Settings) -> Iterator[Problem]:
    """Keys of `git` that bizcli does not know."""
    known = schema_of(GitSettings).by_name
    for key in settings.git or {}:
        if key not in known:
            values = {"key": shown(key), "nearest": nearest(key, known)}
            yield Problem("unknown-key", "unknown key {key}; the nearest is {nearest}", values, "git")


def roles() -> list[str]:
    """The roles of all charts."""
    accounts = [each for name in charts() for each in read_chart(name)["accounts"]]
    return sorted({role for each in accounts for role in each.get("roles", ())})


def charts() -> list[str]:
    """Names of the charts of accounts that bizcli brings."""
    names = os.listdir(os.path.join(HERE, "data", "charts"))
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def read_chart(name: str) -> dict[str, Any]:
    with open(os.path.join(HERE, "data", "charts", f"{name}.yaml"), "rb") as file:
        return read_file(file.read(), name)
