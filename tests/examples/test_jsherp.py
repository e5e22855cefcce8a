"""What a real small shop's data does to a book: what is refused is refused for a reason, the rest is in order.

The data (see `jsherp.py`) was left by visitors of a demo: names like "wer", goods sold before they came, payments that
do not fit. It is not shipped; without it beside the repository these tests are skipped.
"""

import importlib.util
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bizcli.book import Book
from bizcli.book.founding import found_book
from bizcli.book.streams import trees
from bizcli.cli import language
from bizcli.cli.language import message
from bizcli.kernel.errors import BizError, Problem

specification = importlib.util.spec_from_file_location("jsherp", Path(__file__).with_name("jsherp.py"))
jsherp = importlib.util.module_from_spec(specification)
sys.modules["jsherp"] = jsherp
specification.loader.exec_module(jsherp)

pytestmark = pytest.mark.skipif(jsherp.found() is None, reason="the data is not beside the repository")
SETTINGS = "name: 华夏\ncurrency: CNY\nlocale: zh\nchart: cn-small\ntax_rounding: line\n".encode()


def new_book(root: Path) -> Book:
    found_book(str(root), SETTINGS, False)
    return Book(str(root), date(2020, 3, 1), None)


def refusal(book: Book, documents: list) -> Problem | None:
    """Why documents, all of them or none, are not taken; None when they are."""
    try:
        book.apply(trees(documents))
    except BizError as refused:
        return refused.problems[0]
    return None


