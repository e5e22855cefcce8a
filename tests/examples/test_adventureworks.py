"""The AdventureWorks example: files, documents and book say the same, to the unit and the cent."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from csv import DictReader
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bizcli.book import Book, reporting
from bizcli.book.founding import found_book
from bizcli.book.streams import trees
from bizcli.cli import adventureworks, examples
from bizcli.cli.sample_files import read
from bizcli.store.reconciliation import reconcile

FOLDER = examples.folder("adventureworks")
CHECKS = Path(__file__).parent / "adventureworks"  # counted from the same files by another program


@pytest.fixture(scope="module")
def stream():
    return list(adventureworks.documents(FOLDER))


@pytest.fixture(scope="module")
def expected():
    return adventureworks.expected(FOLDER)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """All of it, recorded in one stream."""
    company = examples.named("adventureworks")
    root = tmp_path_factory.mktemp("adventureworks") / "book"
    found_book(str(root), company.settings, False)
    book = Book(str(root), date(2014, 10, 31), None)
    book.apply(trees(company.documents))
    yield book
    book.close()


@pytest.fixture(scope="module")
def orders(book):
    return [book.index.document(id) for (id,) in book.index.all("SELECT id FROM doc WHERE kind = 'purchase_order'")]


def checked(name: str) -> dict[str, dict[str, Decimal]]:
    """What another program counted, by the code of the product."""
    codes = adventureworks.products(FOLDER)
    with open(CHECKS / f"{name}.csv", encoding="utf-8", newline="") as file:
        return {
            codes[row.pop("ProductID")]: {key: Decimal(text) for key, text in row.items()} for row in DictReader(file)
        }


@pytest.mark.parametrize(
    ("figure", "value"),
    {
        "suppliers": 104,
        "offers": 460,
        "items": 504,
        "warehouses": 14,
        "stock_records": 1069,
        "units_opening": 335_974,
        "opening_exact": Decimal("20092679.1712"),
        "orders": 4012,
        "orders_complete": 3689,
        "orders_rejected": 86,
        "lines": 8845,
        "units_ordered": 2_348_637,
        "units_received": 2_327_299,
        "units_rejected": 72_700,
        "units_kept": 2_254_599,
        "ordered_exact": Decimal("63791994.8380"),
        "tax_exact": Decimal("5103359.5740"),
        "freight_exact": Decimal("1583978.2263"),
        "due_exact": Decimal("70479332.6383"),
    }.items(),
)
def test_the_files_add_up_to_the_published_totals(expected, figure, value):
    assert expected[figure] == value
    assert f"{value:,}" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("figure", "value"),
    {
        "opening_at_cost": Decimal("20092679.15"),
        "ordered": Decimal("63792005.94"),
        "orders_with_rejects": 507,
        "received": Decimal("61211701.66"),
        "billed": Decimal("55617109.33"),
        "tax_billed": Decimal("4449370.01"),
        "freight_billed": Decimal("1420502.18"),
        "payable": Decimal("61486981.52"),
        "received_not_billed": Decimal("5594585.56"),
        "units_closing": 2_590_573,
        "closing_at_cost": Decimal("81304374.04"),
    }.items(),
)
def test_what_we_chose_adds_up_as_the_readme_says(expected, figure, value):
    assert expected[figure] == value
    assert f"{value:,}" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_there_are_as_many_documents_as_the_files_have(stream):
    assert Counter(document["kind"] for document in stream) == {
        "warehouse": 15,  # with that of rejected goods
        "supplier": 104,
        "item": 504,
        "price_list": 86,
        "stock_adjustment": 14,
        "purchase_order": 4012,
        "goods_receipt": 4012,
        "purchase_return": 507,
        "purchase_invoice": 3689,
        "order_change": 840,
    }


def test_only_the_files_that_are_needed_are_shipped():
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == [
        *("Location", "Product", "ProductInventory", "ProductVendor"),
        *("PurchaseOrderDetail", "PurchaseOrderHeader", "Vendor"),
    ]
    assert "MIT" in (FOLDER / "LICENSE.microsoft-sql-server-samples.txt").read_text(encoding="utf-8")


def test_orders_say_what_was_ordered_of_each_product(orders):
    """Units are the data's; amounts differ from its four decimals by less than a cent a line."""
    qty, amount, lines = Counter(), defaultdict(Decimal), Counter()
    for order in orders:
        for line in order.lines:
            qty[line.item] += int(line.qty)
            amount[line.item] += adventureworks.cents(line.qty * line.price)
            lines[line.item] += 1
    theirs = checked("purchases_by_product")
    assert qty == {item: int(row["OrderQty"]) for item, row in theirs.items()}
    for item, row in theirs.items():
        assert abs(amount[item] - row["LineTotal"]) <= lines[item] * Decimal("0.005"), item


