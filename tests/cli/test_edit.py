"""Editing keeps what people wrote, and never leaves a file that the book cannot read."""

import os
import re
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bizcli.kernel.errors import BizError
from bizcli.store import yaml_edit

MARKED = """\
# yaml-language-server: $schema=../.bizcli/schemas/customer.json
kind: customer # k
code: C-001

# about the name
name: 衣品轩 # 名

payment_terms: net 30   # agreed
# before tags
tags:
  - a
  # in
  - "b, c"
# before note
note: |
  one
  # two

# end
"""


@pytest.fixture
def marked(book):
    path = book / "customers" / "C-001.yaml"
    path.write_text(MARKED)
    return path


def test_only_the_value_changes(do, marked):
    done = do("edit customer/C-001 --set payment_terms='net 45' --json")
    assert done.json == {"kind": "customer", "code": "C-001", "path": "customers/C-001.yaml", "status": "changed"}
    assert marked.read_text() == MARKED.replace("net 30 ", "net 45 ")
    assert do("show customer/C-001 --json").json["payment_terms"] == "net 45"
    assert do("check --full").code == 0


@pytest.mark.parametrize(
    ("words", "old", "new"),
    [
        ("--unset tags", '# before tags\ntags:\n  - a\n  # in\n  - "b, c"\n', "# before tags\n"),
        ("--set tags=x,y1", '  - a\n  # in\n  - "b, c"\n', "  - x\n  - y1\n"),
        ("--set 'tags=[\"x, y\", z]'", '  - a\n  # in\n  - "b, c"\n', "  - x, y\n  - z\n"),
        ("--set credit_limit=5000", "# end\n", None),
        ("--set email=a@b.cn", "# before tags\n", "email: a@b.cn\n# before tags\n"),
        ("--set note='p: q'", "note: |\n  one\n  # two\n", 'note: "p: q"\n'),
        ("--unset note", "note: |\n  one\n  # two\n", ""),
        ("--set name=Blue", "衣品轩 #", "Blue #"),
        ("--set 'tags[1]=d, e'", '"b, c"', "d, e"),
        ("--set location=22.54,114.06", "# before tags\n", "location:\n  - 22.54\n  - 114.06\n# before tags\n"),
        ("--unset owner", "", ""),
    ],
)  # fmt: skip
def test_each_change_stays_at_its_place(do, marked, words, old, new):
    assert do(f"edit C-001 {words}").code == 0
    if new is None:
        assert marked.read_text() == MARKED.replace("  # two\n", "  # two\ncredit_limit: 5000\n")
    else:
        assert marked.read_text() == MARKED.replace(old, new, 1)


def test_parts_of_tables_and_of_lists_of_records(do, book):
    do("tax new VAT --rate 2019-04-01:13")
    (book / "items/TSHIRT-M.yaml").write_text(
        "kind: item\ncode: TSHIRT-M\nname: T\nunit: pcs\ntype: goods\nreorder: {point: 20, quantity: 5} # r\n"
    )
    assert do("edit TSHIRT-M --set reorder.point=30").code == 0
    assert "reorder: {point: 30, quantity: 5} # r\n" in (book / "items/TSHIRT-M.yaml").read_text()
    assert do("edit tax/VAT --set 'rates[0].percent=16'").code == 0
    assert do("show tax/VAT --json").json["rates"] == [{"since": "2019-04-01", "percent": "16"}]
    assert (
        do("edit tax/VAT --set 'rates=[{since: 2019-04-01, percent: 13}, {since: 2026-01-01, percent: 12}]'").code == 0
    )
    assert len(do("show tax/VAT --json").json["rates"]) == 2
    assert "set the whole of reorder" in do("edit TSHIRT-M --set reorder.nothing=1").err


def test_windows_line_ends_stay(do, marked):
    marked.write_bytes(b"\xef\xbb\xbf" + MARKED.replace("\n", "\r\n").encode())
    assert do("edit C-001 --set credit_limit=7 --set phone=1 --unset tags").code == 0
    data = marked.read_bytes()
    assert (
        data.startswith(b"\xef\xbb\xbf#")
        and data.count(b"\n") == data.count(b"\r\n")
        and b"credit_limit: 7\r\n" in data
    )


