"""A book may come from anywhere. Nothing in it crashes a command, runs, or leads out of the book's folder."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bizcli.kernel.errors import BizError

OPENING = """\
kind: stock_adjustment
date: 2026-11-01
warehouse: SZ
reason: opening
lines: [{item: TSHIRT-M, qty: 50, cost: 40.00}]
"""
SALE_FILE = "sales/2026/11/CS-2611-0001.yaml"
SALE = """\
kind: cash_sale
id: CS-2611-0001
date: 2026-11-05
warehouse: SZ
account: cash
prices: net
tax_rounding: document
lines:
  - line: 1
    item: TSHIRT-M
    qty: 12
    price: 99
    tax: 13%
"""


def put(folder: Any, path: str, data: str | bytes) -> Path:
    target = Path(folder.root / path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data.encode() if isinstance(data, str) else data)
    return target


def everything(folder: Any) -> list[str]:
    """What is wrong, after every kind of command was tried; only a `BizError` may stop one."""
    said: list[str] = []
    for command in (
        lambda: folder.refresh(True),
        lambda: folder.read(),
        lambda: folder.apply("kind: customer\ncode: C-777\n"),
        lambda: folder.apply(OPENING),
        lambda: folder.refresh(True),
    ):
        try:
            command()
        except BizError as error:
            assert error.problems
            said += [f"{each.file}:{each.line}:{each.column} {each.text()}" for each in error.problems]
        folder.close()
    return said


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder beside the book, which must stay as it is."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.bean").write_text("2026-11-01 open Assets:Secret\n")
    (folder / "secret.yaml").write_text("kind: customer\ncode: SECRET\nname: s\n")
    before = {path: path.read_bytes() for path in folder.rglob("*")}
    beside = set(tmp_path.iterdir())
    yield folder
    assert {path: path.read_bytes() for path in folder.rglob("*")} == before
    assert set(tmp_path.iterdir()) - {tmp_path / "book", tmp_path / "book.scratch"} == beside - {tmp_path / "book"}


# Documents

DOCUMENTS = {
    "no warehouse": (SALE.replace("warehouse: SZ\n", ""), "warehouse"),
    "tax of letters": (SALE.replace("13%", "abc%"), "'abc%' is not a percentage or a tax code"),
    "tax below zero": (SALE.replace("13%", "-5%"), "'-5%' is not a percentage or a tax code"),
    "tax of a thousand": (SALE.replace("13%", "1000%"), "'1000%' is not a percentage or a tax code"),
    "tax that leads out": (SALE.replace("13%", "../../x"), "tax"),
    "NaN": (SALE.replace("qty: 12", "qty: NaN"), "'NaN' is not a number"),
    "infinity": (SALE.replace("qty: 12", "qty: .inf"), "'.inf' is not a number"),
    "exponent": (SALE.replace("qty: 12", "qty: 1E9"), "'1E9' is not a number"),
    "underscore": (SALE.replace("qty: 12", "qty: 1_000"), "'1_000' is not a number"),
    "hexadecimal": (SALE.replace("qty: 12", "qty: 0x10"), "'0x10' is not a number"),
    "fullwidth digits": (SALE.replace("qty: 12", "qty: １２"), "'１２' is not a number"),
    "too many digits": (SALE.replace("qty: 12", "qty: 1" + "0" * 12), "is not a number"),
    "a million digits": (SALE.replace("qty: 12", "qty: " + "1" * 900_000), "is not a number"),
    "product too large": (SALE.replace("qty: 12", "qty: 999999999999"), "more than 12 digits"),
    "id of another folder": (SALE.replace("CS-2611-0001", "../../CS-2611-0001"), "is not a document id"),
    "id with a slash": (SALE.replace("CS-2611-0001", "CS-2611-0001/../.."), "is not a document id"),
    "id of month 13": (SALE.replace("CS-2611-0001", "CS-2613-0001"), "is not a document id"),
    "code of another folder": (SALE.replace("TSHIRT-M", "../../x"), "is not a code"),
    "duplicate key": (SALE + "account: bank\n", "the key account comes twice"),
    "deep brackets": ("kind: cash_sale\nlines: " + "[" * 200_000 + "\n", "nested more than"),
    "many brackets in a note": (SALE + "note: " + "{" * 50_000 + "\n", ""),
    "anchors": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors and aliases"),
    "a tag that runs": ("!!python/object/apply:os.system ['touch x']\n", ""),
    "a tag in a value": (SALE + "note: !!python/name:os.system x\n", "YAML tags"),
    "merge key": (SALE + "<<: {note: x}\n", "merge keys"),
    "GBK": ((SALE + "note: 深圳\n").encode("gbk"), "not in UTF-8"),
    "UTF-16": (SALE.encode("utf-16"), "not in UTF-8"),
    "NUL": (SALE + "note: a\0b\n", "invisible character"),
    "escape sequence": (SALE + 'note: "\x1b[31m"\n', "invisible character"),
    "escaped bell": (SALE + 'note: "\\a"\n', "invisible character"),
    "right to left override": (SALE + "note: a\u202eb\n", "invisible character"),
    "line separator": (SALE + "note: a\u2028b\n", "invisible character"),
    "surrogate": (SALE + 'note: "\\ud800"\n', ""),
    "empty": ("", "a document is made of fields"),
    "a list": ("- a\n", "a document is made of fields"),
    "two documents": (SALE + "---\n" + SALE, "a second document begins here"),
    "conflict of a merge": ("<<<<<<< HEAD\n" + SALE + "=======\n", ""),
    "another kind": (SALE.replace("cash_sale", "delivery"), "files in sales are of kind cash_sale"),
    "kind is a list": (SALE.replace("cash_sale", "[a]"), "files in sales are of kind cash_sale"),
    "lines is a word": (SALE.partition("lines:")[0] + "lines: x\n", "a list of mappings is expected"),
    "line is a word": (SALE.partition("lines:")[0] + "lines: [x]\n", "a mapping is expected"),
    "no lines": (SALE.partition("lines:")[0], "at least one line"),
    "line 0": (SALE.replace("line: 1", "line: 0"), "is not a whole number"),
    "long text": (SALE + "note: " + "x" * 10_001 + "\n", "longer than 10000 characters"),
    "day that is none": (SALE.replace("2026-11-05", "2026-02-30"), "is not a date"),
    "day with other digits": (SALE.replace("2026-11-05", "２０２６-11-05"), "is not a date"),
    "year 0": (SALE.replace("2026-11-05", "0000-11-05"), "is not a date"),
    "unknown account": (SALE.replace("account: cash", "account: Assets:Nowhere"), "there is no account or role"),
    "account with a line": (SALE.replace("account: cash", 'account: "cash\\n2026-01-01 open"'), "there is no account"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wrong_file_is_named_with_line_and_column(shop: Any, outside: Path, name: str) -> None:
    data, text = DOCUMENTS[name]
    shop.apply(OPENING)
    before = shop.files()
    put(shop, SALE_FILE, data)
    started = time.monotonic()
    said = everything(shop)
    assert time.monotonic() - started < 10
    if name == "many brackets in a note":
        return
    assert said and all(each.startswith(f"{SALE_FILE}:") for each in said), said
    assert text in said[0]
    assert not said[0].startswith(f"{SALE_FILE}:0:"), said
    after = shop.files()
    assert {path: data for path, data in after.items() if path != SALE_FILE and "C-777" not in path} == before


@pytest.mark.parametrize("name", [name for name, (data, _) in DOCUMENTS.items() if isinstance(data, str) and data])
def test_the_same_in_a_stream_is_refused(shop: Any, outside: Path, name: str) -> None:
    data, _ = DOCUMENTS[name]
    accepted = ("many brackets in a note", "no warehouse", "two documents", "another kind", "no lines")
    shop.apply(OPENING)
    before = shop.files()
    if name in accepted:
        try:
            shop.apply(data)
        except BizError as error:
            assert error.problems
        return
    with pytest.raises(BizError) as caught:
        shop.apply(data)
    assert shop.files() == before
    assert all(each.text() for each in caught.value.problems)


# Names of files and folders


def test_a_name_that_is_not_utf8(shop: Any) -> None:
    shop.apply(OPENING)
    with open(os.fsencode(shop.root) + b"/adjustments/2026/11/\xff.yaml", "w") as file:
        file.write("x")
    assert everything(shop)


@pytest.mark.parametrize(
    "name", ["a\nb", "-", "..", "SA-2611-0002 ", "sa-2611-0002", "\x1b[31m", "\u202egnp", "C" * 240]
)
def test_strange_names(shop: Any, name: str) -> None:
    shop.apply(OPENING)
    put(shop, f"adjustments/2026/11/{name}.yaml", shop.documents()["adjustments/2026/11/SA-2611-0001.yaml"])
    put(shop, f"items/{name}.yaml", "kind: item\ncode: A\nname: A\nunit: pcs\ntype: goods\n")
    assert everything(shop)
    assert all("\n" not in each and "\x1b" not in each for each in everything(shop))


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
@pytest.mark.parametrize("path", ["items/X.yaml", "adjustments/2026/11/SA-2611-0009.yaml"])
def test_a_file_that_is_none(shop: Any, path: str, make: Callable[[Path], None]) -> None:
    shop.apply(OPENING)
    make(shop.root / path)
    assert path in everything(shop)[0]


@pytest.mark.parametrize(
    "path", [".bizcli", "journal", "adjustments", "adjustments/2026", "journal/2026", ".bizcli/index.db"]
)
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_where_a_folder_belongs_and_the_other_way(
    empty_book: Callable[..., Any], shop_text: str, path: str, what: str
) -> None:
    book = empty_book()
    target = book.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if what == "file":
        target.write_text("x")
    else:
        target.mkdir()
    with suppress(BizError):
        book.apply(shop_text)
    everything(book)


@pytest.mark.parametrize(
    "path",
    [
        "adjustments", "adjustments/2026", "adjustments/2026/11", "items", ".bizcli", "journal", "journal/2026",
        "journal/manual", "reports", "periods",
    ],
)  # fmt: skip
def test_a_folder_that_is_a_link(empty_book: Callable[..., Any], shop_text: str, outside: Path, path: str) -> None:
    book = empty_book()
    target = book.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(outside, target_is_directory=True)
    with suppress(BizError):
        book.apply(shop_text)
    said = everything(book)
    if path not in ("reports", "periods"):
        assert said and ("link" in said[0] or "regular" in said[0])
    assert "Secret" not in str(book.files()) or path in ("reports", "periods")


@pytest.mark.parametrize(
    "path",
    [
        "items/SECRET.yaml", "customers/SECRET.yaml", "adjustments/2026/11/SA-2611-0009.yaml", "journal/main.bean",
        "journal/2026/2026-11.bean", "journal/accounts.bean", "journal/manual/a.bean", ".bizcli/redo.log",
        ".bizcli/index.db", ".bizcli/index.db-wal", ".bizcli/index.db-shm",
    ],
)  # fmt: skip
@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_is_a_link(shop: Any, outside: Path, path: str, there: bool) -> None:
    """Also one that leads to nothing, which writing would make."""
    shop.apply(OPENING)
    shop.close()
    target = shop.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.symlink_to(outside / ("secret.yaml" if there else "nothing"))
    everything(shop)


# The cache of a cloned book


@pytest.mark.parametrize("data", [b"", b"x" * 5000, b"SQLite format 3\0" + b"\x55" * 9000, "half"])
def test_an_index_of_garbage_is_made_anew(shop: Any, data: bytes | str) -> None:
    shop.apply(OPENING)
    shop.close()
    path = shop.root / ".bizcli" / "index.db"
    if isinstance(data, str):
        known = path.read_bytes()
        data = known[:4096] + b"\x55" * (len(known) - 4096)
    path.write_bytes(data)
    shop.read()
    assert shop.on_hand()["TSHIRT-M", "SZ"] == (50, 2000)
    shop.prove()


@pytest.mark.parametrize(
    "path", ["../evil", "{outside}/evil", ".git/hooks/post-commit", "items/../../evil", "book.yaml"]
)
@pytest.mark.parametrize("operation", [b"+", b"=", b"-"])
def test_a_log_that_leads_out_of_the_documents(shop: Any, outside: Path, path: str, operation: bytes) -> None:
    from bizcli.store.log import ENTRY, frame

    shop.close()
    settings = (shop.root / "book.yaml").read_bytes()
    (shop.root / ".git" / "hooks").mkdir(parents=True)
    name = path.format(outside=outside).encode()
    expected = settings if path == "book.yaml" else b""
    payload = ENTRY.pack(operation, len(name), len(expected)) + name + expected + b"#!/bin/sh\n"
    put(shop, ".bizcli/redo.log", frame(b"E", payload) + frame(b"C"))
    try:
        shop.apply(OPENING)
    except BizError as error:
        assert error.problems
    assert not list((shop.root / ".git" / "hooks").iterdir())
    assert (shop.root / "book.yaml").read_bytes() == settings


@pytest.mark.parametrize("data", [b"x", bytes(range(64)), b"E" + b"\xff" * 12, b"E" + b"\0" * 12, b"C" * 13])
def test_a_log_of_garbage(shop: Any, data: bytes) -> None:
    shop.close()
    put(shop, ".bizcli/redo.log", data * 40)
    shop.apply(OPENING)
    shop.prove()


def test_a_file_larger_than_memory(shop: Any) -> None:
    path = put(shop, "items/BIG.yaml", "")
    os.truncate(path, 1 << 31)
    assert "larger than" in everything(shop)[0]


# Settings

SETTINGS = {
    "": "a document is made of fields",
    "currency: cny": "'cny' is not a currency such as CNY",
    "currency: [CNY]": "a list is not a currency such as CNY",
    "currency: CNY\ncurrency: CNY": "the key currency comes twice",
    "currancy: CNY": "unknown key 'currancy'; the nearest is currency",
    "chart: ../../x": "there is no chart ../../x; the nearest is generic",
    "sites: SZ": "'SZ' is not a list",
    "roles: {bank: nowhere}": "'nowhere' is not an account",
    "roles: {bank: {a: b}}": "is not",
    'roles: {bank: "Assets:Bank CNY\\nplugin \\"x\\"\\n;"}': "is not an account",
    "roles: {bank: Assets:银行}": "is not an account",
    "roles: {bonk: Assets:Bank}": "bonk",
    "warehouse: ../x": "is not a code",
    "git: {commit: always}": "'always' is not one of never, each; the nearest is",
}


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_that_are_wrong(empty_book: Callable[..., Any], text: str) -> None:
    book = empty_book(text + "\n")
    with pytest.raises(BizError) as caught:
        book.read()
    (problem,) = caught.value.problems
    assert SETTINGS[text] in problem.text()
    assert problem.file == "book.yaml" and problem.line and problem.column


# Hand-written entries

ENTRY = '2026-11-03 * "Rent"\n  Expenses:Rent  {} CNY\n  Assets:Bank\n'
MANUAL = {
    'plugin "os"\n': "`plugin` is not for hand-written entries",
    '  plugin "os"\n': "`plugin` is not for hand-written entries",
    '\ufeffplugin "os"\n': "",
    'include "/etc/passwd"\n': "`include` is not for hand-written entries",
    'include "../../../outside/secret.bean"\n': "`include` is not for hand-written entries",
    'option "insert_pythonpath" "TRUE"\n': "is not for hand-written entries",
    'option  "plugin_processing_mode"  "raw"\n': "is not for hand-written entries",
    '2026-11-01 document Assets:Bank "/etc/passwd"\n': "document",
    'option "documents" "/etc"\n': "option",
    ENTRY.format("1/0"): "",
    ENTRY.format("1.0.0"): "",
    ENTRY.format("5").replace("Expenses:Rent", "Assets:Receivable:C-001"): "has its own documents",
    ENTRY.format("5").replace("Expenses:Rent", "Assets:Inventory:SZ:TSHIRT-M"): "has its own documents",
    ENTRY.format("5").replace("Expenses:Rent", "Assets:Nowhere"): "Beancount says",
    ENTRY.format("5").replace("\n  Assets:Bank", ""): "Beancount says",
    "2026-11-01 open Assets:Bank\n": "Beancount says",
    "nonsense\n": "Beancount says",
    "* " * 50_000 + "\n": None,
    "(" * 50_000 + "\n": "",
}


@pytest.mark.parametrize("text", MANUAL)
def test_hand_entries_that_are_refused(shop: Any, outside: Path, text: str) -> None:
    shop.apply(OPENING)
    put(shop, "journal/manual/a.bean", text)
    said = everything(shop)
    expected = MANUAL[text]
    if expected is None:
        return
    assert any(expected in each for each in said), said
    assert all(each.startswith("journal/manual/a.bean:") for each in said), said
    assert not said[0].startswith("journal/manual/a.bean:0"), said


def test_a_pickle_beside_the_journal_is_not_read(shop: Any, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (os.mkdir, (str(tmp_path / "evil"),))

    shop.apply(OPENING)
    for name in ("main.bean", "accounts.bean"):
        cache = shop.root / "journal" / f".{name}.picklecache"
        cache.write_bytes(pickle.dumps(Evil()))
        os.utime(cache, (2e9, 2e9))
    put(shop, "journal/manual/a.bean", ENTRY.format("5"))
    shop.read()
    assert not (tmp_path / "evil").exists()
    assert not (shop.root / "journal/manual/.a.bean.picklecache").exists()


def test_a_module_in_the_book_is_not_imported(shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "beancount", "bizcli", "sitecustomize"):
        put(shop, f"{name}.py", f"open({str(tmp_path / 'evil')!r}, 'w')\n")
    monkeypatch.chdir(shop.root)
    put(shop, "journal/manual/a.bean", ENTRY.format("5"))
    shop.read()
    assert not (tmp_path / "evil").exists()
