"""Whom to call on which day, calendars that read it, the day of each of us, and what is handed over to another."""

from datetime import date

import icalendar
import pytest

from bizcli.book import Book
from bizcli.book.front import handover
from bizcli.book.front.calendar import calendar
from bizcli.book.front.contacts import reminders, with_customer
from bizcli.book.front.my_day import my_day
from bizcli.book.front.people import person
from bizcli.book.streams import Given, trees
from bizcli.kernel.errors import Refused
from bizcli.store.yaml_reader import read_stream

SHOP = """\
kind: staff
code: wang.wei
name: Wang Wei
---
kind: staff
code: li.na
name: 李娜
manager: wang.wei
---
kind: staff
code: zhao.min
left: 2026-10-31
---
kind: customer
code: C-001
name: 衣品轩, 深圳
phone: 0755-88880000
owner: li.na
---
kind: customer
code: C-002
owner: zhao.min
---
kind: item
code: ADVICE
type: service
sale_price: 90
---
kind: pipeline
code: MAIN
stages: [{stage: first, probability: 20%, days: 5}, {stage: second, probability: 60%}]
---
kind: lead
date: 2026-11-02
name: Red Shop
owner: li.na
next: 2026-11-06
---
kind: activity
date: 2026-11-03
customer: C-001
type: call
text: "samples; of all, please"
todo: send samples
next: 2026-11-10
---
kind: opportunity
date: 2026-11-03
customer: C-001
amount: 900
expected: 2026-11-20
---
kind: quote
date: 2026-11-03
customer: C-001
valid_until: 2026-11-17
lines: [{item: ADVICE, qty: 2}]
---
kind: sales_order
date: 2026-11-03
customer: C-002
salesperson: li.na
lines: [{item: ADVICE, qty: 2}]
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "book.yaml").write_text("name: Li Na Trading\ncurrency: CNY\n")
    book = Book(str(tmp_path), date(2026, 11, 10), "li.na")
    book.apply(Given(*each[:2], "", each.line) for each in read_stream(SHOP.encode(), ""))
    yield book
    book.close()


def did(book, **said):
    book.apply(trees([{"kind": "activity", **said}]))


def due(book, day="2026-11-10", owner=None):
    return [(row["next"], row["whom"], row["todo"]) for row in reminders(book, day, owner)]


LEAD, SAMPLES = ("2026-11-06", "LD-2611-0001", None), ("2026-11-10", "C-001", "send samples")


def test_reminders_come_on_their_day(shop):
    assert due(shop, "2026-11-05") == []
    assert due(shop, "2026-11-06") == [LEAD]
    assert due(shop) == [LEAD, SAMPLES]
    assert [row["days_late"] for row in reminders(shop, "2026-11-10")] == [4, 0]
    assert due(shop, owner="wang.wei") == []


def test_what_was_said_last_counts_and_a_call_settles_what_was_to_be_done(shop):
    did(shop, date="2026-11-05", customer="C-001", type="note", text="they are moving")
    assert due(shop) == [LEAD, SAMPLES]
    did(shop, date="2026-11-06", about="OP-2611-0001", type="visit", next="2026-11-09", todo="draw it")
    assert due(shop) == [LEAD, ("2026-11-09", "C-001", "draw it")]
    did(shop, date="2026-11-07", about="LD-2611-0001", type="call")
    did(shop, date="2026-11-09", customer="C-001", type="email", text="done")
    assert due(shop) == []


def test_nothing_is_to_be_done_for_what_is_lost(shop):
    did(shop, date="2026-11-06", about="OP-2611-0001", type="visit", next="2026-11-09")
    did(shop, date="2026-11-07", about="OP-2611-0001", status="lost", reason="too dear")
    did(shop, date="2026-11-07", about="LD-2611-0001", status="lost", reason="no answer")
    assert due(shop) == []


def test_a_day_goes_over_from_a_lead_to_its_opportunity(shop):
    shop.apply(trees([{"kind": "opportunity", "date": "2026-11-04", "from": "LD-2611-0001"}]))
    assert due(shop, "2026-11-06") == [("2026-11-06", "LD-2611-0001", None)]
    assert shop.show("OP-2611-0002")["next"] == "2026-11-06"


def test_a_calendar_is_read_by_calendars_and_is_the_same_twice(shop):
    long = "布料、尺码、颜色；" * 20
    did(shop, date="2026-11-06", customer="C-001", type="call", todo=long, next="2026-11-12")
    rows = reminders(shop, "9999-12-31")
    text = calendar(shop, rows)
    assert text == calendar(shop, rows)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    found = icalendar.Calendar.from_ical(text)
    events = {str(each["UID"]).rpartition("-")[0]: each for each in found.walk("VEVENT")}
    assert list(events) == ["LD-2611-0001", "AC-2611-0002"]
    assert str(events["AC-2611-0002"]["SUMMARY"]) == f"衣品轩, 深圳: {long}"
    assert events["AC-2611-0002"].start == date(2026, 11, 12)


def test_the_day_of_one_of_us(shop):
    mine = my_day(shop, "li.na")
    assert [row["whom"] for row in mine["to_call"]] == ["LD-2611-0001", "C-001"]
    assert [row["quote"] for row in mine["expiring_offers"]] == ["QT-2611-0001"]
    assert [(row["opportunity"], row["days"]) for row in mine["late_opportunities"]] == [("OP-2611-0001", 7)]
    assert mine["team"] == mine["arrived"] == mine["due_tickets"] == []
    (team,) = my_day(shop, "wang.wei")["team"]
    assert (team["person"], team["leads"], team["opportunities"], team["overdue"], team["late"]) == (
        "li.na",
        1,
        1,
        1,
        1,
    )
    shop.today = date(2026, 11, 9)
    assert my_day(shop, "li.na")["expiring_offers"] == []


def test_people_are_found_by_code_name_or_mail(shop):
    assert [person(shop, text) for text in ("me", "李娜", "WANG wei")] == ["li.na", "li.na", "wang.wei"]
    shop.user = "Somebody Else"
    with pytest.raises(Refused, match="nobody of our staff is Somebody Else"):
        person(shop, "me")


def test_all_that_somebody_looks_after_is_handed_over_at_once(shop):
    path = shop.root + "/customers/C-001.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write("# our best\n" + text)
    shop.read()
    rows, done = handover.hand_over(shop, "li.na", "wang.wei", why="leaves")
    assert [row["id"] for row in rows] == ["C-001", "LD-2611-0001", "OP-2611-0001", "QT-2611-0001", "SO-2611-0001"]
    assert len(done) == 5
    with open(path, encoding="utf-8") as file:
        assert file.read() == "# our best\n" + text.replace("owner: li.na", "owner: wang.wei")
    assert shop.listing("lead")[0]["owner"] == "wang.wei"
    assert due(shop, owner="wang.wei") == [LEAD, SAMPLES] and due(shop, owner="li.na") == []
    assert [row["quote"] for row in my_day(shop, "wang.wei")["expiring_offers"]] == ["QT-2611-0001"]
    assert with_customer(shop, "C-001")[-1]["text"] == "handed over by li.na: leaves"
    assert handover.hand_over(shop, "li.na", "wang.wei") == ([], [])
    assert not shop.check()


def test_only_some_customers_are_handed_over_and_nobody_who_left_gets_any(shop):
    rows, _done = handover.hand_over(shop, "li.na", "wang.wei", ("C-002",))
    assert [row["id"] for row in rows] == ["SO-2611-0001"]
    with pytest.raises(Refused, match="left on 2026-10-31"):
        handover.hand_over(shop, "li.na", "zhao.min")
    assert len(handover.found(shop, "li.na")) == 4
