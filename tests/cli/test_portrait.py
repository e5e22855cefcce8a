"""A customer or supplier on one page, and what to offer: the figures, the reasons, what is never offered."""

import csv
from collections import Counter
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Done, call

from bizcli.book import open_book
from bizcli.book.front.customers import slipping
from bizcli.cli import examples

TODAY = "2026-11-20"

STORY = """\
{kind: warehouse, code: SZ}
{kind: staff, code: li.na}
{kind: supplier, code: S-001, name: Tea gardens}
{kind: customer, code: A, name: Tea house, payment_terms: net 30, credit_limit: 1000, owner: li.na, tags: [vip], preferences: on Mondays}
{kind: customer, code: B, name: Corner shop}
{kind: customer, code: WALK-IN, name: 散客}
{kind: item, code: TEA, sale_price: 10, tax: 13%}
{kind: item, code: CUPS, sale_price: 5, tax: 13%}
{kind: item, code: PEN, sale_price: 2, tax: 13%}
{kind: item, code: OLD, sale_price: 2, tax: 13%, discontinued: 2026-11-19}
{kind: item, code: OLDER, sale_price: 2, tax: 13%, tags: [discontinued]}
{kind: item, code: FREIGHT, type: service, sale_price: 1, tax: 13%}
{kind: stock_adjustment, date: 2026-01-01, reason: opening, lines: [{item: TEA, qty: 100, cost: 6}, {item: CUPS, qty: 100, cost: 2}, {item: PEN, qty: 10, cost: 1}, {item: OLD, qty: 10, cost: 1}, {item: OLDER, qty: 10, cost: 1}]}
"""
"""What there is before anybody buys."""

MONTHLY = ("2026-06-01", "2026-07-01", "2026-07-31", "2026-08-30")
"""When A orders ten TEA at 10.00: 30 days from one to the next."""

PAID = ("2026-06-11", "2026-07-21", "2026-08-30")
"""When A pays the first three invoices: after 10, 20 and 30 days."""


def documents() -> str:
    """A buys every 30 days; others buy this and that over the counter."""
    found = STORY.splitlines()
    for n, day in enumerate(MONTHLY, 1):
        id = f"{day[2:4]}{day[5:7]}-000{1 + (n == 3)}"
        found.append(f"{{kind: sales_order, date: {day}, customer: A, id: SO-{id}, lines: [{{item: TEA, qty: 10}}]}}")
        found.append(f"{{kind: delivery, date: {day}, order: SO-{id}}}")
        found.append(f"{{kind: sales_invoice, date: {day}, order: SO-{id}, id: SI-{id}}}")
        if n <= len(PAID):
            paid = f"date: {PAID[n - 1]}, customer: A, amount: 113, account: bank, invoices: [{{id: SI-{id}}}]"
            found.append(f"{{kind: customer_payment, {paid}}}")
    for n in range(14):
        found.append(cash(f"2026-10-{n + 1:02d}", "WALK-IN", "TEA", "CUPS", "FREIGHT"))
    for n, item in enumerate(("PEN", "PEN", "OLD", "OLD", "OLD", "OLDER", "OLDER", "OLDER"), 15):
        found.append(cash(f"2026-10-{n}", "WALK-IN", item, "FREIGHT"))
    found.append(cash("2026-11-01", "B", "TEA", "PEN", "FREIGHT"))
    return "---\n".join(found).replace("\n---\n", "\n---\n")


def cash(day: str, customer: str, *items: str) -> str:
    lines = ", ".join(f"{{item: {item}, qty: 1}}" for item in items)
    return f"{{kind: cash_sale, date: {day}, customer: {customer}, lines: [{lines}]}}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    assert call(f"init {folder} --name Tea --no-git").code == 0
    with (folder / "book.yaml").open("a") as file:
        file.write("walk_in: WALK-IN\n")
    stream = tmp_path / "all.yaml"
    stream.write_text("\n---\n".join(line for line in documents().replace("---\n", "\n").splitlines() if line))
    done = call(f"-C {folder} apply {stream}", BIZCLI_TODAY=TODAY)
    assert done.code == 0, done.err
    return folder


