"""What goes wrong is one line on stderr that says what, where and how to mend it; the exit code says how bad."""

import fcntl
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from bizcli.book import Book
from bizcli.cli import main

SEE = r" \(see `bizcli.* --help`\)"

WRONG = {
    # 2: the words of the command
    "ordr new": (2, "there is no command ordr; did you mean order\\?" + SEE),
    "../output": (2, "there is no command ../output" + SEE),
    "__init__": (2, "there is no command __init__.*" + SEE),
    "order nwe": (2, "there is no command nwe; did you mean new\\?" + SEE),
    "order new --custmer C-001": (2, r"there is no option --custmer; did you mean --customer\?" + SEE),
    "order new": (2, "--customer is missing" + SEE),
    "void SO-2611-0001": (2, "--reason is missing" + SEE),
    "show": (2, "ID is missing" + SEE),
    "order show": (2, "ID is missing" + SEE),
    "show \udcff": (2, r"'\\udcff' is not text in UTF-8; type it again"),
    "return new --refund /1:2": (1, "invoice: which invoice or delivery .*"),
    "show A B": (2, r"Got unexpected extra argument\(s\) \(B\)" + SEE),
    "order new --customer C-001 --line TSHIRT-M": (2, r"--line: 'TSHIRT-M' is not ITEM:QTY\[UNIT\]\[@PRICE\]" + SEE),
    "order new --customer C-001 --line TSHIRT-M:x": (2, "--line: 'x' is not a number such as 12.*" + SEE),
    "order new --customer C-001 --line TSHIRT-M:1@": (2, "--line: '' is not a number such as 12.*" + SEE),
    "customer new c-9": (2, "CODE: 'c-9' is not a code of capital letters, digits and -" + SEE),
    "customer new C-9 --credit-limit lots": (2, "--credit-limit: 'lots' is not a number.*" + SEE),
    "customer new C-9 --terms sometime": (2, "--terms: 'sometime' is not payment terms such as.*" + SEE),
    "item new X --reorder 20": (2, "--reorder: '20' is not WORD=VALUE" + SEE),
    "order deliver 0001 --date 2026-02-30": (2, "--date: '2026-02-30' is not a date such as 2026-11-05" + SEE),
    "invoice pay 0001 -5": (2, "AMOUNT: -5 is below zero" + SEE),
    "stock on-hand --format docx": (2, "docx is not a format; the nearest is md, and there are table, plain, csv, tsv, json, md, html, xlsx" + SEE),
    "stock on-hand --format csv --json": (2, "--json is --format json: say one of the two" + SEE),
    "stock on-hand --as-of now": (2, "--as-of: 'now' is not a date such as 2026-11-05"),
    "list ordrs": (2, "there is no kind ordrs; the nearest is orders"),
    "list stock": (2, "stock is several kinds: say one of stock_adjustment, stock_count, stock_transfer"),
    **{
        words: (2, ".* is empty: name a file or a folder")
        for words in (
            "import ''", "init ''", "import shop --from ''", "apply ''", "apply - ''", "-C '' status", "--book= status",
            "export --output ''", "report stock-value --output ''", "stock count --warehouse SZ --sheet ''", "demo ''",
        )
    },
    "-C": (2, "-C needs a value" + SEE),
    "apply nowhere.yaml": (2, "nowhere.yaml: No such file or directory"),
    "--lang fr status": (2, "--lang: fr is not a language; the nearest is .*, and there are en, zh"),
    "stock on-hand --output /nowhere/x": (2, "cannot write /nowhere/x: No such file or directory; name a file.*"),
    "order new --customer C-001 --line TSHIRT-M:1 --pay bank": (2, "--pay pays the invoice: add --invoice"),
    "void @ --reason x": (2, "@ is the last of its kind, and any kind can be meant: give the id"),
    # 1: the rules of the business
    "order new --customer C-009 --line TSHIRT-M:1": (1, "customer: there is no customer C-009; the nearest is C-00."),
    "order new --customer C-001 --line TSHRT-M:1 --warehouse SZ": (
        1, r"lines\[0\].item: there is no item TSHRT-M; the nearest is TSHIRT-M",
    ),
    "show SO-2611-0009": (1, "there is no SO-2611-0009; the nearest is SO-2611-0001"),
    "sale new --line TSHIRT-M:49 --warehouse SZ": (1, ".*TSHIRT-M in SZ falls to -1 on 2026-11-20.*"),
    "stock adjust TSHIRT-M -3 --reason lss --warehouse SZ": (1, "reason: 'lss' is no reason .* the nearest is loss"),
    "delivery new --order 0001 --line TSHIRT-M:9": (1, r"lines\[0\].qty: 9 of TSHIRT-M asked, but 1 open to deliver.*"),
    "journal new --line bank:5": (1, "lines: debit and credit differ by 5.00"),
    "customer new C-001 --name Other": (1, "name: C-001 is there already and differs in name; edit customers/C-001.yaml"),
    "void SO-2611-0001 --reason x": (1, ".*(void .* first|too much)"),
}  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_wrong_words(ask, line):
    code, words = WRONG[line]
    done = ask(line)
    assert (done.code, done.out) == (code, "")
    for each in done.err.splitlines():
        assert re.fullmatch(f"bizcli: error: {words}", each), each


