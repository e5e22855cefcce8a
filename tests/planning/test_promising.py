"""How many can be promised when: no promise breaks another."""

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.planning.promising import Event, Lot, earliest, free_on, of_kit, run

TODAY, TOMORROW = "2026-11-20", "2026-11-21"


def test_a_later_promise_is_kept_free() -> None:
    found = run(TODAY, TOMORROW, 10, [Event("2026-11-25", "SO-1", -7), Event("2026-11-23", "PO-1", 4)])
    assert [(each.day, each.balance, each.free) for each in found] == [
        (TODAY, 10, 7),
        ("2026-11-23", 14, 7),
        ("2026-11-25", 7, 7),
    ]


def test_goods_that_come_that_day_can_leave_that_day() -> None:
    found = run(TODAY, TOMORROW, 0, [Event("2026-11-23", "SO-1", -4), Event("2026-11-23", "PO-1", 4)])
    assert [each.balance for each in found] == [0, 4, 0]


def test_what_is_late_to_come_is_not_here_today_and_what_is_late_to_leave_leaves_today() -> None:
    found = run(TODAY, TOMORROW, 5, [Event("2026-11-01", "PO-1", 4), Event("2026-11-02", "SO-1", -2)])
    assert [(each.day, each.event.due) for each in found if each.event] == [
        (TODAY, "2026-11-02"),
        (TOMORROW, "2026-11-01"),
    ]
    assert free_on(found, TODAY) == 3 and free_on(found, TOMORROW) == 7


def test_the_first_day_for_a_quantity() -> None:
    found = run(TODAY, TOMORROW, 5, [Event("2026-12-01", "PO-1", 40)])
    assert earliest(found, 5) == TODAY
    assert earliest(found, 6) == "2026-12-01"
    assert earliest(found, 5, "2026-11-28") == "2026-11-28"
    assert earliest(found, 46) is None


def test_kits_are_as_many_as_the_scarcest_part_makes() -> None:
    one = 1_000_000
    shirts = run(TODAY, TOMORROW, 7 * one, [Event("2026-12-01", "PO-1", 10 * one)])
    mugs = run(TODAY, TOMORROW, 4 * one, [])
    assert [(each.day, each.free) for each in of_kit([(2 * one, shirts), (one, mugs)])] == [
        (TODAY, 3 * one),
        ("2026-12-01", 4 * one),
    ]


days = st.integers(1, 28).map(lambda n: f"2026-12-{n:02d}")
some_events = st.lists(st.builds(Event, days, st.just("X"), st.integers(-9, 9)), max_size=12)


@given(st.integers(0, 30), some_events, days)
def test_what_is_free_can_be_promised_without_breaking_a_promise(on_hand: int, events: list[Event], day: str) -> None:
    before = run(TODAY, TOMORROW, on_hand, events)
    free = free_on(before, day)
    after = run(TODAY, TOMORROW, on_hand, [*events, Event(day, "NEW", -free)])
    broken = [each for each in after if each.day >= day and each.balance < 0]
    assert free == 0 or broken == []
    one_more = run(TODAY, TOMORROW, on_hand, [*events, Event(day, "NEW", -free - 1)])
    assert any(each.day >= day and each.balance < 0 for each in one_more)


def test_what_expires_can_be_promised_until_it_does() -> None:
    found = run(TODAY, TOMORROW, 10, [Event("2026-11-23", "SO-1", -3)], [Lot("2026-11-25", "L1", 6)])
    assert [(each.day, each.event.kind if each.event else "", each.balance, each.free) for each in found] == [
        (TODAY, "", 10, 7),
        ("2026-11-23", "", 7, 7),
        ("2026-11-26", "expired", 4, 4),
    ]


def test_what_has_expired_counts_no_more() -> None:
    found = run(TODAY, TOMORROW, 10, [], [Lot("2026-11-19", "L1", 6)])
    assert [(each.balance, each.free) for each in found] == [(10, 4), (4, 4)]
    assert free_on(found, TODAY) == 4 and earliest(found, 5) is None


some_lots = st.lists(st.builds(Lot, days, st.just("L"), st.integers(1, 9)), max_size=4)


@given(st.integers(0, 20), some_lots, some_events, days)
def test_what_is_free_of_lots_can_be_promised_too(lasting: int, lots: list[Lot], events: list[Event], day: str) -> None:
    on_hand = lasting + sum(lot.qty for lot in lots)
    free = free_on(run(TODAY, TOMORROW, on_hand, events, lots), day)
    if all_served(lasting, lots, events):
        assert all_served(lasting, lots, [*events, Event(day, "NEW", -free)])
        assert not all_served(lasting, lots, [*events, Event(day, "NEW", -free - 1)])
    else:
        assert free == 0 or all_served(lasting, lots, [Event(day, "NEW", -free)])


def all_served(lasting: int, lots: list[Lot], events: list[Event]) -> bool:
    """Whether everybody gets what was promised, taking what expires first, day by day."""
    there = [[lot.until, lot.qty] for lot in sorted(lots)] + [["9999", lasting]]
    for event in sorted(events, key=lambda each: (each.day, each.qty < 0)):
        if event.qty > 0:
            there[-1][1] += event.qty
        missing = -event.qty
        for lot in there:
            part = min(lot[1], missing) if lot[0] >= event.day and missing > 0 else 0
            lot[1], missing = lot[1] - part, missing - part
        if missing > 0:
            return False
    return True
