"""People put, edit, copy and delete files of a book: the next command says what is wrong, or takes it in."""

import time
from collections.abc import Callable
from typing import Any

import pytest

OPENING = """\
kind: stock_adjustment
date: 2026-11-01
warehouse: SZ
reason: opening
lines: [{item: TSHIRT-M, qty: 50, cost: 40.00}, {item: RIBBON, qty: 3, value: 100}]
"""
SALE = """\
kind: cash_sale
date: 2026-11-05
warehouse: SZ
lines: [{item: TSHIRT-M, qty: 12}]
"""
RETURN = """\
kind: sales_return
date: 2026-11-09
invoice: CS-2611-0001
lines: [{item: TSHIRT-M, qty: 2}]
"""
INVOICE = """\
kind: sales_invoice
date: 2026-11-07
customer: C-001
lines: [{item: ADVICE, qty: 1}]
"""
ADJUSTMENT_FILE = "adjustments/2026/11/SA-2611-0001.yaml"
SALE_FILE = "sales/2026/11/CS-2611-0001.yaml"


def put(folder: Any, path: str, text: str | bytes) -> None:
    target = folder.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text if isinstance(text, bytes) else text.encode())


def problems(folder: Any) -> list[str]:
    """What a reading command says is wrong with files."""
    folder.refresh()
    return [each.text() for each in folder.book.index.broken()]


def test_a_void_takes_the_cost_of_goods_out_of_the_balances(shop: Any) -> None:
    shop.apply(OPENING)
    shop.apply(SALE)
    shop.apply("kind: void\ndocument: CS-2611-0001\nreason: a mistake\n")
    assert shop.on_hand()["TSHIRT-M", "SZ"] == (50, 2000)
    assert "Expenses:CostOfGoodsSold" not in shop.balances()
    shop.prove()


def test_an_edited_quantity_changes_balances(shop: Any) -> None:
    shop.apply(OPENING)
    shop.apply(SALE)
    shop.replace(SALE_FILE, "qty: 12", "qty: 11")
    shop.read()
    assert shop.balances()["Expenses:CostOfGoodsSold"] == 440
    shop.prove()


def test_a_master_that_is_wrong_and_mended_before_there_are_documents(empty_book: Callable[..., Any]) -> None:
    book = empty_book()
    put(book, "items/A.yaml", "kind: item\ncode: A\nname: A\nunit: pcs\ntype: goodz\n")
    assert problems(book) == ["'goodz' is not one of goods, material, product, service, kit; the nearest is goods"]
    put(book, "items/A.yaml", "kind: item\ncode: A\nname: A\nunit: pcs\ntype: goods\n")
    assert problems(book) == []
    book.prove()


def test_a_master_that_becomes_wrong_before_there_are_documents(empty_book: Callable[..., Any]) -> None:
    book = empty_book()
    book.apply("kind: item\ncode: A\n")
    book.replace("items/A.yaml", "goods", "goodz")
    assert problems(book) == ["'goodz' is not one of goods, material, product, service, kit; the nearest is goods"]
    book.prove()


@pytest.mark.parametrize("more", ["", "note: x\n", "]"])
@pytest.mark.parametrize("path", ["adjustments/2026/12/SA-2611-0001.yaml", "orders/2026/11/SA-2611-0001.yaml"])
def test_a_copy_in_another_folder_is_wrong_and_the_document_stays(shop: Any, path: str, more: str) -> None:
    shop.apply(OPENING)
    put(shop, path, shop.documents()[ADJUSTMENT_FILE] + more.encode())
    assert problems(shop)
    shop.prove()
    (shop.root / path).unlink()
    shop.read()
    shop.prove()
    assert shop.on_hand()["TSHIRT-M", "SZ"] == (50, 2000)


