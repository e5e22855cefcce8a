"""Lots and serial numbers at the terminal: said on a line, listed, traced, counted, and what is refused."""

import csv
import io
import json
import shutil

import pytest

GOODS = """\
item new MILK --price 6 --purchase-price 4 --tracking lot --shelf-life 30
item new PHONE --price 1999 --purchase-price 1500 --tracking serial
receipt new --supplier S-001 --warehouse SZ --line MILK:10@4#L1 --line MILK:10@4#L2:2026-11-25 --date 2026-11-02
receipt new --supplier S-001 --warehouse SZ --line PHONE:3@1500#A1,A2,A3 --date 2026-11-02
"""


@pytest.fixture
def goods(do):
    for line in GOODS.splitlines():
        done = do(line)
        assert (done.code, done.err) == (0, ""), (line, done)


def lots(do, words=""):
    return {
        (row["item"], row["warehouse"], row["lot"]): row["on_hand"] for row in do(f"stock lots {words} --json").json
    }  # fmt: skip


def test_what_is_there(do, goods):
    rows = do("stock lots --item MILK --json").json
    assert [(row["lot"], row["expiry"], row["days_left"], row["on_hand"]) for row in rows] == [
        ("L2", "2026-11-25", 5, "10"), ("L1", "2026-12-02", 12, "10"),
    ]  # fmt: skip
    assert lots(do, "--expiring 5") == {("MILK", "SZ", "L2"): "10"}
    assert lots(do, "--warehouse GZ") == {}
    assert "剩余天数" in do("--lang zh stock lots").out


def test_lots_are_said_on_a_line(do, goods):
    done = do("sale new --line MILK:4#L1 --line PHONE:2#A1,A3 --warehouse SZ --json")
    assert [line.get("lot") or line["serials"] for line in done.json["lines"]] == ["L1", ["A1", "A3"]]
    assert lots(do, "--item PHONE") == {("PHONE", "SZ", "A2"): "1"}
    assert "#LOT" in do("sale new --help").out and "#LOT" not in do("order new --help").out
    assert do("stock adjust MILK 2 --warehouse SZ --reason gain --lot L9:12-31 --json").json["lines"][0] == {
        "line": 1, "item": "MILK", "qty": "2", "lot": "L9", "expiry": "2026-12-31",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sale new --line MILK:4#!! --warehouse SZ", "is not a lot or serial number"),
        ("receipt new --supplier S-001 --warehouse SZ --line MILK:4@4", "of which lot is MILK? give `lot`"),
        ("receipt new --supplier S-001 --warehouse SZ --line MILK:4@4#L1:2026-01-01", "lot L1 of MILK expires on 2026-12-02"),
        ("sale new --line TSHIRT-M:1#L1 --warehouse SZ", "TSHIRT-M is not kept by lot"),
        ("sale new --line PHONE:1#A9 --warehouse SZ", "PHONE A9 is not in SZ on 2026-11-20"),
        ("sale new --line MILK:11#L1 --warehouse SZ", "lot L1 of MILK in SZ falls to -1"),
        ("sale new --line MILK:21 --warehouse SZ", "21 of MILK asked, but 20 in SZ"),
        ("sale new --line MILK:1#L2 --warehouse SZ --date 2026-11-26", "expired on 2026-11-25"),
        ("edit TSHIRT-M --set tracking=lot", "TSHIRT-M has moved already"),
        ("item new X --type service --tracking lot", "only goods have lots"),
        ("item new X --shelf-life 3", "shelf_life is of lots"),
        ("stock trace L3", "there is no lot or serial number L3; the nearest is L"),
        ("stock lots --item MILKY", "there is no item MILKY; the nearest is MILK"),
    ],
)  # fmt: skip
def test_what_is_refused(do, goods, line, said):
    done = do(line)
    assert done.code == 1 or line.endswith("!! --warehouse SZ")
    assert said in done.err and done.err.count("\n") == 1
    assert "bizcli: 错误" in do(f"--lang zh {line}").err


def test_what_has_expired_goes_when_it_is_meant(do, goods):
    done = do("sale new --line MILK:1#L2 --warehouse SZ --date 2026-11-26 --allow-expired --json")
    assert (done.json["allow_expired"], done.json["lines"][0]["lot"]) == (True, "L2")


def test_a_lot_is_traced_to_the_invoice_and_back(do, goods):
    for line in (
        "delivery new --customer C-001 --line MILK:12 --warehouse SZ --date 2026-11-10",
        "invoice new --delivery DN-2611-0002 --date 2026-11-11",
        "return new --invoice SI-2611-0002 --line MILK:1#L1 --date 2026-11-12",
        "bill new --receipt GR-2611-0001 --date 2026-11-12",
    ):
        assert do(line).code == 0, do(line)
    rows = do("stock trace L1 --json").json
    assert [(row["document"], row["qty"], row["from"], row["to"], row["party"], row["invoice"]) for row in rows] == [
        ("GR-2611-0001", "10", "supplier", "SZ", "S-001", "PI-2611-0001"),
        ("DN-2611-0002", "2", "SZ", "customer", "C-001", "SI-2611-0002"),
        ("SR-2611-0001", "1", "customer", "SZ", "C-001", None),
    ]  # fmt: skip
    assert {row["lot"] for row in do("stock trace DN-2611-0002 --json").json} == {"L1", "L2"}
    assert "供应商" in do("--lang zh stock trace L1").out


