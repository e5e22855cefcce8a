"""What every report keeps, without being named; and that reports agree with each other and with the books."""

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bizcli.book import Book, reporting
from bizcli.book.reporting import OWN
from bizcli.book.streams import Given, trees
from bizcli.cli import examples, northwind
from bizcli.kernel.errors import Misused, Refused
from bizcli.reports import definition
from bizcli.store.yaml_reader import read_stream

FILES = sorted(Path(OWN).glob("*/*.sql"))
every_report = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


ITEM = {"item": "P-11"}
BOUGHT: list[dict[str, Any]] = [
    {"kind": "supplier", "code": "DAIRY"},
    {"kind": "purchase_order", "id": "PO-9805-0001", "date": "1998-05-01", "supplier": "DAIRY", "warehouse": "MAIN",
     "lines": [{**ITEM, "qty": "10", "price": "9.80"}]},
    {"kind": "goods_receipt", "date": "1998-05-02", "order": "PO-9805-0001", "lines": [{**ITEM, "qty": "8"}]},
    {"kind": "purchase_invoice", "date": "1998-05-04", "order": "PO-9805-0001",
     "lines": [{**ITEM, "qty": "5", "price": "10.00"}, {"account": "expense.freight", "amount": "12"}]},
    {"kind": "purchase_invoice", "date": "1998-05-05", "order": "PO-9805-0001", "ahead": "true",
     "lines": [{"from": "PO-9805-0001/1", "qty": "1"}]},
]  # fmt: skip
"""Northwind's data has no purchases: an order of which a part has come, and of
that a part is billed at another price; of the rest, a part is billed ahead."""


@pytest.fixture(scope="module")
def traders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """Northwind on the last day of its data, with what the data has not: a quote."""
    root = tmp_path_factory.mktemp("northwind")
    (root / "book.yaml").write_text("name: Northwind\ncurrency: USD\n")
    book = Book(str(root), date(1998, 5, 6), None)
    book.apply(trees(northwind.documents(examples.folder("northwind"))))
    book.apply(trees(BOUGHT))
    quote = {"kind": "quote", "customer": "ALFKI", "lines": [{"item": "P-01", "qty": "10"}]}
    book.apply(trees([quote]))
    yield book
    book.close()


STOCKROOM = """\
kind: item
code: MILK
tracking: lot
---
kind: stock_adjustment
date: 1998-05-04
warehouse: MAIN
reason: opening
lines: [{item: MILK, qty: 5, cost: 4, lot: L1, expiry: 1998-05-20}]
---
kind: warehouse
code: EAST
---
kind: warehouse
code: REJECTS
---
kind: warehouse
code: DOCK
reject_warehouse: REJECTS
---
kind: warehouse
code: SHOP
parent: EAST
---
kind: goods_receipt
date: 1998-05-04
supplier: S-01
warehouse: DOCK
lines: [{item: P-05, qty: 4, price: 10, rejected: 1, reason: broken}]
---
kind: stock_transfer
date: 1998-05-04
from: MAIN
to: SHOP
lines: [{item: P-01, qty: 12}, {item: P-03, qty: 5}]
---
kind: stock_transfer
date: 1998-05-05
from: MAIN
to: SHOP
in_transit: true
lines: [{item: P-01, qty: 7}]
---
kind: stock_adjustment
date: 1998-05-05
warehouse: SHOP
reason: loss
lines: [{item: P-01, qty: 2}]
---
kind: stock_adjustment
date: 1998-05-05
warehouse: MAIN
reason: correction
lines: [{item: P-03, qty: 1}, {item: P-01, qty: 0, value: -3.21}]
---
kind: stock_adjustment
date: 1998-05-06
warehouse: MAIN
reason: sample
lines: [{item: P-03, qty: 1}]
---
kind: purchase_request
id: RQ-9805-0001
warehouse: SHOP
date: 1998-05-04
lines: [{item: P-01, qty: 30}]
---
kind: request_change
date: 1998-05-05
request: RQ-9805-0001
action: approve
---
kind: lead
id: LD-9805-0001
date: 1998-05-04
name: Tea House
next: 1998-05-06
---
kind: opportunity
date: 1998-05-04
from: LD-9805-0001
amount: 70.00
---
kind: opportunity
id: OP-9805-0002
date: 1998-05-04
customer: ALFKI
lines: [{item: P-01, qty: 5}]
---
kind: activity
date: 1998-05-06
about: OP-9805-0002
status: lost
reason: too dear
---
kind: ticket
id: TK-9805-0001
date: 1998-05-04
customer: ALFKI
name: late
---
kind: survey
date: 1998-05-06
about: TK-9805-0001
csat: 2
---
kind: campaign
date: 1998-05-04
name: Tea in May
channel: email
control: 50%
---
kind: audience
date: 1998-05-04
campaign: CM-9805-0001
members: [ALFKI, BONAP]
---
kind: stock_count
date: 1998-05-06
warehouse: SHOP
lines: [{item: P-01, counted: 11}, {item: P-03, counted: 3}]
"""