@pytest.mark.parametrize("day", ["2026-11-05", "2026-11-06"])
def test_a_shortage_stays_known_when_a_later_day_is_valued(shop: Any, day: str) -> None:
    shop.apply(OPENING)
    shop.apply(SALE)
    shop.replace(SALE_FILE, "qty: 12", "qty: 60")
    shop.read()
    assert shop.conflicts() == [
        "stock of TSHIRT-M in SZ falls to -10 on 2026-11-05 with CS-2611-0001: receive or count goods first"
    ]
    shop.apply(
        "kind: stock_adjustment\ndate: 2026-11-06\nwarehouse: SZ\nreason: gain\nlines: [{item: TSHIRT-M, qty: 9}]"
    )
    assert shop.conflicts() == [
        "stock of TSHIRT-M in SZ falls to -10 on 2026-11-05 with CS-2611-0001: receive or count goods first"
    ]
    shop.prove()


@pytest.mark.parametrize("other", ["CS-2611-0002", "CS-A-2611-0001"])
def test_one_reference_twice_is_a_conflict_until_one_is_gone(shop: Any, other: str) -> None:
    shop.apply(OPENING)
    shop.apply(SALE + "ref: A-17\n")
    put(shop, f"sales/2026/11/{other}.yaml", shop.documents()[SALE_FILE].replace(b"CS-2611-0001", other.encode()))
    shop.read()
    assert len(shop.conflicts()) == 1
    shop.prove()
    (shop.root / SALE_FILE).unlink()
    shop.read()
    assert shop.conflicts() == []
    shop.prove()


def test_a_void_in_the_stream_of_its_document_is_of_the_same_day(shop: Any) -> None:
    shop.apply(OPENING + "---\nkind: void\ndocument: SA-2611-0001\nreason: a mistake\n")
    assert b"date: 2026-11-01\n" in shop.documents()["voids/2026/11/VD-2611-0001.yaml"]
    shop.prove()


def test_one_customer_goes_as_another_comes(shop: Any) -> None:
    """The journal opens the accounts of both, although there are as many as before."""
    shop.apply(INVOICE)
    shop.apply("kind: void\ndocument: SI-2611-0001\nreason: wrong customer\n---\n" + INVOICE.replace("C-001", "C-002"))
    shop.prove()


def test_a_return_dated_before_the_sale(shop: Any) -> None:
    shop.apply(OPENING)
    shop.apply(OPENING.replace("opening", "gain").replace("40.00", "33.33").replace("11-01", "11-02"))
    shop.apply(SALE.replace("qty: 12", "qty: 70"))
    shop.apply(RETURN)
    shop.replace("returns/2026/11/SR-2611-0001.yaml", "2026-11-09", "2026-11-04")
    shop.read()
    assert shop.conflicts() == ["dated 2026-11-04, before CS-2611-0001 of 2026-11-05"]
    shop.prove()


def test_a_return_of_other_goods_than_were_sold(shop: Any) -> None:
    shop.apply(OPENING)
    shop.apply(SALE)
    shop.apply(RETURN)
    shop.replace("returns/2026/11/SR-2611-0001.yaml", "TSHIRT-M", "RIBBON")
    shop.read()
    assert shop.conflicts() == [
        "CS-2611-0001/1 is of TSHIRT-M: a line keeps the item of the line that it comes from",
    ]
    shop.prove()


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_two_clones_void_the_same_document(shop: Any, order: str) -> None:
    shop.apply(OPENING)
    text = "kind: void\nid: VD-{}-2611-0001\ndate: 2026-11-01\ndocument: SA-2611-0001\nreason: a mistake\n"
    for site in order:
        put(shop, f"voids/2026/11/VD-{site}-2611-0001.yaml", text.format(site))
        shop.read()
        shop.prove()
    assert shop.conflicts() == ["SA-2611-0001 is voided by VD-A-2611-0001 already"]
    for site in order:
        (shop.root / f"voids/2026/11/VD-{site}-2611-0001.yaml").unlink()
        shop.read()
        shop.prove()


