"""What to buy, what can be promised, where it leaves from: as people ask for it."""

import pytest

MASTERS = """\
kind: item
code: TSHIRT-L
name: T恤 L
sale_price: 99
purchase_price: 40
supplier: S-001
lead_time: 7
reorder:
  SZ: {point: 20, max: 60}
  GZ: {point: 5, max: 20}
---
kind: item
code: CAP
sale_price: 30
purchase_price: 12
supplier: S-001
lead_time: 10
---
kind: item
code: SET
type: kit
sale_price: 120
components:
  - item: TSHIRT-L
    qty: 1
  - item: CAP
    qty: 2
---
kind: customer
code: C-GZ
name: 广州客户
location: [23.1, 113.3]
---
kind: stock_adjustment
date: 2026-11-01
warehouse: SZ
reason: opening
lines:
  - {item: TSHIRT-L, qty: 23, cost: 40}
  - {item: CAP, qty: 9, cost: 12}
---
kind: stock_adjustment
date: 2026-11-01
warehouse: GZ
reason: opening
lines:
  - {item: TSHIRT-L, qty: 28, cost: 40}
"""


@pytest.fixture
def shop(do, book, tmp_path):
    """TSHIRT-L: 3 in SZ, whose point is 20, 28 in GZ, whose maximum is 20; 9 caps in SZ."""
    (tmp_path / "masters.yaml").write_text(MASTERS)
    for name, place in (("SZ", "[22.54, 114.06]"), ("GZ", "[23.13, 113.26]")):
        path = book / "warehouses" / f"{name}.yaml"
        path.write_text(path.read_text() + f"location: {place}\n")
    assert do(f"apply {tmp_path / 'masters.yaml'}").code == 0
    assert do("sale new --customer C-001 --line TSHIRT-L:20 --warehouse SZ --date 2026-11-10").code == 0
    return do


def suggested(do, words=""):
    rows = do(f"purchase suggest --json --item TSHIRT-L {words}").json
    return [(row["action"], row["from"], row["warehouse"], row["qty"]) for row in rows]


def test_bring_first_then_buy_and_say_why(shop):
    rows = shop("purchase suggest --json --item TSHIRT-L").json
    assert [(row["action"], row["qty"], row["cost"], row["expected"], row["why"]) for row in rows] == [
        ("bring", "8", None, None, "available 3 + incoming 0 ≤ point 20; max 60; GZ can spare 8"),
        ("buy", "49", "1960.00", "2026-11-27", "available 3 + incoming 8 ≤ point 20; max 60"),
    ]
    assert "可用 3 + 在途 0 ≤ 补货点 20; 上限 60; GZ 可匀出 8" in shop("purchase suggest", BIZCLI_LANG="zh").out


def test_once_created_nothing_is_proposed_again(shop):
    done = shop("purchase suggest --item TSHIRT-L --create")
    assert done.code == 0 and "drafts count as coming" in done.err
    assert shop("list purchase_order --json").json[0]["status"] == "draft"
    assert suggested(shop) == []
    again = shop("purchase suggest --item TSHIRT-L --create --json")
    assert (again.code, again.out) == (0, "[]\n")
    assert "nothing is to be ordered; drafts of purchase orders count as coming" in again.err
    shop("purchase confirm @")
    assert suggested(shop) == []
    shop("purchase receive @ --date 2026-11-27", BIZCLI_TODAY="2026-11-27")
    assert suggested(shop) == []


def test_a_cancelled_draft_comes_no_more(shop):
    shop("purchase suggest --item TSHIRT-L --create")
    shop("purchase cancel @")
    assert suggested(shop) == [("buy", "S-001", "SZ", "49")]


def test_one_draft_for_a_supplier_and_a_warehouse(shop):
    shop("order new --customer C-002 --line CAP:12 --warehouse SZ")
    done = shop("purchase suggest --create --json --date 2026-11-19").json
    assert [(each["kind"], each["id"]) for each in done] == [
        ("stock_transfer", "ST-2611-0001"),
        ("purchase_order", "PO-2611-0001"),
    ]
    lines = shop("show PO-2611-0001 --json").json["lines"]
    assert [(each["item"], each["qty"]) for each in lines] == [("CAP", "3"), ("TSHIRT-L", "49")]
    assert shop("show PO-2611-0001 --json").json["date"] == "2026-11-19"


def test_a_dry_run_says_what_would_be_recorded(shop):
    done = shop("purchase suggest --item TSHIRT-L --create --dry-run")
    assert "PO-2611-0001: S-001, 49 TSHIRT-L" in done.out and "nothing was written" in done.err
    assert shop("list purchase_order --json").json == []


