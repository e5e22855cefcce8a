"""Where an order's lines leave from."""

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.planning.sourcing import Wanted, source

FAR = {"SZ": 100.0, "GZ": 5.0, "BJ": 1900.0}
UNKNOWN = dict.fromkeys(FAR)


def said(shares: object) -> list[tuple[int, str | None, int]]:
    return [(each.line, each.warehouse, each.qty) for each in shares]  # type: ignore[attr-defined]


def test_the_nearest_that_has_all() -> None:
    stock = {("CUP", "SZ"): 5, ("CUP", "GZ"): 3, ("CUP", "BJ"): 90}
    assert said(source([Wanted(1, "CUP", 3)], stock, FAR)) == [(1, "GZ", 3)]
    assert said(source([Wanted(1, "CUP", 4)], stock, FAR)) == [(1, "SZ", 4)]


def test_without_a_distance_the_one_with_most() -> None:
    stock = {("CUP", "SZ"): 5, ("CUP", "GZ"): 3, ("CUP", "BJ"): 90}
    assert said(source([Wanted(1, "CUP", 3)], stock, UNKNOWN)) == [(1, "BJ", 3)]


def test_several_where_none_has_all_and_what_nobody_has_is_said() -> None:
    stock = {("CUP", "SZ"): 5, ("CUP", "GZ"): 3}
    assert said(source([Wanted(1, "CUP", 10)], stock, FAR)) == [(1, "GZ", 3), (1, "SZ", 5), (1, None, 2)]


def test_what_one_line_takes_another_cannot() -> None:
    stock = {("CUP", "SZ"): 5, ("CUP", "GZ"): 3}
    assert said(source([Wanted(1, "CUP", 3), Wanted(2, "CUP", 3)], stock, FAR)) == [(1, "GZ", 3), (2, "SZ", 3)]


def test_a_kit_leaves_from_where_all_its_parts_are() -> None:
    one = 1_000_000
    stock = {("CUP", "GZ"): 9 * one, ("CUP", "SZ"): 9 * one, ("TEA", "SZ"): 2 * one}
    parts = (("CUP", 2 * one), ("TEA", one))
    assert said(source([Wanted(1, "SET", 2 * one, parts)], stock, FAR)) == [(1, "SZ", 2 * one)]
    assert said(source([Wanted(1, "SET", 3 * one, parts)], stock, FAR)) == [(1, None, 3 * one)]


wanted = st.lists(st.integers(1, 20), max_size=5).map(
    lambda found: [Wanted(n, "CUP", qty) for n, qty in enumerate(found, 1)]
)
stocks = st.dictionaries(st.sampled_from([("CUP", place) for place in FAR]), st.integers(0, 20))


@given(wanted, stocks)
def test_every_line_is_whole_and_no_more_leaves_than_lies_there(
    lines: list[Wanted], stock: dict[tuple[str, str], int]
) -> None:
    shares = [*source(lines, stock, FAR)]
    for line in lines:
        assert sum(each.qty for each in shares if each.line == line.line) == line.qty
    for place in FAR:
        assert sum(each.qty for each in shares if each.warehouse == place) <= stock.get(("CUP", place), 0)
    if sum(stock.values()) >= sum(line.qty for line in lines):
        assert all(each.warehouse for each in shares)