def test_two_clones_confirm_the_same_order(shop: Any) -> None:
    shop.apply(
        "kind: sales_order\ndate: 2026-11-05\ncustomer: C-001\nwarehouse: SZ\ndraft: true\n"
        "lines: [{item: TSHIRT-M, qty: 12}]\n"
        "---\nkind: order_change\nid: OC-B-2611-0001\ndate: 2026-11-06\norder: SO-2611-0001\naction: confirm\n"
    )
    path = "order_changes/2026/11/OC-{}-2611-0001.yaml"
    text = shop.documents()[path.format("B")].decode()
    put(shop, path.format("A"), text.replace("OC-B", "OC-A").replace("2026-11-06", "2026-11-07"))
    shop.read()
    shop.prove()
    for site in "BA":
        (shop.root / path.format(site)).unlink()
        shop.read()
        shop.prove()


def test_a_mended_file_is_no_longer_broken(shop: Any) -> None:
    shop.apply(OPENING)
    path = "adjustments/2026/11/SA-2611-0002.yaml"
    put(shop, path, "id: SA-2611-0002\n" + OPENING)
    assert len(problems(shop)) == 2
    time.sleep(0.05)  # not so young that it would be read again anyway
    shop.refresh()
    shop.mend(path)
    shop.close()
    assert problems(shop) == []
    assert shop.on_hand()["TSHIRT-M", "SZ"] == (100, 4000)
    shop.prove()


def test_a_mended_master_serves_the_documents_that_name_it(shop: Any) -> None:
    shop.apply(OPENING)
    put(shop, "items/TSHIRT-M.yaml", "kind: item\ncode: TSHIRT-M\ncosting: average\n")
    assert problems(shop)
    shop.mend("items/TSHIRT-M.yaml")
    shop.prove()


def test_a_new_master_that_a_document_waited_for(shop: Any) -> None:
    shop.apply(OPENING)
    shop.replace(ADJUSTMENT_FILE, "RIBBON", "SCARF")
    shop.read()
    assert shop.conflicts() == ["there is no item SCARF"]
    shop.apply("kind: item\ncode: SCARF\ncosting: average\n")
    assert shop.conflicts() == []
    shop.prove()


@pytest.mark.parametrize("folder", ["orders/²/11", "orders/２０２６/11", "orders/2026/²"])
def test_folders_whose_names_only_look_like_numbers(shop: Any, folder: str) -> None:
    (shop.root / folder).mkdir(parents=True)
    shop.refresh()


@pytest.mark.parametrize(
    "path", ["orders/x.yaml", "orders/2026/x.yaml", "orders/2026/11/more/x.yaml", "orders/SO-2611-0001.yaml"]
)
def test_a_document_in_a_folder_where_none_belongs(shop: Any, path: str) -> None:
    """It is never passed over in silence."""
    put(shop, path, "kind: sales_order\nid: SO-2611-0001\n")
    assert problems(shop)
    (shop.root / path).unlink()
    assert problems(shop) == []


def test_hand_entries_are_seen_by_the_next_command(shop: Any) -> None:
    shop.apply(OPENING)
    put(shop, "journal/manual/a.bean", '2026-11-03 * "Rent"\n  Expenses:Rent  5 CNY\n  Assets:Bank\n')
    shop.read()
    assert len(shop.tables()["manual"]) == 2
    shop.prove()
    (shop.root / "journal/manual/a.bean").unlink()
    shop.read()
    assert shop.tables()["manual"] == []
    shop.prove()


def test_hand_entries_may_be_older_than_every_document(shop: Any) -> None:
    shop.apply(OPENING)
    put(shop, "journal/manual/a.bean", '2026-10-03 * "Capital"\n  Assets:Bank  5 CNY\n  Equity:Capital\n')
    shop.read()
    shop.prove()


def test_a_payment_of_another_customers_invoice_is_told(shop: Any) -> None:
    shop.apply(INVOICE)
    shop.apply("kind: customer_payment\ndate: 2026-11-08\ncustomer: C-001\namount: 10\n")
    shop.replace("payments/2026/11/CP-2611-0001.yaml", "customer: C-001", "customer: C-002")
    shop.read()
    assert shop.conflicts() == ["SI-2611-0001 is of C-001, and this is of C-002"]
    shop.prove()


