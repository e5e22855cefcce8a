"""Leads find their person: scored, assigned in turn, called back, taken, doubles told, made customers."""

from datetime import date

import pytest

from bizcli.book import Book
from bizcli.book.front import doubles, leads
from bizcli.book.streams import Given, trees
from bizcli.kernel.errors import Refused
from bizcli.store.yaml_reader import read_stream

RULES = """\
kind: staff
code: li.na
email: li.na@example.com
---
kind: staff
code: chen.jie
absences: [{since: 2026-11-20, until: 2026-11-25}]
---
kind: staff
code: zhao.min
left: 2026-10-31
---
kind: scoring
code: MAIN
rules:
  - {field: source, points: 20, is: Referral}
  - {field: budget, points: 10, least: 1000}
  - {field: items, points: 4, is: ADVICE}
  - {field: touches, points: 2, least: 2}
---
kind: assignment
code: MAIN
cap: 2
recall_after: 10
rules: [{staff: zhao.min}, {staff: chen.jie, region: 广东, cap: 1}, {staff: li.na}, {staff: chen.jie}]
"""


def lead(**said):
    return {"kind": "lead", "date": "2026-11-02", **said}


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "book.yaml").write_text("currency: CNY\n")
    book = Book(str(tmp_path), date(2026, 11, 10), "Li.Na@example.com")
    book.apply(Given(*each[:2], "", each.line) for each in read_stream(RULES.encode(), ""))
    yield book
    book.close()


def owners(book):
    return [row["owner"] for row in book.listing("lead")]


def test_points_are_those_of_the_rules_that_hold(shop):
    shop.apply(
        trees(
            [
                {"kind": "item", "code": "ADVICE", "type": "service"},
                lead(name="A", source="referral", budget="1000", items=["ADVICE"]),
                lead(name="B", budget="999"),
            ]
        )
    )
    assert [row["score"] for row in shop.listing("lead")] == [34, 0]
    assert [row["rule"] for row in shop.show("LD-2611-0001")["scored"]] == [
        "source = Referral",
        "budget >= 1000",
        "items = ADVICE",
    ]
    calls = [{"kind": "activity", "about": "LD-2611-0002", "type": "call", "date": f"2026-11-0{n}"} for n in (3, 4)]
    shop.apply(trees(calls))
    assert [row["score"] for row in shop.listing("lead")] == [34, 2]


def test_they_take_turns_up_to_their_caps_and_a_second_run_changes_nothing(shop):
    shop.apply(trees([lead(name=name) for name in "ABCDE"] + [lead(name="F", region="广东")]))
    done = shop.apply(trees(leads.assigned(shop, None)))
    assert len(done) == 4
    assert owners(shop) == ["li.na", "chen.jie", "li.na", "chen.jie", None, None]
    assert not [*leads.assigned(shop, None)]


def test_the_most_exact_rule_comes_first(shop):
    shop.apply(trees([lead(name="A", region="广东"), lead(name="B", region="广东")]))
    shop.apply(trees(leads.assigned(shop, None)))
    assert owners(shop) == ["chen.jie", "li.na"]


def test_who_is_away_gets_none(shop):
    shop.today = date(2026, 11, 20)
    shop.apply(trees([lead(name=name) for name in "AB"]))
    shop.apply(trees(leads.assigned(shop, None)))
    assert owners(shop) == ["li.na", "li.na"]


def test_a_lead_left_alone_goes_back_and_is_taken_by_one_who_has_room(shop):
    shop.apply(
        trees([lead(name="A", owner="chen.jie"), lead(name="B", owner="chen.jie"), lead(name="C", owner="li.na")])
    )
    shop.apply(trees([{"kind": "activity", "about": "LD-2611-0002", "type": "call", "date": "2026-11-09"}]))
    shop.today = date(2026, 11, 13)
    shop.apply(trees(leads.recalled(shop, None, None)))
    assert owners(shop) == [None, "chen.jie", None]
    assert not [*leads.recalled(shop, None, None)]
    assert [row["id"] for row in leads.pool(shop)] == ["LD-2611-0001", "LD-2611-0003"]
    for id in ("LD-2611-0003", "LD-2611-0001"):
        shop.apply(trees([leads.taken(shop, id, None)]))
    assert owners(shop) == ["li.na", "chen.jie", "li.na"]
    shop.apply(trees([lead(name="D")]))
    with pytest.raises(Refused, match="has 2 open leads, and may have 2"):
        leads.taken(shop, "LD-2611-0004", None)
    with pytest.raises(Refused, match="is with chen"):
        leads.taken(shop, "LD-2611-0002", None)
    with pytest.raises(Refused, match="there is no LD-2611-0009"):
        leads.taken(shop, "LD-2611-0009", None)


def test_doubles_are_told_by_what_is_ones_own_or_by_name_and_sound(shop):
    shop.apply(trees([
        lead(name="深圳市红店贸易有限公司", phone="0755-8888 0000"), lead(name="Another", phone="+86 755 88880000"),
        lead(name="深圳红店贸易"), lead(name="Shenzhen Hongdian Maoyi"), lead(name="Blue Shop Co., Ltd.", email="A@b.cn"),
        {"kind": "customer", "code": "C-001", "name": "Blu Shop"}, {"kind": "customer", "code": "C-002", "email": "a@B.cn"},
    ]))  # fmt: skip
    found = {(row["key"][-1], row["like"][-1], row["because"]) for row in doubles.of_leads(shop)}
    assert found == {("2", "1", "phone"), ("3", "1", "name"), ("4", "3", "sound"), ("4", "1", "sound"), ("5", "1", "name"), ("5", "2", "email")}  # fmt: skip
    assert [row["like"] for row in doubles.like_new(shop, {"name": "BLUE SHOP"})] == ["C-001", "LD-2611-0005"]
    assert doubles.like_new(shop, {"name": "Green", "tax_id": "91440300X"}) == []


def test_what_was_done_with_a_double_is_shown_with_the_first(shop):
    shop.apply(trees([
        lead(name="A"), lead(name="A Ltd"), {"kind": "activity", "date": "2026-11-03", "about": "LD-2611-0002", "type": "call", "text": "hello"},
        {"kind": "activity", "date": "2026-11-04", "about": "LD-2611-0002", "into": "LD-2611-0001"},
    ]))  # fmt: skip
    shown = shop.show("LD-2611-0001")
    assert shown["merged"] == ["LD-2611-0002"]
    assert [(row["what"], row["text"]) for row in shown["history"] if row["what"] == "call"] == [("call", "hello")]
