"""The command line as tests call it: words in; exit code, output and errors out."""

import io
import json
import os
import shlex
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from bizcli.cli.main import run

ENVIRONMENT = {"BIZCLI_TODAY": "2026-11-20", "BIZCLI_USER": "li.na", "BIZCLI_LANG": "en"}

STORY = """\
warehouse new SZ --name 深圳仓
warehouse new GZ --name 广州仓
supplier new S-001 --name 深圳布业
staff new li.na --name 李娜
customer new C-001 --name 衣品轩 --terms 'net 30' --credit-limit 50000 --tag vip --tag east
customer new C-002 --name 'Blue Shop'
item new TSHIRT-M --name 'T恤 M' --price 99 --purchase-price 40 --tax 13% --reorder point=20
item new ADVICE --type service --price 300 --tax 6%
stock adjust TSHIRT-M 50 --warehouse SZ --cost 40 --reason opening --date 2026-11-01
order new --customer C-001 --line TSHIRT-M:3@99 --warehouse SZ --date 2026-11-05
order deliver SO-2611-0001 --line TSHIRT-M:2 --date 2026-11-06
order invoice SO-2611-0001 --date 2026-11-06
invoice pay SI-2611-0001 100 --date 2026-11-10
"""


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Call = Callable[..., Done]


def call(line: str, *words: str, **environment: str) -> Done:
    """Run a command in this process, off any terminal; `line` is split as a shell does."""
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, ENVIRONMENT | environment), redirect_stdout(out), redirect_stderr(err):
        code = run([*words, *shlex.split(line)])
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book in which the story has been told; nobody may write to it."""
    folder = tmp_path_factory.mktemp("told") / "book"
    assert call(f"init {folder} --name 'Li Na Trading' --no-git").code == 0
    for line in STORY.splitlines():
        done = call(line, "-C", str(folder))
        assert (done.code, done.err) == (0, ""), (line, done)
    return folder


@pytest.fixture
def ask(told: Path) -> Call:
    """Asks the told book."""
    return lambda line, **environment: call(line, "-C", str(told), **environment)


@pytest.fixture
def book(told: Path, tmp_path: Path) -> Path:
    """A copy of the told book, to write to."""
    folder = tmp_path / "book"
    shutil.copytree(told, folder, ignore=shutil.ignore_patterns(".bizcli"))
    return folder


@pytest.fixture
def do(book: Path) -> Call:
    """Writes to the copy."""
    return lambda line, **environment: call(line, "-C", str(book), **environment)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No command finds a book by chance."""
    monkeypatch.delenv("BIZCLI_BOOK", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="call", scope="session")
def call_fixture() -> Call:
    """Runs a command that says itself where its book is."""
    return call
