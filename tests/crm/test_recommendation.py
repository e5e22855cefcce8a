"""What is recommended, and why: learned from baskets of which one can count everything."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizcli.cli import examples
from bizcli.domains.crm.recommendation import Basket, Experience, Reason, teach
from bizcli.domains.crm.recommendation_trial import Trial, evaluate

FIRST = date(2026, 1, 5).toordinal()
PLACE = Path("shared/data/adventureworks_orders_2011")


def learned(baskets: Iterable[tuple[int, str | None, str]]) -> Experience:
    """What baskets taught: day, customer, items as words."""
    known = Experience()
    teach(known, [Basket(FIRST + day, customer, tuple(items.split())) for day, customer, items in baskets])
    return known


def test_what_is_bought_every_month_is_due_a_month_later() -> None:
    known = learned([*((30 * n, "A", "TEA") for n in range(5)), (121, "B", "CUPS"), (122, "C", "CUPS")])
    reasons = {each.item: each.reason for each in known.offers("A", FIRST + 120 + 41, 10)}
    assert reasons["TEA"] == Reason("repeats", 5, 41, None, 30)
    assert reasons["CUPS"] == Reason("popular", 2, 7)


def test_what_rests_by_the_rhythm_of_the_customer_is_not_offered() -> None:
    known = learned([*((30 * n, "A", "TEA") for n in range(5)), (121, "B", "CUPS")])
    assert [each.item for each in known.offers("A", FIRST + 120 + 22, 10)] == ["CUPS"]  # 22 of 30 days
    assert [each.item for each in known.offers("A", FIRST + 120 + 23, 10)] == ["TEA", "CUPS"]
    assert "TEA" in [each.item for each in known.offers("B", FIRST + 120 + 22, 10)]  # it is the rhythm of A


def test_what_goes_with_what_the_customer_bought() -> None:
    # TEA in 20 baskets, 14 of them with CUPS; COFFEE is as often bought as CUPS, but never with TEA
    baskets = [*((n, None, "TEA CUPS") for n in range(14)), *((n, None, "TEA") for n in range(14, 19))]
    baskets += [*((n, None, "COFFEE") for n in range(19, 33)), (33, "A", "TEA")]
    offers = learned(baskets).offers("A", FIRST + 34, 10)
    assert {each.item: each.reason for each in offers}["CUPS"] == Reason("goes_with", 14, 20, "TEA")
    assert [each.item for each in offers].index("CUPS") < [each.item for each in offers].index("COFFEE")


def test_what_goes_with_an_item() -> None:
    known = learned([*((n, None, "TEA CUPS") for n in range(14)), *((n, None, "TEA PEN") for n in range(14, 16))])
    offers = known.goes_together("TEA", 10)
    assert [(each.item, each.reason) for each in offers] == [
        ("CUPS", Reason("goes_with", 14, 16, "TEA")),
        ("PEN", Reason("goes_with", 2, 16, "TEA")),
    ]
    assert known.goes_together("INK", 10) == []


def test_where_customers_do_not_repeat_what_they_had_is_not_preferred() -> None:
    """Everybody buys A to E once: who had A is not offered A again before what he never had."""
    baskets = [(n, f"C{n % 40}", "ABCDE"[n // 40]) for n in range(200)]
    known = learned(baskets)
    again = known.repetition()
    assert again["once"] < 1


def test_where_customers_repeat_what_they_had_comes_first() -> None:
    baskets = [(n, f"C{n % 4}", f"OWN-{n % 4}") for n in range(400)]
    known = learned(baskets)
    assert known.repetition()["due"] > 1.3
    assert known.offers("C1", FIRST + 402, 1)[0].item == "OWN-1"


def test_a_basket_of_two_years_ago_counts_half() -> None:
    known = learned([(0, None, "OLD"), (0, None, "OLD"), (0, None, "OLD"), (730, None, "NEW"), (730, None, "NEW")])
    assert known.recent["OLD"] * 4 == known.recent["NEW"] * 3


def test_nothing_is_learned_of_nothing() -> None:
    assert Experience().offers("A", FIRST, 10) == []
    assert evaluate([]).scores[0].baskets == 0


ITEMS = st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=4, unique=True).map(tuple)
BASKETS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["X", "Y", None]), ITEMS), min_size=1, max_size=40)


@given(BASKETS, st.sampled_from(["X", "Y", "Z"]), st.sets(st.sampled_from("ABCDEFG")))
def test_offers_of_any_baskets(
    rows: list[tuple[int, str | None, tuple[str, ...]]], who: str, without: set[str]
) -> None:
    baskets = sorted((Basket(FIRST + day, customer, items) for day, customer, items in rows), key=lambda each: each.day)
    known = Experience()
    teach(known, baskets)
    offers = known.offers(who, FIRST + 41, 5, without)
    items = [each.item for each in offers]
    assert len(items) == len(set(items)) <= 5 and without.isdisjoint(items)
    assert set(items) <= {item for basket in baskets for item in basket.items}
    own = {item for basket in baskets if basket.customer == who for item in basket.items}
    for each in offers:
        assert (each.reason.kind == "repeats") == (each.item in own)
        if each.reason.kind == "goes_with":
            both = [basket for basket in baskets if {each.item, each.reason.other} <= set(basket.items)]
            other = [basket for basket in baskets if each.reason.other in basket.items]
            assert (len(both), len(other)) == (each.reason.times, each.reason.of)
    again = Experience()
    shuffled = sorted(baskets, key=lambda each: (each.day, each.items), reverse=True)
    teach(again, sorted(shuffled, key=lambda each: each.day))
    assert [
        each.item for each in again.offers(who, FIRST + 41, 5, without)
    ] == items  # within a day the order is nothing


def test_a_trial_sees_nothing_of_the_day_itself_or_later() -> None:
    """A and B buy TEA for ten days, and on the eleventh both buy PEN, twice: nobody could have known."""
    baskets = [Basket(FIRST + day, who, ("TEA",)) for day in range(10) for who in "AB"]
    baskets += [Basket(FIRST + 10, who, ("PEN",)) for who in "ABAB"]
    trial = evaluate(baskets)
    assert (trial.learned, trial.since) == (12, FIRST + 6)
    # the eight baskets of TEA on days 6 to 9 are hit by all methods, but TEA is then no new item; PEN is new, and never hit
    assert table(trial) == dict.fromkeys(("most_popular", "repeat_purchase", "recommend"), (8, 12, 0, 4))


# --- on real data: whoever sells these things would rather have ours ---


def northwind() -> list[Basket]:
    folder = examples.folder("northwind")
    return baskets_of(
        Path(folder) / "orders.csv",
        Path(folder) / "order_details.csv",
        ("orderID", "customerID", "orderDate", "productID"),
    )


def adventureworks() -> list[Basket]:
    folder = next((path for above in Path(__file__).parents[2].parents if (path := above / PLACE).exists()), None)
    if folder is None:
        pytest.skip("the orders of AdventureWorks of 2011 are not beside the repository")
    headers, lines = (folder / f"salesorder{part}.csv" for part in ("header", "detail"))
    return baskets_of(headers, lines, ("salesorderid", "customerid", "orderdate", "productid"))


def baskets_of(orders: Path, lines: Path, names: tuple[str, str, str, str]) -> list[Basket]:
    """Baskets of two tables; lines whose order is not there are left out."""
    id, customer, day, item = names
    items: dict[str, set[str]] = defaultdict(set)
    with lines.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            items[row[id]].add(row[item])
    with orders.open(encoding="utf-8-sig") as file:
        found = [
            Basket(date.fromisoformat(row[day][:10]).toordinal(), row[customer], tuple(sorted(items[row[id]])))
            for row in csv.DictReader(file)
            if row[id] in items
        ]
    return sorted(found)


def table(trial: Trial) -> dict[str, tuple[int, int, int, int]]:
    return {each.method: (each.hits, each.baskets, each.new_hits, each.new_baskets) for each in trial.scores}


def test_northwind() -> None:
    assert table(evaluate(northwind())) == {
        "most_popular": (171, 412, 166, 364),
        "repeat_purchase": (133, 412, 166, 364),
        "recommend": (184, 412, 169, 364),
    }


def test_adventureworks() -> None:
    assert table(evaluate(adventureworks())) == {
        "most_popular": (117, 165, 88, 151),
        "repeat_purchase": (149, 165, 88, 151),
        "recommend": (152, 165, 131, 151),
    }


@pytest.mark.parametrize("baskets", [northwind, adventureworks])
def test_it_beats_both_baselines(baskets: object) -> None:
    scores = {each.method: each for each in evaluate(baskets()).scores}  # type: ignore[operator]
    for baseline in ("most_popular", "repeat_purchase"):
        assert scores["recommend"].hits > scores[baseline].hits
        assert scores["recommend"].new_hits > scores[baseline].new_hits
