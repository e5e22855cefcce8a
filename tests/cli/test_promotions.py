"""Prices, promotions, coupons, points and commissions, from the terminal."""

import json
import shutil

import pytest
from tests.cli.conftest import call

LOYALTY = """\
loyalty:
  - since: 2026-01-01
    per: 10.00
    worth: 0.50
"""

MASTERS = """\
customer new C-009 --name 大客户 --group wholesale --tag price-sensitive
price new RETAIL --name 零售 --line TSHIRT-M:95
price new WS --name 批发 --group wholesale --line TSHIRT-M:90
promotion new SENSITIVE --name 价格敏感 --percent 10% --customer-tag price-sensitive
promotion new TEN --name 减十元 --order-amount 10 --minimum-amount 50 --coupon
coupon new X10 --promotion TEN --uses 1
coupon new OWN --promotion TEN --customer C-009
"""


@pytest.fixture
def offers(do, book):
    """Lists, promotions and coupons in the told book."""
    with open(book / "book.yaml", "a", encoding="utf-8") as settings:
        settings.write(LOYALTY)
    for line in MASTERS.splitlines():
        assert do(line).code == 0, line


def test_the_price_is_explained(do, offers):
    found = do("price of TSHIRT-M 2 --customer C-009 --json").json
    assert (found["price"], found["price_list"], found["list_amount"], found["amount"]) == (
        "90",
        "WS",
        "180.00",
        "162.00",
    )
    assert found["why"] == "the list of the customer's group comes before those for all"
    assert [(each["price_list"], each["best"]) for each in found["lists"]] == [("WS", "chosen"), ("RETAIL", None)]
    assert {each["promotion"]: (each["taken_off"], each["state"]) for each in found["promotions"]} == {
        "SENSITIVE": ("18.00", "applies"), "TEN": (None, "with a coupon"),
    }  # fmt: skip
    for_all = do("price of TSHIRT-M --json").json
    assert (for_all["price"], for_all["promotions"][0]["state"]) == ("95", "not for this customer")
    assert do("price of ADVICE --json").json["why"] == "the item's own price: no list has it"
    assert "客户组的价目表优先于面向所有客户的" in do("price of TSHIRT-M --customer C-009", BIZCLI_LANG="zh").out
    wrong = do("price of TSHIRT-M 2palet")
    assert (wrong.code, wrong.err.count("\n")) == (1, 1) and "has no unit palet" in wrong.err


def test_a_customer_is_told_what_is_offered(do, offers):
    rows = {row["promotion"]: (row["for"], row["which"]) for row in do("promotion for C-009 --json").json}
    assert rows == {"SENSITIVE": ("tag", "price-sensitive"), "TEN": ("coupon", "OWN")}
    assert do("promotion for C-001 --json").json == []
    assert "标签" in do("promotion for C-009", BIZCLI_LANG="zh").out


def test_the_portrait_has_points_and_offers(do, offers):
    assert do("sale new --customer C-009 --line ADVICE:1@300 --date 2026-11-10").code == 0
    found = do("customer show C-009 --json").json
    assert found["points"] == "31.8"
    assert [(row["promotion"], row["which"]) for row in found["offers"]] == [
        ("SENSITIVE", "price-sensitive"), ("TEN", "OWN"),
    ]  # fmt: skip
    assert "可享促销" in do("customer show C-009", BIZCLI_LANG="zh").out
    assert do("customer show C-001 --json").json["offers"] == []


def test_each_cent_is_told_where_the_order_is_shown(do, offers):
    assert do("order new --customer C-009 --line TSHIRT-M:2 --coupon X10 --warehouse SZ").code == 0
    assert "18.00 SENSITIVE, 10.00 TEN (X10)" in do("order show @").out
    (line,) = do("order show @ --json").json["lines"]
    assert (line["price"], line["amount"]) == ("90", "152.00")
    assert line["reductions"] == [
        {"promotion": "SENSITIVE", "amount": "18.00"}, {"promotion": "TEN", "coupon": "X10", "amount": "10.00"},
    ]  # fmt: skip


def test_two_clones_use_the_same_coupon(do, book, offers, tmp_path):
    """Each is right alone; together `check` says so, and another void or more uses mend it."""
    other = tmp_path / "clone"
    shutil.copytree(book, other, ignore=shutil.ignore_patterns(".bizcli"))
    assert do("sale new --line TSHIRT-M:1 --coupon X10 --warehouse SZ").code == 0
    for line in ("sale new --line ADVICE:1", "sale new --line TSHIRT-M:1 --coupon X10 --warehouse SZ"):
        assert call(line, "-C", str(other)).code == 0
    name = "sales/2026/11/CS-2611-0002.yaml"
    shutil.copy(other / name, book / name)
    done = do("check")
    assert done.code == 1 and "coupon X10 is used 2 times, and may be 1 times" in " ".join(done.out.split())
    assert "优惠券 X10 用了 2 次" in do("check", BIZCLI_LANG="zh").out
    assert do("sale new --line ADVICE:1").code == 0  # which adds nothing to it
    path = book / "coupons" / "X10.yaml"
    path.write_text(path.read_text().replace("uses: 1", "uses: 2"))
    assert do("check").code == 0
    path.write_text(path.read_text().replace("uses: 2", "uses: 1"))
    assert do("check").code == 1
    assert do("void CS-2611-0002 --reason twice").code == 0
    assert do("check --full").code == 0


