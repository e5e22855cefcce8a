"""A policy replayed over past demand."""

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.planning.replenishment import Levels, Terms
from bizcli.domains.planning.simulation import busiest, evenly, replay, working

ONE = 1_000_000


def test_a_point_below_the_demand_of_the_lead_time_runs_out() -> None:
    """10, then 7, 4, 1 (ordered: 9 to come in 3 days), 0 with 2 missed, 0 with 3 missed, 6, 3, 0: ordered again."""
    found = replay([3] * 8, 10, Levels(1, lot=9), Terms(lead_time=3))
    assert (found.days_out, found.missed, found.orders, found.ordered) == (3, 5, 2, 18)
    assert found.average == (7 + 4 + 1 + 0 + 0 + 6 + 3 + 0) // 8


def test_the_same_with_a_point_that_covers_it_misses_nothing() -> None:
    found = replay([3] * 8, 10, Levels(9, lot=9), Terms(lead_time=3))
    assert (found.days_out, found.missed) == (0, 0)


def test_the_supplier_sells_by_the_pack() -> None:
    assert replay([1], 1, Levels(0, most=5), Terms(multiple=4, least=6)).ordered == 8


def test_no_days_are_no_average() -> None:
    assert replay([], 5, Levels(1, most=2), Terms()).average == 0


demands = st.lists(st.integers(0, 9).map(lambda n: n * ONE), min_size=1, max_size=60)


@given(demands, st.integers(1, 12))
def test_levels_worked_out_of_the_demand_miss_none_of_it(demand: list[int], lead_time: int) -> None:
    """Begun full, with a point that the busiest lead time does not exceed, nobody is sent away."""
    levels = working(demand, lead_time + 1, 30)
    found = replay(demand, levels.most or 0, levels, Terms(lead_time=lead_time))
    assert found.missed == 0


@given(demands, st.integers(1, 70))
def test_the_busiest_days_are_the_busiest(demand: list[int], days: int) -> None:
    windows = [sum(demand[n : n + days]) for n in range(max(len(demand) - days + 1, 1))]
    assert busiest(demand, days) == max(windows)


@given(st.lists(st.one_of(st.just(0), st.integers(0, 9_000_000)), max_size=40))
def test_what_came_is_all_used_and_never_before_it_came(received: list[int]) -> None:
    used = evenly(received)
    assert sum(used) == sum(received) and all(each >= 0 for each in used)
    assert all(sum(used[: n + 1]) <= sum(received[: n + 1]) for n in range(len(received)))