def show(folder: Path, words: str, **environment: str) -> Done:
    return call(f"-C {folder} {words}", **{"BIZCLI_TODAY": TODAY, **environment})


def test_the_figures_of_a_customer(shop: Path) -> None:
    """Four orders of 100.00 without tax, at a cost of 60.00 each; with 13 % tax an invoice is 113.00."""
    found = show(shop, "customer show A --json").json
    assert found["preferences"] == "on Mondays"
    assert found["orders"] == {
        "count": 4, "first": "2026-06-01", "last": "2026-08-30", "open": 0, "value": "400.00", "average": "100.00",
    }  # fmt: skip
    assert found["payments"] == {
        "count": 3, "last": "2026-08-30", "amount": "339.00", "average_days_to_pay": "20.0",  # (10 + 20 + 30) / 3
    }  # fmt: skip
    assert found["balance"] == {
        "owed": "113.00", "overdue": "113.00", "overdue_since": "2026-09-29", "days_overdue": 52, "prepaid": "0.00",
    }  # fmt: skip
    assert found["credit"] == {"limit": "1000.00", "used": "113.00", "left": "887.00"}
    assert found["margin"] == {"net": "400.00", "cost": "240.00", "earned": "160.00", "percent": "40.0"}
    # of A and B, A bought earlier (2), more often (4) and for more (4); whoever walks in is no customer of the two
    assert found["rfm"] == {
        "score": "244", "r": 2, "f": 4, "m": 4, "days_since": 82, "purchases": 4, "net": "400.00",
    }  # fmt: skip
    rhythm = found["rhythm"]
    assert (rhythm["usual_gap"], rhythm["gaps"], rhythm["days_since"]) == (30, 3, 82)
    assert (rhythm["next_due"], rhythm["risk"], rhythm["as_long_before"]) == ("2026-09-29", "medium", 0)
    assert rhythm["explained"] == (
        "every 30 days (the median of 3 gaps, the longest 30), next due 2026-09-29; "
        "risk medium: silent for 82 days, 0 of 3 gaps were as long"
    )
    assert [row["net"] for row in found["months"]] == [
        *["0.00"] * 6,
        "100.00",
        "200.00",
        "100.00",
        "0.00",
        "0.00",
        "0.00",
    ]
    assert found["favourites"] == [
        {"item": "TEA", "name": "TEA", "times": 4, "last": "2026-08-30", "qty": "40", "net": "400.00"}
    ]
    assert (found["complaints"], found["opportunities"]) == ([], [])


def test_what_is_void_or_given_back_does_not_count(shop: Path) -> None:
    assert show(shop, "return new --invoice SI-2608-0001 --line TEA:4 --date 2026-09-01").code == 0
    found = show(shop, "customer show A --json").json
    assert (found["orders"]["count"], found["orders"]["value"]) == (4, "360.00")
    assert found["margin"]["earned"] == "144.00"
    assert show(shop, "void SR-2609-0001 --reason mistake").code == 0
    assert show(shop, "customer show A --json").json["orders"]["value"] == "400.00"
    order = show(shop, "order new --customer A --line CUPS:1 --date 2026-11-20 --json").json["id"]
    found = show(shop, "customer show A --json").json
    assert (found["orders"]["count"], found["orders"]["open"]) == (5, 1)
    assert show(shop, f"order cancel {order}").code == 0
    assert show(shop, "customer show A --json").json["orders"]["count"] == 4


def test_a_customer_on_a_screen(shop: Path) -> None:
    out = show(shop, "customer show A").out
    assert max(map(len, out.splitlines())) <= 80
    assert "Credit limit   887.00 left of 1,000.00\n" in out
    assert "▁" not in out and "······▄█▄···" in out.replace("▅", "▄")
    zh = show(shop, "customer show A", BIZCLI_LANG="zh").out
    assert "流失风险中：已 82 天未购买" in zh and "owed" not in zh


