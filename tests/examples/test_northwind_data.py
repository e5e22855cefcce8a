"""The Northwind example: its files add up to the published totals, and its documents to the files."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from bizcli.cli import examples, northwind

FOLDER = examples.folder("northwind")

# The keys that CONTRACT gives to documents and masters of these kinds, in the order of the file.
KEYS = {
    "supplier": "kind code name",
    "item": "kind code name unit type sale_price tax supplier purchase_price reorder tags note",
    "customer": "kind code name payment_terms",
    "warehouse": "kind code name",
    "staff": "kind code name job phone",
    "stock_adjustment": "kind id date warehouse reason lines",
    "sales_order": "kind id date ref salesperson customer warehouse promised lines",
    "delivery": "kind id date order",
    "sales_invoice": "kind id date order",
    "customer_payment": "kind id date customer invoices amount account",
}
NAMING = {
    "salesperson": "staff",
    "supplier": "supplier",
    "customer": "customer",
    "warehouse": "warehouse",
    "item": "item",
}


@pytest.fixture(scope="module")
def stream():
    return list(northwind.documents(FOLDER))


@pytest.fixture(scope="module")
def expected():
    return northwind.expected(FOLDER)


@pytest.mark.parametrize(
    ("figure", "value"),
    {
        "customers": 91,
        "suppliers": 29,
        "items": 77,
        "orders": 830,
        "lines": 2155,
        "lines_discounted": 838,
        "units_ordered": 51_317,
        "list_value": Decimal("1354458.59"),
        "net_exact": Decimal("1265793.0395"),
        "freight": Decimal("64942.69"),
        "orders_shipped": 809,
        "units_closing": 3119,
        "closing_at_list_price": Decimal("74050.85"),
    }.items(),
)
def test_the_files_add_up_to_the_published_totals(expected, figure, value):
    assert expected[figure] == value


@pytest.mark.parametrize(
    ("figure", "value"),
    {
        "units_shipped": 50_119,
        "units_opening": 53_238,
        "goods_invoiced": Decimal("1239855.85"),
        "freight_invoiced": Decimal("63955.02"),
        "invoiced": Decimal("1303810.87"),
        "invoices_paid": 732,
        "received": Decimal("1166782.40"),
        "receivable": Decimal("137028.47"),
        "opening_at_cost": Decimal("1047217.31"),
        "cost_of_goods_sold": Decimal("995378.95"),
        "closing_at_cost": Decimal("51838.36"),
    }.items(),
)
def test_what_we_chose_adds_up_as_the_readme_says(expected, figure, value):
    assert expected[figure] == value
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{value:,}" in readme


def test_there_are_as_many_documents_as_the_files_have(stream):
    assert Counter(document["kind"] for document in stream) == {
        "supplier": 29,
        "item": 78,  # with freight
        "customer": 91,
        "warehouse": 1,
        "staff": 9,
        "stock_adjustment": 1,
        "sales_order": 830,
        "delivery": 809,
        "sales_invoice": 809,
        "customer_payment": 732,
    }


def test_documents_have_the_keys_of_their_kind_in_order(stream):
    for document in stream:
        known = KEYS[document["kind"]].split()
        assert list(document) == [key for key in known if key in document]


def test_every_value_is_text(stream):
    def values(tree):
        if isinstance(tree, dict | list):
            for part in tree.values() if isinstance(tree, dict) else tree:
                yield from values(part)
        else:
            yield tree

    wrong = [value for value in values(stream) if not isinstance(value, str) or not value or value == "NULL"]
    assert wrong == []


def test_what_a_document_names_has_come_before(stream):
    seen = set()
    for document in stream:
        lines = document.get("lines", [])
        named = {(NAMING[key], document[key]) for key in NAMING if key in document and document["kind"] != key}
        named |= {("item", line["item"]) for line in lines}
        named |= {("sales_order", document["order"])} if "order" in document else set()
        named |= {("sales_invoice", invoice["id"]) for invoice in document.get("invoices", [])}
        assert named <= seen, document
        own = (document["kind"], document.get("code") or document["id"])
        assert own not in seen
        seen.add(own)


def test_documents_come_by_day_and_are_numbered_by_month(stream):
    dated = [document for document in stream if "date" in document]
    assert dated == stream[len(stream) - len(dated) :]
    assert [document["date"] for document in dated] == sorted(document["date"] for document in dated)
    counts = Counter()
    for document in dated:
        prefix, month, number = document["id"].split("-")
        assert month == date.fromisoformat(document["date"]).strftime("%y%m")
        counts[prefix, month] += 1
        assert number == f"{counts[prefix, month]:04}"


def test_orders_keep_the_order_and_reference_of_the_data(stream):
    orders = [document for document in stream if document["kind"] == "sales_order"]
    assert [order["ref"] for order in orders] == [f"NW-{number}" for number in range(10248, 11078)]


def test_the_first_order_is_as_it_was(stream):
    order = next(document for document in stream if document.get("ref") == "NW-10250")
    assert order == {
        "kind": "sales_order",
        "id": "SO-9607-0003",
        "date": "1996-07-08",
        "ref": "NW-10250",
        "salesperson": "margaret.peacock",
        "customer": "HANAR",
        "warehouse": "MAIN",
        "promised": "1996-08-05",
        "lines": [
            {"item": "P-41", "qty": "10", "price": "7.70"},
            {"item": "P-51", "qty": "35", "price": "42.40", "discount": "15%"},
            {"item": "P-65", "qty": "15", "price": "16.80", "discount": "15%"},
            {"item": "FREIGHT", "qty": "1", "price": "65.83"},
        ],
    }


def test_discounts_are_whole_percents(stream):
    lines = [line for document in stream if document["kind"] == "sales_order" for line in document["lines"]]
    assert {line["discount"] for line in lines if "discount" in line} == {
        *("1%", "2%", "3%", "4%", "5%", "6%", "10%", "15%", "20%", "25%")
    }


def test_stock_never_runs_out_and_ends_as_the_data_says(stream):
    orders = {document["id"]: document for document in stream if document["kind"] == "sales_order"}
    on_hand = Counter()
    for document in stream:
        if document["kind"] == "stock_adjustment":
            on_hand.update({line["item"]: int(line["qty"]) for line in document["lines"]})
        if document["kind"] == "delivery":
            for line in orders[document["order"]]["lines"]:
                if line["item"] != "FREIGHT":
                    on_hand[line["item"]] -= int(line["qty"])
                    assert on_hand[line["item"]] >= 0
    products = northwind.read(FOLDER, "products")
    assert on_hand == {northwind.product(row): int(row["unitsInStock"]) for row in products}


def test_payments_settle_whole_invoices(stream, expected):
    gross = defaultdict(Decimal)
    for document in stream:
        if document["kind"] == "sales_order":
            for line in document["lines"]:
                off = 1 - Decimal(line.get("discount", "0%").rstrip("%")) / 100
                gross[document["id"]] += northwind.cents(int(line["qty"]) * Decimal(line["price"]) * off)
    invoices = {document["id"]: document for document in stream if document["kind"] == "sales_invoice"}
    payments = [document for document in stream if document["kind"] == "customer_payment"]
    for payment in payments:
        [settled] = payment["invoices"]
        invoice = invoices[settled["id"]]
        assert settled["amount"] == payment["amount"] == str(gross[invoice["order"]])
        assert (date.fromisoformat(payment["date"]) - date.fromisoformat(invoice["date"])).days == 30
    assert sum(gross[invoice["order"]] for invoice in invoices.values()) == expected["invoiced"]
    assert sum(Decimal(payment["amount"]) for payment in payments) == expected["received"]
    assert max(payment["date"] for payment in payments) <= "1998-05-06"


def test_names_have_their_commas_and_accents_again():
    suppliers = {row["supplierID"]: row["companyName"] for row in northwind.read(FOLDER, "suppliers")}
    addresses = {row["customerID"]: row["address"] for row in northwind.read(FOLDER, "customers")}
    assert (suppliers["7"], suppliers["8"], suppliers["24"]) == (
        "Pavlova, Ltd.",
        "Specialty Biscuits, Ltd.",
        "G'day, Mate",
    )
    assert (addresses["BLONP"], addresses["BOLID"]) == ("24, place Kléber", "C/ Araquil, 67")
