"""What suppliers ask, side by side."""

import pytest

LISTS = """\
kind: price_list
code: PL-1
supplier: S-001
lines:
  - {item: TSHIRT-M, price: 42, breaks: {100: 40}, minimum: 10, multiple: 4, supplier_item: TS-M, lead_time: 7}
---
kind: price_list
code: PL-2
supplier: S-002
lead_time: 3
lines:
  - {item: TSHIRT-M, unit: box, price: 492, until: 2026-11-30}
---
kind: price_list
code: PL-3
supplier: S-003
currency: USD
lines:
  - {item: TSHIRT-M, price: 5}
"""


@pytest.fixture
def buyer(do, book, tmp_path):
    """The story's book with three suppliers of shirts."""
    for line in (
        "supplier new S-002",
        "supplier new S-003",
        "item new CAP --purchase-price 10 --supplier S-001 --lead-time 9",
    ):
        assert do(line).code == 0
    shirt = book / "items" / "TSHIRT-M.yaml"
    shirt.write_text(shirt.read_text() + "units:\n  box: 12\n")
    (tmp_path / "lists.yaml").write_text(LISTS)
    assert do(f"apply {tmp_path / 'lists.yaml'}").code == 0
    return do


def test_prices_of_all_suppliers_for_a_quantity(buyer):
    rows = buyer("purchase prices TSHIRT-M 8 --json").json
    assert [(row["supplier"], row["to_order"], row["total"], row["expected"], row["best"]) for row in rows] == [
        ("S-002", "8", "328.00", "2026-11-23", "cheapest, fastest"),
        ("S-001", "12", "504.00", "2026-11-27", ""),
        ("S-003", "8", "40.00", None, ""),
    ]
    rows = buyer("purchase prices TSHIRT-M 9box --date 2026-12-01 --json").json
    assert [(row["supplier"], row["price"], row["total"], row["currency"]) for row in rows] == [
        ("S-001", "40", "4320.00", "CNY"),
        ("S-003", "5", "540.00", "USD"),
    ]


def test_an_item_in_no_list_is_bought_at_its_own_price(buyer):
    (row,) = buyer("purchase prices CAP 3 --json").json
    assert (row["supplier"], row["total"], row["expected"], row["price_list"]) == ("S-001", "30.00", "2026-11-29", None)
    assert [row["supplier"] for row in buyer("item show TSHIRT-M --json").json["suppliers"]] == [
        "S-002",
        "S-001",
        "S-003",
    ]


def test_what_is_not_there_is_told(buyer):
    assert buyer("purchase prices TSHIRT-L").err == "bizcli: error: there is no TSHIRT-L; the nearest is TSHIRT-M\n"
    assert "TSHIRT-M has no unit carton; the nearest is" in buyer("purchase prices TSHIRT-M 2carton").err
    assert buyer("purchase prices TSHIRT-M 0").code == 2


def test_what_is_suggested_is_what_the_supplier_sells(buyer):
    assert buyer("item new SCARF --supplier S-001 --purchase-price 9 --reorder point=5 --reorder quantity=11").code == 0
    assert buyer("price new PL-4 --supplier S-001 --line SCARF:8 --lead-time 4").code == 0
    assert buyer("stock adjust SCARF 3 --warehouse SZ --cost 9 --reason opening").code == 0
    (row,) = [each for each in buyer("purchase suggest --json").json if each["item"] == "SCARF"]
    assert (row["supplier"], row["lead_time"], row["expected"]) == ("S-001", 4, "2026-11-24")
    assert row["cost"] == f"{8 * int(row['qty'])}.00"
