"""A command pays only for what it uses: start-up is most of the time that a person waits."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = {"rich", "yaml", "json", "subprocess", "beancount", "gettext", "pathlib", "csv"}
OWN = {"gettext", "pathlib", "subprocess", "csv", "json"}  # typer imports some of these itself


def loaded(words, folder):
    """The modules that a command has imported when it is done."""
    script = (
        "import sys\n"
        "from bizcli.cli.main import run\n"
        f"code = run({words!r})\n"
        "import json as _json\n"
        "print(code, _json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    environment = {**os.environ, "BIZCLI_TODAY": "2026-11-20", "BIZCLI_LANG": "en", "BIZCLI_USER": "li.na"}
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=folder, env=environment
    )
    code, _, modules = run.stderr.partition(" ")
    assert code == "0", run
    return set(json.loads(modules))


def of_typer():
    """What typer itself brings."""
    script = "import sys, typer, json; print(json.dumps(sorted(sys.modules)))"
    return set(json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout))


@pytest.mark.parametrize(
    "words",
    [
        ["show", "SO-2611-0001", "--format", "plain"],
        ["stock", "on-hand"],
        ["order", "new", "--customer", "C-001", "--line", "TSHIRT-M:1", "--warehouse", "SZ"],
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(book, words):
    loaded(["status", "--format", "json"], book) if (book / ".git").exists() else loaded(["list", "item"], book)
    found = loaded(words, book) - (of_typer() - {"rich", "yaml"})
    assert not found & {"rich", "yaml", "subprocess", "beancount", "csv"}, found & HEAVY
    assert "bizcli.cli.groups.stock" not in found or words[0] == "stock"


def test_help_imports_no_group(tmp_path):
    found = loaded(["--help"], tmp_path)
    assert not [name for name in found if name.startswith(("bizcli.cli.groups.", "bizcli.cli.commands."))]


def test_the_language_is_decided_before_a_command_is_imported():
    script = "import sys; import bizcli.cli.main; print('typer' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
