"""Help: complete, with an example everywhere, and the same in the list as in the command itself."""

import pytest
from typer.core import TyperCommand

from bizcli.cli.root import Group, kinds, root, stubs


class Context:
    """What the tree of commands wants to know of a call: nothing."""

    resilient_parsing = False
    args = ()


def commands():
    """Every command with its words."""
    top = root()
    for name in top.list_commands(Context):
        command = top.get_command(Context, name)
        if isinstance(command, Group):
            for verb in command.list_commands(Context):
                yield f"{name} {verb}"
        else:
            yield name


COMMANDS = list(commands())


@pytest.mark.parametrize("name", root().list_commands(Context))
def test_every_stub_is_the_real_help(call, name):
    stub = {**root().groups(), **stubs("commands")}[name]
    shown = call(f"{name} --help")
    assert shown.code == 0
    assert stub.endswith(".")
    assert stub in " ".join(shown.out.split()), name
    assert stub in " ".join(call("--help").out.split()), name


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_says_what_it_does_and_gives_an_example(call, words):
    done = call(f"{words} --help")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith(f"Usage: bizcli {words} ")
    assert lines[2].strip()[0].isupper() and f"Example: bizcli {words}" in done.out
    assert max(map(len, (line for line in lines if "Example" not in line))) <= 80


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_has_help(words):
    top = root()
    command = top.get_command(Context, words.split()[0])
    if " " in words:
        command = command.get_command(Context, words.split()[1])
    context = TyperCommand("x").make_context("x", [])
    for param in command.get_params(context):
        assert param.help, (words, param.name)


WRITING = [words for words in COMMANDS if words.split()[-1] in (
    "new", "adjust", "transfer", "receive", "count", "confirm", "cancel", "close", "amend", "deliver", "invoice", "pay", "return",
    "void",
) and words != "report new"]  # fmt: skip


@pytest.mark.parametrize("words", WRITING)
def test_every_writing_command_takes_the_common_flags(call, words):
    out = call(f"{words} --help").out
    assert all(f"  {flag} " in out for flag in ("--date", "--note", "--ref", "--dry-run", "--json"))


@pytest.mark.parametrize("words", ["show", "list", "check", "status", "log", "stock on-hand", "order list", "tax show"])
def test_every_reading_command_takes_a_format(call, words):
    out = call(f"{words} --help").out
    assert all(f"  {flag} " in out for flag in ("--format", "--json", "--output"))


def test_every_kind_is_reached_by_a_command():
    top = root()
    for kind in kinds():
        assert kind.group in top.list_commands(Context)


def test_the_version(call):
    done = call("--version")
    assert done.code == 0 and done.out.startswith("bizcli ")
