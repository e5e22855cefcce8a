"""One order from purchase to payment, worked through by hand: the books must have these figures to the cent."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

STORY = """\
kind: warehouse
code: SZ
---
kind: supplier
code: S-001
---
kind: customer
code: C-001
payment_terms: net 30
---
kind: item
code: TSHIRT-M
sale_price: 99.00
tax: 13%
---
kind: item
code: RIBBON
sale_price: 45.37
tax: 13%
---
kind: item
code: BOLT
costing: average
sale_price: 25.00
tax: 13%
---
kind: stock_adjustment
date: 2026-11-01
reason: opening
lines: [{item: TSHIRT-M, qty: 10, cost: 40.00}]
---
kind: purchase_order
date: 2026-11-01
supplier: S-001
lines: [{item: TSHIRT-M, qty: 10, price: 42.00}, {item: RIBBON, qty: 3, price: 33.333333}]
---
kind: goods_receipt
date: 2026-11-02
order: PO-2611-0001
---
kind: goods_receipt
date: 2026-11-02
supplier: S-001
lines: [{item: BOLT, qty: 10, price: 16.83}]
---
kind: goods_receipt
date: 2026-11-03
supplier: S-001
lines: [{item: BOLT, qty: 10, price: 20.00}]
---
kind: sales_order
date: 2026-11-05
customer: C-001
lines: [{item: TSHIRT-M, qty: 12, discount: 10%}, {item: RIBBON, qty: 1}]
---
kind: delivery
date: 2026-11-06
order: SO-2611-0001
---
kind: sales_invoice
date: 2026-11-07
order: SO-2611-0001
---
kind: delivery
date: 2026-11-08
customer: C-001
lines: [{item: BOLT, qty: 19}]
---
kind: delivery
date: 2026-11-09
customer: C-001
lines: [{item: BOLT, qty: 1}]
---
kind: customer_payment
date: 2026-11-20
invoices: [{id: SI-2611-0001}]
amount: 1000.00
---
kind: sales_return
date: 2026-11-21
invoice: SI-2611-0001
lines: [{item: TSHIRT-M, qty: 2}]
"""

RECEIPT = """\
2026-11-02 * "Goods receipt" ^GR-2611-0001 ^PO-2611-0001
  doc: "GR-2611-0001"
  Assets:Inventory:SZ:TSHIRT-M  10 TSHIRT-M {42.000000 CNY, 2026-11-02, "GR-2611-0001-1"}
  Liabilities:GoodsReceivedNotInvoiced:S-001  -420.00 CNY
    item: "TSHIRT-M"
  Assets:Inventory:SZ:RIBBON  2 RIBBON {33.333333 CNY, 2026-11-02, "GR-2611-0001-2a"}
  Assets:Inventory:SZ:RIBBON  1 RIBBON {33.333334 CNY, 2026-11-02, "GR-2611-0001-2b"}
  Liabilities:GoodsReceivedNotInvoiced:S-001  -100.00 CNY
    item: "RIBBON"
"""

BALANCES = {
    "bank": "1000.00", "inventory": "483.34", "receivable": "58.10", "goods_received_not_invoiced": "-888.30",
    "vat_output": "-121.73", "revenue": "-936.37", "cost_of_goods_sold": "804.96", "opening_balance": "-400.00",
}  # fmt: skip
SETTINGS = "currency: CNY\ntax_rounding: line\n"


def test_the_figures_of_one_order(empty_book: Callable[..., Any]) -> None:
    folder = empty_book(SETTINGS)
    folder.apply(STORY)
    rows = folder.book.account_balances()
    assert {row["role"]: str(row["balance"]) for row in rows if row["balance"]} == BALANCES
    assert RECEIPT in (folder.root / "journal/2026/2026-11.bean").read_text()
    assert folder.on_hand() == {
        ("BOLT", "SZ"): (0, 0),
        ("RIBBON", "SZ"): (2, Decimal("66.67")),
        ("TSHIRT-M", "SZ"): (10, Decimal("416.67")),
    }
    (owed,) = folder.book.receivables()
    assert (owed["invoice"], str(owed["due_date"]), str(owed["open"])) == ("SI-2611-0001", "2026-12-07", "58.10")
    folder.prove()


def test_the_bills_clear_what_was_received(empty_book: Callable[..., Any]) -> None:
    """Billed as received, nothing waits any more; goods that cost more are dearer where they are."""
    folder = empty_book(SETTINGS)
    folder.apply(STORY)
    folder.apply(
        "kind: purchase_invoice\ndate: 2026-11-25\norder: PO-2611-0001\nlines: [{item: TSHIRT-M, price: 43.00}, {item: RIBBON}]\n"
        "---\nkind: purchase_invoice\ndate: 2026-11-25\nreceipts: [GR-2611-0002, GR-2611-0003]\n"
    )
    balances = {row["role"]: row["balance"] for row in folder.book.account_balances()}
    assert balances["goods_received_not_invoiced"] == 0
    # of the ten that cost 1.00 more, eight lie on the shelf and two were delivered; a sixth of the twelve came back
    assert balances["inventory"] == Decimal("483.34") + 8 + Decimal("0.33")
    assert balances["cost_of_goods_sold"] == Decimal("804.96") + Decimal("1.67")
    folder.prove()
