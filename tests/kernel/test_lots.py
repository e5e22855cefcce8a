"""The ledger of lots as such: beside the fold of values, and begun on any day, it comes to the same.

Days are made of arrivals, issues, transfers and counts, many on one day and some of lots that are not
there. Quantities are in hundredths.
"""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.test_valuation import PLACES, RANKS, folded

from bizcli.kernel.delta import LotMove
from bizcli.kernel.effects import CUSTOMER, LOSS, SUPPLIER, Level, Move
from bizcli.kernel.lots import OUTSIDE, Ledger
from bizcli.kernel.money import MICRO
from bizcli.kernel.valuation import Going

ITEM = "BOLT"  # of the fold's tests
LOTS = ("L1", "L2", "L3")

events = st.fixed_dictionaries({
    "what": st.sampled_from(["in", "in", "in", "transfer", "out", "out", "count"]),
    "day": st.integers(1, 5),
    "place": st.sampled_from(PLACES),
    "qty": st.integers(1, 2_000).map(lambda n: n * 10_000),
    "lot": st.sampled_from(LOTS),
    "found": st.lists(st.sampled_from(LOTS), unique=True),
    "time": st.sampled_from(["", "", "09:00", "15:00"]),
})  # fmt: skip
courses = st.lists(events, min_size=1, max_size=25)


def documents(course: list[dict[str, Any]]) -> tuple[list[Going], list[LotMove]]:
    """A document for each event: what the fold sees of it, and what the ledger does."""
    goings, moves = [], []
    for n, each in enumerate(course):
        what, place, qty = each["what"], each["place"], each["qty"]
        id, day, time = f"D-{n:04}", f"2026-11-0{each['day']}", each["time"]
        key = f"{day}{RANKS[what]}{time:<5}{id}"
        here = (day, key, id, 1, time)
        event: Any
        if what == "count":
            event = Level(1, ITEM, qty * len(each["found"]), place)
            for lot, there in (("", 0), *((lot, qty) for lot in each["found"])):
                moves.append(LotMove(ITEM, lot, *here, LOSS, place, there, 0))
        else:
            ends = {
                "in": (SUPPLIER, place), "out": (place, CUSTOMER), "transfer": (place, PLACES[place == PLACES[0]]),
            }[what]  # fmt: skip
            event = Move(1, ITEM, qty, *ends, 0 if what == "in" else None)
            moves.append(LotMove(ITEM, each["lot"], *here, *ends, None, qty))
        goings.append(Going(key, id, day, time, (event,)))
    return goings, moves


def ledger(moves: list[LotMove], opening: Any = (), serial: bool = False) -> Ledger:
    found = Ledger(ITEM, serial, opening)
    found.fold(moves)
    return found


def balances(moves: list[LotMove]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for each in moves:
        for place, change in ((each.origin, -each.qty), (each.target, each.qty)):
            found[place, each.lot] = found.get((place, each.lot), 0) + change
    return {key: qty for key, qty in found.items() if qty}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(course=courses)
def test_the_lots_of_a_place_are_what_lies_on_its_shelf(course: list[dict[str, Any]]) -> None:
    goings, moves = documents(course)
    shelves = folded(goings, "fifo").states[ITEM]
    found = balances(ledger(moves).moves)
    for place in PLACES:
        lots = sum(qty for (of, _), qty in found.items() if of == place)
        assert lots == (shelves[place].qty if place in shelves else 0)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(course=courses, day=st.integers(1, 5), random=st.randoms(use_true_random=False))
def test_it_may_begin_on_any_day_and_in_any_order(course: list[dict[str, Any]], day: int, random: Any) -> None:
    _, moves = documents(course)
    whole, first = ledger(moves), f"2026-11-0{day}"
    before = [each for each in whole.moves if each.day < first]
    opening = [(place, lot, qty, "") for (place, lot), qty in balances(before).items()]
    later = [each for each in moves if each.day >= first]
    random.shuffle(later)
    rest = ledger(later, opening)
    assert rest.moves == [each for each in whole.moves if each.day >= first]
    wrong = [(each.rule, each.lot, each.place, each.document, each.amount) for each in whole.wrong if each.day >= first]
    assert [(each.rule, each.lot, each.place, each.document, each.amount) for each in rest.wrong] == wrong


@settings(max_examples=200, deadline=None, derandomize=True)
@given(course=courses)
def test_no_lot_falls_below_zero_unsaid(course: list[dict[str, Any]]) -> None:
    """Whenever a lot of some place is below zero at the end of a day, some document is named for it."""
    _, moves = documents(course)
    found = ledger(moves)
    named = {(each.lot, each.place, each.day) for each in found.wrong if each.rule == "lot"}
    for day in sorted({each.day for each in moves}):
        for (place, lot), qty in balances([each for each in found.moves if each.day <= day]).items():
            if qty < 0 and place not in OUTSIDE:
                assert any((lot, place, of) in named for of in (f"2026-11-0{n}" for n in range(1, 6)) if of <= day)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(course=courses)
def test_what_may_leave_leaves_enough_for_later_days(course: list[dict[str, Any]]) -> None:
    """All that stands on a day, taken on that day, makes no lot fall below zero that had not fallen."""
    _, moves = documents([each for each in course if each["what"] != "count"])
    found = ledger(moves)
    for place in PLACES:
        taken = [
            LotMove(ITEM, each.lot, "2026-11-03", "2026-11-039", "X", n, "", place, CUSTOMER, None, each.qty)
            for n, each in enumerate(found.standing(place, "2026-11-03"))
        ]
        after = ledger([*moves, *taken])
        fallen = {(each.lot, each.place, each.day) for each in found.wrong}
        assert [
            each for each in after.wrong if each.document == "X" or (each.lot, each.place, each.day) not in fallen
        ] == []


def test_first_to_expire_then_first_to_come() -> None:
    def come(lot: str, day: int, expiry: str | None = None) -> LotMove:
        at = f"2026-11-0{day}"
        return LotMove(ITEM, lot, at, f"{at}1{lot}", lot, 1, "", SUPPLIER, "SZ", None, MICRO, expiry)

    found = ledger([come("A", 3), come("B", 1), come("C", 4, "2026-12-01"), come("D", 2, "2026-11-20")])
    assert [each.lot for each in found.standing("SZ", "2026-11-05")] == ["D", "C", "B", "A"]
    assert [each.lot for each in found.standing("SZ", "2026-11-02")] == ["D", "B"]
