"""Everyday commands record documents: what is in the file, what is said, what a script gets."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest
import yaml


def stored(book, path):
    return yaml.load((book / path).read_text(), yaml.BaseLoader)


def test_masters_take_their_flags_from_the_record(book):
    assert stored(book, "customers/C-001.yaml") == {
        "kind": "customer", "code": "C-001", "name": "衣品轩", "payment_terms": "net 30", "tags": ["vip", "east"],
        "credit_limit": "50000",
    }  # fmt: skip
    item = stored(book, "items/TSHIRT-M.yaml")
    assert (item["sale_price"], item["purchase_price"], item["reorder"]) == ("99", "40", {"point": "20"})


def test_a_master_is_confirmed_in_one_line(do):
    assert do("customer new C-003 --name Three").out == "customer C-003 recorded: Three\n"


def test_an_order_is_confirmed(do):
    done = do("order new --customer C-001 --line TSHIRT-M:2@90 --line ADVICE:1 --warehouse SZ")
    assert (done.code, done.err) == (0, "")
    assert done.out == "SO-2611-0002 recorded: C-001, 2 TSHIRT-M, 1 ADVICE, 521.40 in all\n"


def test_a_delivery_says_what_left_and_what_is_left(do):
    assert do("order deliver @").out == (
        "DN-2611-0002 recorded: SO-2611-0001, C-001, 1 TSHIRT-M\n"
        "  1 TSHIRT-M: SZ → customer, cost 40.00\n"
        "  47 TSHIRT-M left in SZ\n"
    )


def test_a_payment_says_what_is_owed(do):
    assert do("invoice pay @ 23.74 --account cash").out == (
        "CP-2611-0002 recorded: C-001, 23.74 in all\n  C-001 owes 100.00\n"
    )
    assert do("invoice pay 0001").out.endswith("  C-001 owes nothing\n")


def test_the_whole_chain_is_one_transaction(do):
    done = do("order new --customer C-002 --line TSHIRT-M:2 --warehouse SZ --deliver --invoice --pay bank --json")
    order, delivery, invoice, payment = done.json
    assert (order["status"], delivery["status"], invoice["status"]) == ("invoiced", "invoiced", "paid")
    assert delivery["order"] == invoice["order"] == order["id"]
    assert payment["invoices"] == [{"id": invoice["id"], "amount": "223.74"}]


def test_a_chain_that_cannot_be_done_changes_nothing(do, book):
    done = do("order new --customer C-002 --line TSHIRT-M:49 --warehouse SZ --deliver --invoice")
    assert (done.code, done.out) == (1, "")
    assert "TSHIRT-M in SZ falls to -1 on 2026-11-20" in done.err
    assert not (book / "orders/2026/11/SO-2611-0002.yaml").exists()


def test_the_same_reference_again_changes_nothing(do):
    line = "order new --customer C-002 --line TSHIRT-M:1 --warehouse SZ --deliver --ref WEB-1"
    first, again = do(f"{line} --json"), do(f"{line} --json")
    assert first.json == again.json
    assert again.err.splitlines() == [
        "bizcli: SO-2611-0002 is there already: nothing was recorded",
        "bizcli: DN-2611-0002 is there already: nothing was recorded",
    ]


def test_dry_run_shows_goods_and_money_and_writes_nothing(do, book):
    before = sorted(book.rglob("*.yaml"))
    done = do("order deliver SO-2611-0001 --dry-run")
    assert done.out == (
        "Goods\n"
        "Document      Item      Place  Qty   Value\n"
        "DN-2611-0002  TSHIRT-M  SZ      -1  -40.00\n"
        "\n"
        "Money\n"
        "Document      Account                   Amount\n"
        "DN-2611-0002  Assets:Inventory          -40.00\n"
        "DN-2611-0002  Expenses:CostOfGoodsSold   40.00\n"
    )
    assert done.err == "bizcli: nothing was written (--dry-run)\n"
    assert sorted(book.rglob("*.yaml")) == before
    assert set(do("order deliver SO-2611-0001 --dry-run --json").json) == {"documents", "goods", "money"}


def test_date_note_and_reference_are_in_the_file(do, book):
    do("sale new --line TSHIRT-M:1@80 --warehouse SZ --account cash --date 2026-11-07 --note 'from the shop' --ref T-9")
    sale = stored(book, "sales/2026/11/CS-2611-0001.yaml")
    assert (sale["date"], sale["note"], sale["ref"], sale["by"]) == ("2026-11-07", "from the shop", "T-9", "li.na")
    assert sale["lines"] == [{"line": "1", "item": "TSHIRT-M", "qty": "1", "price": "80", "tax": "13%"}]


def test_masters_take_a_date_too_and_have_none(do, book):
    assert do("warehouse new BJ --date 2026-11-01 --ref x").code == 0
    assert "date" not in stored(book, "warehouses/BJ.yaml")


def test_a_number_below_zero_is_no_option(do, book):
    done = do("stock adjust --reason loss --note -3 --warehouse SZ TSHIRT-M -3 --json")
    assert (done.json["lines"][0]["qty"], done.json["note"]) == ("-3", "-3")


RECORDED = {
    "order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ --draft": {"draft": True, "status": "draft"},
    "order amend SO-2611-0001 --line TSHIRT-M:2": {"action": "amend", "order": "SO-2611-0001"},
    "order amend SO-2611-0001 --line /1:4": {"action": "amend"},
    "order close 0001 --reason late": {"action": "close", "reason": "late"},
    "delivery new --order @ --line TSHIRT-M:1": {"order": "SO-2611-0001"},
    "delivery new --customer C-002 --line TSHIRT-M:1@90 --warehouse SZ": {"customer": "C-002"},
    "invoice new --customer C-002 --line ADVICE:2@250": {"customer": "C-002"},
    "invoice return SI-2611-0001 --line TSHIRT-M:1": {"invoice": "SI-2611-0001", "customer": "C-001"},
    "return new --invoice 0001 --line TSHIRT-M:1": {"invoice": "SI-2611-0001"},
    "payment new --customer C-001 --amount 50": {"amount": "50"},
    "payment new --customer C-001 --amount 200 --invoice SI-2611-0001:20": {"status": "unallocated"},
    "payment new --customer C-001 --amount 20 --invoice @": {"customer": "C-001"},
    "sale new --line TSHIRT-M:1 --customer C-002 --warehouse SZ": {"account": "cash", "customer": "C-002"},
    "stock adjust TSHIRT-M -3 --reason loss --warehouse SZ": {"reason": "loss"},
    "stock adjust --line TSHIRT-M:2@41 --line TSHIRT-M:1@42 --reason gain --warehouse GZ": {"warehouse": "GZ"},
    "stock adjust TSHIRT-M 0 --value -20.00 --reason correction --warehouse SZ": {"reason": "correction"},
    "stock transfer --from SZ --to GZ --line TSHIRT-M:10": {"from": "SZ", "to": "GZ"},
    "stock count --warehouse SZ --line TSHIRT-M:47": {"warehouse": "SZ"},
    "journal new --line expense.rent:5000 --line bank:-5000": {"kind": "journal_entry"},
    "journal new --line Expenses:Rent:50.5 --line Assets:Bank:-50.50": {"kind": "journal_entry"},
    "journal new --customer C-001 --line receivable:10 --line opening_balance:-10": {"kind": "journal_entry"},
    "tax new CN-13 --rate 2019-04-01:13 --category standard": {"code": "CN-13", "category": "standard"},
    "void CP-2611-0001 --reason 'wrong customer'": {"document": "CP-2611-0001"},
}


@pytest.mark.parametrize("line", RECORDED)
def test_every_command_records_and_prints_its_document(do, line):
    shown = do(f"{line} --json").json
    assert RECORDED[line].items() <= shown.items()


@pytest.mark.parametrize("line", RECORDED)
def test_every_command_confirms_in_words(do, line):
    done = do(line)
    assert (done.code, done.err) == (0, "")
    assert " recorded" in done.out.splitlines()[0]


def test_confirm_and_cancel_a_draft(do):
    do("order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ --draft")
    do("order confirm @")
    assert do("show SO-2611-0002 --json").json["status"] == "open"
    do("order cancel @")
    assert do("show SO-2611-0002 --json").json["status"] == "cancelled"


def test_an_allowance_on_an_invoice(do):
    done = do("invoice credit @ 20 --reason 'delivered late'")
    assert done.out == "CN-2611-0001 recorded: C-001, delivered late, 22.60 in all\n  C-001 owes 101.14\n"
    refused = do("credit new --invoice @ --line late:1000 --line again:1:13%")
    assert (refused.code, refused.out) == (1, "")
    assert "SI-2611-0001 charged 223.74, and 22.60 of it is credited: 201.14 can be, not 1131.13" in refused.err


def test_a_quote_is_accepted_in_part_and_the_rest_declined(do):
    assert do("quote new --customer C-002 --line TSHIRT-M:3@90").out == (
        "QT-2611-0001 recorded: C-002, 3 TSHIRT-M, 305.10 in all, holds until 2026-12-20\n"
    )
    assert do("quote accept @ --line TSHIRT-M:1 --warehouse SZ --deliver").out.startswith(
        "SO-2611-0002 recorded: QT-2611-0001, C-002, 1 TSHIRT-M, 101.70 in all\n"
    )
    assert do("quote decline @ --reason 'too dear'").code == 0
    (row,) = do("quote list --json").json
    assert (row["status"], row["valid_until"]) == ("partly_ordered", "2026-12-20")
    assert "QT-2611-0001 was declined on 2026-11-20" in do("order new --quote @").err


def test_an_expired_quote_is_extended(do):
    do("quote new --customer C-002 --line ADVICE:1 --date 2026-10-01")
    refused = do("quote accept @")
    assert refused.code == 1 and "held until 2026-10-31: `bizcli quote extend QT-2610-0001" in refused.err
    assert do("quote extend @ --valid-until 2026-11-30").code == 0
    assert do("quote accept @ --json").json["customer"] == "C-002"


def test_an_order_is_somebodys(do):
    refused = do("order new --line ADVICE:1")
    assert (refused.code, refused.out) == (2, "")
    assert "--customer is missing" in refused.err


def test_a_salesperson_is_one_of_the_staff(do):
    assert do("sale new --line ADVICE:1 --salesperson li.na").code == 0
    assert "there is no staff lina; the nearest is li.na" in do("sale new --line ADVICE:1 --salesperson lina").err
    assert do("staff show LI.NA --json").json["name"] == "李娜"
    assert "differ only in capital letters" in do("staff new Li.Na").err


def test_one_invoice_for_two_orders(do):
    do("order deliver @")
    do("order new --customer C-001 --line TSHIRT-M:1 --warehouse SZ --deliver")
    shown = do("invoice new --order SO-2611-0001 --order 0002 --json").json
    assert shown["orders"] == ["SO-2611-0001", "SO-2611-0002"]
    assert [line["qty"] for line in shown["lines"]] == ["1", "1"]


def test_apply_a_file(do, tmp_path):
    (tmp_path / "new.yaml").write_text("kind: customer\ncode: C-009\n---\nkind: supplier\ncode: S-009\n")
    first = do("apply new.yaml --json")
    assert first.json == [
        {"kind": "customer", "code": "C-009", "path": "customers/C-009.yaml", "status": "recorded"},
        {"kind": "supplier", "code": "S-009", "path": "suppliers/S-009.yaml", "status": "recorded"},
    ]
    assert do("apply new.yaml").out == (
        "unchanged: customers/C-009.yaml\nunchanged: suppliers/S-009.yaml\n0 documents recorded, 2 were there already\n"
    )


def test_apply_standard_input(book):
    run = subprocess.run(
        [sys.executable, "-m", "bizcli", "-C", str(book), "apply", "-", "--json"],
        input='{"kind": "customer", "code": "C-009"}\n{"kind": "customer", "code": "C-010"}\n',
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [each["code"] for each in json.loads(run.stdout)] == ["C-009", "C-010"]


def test_apply_shows_before_it_writes(do, book, tmp_path):
    (tmp_path / "new.yaml").write_text(
        "kind: stock_adjustment\nreason: gain\nwarehouse: GZ\nlines: [{item: TSHIRT-M, qty: 2, cost: 40}]\n"
    )
    done = do("apply new.yaml --dry-run")
    assert "Assets:Inventory" in done.out and done.err == "bizcli: nothing was written (--dry-run)\n"
    assert do("apply new.yaml --dry-run --json").json["goods"][0]["qty"] == "2"
    assert not (book / "adjustments/2026/11/SA-2611-0002.yaml").exists()


def test_apply_mends_a_file_of_the_book(do, book):
    path = book / "invoices" / "2026" / "11" / "SI-2611-0002.yaml"
    path.write_text("kind: sales_invoice\nid: SI-2611-0002\ncustomer: C-002\nlines: [{item: ADVICE, qty: 1}]\n")
    assert do("account balances").code == 3
    done = do(f"apply {path} --json")
    assert done.json[0]["status"] == "recorded"
    assert stored(book, "invoices/2026/11/SI-2611-0002.yaml")["due_date"] == "2026-11-20"
    assert do("account balances").code == 0


def test_build_and_git(call, tmp_path):
    folder = tmp_path / "repository"
    assert call(f"init {folder} --name X --site SZ").code == 0
    do = lambda line: call(line, "-C", str(folder))  # noqa: E731
    assert do("site --json").json == {"site": "SZ"}
    do("warehouse new SZ")
    do("item new A --price 1 --purchase-price 1")
    do("stock adjust A 5 --reason opening")
    assert do("list adjustments --json").json[0]["id"] == "SA-SZ-2611-0001"
    assert do("build").out == "1 documents compiled\n"
    assert do("build --json").json == {"documents": 1}
    assert do("status --json").json == [
        {"kind": "item", "change": "new", "count": 1},
        {"kind": "stock_adjustment", "change": "new", "count": 1},
        {"kind": "warehouse", "change": "new", "count": 1},
    ]
    assert do("status").out == "not committed yet: 1 item, 1 stock adjustment, 1 warehouse\n"
    assert do("commit").out == "committed: 1 item, 1 stock adjustment, 1 warehouse\n"
    assert do("commit --json").json == {"message": None}
    assert do("status").out == "everything is committed\n"
    assert [row["message"] or row["what"] for row in do("log --json").json] == [
        "1 item, 1 stock adjustment, 1 warehouse",
        "A new book",
    ]
    assert [row["what"] for row in do("log A --json").json if row["commit"]] == ["recorded"]


def test_a_book_that_commits_each_command(call, tmp_path):
    folder = tmp_path / "repository"
    call(f"init {folder}")
    with open(folder / "book.yaml", "a") as settings:
        settings.write("git: {commit: each}\n")
    call("warehouse new SZ", "-C", str(folder))
    assert call("status", "-C", str(folder)).out == "everything is committed\n"


def test_what_is_sent_is_under_way_until_it_is_received(do):
    assert do("stock transfer --from SZ --to GZ --line TSHIRT-M:5 --in-transit").out == (
        "ST-2611-0001 recorded: 5 TSHIRT-M\n  5 TSHIRT-M: SZ → TRANSIT, cost 200.00\n  43 TSHIRT-M left in SZ\n"
    )
    rows = {row["warehouse"]: row for row in do("stock on-hand --json").json}
    assert [rows[place]["on_hand"] for place in ("SZ", "GZ", "TRANSIT")] == ["43", "0", "5"]
    assert (rows["GZ"]["incoming"], rows["TRANSIT"]["available"]) == ("5", "0")
    assert do("stock receive @ --line TSHIRT-M:3").out == (
        "ST-2611-0002 recorded: ST-2611-0001, 3 TSHIRT-M\n  3 TSHIRT-M: TRANSIT → GZ, cost 120.00\n  3 TSHIRT-M left in GZ\n"
    )
    assert do("show ST-2611-0001 --json").json["status"] == "partly_received"
    assert do("stock adjust --transfer ST-2611-0001 --reason loss").code == 0
    shown = do("show ST-2611-0001 --json").json
    assert (shown["status"], shown["lines"][0]["received"]) == ("received", "5")
    done = do("stock receive ST-2611-0001")
    assert (done.code, done.err) == (1, "bizcli: error: transfer: nothing of ST-2611-0001 is in transit any more\n")


def test_a_void_says_before_what_it_undoes(do):
    assert do("delivery new --customer C-001 --line TSHIRT-M:2@99 --warehouse SZ").code == 0
    done = {
        row["account"]: row["amount"]
        for row in do("delivery new --customer C-001 --line TSHIRT-M:2@99 --warehouse SZ --dry-run --json").json[
            "money"
        ]
    }
    found = do("void DN-2611-0002 --reason mistake --dry-run --json").json
    assert [(row["document"], row["item"], row["place"], row["qty"]) for row in found["goods"]] == [
        ("DN-2611-0002", "TSHIRT-M", "SZ", "2")
    ]
    assert {row["account"]: -Decimal(row["amount"]) for row in found["money"]} == {
        account: Decimal(amount) for account, amount in done.items()
    }
    assert "DN-2611-0002" in do("void DN-2611-0002 --reason mistake --dry-run").out
    assert do("void DN-2611-0002 --reason mistake").code == 0  # it was not, before
