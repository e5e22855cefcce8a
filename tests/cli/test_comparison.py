"""From a request over the answers of suppliers to an order."""

import pytest


@pytest.fixture
def asked(do):
    """A request of two items, approved, and put to three suppliers."""
    for line in (
        "supplier new S-002",
        "supplier new S-003",
        "item new MUG --units box=6 --tax 13%",
        "request new --line TSHIRT-M:100 --line MUG:30 --warehouse SZ --requester li.na",
        "request approve @",
        "rfq new --request @ --supplier S-001 --supplier S-002 --supplier S-003",
        "rfq answer @ --supplier S-001 --line TSHIRT-M:100@38 --line MUG:5box@24 --lead-time 5",
        "rfq answer @ --supplier S-002 --line TSHIRT-M:120@41.81 --prices gross --lead-time 3",
    ):
        assert do(line).code == 0, line
    return do


def test_answers_stand_side_by_side_without_tax(asked):
    rows = asked("purchase compare @ --json").json
    assert [(row["item"], row["supplier"], row["qty"], row["price"], row["net"], row["best"]) for row in rows] == [
        ("TSHIRT-M", "S-002", "120", "37", "4440.00", "cheapest, fastest"),  # 41.81 / 1.13
        ("TSHIRT-M", "S-001", "100", "38", "3800.00", ""),
        ("TSHIRT-M", "S-003", None, None, None, ""),
        ("MUG", "S-001", "30", "4", "120.00", ""),
        ("MUG", "S-002", None, None, None, ""),
        ("MUG", "S-003", None, None, None, ""),
    ]
    assert [row["status"] for row in rows][:3] == ["open", "open", "no_answer"]
    assert rows[0]["expected"] == "2026-11-23"


def test_only_whole_answers_are_compared_as_a_whole(asked):
    assert asked("rfq answer @ --supplier S-003 --line TSHIRT-M:100@37 --line MUG:30@4.5 --lead-time 9").code == 0
    rows = asked("purchase compare @ --whole --json").json
    assert [(row["supplier"], row["quoted"], row["net"], row["best"]) for row in rows] == [
        ("S-003", 2, "3835.00", "cheapest"),
        ("S-001", 2, "3920.00", "fastest"),
        ("S-002", 1, "4440.00", ""),
    ]


def test_an_offer_that_holds_no_more_is_shown_and_not_compared(asked):
    assert asked("rfq answer @ --supplier S-003 --line TSHIRT-M:100@30 --valid-until 2026-11-25").code == 0
    first = asked("purchase compare @ --json", BIZCLI_TODAY="2026-11-26").json[0]
    assert (first["supplier"], first["status"], first["best"]) == ("S-003", "expired", "")


def test_what_is_ordered_is_seen_on_the_request(asked):
    assert asked("purchase order --from SQ-2611-0002 --receive --bill").code == 0
    assert asked("request show @ --json").json["status"] == "partly_ordered"
    order = asked("purchase order --from SQ-2611-0001 --json").json  # of the shirts nothing is needed any more
    assert [line["item"] for line in order["lines"]] == ["MUG"]
    shown = asked("request show @ --json").json
    assert (shown["status"], [line["ordered"] for line in shown["lines"]]) == ("ordered", ["100", "30"])
    assert asked("rfq show @ --json").json["status"] == "ordered"