def test_a_count_put_in_by_hand_does_not_let_a_sale_of_its_day_go(shop: Any) -> None:
    shop.apply(OPENING)
    shop.apply(SALE)
    count = "kind: stock_count\ndate: 2026-11-05\nwarehouse: SZ\nlines: [{item: TSHIRT-M, counted: 100}]\n"
    shop.apply(count)
    shop.replace(SALE_FILE, "qty: 12", "qty: 60")
    shop.read()
    assert shop.on_hand()["TSHIRT-M", "SZ"][0] == 100
    assert len(shop.conflicts()) == 1
    shop.prove()


def test_the_journal_bears_the_name_of_the_company(empty_book: Any, shop_text: str) -> None:
    """As fava shows it above every page; another name in book.yaml is the journal's too."""
    from beancount import loader

    book = empty_book('name: Li "Na" \\ Söhne\ncurrency: CNY\n')
    book.apply(shop_text)
    book.prove()
    book.replace("book.yaml", "Söhne", "Töchter")
    again = type(book)(book.root)
    again.read()
    again.prove()
    again.close()
    _entries, errors, options = loader.load_file(str(book.root / "journal" / "main.bean"))
    assert (errors, options["title"]) == ([], 'Li "Na" \\ Töchter')


def test_codes_that_differ_in_case_alone_are_one_code(shop: Any) -> None:
    put(shop, "staff/li.na.yaml", "kind: staff\ncode: li.na\nname: 李娜\n")
    assert problems(shop) == []
    put(shop, "staff/Li.Na.yaml", "kind: staff\ncode: Li.Na\nname: 李娜\n")
    (said,) = problems(shop)
    assert "differ only in capital letters" in said
    (shop.root / "staff/Li.Na.yaml").unlink()
    assert problems(shop) == []
    assert shop.book.find("LI.NA")[1].name == "李娜"
    shop.prove()


def test_the_first_of_the_staff_makes_a_list_of_them(shop: Any) -> None:
    """Until then any word is a salesperson; from then on what documents say is looked up, and again not without it."""
    shop.apply(OPENING)
    shop.apply(SALE.replace("warehouse", "salesperson: lina\nwarehouse"))
    assert shop.book.conflicts() == []
    shop.apply("kind: staff\ncode: li.na\n")
    assert [each.text() for each in shop.book.conflicts()] == ["there is no staff lina"]
    shop.prove()
    put(shop, "staff/lina.yaml", "kind: staff\ncode: lina\nname: 李娜\n")
    shop.refresh()
    assert shop.book.conflicts() == []
    shop.prove()
    for name in ("lina", "li.na"):
        (shop.root / f"staff/{name}.yaml").unlink()
    shop.refresh()
    assert shop.book.conflicts() == []
    shop.prove()


def test_a_bill_whose_price_or_rate_is_edited_after_all_of_it_is_done_is_told(shop: Any) -> None:
    """70.00 USD are billed ahead at 7.20, received, and paid; then the bill says 7.30: 7.00 of it still stand."""
    shop.apply("""\
kind: purchase_order
date: 2026-11-01
supplier: S-001
warehouse: SZ
currency: USD
rate: 7.10
lines: [{item: TSHIRT-M, qty: 10, price: 7, tax: 0%}]
---
kind: purchase_invoice
date: 2026-11-02
order: PO-2611-0001
ahead: true
rate: 7.20
---
kind: goods_receipt
date: 2026-11-03
order: PO-2611-0001
---
kind: supplier_payment
date: 2026-11-04
invoices: [{id: PI-2611-0001}]
rate: 7.20
""")
    assert shop.book.check() == []
    shop.replace("bills/2026/11/PI-2611-0001.yaml", "rate: 7.20", "rate: 7.30")
    shop.refresh()
    found = [(each.code, each.severity, each.values["left"]) for each in shop.book.check()]
    assert found == [("worth-left", "warning", "7.00")] * 2
    shop.prove()
