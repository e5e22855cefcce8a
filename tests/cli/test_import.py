"""Sheets of other programs into a book: what is understood, what is refused and how, again, and back."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.conftest import call
from xlsxwriter import Workbook

from bizcli.book.catalog import make_catalog
from bizcli.book.sheets import columns
from bizcli.cli.language import in_chinese
from bizcli.kernel.fields import ID

FORMS = sorted(columns.brought("forms"))
KINDS = sorted(make_catalog().kinds)


@pytest.fixture
def sheet(book):
    """Writes a sheet beside the book; its path."""

    def written(text, name="customers.csv", coding="utf-8"):
        path = book.parent / name
        path.write_bytes(text.encode(coding))
        return str(path)

    return written


def texts(done):
    """What was said, each without the place of the folder."""
    return [re.sub(r"^bizcli: \w+: (?:\S*/)?", "", line) for line in done.err.splitlines()]


# --- what is understood ---


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_headings_are_found_in_any_file(do, sheet, coding, divider):
    text = "XX 公司\n导出时间：2026-11-01\n*客户编码,客户名称,联系电话,信用额度（元）,结算方式,是否停用\nkh_007,衣品轩二店,075512345,￥５０，０００．５０,月结30天,否\n合计,,,50000,,\n".replace(
        ",", divider
    )
    done = do(f"import {sheet(text, coding=coding)} --kind customer")
    assert (done.code, done.out) == (
        0, "IM-2611-0001 recorded: customer: 1 new, 0 changed, 0 as they were, 1 rows left out\n",
    )  # fmt: skip
    assert texts(done) == [
        "customers.csv:3: columns that are not read: 是否停用", "customers.csv:5: the row adds up others: left out",
    ]  # fmt: skip
    shown = do("show KH-007 --json").json
    assert (shown["name"], shown["phone"]) == ("衣品轩二店", "075512345")
    assert (shown["credit_limit"], shown["payment_terms"]) == ("50000.50", "net 30")


def test_a_workbook_keeps_codes_days_and_figures(do, book):
    path = str(book.parent / "stock.xlsx")
    with Workbook(path) as paper:
        day, page = paper.add_format({"num_format": "yyyy/m/d"}), paper.add_worksheet("期初")
        page.merge_range(0, 0, 0, 3, "期初库存表")
        page.write_row(2, 0, ["日期", "仓库", "商品编码", "数量", "成本单价"])
        page.write_datetime(3, 0, date(2026, 11, 1), day)
        page.write_row(3, 1, ["深圳仓", "007", 12.0, 0.1 + 0.2])
        page.write_datetime(4, 0, date(2026, 11, 1), day)
        page.write_row(4, 1, ["SZ", 1001, "1,234.50", "5"])
        page.write_row(6, 0, ["合计", "", "", 1246.5])
    for code in ("007", "1001"):
        assert do(f"item new {code}").code == 0
    done = do(f"import {path} --kind opening-stock")
    assert done.out == "IM-2611-0001 recorded: stock adjustment: 1 new, 0 changed, 0 as they were, 1 rows left out\n"
    shown = do("stock on-hand --json").json
    found = {row["item"]: (row["on_hand"], row["value"]) for row in shown if row["item"] in ("007", "1001")}
    assert found == {"007": ("12", "3.60"), "1001": ("1234.5", "6172.50")}
    assert do("show SA-2611-0002 --json").json["ref"] == "opening stock 2026-11-01 SZ"


def test_long_numbers_that_a_spreadsheet_cut_are_refused(do, book, sheet):
    path = str(book.parent / "suppliers.xlsx")
    with Workbook(path) as paper:
        paper.add_worksheet().write_column(0, 0, ["code", 24442000000012345678])
    assert "the spreadsheet kept only 15 digits" in do(f"import {path}").err
    assert "the spreadsheet kept only 15 digits" in do(f"import {sheet('code,name' + chr(10) + 'A1,2.4442E+19')}").err


def test_two_columns_of_one_meaning_the_code_wins(do, sheet):
    text = "商品名称,商品编码,数量,成本单价\nT恤 M,TSHIRT-M,5,40\n"
    done = do(f"import {sheet(text, '期初库存.csv')} --dry-run")
    assert texts(done)[0] == "期初库存.csv:1:1: column 商品名称 is not read: 商品编码 says the same"


def test_masters_are_found_by_name_and_barcode(do, sheet):
    assert do("item new CAP --barcode 6901234 --purchase-price 5").code == 0
    text = "单号,客户,仓库,商品,数量,单价\nA1,衣品轩,深圳仓,6901234,1,9\n,,,t恤 m,2,\nA2,blue shop,SZ,TSHIRT-M,1,\n"
    done = do(f"import {sheet(text, 'orders.csv')} --kind sales_order")
    assert done.out.startswith("IM-2611-0001 recorded: sales order: 2 new")
    first, second = (do(f"show {id} --json").json for id in ("SO-2611-0002", "SO-2611-0003"))
    assert [(line["item"], line["qty"]) for line in first["lines"]] == [("CAP", "1"), ("TSHIRT-M", "2")]
    assert (first["customer"], second["customer"]) == ("C-001", "C-002")


def test_rows_without_codes_are_given_some_and_known_by_name(do, sheet):
    path = sheet("account,sector\nAcme,medical\nBlue Shop,retail\nBeta,software\n")
    assert do(f"import {path}").out.endswith("IM-2611-0001 recorded: customer: 2 new, 1 changed, 0 as they were\n")
    assert [row["code"] for row in do("list customer --json").json] == ["C-001", "C-002", "C-003", "C-004"]
    assert do(f"import {path}").out == "customer: nothing new, 3 are there already\n"


@pytest.mark.parametrize("headings", ["名称,联系人,手机", "Company,Contact person,Mobile phone", "name,contact,mobile"])
def test_headings_in_any_language(do, sheet, headings):
    assert do(f"import {sheet(f'{headings}{chr(10)}Acme,王芳,138{chr(10)}')}").code == 0
    shown = do("show customer/C-003 --json")
    assert (shown.json["contact"], shown.json["mobile"]) == ("王芳", "138")


def test_people_come_to_their_customers(do, sheet):
    path = sheet("客户编码,姓名,手机,职务\nC-001,王芳,138,采购\nC-001,李强,139,财务\nC-002,Ann,,\n", "contacts.csv")
    assert do(f"import {path}").out.endswith("IM-2611-0001 recorded: customer: 0 new, 2 changed, 0 as they were\n")
    names = [(each["name"], each.get("role")) for each in do("show C-001 --json").json["contacts"]]
    assert names == [("王芳", "采购"), ("李强", "财务")]
    more = sheet("客户编码,姓名,手机\nC-001,王芳,137\n", "联系人.csv")
    assert do(f"import {more}").code == 0
    shown = do("show C-001 --json").json["contacts"]
    assert shown[0] == {"name": "王芳", "mobile": "137", "role": "采购"} and len(shown) == 2
    assert do(f"import {path}").code == 0


def test_events_from_outside_come_once(do, sheet):
    orders = [
        {"order_no": "W-1", "created_at": "2026-11-18T10:11:12+08:00", "buyer": {"name": "衣品轩"}, "pay": "支付宝",
         "items": [{"sku": "TSHIRT-M", "quantity": 2, "price": 88.50}, {"sku": "advice", "quantity": 1, "price": "300"}]},
        {"order_no": "W-2", "created_at": "2026-11-19 08:00", "buyer": {"name": "?"}, "pay": "现金",
         "items": [{"sku": "T-SHIRT", "quantity": 1, "price": 99}]},
    ]  # fmt: skip
    path = sheet(json.dumps({"orders": orders}), "web.json")
    mapping = sheet(
        "kind: cash_sale\ncolumns: {buyer.name: customer, created_at: date, pay: account}\nconstants: {warehouse: SZ}\n"
        "values: {customer: {'?': C-002}, lines.item: {T-SHIRT: TSHIRT-M}, account: {支付宝: bank}}\nref: 'web {ref}'\n",
        "shop.yaml",
    )
    assert do(f"import {path} --map {mapping} --json").json["new"] == ["CS-2611-0001", "CS-2611-0002"]
    sale = do("show CS-2611-0001 --json").json
    assert (sale["ref"], sale["date"], sale["account"], sale["totals"]["net"]) == (
        "web W-1", "2026-11-18", "bank", "477.00",
    )  # fmt: skip
    assert do("show CS-2611-0002 --json").json["account"] == "cash"
    again = do(f"import {path} --map {mapping}")
    assert (again.out, again.err) == ("cash sale: nothing new, 2 are there already\n", "")
    orders[0]["items"][0]["quantity"] = 3
    lines = sheet("\n".join(json.dumps(each) for each in orders), "web.jsonl")
    told = do(f"import {lines} --map {mapping}")
    assert told.out == "cash sale: nothing new, 2 are there already, 1 differ from what is there\n"
    assert texts(told) == [
        "web.jsonl:1: web W-1 is there as CS-2611-0001 and differs in lines: it stays as it is; correct CS-2611-0001, or void it"
    ]
    assert do("show CS-2611-0001 --json").json["lines"][0]["qty"] == "2"


def test_events_without_a_number_are_known_by_all_they_say(do, sheet):
    path = sheet("when,who,来源\n2026-11-20,李四,百度\n2026-11-20,李四,百度\n", "clicks.csv")
    mapping = sheet("kind: lead\ncolumns: {when: date, who: name}\n", "map.yaml")
    assert do(f"import {path} --map {mapping} --json").json["new"] == ["LD-2611-0001", "LD-2611-0002"]
    assert do(f"import {path} --map {mapping}").out == "lead: nothing new, 2 are there already\n"


def test_a_mapping_is_saved_and_read_again(do, book, sheet):
    path = sheet("kunde,ort,x\nAcme,Berlin,1\n")
    mapping = sheet("kind: customer\ncolumns: {kunde: name, ort: region}\nskip: {x: '2, 3'}\ncodes: K\n", "map.yaml")
    saved = book.parent / "saved.yaml"
    assert do(f"import {path} --map {mapping} --save-map {saved} --dry-run").code == 0
    assert columns.read_mapping(str(saved)).columns == {"kunde": "name", "ort": "region"}
    assert do(f"import {path} --map {saved}").code == 0
    assert do("show customer/K0001 --json").json["region"] == "Berlin"
    left = sheet("kunde,ort,x\nBeta,Bonn,2\n")
    assert do(f"import {left} --map {saved}").out == "customer: nothing new, 0 are there already, 1 rows left out\n"


# --- what is refused ---


def test_every_bad_row_is_told_and_nothing_is_recorded(do, book, sheet):
    path = sheet(
        "code,name,email,credit limit,owner\n"
        "C-100,Acme,nobody,1.5.0,li.na\n"
        "C-101,Beta,b@example.com,-5,\n"
        "深圳,Gamma,,,li.mei\n"
        "C-102,Fine,,,\n"
        "C-102,Twice,,,\n"
    )
    errors = book.parent / "bad.csv"
    for words in ("--dry-run", f"--errors {errors}"):
        done = do(f"import {path} {words}")
        assert done.code == 1 and do("list customer --json").json[-1]["code"] == "C-002"
        assert [text.partition(": ")[0] for text in texts(done) if "customers.csv" in text] == [
            "customers.csv:2:3", "customers.csv:2:4", "customers.csv:3:4", "customers.csv:4:1", "customers.csv:4:5",
            "customers.csv:6", "customers.csv:6:2",
        ]  # fmt: skip
    rows = [*csv.reader(io.StringIO(errors.read_text("utf-8-sig")))]
    assert rows[0] == ["code", "name", "email", "credit limit", "owner", "reason"]
    assert [row[0] for row in rows[1:]] == ["C-100", "C-101", "深圳", "C-102"]
    assert "one e-mail address" in rows[1][-1] and "1.5.0" in rows[1][-1]
    assert "the nearest is li.na" in rows[3][-1]


def test_a_conflict_names_its_row(do, sheet):
    path = sheet("ref,date,warehouse,item,qty\n1,2026-11-12,SZ,TSHIRT-M,1\n2,2026-11-13,SZ,TSHIRT-M,100\n", "t.csv")
    done = do(f"import {path} --kind cash_sale")
    assert (done.code, done.out) == (1, "")
    assert texts(done) == [
        "t.csv:3: stock of TSHIRT-M in SZ falls to -53 on 2026-11-13 with CS-2611-0002: receive or count goods first"
    ]


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("", "--kind customer", "there is none with headings"),
        ("a,b\n1,2\n", "--kind customer", "there is none with headings"),
        ("phone\n1\n", "--kind customer", "no column is the code or the name of the customer"),
        ("date,item,qty\n2026-11-01,TSHIRT-M,1\n", "--kind sales_order", "which rows are one sales_order?"),
        ('code,name\nA,"x\n', "--kind customer", "the row cannot be read"),
        ("code,name\nA,B\n", "", "of what kind are the rows"),
        ("code,name\nA,B\n", "--kind custmer", "there is no kind custmer; the nearest is customer"),
        ("code,name\nA,B\n", "--kind customer --sheet x", "--sheet names a sheet of a workbook"),
        ("ref,date\nA,05/11/2026\n", "--kind lead", "is the day first, or the month?"),
        ("ref,customer\n1,C-001\n1,C-002\n", "--kind opening_invoice", "1 is in row 2 already"),
        ("ref,customer,item,qty\n1,C-001,TSHIRT-M,1\n1,C-002,TSHIRT-M,1\n", "--kind sales_order", "customer is C-001 in row 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_the_mend(do, sheet, text, words, said):
    if "opening_invoice" in words:
        text = "ref,customer,amount\n1,C-001,5\n1,C-002,6\n"
    done = do(f"import {sheet(text, 'rows.csv')} {words}")
    assert done.code in (1, 2) and said in done.err and "Traceback" not in done.err


@pytest.mark.parametrize("end", ["csv", "xlsx", "xls", "ods", "json", "tsv"])
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02\xff\xfe", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0", b"[1, 2", b"{}", b"[[1]]", b'{"a": {"b": [1, {"c": []}]}}', b"\xff" * 50, b"a" * 200_000, b'"' * 7])  # fmt: skip
def test_hostile_files_are_refused_in_one_line(do, book, end, data):
    path = book.parent / f"customers.{end}"
    path.write_bytes(data)
    done = do(f"import {path}")
    assert done.code in (1, 2) and done.err.startswith("bizcli: ") and "Traceback" not in done.err


def test_a_deep_json_is_refused(do, sheet):
    done = do(f"import {sheet('[' * 100_000, 'customers.json')}")
    assert done.code == 1 and "not JSON" in done.err


def test_a_cell_cannot_act_on_the_terminal_or_a_spreadsheet(do, book, sheet):
    errors = book.parent / "bad.csv"
    path = sheet("code,name,credit limit\nA-1,=cmd|' /C calc'!A0,x\x1b[31m\n")
    done = do(f"import {path} --errors {errors}")
    assert "\x1b" not in done.err
    assert [*csv.reader(io.StringIO(errors.read_text("utf-8-sig")))][1][1] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("colums: {a: b}", "map.yaml:1:9: colums: unknown key 'colums'; the nearest is columns"),
        ("columns: {a: nme}", "unknown key nme; the nearest is name"),
        ("constants: {lines.qty: 1}", "unknown key lines.qty"),
        ("skip: {nowhere: 1}", "skip: there is no column nowhere"),
        ("columns: [a", "map.yaml:2:1"),
        ("- a", "map.yaml:1"),
    ],
)
def test_a_wrong_mapping_is_told_with_the_nearest(do, sheet, mapping, said):
    done = do(f"import {sheet('code,name{0}A,B{0}'.format(chr(10)))} --map {sheet(mapping, 'map.yaml')}")
    assert done.code in (1, 2) and said in done.err


# --- again, and back ---


def test_a_changed_row_changes_the_master_and_leaves_what_people_wrote(do, book):
    file = book / "customers" / "C-002.yaml"
    file.write_text(file.read_text() + "note: call before noon # they said\n")
    path = book.parent / "customers.csv"
    path.write_text("code,name,phone\nC-002,Blue Shop,1\nC-001,衣品轩,\n")
    shown = do(f"import {path} --dry-run")
    assert shown.out.splitlines()[-2:] == [
        "customer/C-002  phone  1", "customer: 0 new, 1 changed, 1 as they were",
    ]  # fmt: skip
    assert "phone" not in file.read_text()
    assert do(f"import {path}").code == 0
    assert 'phone: "1"\n' in file.read_text() and "# they said" in file.read_text()
    before = file.read_text()
    assert do(f"import {path}").out == "customer: nothing new, 2 are there already\n"
    path.write_text("code,phone\nC-002,2\n")
    assert do(f"import {path}").code == 0
    assert do("import --undo IM-2611-0001 --reason x").err.startswith("bizcli: error: customer/C-002 was changed")
    assert do("import --undo IM-2611-0002 --reason x").out.endswith("0 masters removed, 1 as they were before\n")
    assert file.read_text() == before
    assert do("import --undo IM-2611-0001 --reason x").code == 0
    assert "phone" not in file.read_text() and "# they said" in file.read_text()
    assert do("check").code == 0


def test_what_decides_the_past_is_not_changed_by_a_sheet(do, sheet):
    done = do(f"import {sheet('code,type' + chr(10) + 'TSHIRT-M,服务' + chr(10), 'items.csv')}")
    assert done.code == 1 and "change it with `bizcli edit item/TSHIRT-M`" in done.err


def test_an_import_is_taken_back_and_comes_again(do, sheet):
    path = sheet('单号,客户,应收余额\n1001,C-001,"1,130.00"\n1002,C-002,0\n1003,C-002,-20\n', "应收余额.csv")
    done = do(f"import {path} --date 2026-11-01")
    assert done.out == "IM-2611-0001 recorded: sales invoice: 2 new, 0 changed, 0 as they were, 1 rows left out\n"
    balances = {row["role"]: row["base"] for row in do("account balances --json").json}
    assert balances["customer_advance"] == "-20.00"
    assert do(f"import {path} --date 2026-11-09").out.startswith("sales invoice: nothing new, 2 are there already")
    assert do("invoice pay SI-2611-0002 10").code == 0
    refused = do("import --undo @ --reason wrong")
    assert refused.code == 1 and "CP-2611-000" in refused.err
    assert do("void CP-2611-0003 --reason x").code == 0
    assert do("import --undo @ --reason wrong --dry-run").code == 0
    taken = do("import --undo @ --reason wrong")
    assert taken.out == "IM-2611-0001 taken back: 2 documents voided, 0 masters removed, 0 as they were before\n"
    assert do("import --undo IM-2611-0001 --reason wrong").err.startswith("bizcli: error: IM-2611-0001 is taken back")
    assert do(f"import {path}").out.startswith("IM-2611-0002 recorded: sales invoice: 2 new")
    assert do("check").code == 0


def test_masters_go_only_while_nothing_names_them(do, sheet):
    assert do(f"import {sheet('code,name' + chr(10) + 'N-1,New' + chr(10) + 'N-2,Newer' + chr(10))}").code == 0
    assert do("order new --customer N-1 --line TSHIRT-M:1 --warehouse SZ").code == 0
    done = do("import --undo 0001 --reason x")
    assert done.code == 1 and texts(done)[0].startswith("customer N-1 is named by SO-2611-0002")
    assert do("list customer --json").json[-1]["code"] == "N-2"
    assert do(f"import {sheet('code,name' + chr(10) + 'N-3,Last' + chr(10))}").code == 0
    assert do("import --undo @ --reason x").out.endswith(
        "0 documents voided, 1 masters removed, 0 as they were before\n"
    )
    assert do("show N-3").code == 1 and do("check").code == 0


def test_a_document_that_was_voided_by_hand_does_not_come_again(do, sheet):
    path = sheet("ref,customer,warehouse,item,qty\nW-1,C-001,SZ,TSHIRT-M,1\n", "orders.csv")
    assert do(f"import {path}").code == 0
    assert do("void SO-2611-0002 --reason x").code == 0
    assert do(f"import {path}").out == "sales order: nothing new, 1 are there already\n"


def test_a_reference_is_of_one_document_that_counts(do, book):
    """Two files with one reference are a conflict until one of them is voided."""
    for n in (1, 2):
        text = f"kind: lead\nid: LD-2611-000{n}\ndate: 2026-11-20\nref: W-1\nname: Acme\nby: li.na\n"
        path = book / "leads" / "2026" / "11" / f"LD-2611-000{n}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert do("check").code == 1
    assert do("void LD-2611-0002 --reason twice").code == 0
    assert do("check").code == 0 and do("check --full").code == 0


def test_a_long_import_is_told_in_several_documents(do, book, sheet, monkeypatch):
    monkeypatch.setattr("bizcli.book.sheets.importing.LARGEST", 200)
    rows = "".join(f"N-{n},New {n}\n" for n in range(12))
    assert do(f"import {sheet('code,name' + chr(10) + rows)}").code == 0
    parts = [row["id"] for row in do("list intake --json").json]
    assert len(parts) > 1 and do(f"show {parts[1]} --json").json["continues"] == parts[0]
    assert do(f"import --undo {parts[1]} --reason x").out.startswith(
        f"{parts[0]} taken back: 0 documents voided, 12 masters"
    )
    assert {row["status"] for row in do("list intake --json").json} == {"void"}


# --- the first day ---


def test_balances_agree_with_their_items(do, sheet):
    owed = {row["role"]: row["base"] for row in do("account balances --as-of 2026-11-20 --json").json}
    text = f"account,debit,credit\nbank,1000,\nreceivable,{owed['receivable']},\nliability.loans,,400\ninventory,1,\n"
    done = do(f"import {sheet(text, 'opening_balances.csv')}")
    assert done.code == 1 and texts(done) == [
        "opening_balances.csv:3:1: account: Assets:Receivable agrees with its items in the book: left out",
        f"opening_balances.csv:5:1: account: Assets:Inventory is 1 here, and its items in the book come to {owed['inventory']}:"
        " import them first, with --kind opening_stock",
    ]
    text = text.replace("inventory,1,", f"inventory,{owed['inventory']},")
    assert do(f"import {sheet(text, 'opening_balances.csv')}").code == 0
    lines = do("show OB-2611-0001 --json").json["lines"]
    assert [(line["account"], line.get("debit"), line.get("credit")) for line in lines] == [
        ("bank", "1000", None), ("liability.loans", None, "400"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("8", "Assets:1901-待处理财产损溢 adds up the accounts below it: left out"),
        ("9", "Assets:1901-待处理财产损溢 is 9, and the accounts below it come to 8: give the one or the others"),
    ],
)
def test_accounts_that_add_up_others_are_not_there_twice(tmp_path, sheet, above, said):
    book = tmp_path / "cn"
    assert call(f"init {book} --chart cn-small --no-git").code == 0
    text = f"科目编码,科目名称,期初借方,期初贷方\n1901,待处理财产损溢,{above},\n190101,,5,\n190102,,3,\n1002,银行存款,1,\n2001,,,9\n"
    done = call(f"import {sheet(text, '期初余额.csv')}", "-C", str(book))
    assert said in done.err
    assert done.code == (0 if above == "8" else 1)
    if above == "8":
        balances = {row["account"]: row["base"] for row in call("account balances --json", "-C", str(book)).json}
        assert balances["Assets:1901-待处理财产损溢:190101-待处理流动资产损溢"] == "5.00"
        assert "Assets:1901-待处理财产损溢" not in balances and sum(map(Decimal, balances.values())) == 0


def test_lots_and_serial_numbers_of_the_first_day(do, sheet):
    assert do("item new MILK --purchase-price 3 --tracking lot").code == 0
    assert do("item new PHONE --purchase-price 900 --tracking serial").code == 0
    text = "仓库,商品,数量,批号,有效期至,序列号\nSZ,MILK,5,L1,2027/1/31,\nSZ,MILK,7,L2,2027年2月28日,\nSZ,PHONE,2,,,A1；A2\n"
    assert do(f"import {sheet(text, '期初库存.csv')}").code == 0
    rows = do("stock lots --json").json
    assert {(row["lot"], row["on_hand"], row["expiry"]) for row in rows} == {
        ("L1", "5", "2027-01-31"), ("L2", "7", "2027-02-28"), ("A1", "1", None), ("A2", "1", None),
    }  # fmt: skip


def test_a_customers_sheet_with_balances_says_how_these_come(do, sheet):
    done = do(f"import {sheet('客户编码,客户名称,期初应收' + chr(10) + 'N1,新客户,5' + chr(10))}")
    assert texts(done) == [
        "customers.csv:1:3: column 期初应收 is not read here: import the same file again with --kind opening_invoice"
    ]


def test_a_mistyped_credit_code_is_told_and_taken(do, sheet):
    text = "编码,名称,统一社会信用代码\nN1,a,91110000600037341L\nN2,b,91110000600037314L\nN3,c,DE123456789\n"
    done = do(f"import {sheet(text)}")
    assert texts(done) == ["customers.csv:3:3: 91110000600037314L has a wrong check sign: is it mistyped?"]
    assert done.code == 0


# --- the empty sheet ---


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [*FORMS, *(kind for kind in KINDS if kind not in FORMS)])
def test_an_empty_sheet_is_read_back_as_its_keys(do, name, language):
    done = do(f"--lang {language} import --template {name}")
    (headings,) = csv.reader(io.StringIO(done.out))
    catalog = make_catalog()
    form = columns.form(catalog, name)
    known = columns.headings(catalog, form, in_chinese)
    found = columns.layout([(1, headings)], form, known, columns.targets(catalog, form.kind), "x")
    if form.keys:
        assert [column.key for column in found.columns] == [*form.keys]
    assert len({column.key for column in found.columns}) == len(headings) > 0
    assert not found.unknown and not found.twice


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_workbook_filled_in_comes_back(do, book, language):
    from python_calamine import CalamineWorkbook

    path, filled = str(book.parent / "empty.xlsx"), str(book.parent / "filled.xlsx")
    assert do(f"--lang {language} import --template item -o {path}").code == 0
    paper = CalamineWorkbook.from_path(path)
    assert len(paper.sheet_names) == 2
    headings, help = paper.get_sheet_by_index(0).to_python()[0], paper.get_sheet_by_index(1).to_python()
    assert [row[0] for row in help[1:]] == headings and all(row[2] for row in help[1:])
    with Workbook(filled) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, headings)
        page.write_row(1, 0, ["007", "帽子", "件", "商品", "6901234567892", 20, 5.5, 0.13, "深圳布业", 3, 10, 7])
    assert do(f"import {filled} --kind item").code == 0
    shown = do("show item/007 --json").json
    assert (shown["type"], shown["tax"], shown["supplier"], shown["barcode"]) == (
        "goods",
        "13%",
        "S-001",
        "6901234567892",
    )
    assert shown["reorder"] == {"point": "3", "quantity": "10"}


def test_examples_of_the_forms_are_taken(do, book, sheet):
    for name in FORMS:
        form = columns.form(make_catalog(), name)
        if form.example:
            assert len(form.example) == len(form.keys), name
            if any(ID.fullmatch(cell) for cell in form.example):
                continue  # of a document that is not in this book
            paper = io.StringIO()
            csv.writer(paper).writerows([form.keys, form.example])
            done = do(f"import {sheet(paper.getvalue(), 'x.csv')} --kind {name} --date 2026-11-01")
            assert done.code == 0, (name, done.err)
    assert do("check").code == 0


# --- real sheets ---

SHARED = next(
    (each / "shared" for each in Path(__file__).resolve().parents if (each / "shared" / "data").is_dir()), None
)
real = pytest.mark.skipif(SHARED is None, reason="the data is not beside the repository")


@real
def test_northwind_comes_from_its_own_sheets(do, sheet):
    folder = SHARED / "data" / "northwind" / "csv"
    products = sheet("ignore: [discontinued]\n", "products.yaml")  # a flag there, a day here
    for name, count in (("suppliers.csv", 29), ("customers.csv", 91), (f"products.csv --map {products}", 77)):
        done = do(f"import {folder}/{name} --json")
        assert len(done.json["new"]) == count, done.err
        assert do(f"import {folder}/{name} --json").json["new"] == []
    assert do("show customer/ALFKI --json").json["contact"] == "Maria Anders"
    chai = do("show item/1 --json").json
    assert (chai["name"], chai["supplier"], chai["sale_price"], chai["reorder"]) == (
        "Chai",
        "1",
        "18.00",
        {"point": "10"},
    )


@real
def test_accounts_of_a_crm_become_customers(do):
    done = do(f"import {SHARED / 'data' / 'crm_maven' / 'accounts.csv'} --kind customer --json")
    assert len(done.json["new"]) == 85


@real
def test_any_kind_comes_from_a_sheet(do, sheet):
    """Tickets with texts of several lines; opportunities of salespeople by name, without those of nobody."""
    tickets = sheet(
        "kind: ticket\ncolumns: {Ticket ID: ref, Date of Purchase: date, Ticket Subject: name, Ticket Description: text,"
        " Customer Email: email, Customer Name: contact, Ticket Priority: priority}\nignore: [Ticket Channel]\n",
        "tickets.yaml",
    )
    data = SHARED / "data"
    done = do(f"import {data / 'support_tickets' / 'customer_support_tickets.csv'} --map {tickets} --json")
    assert len(done.json["new"]) == 8469
    assert do(f"import {data / 'crm_maven' / 'accounts.csv'} --kind customer").code == 0
    teams = sheet("ignore: [manager]\n", "teams.yaml")
    assert (
        len(do(f"import {data / 'crm_maven' / 'sales_teams.csv'} --kind staff --map {teams} --json").json["new"]) == 35
    )
    chances = sheet(
        "kind: opportunity\ncolumns: {opportunity_id: ref, account: customer, engage_date: date, close_value: amount,"
        " sales_agent: owner, product: name}\nwithout: customer\n",
        "chances.yaml",
    )
    done = do(f"import {data / 'crm_maven' / 'sales_pipeline.csv'} --map {chances} --json")
    assert (len(done.json["new"]), done.json["left_out"]) == (7375, 1425)


@real
def test_chinese_parties_come_as_their_program_calls_the_columns(do, sheet):
    text = (SHARED / "data" / "chinese_jsherp" / "jsh_erp_2020-02-20.sql").read_text()
    table = text[text.index("CREATE TABLE `jsh_supplier`") :]
    headings = re.findall(r"^  `\w+` .*COMMENT '([^' ]+)", table[: table.index("ENGINE")], re.MULTILINE)
    rows = [[each.strip().strip("'").replace("null", "") for each in row.split(", ")] for row in re.findall(r"INSERT INTO `jsh_supplier` VALUES \((.*)\);", table)]  # fmt: skip
    for kind, word in (("customer", "客户"), ("supplier", "供应商")):
        own = [row for row in rows if row[7] == word and row[1].strip()]
        titles = [word + "名称" if heading == "供应商名称" else heading for heading in headings]
        once = {row[1]: row for row in own}
        for given in (own, [*once.values()]):
            paper = io.StringIO()
            csv.writer(paper).writerows([titles, *given])
            done = do(f"import {sheet(paper.getvalue(), f'{kind}.csv', 'gb18030')} --kind {kind} --json")
            if len(given) > len(once):  # two of the demo's customers have one name
                assert done.code == 1 and "already: leave one of the two out" in done.err
            else:
                assert len(done.json["new"]) == len(once) > 5