def test_a_customer_who_never_bought(shop: Path) -> None:
    assert show(shop, "customer new NEW --name New").code == 0
    found = show(shop, "customer show NEW --json").json
    assert (found["orders"]["count"], found["rfm"], found["rhythm"], found["credit"]) == (0, None, None, None)
    assert found["margin"]["percent"] is None and found["payments"]["average_days_to_pay"] is None
    assert [row["because"] for row in found["recommended"]] == ["popular"] * len(found["recommended"])
    assert show(shop, "customer show NEW").code == 0
    assert show(shop, "customer show NEW --format csv").out.count("\n") == 2


def test_what_is_recommended_and_why(shop: Path) -> None:
    rows = {row["item"]: row for row in show(shop, "recommend A --json").json}
    assert rows["TEA"]["reason"] == "bought every 30 days, last 82 days ago"
    assert rows["CUPS"]["reason"] == "bought with TEA in 14 of 19 baskets"
    assert "FREIGHT" not in rows  # it comes with everything, and nobody chooses it
    assert not {"OLD", "OLDER"} & set(rows)  # out of the range
    zh = {row["item"]: row["reason"] for row in show(shop, "recommend A --json", BIZCLI_LANG="zh").json}
    assert zh["CUPS"] == "在购买 TEA 的 19 次中有 14 次一起购买"


def test_what_is_still_in_the_range_is_recommended(shop: Path) -> None:
    items = [row["item"] for row in show(shop, "recommend A --json", BIZCLI_TODAY="2026-11-19").json]
    assert "OLD" in items and "OLDER" not in items


def test_what_was_refused_is_not_recommended_until_it_is_bought(shop: Path) -> None:
    quote = show(shop, "quote new --customer A --line CUPS:2 --date 2026-11-10 --json").json["id"]
    assert "CUPS" in [row["item"] for row in show(shop, "recommend A --json").json]  # he thinks about it
    assert show(shop, f"quote decline {quote} --date 2026-11-11").code == 0
    assert "CUPS" not in [row["item"] for row in show(shop, "recommend A --json").json]
    assert "CUPS" in [row["item"] for row in show(shop, "recommend B --json").json]  # B did not refuse it
    assert show(shop, "sale new --customer A --line CUPS:1 --date 2026-11-12").code == 0
    assert "CUPS" in [row["item"] for row in show(shop, "recommend A --json").json]


def test_what_was_lost_is_not_recommended(shop: Path) -> None:
    lost = show(shop, "opportunity new --customer A --line CUPS:50 --date 2026-11-02 --json").json["id"]
    assert "CUPS" in [row["item"] for row in show(shop, "recommend A --json").json]
    assert show(shop, f"opportunity lose {lost} --reason price --date 2026-11-05").code == 0
    assert "CUPS" not in [row["item"] for row in show(shop, "recommend A --json").json]
    found = show(shop, "customer show A --json").json
    assert [(each["id"], each["status"]) for each in found["opportunities"]] == [(lost, "lost")]


def test_when_we_were_in_touch(shop: Path) -> None:
    assert show(shop, "activity new A --type call --date 2026-11-03 --next 2026-11-24").code == 0
    assert show(shop, "activity new A --type note --date 2026-11-04").code == 0
    assert show(shop, "customer show A --json").json["in_touch"] == {
        "last": "2026-11-03", "type": "call", "next": "2026-11-24",
    }  # fmt: skip
    assert "call on 2026-11-03; next on 2026-11-24" in show(shop, "customer show A").out
    assert show(shop, "activity new A --type visit --date 2026-11-20").code == 0
    assert show(shop, "customer show A --json").json["in_touch"]["next"] is None  # it has been done


