"""Killed or failing at any file operation, a command leaves the book as before or as after.

The real process is killed at each operation in turn; the next command finishes or discards the rest; then
documents, journal and index are those of a cold build, and the same command can be given again.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

FAULTS = str(Path(__file__).with_name("faults.py"))
MASTERS = """\
kind: warehouse
code: SZ
---
kind: warehouse
code: GZ
---
kind: customer
code: C-001
---
kind: item
code: CAP
sale_price: 19.90
tax: 13%
---
kind: stock_adjustment
date: 2026-10-01
warehouse: SZ
reason: opening
lines: [{item: CAP, qty: 100, cost: 7.77}]
---
kind: cash_sale
date: 2026-11-03
warehouse: SZ
lines: [{item: CAP, qty: 3}]
"""
BATCH = "---\n".join(
    f"kind: sales_order\ndate: 2026-{month}-05\ncustomer: C-001\nwarehouse: SZ\nlines: [{{item: CAP, qty: 2}}]\n"
    f"---\nkind: delivery\ndate: 2026-{month}-06\norder: SO-26{month}-0001\n"
    f"---\nkind: sales_invoice\ndate: 2026-{month}-07\norder: SO-26{month}-0001\n"
    for month in ("10", "11", "12")
)
INCOMPLETE = "kind: cash_sale\nid: CS-2611-0009\ndate: 2026-11-09\nwarehouse: SZ\nlines: [{item: CAP, qty: 1}]\n"
COMMANDS = {
    "one document": (["sale", "new", "--line", "CAP:1", "--warehouse", "SZ"], ""),
    "a backdated one": (
        ["stock", "adjust", "CAP", "5", "--cost", "9", "--reason", "gain", "--warehouse", "SZ", "--date", "2026-10-02"],
        "",
    ),
    "a void": (["void", "CS-2611-0001", "--reason", "typed twice"], ""),
    "months at once": (["apply", "-"], BATCH),
    "a master": (["customer", "new", "C-002", "--name", "Two"], ""),
    "mending a file": (["apply", "sales/2026/11/CS-2611-0009.yaml"], ""),
    "a cold build": (["build"], ""),
}


class Done(NamedTuple):
    code: int
    said: str


def bizcli(book: Path, words: list[str], stdin: str = "", fault: str = "kill", at: int = 0) -> Done:
    environment = {**os.environ, "BIZCLI_TODAY": "2026-11-20", "BIZCLI_USER": "li.na"}
    done = subprocess.run(
        [sys.executable, FAULTS, fault, str(at), "-C", str(book), *words],
        input=stdin, capture_output=True, text=True, env=environment, cwd=book, check=False, timeout=60,
    )  # fmt: skip
    return Done(done.returncode, done.stdout + done.stderr)


def contents(book: Path) -> dict[str, bytes]:
    """Every file of a book but the cache."""
    return {
        str(path.relative_to(book)): path.read_bytes()
        for path in sorted(book.rglob("*"))
        if path.is_file() and ".bizcli" not in path.parts
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = tmp_path_factory.mktemp("crash") / "book"
    book.mkdir()
    (book / "book.yaml").write_text("name: Crash\ntax_rounding: line\n")
    assert bizcli(book, ["apply", "-"], MASTERS).code == 0
    return book


def fresh(template: Path, folder: Path, name: str) -> Path:
    book = folder / "book"
    shutil.rmtree(book, ignore_errors=True)
    shutil.copytree(template, book, copy_function=shutil.copy2)
    if name == "mending a file":
        (book / "sales/2026/11/CS-2611-0009.yaml").write_text(INCOMPLETE)
    bizcli(
        book, ["status" if name == "mending a file" else "stock", *([] if name == "mending a file" else ["on-hand"])]
    )
    return book


def agrees_with_cold_build(book: Path, folder: Path) -> None:
    """The journal is the one that the documents alone give."""
    other = folder / "cold"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(book, other, ignore=shutil.ignore_patterns(".bizcli", "journal"))
    assert bizcli(other, ["build"]).code == 0
    assert contents(book) == contents(other)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("fault", ["kill", "ENOSPC", "EIO"])
def test_as_before_or_as_after(template: Path, tmp_path: Path, name: str, fault: str) -> None:
    words, stdin = COMMANDS[name]
    book = fresh(template, tmp_path, name)
    before = contents(book)
    done = bizcli(book, words, stdin)
    assert done.code == 0, done.said
    after = contents(book)
    operations = int(done.said.split()[-1])
    assert operations > 2
    for at in range(1, operations + 1, 1 if fault == "kill" else 3):
        book = fresh(template, tmp_path, name)
        hurt = bizcli(book, words, stdin, fault, at)
        where = f"{name}, {fault} at operation {at} of {operations}: {hurt.said}"
        assert hurt.code == (-9 if fault == "kill" else hurt.code), where
        assert hurt.code in (-9, 0, 3) and "Traceback" not in hurt.said, where
        look = bizcli(book, ["check"] if name == "mending a file" else ["stock", "on-hand"])
        now = contents(book)
        assert now in (before, after), where
        if name != "mending a file":
            assert look.code == 0, where + look.said
            if at % 5 == 1:
                agrees_with_cold_build(book, tmp_path)
        if now == before and before != after:
            again = bizcli(book, words, stdin)
            assert again.code == 0, where + again.said
            assert contents(book) == after, where


def test_several_writers_at_once(template: Path, tmp_path: Path) -> None:
    book = fresh(template, tmp_path, "writers")
    code = (
        "import sys; from bizcli.cli.main import run\n"
        "sys.exit(max(run(['-C', sys.argv[1], 'sale', 'new', '--line', 'CAP:5', '--warehouse', 'SZ']) for _ in range(6)))"
    )
    environment = {**os.environ, "BIZCLI_TODAY": "2026-11-20", "BIZCLI_USER": "li.na"}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(book)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    said = [writer.communicate(timeout=120)[1].decode() for writer in writers]
    assert not any("Traceback" in each for each in said), said
    sales = list((book / "sales/2026/11").glob("*.yaml"))
    assert len(sales) == 1 + 19  # 97 caps: nineteen sales of five, five of the twenty-four are refused
    assert sum(each.count("falls to") for each in said) == 5
    assert bizcli(book, ["check", "--full"]).code == 0
    agrees_with_cold_build(book, tmp_path)
