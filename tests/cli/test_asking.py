"""At a terminal a writing command asks for what it lacks; anywhere else it never does."""

import os
import re
import subprocess
import sys

import pexpect
import pytest
import yaml

from bizcli.cli import asking
from bizcli.cli.new import catalog
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.records import schema_of

ENVIRONMENT = {
    "BIZCLI_TODAY": "2026-11-20", "BIZCLI_USER": "li.na", "BIZCLI_LANG": "en", "TERM": "xterm", "NO_COLOR": "1",
    "PROMPT_TOOLKIT_NO_CPR": "1", "LANG": "C.UTF-8", "BIZCLI_PAGER": "",
}  # fmt: skip
ENTER = "\r"


@pytest.fixture
def at_terminal(book):
    """Starts a command at a terminal."""
    running = []

    def start(line, **environment):
        words = ["-m", "bizcli", "-C", str(book), *line.split()]
        child = pexpect.spawn(
            sys.executable, words, env=os.environ | ENVIRONMENT | environment, dimensions=(40, 120), encoding="utf-8",
            timeout=20,
        )  # fmt: skip
        child.delaybeforesend = 0.1
        running.append(child)
        return child

    yield start
    for child in running:
        child.close(force=True)


def talk(child, *turns):
    """Question and answer; a space at the end of a question is not written, the cursor moves."""
    for question, answer in turns:
        child.expect_exact(question.rstrip())
        child.send(answer + ENTER if answer not in ("\x03", "\x04") else answer)


