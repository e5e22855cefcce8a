"""What a supplier brings and we do not accept."""

import json

import pytest


@pytest.fixture
def buyer(do, book):
    """An order of a hundred shirts, and a place for what is rejected."""
    settings = (book / "book.yaml").read_text()
    assert "receipt_tolerance: 0%\n" in settings
    settings = settings.replace("receipt_tolerance: 0%\n", "receipt_tolerance: 2%\nreject_warehouse: BAD\n")
    (book / "book.yaml").write_text(settings)
    assert do("warehouse new BAD").code == 0
    assert do("purchase new --supplier S-001 --line TSHIRT-M:100@42 --warehouse SZ").code == 0
    return do


def test_rejected_goods_lie_apart_and_are_not_available(buyer):
    assert buyer("purchase receive @ --line TSHIRT-M:102 --reject TSHIRT-M:5 --reason torn").code == 0
    rows = {row["warehouse"]: row for row in buyer("stock on-hand --json").json if row["item"] == "TSHIRT-M"}
    assert (rows["BAD"]["on_hand"], rows["BAD"]["available"], rows["BAD"]["value"]) == ("5", "0", "210.00")
    assert rows["SZ"]["on_hand"] == "145"  # 48 were there
    (line,) = buyer("purchase show @ --json").json["lines"]
    assert (line["ordered"], line["received"]) == ("100", "102")
    (row,) = buyer("report rejects-by-supplier --json").json
    assert (row["reason"], row["received"], row["rejected"], row["percent"], row["value"]) == (
        "torn", "102", "5", "4.9", "210.00",
    )  # fmt: skip
    (row,) = buyer("report three-way-match --json").json
    assert (row["ordered"], row["received"], row["to_bill"]) == ("100", "102", "102")


def test_they_are_not_sold_until_they_are_released(buyer):
    assert buyer("purchase receive @ --line TSHIRT-M:10 --reject TSHIRT-M:10 --reason torn").code == 0
    refused = buyer("sale new --line TSHIRT-M:1 --warehouse BAD")
    assert refused.code == 1 and "BAD holds rejected goods: release TSHIRT-M first" in refused.err
    assert buyer("stock transfer --from BAD --to SZ --line TSHIRT-M:4").code == 0
    rows = {row["warehouse"]: row["on_hand"] for row in buyer("stock on-hand --json").json if row["item"] == "TSHIRT-M"}
    assert rows == {"BAD": "6", "SZ": "52"}


def test_they_do_not_fill_the_stock_up(buyer):
    assert buyer("purchase receive @ --line TSHIRT-M:40 --reject TSHIRT-M:40 --reason torn").code == 0
    assert buyer("purchase close @").code == 0
    assert buyer("stock adjust TSHIRT-M -30 --warehouse SZ --reason loss").code == 0
    (row,) = buyer("stock alerts --json").json
    assert (row["item"], row["on_hand"]) == ("TSHIRT-M", "18")


def test_what_is_said_of_rejects_must_fit(buyer):
    assert "say with --line how many came" in buyer("purchase receive @ --reject TSHIRT-M:5 --reason torn").err
    assert buyer("purchase receive @ --line TSHIRT-M:5 --reason torn").code == 2
    assert "say why they are rejected" in buyer("purchase receive @ --line TSHIRT-M:5 --reject TSHIRT-M:5").err
    assert "receipt_tolerance allows 2 more" in buyer("purchase receive @ --line TSHIRT-M:103").err


def test_what_was_rejected_was_never_there_to_use(buyer):
    before = buyer("purchase simulate --item TSHIRT-M --demand purchases --json").json[0]
    assert buyer("purchase receive @ --line TSHIRT-M:40 --reject TSHIRT-M:40 --reason torn").code == 0
    assert buyer("purchase simulate --item TSHIRT-M --demand purchases --json").json[0] == before


def test_a_sale_of_rejected_goods_that_was_written_by_hand_is_found(buyer, book):
    assert buyer("purchase receive @ --line TSHIRT-M:40 --reject TSHIRT-M:40 --reason torn").code == 0
    assert buyer("delivery new --customer C-001 --line TSHIRT-M:2@99 --warehouse SZ").code == 0
    (path,) = [path for path in (book / "deliveries").rglob("*.yaml") if "SO-" not in path.read_text()]
    right = path.read_text()
    path.write_text(right.replace("warehouse: SZ", "warehouse: BAD"))
    checked = buyer("check --json")
    found = json.loads(checked.out)
    assert checked.code == 1 and [row["code"] for row in found] == ["not-for-sale"]
    assert found[0]["message"].startswith("warehouse: BAD holds rejected goods: release TSHIRT-M first")
    assert found[0]["file"].endswith(path.name)
    assert "BAD 存放拒收货物" in buyer("--lang zh check").out
    assert buyer("customer new C-009 --name X").code == 0  # nothing that this adds
    path.write_text(right)
    assert buyer("check").code == 0


def test_a_draft_from_rejected_goods_is_not_confirmed(buyer):
    assert buyer("purchase receive @ --line TSHIRT-M:40 --reject TSHIRT-M:40 --reason torn").code == 0
    assert buyer("order new --customer C-001 --line TSHIRT-M:2@99 --warehouse BAD --draft").code == 0
    refused = buyer("order confirm @")
    assert refused.code == 1 and "BAD holds rejected goods" in refused.err


def test_a_warehouse_that_sold_and_becomes_one_for_rejects(buyer, book):
    """The same files give the same books, whichever way the warehouse came to hold rejects."""
    assert buyer("stock transfer --from SZ --to GZ --line TSHIRT-M:4").code == 0
    assert buyer("delivery new --customer C-001 --line TSHIRT-M:2@99 --warehouse GZ").code == 0
    assert buyer("warehouse new HK --reject-warehouse GZ").code == 0
    assert "GZ holds rejected goods" in buyer("check").out
    path = book / "warehouses" / "HK.yaml"
    path.write_text(path.read_text().replace("reject_warehouse: GZ\n", ""))
    assert buyer("check").code == 0


def test_without_lines_goes_back_what_is_still_on_hand_and_the_rest_is_said(buyer):
    assert buyer("receipt new --supplier S-001 --warehouse GZ --line TSHIRT-M:5@42").code == 0
    assert buyer("delivery new --customer C-001 --line TSHIRT-M:2@99 --warehouse GZ").code == 0
    done = buyer("purchase return @")
    assert done.code == 0 and "3 TSHIRT-M: GZ → supplier" in done.out
    assert "  2 TSHIRT-M of GR-2611-0001 have not gone back\n" in done.out
    assert "现存" in buyer("--lang zh purchase return GR-2611-0001").err


def test_a_stream_knows_what_it_has_sold_itself(buyer, tmp_path):
    stream = tmp_path / "stream.yaml"
    stream.write_text("""\
kind: goods_receipt
id: GR-2611-0007
supplier: S-001
warehouse: GZ
lines: [{item: TSHIRT-M, qty: 5, price: 42}]
---
kind: delivery
customer: C-001
warehouse: GZ
lines: [{item: TSHIRT-M, qty: 4, price: 99}]
---
kind: purchase_return
receipt: GR-2611-0007
""")
    assert buyer(f"apply {stream}").code == 0
    assert [line["qty"] for line in buyer("show PR-2611-0001 --json").json["lines"]] == ["1"]