def test_only_some(shop):
    assert [each[0] for each in suggested(shop, "--supplier S-001 --warehouse SZ")] == ["bring", "buy"]
    assert suggested(shop, "--warehouse GZ") == []


def test_what_nobody_sells_is_said(shop):
    shop("item new BELT --price 9")
    shop("order new --customer C-002 --line BELT:2 --warehouse SZ")
    assert shop("purchase suggest --item BELT --json").json[0]["why"].endswith("no supplier is known")
    done = shop("purchase suggest --item BELT --create")
    assert done.code == 0 and "BELT is left out: set its supplier" in done.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("purchase suggest --supplier S-02", "there is no S-02; the nearest is S-001"),
        ("purchase suggest --item TSHRT-L", "there is no TSHRT-L; the nearest is"),
        ("purchase suggest --warehouse XX", "there is no warehouse XX"),
        ("stock promise TSHRT-L", "there is no TSHRT-L; the nearest is"),
        ("stock promise ADVICE", "ADVICE is a service: it has no stock"),
        ("order source SO-2611-0009", "there is no SO-2611-0009"),
    ],
)
def test_what_is_not_there(shop, line, said):
    done = shop(line)
    assert done.code == 1 and said in done.err and done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("purchase suggest --dry-run", "--date and --dry-run are for what is recorded: add --create"),
        ("purchase suggest --days 0", "0 is not in the range"),
        ("stock promise TSHIRT-L 0", "must not be zero"),
        ("purchase simulate --policy eoq", "--policy: say reorder or minmax, not eoq"),
        ("purchase simulate --point 5", "minmax takes --point and --max"),
        ("purchase simulate --point 5 --max 5", "--max 5 is not above --point 5"),
    ],
)
def test_what_is_not_said_right(shop, line, said):
    done = shop(line)
    assert done.code == 2 and said in done.err and done.err.count("\n") == 1


# --- promises ---


def test_how_many_when(shop):
    shop("purchase new --supplier S-001 --line TSHIRT-L:40 --warehouse SZ --expected 2026-12-01")
    shop("order new --customer C-002 --line TSHIRT-L:10 --warehouse SZ --promised 2026-12-05")
    found = shop("stock promise TSHIRT-L 30 --warehouse SZ --json").json
    assert (found["free"], found["earliest"]) == ("3", "2026-12-01")
    assert [(each["day"], each["change"], each["balance"], each["free"]) for each in found["days"]] == [
        ("2026-11-20", None, "3", "3"),
        ("2026-12-01", "40", "43", "33"),
        ("2026-12-05", "-10", "33", "33"),
    ]
    assert shop("stock promise TSHIRT-L 30 --json").json["earliest"] == "2026-11-20"  # 28 of them in GZ
    assert shop("stock promise TSHIRT-L 32 --json").json["earliest"] == "2026-12-01"
    never = shop("stock promise TSHIRT-L 300 --json")
    assert never.json["earliest"] is None and "no day is known on which 300 TSHIRT-L are there" in never.err


def test_how_many_kits_when(shop):
    found = shop("stock promise SET 4 --warehouse SZ --json").json
    assert (found["free"], found["earliest"]) == ("3", None)
    shop("purchase new --supplier S-001 --line TSHIRT-L:5 --warehouse SZ --expected 2026-12-01")
    assert shop("stock promise SET 4 --warehouse SZ --json").json["earliest"] == "2026-12-01"


def test_an_order_says_what_is_short_and_when_it_comes(shop):
    shop("purchase new --supplier S-001 --line TSHIRT-L:40 --warehouse SZ --expected 2026-12-01")
    done = shop("order new --customer C-002 --line TSHIRT-L:5 --warehouse SZ --promised 2026-11-25")
    assert "2 of 5 TSHIRT-L are short in SZ: all are there on 2026-12-01" in done.out
    found = shop("order show @ --json").json["supply"]
    assert found == [{
        "order": "SO-2611-0002", "purchase": "PO-2611-0001", "status": "open", "item": "TSHIRT-L", "qty": "2",
        "expected": "2026-12-01",
    }]  # fmt: skip