@pytest.fixture(scope="module")
def keepers(traders: Book, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """Northwind with a shop: goods are transferred, lost, found, counted and under way."""
    root = tmp_path_factory.mktemp("keepers") / "book"
    shutil.copytree(traders.root, root)
    book = Book(str(root), traders.today, None)
    book.read()
    book.apply(Given(*each[:2], "stream", each.line) for each in read_stream(STOCKROOM.encode(), "stream"))
    yield book
    book.close()


def run(book: Book, name: str, since: str | None = None, **given: str) -> list[dict[str, Any]]:
    return reporting.run(book, reporting.named(book, name), since, None, given, None).rows


def given_for(report: definition.Report) -> dict[str, str]:
    return {each.name: "receivable" for each in report.params if each.needed}


@every_report
def test_it_says_what_it_shows(path: Path) -> None:
    report = definition.read(path.read_text(), path.stem, path.name)
    assert report.title and report.help.endswith(".")
    assert all(each.help for each in report.params)
    assert len({each.name for each in report.columns}) == len(report.columns)
    if report.drill is not None:
        assert any(column.key and column.name == report.drill[1] for column in report.columns)


@every_report
def test_it_runs_on_an_empty_book(path: Path, empty_book: Any) -> None:
    book = empty_book().book
    book.build()
    report = reporting.named(book, path.stem)
    answer = reporting.run(book, report, None, None, given_for(report), None)
    assert all(not any(value for value in row.values() if isinstance(value, Decimal)) for row in answer.rows)


@every_report
def test_it_runs_on_a_real_book(path: Path, keepers: Book) -> None:
    report = reporting.named(keepers, path.stem)
    answer = reporting.run(keepers, report, None, None, given_for(report), None)
    assert answer.rows
    assert all(list(row) == [column.name for column in report.columns] for row in answer.rows)
    if report.dated and any(column.key for column in report.columns):
        reporting.run(keepers, report, "1998", None, given_for(report), "year")
    if report.drill is not None:
        key = str(answer.rows[0][report.drill[1]])
        behind = reporting.drilled(keepers, report, key, *reporting.bounds(report, None, None))
        assert behind and all(row["document"] for row in behind)


def total(rows: list[dict[str, Any]], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))


def test_sales_are_the_same_however_they_are_looked_at(traders: Book) -> None:
    names = ["customer", "item", "month", "salesperson", "shop", "department", "project"]
    assert {total(run(traders, f"sales-by-{name}"), "net") for name in names} == {Decimal("1303810.87")}
    revenue = next(row for row in run(traders, "trial-balance") if row["role"] == "revenue")
    assert revenue["closing"] == Decimal("-1303810.87")


def test_margins_are_revenue_less_cost_of_the_accounts(traders: Book) -> None:
    balances = {row["role"]: row["closing"] for row in run(traders, "trial-balance")}
    for name in ("margin-by-item", "margin-by-customer"):
        rows = run(traders, name)
        assert total(rows, "net") == -balances["revenue"]
        assert total(rows, "cost") == balances["cost_of_goods_sold"]


