"""The sample company: one command makes its book, and the book says what the data says."""

import os
import re
import subprocess
import sys
from decimal import Decimal

import pytest

from bizcli.cli import examples, northwind


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The book, what the command printed, and what a person saw of its progress."""
    folder = tmp_path_factory.mktemp("demo") / "northwind"
    screen, end = os.openpty()
    environment = {**os.environ, "BIZCLI_LANG": "en", "TERM": "xterm", "COLUMNS": "80"}
    words = [sys.executable, "-m", "bizcli", "demo", str(folder)]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=end, text=True, env=environment)
    os.close(end)
    seen = b""
    try:
        while part := os.read(screen, 65536):
            seen += part
    except OSError:  # the other end is closed
        pass
    os.close(screen)
    out = run.communicate()[0]
    assert run.returncode == 0, seen
    return folder, out, seen.decode()


@pytest.fixture(scope="module")
def expected():
    return northwind.expected(examples.folder("northwind"))


def rows(call, demo, question):
    return call(f"{question} --json", "-C", str(demo[0])).json


def total(rows, key):
    return sum(Decimal(row[key]) for row in rows)


def test_it_prints_the_years(demo, expected):
    out = demo[1]
    for title in (
        "Sales by month, net", "Customers who bought most", "Items that brought most",
        "Stock of the highest value", "Receivables",
    ):  # fmt: skip
        assert f"{title}\n" in out
    assert "total  202785.52  641011.13  460014.22\n" in out
    assert f"all 49                                        77  {expected['receivable']}\n" in out
    assert "3,389 documents recorded in " in out


def test_progress_is_shown_to_a_person(demo):
    assert "/3389" in demo[2]


def test_everything_is_in_the_book(call, demo, expected):
    counts = {
        kind: len(rows(call, demo, f"list {kind}")) for kind in ("customer", "supplier", "item", "order", "invoice")
    }
    assert counts == {
        "customer": expected["customers"],
        "supplier": expected["suppliers"],
        "item": expected["items"] + 1,  # freight
        "order": expected["orders"],
        "invoice": expected["orders_shipped"],
    }


def test_the_figures_are_those_of_the_data(call, demo, expected):
    stock = rows(call, demo, "stock on-hand")
    assert (total(stock, "on_hand"), total(stock, "value")) == (expected["units_closing"], expected["closing_at_cost"])
    assert total(rows(call, demo, "receivable list"), "open") == expected["receivable"]
    balances = {row["role"]: Decimal(row["balance"]) for row in rows(call, demo, "account balances")}
    assert balances["receivable"] == expected["receivable"]
    assert balances["bank"] == expected["received"]
    assert balances["revenue"] == -expected["invoiced"]
    assert balances["cost_of_goods_sold"] == expected["cost_of_goods_sold"]


def test_it_is_committed_and_in_order(call, demo):
    assert rows(call, demo, "status") == []
    assert rows(call, demo, "check") == []
    assert [row["message"] for row in rows(call, demo, "log")] == ["Northwind: 3389 documents", "A new book"]


def test_in_chinese_it_is_the_clothing_shops(call, tmp_path):
    done = call(f"demo {tmp_path / '衣'} --lang zh --no-git", BIZCLI_LANG="")
    assert (done.code, done.err) == (0, "")
    assert "每月销售额（不含税）\n" in done.out and "合计  54440.98\n" in done.out
    assert f"已在 {tmp_path / '衣'} 中记录 89 张单据" in done.out
    assert rows(call, (tmp_path / "衣",), "check") == []


def test_the_example_is_chosen_whatever_the_language(call, tmp_path):
    done = call(f"demo {tmp_path / 'shops'} --example clothing", BIZCLI_LANG="en")
    assert done.code == 0 and "Sales by month, net\n" in done.out and "丽人服饰商行" in done.out
    assert rows(call, (tmp_path / "shops",), "check") == []
    assert [row["message"] for row in rows(call, (tmp_path / "shops",), "log")] == [
        "锦衣坊: 89 documents",
        "A new book",
    ]


def test_of_a_company_that_only_buys_it_shows_purchases_stock_and_what_is_owed(call, tmp_path):
    done = call(f"demo {tmp_path / 'cycles'} --example adventureworks --no-git")
    assert (done.code, done.err) == (0, "")
    assert [line for line in done.out.splitlines() if line[:1].isupper() and "  " not in line] == [
        "Purchases by month, net",
        "Stock of the highest value",
        "Payables",
    ]
    years = re.search(r"^total +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", done.out, re.MULTILINE)
    assert years is not None and sum(map(Decimal, years.groups())) == Decimal("57037611.51")  # with freight
    assert re.search(r"^all 1069 +2590573 +81304374.04$", done.out, re.MULTILINE)
    assert re.search(r"^all 79 +3689 +61486981.52$", done.out, re.MULTILINE)
    assert "13,783 documents recorded in " in done.out


def test_an_example_that_is_none(call, tmp_path):
    done = call(f"demo {tmp_path / 'x'} --example southwind")
    assert done.code == 2
    assert done.err == "bizcli: error: there is no example southwind; the nearest is northwind\n"
    assert not (tmp_path / "x").exists()