def test_in_stock_is_what_is_there_or_coming(shop: Path) -> None:
    assert show(shop, "stock adjust PEN -7 --reason loss").code == 0
    assert "PEN" in [row["item"] for row in show(shop, "recommend A --json").json]
    assert "PEN" not in [row["item"] for row in show(shop, "recommend A --in-stock --json").json]
    assert show(shop, "purchase new --supplier S-001 --line PEN:5@1").code == 0
    assert "PEN" in [row["item"] for row in show(shop, "recommend A --in-stock --json").json]


def test_what_goes_with_an_item(shop: Path) -> None:
    rows = show(shop, "recommend --item TEA --json").json
    assert [(row["item"], row["baskets"], row["of_baskets"]) for row in rows] == [("CUPS", 14, 19)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("recommend", "say a customer, or an item with --item, or --evaluate: one of them"),
        ("recommend A --evaluate", "say a customer, or an item with --item, or --evaluate: one of them"),
        ("recommend NOBODY", "there is no customer NOBODY; the nearest is B"),
        ("recommend --item TEE", "there is no item TEE; the nearest is TEA"),
        ("customer show TEA", "there is no TEA"),
    ],
)
def test_what_is_wrong_is_said(shop: Path, words: str, said: str) -> None:
    done = show(shop, words)
    assert done.code and said in done.err and done.err.count("\n") == 1


def test_who_is_slipping_and_who_orders_next(shop: Path) -> None:
    rows = show(shop, "report slipping-customers --json").json
    assert [(row["customer"], row["risk"], row["days_since"]) for row in rows] == [("A", "medium", 82)]
    rows = show(shop, "report next-orders-due --json").json
    assert [(row["customer"], row["next_due"], row["days_late"]) for row in rows] == [("A", "2026-09-29", 52)]
    assert show(shop, "report slipping-customers --json", BIZCLI_TODAY="2026-09-30").json == []
    rows = show(shop, "report rfm --json").json
    assert [(row["customer"], row["score"]) for row in rows] == [("A", "244"), ("B", "422")]


def test_a_supplier(shop: Path, tmp_path: Path) -> None:
    """Of two lines with a day one came 4 days late, 2 of its goods were not accepted; the price went from 5.00 to 6.00."""
    with (shop / "book.yaml").open("a") as file:
        file.write("reject_warehouse: BAD\n")
    assert show(shop, "warehouse new BAD --name Rejects").code == 0
    stream = tmp_path / "bought.yaml"
    stream.write_text(
        """\
kind: purchase_order
id: PO-2609-0001
date: 2026-09-01
supplier: S-001
warehouse: SZ
expected: 2026-09-11
lines: [{item: TEA, qty: 20, price: 5}]
---
{kind: goods_receipt, date: 2026-09-11, order: PO-2609-0001}
---
{kind: purchase_invoice, id: PI-2609-0001, date: 2026-09-12, order: PO-2609-0001}
---
kind: purchase_order
id: PO-2610-0001
date: 2026-10-01
supplier: S-001
warehouse: SZ
expected: 2026-10-11
lines: [{item: TEA, qty: 10, price: 6}]
---
{kind: goods_receipt, date: 2026-10-15, order: PO-2610-0001, lines: [{item: TEA, qty: 10, rejected: 2, reason: wet}]}
---
{kind: purchase_invoice, id: PI-2610-0001, date: 2026-10-15, order: PO-2610-0001}
---
{kind: supplier_payment, date: 2026-09-22, supplier: S-001, account: bank, invoices: [{id: PI-2609-0001}]}
"""
    )
    assert show(shop, f"apply {stream}").code == 0
    found = show(shop, "supplier show S-001 --json").json
    assert found["orders"] == {"count": 2, "first": "2026-09-01", "last": "2026-10-01", "value": "160.00"}
    assert found["arrivals"] == {
        "lines": 2, "average_lead_time": "12.0", "with_a_day": 2, "on_time": "50.0", "average_delay": "4.0",
    }  # fmt: skip
    assert found["rejects"] == {"received": "30", "rejected": "2", "percent": "6.7"}
    assert found["payments"]["average_days_to_pay"] == "10.0"
    assert Decimal(found["balance"]["owed"]) > 0
    assert found["prices"] == [
        {"item": "TEA", "name": "TEA", "bills": 2, "last": "2026-10-15", "qty": "30", "net": "160.00",
         "first_price": "5.00", "last_price": "6.00", "change": "20.0"}
    ]  # fmt: skip
    out = show(shop, "supplier show S-001").out
    assert "on time: 50.0 %, of 2 that had a day" in " ".join(out.split()) and max(map(len, out.splitlines())) <= 80


