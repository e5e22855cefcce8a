"""Every chart of accounts that bizcli brings, without being named."""

from collections.abc import Callable
from typing import Any

import pytest

from bizcli.book.settings import charts, read_chart
from bizcli.kernel.rules import is_account

ROLES = [
    "receivable",
    "payable",
    "customer_advance",
    "supplier_advance",
    "inventory",
    "goods_received_not_invoiced",
    "landed_cost_clearing",
    "revenue",
    "cost_of_goods_sold",
    "vat_output",
    "vat_input",
    "vat_input_pending",
    "cash",
    "bank",
    "work_in_progress",
    "inventory_adjustment",
    "purchase_price_variance",
    "rounding",
    "exchange_difference",
    "opening_balance",
    "unbilled_receivable",
    "discount_given",
    "discount_taken",
    "bad_debts",
]
REASONS = ["opening", "gain", "loss", "correction", "internal_use", "sample", "gift"]


@pytest.mark.parametrize("name", charts())
def test_a_chart_has_an_account_for_every_role(name: str) -> None:
    chart = read_chart(name)
    accounts = [each["account"] for each in chart["accounts"]]
    roles = [role for each in chart["accounts"] for role in each.get("roles", ())]
    assert [each for each in accounts if not is_account(each)] == []
    assert len(set(accounts)) == len(accounts) and len(set(roles)) == len(roles)
    assert set(ROLES) <= set(roles)
    assert set(chart["reasons"]) == set(REASONS)
    assert {each["account"] for each in chart["reasons"].values()} <= set(roles)


@pytest.mark.parametrize("name", charts())
def test_charts_agree_on_the_roles_that_people_type(name: str) -> None:
    """An entry that names `expense.rent` can be made in a book of any chart."""
    generic = {role for each in read_chart("generic")["accounts"] for role in each.get("roles", ())}
    assert generic <= {role for each in read_chart(name)["accounts"] for role in each.get("roles", ())}


@pytest.mark.parametrize("costing", ["fifo", "average"])
@pytest.mark.parametrize("name", charts())
def test_books_of_a_chart_are_proved(name: str, costing: str, empty_book: Callable[..., Any], shop_text: str) -> None:
    folder = empty_book(f"currency: CNY\nchart: {name}\ncosting: {costing}\n")
    folder.apply(shop_text)
    folder.apply(
        "kind: stock_adjustment\ndate: 2026-11-01\nwarehouse: SZ\nreason: opening\n"
        "lines: [{item: TSHIRT-M, qty: 50, cost: 40.01}]\n---\n"
        "kind: cash_sale\ndate: 2026-11-02\nwarehouse: SZ\nlines: [{item: TSHIRT-M, qty: 7}]\n---\n"
        "kind: stock_count\ndate: 2026-11-03\nwarehouse: SZ\nlines: [{item: TSHIRT-M, counted: 42}]\n---\n"
        "kind: journal_entry\ndate: 2026-11-03\n"
        "lines: [{account: expense.rent, debit: 5000}, {account: bank, credit: 5000}]\n"
    )
    folder.prove()
    assert folder.book.check(full=True) == []
