"""The valuation fold as such: whatever moves in whatever order, no cent and no piece gets lost.

Days are made of arrivals, issues, transfers, returns, counts and changes of value, many on one day and
some without the goods that they need. Money is in cents, quantities in hundredths.
"""

import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bizcli.kernel.effects import CUSTOMER, LOSS, OPENING, SUPPLIER, VIRTUAL, Level, Move, Revalue
from bizcli.kernel.money import MICRO, amount_text, divide, share
from bizcli.kernel.valuation import Accounts, Fold, Going, Shelf, days, dump_shelves, load_shelves, lots_of

CENT = 10_000
ITEM = "BOLT"
PLACES = ("GZ", "SZ")
RANKS = {"in": 1, "transfer": 2, "out": 3, "return": 5, "value": 7, "count": 8}

quantities = st.integers(1, 2_000).map(lambda n: n * CENT)
amounts = st.integers(0, 500_000).map(lambda n: n * CENT)
events = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["in", "in", "in", "transfer", "out", "out", "return", "value", "count"]),
        "day": st.integers(1, 4),
        "place": st.sampled_from(PLACES),
        "qty": quantities,
        "value": amounts,
        "time": st.sampled_from(["", "", "09:00", "15:00"]),
        "of": st.integers(0, 30),
    }
)
courses = st.lists(events, min_size=1, max_size=25)


def accounts(costing: str) -> Accounts:
    return Accounts(
        inventory=lambda item: "Assets:Inventory",
        counter=lambda origin, target, item: "Expenses:" + "".join(sorted({origin, target} & VIRTUAL)).title(),
        costing=lambda item: costing,
        commodity=lambda item: item,
        currency="CNY",
        unit=CENT,
    )


def documents(course: list[dict[str, Any]]) -> list[Going]:
    """A document for each event; a return brings back what some issue before took."""
    found = []
    issues = []
    for n, each in enumerate(course):
        what, place, qty = each["what"], each["place"], each["qty"]
        id, day = f"D-{n:04}", f"2026-11-0{each['day']}"
        event: Any
        if what == "in":
            event = Move(1, ITEM, qty, SUPPLIER if n % 2 else OPENING, place, each["value"])
        elif what == "transfer":
            event = Move(1, ITEM, qty, place, PLACES[place == PLACES[0]])
        elif what == "out":
            event = Move(1, ITEM, qty, place, CUSTOMER)
            issues.append((day, id, qty))
        elif what == "return":
            before = [(source, left) for when, source, left in issues if when < day]
            if not before:
                continue
            source, left = before[each["of"] % len(before)]
            event = Move(1, ITEM, min(qty, left), CUSTOMER, place, None, f"{source}/1")
            issues.remove(next(one for one in issues if one[1] == source))
        elif what == "count":
            event = Level(1, ITEM, qty, place)
        else:
            event = Revalue(1, ITEM, place, each["value"] - 250_000 * CENT, "Expenses:Loss")
        time = each["time"]
        found.append(Going(f"{day}{RANKS[what]}{time:<5}{id}", id, day, time, (event,)))
    return found


def folded(goings: list[Going], costing: str, states: Any = None, before: Any = None) -> Fold:
    fold = Fold(accounts(costing), states or {ITEM: {}}, before or (lambda line, item: None))
    for today in days(goings):
        fold.day(today, True)
    return fold


def gone(fold: Fold, goings: list[Going]) -> tuple[int, int]:
    """Quantity and value that came in, less what went out, as the fold valued it."""
    events = {going.id: going.events[0] for going in goings}
    qty = value = 0
    for each in fold.valued:
        event = events[each.document]
        value -= sum(part for _, part in each.cover)
        if isinstance(event, Move):
            sign = (event.target not in VIRTUAL) - (event.origin not in VIRTUAL)
            qty, value = qty + sign * each.qty, value + sign * each.value
        else:
            qty, value = qty + each.qty, value + each.value
    return qty, value


costings = pytest.mark.parametrize("costing", ["fifo", "average"])


@costings
@settings(max_examples=200, deadline=None, derandomize=True)
@given(course=courses)
def test_what_is_left_is_what_came_less_what_went(costing: str, course: list[dict[str, Any]]) -> None:
    goings = documents(course)
    fold = folded(goings, costing)
    shelves = fold.states[ITEM].values()
    assert gone(fold, goings) == (sum(each.qty for each in shelves), sum(each.value for each in shelves))