def test_what_is_short_of_an_order_is_drafted_and_followed_until_it_is_here(shop):
    done = shop("order new --customer C-002 --line CAP:12 --line TSHIRT-L:3 --warehouse SZ --backorder")
    assert "3 of 12 CAP are short in SZ, and nothing ordered covers 3 of them" in done.out
    assert "PO-2611-0001 recorded: S-001, 3 CAP" in done.out
    draft = shop("show PO-2611-0001 --json").json
    assert (draft["for"], draft["status"], draft["lines"][0]["for_line"]) == ("SO-2611-0002", "draft", "SO-2611-0002/1")

    def supply(line):
        return [
            (each["purchase"], each["status"], each["item"], each["qty"], each["expected"])
            for each in shop(f"{line} --json").json.get("supply", ())
        ]

    assert supply("show SO-2611-0002") == [("PO-2611-0001", "draft", "CAP", "3", "2026-11-30")]
    shop("purchase confirm PO-2611-0001")
    assert supply("customer show C-002") == [("PO-2611-0001", "open", "CAP", "3", "2026-11-30")]
    shop("purchase receive PO-2611-0001 --line CAP:1")
    assert supply("show SO-2611-0002") == [("PO-2611-0001", "partly_received", "CAP", "2", "2026-11-30")]
    shop("purchase receive PO-2611-0001")
    assert supply("show SO-2611-0002") == supply("customer show C-002") == []
    assert shop("order deliver SO-2611-0002").code == 0


def test_the_book_may_say_that_orders_draft_what_they_lack(shop, book):
    with open(book / "book.yaml", "a", encoding="utf-8") as settings:
        settings.write("backorder: propose\n")
    assert "PO-2611-0001 recorded" in shop("order new --customer C-002 --line CAP:12 --warehouse SZ").out
    assert "PO-" not in shop("order new --customer C-002 --line CAP:2 --warehouse SZ --draft").out
    assert "PO-2611-0002 recorded: S-001, 2 CAP" in shop("order confirm @").out


def test_what_comes_anyway_is_not_bought_twice(shop):
    shop("purchase new --supplier S-001 --line CAP:40 --warehouse SZ --expected 2026-12-01")
    done = shop("order new --customer C-002 --line CAP:12 --warehouse SZ --backorder")
    assert "all are there on 2026-12-01" in done.out and "PO-" not in done.out


def test_an_order_that_is_refused_says_it_once(shop):
    done = shop("order new --customer NOBODY --line CAP:12 --warehouse SZ --backorder")
    assert done.code == 1 and done.err.count("\n") == 1 and "there is no customer NOBODY" in done.err


# --- sourcing ---


def sourced(do):
    rows = do("order source @ --json").json
    return [(row["line"], row["qty"], row["warehouse"], row["km"], row["short"]) for row in rows]


def test_the_nearest_warehouse_with_the_goods(shop):
    shop("order new --customer C-GZ --line TSHIRT-L:25 --line CAP:3 --warehouse SZ")
    assert sourced(shop) == [(1, "25", "GZ", 5, None), (2, "3", "SZ", 100, None)]
    assert shop("order source @ --apply").code == 0
    assert [each.get("warehouse") for each in shop("order show @ --json").json["lines"]] == ["GZ", None]
    assert "nothing changes" in shop("order source @ --apply").err
    assert shop("order deliver @").code == 0
    assert shop("check").code == 0


def test_several_warehouses_and_what_nobody_has(shop):
    shop("order new --customer C-GZ --line TSHIRT-L:40 --warehouse SZ")
    assert sourced(shop) == [(1, "28", "GZ", 5, None), (1, "3", "SZ", 100, None), (1, "9", None, None, "9")]
    shop("order source @ --apply")
    lines = shop("order show @ --json").json["lines"]
    assert [(each["ordered"], each["warehouse"]) for each in lines] == [("37", "GZ"), ("3", "SZ")]


def test_without_a_location_by_stock_and_it_says_so(shop):
    shop("order new --customer C-001 --line TSHIRT-L:2 --warehouse SZ")
    done = shop("order source @ --json")
    assert done.json[0]["warehouse"] == "GZ" and "have no location" in done.err


def test_at_confirmation(shop):
    shop("order new --customer C-GZ --line TSHIRT-L:25 --warehouse SZ --draft")
    done = shop("order confirm @ --source")
    assert done.code == 0 and "short" not in done.out
    assert shop("order show @ --json").json["lines"][0]["warehouse"] == "GZ"
    assert shop("order deliver @").code == 0


def test_nothing_to_source(shop):
    done = shop("order source SO-2611-0001 --json")
    assert done.code == 0
    shop("order deliver SO-2611-0001")
    assert "nothing is to be delivered of SO-2611-0001" in shop("order source SO-2611-0001").err


# --- simulation ---