def test_what_would_change_is_shown_and_nothing_written(do, marked):
    done = do("edit C-001 --set payment_terms=eom --dry-run")
    assert "-payment_terms: net 30   # agreed\n+payment_terms: eom   # agreed\n" in done.out
    assert "nothing was written" in done.err and marked.read_text() == MARKED


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("customer/C-001 --set payment_term=x", 2, "the nearest is payment_terms"),
        ("customer/C-001 --set credit_limit=many", 2, "credit_limit: 'many' is not a number"),
        ("customer/C-001 --set credit_limit", 2, "write KEY=VALUE"),
        ("customer/C-001 --set code=C-9", 1, "cannot hold C-9"),
        ("customer/C-001 --unset code", 1, "code is missing"),
        ("TSHIRT-M --set supplier=S-009", 1, "items/TSHIRT-M.yaml:9:11: supplier: there is no supplier S-009"),
        ("SO-2611-0001 --set customer=C-002", 2, "--set is for masters"),
        ("customer/C-999 --set name=x", 1, "there is no C-999"),
        ("../../etc/passwd --set name=x", 1, "there is no"),
        ("customers/../book.yaml --set name=x", 1, "there is no"),
        ("C-001 --set 'note=a\x1b[2J'", 2, "\\x1b"),
        ("C-001 --set 'rates[0].x=1'", 2, "unknown key"),
        ("C-001 --set '=1'", 2, "unknown key"),
        ("C-001 --set 'tags={a: b}'", 2, "is not a list"),
        ("C-001 --set 'tags=[a'", 2, "not YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_written(do, book, words, code, said):
    before = {path: path.read_bytes() for path in book.rglob("*.yaml")}
    done = do(f"edit {words}")
    assert (done.code, done.out) == (code, "") and said in done.err, done
    assert {path: path.read_bytes() for path in book.rglob("*.yaml")} == before


# In an editor


@pytest.fixture
def editor(tmp_path):
    """An editor that runs a line of sed."""

    def make(script):
        path = tmp_path / "my editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return {"EDITOR": f"'{path}'", "VISUAL": ""}

    return make


def test_an_editor_changes_a_master_and_a_document(do, book, editor):
    assert do("edit C-001", **editor("sed -i 's/net 30/net 60/' \"$1\"")).code == 0
    assert "net 60" in (book / "customers/C-001.yaml").read_text()
    assert do("edit SO-2611-0001", **editor("echo 'note: late' >> \"$1\"")).code == 0
    assert do("show SO-2611-0001 --json").json["note"] == "late"
    assert do("check --full").code == 0


def test_what_is_wrong_in_the_editor_stays_in_a_copy(do, book, editor):
    before = (book / "customers/C-001.yaml").read_bytes()
    done = do("edit C-001", **editor("sed -i 's/payment_terms: .*/payment_terms: soon/' \"$1\""))
    assert done.code == 1 and "customers/C-001.yaml:5:16: payment_terms: 'soon' is not payment terms" in done.err
    copy = re.search(r"your text is in (.+)", done.err)[1]
    assert "payment_terms: soon" in Path(copy).read_text() and (book / "customers/C-001.yaml").read_bytes() == before
    os.unlink(copy)


def test_an_edit_that_takes_stock_below_zero_is_taken_back(do, book, editor):
    path = next(book.glob("adjustments/**/*.yaml"))
    before = path.read_bytes()
    done = do(f"edit {path.stem}", **editor("sed -i 's/qty: 50/qty: 1/' \"$1\""))
    assert done.code == 1 and "TSHIRT-M" in done.err, done
    assert path.read_bytes() == before and do("check --full").code == 0


def test_a_broken_file_is_mended(do, book, editor):
    path = book / "customers/C-001.yaml"
    text = path.read_text()
    path.write_text(text + "colour: red\n")
    assert do("stock on-hand").code == 3
    assert do("edit customer/C-001", **editor("sed -i '/colour/d' \"$1\"")).code == 0
    assert path.read_text() == text and do("stock on-hand").code == 0


def test_somebody_else_changed_it_meanwhile(do, book, editor):
    path = book / "customers/C-001.yaml"
    done = do("edit C-001", **editor(f"sed -i 's/net 30/net 60/' \"$1\"; echo 'phone: 1' >> {path}"))
    assert done.code == 1 and "somebody else" in done.err
    assert "phone: 1" in path.read_text() and "net 60" not in path.read_text()


def test_an_editor_that_fails_is_not_there_or_changes_nothing(do, book, editor):
    assert "the editor ended with 3" in do("edit C-001", **editor("exit 3")).err
    assert "set EDITOR" in do("edit C-001", EDITOR="/nowhere/vi", VISUAL="").err
    assert "there is no terminal and no $EDITOR" in do("edit C-001", EDITOR="", VISUAL="").err
    assert do("edit C-001", **editor("true")).out == "customers/C-001.yaml is as it was\n"


# The text

VALUES = st.text(st.sampled_from("ab #:-'\"\\\n,[]{}é深"), max_size=12)
KEYS = ("name", "address", "note", "tags", "phone")


@given(
    texts=st.lists(VALUES, min_size=3, max_size=3),
    key=st.sampled_from(KEYS),
    value=VALUES,
    style=st.sampled_from("|'\" >"),
)
def test_other_keys_read_the_same_whatever_stands_there(texts, key, value, style):
    styles = {"|": "|", ">": ">", "'": "'", '"': '"', " ": None}
    tree = {"code": "A", "name": texts[0], "note": texts[1], "tags": [texts[2], "z"]}
    text = "# head\n" + yaml.dump(tree, default_style=styles[style], allow_unicode=True, sort_keys=False) + "\n# end\n"
    entry = f"{key}: {yaml.dump(value, default_style=chr(34), width=9999, allow_unicode=True).strip()}\n"
    try:
        new = yaml_edit.set_entry(text, key, entry, ["code", *KEYS])
    except BizError:
        return
    assert yaml.safe_load(new) == tree | {key: value}
    assert new.startswith("# head\n") and new.endswith("# end\n")
    gone = yaml_edit.unset_entry(new, key)
    assert yaml.safe_load(gone) == {name: each for name, each in tree.items() if name != key}
