"""Questions at the terminal: each once for a person and once for a script, in every format."""

import csv
import io

import pytest

ROW_KEYS = {
    "stock on-hand": "item warehouse on_hand reserved available incoming unit_cost value",
    "stock moves": "date doc item warehouse qty unit_cost value",
    "stock layers": "item warehouse date qty unit_cost value",
    "account balances": "account role currency balance base",
    "account list": "account role",
    "receivable list": "customer invoice date due_date currency amount open base days_overdue",
    "list sales_order": "id date status net tax gross",
    "list customer": "code name payment_terms",
    "order list": "id date status",
    "invoice list": "id date status",
    "payment list": "id date status",
    "delivery list": "id date status",
    "customer list": "code name",
    "supplier list": "code name",
    "item list": "code name unit sale_price",
    "warehouse list": "code name",
}


@pytest.mark.parametrize(("question", "keys"), ROW_KEYS.items(), ids=ROW_KEYS)
def test_every_list_answers_in_every_format(ask, question, keys):
    rows = ask(f"{question} --json").json
    assert rows and all(set(keys.split()) <= set(row) for row in rows)
    table = ask(f"{question} --format table")
    plain = ask(question)
    assert (table.code, plain.code, plain.err) == (0, 0, "")
    assert table.out.startswith("╭") and len(plain.out.splitlines()) == len(rows) + 1
    read = list(csv.DictReader(io.StringIO(ask(f"{question} --format csv").out)))
    assert len(read) == len(rows) and set(read[0]) == set(rows[0])


def test_stock_on_hand_in_plain_text(ask):
    assert ask("stock on-hand").out == (
        "Item      Warehouse  On hand  Reserved  Available  Incoming  Unit cost    Value\n"
        "TSHIRT-M  SZ              48         1         47         0         40  1920.00\n"
    )


def test_numbers_are_strings_in_json(ask):
    (row,) = ask("stock on-hand --json").json
    assert (row["on_hand"], row["reserved"], row["value"]) == ("48", "1", "1920.00")


def test_as_of_a_day(ask):
    assert ask("stock on-hand --as-of 2026-11-05 --json").json[0]["on_hand"] == "50"
    assert ask("receivable list --as-of 2026-11-06 --json").json[0]["open"] == "223.74"
    assert ask("receivable list --json").json[0]["open"] == "123.74"
    assert [row["account"] for row in ask("account balances --as-of 2026-11-04 --json").json] == [
        "Assets:Inventory",
        "Equity:OpeningBalance",
    ]


def test_an_order_with_what_became_of_it(ask):
    shown = ask("show SO-2611-0001 --json").json
    assert (shown["kind"], shown["status"], shown["by"]) == ("sales_order", "partly_delivered", "li.na")
    assert shown["totals"] == {"net": "297.00", "tax": "38.61", "gross": "335.61"}
    assert (shown["lines"][0]["delivered"], shown["lines"][0]["invoiced"]) == ("2", "2")


def test_an_order_on_paper(ask):
    out = ask("show SO-2611-0001").out
    assert "Status: partly_delivered\n" in out and "Gross: 335.61\n" in out
    assert "\nLines\nLine  Item " in out
    assert "│ Customer name │ 衣品轩" in ask("show SO-2611-0001 --format table").out


@pytest.mark.parametrize("words", ["order show SO-2611-0001", "order show 0001", "order show @", "show so-2611-0001"])
def test_ways_to_name_a_document(ask, words):
    assert ask(f"{words} --json").json["id"] == "SO-2611-0001"


@pytest.mark.parametrize("words", ["show C-001", "show c-001", "show customer/C-001", "customer show C-001"])
def test_ways_to_name_a_master(ask, words):
    assert ask(f"{words} --json").json["name"] == "衣品轩"


@pytest.mark.parametrize("word", ["sales_order", "sales-order", "order", "orders"])
def test_ways_to_name_a_kind(ask, word):
    assert ask(f"list {word} --json").json[0]["id"] == "SO-2611-0001"


def test_ways_to_name_the_book(call, told, monkeypatch):
    here = call("list warehouse", "-C", str(told)).out
    assert call("list warehouse", BIZCLI_BOOK=str(told)).out == here
    assert call("list warehouse", f"--book={told / 'orders'}").out == here
    monkeypatch.chdir(told / "orders" / "2026")
    assert call("list warehouse").out == here


def test_output_goes_to_a_file(ask, tmp_path):
    done = ask(f"list customer --format csv --output {tmp_path / 'c.csv'}")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert (tmp_path / "c.csv").read_text().startswith("code,name,")


def test_nothing_to_show(ask):
    assert ask("return list --json").out == "[]\n"
    done = ask("return list")
    assert (done.code, done.out, done.err) == (0, "", "bizcli: there is nothing to show\n")


def test_check_finds_the_book_in_order(ask):
    assert ask("check --json").json == []
    assert ask("check").out == "the book is in order\n"


def test_conflicts_are_told_in_one_line_and_found_by_check(do, book):
    for path in (book / "adjustments").rglob("*.yaml"):
        path.unlink()
    done = do("stock on-hand")
    assert done.code == 0
    assert done.err == "bizcli: warning: 1 conflicts between documents; `bizcli check` says which\n"
    found = do("check --json")
    assert found.code == 1 and found.err == ""
    assert '"severity": "error", "code": "stock-below-zero"' in found.out


def test_a_wrong_file_stops_figures_but_not_check_status_show(do, book):
    path = "customers/C-002.yaml"
    (book / path).write_text("kind: customer\ncode: C-002\nnmae: Blue\n")
    done = do("stock on-hand")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"bizcli: error: {path}:3:7: nmae: unknown key 'nmae'; the nearest is name")
    assert do("show SO-2611-0001").code == 0
    found = do("check")
    assert found.code == 1
    assert f"error: {path}:3:7: nmae: " in found.out


def test_a_list_has_no_amounts_of_what_has_none(do):
    """Goods alone and changes have none, a payment one, an invoice three."""
    assert do("payment list --json").json[0]["amount"] == "100.00"
    keys = {
        kind: {*do(f"list {kind} --json").json[0]} & {"net", "tax", "gross", "amount"}
        for kind in ("customer_payment", "delivery", "stock_adjustment", "sales_invoice", "sales_order")
    }
    assert keys == {
        "customer_payment": {"amount"}, "delivery": set(), "stock_adjustment": set(),
        "sales_invoice": {"net", "tax", "gross"}, "sales_order": {"net", "tax", "gross"},
    }  # fmt: skip
    assert "0.00" not in do("delivery list").out and "金额" in do("--lang zh payment list").out