def test_what_a_policy_would_have_held(shop):
    shop("sale new --customer C-001 --line TSHIRT-L:3 --warehouse SZ --date 2026-11-18")
    rows = shop("purchase simulate --item TSHIRT-L --warehouse SZ --json").json
    assert [(row["policy"], row["point"], row["max"], row["lot"]) for row in rows] == [
        ("actual", None, None, None),
        ("reorder", "20", None, "40"),
        ("minmax", "20", "55", None),
    ]
    assert [(row["days"], row["demand"]) for row in rows] == [(20, "23")] * 3
    actual, reorder, _ = rows
    # 23 on 9 evenings, 3 on 8, none on 3; by the point 43 more come on the 17th, a week after the 10th
    assert (actual["average_stock"], actual["days_out"]) == ("11.6", 3)
    assert (reorder["orders"], reorder["ordered"], reorder["missed"], reorder["days_out"]) == (1, "40", "0", 0)


def test_levels_that_are_said(shop):
    rows = shop("purchase simulate --item TSHIRT-L --policy reorder --point 2 --lot 5 --lead-time 3 --json").json
    assert [(row["policy"], row["point"], row["lot"]) for row in rows] == [
        ("actual", None, None),
        ("reorder", "2", "5"),
    ]


def test_where_sales_are_not_known_what_was_bought_is_what_was_used(shop):
    for day in ("2026-11-10", "2026-11-15"):
        done = shop(f"purchase new --supplier S-001 --line CAP:10 --warehouse SZ --receive --date {day}")
        assert done.code == 0
    rows = shop("purchase simulate --item CAP --demand purchases --json").json
    # 9 from the start; 10 are used in 5 days, 10 in the 6 that are left: in truth nobody was sent away
    assert [(row["policy"], row["demand"], row["days_out"], row["missed"]) for row in rows] == [
        ("actual", "20", 0, None),
        ("reorder", "20", 0, "0"),
        ("minmax", "20", 0, "0"),
    ]
    assert rows[0]["orders"] == 2 and rows[0]["ordered"] == "20"


def test_all_items_at_once_at_what_they_cost(shop):
    rows = shop("purchase simulate --total --json").json
    assert [(row["policy"], row["items"], row["demand_value"], row["missed_value"]) for row in rows] == [
        ("actual", 2, "880.00", None),
        ("reorder", 2, "880.00", "0.00"),
        ("minmax", 2, "880.00", "0.00"),
    ]
    assert "--demand: say sales or purchases, not guesses" in shop("purchase simulate --demand guesses").err


# --- price lists ---

LISTS = """\
kind: supplier
code: S-009
---
kind: price_list
code: CHEAP
supplier: S-009
prices: gross
lead_time: 3
lines:
  - {item: BELT, price: 5, minimum: 10, multiple: 4}
---
kind: price_list
code: OURS
supplier: S-001
lines:
  - {item: BELT, price: 6}
  - item: TSHIRT-L
    price: 42
    breaks: {50: 38}
    multiple: 25
    lead_time: 2
---
kind: price_list
code: FOREIGN
supplier: S-001
currency: USD
since: 2026-11-10
lines:
  - {item: CAP, price: 2, minimum: 500}
---
kind: item
code: BELT
sale_price: 9
"""


@pytest.fixture
def listed(shop, tmp_path):
    """BELT has no supplier of its own; S-009 has it for less, from 10 on by fours."""
    (tmp_path / "lists.yaml").write_text(LISTS)
    done = shop(f"apply {tmp_path / 'lists.yaml'}")
    assert done.code == 0, done.err
    return shop


def test_minimum_multiple_price_and_days_are_those_of_the_list(listed):
    (row,) = listed("purchase suggest --item TSHIRT-L --warehouse SZ --where 'action = buy' --json").json
    assert (row["from"], row["qty"], row["cost"], row["expected"]) == ("S-001", "50", "1900.00", "2026-11-22")
    assert row["why"] == "available 3 + incoming 8 ≤ point 20; max 60; packed by 25"


def test_the_cheapest_where_the_item_names_no_supplier(listed):
    listed("order new --customer C-002 --line BELT:2 --warehouse SZ")
    (row,) = listed("purchase suggest --item BELT --json").json
    assert (row["from"], row["qty"], row["cost"], row["expected"]) == ("S-009", "12", "60.00", "2026-11-23")
    done = listed("purchase suggest --item BELT --create")
    assert done.code == 0, done.err
    assert listed("show PO-2611-0001 --json").json["prices"] == "gross"
    assert listed("purchase suggest --item BELT --json").json == []


def test_what_an_order_lacks_is_drafted_as_the_list_sells_it(listed):
    done = listed("order new --customer C-002 --line BELT:2 --line CAP:10 --warehouse SZ --backorder")
    assert "PO-2611-0001 recorded: S-001, 1 CAP" in done.out  # the list in dollars is not one to draft by
    assert "PO-2611-0002 recorded: S-009, 12 BELT" in done.out
