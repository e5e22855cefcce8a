"""Stock from all sides: when all agree, and when each of them is spoilt in turn."""

from decimal import Decimal
from typing import Any

import pytest

from bizcli.store.reconciliation import Difference, reconcile

STORY = """\
kind: stock_adjustment
date: 2026-11-01
warehouse: SZ
reason: opening
lines: [{item: TSHIRT-M, qty: 10, cost: 40.00}, {item: RIBBON, qty: 3, value: 100.00}]
---
kind: stock_transfer
date: 2026-11-02
from: SZ
to: GZ
in_transit: true
lines: [{item: TSHIRT-M, qty: 4}, {item: RIBBON, qty: 1}]
---
kind: delivery
date: 2026-11-05
time: "15:00"
customer: C-001
warehouse: SZ
lines: [{item: TSHIRT-M, qty: 1}]
---
kind: stock_count
date: 2026-11-05
time: "12:00"
warehouse: SZ
lines: [{item: TSHIRT-M, counted: 5}, {item: RIBBON, counted: 2}]
---
kind: delivery
date: 2026-11-06
customer: C-001
warehouse: SZ
lines: [{item: TSHIRT-M, qty: 2}, {item: RIBBON, qty: 1}]
"""


@pytest.fixture
def stocked(shop: Any) -> Any:
    shop.apply(STORY)
    return shop


def found(shop: Any) -> list[tuple[Any, ...]]:
    rows: list[Difference] = reconcile(shop.book.store)[0]
    return [(row.source, row.kind, row.item, row.place, row.account, row.expected, row.found) for row in rows]


def spoil(shop: Any, statement: str) -> None:
    shop.book.index.connection.execute(statement)


def test_all_agree(stocked: Any) -> None:
    rows, sides = reconcile(stocked.book.store)
    assert rows == []
    assert [each.value for each in sides] == [306_660_000] * 4 + [None]  # 2 at 40.00 and 33.33; 4 and 33.33 under way
    assert (sides[0].shelves, sides[-1].shelves) == (4, 2)


def test_a_file_that_was_changed_behind_the_index(stocked: Any) -> None:
    (path,) = [name for name in stocked.documents() if name.startswith("transfers/")]
    stocked.replace(path, "qty: 4", "qty: 3")
    place = "TRANSIT:ST-2611-0001"
    assert found(stocked) == [
        ("index", "quantity", "TSHIRT-M", place, None, Decimal(3), Decimal(4)),
        ("index", "value", "TSHIRT-M", place, None, Decimal(120), Decimal(160)),
        ("journal", "quantity", "TSHIRT-M", place, None, Decimal(3), Decimal(4)),
        ("journal", "value", "TSHIRT-M", place, None, Decimal(120), Decimal(160)),
        ("accounts", "value", None, None, "Assets:Inventory", Decimal("266.66"), Decimal("306.66")),
        ("journal", "value", None, None, "Assets:Inventory", Decimal("266.66"), Decimal("306.66")),
    ]


def test_a_shelf_of_the_index(stocked: Any) -> None:
    spoil(
        stocked, "UPDATE shelf SET qty = qty + 1000000, value = value - 10000 WHERE item = 'TSHIRT-M' AND place = 'SZ'"
    )
    assert found(stocked) == [
        ("index", "quantity", "TSHIRT-M", "SZ", None, Decimal(2), Decimal(3)),
        ("index", "value", "TSHIRT-M", "SZ", None, Decimal(80), Decimal("79.99")),
        ("count", "quantity", "TSHIRT-M", "SZ", None, Decimal(2), Decimal(3)),
    ]


def test_a_shelf_that_the_index_lost(stocked: Any) -> None:
    spoil(stocked, "DELETE FROM shelf WHERE item = 'RIBBON' AND place LIKE 'TRANSIT:%'")
    place = "TRANSIT:ST-2611-0001"
    assert found(stocked) == [
        ("index", "quantity", "RIBBON", place, None, Decimal(1), Decimal(0)),
        ("index", "value", "RIBBON", place, None, Decimal("33.33"), Decimal(0)),
    ]


def test_lots_of_the_journal(stocked: Any) -> None:
    path = stocked.root / "journal" / "2026" / "2026-11.bean"
    text = path.read_text()
    path.write_text(
        text.replace("SZ:TSHIRT-M  -2 TSHIRT-M", "SZ:TSHIRT-M  -1 TSHIRT-M", 1).replace("  80.00 CNY", "  40.00 CNY", 1)
    )
    assert found(stocked) == [
        ("journal", "quantity", "TSHIRT-M", "SZ", None, Decimal(2), Decimal(3)),
        ("journal", "value", "TSHIRT-M", "SZ", None, Decimal(80), Decimal(120)),
        ("journal", "value", None, None, "Assets:Inventory", Decimal("306.66"), Decimal("346.66")),
    ]


def test_what_the_journal_adjusts(stocked: Any) -> None:
    path = stocked.root / "journal" / "2026" / "2026-11.bean"
    text = path.read_text()
    line = next(line for line in text.splitlines() if "RIBBON:Adjust" in line)
    path.write_text(text.replace(line, line.replace("Assets:Inventory:SZ:RIBBON:Adjust", "Equity:Capital"), 1))
    rows = found(stocked)
    assert {row[:2] for row in rows} == {("journal", "value")} and len(rows) == 2


def test_a_journal_that_beancount_refuses(stocked: Any) -> None:
    path = stocked.root / "journal" / "2026" / "2026-11.bean"
    path.write_text(path.read_text() + '\n2026-11-30 * "x"\n  Assets:Bank  1 CNY\n')
    rows = reconcile(stocked.book.store)[0]
    assert rows and rows[0].why.code == "beancount" and rows[0].why.line > 0


def test_an_inventory_account(stocked: Any) -> None:
    spoil(stocked, "UPDATE balance SET amount = amount + 10000 WHERE account = 'Assets:Inventory'")
    assert found(stocked) == [
        ("accounts", "value", None, None, "Assets:Inventory", Decimal("306.66"), Decimal("306.67"))
    ]  # fmt: skip


def test_a_count(stocked: Any) -> None:
    spoil(stocked, "UPDATE move SET asked = asked + 1000000 WHERE what = 'level' AND item = 'RIBBON'")
    assert found(stocked) == [("count", "quantity", "RIBBON", "SZ", None, Decimal(2), Decimal(1))]
