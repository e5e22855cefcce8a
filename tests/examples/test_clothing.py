"""The clothing example: its page, plain arithmetic over its documents, and the book say the same, to the cent."""

import importlib.util
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bizcli.book import Book, reporting
from bizcli.book.founding import found_book
from bizcli.book.streams import trees
from bizcli.cli import examples

specification = importlib.util.spec_from_file_location("clothing", Path(__file__).with_name("clothing.py"))
clothing = importlib.util.module_from_spec(specification)
specification.loader.exec_module(clothing)

PAGE = (clothing.FOLDER / "README.md").read_text(encoding="utf-8")
TOTAL = "合计 total"


@pytest.fixture(scope="module")
def tables() -> dict[str, list[list[str]]]:
    """What the page says, without its totals."""
    return {name: [row for row in rows if row[0] != TOTAL] for name, rows in clothing.tables_of(PAGE).items()}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    company = examples.named("clothing")
    root = str(tmp_path_factory.mktemp("clothing") / "book")
    found_book(root, company.settings, False)
    book = Book(root, date(2026, 11, 30), None)
    book.apply(trees(company.documents))
    yield book
    book.close()


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_the_page_is_what_plain_arithmetic_finds():
    assert set(clothing.tables_of(PAGE)) == set(clothing.Books().tables())
    assert clothing.filled(PAGE) == PAGE


def test_every_line_sold_has_its_net_and_tax(book, tables):
    found: dict[str, list[Decimal]] = {}
    for _day, document, _customer, _item, _working, net, tax, gross, _cost in tables["sales"]:
        sums = found.setdefault(document, [Decimal(0)] * 3)
        found[document] = [a + b for a, b in zip(sums, map(number, (net, tax, gross)), strict=True)]
    for id, (net, tax, gross) in found.items():
        sign = -1 if id.startswith("SR") else 1
        totals = book.show(id)["totals"]
        assert [totals["net"], totals["tax"], totals["gross"]] == [sign * net, sign * tax, sign * gross], id
    kinds = ("cash_sale", "sales_invoice", "sales_return")
    assert {row["id"] for kind in kinds for row in book.listing(kind)} == set(found)


def test_every_move_of_goods_has_its_quantity_and_cost(book, tables):
    def key(document: str, item: str, place: str, qty: Any, value: Any) -> tuple[str, ...]:
        return document, item, place, f"{Decimal(qty):f}", f"{Decimal(value):.2f}"

    ours = sorted(
        key(row["doc"], row["item"], row["warehouse"], row["qty"], row["value"])
        for row in book.stock_moves()
        if row["qty"]
    )
    page = sorted(key(row[3], row[0], row[1], row[4], row[6].replace(",", "")) for row in tables["shelves"])
    assert ours == page


def test_what_lies_on_the_shelves(book, tables):
    ours = {
        (row["item"], row["warehouse"]): (row["on_hand"], row["value"])
        for row in book.stock_on_hand()
        if row["on_hand"]
    }
    assert ours == {(row[0], row[2]): (number(row[3]), number(row[4])) for row in tables["stock"]}


def test_cost_of_the_sales_is_cost_of_goods_sold(book, tables):
    sold = sum(number(row[8]) for row in tables["sales"])
    assert sold == balances(book)[clothing.COST]


def test_what_customers_owe(book, tables):
    ours = {
        row["invoice"]: (row["customer"], str(row["due_date"]), row["open"]) for row in book.receivables("2026-11-30")
    }
    assert ours == {row[0]: (row[1], row[3], number(row[7])) for row in tables["receivable"] if number(row[7])}


def test_money_after_every_document(book, tables):
    last = {row[0]: number(row[5]) for row in tables["money"]}
    assert len(last) == 3
    for account, left in last.items():
        assert balances(book)[account] == left
        rows = [row for row in tables["money"] if row[0] == account]
        ledger = reporting.named(book, "ledger")
        ours = reporting.run(book, ledger, "2026-10", "2026-11", {"account": account}, None).rows
        assert [(row["document"], row["amount"]) for row in ours] == [(row[2], number(row[4])) for row in rows]


def test_the_balances_and_the_profit(book, tables):
    ours = {account: balance for account, balance in balances(book).items() if balance}
    assert ours == {account: number(balance) for account, balance in tables["balances"]}
    profit = -sum(balance for account, balance in ours.items() if account.startswith(("Income", "Expenses")))
    assert profit == sum(number(amount) for _account, amount in tables["profit"]) == Decimal("5995.91")


def balances(book: Any) -> dict[str, Decimal]:
    return {row["account"]: row["balance"] for row in book.account_balances()}
