"""What is proposed: enough, not twice, and nothing that another warehouse needs itself."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.planning.replenishment import Levels, Proposal, Scope, Shelf, Terms, lying, propose

ONE = 1_000_000
TERMS = Terms("S-001", 7, Decimal(40))


def only(place: str, *levels: int | None) -> Scope:
    return Scope(place, frozenset((place,)), Levels(*(None if each is None else each * ONE for each in levels)))  # type: ignore[arg-type]


def shelf(on_hand: int, **more: int) -> Shelf:
    return Shelf(on_hand * ONE, **{name: qty * ONE for name, qty in more.items()})


def said(proposals: object) -> list[tuple[str | None, str | None, int]]:
    return [(each.origin, each.warehouse, each.qty // ONE) for each in proposals]  # type: ignore[attr-defined]


def test_above_the_point_nothing_is_ordered() -> None:
    assert said(propose({"SZ": shelf(21)}, [only("SZ", 20, 60)], TERMS, 90)) == []


def test_what_is_reserved_is_not_available_and_what_comes_counts() -> None:
    scopes = [only("SZ", 20, 60)]
    assert said(propose({"SZ": shelf(23, reserved=3)}, scopes, TERMS, 90)) == [(None, "SZ", 40)]
    assert said(propose({"SZ": shelf(23, reserved=3, incoming=1)}, scopes, TERMS, 90)) == []
    assert said(propose({"SZ": shelf(23, reserved=3, drafted=1)}, scopes, TERMS, 90)) == []


def test_the_supplier_sells_at_least_so_many_and_by_the_pack() -> None:
    terms = TERMS._replace(least=50 * ONE, multiple=12 * ONE)
    assert said(propose({"SZ": shelf(20)}, [only("SZ", 20, 60)], terms, 90)) == [(None, "SZ", 60)]


def test_a_point_alone_is_filled_with_what_is_used_until_goods_are_here() -> None:
    assert said(propose({"SZ": shelf(18, used=54)}, [only("SZ", 20)], TERMS, 90)) == [(None, "SZ", 2 + 5)]


def test_goods_are_brought_before_any_are_bought_and_what_is_then_enough_is_not_filled_up() -> None:
    scopes = [only("GZ", 5, 20), only("SZ", 20, 60)]
    assert said(propose({"SZ": shelf(3), "GZ": shelf(40)}, scopes, TERMS, 90)) == [("GZ", "SZ", 20)]
    assert said(propose({"SZ": shelf(3), "GZ": shelf(28)}, scopes, TERMS, 90)) == [("GZ", "SZ", 8), (None, "SZ", 49)]


def test_the_nearest_gives_first_and_where_none_is_nearer_the_one_with_most() -> None:
    scopes = [only("SZ", 20, 60)]
    shelves = {"SZ": shelf(3), "A": shelf(30), "B": shelf(90)}
    far = {"A": 10.0, "B": 99.0}
    near = propose(shelves, scopes, TERMS, 90, lambda origin, _: far[origin])
    assert said(near) == [("A", "SZ", 30), ("B", "SZ", 27)]
    assert said(propose(shelves, scopes, TERMS, 90)) == [("B", "SZ", 57)]


def test_a_warehouse_without_levels_keeps_what_it_uses_until_goods_are_here() -> None:
    shelves = {"SZ": shelf(3), "A": shelf(30, used=180)}
    assert said(propose(shelves, [only("SZ", 20, 60)], TERMS, 90)) == [("A", "SZ", 16), (None, "SZ", 41)]


def test_what_is_promised_beyond_what_there_is_is_ordered_without_any_level() -> None:
    assert said(propose({"SZ": shelf(2, reserved=7)}, [], TERMS, 90)) == [(None, "SZ", 5)]
    assert said(propose({"SZ": shelf(2, reserved=7), "GZ": shelf(9)}, [], TERMS, 90)) == [("GZ", "SZ", 5)]


def test_within_an_area_goods_move_without_taking_from_its_point() -> None:
    area = Scope("SOUTH", frozenset(("SOUTH", "A", "B")), Levels(10 * ONE))
    shelves = {"A": shelf(0, reserved=4), "B": shelf(15)}
    assert said(propose(shelves, [area], TERMS, 90)) == [("B", "A", 4)]


def test_it_must_be_ordered_before_what_is_left_is_used() -> None:
    (late,) = propose({"SZ": shelf(20, used=90)}, [only("SZ", 20, 60)], TERMS, 90)
    assert late.slack == 20 - 7
    (now,) = propose({"SZ": shelf(5, used=90)}, [only("SZ", 20, 60)], TERMS, 90)
    assert now.slack == 0


PLACES = ("A", "B", "C")
qty = st.integers(0, 60).map(lambda n: n * ONE)
a_shelf = st.builds(Shelf, qty, qty, qty, qty, qty)
a_level = st.builds(
    lambda point, more, lot: Levels(point, point + more if more else None, lot or None), qty, qty, qty
)  # fmt: skip
a_scope = st.tuples(st.sampled_from((*PLACES, "ALL", "AB")), a_level)
WITHIN = {"ALL": frozenset(PLACES), "AB": frozenset(("A", "B"))}
HOME = {"ALL": "A", "AB": "B"}
some_scopes = st.lists(a_scope, max_size=4, unique_by=lambda each: each[0]).map(
    lambda found: sorted(
        (Scope(HOME.get(name, name), WITHIN.get(name, frozenset((name,))), levels) for name, levels in found),
        key=lambda scope: len(scope.within),
    )
)
some_terms = st.builds(Terms, st.just("S-001"), st.integers(0, 40), st.just(Decimal(1)), qty, qty)


def done(shelves: dict[str, Shelf], proposals: list[Proposal]) -> dict[str, Shelf]:
    """The shelves once the proposals are transfers under way and drafts."""
    after = dict(shelves)
    for each in proposals:
        target = after.get(each.warehouse or "", Shelf())
        if each.origin is None:
            after[each.warehouse or ""] = target._replace(drafted=target.drafted + each.qty)
        else:
            after[each.warehouse or ""] = target._replace(incoming=target.incoming + each.qty)
            giver = after[each.origin]
            after[each.origin] = giver._replace(on_hand=giver.on_hand - each.qty)
    return after


@given(st.dictionaries(st.sampled_from(PLACES), a_shelf), some_scopes, some_terms)
def test_once_done_nothing_is_proposed_again(shelves: dict[str, Shelf], scopes: list[Scope], terms: Terms) -> None:
    first = [*propose(shelves, scopes, terms, 90)]
    after = done(shelves, first)
    assert [*propose(after, scopes, terms, 90)] == []
    assert all(lying(after, scope.within).projected > scope.levels.point for scope in scopes if scope.levels)
    assert all(each.projected >= 0 for each in after.values())


@given(st.dictionaries(st.sampled_from(PLACES), a_shelf), some_scopes, some_terms)
def test_nobody_gives_what_is_not_there(shelves: dict[str, Shelf], scopes: list[Scope], terms: Terms) -> None:
    proposals = [*propose(shelves, scopes, terms, 90)]
    assert all(each.qty > 0 and each.origin != each.warehouse for each in proposals)
    for origin in {each.origin for each in proposals} - {None}:
        given_away = sum(each.qty for each in proposals if each.origin == origin)
        assert given_away <= shelves[origin or ""].available