def test_goods_come_in_as_the_data_keeps_them(book):
    kept, opening = Counter(), Counter()
    for move in book.stock_moves():
        (opening if move["doc"][:2] == "SA" else kept)[move["item"]] += int(move["qty"])
    theirs = checked("purchases_by_product")
    assert kept == {item: int(row["ReceivedQty"] - row["RejectedQty"]) for item, row in theirs.items()}
    stock = {item: int(row["Quantity"]) for item, row in checked("stock_by_product").items()}
    assert opening == {item: qty for item, qty in stock.items() if qty}
    on_hand = Counter()
    for row in book.stock_on_hand():
        on_hand[row["item"]] += int(row["on_hand"])
    assert on_hand == kept + opening


def test_each_place_begins_with_what_the_data_has_there(book):
    places = Counter()
    for move in book.stock_moves():
        if move["doc"][:2] == "SA":
            places[move["warehouse"]] += int(move["qty"])
    published = """1:72,899 2:5,549 3:186 4:110 5:20,295 6:83,173 7:17,319 10:13,584 20:5,165 30:958 40:508 45:332
        50:95,477 60:20,419"""
    assert places == {
        adventureworks.location(number): int(units.replace(",", ""))
        for number, units in (each.split(":") for each in published.split())
    }


def test_what_was_rejected_lies_apart_until_it_goes_back(book):
    moved = Counter()
    for move in book.stock_moves():
        moved[move["doc"][:2], move["warehouse"] == adventureworks.REJECTS] += int(move["qty"])
    received, rejected = moved["GR", False] + moved["GR", True], moved["GR", True]
    assert (received, rejected, moved["GR", False]) == (2_327_299, 72_700, 2_254_599)
    assert (moved["PR", True], moved["PR", False]) == (-72_700, 0)
    rows = reporting.run(book, reporting.named(book, "rejects-by-supplier"), None, None, {}, None).rows
    assert sum(row["rejected"] for row in rows) == 72_700


def test_every_offer_of_a_vendor_is_a_line_of_its_price_list(book):
    lists = [book.index.master("price_list", code) for code in book.index.codes("price_list")]
    offered = {
        (each.supplier, line.item): (line.price, line.unit, line.minimum, line.lead_time)
        for each in lists
        for line in each.lines
    }
    codes, names = adventureworks.products(FOLDER), adventureworks.vendors(FOLDER)
    assert len(offered) == 460
    assert offered == {
        (names[row["BusinessEntityID"]], codes[row["ProductID"]]): (
            Decimal(row["StandardPrice"]), row["UnitMeasureCode"], Decimal(row["MinOrderQty"]),
            int(row["AverageLeadTime"]),
        )
        for row in read(FOLDER, "ProductVendor")
    }  # fmt: skip


def test_the_accounts_are_those_of_the_data(book, expected):
    balances = {row["role"]: row["balance"] for row in book.account_balances() if row["balance"]}
    assert balances == {
        "inventory": expected["closing_at_cost"],
        "vat_input": expected["tax_billed"],
        "expense.freight": expected["freight_billed"],
        "payable": -expected["payable"],
        "goods_received_not_invoiced": -expected["received_not_billed"],
        "opening_balance": -expected["opening_at_cost"],
    }
    assert sum(row["open"] for row in book.payables("2014-10-31")) == expected["payable"]