class Entered:
    """The book, and what became of each paper."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.dump = jsherp.Dump(jsherp.found())
        self.book = new_book(root)
        self.masters = list(self.dump.masters())
        assert refusal(self.book, self.masters) is None
        self.refused: dict[str, tuple[str, Problem]] = {}  # by number: type and reason
        self.taken, self.untold = [], Counter()
        for paper in self.dump.papers():
            if not paper.documents:
                self.untold[paper.type] += 1
            elif problem := refusal(self.book, paper.documents):
                self.refused[paper.number] = (paper.type, problem)
            else:
                self.taken.append(paper)


@pytest.fixture(scope="module")
def entered(tmp_path_factory):
    found = Entered(tmp_path_factory.mktemp("jsherp") / "book")
    yield found
    found.book.close()


def test_the_reader_finds_what_is_in_the_data(entered):
    """Documents, basic units and amounts of each type, as they were counted from the dump by another program."""
    counted: dict[str, list[Decimal]] = {}
    for head in entered.dump.heads:
        lines = entered.dump.lines.get(head["Id"], [])
        sums = counted.setdefault(f"{head['Type']}{head['SubType']}", [Decimal(0)] * 3)
        sums[0] += 1
        sums[1] += sum(Decimal(line["BasicNumber"] or 0) for line in lines)
        sums[2] += sum(Decimal(line["AllPrice"] or 0) for line in lines)
    assert {type: tuple(sums) for type, sums in counted.items()} == {
        "入库采购": (62, 3964, Decimal("11597.72")),
        "出库销售": (22, 355, Decimal("748.30")),
        "出库零售": (14, 200, Decimal("315.00")),
        "出库采购退货": (4, 31, Decimal("161.00")),
        "入库销售退货": (4, 62, Decimal("126.00")),
        "入库零售退货": (6, 19, Decimal("53.70")),
        "出库调拨": (6, 175, Decimal("174.90")),
        "入库其它": (6, 333, Decimal("3193.30")),
        "出库其它": (4, 69, Decimal("259.00")),
        "其它组装单": (4, 30, Decimal("12.00")),
        "其它拆卸单": (2, 4, 0),
        "其它采购订单": (6, 253, Decimal("2750.62")),
        "其它销售订单": (4, 10, Decimal("37.90")),
    }


def test_names_are_not_codes(tmp_path):
    """The shop goes by names and models; most of them are no codes, and the reason says what a code is."""
    book = new_book(tmp_path / "names")
    outcomes, reasons = Counter(), set()
    for master in jsherp.Dump(jsherp.found()).masters_as_named():
        problem = refusal(book, [master])
        outcomes[master["kind"], problem.code if problem else "taken"] += 1
        if problem:
            reasons.add(problem.text().replace(repr(master["code"]), "…"))
    assert outcomes == {
        ("supplier", "wrong-value"): 10,
        ("customer", "wrong-value"): 14,
        ("customer", "taken"): 3,
        ("item", "wrong-value"): 14,
        ("item", "taken"): 6,
    }
    assert reasons == {"… is not a code of capital letters, digits and -"}
    book.close()


def test_most_papers_are_taken(entered):
    assert Counter(paper.type for paper in entered.taken) == {
        "入库采购": 62,
        "出库销售": 20,
        "出库零售": 11,
        "入库销售退货": 2,
        "入库零售退货": 4,
        "出库调拨": 5,
        "入库其它": 6,
        "出库其它": 4,
        "其它采购订单": 6,
        "其它销售订单": 4,
        "收预付款": 7,
        "收款": 6,
        "付款": 4,
        "收入": 5,
        "支出": 3,
        "转账": 3,
    }
    assert entered.untold == {"出库采购退货": 4, "其它组装单": 4, "其它拆卸单": 2}


def test_each_refusal_has_its_reason(entered):
    assert {number: (type, problem.text()) for number, (type, problem) in entered.refused.items()} == {
        # what was paid is not the price: tax forgotten, or the wrong note typed
        "LSCK201708290002": (
            "出库零售",
            "the payments come to 42.00, the sale to 46.20; `rounding` says what is let off",
        ),
        "LSCK201708310001": (
            "出库零售",
            "the payments come to 35.00, the sale to 12.00; `rounding` says what is let off",
        ),
        "LSCK201708310002": (
            "出库零售",
            "the payments come to 33.00, the sale to 12.00; `rounding` says what is let off",
        ),
        # goods that were never there
        "DBCK201709210001": (
            "出库调拨",
            "stock of M-487 in D-3 falls to -10 on 2017-09-21 with ST-1709-0001: receive or count goods first",
        ),
        "XSCK00000000290": (
            "出库销售",
            "stock of M-569 in D-14 falls to -3 on 2019-04-30 with DN-1904-0002: receive or count goods first",
        ),
        # no warehouse in the line
        "XSCK201710080001": (
            "出库销售",
            "which warehouse? say one of D-1, D-10, D-11, D-12, D-13, D-14, D-15, D-2, or set `warehouse:` in book.yaml",
        ),
        # 6 in the head, 66 in the line
        "SR20190319221438": ("收入", "debit and credit differ by -60.00"),
        # goods come back that this customer never bought, or not in one sale
        **dict.fromkeys(
            ["LSTH201708290001", "LSTH201709260001"],
            ("入库零售退货", "which invoice or delivery do they come back from? give `invoice` or `delivery`"),
        ),
        **dict.fromkeys(
            ["XSTH201709210001", "XSTH00000000308"],
            ("入库销售退货", "which invoice or delivery do they come back from? give `invoice` or `delivery`"),
        ),
    }


def test_each_reason_is_told_in_chinese(entered):
    language.speak("zh")
    try:
        for _, problem in entered.refused.values():
            assert message(problem) != problem.text()
    finally:
        language.speak("en")


def test_what_is_taken_is_in_order(entered):
    assert entered.book.check(full=True) == []
    command = [str(Path(sys.executable).with_name("bean-check")), str(entered.root / "journal" / "main.bean")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_goods_and_money_are_those_of_the_papers(entered):
    """In basic units: a box of twelve counts as twelve. Two lines of theirs, of 111 and 122, say none, so they count less."""
    units = Counter()
    for move in entered.book.stock_moves():
        units[move["doc"][:2]] += move["qty"]
    assert (units["GR"], units["ST"]) == (3964 + 111 + 122, 0)  # all that was bought
    gained = next(row["balance"] for row in entered.book.account_balances() if row["account"].endswith("盘盈收益"))
    assert gained == Decimal("-3193.30")  # all of 其它入库


def test_one_by_one_or_at_once_is_the_same_book(entered, tmp_path):
    book = new_book(tmp_path / "at once")
    assert refusal(book, entered.masters + [each for paper in entered.taken for each in paper.documents]) is None
    book.close()

    def files(root: Path) -> dict[str, bytes]:
        paths = [path for path in root.rglob("*") if path.suffix in (".yaml", ".bean")]
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    assert files(tmp_path / "at once") == files(entered.root)


def test_a_stream_with_all_of_it_names_each_document_at_fault(entered, tmp_path):
    """What is wrong by itself is named all at once, and nothing is written."""
    book = new_book(tmp_path / "all")
    stream = entered.masters + [each for paper in jsherp.Dump(jsherp.found()).papers() for each in paper.documents]
    with pytest.raises(BizError) as refused:
        book.apply(trees(stream))
    assert len(refused.value.problems) >= 8
    assert list((tmp_path / "all").glob("*/2017/*/*.yaml")) == []
    book.close()
