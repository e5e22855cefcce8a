"""What runs low: for the company or in a shop, counting what is reserved and what is coming."""

import re

import pytest


@pytest.fixture
def shops(do, book):
    """TSHIRT-M: 48 in SZ, 1 of it promised; a shop in the south that is part of SOUTH."""
    for line in ("warehouse new SOUTH", "warehouse new SHOP --parent SOUTH"):
        assert do(line).code == 0
    path = book / "items" / "TSHIRT-M.yaml"

    def reorder(text):
        path.write_text(re.sub(r"reorder:.*\n(  .*\n)*", f"reorder: {text}\n", path.read_text()))

    return reorder


def low(do):
    return [
        (row["warehouse"], row["available"], row["reorder_point"], row["to_order"]) for row in do("stock alerts --json").json
    ]  # fmt: skip


def test_nothing_low_is_nothing_said(do):
    done = do("stock alerts")
    assert (done.code, done.out) == (0, "")
    assert do("stock alerts --json").json == []


def test_the_whole_company(do, shops):
    shops("{point: 47, quantity: 100}")
    assert low(do) == [(None, "47", "47", "100")]
    assert do("today --json").json["low_stock"][0]["reorder_point"] == "47"
    shops("{point: 46, quantity: 100}")
    assert low(do) == []


def test_each_shop(do, shops):
    shops("{SZ: {point: 5, max: 40}, SOUTH: {point: 10, max: 30}, GZ: {point: 0, quantity: 6}}")
    assert low(do) == [("SOUTH", "0", "10", "30"), ("GZ", "0", "0", "6")]
    assert do("stock transfer --from SZ --to SHOP --line TSHIRT-M:8 --in-transit").code == 0
    assert low(do) == [("SOUTH", "8", "10", "22"), ("GZ", "0", "0", "6")]
    assert do("stock receive @").code == 0
    assert low(do) == [("SOUTH", "8", "10", "22"), ("GZ", "0", "0", "6")]
    do("stock transfer --from SZ --to SHOP --line TSHIRT-M:3 --in-transit")
    assert low(do) == [("GZ", "0", "0", "6")]


def test_goods_under_way_are_still_the_companys(do, shops):
    shops("{point: 47}")
    before = low(do)
    do("stock transfer --from SZ --to SHOP --line TSHIRT-M:8 --in-transit")
    assert low(do) == before == [(None, "47", "47", None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{quantity: 5}", "reorder: point is missing"),
        ("{point: 5, most: 9}", "unknown key 'most'; the nearest is"),
        ("{point: 5, max: 5}", "reorder.max: max 5 is not above the point 5"),
        ("{SZ: {point: 5}, point: 3}", "a point is for the whole company, or each is by warehouse"),
        ("{SZ: {max: 5}}", "reorder.SZ: point is missing"),
    ],
)
def test_levels_that_make_no_sense(do, shops, text, said):
    shops(text)
    done = do("check")
    assert done.code == 1 and said in done.out


def test_a_warehouse_that_is_not_there(do, shops):
    shops("{SX: {point: 5}}")
    assert "reorder.SX: there is no warehouse SX" in do("check").out
    assert do("item new CUP --reorder SX=3").code == 1