def test_stock_and_receivables_are_the_accounts(traders: Book) -> None:
    for name in ("stock-value", "stock-layers"):
        assert total(run(traders, name), "value") == Decimal("51838.36") + Decimal("79.40")  # Northwind's own; BOUGHT
        assert total(run(traders, name), "qty") == 3119 + 8
    rows = run(traders, "receivables-ageing")
    assert total(rows, "open") == Decimal("137028.47")
    ages = ("not_due", "days_1_30", "days_31_60", "days_61_90", "over_90")
    assert sum(total(rows, name) for name in ages) == total(rows, "open")


def test_every_look_at_the_stock_is_the_inventory_of_the_accounts(keepers: Book) -> None:
    inventory = roles(keepers)["inventory"]
    reports = [("stock-value", {}), ("stock-layers", {}), ("stock-ageing", {}), ("dead-stock", {"days": "0"})]
    for name, given in reports:
        assert total(run(keepers, name, **given), "value") == inventory, name
    rows = run(keepers, "stock-ageing")
    ages = ("age_0_30", "age_31_60", "age_61_90", "age_91_180", "age_over_180")
    assert sum(total(rows, name) for name in ages) == inventory
    assert total(keepers.stock_on_hand(), "value") == total(run(keepers, "stock-turnover"), "closing") == inventory
    assert total(keepers.stock_on_hand(by="warehouse"), "value") == inventory
    assert total(run(keepers, "transfers-in-transit"), "value") == total(
        keepers.stock_on_hand(warehouse="TRANSIT"), "value"
    )


def test_stock_of_a_past_day_is_the_accounts_of_that_day(keepers: Book) -> None:
    days = [row[0] for row in keepers.index.all("SELECT DISTINCT day FROM move ORDER BY day")]
    for day in [*days[::100], *days[-4:]]:
        accounts = {row["role"]: row["balance"] for row in keepers.account_balances(day)}
        assert total(keepers.stock_on_hand(day), "value") == accounts["inventory"], day
    now = [(row["item"], row["warehouse"], row["on_hand"], row["value"]) for row in keepers.stock_on_hand()]
    then = [(row["item"], row["warehouse"], row["on_hand"], row["value"]) for row in keepers.stock_on_hand(days[-1])]
    assert [row for row in now if row[2]] == [row for row in then if row[2]]


def test_turnover_and_abc_are_sales_and_their_cost(keepers: Book) -> None:
    balances = roles(keepers)
    rows = run(keepers, "stock-turnover")
    assert total(rows, "cost") == balances["cost_of_goods_sold"]
    assert total(run(keepers, "abc"), "value") == -balances["revenue"]
    assert total(run(keepers, "abc", by="consumption"), "value") == balances["cost_of_goods_sold"]
    by_class = {name: total([row for row in run(keepers, "abc") if row["class"] == name], "value") for name in "ABC"}
    assert by_class["A"] >= -balances["revenue"] * Decimal("0.8") > by_class["A"] - run(keepers, "abc")[0]["value"]
    quarter = run(keepers, "stock-turnover", "1998-Q1")
    assert total(quarter, "cost") == total(run(keepers, "margin-by-item", "1998-Q1"), "cost")


def test_turnover_takes_the_average_of_all_days(shop: Any) -> None:
    """400.00 for 10 days and 360.00 for the other 20 is 373.33 on average; 40.00 of it sold is 0.11 times, 280 days."""
    shop.apply(
        "kind: stock_adjustment\ndate: 2026-11-01\nwarehouse: SZ\nreason: opening\n"
        "lines: [{item: TSHIRT-M, qty: 10, cost: 40}]\n---\n"
        "kind: delivery\ndate: 2026-11-11\ncustomer: C-001\nwarehouse: SZ\nlines: [{item: TSHIRT-M, qty: 1}]\n"
    )
    (row,) = run(shop.book, "stock-turnover", "2026-11")
    assert (row["opening"], row["closing"], row["cost"]) == (0, 360, 40)
    assert (row["average"], row["turnover"], row["days"]) == (Decimal("373.33"), Decimal("0.11"), 280)


