"""Every command with its options and what each takes, as plain data: what completion knows without making commands.

It follows from the commands themselves and is kept in the person's cache, never in a book, until the
program changes.
"""

import os
from contextlib import suppress
from typing import Any

from bizcli.kernel.fields import Code, Field, Id, LineIdField, ListField
from bizcli.kernel.kinds import Kind
from bizcli.kernel.records import schema_of

Node = dict[str, Any]

PLACES = {
    "FILE": "file", "FILE…": "file", "DIR": "folder", "ACCOUNT": "account", "CHART": "chart", "REPORT": "report",
    "[KIND/]CODE|ID": "record", "[FILE]": "file", "[DIR]": "folder",
}  # fmt: skip
"""What a word stands for, by how help shows it."""

WORDS = {"en|zh": "en|zh", "CNY": "CNY|EUR|USD", "FORMAT": "", "KIND": "", "[KIND]": ""}


def tree() -> Node:
    """All commands: {help, commands: {name: node}, options: [...], places: [...]}."""
    from bizcli.cli.root import Root

    top = Root()
    found: Node = {"commands": {}, "options": options_of(top.params, None), "places": []}
    for name in top.list_commands(None):
        command = top.get_command(None, name)
        found["commands"][name] = node_of(command)
    report = found["commands"]["report"]
    report |= {key: report["commands"]["run"][key] for key in ("options", "places")}  # `report NAME` runs it
    return found


def node_of(command: Any) -> Node:
    help = first_line(command)
    if hasattr(command, "list_commands"):
        verbs = {name: node_of(command.get_command(None, name)) for name in command.list_commands(None)}
        return {"help": help, "commands": verbs, "options": [], "places": []}
    params = command.get_params(Asked())
    return {
        "help": help,
        "options": options_of([each for each in params if each.param_type_name == "option"], command),
        "places": [[source(each, command), each.nargs == -1] for each in params if each.param_type_name == "argument"],
    }


class Asked:
    """What parameters want to know of a call, where there is none."""

    help_option_names = ("-h", "--help")
    resilient_parsing = True
    command_path = ""

    def __getattr__(self, name: str) -> None:
        return None


def first_line(command: Any) -> str:
    return str(command.help or "").strip().partition("\n")[0]


def options_of(params: Any, command: Any) -> list[list[Any]]:
    """[names, what it takes ('-' for a flag), whether it may come again, help] of each option."""
    return [
        [
            [*each.opts, *each.secondary_opts], "-" if each.is_flag or each.count else source(each, command),
            bool(each.multiple), str(each.help or "").partition(". ")[0],
        ]
        for each in params
    ]  # fmt: skip


def source(param: Any, command: Any) -> str:
    """What a parameter takes: `code:customer`, `id:SO`, `words:fifo|average`, `line:item`, `account`, `said:shop` …"""
    from bizcli.cli.output import RENDERERS
    from bizcli.cli.root import kinds, main_kind

    metavar = str(param.metavar or "")
    metavar = metavar[1:-1] if metavar.startswith("[") and "|" in metavar and "]" not in metavar[:-1] else metavar
    if param.name in ("salesperson", "shop", "department", "project"):
        return f"said:{param.name}"
    field = field_of(param.name, command)
    each = field.each if isinstance(field, ListField) else field
    if isinstance(each, Code) and each.kind:
        return f"code:{each.kind}"
    if isinstance(each, Id | LineIdField):
        return "id:" + "|".join(kind.prefix for kind in kinds() if kind.name in getattr(each, "kinds", ()))
    names = {kind.name.upper(): kind.name for kind in kinds() if kind.master}
    if metavar in names:
        return f"code:{names[metavar]}"
    before = metavar.partition(":")[0]
    if ":" in metavar and (before in names or before == "ACCOUNT"):
        return "line:account" if before == "ACCOUNT" else f"line:{names[before]}"
    if metavar in PLACES:
        return PLACES[metavar]
    if metavar.strip("[]") == "KIND":
        return "words:" + "|".join(kind.name for kind in kinds())
    if metavar == "FORMAT":
        return "words:" + "|".join(RENDERERS)
    if metavar.strip("[]") == "ID":
        named = main_kind(str(param.name))
        kind = named or getattr(command, "kind", None)
        if not isinstance(kind, Kind):
            return "record"
        return f"code:{kind.name}" if kind.master else f"id:{kind.prefix}"
    if param.name == "name" and param.param_type_name == "argument":
        return "report"
    if param.name in ("account", "pay"):
        return "account"
    if param.name == "tax":
        return "code:tax"
    if param.name == "payment_terms":
        return "words:immediate|net 30|eom"
    if WORDS.get(metavar):
        return f"words:{WORDS[metavar]}"
    return f"words:{metavar}" if "|" in metavar and metavar == metavar.lower() else ""


def field_of(name: str | None, command: Any) -> Field | None:
    """The field of the record that a flag fills."""
    record = getattr(command, "record", None)
    if record is None or name is None:
        return None
    return next((info.field for info in schema_of(record).fields if info.attribute == name), None)


def renewed(file: str, stamp: str) -> Node:
    """The tree of this program, put into the cache."""
    import json

    found = {"stamp": stamp, **tree()}
    temporary = f"{file}.{os.getpid()}"
    with suppress(OSError):  # a home that cannot be written to: the next TAB asks the commands again
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(temporary, "x", encoding="utf-8") as new:
            json.dump(found, new, ensure_ascii=False)
        os.replace(temporary, file)
    return found