@pytest.mark.parametrize("line", WRONG)
def test_wrong_words_say_nothing_on_stdout_with_json(ask, line):
    assert ask(f"{line} --json").out == ""


def test_no_book(call, tmp_path):
    done = call("status")
    assert done.code == 2
    assert done.err == (
        f"bizcli: error: there is no book in {tmp_path} or above it: `bizcli init DIR` makes one, -C DIR names one\n"
    )


def test_a_folder_that_is_not_empty(call, tmp_path):
    (tmp_path / "x").write_text("mine")
    for command in ("init", "demo"):
        done = call(f"{command} {tmp_path}")
        assert (done.code, done.out) == (1, "")
        assert done.err == f"bizcli: error: {tmp_path} is there and not empty\n"


def test_no_words_shows_help(call):
    done = call("")
    assert done.code == 2 and "Usage: bizcli" in done.err


def test_today_must_be_a_day(ask):
    done = ask("stock on-hand", BIZCLI_TODAY="tomorrow")
    assert (done.code, done.err) == (2, "bizcli: error: BIZCLI_TODAY: 'tomorrow' is not a date such as 2026-11-05\n")


def test_streams_name_each_document_at_fault(do, tmp_path):
    (tmp_path / "in.yaml").write_text(
        "kind: customer\ncode: C-9\nnmae: x\n---\nkind: warehouse\ncode: BJ\n---\n"
        "kind: sales_order\ncustomer: C-001\nlines:\n  - {item: TSHIRT-M, qty: 1, price: oops}\n"
    )
    done = do("apply in.yaml")
    assert (done.code, done.out) == (1, "")
    first, second = done.err.splitlines()
    assert first == "bizcli: error: in.yaml:3:7: document 1: nmae: unknown key 'nmae'; the nearest is name"
    assert second.startswith("bizcli: error: in.yaml:11:37: document 3: lines[0].price: 'oops' is not a number")


def test_control_characters_are_written_out(do):
    done = do("show 'x\x1b[2J\ny'")
    assert done.code == 1 and done.err.count("\n") == 1
    assert r"x\x1b[2J\ny" in done.err
    assert do("customer new C-9 --name 'a\x1b[31mb'").err == (
        "bizcli: error: 'a\\x1b[31mb' contains the invisible character U+001B; remove it\n"
    )


def test_a_locked_book_is_told(do, book, monkeypatch):
    monkeypatch.setattr(Book.apply, "__kwdefaults__", {**Book.apply.__kwdefaults__, "patience": 0.01})
    do("status")
    holder = os.open(book, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    try:
        done = do("warehouse new BJ")
    finally:
        os.close(holder)
    assert done.code == 3
    assert done.err == "bizcli: error: the book is in use by another command; try again when it is done\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "No space left on device", "/book/x"), 3, "/book/x: No space left on device"),
        (PermissionError(13, "Permission denied"), 3, "the system says: Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_what_the_system_raises(ask, monkeypatch, error, code, words):
    def refuse(*_):
        raise error

    monkeypatch.setattr("bizcli.book.Book.listing", refuse)
    assert ask("list customer") == (code, "", f"bizcli: error: {words}\n")


def test_what_the_database_raises(ask, monkeypatch):
    def refuse(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("bizcli.book.Book.listing", refuse)
    done = ask("list customer")
    assert done.code == 3 and "database or disk is full" in done.err


def test_a_command_that_is_interrupted(book):
    environment = {**os.environ, "BIZCLI_LANG": "en"}
    words = [sys.executable, "-m", "bizcli", "-C", str(book), "apply", "-"]
    run = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    time.sleep(2)
    assert not is_locked(book)  # a slow pipe keeps nobody waiting
    run.send_signal(signal.SIGINT)
    assert run.communicate()[1] == "bizcli: error: interrupted\n"
    assert run.returncode == 130


def is_locked(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def test_a_full_disk_behind_stdout(told):
    words = [sys.executable, "-m", "bizcli", "-C", str(told), "list", "customer"]
    with open("/dev/full", "w") as full:
        run = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 3
    assert run.stderr == "bizcli: error: the system says: No space left on device\n"


def test_a_reader_that_has_seen_enough(told):
    words = [sys.executable, "-m", "bizcli", "-C", str(told), "list", "customer"]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdout.close()
    assert run.stderr.read() == b"" and run.wait() == 0


def test_the_program_ends_with_the_code_of_its_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bizcli", "--lang", "fr"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