def ended(child):
    """What it said to its end, and its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", child.before), child.exitstatus


def stored(book, path):
    return yaml.load((book / path).read_text(), yaml.BaseLoader)


def orders(book):
    return sorted(path.name for path in (book / "orders").rglob("*.yaml"))


def test_an_order_is_asked_for_and_shown_before_it_is_recorded(at_terminal, book):
    child = at_terminal("order new --deliver")
    talk(
        child,
        ("Customer: ", "c-9"),
        ("there is no customer C-9; the nearest is C-00", ""),
        ("this cannot be left out", "c-002"),
        ("Warehouse [SZ]: ", ""),
        ("Line 1: Item: ", "tshirt-m"),
        ("Qty [1]: ", "1,5"),
        ("'1,5' is not a number such as 12", "２"),
        ("Price [99.00]: ", "¥90"),
        ("Line 2: Item (Enter ends): ", "ADVICE:1@5"),
        ("Line 3: Item (Enter ends): ", ""),
    )
    child.expect_exact("SO-2611-0002: C-002, 2 TSHIRT-M, 1 ADVICE, 208.70 in all")
    child.expect_exact("Goods")
    assert orders(book) == ["SO-2611-0001.yaml"]
    talk(child, ("record? [Y/n] ", "what"), ("record? [Y/n] ", ""))
    said, code = ended(child)
    assert code == 0 and "SO-2611-0002 recorded" in said and "46 TSHIRT-M left in SZ" in said
    order = stored(book, "orders/2026/11/SO-2611-0002.yaml")
    assert (order["customer"], order["warehouse"]) == ("C-002", "SZ")
    assert [(line["item"], line["qty"], line["price"]) for line in order["lines"]] == [("TSHIRT-M", "2", "90"), ("ADVICE", "1", "5")]  # fmt: skip


def test_what_is_said_already_is_not_asked(at_terminal, book):
    child = at_terminal("order new --customer C-001 --warehouse SZ --json")
    talk(child, ("Line 1: Item: ", "TSHIRT-M:1"), ("Line 2: Item (Enter ends): ", ""), ("record? [Y/n] ", "y"))
    said, code = ended(child)
    assert code == 0 and '"id": "SO-2611-0002"' in said


def test_paying_offers_the_open_invoice_and_all_that_is_open(at_terminal, book):
    child = at_terminal("invoice pay")
    talk(child, ("Invoice [SI-2611-0001]: ", ""), ("Amount [123.74]: ", "100"), ("Account [bank]: ", "receivable"))
    talk(child, ("is what a party owes", "cash"), ("record? [Y/n] ", ""))
    said, code = ended(child)
    assert code == 0 and "C-001 owes 23.74" in said
    payment = stored(book, "payments/2026/11/CP-2611-0002.yaml")
    assert (payment["amount"], payment["account"]) == ("100", "cash")


def test_an_entry_offers_what_is_left(at_terminal, book):
    child = at_terminal("journal new")
    talk(child, ("Line 1: Account: ", "bnak"), ("the nearest is bank", "bank"), ("Amount: ", "-1,234.50"))
    talk(child, ("Line 2: Account (Enter ends): ", "expense.rent"), ("Amount [1,234.50]: ", ""))
    talk(child, ("Line 3: Account (Enter ends): ", ""), ("record? [Y/n] ", ""))
    assert ended(child)[1] == 0
    assert stored(book, "entries/2026/11/JE-2611-0001.yaml")["lines"][1]["debit"] == "1234.50"


def test_an_entry_may_touch_any_account(at_terminal, book):
    child = at_terminal("journal new --customer C-001")
    talk(
        child,
        ("Line 1: Account: ", "receivable"),
        ("Amount: ", "5"),
        ("Line 2: Account (Enter ends): ", "opening_balance"),
    )
    talk(child, ("Amount [-5]: ", ""), ("Line 3: Account (Enter ends): ", ""), ("record? [Y/n] ", ""))
    assert ended(child)[1] == 0


def test_a_line_of_an_order_is_changed_by_its_number(at_terminal, book):
    child = at_terminal("order amend SO-2611-0001")
    talk(child, ("Line 1: Item: ", "/1:5"), ("Line 2: Item (Enter ends): ", ""), ("record? [Y/n] ", ""))
    assert ended(child)[1] == 0
    assert stored(book, "order_changes/2026/11/OC-2611-0001.yaml")["lines"][0]["qty"] == "5"


def test_a_new_master_in_chinese(at_terminal, book):
    child = at_terminal("customer new", BIZCLI_LANG="zh")
    talk(child, ("代码: ", "C-001"), ("C-001 已存在", "c-9"), ("名称 [C-9]: ", "衣品轩 二店"), ("记录吗？[Y/n] ", ""))
    said, code = ended(child)
    assert code == 0 and "客户 C-9 已记录" in said
    assert stored(book, "customers/C-9.yaml")["name"] == "衣品轩 二店"


def test_what_is_wrong_with_the_whole_is_asked_again(at_terminal, book):
    child = at_terminal("stock transfer")
    talk(child, ("From: ", "sz"), ("To: ", "SZ"), ("Line 1: Item: ", "TSHIRT-M:1"), ("Line 2: Item (Enter ends): ", ""))
    talk(child, ("from and to are both SZ", ""), ("this cannot be left out", "GZ"), ("record? [Y/n] ", ""))
    assert ended(child)[1] == 0
    assert stored(book, "transfers/2026/11/ST-2611-0001.yaml")["to"] == "GZ"


def test_lines_are_asked_for_until_there_is_one(at_terminal, book):
    child = at_terminal("sale new --account cash --warehouse SZ")
    talk(child, ("Customer (optional): ", ""), ("Line 1: Item: ", ""), ("at least one line is needed", "ADVICE:1@3"))
    talk(child, ("Line 2: Item (Enter ends): ", ""), ("record? [Y/n] ", ""))
    assert ended(child)[1] == 0
    assert stored(book, "sales/2026/11/CS-2611-0001.yaml")["warehouse"] == "SZ"


def test_goods_that_go_out_are_not_asked_their_cost(at_terminal, book):
    child = at_terminal("stock adjust")
    talk(
        child,
        ("Warehouse [SZ]: ", ""),
        ("Reason: ", "lost"),
        ("is no reason to adjust stock; the nearest is loss", "loss"),
    )
    talk(
        child,
        ("Line 1: Item: ", "TSHIRT-M"),
        ("Qty: ", "2"),
        ("Line 2: Item (Enter ends): ", ""),
        ("record? [Y/n] ", ""),
    )
    assert ended(child)[1] == 0
    assert stored(book, "adjustments/2026/11/SA-2611-0002.yaml")["lines"][0]["qty"] == "-2"


@pytest.mark.parametrize(
    ("turns", "code", "word"),
    [
        ([("Customer: ", "\x03")], 130, "bizcli: error: interrupted"),
        ([("Customer: ", "\x04")], 1, "bizcli: error: nothing was recorded"),
        ([("Customer: ", "C-001"), ("Warehouse [SZ]: ", ""), ("Line 1: Item: ", "ADVICE:1"), ("Line 2: ", "\x04")], 1, "nothing was recorded"),
        ([("Customer: ", "C-001"), ("Warehouse [SZ]: ", ""), ("Line 1: Item: ", "ADVICE:1"), ("Line 2: ", ""), ("record? [Y/n] ", "n")], 1, "nothing was recorded"),
        ([("Customer: ", "C-001"), ("Warehouse [SZ]: ", ""), ("Line 1: Item: ", "ADVICE:1"), ("Line 2: ", ""), ("record? [Y/n] ", "\x03")], 130, "interrupted"),
    ],
)  # fmt: skip
def test_leaving_writes_nothing(at_terminal, book, turns, code, word):
    before = sorted(book.rglob("*.yaml"))
    child = at_terminal("order new")
    talk(child, *turns)
    said, ended_with = ended(child)
    assert ended_with == code and said.strip().splitlines()[-1].endswith(word) and "Traceback" not in said
    assert sorted(book.rglob("*.yaml")) == before


def test_dry_run_asks_and_writes_nothing(at_terminal, book):
    child = at_terminal("order deliver --dry-run")
    talk(child, ("Order [SO-2611-0001]: ", ""))
    said, code = ended(child)
    assert (
        code == 0 and "Assets:Inventory" in said and "nothing was written (--dry-run)" in said and "record?" not in said
    )


def test_hostile_answers(at_terminal, book):
    child = at_terminal("customer new")
    talk(
        child, ("Code: ", "A" * 5000), ("is not a code of capital letters", "'; rm -rf / #"), ("is not a code", "C-10")
    )
    talk(child, ("Name [C-10]: ", "a\u202eb"), ("contains the invisible character U+202E; remove it", "x" * 300))
    talk(
        child,
        ("longer than 200 characters", "\x1b[200~a\x1b[2Jb\x1b[201~"),
        ("contains the invisible character U+001B", "$(touch x) `y`"),
    )
    talk(child, ("record? [Y/n] ", ""))
    assert ended(child)[1] == 0
    assert stored(book, "customers/C-10.yaml")["name"] == "$(touch x) `y`"


@pytest.mark.parametrize("redirected", ["< /dev/null", "> out", "2> err", "| cat"])
def test_nothing_is_asked_without_a_terminal(at_terminal, book, redirected, tmp_path):
    script = f"{sys.executable} -m bizcli -C {book} order new {redirected}; echo code ${{PIPESTATUS:-$?}}"
    child = pexpect.spawn(
        "bash", ["-c", script], env=os.environ | ENVIRONMENT, cwd=str(tmp_path), encoding="utf-8", timeout=20
    )
    child.expect(pexpect.EOF)
    said = child.before + "".join(path.read_text() for path in tmp_path.glob("err"))
    assert "--customer is missing (see `bizcli order new --help`)" in said
    assert "code 2" in said and "Customer" not in said


def test_an_empty_word_is_not_asked_for_in_a_pipe(do):
    assert do("void CP-2611-0001 --reason ''") == (1, "", "bizcli: error: reason: say why: `reason`\n")


def test_a_command_that_lacks_nothing_asks_nothing(at_terminal):
    said, code = ended(at_terminal("order deliver @"))
    assert code == 0 and "record?" not in said and "DN-2611-0002 recorded" in said
    said, code = ended(at_terminal("sale new --line TSHIRT-M:99 --warehouse SZ"))
    assert code == 1 and "falls to" in said and "record?" not in said


def test_help_and_wrong_words_are_as_everywhere(at_terminal):
    said, code = ended(at_terminal("customer new --help"))
    assert code == 0 and "[required]" in said
    said, code = ended(at_terminal("order new --custmer x"))
    assert code == 2 and "did you mean --customer?" in said


def test_completion_knows_codes_and_names(at_terminal, book):
    child = at_terminal("order new")
    child.expect_exact("Customer:")
    child.send("衣品")
    child.expect_exact("C-001")
    child.send("\t" + ENTER)
    child.expect_exact("Warehouse")
    child.send("\x03")
    assert ended(child)[1] == 130


@pytest.mark.parametrize(
    ("problem", "names"),
    [
        (Problem("missing-key", "x", {}, "lines"), ["lines"]),
        (Problem("missing-key", "x", {}, "from"), ["from_"]),
        (Problem("no-warehouse", "x", {"codes": ""}, "warehouse"), []),
        (Problem("missing-key", "x", {}, "nowhere"), []),
        (Problem("credit", "x", {}, "lines"), []),
    ],
)
def test_what_an_answer_can_mend(problem, names):
    assert asking.lacking(Refused([problem]), ["lines", "from_", "warehouse"]) == names


def test_prompt_toolkit_is_loaded_for_a_question_only():
    script = (
        "import sys; import bizcli.cli.main, bizcli.cli.new, bizcli.cli.prompt; print('prompt_toolkit' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_the_everyday_fields_are_fields():
    """Nothing in the lists is a word that no kind has."""
    known = {info.name for kind in catalog().kinds for info in schema_of(catalog().record(kind)).fields}
    assert {*asking.EVERYDAY, *asking.DRAWN} <= known