def test_what_promotions_brought(do, offers):
    for line in (
        "sale new --customer C-009 --line TSHIRT-M:2 --warehouse SZ --date 2026-11-10",
        "sale new --customer C-009 --line TSHIRT-M:1 --line ADVICE:1@300 --coupon X10 --warehouse SZ --date 2026-11-11",
        "return new --invoice CS-2611-0001 --line TSHIRT-M:1 --date 2026-11-12",
    ):
        assert do(line).code == 0, line
    rows = {row["promotion"]: row for row in do("promotion results --from 2026-11 --json").json}
    sensitive, ten = rows["SENSITIVE"], rows["TEN"]
    assert (sensitive["documents"], sensitive["at_list"], sensitive["taken_off"], sensitive["net"]) == (
        3, "180.00", "18.00", "152.00",
    )  # fmt: skip
    assert (ten["documents"], ten["taken_off"], ten["net"], ten["sales"]) == (1, "10.00", "71.00", "371.00")
    by_document = do("promotion results --promotion SENSITIVE --documents --json").json
    assert [(row["document"], row["taken_off"]) for row in by_document] == [
        ("CS-2611-0001", "18.00"), ("CS-2611-0002", "9.00"), ("SR-2611-0001", "-9.00"),
    ]  # fmt: skip
    assert do("promotion results --from 2026-12 --json").json == []


def test_points_are_followed(do, offers):
    for line in (
        "sale new --customer C-009 --line ADVICE:1@300 --date 2026-11-10",
        "sale new --customer C-009 --line ADVICE:1@300 --points 20 --date 2026-11-11",
        "return new --invoice CS-2611-0002 --date 2026-11-12",
    ):
        assert do(line).code == 0, line
    rows = do("loyalty show C-009 --json").json
    assert [(row["document"], row["gained"], row["spent"], row["points"]) for row in rows] == [
        ("CS-2611-0001", "31.8", "0", "31.8"), ("CS-2611-0002", "30.74", "20", "42.54"), ("SR-2611-0001", "-10.74", "0", "31.8"),
    ]  # fmt: skip
    known = {row["customer"]: (row["points"], row["worth"]) for row in do("loyalty list --json").json}
    assert known["C-009"] == ("31.8", "15.90")
    assert do("void CS-2611-0001 --reason wrong").code == 0
    assert "C-009" not in {row["customer"] for row in do("loyalty list --json").json}


def test_points_spent_twice_are_told(do, book, offers, tmp_path):
    assert do("sale new --customer C-009 --line ADVICE:1@300 --date 2026-11-10").code == 0
    other = tmp_path / "clone"
    shutil.copytree(book, other, ignore=shutil.ignore_patterns(".bizcli"))
    assert do("sale new --customer C-009 --line ADVICE:1@100 --points 31 --date 2026-11-11").code == 0
    for line in (
        "sale new --line ADVICE:1",
        "sale new --customer C-009 --line ADVICE:1@20 --points 31 --date 2026-11-11",
    ):
        assert call(line, "-C", str(other)).code == 0
    name = "sales/2026/11/CS-2611-0003.yaml"
    shutil.copy(other / name, book / name)
    done = do("check")
    assert done.code == 1 and "C-009 spent 62 points, and has earned" in " ".join(done.out.split())


def test_commissions_on_invoice_and_on_payment(do, offers):
    for line in (
        "commission new BASE --percent 3%",
        "commission new SERVICE --percent 10% --item ADVICE --salesperson li.na --basis payment",
        "order new --customer C-002 --line TSHIRT-M:2@100 --line ADVICE:1@300 --salesperson li.na --warehouse SZ --deliver --invoice --date 2026-11-10",
        "invoice pay SI-2611-0002 136 --date 2026-12-05",
        "return new --invoice SI-2611-0002 --line TSHIRT-M:1 --date 2026-12-06",
    ):
        done = do(line)
        assert done.code == 0, (line, done.err)
    november = do("commission statement --from 2026-11 --json").json
    assert [(row["invoice"], row["item"], row["net"], row["rule"], row["commission"]) for row in november] == [
        ("SI-2611-0002", "TSHIRT-M", "200.00", "BASE", "6.00"),
    ]  # fmt: skip
    december = do("commission statement --from 2026-12 --json").json
    gross = 200 * 1.13 + 300 * 1.06
    assert [(row["document"], row["item"], row["net"], row["commission"]) for row in december] == [
        ("CP-2612-0001", "ADVICE", f"{300 * 136 / gross:.2f}", "7.50"), ("SR-2612-0001", "TSHIRT-M", "-100.00", "-3.00"),
    ]  # fmt: skip
    (whole,) = do("commission statement --from 2026-11 --to 2026-12 --total --json").json
    assert (whole["salesperson"], whole["documents"], whole["commission"]) == ("li.na", 3, "10.50")
    assert do("commission statement --salesperson nobody --json").json == []
    for _ in range(2):
        assert do("commission accrue --from 2026-11 --date 2026-11-30").code == 0
    accounts = {row["role"]: row["balance"] for row in do("account balances --json").json}
    assert (accounts["expense.wages"], accounts["liability.wages"]) == ("6.00", "-6.00")
    assert do("commission accrue").code == 2
    assert "nobody earned" in do("commission accrue --from 2020").err
    assert "提成" in do("commission statement --from 2026-11", BIZCLI_LANG="zh").out


def test_a_price_below_the_floor(do, book, offers):
    with open(book / "book.yaml", "a", encoding="utf-8") as settings:
        settings.write("margin_floor: 10%\napprovers:\n  - li.na\n")
    line = "order new --customer C-001 --line TSHIRT-M:1@41 --warehouse SZ"
    refused = do(line)
    assert (
        refused.code == 1
        and "it needs 44.00: raise the price, or let li.na approve it with --approved-by" in refused.err
    )
    assert "毛利底线 10%，至少要 44.00" in do(line, BIZCLI_LANG="zh").err
    assert do(f"{line} --approved-by boss").code == 1
    assert do(f"{line} --approved-by li.na").code == 0
    assert json.loads(do("order show @ --json").out)["approved_by"] == "li.na"