def test_losses_are_the_accounts_of_their_reasons(keepers: Book) -> None:
    rows = run(keepers, "stock-losses")
    balances = {row["account"]: row["closing"] for row in run(keepers, "trial-balance")}
    adjusted, given_away = (balances[keepers.rules.reasons[name].loss] for name in ("loss", "sample"))
    samples = [row for row in rows if row["reason"] == "sample"]
    assert total(samples, "value") == -given_away < 0
    assert total(rows, "value") == -adjusted - given_away
    found = {(row["reason"], row["item"], row["warehouse"]): (row["lost"], row["found"]) for row in rows}
    assert found["loss", "P-01", "SHOP"] == (2, 0)
    assert found["count", "P-01", "SHOP"] == (0, 1)
    assert found["count", "P-03", "SHOP"] == (2, 0)
    assert found["correction", "P-03", "MAIN"] == (0, 1)


def test_a_warehouse_stands_for_what_is_below_it(keepers: Book) -> None:
    for name in ("stock-value", "stock-layers", "stock-ageing", "stock-losses"):
        whole, part = (run(keepers, name, warehouse=code) for code in ("EAST", "SHOP"))
        assert whole == part != [] and {row["warehouse"] for row in whole} == {"SHOP"}, name
    assert [row["qty"] for row in run(keepers, "transfers-in-transit", warehouse="EAST")] == [7]
    rows = keepers.stock_on_hand(warehouse="EAST")
    assert {row["item"]: (row["warehouse"], row["on_hand"], row["incoming"]) for row in rows} == {
        "P-01": ("EAST", 11, 7), "P-03": ("EAST", 3, 0),
    }  # fmt: skip


def roles(book: Book) -> dict[str, Decimal]:
    """The balance of each role."""
    return {row["role"]: row["closing"] for row in run(book, "trial-balance")}


def test_a_ledger_comes_to_the_balance(traders: Book) -> None:
    for row in run(traders, "trial-balance"):
        if row["account"].count(":") == 1:
            assert total(run(traders, "ledger", account=row["account"]), "amount") == row["closing"], row["account"]


def test_a_period_is_that_of_its_days(traders: Book) -> None:
    months = run(traders, "sales-by-month")
    assert total(run(traders, "sales-by-customer", "1997-Q1"), "net") == total(
        [row for row in months if row["month"] in ("1997-01", "1997-02", "1997-03")], "net"
    )