@pytest.fixture(scope="module")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("northwind") / "book"
    assert call(f"demo {folder} --example northwind").code == 0
    return folder


def test_a_customer_of_northwind(northwind: Path) -> None:
    """Counted in the tables that the book was made of, and as the reports say it."""
    found = call(f"-C {northwind} customer show SAVEA --json", BIZCLI_TODAY="1998-05-07").json
    folder = Path(examples.folder("northwind"))
    with (folder / "orders.csv").open(encoding="utf-8-sig") as file:
        orders = {row["orderID"]: row["orderDate"][:10] for row in csv.DictReader(file) if row["customerID"] == "SAVEA"}
    with (folder / "order_details.csv").open(encoding="utf-8-sig") as file:
        times = Counter(f"P-{int(row['productID']):02d}" for row in csv.DictReader(file) if row["orderID"] in orders)
    days = sorted(orders.values())
    assert (found["orders"]["count"], found["orders"]["first"], found["orders"]["last"]) == (31, days[0], days[-1])
    assert len(orders) == 31
    assert {row["item"]: row["times"] for row in found["favourites"]}.items() <= times.items()
    assert found["favourites"][0]["times"] == max(times.values())
    reports = [row for row in rows(northwind, "margin-by-customer") if row["customer"] == "SAVEA"]
    assert [(row["net"], row["cost"], row["margin"]) for row in reports] == [
        (found["margin"]["net"], found["margin"]["cost"], found["margin"]["earned"])
    ]
    assert found["rfm"]["score"] == "555"


def rows(folder: Path, report: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(f"-C {folder} report {report} --json", BIZCLI_TODAY="1998-05-07").json
    return found


def test_what_customers_bought_is_what_sales_say(northwind: Path) -> None:
    bought = {row["customer"]: row["net"] for row in rows(northwind, "rfm")}
    assert bought == {row["customer"]: row["net"] for row in rows(northwind, "sales-by-customer")}


def test_recommendations_of_northwind_are_better_than_what_is_simple(northwind: Path) -> None:
    """The figures of docs/concepts/customers.md."""
    done = call(f"-C {northwind} recommend --evaluate --json")
    assert {row["method"]: (row["hits"], row["new_hits"]) for row in done.json} == {
        "most_popular": (172, 165), "repeat_purchase": (134, 165), "recommend": (184, 169),
    }  # fmt: skip
    assert {(row["baskets"], row["with_new_items"]) for row in done.json} == {(412, 364)}
    assert "412 baskets from 1997-09-10 on" in done.err and "(415 before the first)" in done.err


def test_a_book_with_too_few_baskets_says_so(shop: Path) -> None:
    done = show(shop, "recommend --evaluate")
    assert (done.code, done.out) == (0, "")
    assert "there are too few baskets" in done.err


def test_who_is_slipping_by_who_looks_after_them(shop: Path) -> None:
    """What a morning's list can ask."""
    with closing(open_book(str(shop), date.fromisoformat(TODAY))) as book:
        book.read()
        assert [row["customer"] for row in slipping(book, "li.na")] == ["A"]
        assert slipping(book, "wang.wei") == []
