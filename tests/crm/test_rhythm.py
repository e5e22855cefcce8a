"""How regularly somebody buys, and when silence means something."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.crm.rfm import fifth
from bizcli.domains.crm.rhythm import rhythm

MONDAY = date(2026, 6, 1).toordinal()


def test_the_usual_gap_is_the_median_so_that_one_holiday_does_not_change_it() -> None:
    # bought on day 0, 7, 14, 84, 91: gaps 7, 7, 7, 70
    known = rhythm([MONDAY, MONDAY + 7, MONDAY + 14, MONDAY + 84, MONDAY + 91])
    assert known is not None
    assert known.gaps == (7, 7, 7, 70)
    assert known.usual == 7
    assert known.next == MONDAY + 98


def test_of_two_purchases_nobody_can_tell() -> None:
    known = rhythm([MONDAY, MONDAY + 30])
    assert known is not None and known.usual is None and known.next is None
    assert known.risk(MONDAY + 1000) == "unknown"
    assert rhythm([]) is None


def test_two_orders_on_a_day_are_one_purchase() -> None:
    assert rhythm([MONDAY, MONDAY, MONDAY + 30]) == rhythm([MONDAY, MONDAY + 30])


def test_the_risk_grows_with_the_silence() -> None:
    known = rhythm([MONDAY + 30 * n for n in range(6)])
    assert known is not None
    last = MONDAY + 150
    assert [known.risk(last + silence) for silence in (30, 45, 46, 90, 91)] == [
        "low",
        "low",
        "medium",
        "medium",
        "high",
    ]


def test_who_has_paused_before_is_not_slipping() -> None:
    # one gap in four was 100 days: 60 days are nothing, 101 are more than ever before
    known = rhythm([MONDAY, MONDAY + 10, MONDAY + 20, MONDAY + 120, MONDAY + 130])
    assert known is not None and known.gaps == (10, 10, 10, 100)
    assert known.risk(MONDAY + 130 + 60) == "low"
    assert known.risk(MONDAY + 130 + 101) == "high"


@given(st.lists(st.integers(700_000, 800_000), min_size=1), st.integers(0, 5000))
def test_rhythm_of_any_days(days: list[int], silence: int) -> None:
    known = rhythm(days)
    assert known is not None
    assert known == rhythm(reversed(days))
    assert known.last == max(days) and sum(known.gaps) == max(days) - min(days)
    assert all(gap > 0 for gap in known.gaps)
    if known.usual is not None:
        assert min(known.gaps) <= known.usual <= max(known.gaps)
        grades = ["low", "medium", "high"]
        grows = [grades.index(known.risk(known.last + silence + more)) for more in (0, 1, 1000)]
        assert grows == sorted(grows)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_classes_follow_the_ranks(values: list[int]) -> None:
    def of(value: int) -> int:
        return fifth(sum(each < value for each in values), values.count(value), len(values))

    classes = [of(value) for value in sorted(values)]
    assert classes == sorted(classes)
    assert {1, 2, 3, 4, 5}.issuperset(classes)
    if len(set(values)) == len(values) and len(values) % 5 == 0:  # nobody is alike: the fifths are as large
        assert [classes.count(n) for n in (1, 2, 3, 4, 5)] == [len(values) // 5] * 5
