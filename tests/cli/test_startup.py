"""A command pays only for what it uses: start-up is most of the time that a person waits."""

import os
import subprocess
import sys

import pytest

HEAVY = {"rich", "yaml", "csv", "beancount", "prompt_toolkit"}
ENVIRONMENT = {"BIZCLI_TODAY": "2026-11-20", "BIZCLI_LANG": "en", "BIZCLI_USER": "li.na"}
SCRIPT = """
import sys
from bizcli.cli.main import run
code = run(sys.argv[1:])
print(code, *sorted(sys.modules), file=sys.stderr)
"""


def loaded(folder, *words):
    """The modules that a command has imported when it is done."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        capture_output=True, text=True, check=True, cwd=folder, env=os.environ | ENVIRONMENT,
    )  # fmt: skip
    code, *modules = run.stderr.splitlines()[-1].split(" ")
    assert code == "0", run
    return set(modules)


def own(modules):
    return {name for name in modules if name.startswith(("bizcli.cli.groups.", "bizcli.cli.commands."))}


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("show SO-2611-0001 --format plain", "commands.show"),
        ("stock on-hand", "groups.stock"),
        ("order list", "groups.order"),
        ("customer show C-001", "groups.customer"),
        ("warehouse show SZ", None),
    ],
)
def test_reading_imports_its_own_command_and_nothing_heavy(book, line, command):
    loaded(book, "list", "item")  # what the files say is in the index now
    found = loaded(book, *line.split())
    assert not found & HEAVY
    assert own(found) == ({f"bizcli.cli.{command}"} if command else set())


def test_a_plain_answer_needs_no_json(book):
    loaded(book, "list", "item")
    assert "json" not in loaded(book, "show", "SO-2611-0001")


def test_recording_imports_nothing_to_draw_or_parse_with(book):
    loaded(book, "list", "item")
    line = "order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ"
    assert not loaded(book, *line.split()) & HEAVY


def test_help_imports_no_command(tmp_path):
    assert own(loaded(tmp_path, "--help")) == set()


def test_the_language_is_decided_before_a_command_is_imported():
    script = "import sys; import bizcli.cli.main; print('typer' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