HOSTILE = {
    "attach": "ATTACH DATABASE 'x.db' AS x",
    "two": "SELECT 1; DELETE FROM doc",
    "delete": "DELETE FROM doc",
    "tables": "SELECT path FROM file",
    "pragma": "SELECT * FROM pragma_database_list",
    "extension": "SELECT load_extension('x')",
    "write": "WITH a AS (SELECT 1) INSERT INTO meta SELECT * FROM a",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_report_of_a_book_only_reads_views(name: str, shop: Any) -> None:
    shop.read()
    (shop.root / "reports").mkdir()
    (shop.root / "reports" / "own.sql").write_text(f"-- Own\n-- column a: text\n\n{HOSTILE[name]}\n")
    before = shop.tables()
    with pytest.raises(Refused) as refused:
        run(shop.book, "own")
    assert refused.value.problems[0].file == "reports/own.sql"
    assert shop.tables() == before
    assert not (shop.root / "x.db").exists()


def test_a_new_report_runs(shop: Any) -> None:
    shop.read()
    assert reporting.new(shop.book, "mine") == "reports/mine.sql"
    assert run(shop.book, "mine") == []
    with pytest.raises(Refused):
        reporting.new(shop.book, "mine")
    with pytest.raises(Misused):
        reporting.new(shop.book, "../x")
    shutil.rmtree(shop.root / "reports")


SALES = """\
kind: stock_adjustment
date: 2026-11-01
warehouse: SZ
reason: opening
lines: [{item: TSHIRT-M, qty: 50, cost: 40.00}]
---
kind: cash_sale
date: 2026-11-02
warehouse: SZ
customer: C-001
shop: North
lines:
  - {item: TSHIRT-M, qty: 3, price: 100, tax: 0%, salesperson: li.na}
  - {item: TSHIRT-M, qty: 1, price: 100, tax: 0%}
---
kind: sales_return
date: 2026-11-03
invoice: CS-2611-0001
lines: [{item: TSHIRT-M, qty: 1}]
"""


def test_a_line_may_be_another_persons_and_a_return_is_taken_off(shop: Any) -> None:
    """3 x 100 are of li.na, of which one comes back; 1 x 100 is of nobody; the cost of the 3 kept is 120."""
    shop.apply(SALES)
    found = {row["salesperson"]: row["net"] for row in run(shop.book, "sales-by-salesperson")}
    assert found == {"li.na": Decimal("200.00"), "": Decimal("100.00")}
    assert [(row["shop"], row["net"]) for row in run(shop.book, "sales-by-shop")] == [("North", Decimal("300.00"))]
    (row,) = run(shop.book, "margin-by-customer")
    assert (row["net"], row["cost"], row["margin"], row["percent"]) == (300, 120, 180, Decimal("60.0"))
    shop.prove()


def test_today(shop: Any) -> None:
    from bizcli.book.today import today

    shop.apply(SALES)
    shop.replace("items/TSHIRT-M.yaml", "type: goods", "type: goods\nreorder:\n  point: 60")
    shop.read()
    shop.book.today = date(2026, 11, 3)
    found = today(shop.book)
    sold = {row["period"]: (row["net"], row["cost"], row["earned"]) for row in found["sales"]}
    assert sold == {
        "today": (-100, -40, -60), "yesterday": (400, 160, 240), "this_month": (300, 120, 180),
        "last_month_so_far": (0, 0, 0),
    }  # fmt: skip
    assert [(row["item"], row["available"], row["reorder_point"]) for row in found["low_stock"]] == [
        ("TSHIRT-M", 47, 60)
    ]
    assert found["waiting"][0]["documents"] == 0


def test_purchases_and_payables_are_the_accounts(traders: Book) -> None:
    names = ["supplier", "item", "month"]
    assert {total(run(traders, f"purchases-by-{name}", "1998"), "net") for name in names} == {Decimal("71.80")}
    payable = sum(row["balance"] for row in traders.account_balances() if row["role"] == "payable")
    assert total(run(traders, "payables-ageing"), "open") == -payable == sum(row["open"] for row in traders.payables())
    (row,) = run(traders, "three-way-match")
    assert (row["ordered"], row["received"], row["billed"], row["difference"]) == (10, 8, 6, Decimal("1.00"))


def test_cents_that_a_bill_may_differ_by_are_no_difference(shop: Any) -> None:
    shop.apply("""\
kind: goods_receipt
date: 2026-11-02
supplier: S-001
warehouse: SZ
lines: [{item: TSHIRT-M, qty: 10, price: 40}, {item: RIBBON, qty: 10, price: 40}]
---
kind: purchase_invoice
date: 2026-11-03
receipts: [GR-2611-0001]
lines: [{item: TSHIRT-M, price: 40.005}, {item: RIBBON, price: 40.006}]
""")
    (row,) = run(shop.book, "three-way-match")
    assert (row["item"], row["difference"]) == ("RIBBON", Decimal("0.06"))


def test_what_goes_back_to_a_supplier_and_what_he_credits_are_taken_off_purchases(shop: Any) -> None:
    """10 came, 6 of them are billed: 4 that are not, then 3 that are go back; of the 2 ordered once more none has come."""
    shop.apply("""\
kind: purchase_order
date: 2026-11-01
supplier: S-001
warehouse: SZ
lines: [{item: TSHIRT-M, qty: 10, price: 40}]
---
kind: goods_receipt
date: 2026-11-02
order: PO-2611-0001
---
kind: purchase_invoice
date: 2026-11-03
order: PO-2611-0001
lines: [{item: TSHIRT-M, qty: 6}]
---
kind: purchase_return
date: 2026-11-04
receipt: GR-2611-0001
lines: [{item: TSHIRT-M, qty: 4}]
---
kind: purchase_return
date: 2026-11-05
receipt: GR-2611-0001
lines: [{item: TSHIRT-M, qty: 2}]
replace: true
---
kind: purchase_return
date: 2026-11-06
receipt: GR-2611-0001
lines: [{item: TSHIRT-M, qty: 1}]
---
kind: credit_note
date: 2026-11-07
returns: [PR-2611-0003]
---
kind: credit_note
date: 2026-11-08
invoice: PI-2611-0001
lines: [{text: late, amount: 12}]
---
kind: credit_note
date: 2026-11-09
supplier: S-001
lines: [{text: bonus, amount: 5, tax: 13%}]
""")
    (row,) = run(shop.book, "three-way-match")
    names = ("ordered", "received", "returned", "billed", "to_receive", "to_bill", "to_credit", "difference")
    assert [row[name] for name in names] == [10, 10, 7, 6, 2, 0, 2, -12]
    assert run(shop.book, "received-not-billed") == []
    found = {row["item"]: (row["qty"], row["net"]) for row in run(shop.book, "purchases-by-item")}
    assert found == {"TSHIRT-M": (3, 108), "": (0, -5)}
    assert [row["net"] for row in run(shop.book, "purchases-by-supplier")] == [103]
    assert run(shop.book, "sales-by-item") == []
    lines = [shop.book.show(id)["lines"][0] for id in ("PO-2611-0001", "GR-2611-0001", "PI-2611-0001", "PR-2611-0002")]
    assert [line.get("returned") for line in lines] == [7, 7, 3, None]
    assert lines[3]["credited"] == 0
    shop.prove()


def test_what_is_billed_before_it_is_here_waits_beside_what_came_and_is_not_billed(shop: Any) -> None:
    """Of 20, 5 came and 12 are billed ahead at 41.50; then 4 of those came, and 3 will not."""
    shop.apply("""\
kind: purchase_order
date: 2026-11-01
supplier: S-001
warehouse: SZ
expected: 2026-11-09
lines: [{item: TSHIRT-M, qty: 20, price: 40}]
---
kind: goods_receipt
date: 2026-11-02
order: PO-2611-0001
lines: [{item: TSHIRT-M, qty: 5}]
---
kind: purchase_invoice
date: 2026-11-03
order: PO-2611-0001
ahead: true
lines: [{from: PO-2611-0001/1, qty: 12, price: 41.50}]
---
kind: goods_receipt
date: 2026-11-04
order: PO-2611-0001
lines: [{item: TSHIRT-M, qty: 4}]
---
kind: credit_note
date: 2026-11-05
invoice: PI-2611-0001
lines: [{item: TSHIRT-M, qty_undelivered: 3}]
""")
    (row,) = run(shop.book, "billed-not-received")
    names = ("document", "order", "expected", "billed", "received", "open", "value")
    assert [str(row[name]) for name in names] == ["PI-2611-0001", "PO-2611-0001", "2026-11-09", "9", "4", "5", "207.50"]
    (came,) = run(shop.book, "received-not-billed")
    assert (came["document"], came["open"], came["value"]) == ("GR-2611-0001", 5, 200)
    (waiting,) = [row for row in shop.book.account_balances() if row["role"] == "goods_received_not_invoiced"]
    assert waiting["balance"] == row["value"] - came["value"]
    (match,) = run(shop.book, "three-way-match")
    names = ("ordered", "received", "billed", "to_receive", "to_bill", "billed_ahead", "difference")
    assert [match[name] for name in names] == [20, 9, 9, 11, 5, 5, 0]
    assert [(row["qty"], row["net"]) for row in run(shop.book, "purchases-by-item")] == [(9, Decimal("373.50"))]
    (line,) = shop.book.show("PO-2611-0001")["lines"]
    assert [line[name] for name in ("received", "billed", "billed_ahead")] == [9, 9, 5]
    assert shop.book.show("PI-2611-0001")["lines"][0]["received"] == 4
    shop.prove()


def test_what_is_open_in_another_currency_stands_on_the_accounts_in_ours(shop: Any) -> None:
    """100.00 USD at 7.10 in two parts, 40.00 of them paid at 7.30; 50.00 EUR ahead at 7.80; and 113.00 of our own."""
    shop.apply("""\
kind: supplier
code: S-US
payment_terms: "instalments: 30% net 0, 70% net 30"
---
kind: purchase_invoice
date: 2026-11-01
supplier: S-US
currency: USD
rate: 7.10
lines: [{account: expense.freight, amount: 100}]
---
kind: supplier_payment
date: 2026-11-03
invoices: [{id: PI-2611-0001}]
amount: 40
rate: 7.30
---
kind: supplier_payment
date: 2026-11-03
supplier: S-US
currency: EUR
rate: 7.80
amount: 50
---
kind: purchase_invoice
date: 2026-11-04
supplier: S-US
due_date: 2026-11-04
lines: [{account: expense.freight, amount: 113}]
""")
    rows = [(row["currency"], str(row["amount"]), str(row["open"]), str(row["base"])) for row in shop.book.payables()]
    assert sorted(rows) == [
        ("CNY", "113.00", "113.00", "113.00"), ("EUR", "-50.00", "-50.00", "-390.00"), ("USD", "70.00", "60.00", "426.00"),
    ]  # fmt: skip
    assert shop.book.payables("2026-11-30") == shop.book.payables()
    before = [(str(row["open"]), str(row["base"])) for row in shop.book.payables("2026-11-02")]
    assert before == [("30.00", "213.00"), ("70.00", "497.00")]
    balances = {(row["role"], row["currency"]): (row["balance"], row["base"]) for row in shop.book.account_balances()}
    assert balances["payable", "USD"] == (-60, -426)
    assert balances["payable", "CNY"] == (-113, -113)
    assert balances["supplier_advance", "EUR"] == (50, 390)
    assert balances["exchange_difference", "CNY"] == (8, 8)
    assert shop.book.account_balances("2026-11-30") == shop.book.account_balances()
    assert total(run(shop.book, "payables-ageing"), "open") == sum(row["base"] for row in shop.book.payables()) == 149
    shown = shop.book.show("PI-2611-0001")
    assert [shown[name] for name in ("currency", "paid", "open")] == ["USD", 40, 60]
    assert (shown["totals"]["gross"], shown["base"]["gross"]) == (100, 710)
    assert [(row["currency"], row["gross"]) for row in shop.book.listing("purchase_invoice")] == [
        ("USD", 100),
        ("CNY", 113),
    ]
    shop.prove()


def test_a_credit_is_taken_off_sales_with_an_item_and_without(shop: Any) -> None:
    """300 and 100 were charged; 30 of the shirts, then 10 of the whole invoice are credited."""
    shop.apply("""\
kind: sales_invoice
date: 2026-11-02
customer: C-001
salesperson: li.na
lines: [{item: TSHIRT-M, qty: 3, price: 100, tax: 0%}, {item: ADVICE, qty: 1, price: 100, tax: 0%}]
---
kind: credit_note
date: 2026-11-03
invoice: SI-2611-0001
lines: [{text: faded, item: TSHIRT-M, amount: 30}, {text: late, amount: 10}]
""")
    assert {row["item"]: (row["qty"], row["net"]) for row in run(shop.book, "sales-by-item")} == {
        "TSHIRT-M": (3, 270), "ADVICE": (1, 100), "": (0, -10),
    }  # fmt: skip
    assert [(row["salesperson"], row["net"]) for row in run(shop.book, "sales-by-salesperson")] == [("li.na", 360)]
    assert [(row["customer"], row["net"]) for row in run(shop.book, "margin-by-customer")] == [("C-001", 360)]
    shop.prove()


def test_open_quotes_hold_today_and_are_worth_what_is_not_ordered(shop: Any) -> None:
    shop.apply("""\
kind: quote
date: 2026-11-20
customer: C-001
lines: [{item: ADVICE, qty: 3, price: 100}, {item: TSHIRT-M, qty: 1, price: 50}]
---
kind: quote
date: 2026-11-20
valid_until: 2026-11-29
customer: C-001
lines: [{item: ADVICE, qty: 3, price: 100}]
---
kind: sales_order
date: 2026-11-25
quote: QT-2611-0001
lines: [{item: ADVICE, qty: 2}]
""")
    shop.book.today = date(2026, 11, 30)
    (row,) = run(shop.book, "quotes-open")
    assert (row["document"], row["days_left"], row["net"]) == ("QT-2611-0001", 20, 150)
    shop.prove()