def test_it_is_said_before_it_expires(do, book, goods):
    said = "bizcli: 2 lots expire within 30 days: `bizcli stock lots --expiring 30`\n"
    assert do("stock alerts").err.startswith(said)
    assert [row["lot"] for row in do("today --json").json["expiring"]] == ["L2", "L1"]
    settings = book / "book.yaml"
    settings.write_text(settings.read_text().replace("expiry_warning_days: 30", "expiry_warning_days: 5"))
    assert [row["lot"] for row in do("today --json").json["expiring"]] == ["L2"]
    assert [row["lot"] for row in do("report expiring-stock --param days=12 --json").json] == ["L2", "L1"]
    assert [row["lot"] for row in do("report expiring-stock --param days=11 --json").json] == ["L2"]


def test_a_sheet_has_a_row_for_each_lot(do, book, goods):
    rows = [*csv.DictReader(io.StringIO(do("stock sheet --warehouse SZ --format csv").out))]
    assert [(row["item"], row["lot"], row["booked"]) for row in rows] == [
        ("MILK", "L2", "10"), ("MILK", "L1", "10"), ("PHONE", "A1", "1"), ("PHONE", "A2", "1"), ("PHONE", "A3", "1"),
        ("TSHIRT-M", "", "48"),
    ]  # fmt: skip
    filled = book.parent / "filled.csv"

    def count(**found):
        with filled.open("w", newline="") as file:
            sheet = csv.DictWriter(file, rows[0])
            sheet.writeheader()
            sheet.writerows({**row, "counted": found.get(row["lot"], "")} for row in rows)
        return do(f"stock count --sheet {filled} --warehouse SZ")

    done = count(L1="9", A1="1", A2="0", A3="1")
    assert done.code == 1 and f"{filled}:2: this lot of MILK has no count, and others have" in done.err
    assert count(L1="9", L2="0", A1="1", A2="0", A3="1").code == 0
    assert lots(do) == {("MILK", "SZ", "L1"): "9", ("PHONE", "SZ", "A1"): "1", ("PHONE", "SZ", "A3"): "1"}
    assert count(A1="0", A2="0", A3="0").code == 0
    assert lots(do, "--item PHONE") == {}
    assert do("check --full").code == 0


def test_two_clones_sell_the_same_number(do, book, goods, tmp_path):
    """Each is right alone; together `check` says which number was sold twice."""
    from tests.cli.conftest import call

    other = tmp_path / "clone"
    shutil.copytree(book, other, ignore=shutil.ignore_patterns(".bizcli"))
    assert do("sale new --line PHONE:1#A2 --warehouse SZ").code == 0
    assert call("sale new --line TSHIRT-M:1 --warehouse SZ", "-C", str(other)).code == 0
    assert call("sale new --line PHONE:1#A2 --warehouse SZ", "-C", str(other)).code == 0
    name = "sales/2026/11/CS-2611-0002.yaml"
    shutil.copy(other / name, book / name)
    done = do("check")
    assert done.code == 1
    assert (
        f"{name}: PHONE A2 is not in SZ on 2026-11-20 for CS-2611-0002: it left with CS-2611-0001, and is there once"
        in " ".join(done.out.split()).replace(": error: ", ": ")
    )
    (book / name).unlink()
    assert do("check").code == 0


def test_a_file_without_its_lots_is_told(do, book, goods):
    path = book / "receipts/2026/11/GR-2611-0001.yaml"
    path.write_text(path.read_text().replace("    lot: L1\n", ""))
    (row,) = [each for each in json.loads(do("check --json").out) if each["code"] == "lots-missing"]
    assert row["message"].startswith("MILK is kept by lot, and GR-2611-0001 names lots for 0 of the 10 that it moves")
    assert do("stock on-hand").code == 0


def test_what_expires_is_promised_until_it_does(do, goods):
    rows = do("stock promise MILK --json").json["days"]
    assert [(row["day"], row["what"], row["document"], row["change"], row["free"]) for row in rows] == [
        ("2026-11-20", "stock", None, None, "20"),
        ("2026-11-26", "expired", "L2", "-10", "10"),
        ("2026-12-03", "expired", "L1", "-10", "0"),
    ]
    assert do("stock promise MILK 11 --json").json["earliest"] == "2026-11-20"
    assert "已过期" in do("--lang zh stock promise MILK").out


def test_an_order_is_not_sourced_from_what_will_have_expired(do, goods):
    assert do("order new --customer C-001 --line MILK:15 --warehouse SZ --promised 2026-11-25").code == 0
    assert [(row["qty"], row["short"]) for row in do("order source @ --json").json] == [("15", None)]
    assert do("order cancel @").code == 0
    said = do("order new --customer C-001 --line MILK:15 --warehouse SZ --promised 2026-11-28")
    assert said.code == 0 and "5 of 15 MILK are short in SZ" in said.out
    rows = do("order source @ --json").json
    assert [(row["qty"], row["warehouse"], row["short"]) for row in rows] == [("10", "SZ", None), ("5", None, "5")]