def test_a_bill_of_all_that_was_ordered_is_the_paper_to_the_cent(book, orders):
    gross = dict(book.index.all("SELECT id, gross FROM doc WHERE kind = 'purchase_invoice'"))
    billed = {book.index.document(id).order: Decimal(amount) / 1_000_000 for id, amount in gross.items()}
    ids = {order.ref: order.id for order in orders}
    due = {
        ids[f"AW-{order.number}"]: adventureworks.cents(order.due)
        for order in adventureworks.read_orders(FOLDER)
        if order.status == adventureworks.COMPLETE and order.all_kept
    }
    assert len(due) == 2935
    assert {id: billed[id] for id in due} == due


def test_orders_have_the_state_that_their_status_means(book, orders):
    """Nothing is awaited of what is complete or rejected; what is pending or approved waits for its bill."""
    status = {f"AW-{row['PurchaseOrderID']}": row["Status"] for row in read(FOLDER, "PurchaseOrderHeader")}
    awaited = {
        id
        for (id,) in book.index.all("SELECT DISTINCT doc FROM promise WHERE kind = 'to_receive' AND opened > settled")
    }
    ends = {}
    for (id,) in book.index.all("SELECT id FROM doc WHERE kind = 'order_change'"):
        change = book.index.document(id)
        ends[change.order] = change.action
    assert len(ends) == 840 and {*ends.values()} == {"close"}
    for order in orders:
        if status[order.ref] in (adventureworks.REJECTED, adventureworks.COMPLETE):
            assert order.id not in awaited
        else:
            assert order.id not in ends


def test_what_a_policy_would_have_held_and_missed_is_as_the_readme_says(book):
    from bizcli.book.goods.simulating import added_up, simulate

    readme = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## What a policy of reordering")[2]
    told = [
        [cell.strip().replace(",", "") for cell in line.split("|")[2:-1]] for line in readme.splitlines() if "|" in line
    ]
    rows = added_up(book, simulate(book, "minmax", days=1095, demand="purchases"))
    assert [row["policy"] for row in rows] == ["actual", "reorder", "minmax"]
    for row, figures in zip(rows, told[2:], strict=True):
        found = (row["average_value"], row["missed_value"], row["days_out"], row["orders"])
        assert ["" if each is None else str(each) for each in found] == figures


def test_the_reports_are_those_of_the_data(book, expected):
    def rows(name: str) -> list:
        return reporting.run(book, reporting.named(book, name), None, None, {}, None).rows

    def total(name: str, key: str) -> Decimal:
        return sum(row[key] for row in rows(name))

    with_freight = expected["billed"] + expected["freight_billed"]
    for name in ("purchases-by-month", "purchases-by-supplier", "purchases-by-item"):
        assert total(name, "net") == with_freight
    assert sum(row["net"] for row in rows("purchases-by-item") if row["item"]) == expected["billed"]
    assert total("received-not-billed", "value") == expected["received_not_billed"]
    paper = expected["billed"] - (expected["received"] - expected["received_not_billed"])
    assert paper == Decimal("-6.77")  # cents that no line's bill_tolerance is less than
    assert {row["difference"] for row in rows("three-way-match")} == {0}
    orders = adventureworks.read_orders(FOLDER)
    awaited = [order for order in orders if order.status not in (adventureworks.REJECTED, adventureworks.COMPLETE)]
    assert total("orders-to-receive", "open") == sum(
        line.ordered - line.kept for order in awaited for line in order.lines
    )


def test_the_same_stream_again_changes_nothing(book, stream):
    assert {each.status for each in book.apply(trees(stream))} == {"unchanged"}


def test_the_book_is_in_order(book):
    assert book.check(full=True) == []
    main = Path(book.store.root) / "journal" / "main.bean"
    command = [str(Path(sys.executable).with_name("bean-check")), str(main)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    found, sides = reconcile(book.store)
    assert found == [] and {side.value for side in sides if side.value} == {81_304_374_040_000}
