"""Count sheets: out as a table to fill in, back as one count that says what differs."""

import csv
import io

import pytest
from xlsxwriter import Workbook


def written(book, text, coding="utf-8", name="filled.csv"):
    path = book.parent / name
    path.write_bytes(text.encode(coding))
    return str(path)


@pytest.fixture
def barcodes(do):
    assert do("item new CAP --name 帽子 --purchase-price 10 --barcode 6901234").code == 0


def test_a_sheet_lists_what_can_lie_there(do, barcodes):
    rows = [*csv.DictReader(io.StringIO(do("stock sheet --warehouse SZ --format csv").out))]
    assert [(row["item"], row["barcode"], row["unit"], row["booked"], row["counted"]) for row in rows] == [
        ("CAP", "6901234", "pcs", "0", ""), ("TSHIRT-M", "", "pcs", "48", ""),
    ]  # fmt: skip
    assert "booked" not in do("stock sheet --warehouse SZ --blind --format csv").out
    assert [row["item"] for row in do("stock sheet --warehouse GZ --item CAP --json").json] == ["CAP"]


def test_people_see_the_empty_column(do):
    assert "Counted" in do("stock sheet --warehouse SZ").out.splitlines()[1]
    assert "实盘" in do("--lang zh stock sheet --warehouse SZ").out.splitlines()[1]


@pytest.mark.parametrize(
    ("coding", "text"),
    [
        ("utf-8", "warehouse,item,counted\nSZ,TSHIRT-M,45\n"),
        ("utf-8-sig", "item\tcounted\nTSHIRT-M\t45.0\n"),
        ("gb18030", "货号;名称;实盘数量\nTSHIRT-M;T恤;45\n"),
        ("utf-16", "货号\t实盘\ntshirt-m\t45\n"),
        ("utf-8", "盘点表\n\nItem,Name,Counted\nTSHIRT-M,,45\n"),
        ("utf-8", "货号,实盘\r\nTSHIRT-M,45\r\n,\r\n"),
    ],
)
def test_a_sheet_comes_back_from_any_program(do, book, coding, text):
    done = do(f"stock count --sheet {written(book, text, coding)} --warehouse SZ")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "SC-2611-0001 recorded: 1 items counted, 1 differ"
    assert done.out.splitlines()[2].split() == ["TSHIRT-M", "SZ", "48", "45", "-3", "-120.00"]
    assert do("show SC-2611-0001 --json").json["lines"][0]["counted"] == "45"


def test_a_workbook_comes_back(do, book, barcodes):
    path = str(book.parent / "filled.xlsx")
    with Workbook(path) as paper:
        sheet = paper.add_worksheet()
        sheet.write_row(1, 0, ["条码", "货号", "单位", "实盘"])
        sheet.write_row(2, 0, ["", "TSHIRT-M", "pcs", 47.0])
        sheet.write_row(4, 0, [6901234, "", "pcs", 0.1 + 0.2])
    done = do(f"stock count --sheet {path} --warehouse SZ --json")
    assert [(line["item"], line["counted"]) for line in done.json["lines"]] == [("TSHIRT-M", "47"), ("CAP", "0.3")]


def test_what_differs_is_shown_before(do, book):
    path = written(book, "item,counted\nTSHIRT-M,50\n")
    done = do(f"stock count --sheet {path} --warehouse SZ --dry-run")
    assert "1 items counted, 1 differ" in done.out and "80.00" in done.out
    assert done.err == "bizcli: nothing was written (--dry-run)\n"
    assert not (book / "counts").exists()
    (row,) = do(f"stock count --sheet {path} --warehouse SZ --dry-run --json").json["count"]
    assert row == {
        "item": "TSHIRT-M", "warehouse": "SZ", "booked": "48", "counted": "50", "difference": "2", "value": "80.00",
    }  # fmt: skip


def test_what_is_not_counted_stays_and_a_whole_count_takes_the_rest_for_gone(do, book, barcodes):
    do("stock adjust CAP 5 --warehouse SZ --reason opening")
    path = written(book, "item,counted\nTSHIRT-M,\nCAP,4\n")
    assert do(f"stock count --sheet {path} --warehouse SZ --whole").err == "bizcli: 1 without a count were left out\n"
    path = written(book, "item,counted\nCAP,4\n")
    done = do(f"stock count --sheet {path} --warehouse SZ --whole")
    assert done.err == "bizcli: 1 items are not on the sheet and were counted as 0: TSHIRT-M\n"
    rows = {row["item"]: row["on_hand"] for row in do("stock on-hand --json").json}
    assert rows == {"TSHIRT-M": "0", "CAP": "4"}


WRONG = """\
货号,实盘,条码
TSHIRT,4
,3
ADVICE,1
TSHIRT-M,-1
TSHIRT-M,"1,000"
,2,77
"""


def test_every_bad_row_is_named_and_nothing_written(do, book):
    path = written(book, WRONG)
    done = do(f"stock count --sheet {path} --warehouse SZ")
    assert done.code == 1
    assert [line.removeprefix(f"bizcli: error: {path}:") for line in done.err.splitlines()] == [
        "2: there is no item TSHIRT; the nearest is TSHIRT-M",
        "3: the row has neither item nor barcode",
        "4: ADVICE is a service: it has no stock",
        "5: -1 is below zero",
        "6: '1,000' is not a number such as 12 or 12.50 (at most 12 digits before the point and 6 after)",
        "7: 0 items have the barcode 77: write the item's code",
    ]
    assert not (book / "counts").exists()


@pytest.mark.parametrize(
    ("text", "flags", "code", "said"),
    [
        ("item,counted\nTSHIRT-M,1\nTSHIRT-M,2\n", "", 1, ":3: item: TSHIRT-M is counted twice"),
        ("hello\n", "", 1, ":1: no count sheet"),
        ("item,counted\nTSHIRT-M,\n", "", 1, ": nothing is counted in this sheet"),
        ("warehouse,item,counted\nGZ,TSHIRT-M,1\n", "", 1, ":2: this row is of GZ, and the count of SZ"),
        ("item,counted\nTSHIRT-M,1\n", "--line TSHIRT-M:3", 2, "leave --line out"),
        ('item,counted\n"TSHIRT-M,1\n', "", 1, ":2: the row cannot be read"),
        ("PK\x03\x04nothing", "", 1, ": not a workbook"),
    ],
)
def test_a_sheet_that_is_none_is_refused_in_one_line(do, book, text, flags, code, said):
    done = do(f"stock count --sheet {written(book, text)} --warehouse SZ {flags}")
    assert (done.code, done.out) == (code, "")
    assert said in done.err and done.err.count("\n") == 1


def test_a_file_that_is_not_there(do):
    done = do("stock count --sheet nowhere.csv --warehouse SZ")
    assert (done.code, done.err) == (2, "bizcli: error: nowhere.csv: No such file or directory\n")
    assert do("stock count --whole --warehouse SZ --line TSHIRT-M:1").code == 2


def test_a_kit_is_not_counted_and_none_is_made_of_what_is_under_way(do, book):
    assert do("item new GIFT --type kit --price 150 --component TSHIRT-M:2").code == 0
    path = written(book, "item,counted\nGIFT,1\n")
    done = do(f"stock count --sheet {path} --warehouse SZ")
    assert done.err == f"bizcli: error: {path}:2: GIFT is a kit: it has no stock, its components have\n"
    assert do("stock transfer --from SZ --to GZ --line TSHIRT-M:4 --in-transit").code == 0
    assert "TRANSIT" not in do("show GIFT").out
