"""A book goes out as one stream and comes back the same, to the byte."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bizcli.book import Book
from bizcli.book.catalog import make_catalog
from bizcli.book.sheets.exchange import exported, imported
from bizcli.book.streams import Given, trees
from bizcli.cli import examples, northwind
from bizcli.kernel.errors import BizError
from bizcli.store.yaml_reader import read_stream

STORY = """\
kind: stock_adjustment
date: 2026-11-01
warehouse: SZ
reason: opening
lines: [{item: TSHIRT-M, qty: 50, cost: 40.00}, {item: RIBBON, qty: 3, value: 100}]
---
kind: sales_order
date: 2026-11-02
customer: C-001
warehouse: SZ
draft: true
lines: [{item: TSHIRT-M, qty: 5}]
note: "a: b # c\\n--- \\n\\ttab"
---
kind: order_change
date: 2026-11-02
order: SO-2611-0001
action: confirm
---
kind: delivery
date: 2026-11-03
order: SO-2611-0001
---
kind: void
document: DN-2611-0001
reason: wrong day
---
kind: delivery
date: 2026-11-03
order: SO-2611-0001
---
kind: sales_invoice
date: 2026-11-04
order: SO-2611-0001
---
kind: sales_return
date: 2026-11-05
invoice: SI-2611-0001
lines: [{item: TSHIRT-M, qty: 1}]
---
kind: customer_payment
date: 2026-11-05
customer: C-001
amount: 1000
"""


def stream(data: bytes) -> Any:
    return (Given(*each[:2], "stream", each.line) for each in read_stream(data, "stream"))


def text_files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {".bizcli", ".git"} & {*path.relative_to(root).parts}
    }


def test_a_story_comes_back_the_same(shop: Any, tmp_path: Path) -> None:
    shop.apply(STORY)
    (shop.root / "journal" / "manual").mkdir()
    (shop.root / "journal" / "manual" / "own.bean").write_text(
        '2026-11-05 * "by hand, \\"quoted\\""\n  Assets:Bank  -5.00 CNY\n  Expenses:Rent  5.00 CNY\n'
    )
    (shop.root / "reports").mkdir()
    (shop.root / "reports" / "own.sql").write_text("-- Own\n-- column a: text\n\nSELECT 'x'\n")
    customer = shop.root / "customers" / "C-001.yaml"
    customer.write_text("# a comment is kept\n" + customer.read_text())
    shop.read(full=True)
    data = b"".join(exported(shop.book))
    count = imported(str(tmp_path / "copy"), stream(data), make_catalog(), False)
    other = text_files(tmp_path / "copy")
    ours = text_files(shop.root)
    ours.pop("book.yaml"), other.pop("book.yaml"), other.pop(".gitignore"), other.pop(".gitattributes")
    assert other == ours
    assert count == sum(path.endswith(".yaml") for path in ours)
    copy = Book(str(tmp_path / "copy"), shop.book.today, None)
    copy.read()
    assert b"".join(exported(copy)) == data
    copy.close()


def test_northwind_comes_back_the_same(tmp_path: Path) -> None:
    root = tmp_path / "nw"
    root.mkdir()
    (root / "book.yaml").write_text("name: Northwind\ncurrency: USD\n")
    book = Book(str(root), northwind_today(), None)
    book.apply(trees(northwind.documents(examples.folder("northwind"))))
    data = b"".join(exported(book))
    book.close()
    assert imported(str(tmp_path / "copy"), stream(data), make_catalog(), False) == 3389
    other = text_files(tmp_path / "copy")
    del other[".gitignore"], other[".gitattributes"]
    assert other == text_files(root)


def northwind_today() -> Any:
    from datetime import date

    return date(1998, 5, 6)


WRONG = {
    "no settings": b"kind: customer\ncode: C-1\nname: x\n",
    "settings twice": b"kind: book\nname: x\n---\nkind: book\nname: y\n",
    "out of the book": b"kind: book\nname: x\n---\nkind: file\npath: ../x.sql\ntext: x\n",
    "a hook": b"kind: book\nname: x\n---\nkind: file\npath: .git/hooks/post-commit\ntext: x\n",
    "a code that leads out": b"kind: book\nname: x\n---\nkind: customer\ncode: ../../x\nname: x\n",
    "no id": b"kind: book\nname: x\n---\nkind: sales_order\ncustomer: C-1\n",
    "unknown kind": b"kind: book\nname: x\n---\nkind: costumer\ncode: C-1\n",
    "twice": b"kind: book\nname: x\n---\nkind: warehouse\ncode: A\nname: A\n---\nkind: warehouse\ncode: A\nname: A\n",
    "a wrong document": b"kind: book\nname: x\n---\nkind: warehouse\ncode: A\nnme: A\n",
    "wrong settings": b"kind: book\nnme: x\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_stream_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(BizError):
        imported(str(tmp_path / "a" / "copy"), stream(WRONG[name]), make_catalog(), False)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_from_the_terminal(shop: Any, tmp_path: Path) -> None:
    shop.apply(STORY)
    shop.close()
    bizcli = str(Path(sys.executable).parent / "bizcli")
    copy = str(tmp_path / "copy")
    data = subprocess.run([bizcli, "-C", str(shop.root), "export"], capture_output=True, check=True).stdout
    done = subprocess.run([bizcli, "import", copy], input=data, capture_output=True, check=True)
    assert b" documents in " in done.stdout
    subprocess.run([bizcli, "-C", copy, "check", "--full"], capture_output=True, check=True)
    again = subprocess.run([bizcli, "import", copy], input=data, capture_output=True, check=False)
    assert again.returncode == 1 and b"not empty" in again.stderr
