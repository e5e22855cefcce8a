"""A gift set from the terminal: sold as one, kept one by one."""

import pytest


@pytest.fixture
def kits(do):
    """The told book, of whose 48 shirts one is promised; and gifts of two shirts, a box of mugs and advice."""
    for line in (
        "item new MUG --price 10 --units box=6 --purchase-price 4 --tax 13%",
        "item new GIFT --type kit --component TSHIRT-M:2 --component MUG:1box --component ADVICE:1 --price 250 --tax 13%",
        "stock adjust MUG 5box --warehouse SZ --reason opening",
        "order new --customer C-002 --line GIFT:3 --warehouse SZ",
    ):
        done = do(line)
        assert (done.code, done.err) == (0, ""), (line, done)
    return do


def shelf(do, item):
    return next(row for row in do("stock on-hand --json").json if row["item"] == item and row["warehouse"] == "SZ")


def test_goods_of_ordered_kits_are_reserved_and_kits_lie_nowhere(kits):
    assert (shelf(kits, "TSHIRT-M")["reserved"], shelf(kits, "MUG")["reserved"]) == ("7", "18")
    assert (shelf(kits, "MUG")["on_hand"], shelf(kits, "MUG")["available"]) == ("30", "12")
    assert "GIFT" not in {row["item"] for row in kits("stock on-hand --json").json}
    (line,) = [row for row in kits("report orders-to-deliver --json").json if row["item"] == "GIFT"]
    assert (line["open"], line["on_hand"]) == ("3", None)


def test_show_says_how_many_could_be_made(kits):
    shown = kits("show GIFT --json").json
    assert shown["could_be_made"] == [{"warehouse": "SZ", "qty": "2"}]
    assert "可组装数量" in kits("show GIFT", BIZCLI_LANG="zh").out
    kits("stock adjust MUG -12 --warehouse SZ --reason loss")
    assert kits("show GIFT --json").json["could_be_made"] == [{"warehouse": "SZ", "qty": "0"}]


def test_what_a_kit_earns_is_its_price_less_the_cost_of_its_goods(kits):
    said = kits("order deliver SO-2611-0002 --line GIFT:2").out
    assert "4 TSHIRT-M: SZ → customer, cost 160.00" in said and "12 MUG: SZ → customer, cost 48.00" in said
    kits("order invoice SO-2611-0002")
    row = next(row for row in kits("report margin-by-item --json").json if row["item"] == "GIFT")
    assert (row["sold"], row["net"], row["cost"], row["margin"]) == ("2", "500.00", "208.00", "292.00")
    assert "MUG" not in {row["item"] for row in kits("report margin-by-item --json").json}
    row = next(row for row in kits("report margin-by-customer --json").json if row["customer"] == "C-002")
    assert (row["net"], row["cost"]) == ("500.00", "208.00")
    kits("invoice return @ --line GIFT:1")
    row = next(row for row in kits("report margin-by-item --json").json if row["item"] == "GIFT")
    assert (row["sold"], row["net"], row["cost"]) == ("1", "250.00", "104.00")
    moves = [(row["doc"], row["line"], row["item"], row["qty"]) for row in kits("stock moves --json").json]
    assert moves[-4:] == [
        ("DN-2611-0002", 2, "TSHIRT-M", "-4"), ("DN-2611-0002", 3, "MUG", "-12"),
        ("SR-2611-0001", 2, "TSHIRT-M", "2"), ("SR-2611-0001", 3, "MUG", "6"),
    ]  # fmt: skip
    assert kits("check --full").code == 0


def test_an_order_keeps_what_a_kit_was_made_of(kits):
    assert kits("edit GIFT --set 'components=[{item: MUG, qty: 1}]'").code == 0
    done = kits("order deliver SO-2611-0002 --json").json
    parts = [(part["item"], part["qty"]) for part in done["lines"][0]["components"]]
    assert parts == [("TSHIRT-M", "2"), ("MUG", "6"), ("ADVICE", "1")]
    sold = kits("sale new --line GIFT:1 --warehouse SZ --json").json
    assert [(part["item"], part["qty"]) for part in sold["lines"][0]["components"]] == [("MUG", "1")]
    assert "2 TSHIRT-M, 6 MUG, 1 ADVICE" in kits("show SO-2611-0002").out
    assert kits("check --full").code == 0


@pytest.mark.parametrize(
    "line",
    [
        "stock adjust GIFT 1 --warehouse SZ --reason gain", "stock count --warehouse SZ --line GIFT:1",
        "stock transfer --from SZ --to GZ --line GIFT:1",
    ],
)  # fmt: skip
def test_a_kit_has_no_stock_of_its_own(kits, line):
    done = kits(line)
    assert (done.code, done.err) == (
        1, "bizcli: error: lines[0].item: GIFT is a kit: it has no stock, its components have\n",
    )  # fmt: skip
    assert "GIFT 是套装：它没有库存，它的组件才有" in kits(line, BIZCLI_LANG="zh").err


def test_a_kit_in_a_file_without_its_components_is_told(kits, book):
    (path,) = book.rglob("SO-2611-0002.yaml")
    text = path.read_text()
    path.write_text(text[: text.index("    components:")])
    done = kits("today")
    assert done.code == 3 and "components is missing; `bizcli apply FILE` fills it in" in done.err


def test_a_component_that_is_gone_is_told_where_the_kit_is_sold(kits, book):
    (book / "items" / "GIFT.yaml").write_text((book / "items" / "GIFT.yaml").read_text().replace("MUG", "MOG"))
    done = kits("sale new --line GIFT:1 --warehouse SZ")
    assert "lines[0].components[1].item: there is no item MOG; the nearest is MUG" in done.err
    assert "could_be_made" not in kits("show GIFT --json").json


def test_components_by_hand_must_be_those_of_the_order(kits, book):
    """A component goes back to a line of the same item."""
    kits("order deliver SO-2611-0002")
    (path,) = book.rglob("DN-2611-0002.yaml")
    path.write_text(path.read_text().replace("item: MUG", "item: TSHIRT-M"))
    done = kits("check")
    assert done.code == 1 and "SO-2611-0002/3 is of MUG" in done.out
