"""Whatever is typed: one of the four exit codes, errors of one line each, and a book that stays in order."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.core import TyperCommand

from bizcli.cli.root import Group, root

VALUES = [
    "", "@", "0001", "C-001", "SO-2611-0001", "SI-2611-0001", "DN-2611-0001", "TSHIRT-M", "ADVICE", "SZ", "GZ",
    "-3", "0", "1", "1e3", "999999999999", "9999999999999", "0.000001", "３", "2026-11-05", "2026-02-30", "1899-01-01",
    "net 30", "13%", "101%", "CN-13", "TSHIRT-M:1", "TSHIRT-M:1@99", "TSHIRT-M:0", "ADVICE:1", "/1:2", "/1:", "@:5",
    "bank:5", "bank:-5", "receivable:5", "inventory:5", "a=b", "=", "\x1b[2J", "\udcff", "\u202e", "a\nb", "{x}", "%s",
    "x" * 5000, "../x", "null", "opening", "loss", "gain", "cash", "Assets:Bank", "net", "--", "-", "order/@", "//",
    "SO-9999-0001", "SO-2613-0001", "'", "Z" * 32, "25:00",
]  # fmt: skip
LONG = {"demo", "init", "apply"}  # they write elsewhere, or wait for words


class Context:
    resilient_parsing = False
    args = ()


def commands():
    top = root()
    for name in top.list_commands(Context):
        command = top.get_command(Context, name)
        if isinstance(command, Group):
            yield from (([name, verb], command.get_command(Context, verb)) for verb in command.list_commands(Context))
        elif name not in LONG:
            yield [name], command


COMMANDS = list(commands())
CONTEXT = TyperCommand("x").make_context("x", [])


@st.composite
def lines(draw):
    """A command with some of its options, each with any value."""
    words, command = draw(st.sampled_from(COMMANDS))
    typed = list(words)
    for param in command.get_params(CONTEXT):
        if param.param_type_name == "argument":
            typed += draw(st.lists(st.sampled_from(VALUES), max_size=1))
        elif param.name not in ("help", "output") and draw(st.integers(0, 9)) >= (3 if param.required else 8):
            typed += [param.opts[0]] if param.is_flag else [param.opts[0], draw(st.sampled_from(VALUES))]
    return typed


@pytest.fixture(scope="module")
def playground(told, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any") / "book"
    shutil.copytree(told, folder, ignore=shutil.ignore_patterns(".bizcli"))
    return folder


@settings(max_examples=40)
@given(words=lines())
def test_any_words(call, playground, words):
    done = call("", "-C", str(playground), *words)
    assert done.code in (0, 1, 2)
    assert done.code == 0 or words[0] == "check" or not done.out
    for line in done.err.splitlines():
        assert line.startswith("bizcli: ") or (done.code == 2 and "Usage: bizcli" in done.err)


def test_the_book_is_still_in_order(call, playground):
    done = call("check --full", "-C", str(playground))
    assert (done.code, done.out) == (0, "the book is in order\n")