@costings
@settings(max_examples=200, deadline=None, derandomize=True)
@given(course=courses)
def test_the_journal_has_the_lots_and_the_value_of_every_shelf(costing: str, course: list[dict[str, Any]]) -> None:
    """What lies on a shelf is what its lots and its Adjust account add up to; an empty shelf is worth nothing."""
    fold = folded(documents(course), costing)
    units: dict[str, Decimal] = defaultdict(Decimal)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for each in fold.valued:
        total = Decimal(0)
        for line in each.text.splitlines():
            if found := re.fullmatch(rf"  Assets:Inventory:(\w+):{ITEM}  (\S+) {ITEM} {{(\S+) CNY, .*}}", line):
                place, number, cost = found[1], Decimal(found[2]), Decimal(found[3])
                units[place] += number
                money[place] += number * cost
                total += number * cost
            elif found := re.fullmatch(rf"  Assets:Inventory:(\w+):{ITEM}:Adjust  (\S+) CNY", line):
                money[found[1]] += Decimal(found[2])
                total += Decimal(found[2])
            elif found := re.fullmatch(r"  Expenses:\w+  (\S+) CNY", line):
                total += Decimal(found[1])
        assert total == 0, each.text
    for place, shelf in fold.states[ITEM].items():
        assert units[place] * MICRO == max(shelf.qty, 0)
        assert money[place] * MICRO == shelf.value
        if not shelf.qty:
            assert shelf.value == 0


@costings
@settings(max_examples=100, deadline=None, derandomize=True)
@given(course=courses, random=st.randoms(use_true_random=False))
def test_the_order_of_entry_does_not_matter(costing: str, course: list[dict[str, Any]], random: Any) -> None:
    goings = documents(course)
    mixed = goings[:]
    random.shuffle(mixed)
    one, other = folded(goings, costing), folded(mixed, costing)
    assert one.valued == other.valued
    assert one.keys == other.keys
    assert dump_shelves(one.states[ITEM]) == dump_shelves(other.states[ITEM])


@costings
@settings(max_examples=100, deadline=None, derandomize=True)
@given(course=courses, until=st.integers(1, 4))
def test_a_kept_state_goes_on_as_if_nothing_had_been(costing: str, course: list[dict[str, Any]], until: int) -> None:
    goings = documents(course)
    day = f"2026-11-0{until}"
    whole = folded(goings, costing)
    first = folded([each for each in goings if each.day <= day], costing)
    state = load_shelves(dump_shelves(first.states[ITEM]))
    sources = {line: tuple(found) for (line, _), found in first.sources.items()}
    rest = folded(
        [each for each in goings if each.day > day], costing, {ITEM: state}, lambda line, _: sources.get(line)
    )
    assert first.valued + rest.valued == whole.valued
    assert dump_shelves(rest.states[ITEM]) == dump_shelves(whole.states[ITEM])


@costings
@settings(max_examples=100, deadline=None, derandomize=True)
@given(course=courses)
def test_nothing_goes_short_while_another_could_bring_the_goods(costing: str, course: list[dict[str, Any]]) -> None:
    """The order of the books: by key, and every shortage is one that no document of the day could have mended."""
    goings = [each for each in documents(course) if not isinstance(each.events[0], Level)]
    fold = folded(goings, costing)
    short = {each.document for each in fold.shortages}
    order = sorted(goings, key=lambda each: fold.keys.get(each.id, each.key))
    assert [each.document for each in fold.valued] == [each.id for each in order]
    waited = [each.id for each in goings if each.id in fold.keys]
    assert short <= set(waited)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(qty=st.integers(1, 10**15), value=st.integers(0, 10**12).map(lambda n: n * CENT))
def test_lots_make_a_value_exact(qty: int, value: int) -> None:
    lots = lots_of("GR-1", "2026-11-01", qty, value)
    assert sum(lot[3] for lot in lots) == qty
    assert sum(lot[2] * lot[3] for lot in lots) == value * MICRO
    assert max(lot[2] for lot in lots) - min(lot[2] for lot in lots) <= 1


@settings(max_examples=300, deadline=None, derandomize=True)
@given(whole=amounts, parts=st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_shares_add_up_to_the_whole(whole: int, parts: list[int]) -> None:
    total, seen, given_out = sum(parts), 0, 0
    for part in parts:
        seen += part
        given_out += share(whole, seen, total, CENT) - given_out
    assert given_out == whole


@settings(max_examples=300, deadline=None, derandomize=True)
@given(number=st.integers(-(10**9), 10**9), by=st.integers(1, 10**4))
def test_halves_are_rounded_away_from_nought(number: int, by: int) -> None:
    exact = Decimal(number) / Decimal(by)
    assert divide(number, by) == int(exact.to_integral_value("ROUND_HALF_UP"))
    assert divide(-number, by) == -divide(number, by)


def test_goods_wait_for_what_comes_back_that_day() -> None:
    goings = [
        Going("2026-11-011     A", "A", "2026-11-01", "", (Move(1, ITEM, MICRO, OPENING, "SZ", 7 * MICRO),)),
        Going("2026-11-023     B", "B", "2026-11-02", "", (Move(1, ITEM, MICRO, "SZ", CUSTOMER),)),
        Going("2026-11-033     C", "C", "2026-11-03", "", (Move(1, ITEM, MICRO, "SZ", LOSS),)),
        Going("2026-11-035     D", "D", "2026-11-03", "", (Move(1, ITEM, MICRO, CUSTOMER, "SZ", None, "B/1"),)),
    ]
    fold = folded(goings, "fifo")
    assert [each.document for each in fold.valued] == ["A", "B", "D", "C"]
    assert not fold.shortages
    assert Shelf().dump() == [0, 0, 0, 0, [], []] and amount_text(fold.valued[-1].value, CENT) == "7.00"
