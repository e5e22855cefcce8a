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
from bizcli.kernel.whereabouts import Step

CENT = 10_000
ITEM = "BOLT"
PLACES = ("GZ", "SZ")
RANKS = {"in": 1, "transfer": 2, "out": 3, "bill": 4, "return": 5, "value": 7, "count": 8}

quantities = st.integers(1, 2_000).map(lambda n: n * CENT)
amounts = st.integers(0, 500_000).map(lambda n: n * CENT)
events = st.fixed_dictionaries(
    {
        "what": st.sampled_from(
            ["in", "in", "in", "transfer", "out", "out", "return", "value", "count", "bill", "bill"]
        ),
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
        variance=lambda item: "Expenses:Variance",
        costing=lambda item: costing,
        commodity=lambda item: item,
        currency="CNY",
        unit=CENT,
    )


def documents(course: list[dict[str, Any]]) -> list[Going]:
    """A document for each event; a return brings back what some issue before took, a bill names an arrival."""
    found = []
    issues = []
    arrivals: list[tuple[str, str, int]] = []
    for n, each in enumerate(course):
        what, place, qty = each["what"], each["place"], each["qty"]
        id, day = f"D-{n:04}", f"2026-11-0{each['day']}"
        event: Any
        if what == "in":
            event = Move(1, ITEM, qty, SUPPLIER if n % 2 else OPENING, place, each["value"])
            arrivals.append((day, id, each["value"]))
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
        elif what == "bill":
            known = [(id, value) for when, id, value in arrivals if when <= day]
            if not known:
                continue
            source, worth = known[each["of"] % len(known)]
            amount = max(each["value"] - 250_000 * CENT, -worth)
            event = Revalue(1, ITEM, None, amount, "Liabilities:Received", f"{source}/1", "S-001")
        elif what == "count":
            event = Level(1, ITEM, qty, place)
        else:
            event = Revalue(1, ITEM, place, each["value"] - 250_000 * CENT, "Expenses:Loss")
        time = each["time"]
        found.append(Going(f"{day}{RANKS[what]}{time:<5}{id}", id, day, time, (event,)))
    return found


def folded(goings: list[Going], costing: str, states: Any = None, before: Any = None, since: Any = None) -> Fold:
    fold = Fold(
        accounts(costing), states or {ITEM: {}}, before or (lambda line, item: None), since or (lambda line, item: ())
    )
    for today in days(goings):
        fold.day(today, True)
    return fold


def steps(fold: Fold) -> list[Step]:
    """What a fold went over, as a later one looks back at it."""
    pairs = zip(fold.valued, fold.events, strict=True)
    return [Step(each.document, event, each.account, each.text, each.parts) for each, event in pairs]


def gone(fold: Fold, goings: list[Going]) -> tuple[int, int]:
    """Quantity and value that came in, less what went out, as the fold valued it."""
    events = {going.id: going.events[0] for going in goings}
    qty = value = 0
    for each in fold.valued:
        event = events[each.document]
        value -= sum(part.amount for part in each.parts if part.account)
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
            elif found := re.fullmatch(r"  (?:Expenses:\w+|Liabilities:Received:S-001)  (\S+) CNY", line):
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
        [each for each in goings if each.day > day],
        costing,
        {ITEM: state},
        lambda line, _: sources.get(line),
        lambda line, _: steps(first),
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


def test_a_difference_follows_the_goods() -> None:
    """Of ten, two lie here, three were moved, three are sold of which one came back, two are lost: 1.00 each."""
    goings = [
        Going("2026-11-011     A", "A", "2026-11-01", "", (Move(1, ITEM, 10 * MICRO, SUPPLIER, "SZ", 100 * MICRO),)),
        Going("2026-11-022     B", "B", "2026-11-02", "", (Move(1, ITEM, 3 * MICRO, "SZ", "GZ"),)),
        Going("2026-11-023     C", "C", "2026-11-02", "", (Move(1, ITEM, 3 * MICRO, "SZ", CUSTOMER),)),
        Going("2026-11-023     D", "D", "2026-11-02", "", (Move(1, ITEM, 2 * MICRO, "SZ", LOSS),)),
        Going("2026-11-035     E", "E", "2026-11-03", "", (Move(1, ITEM, MICRO, CUSTOMER, "GZ", None, "C/1"),)),
        Going("2026-11-044     F", "F", "2026-11-04", "", (Revalue(1, ITEM, None, 10 * MICRO, "X", "A/1", "S"),)),
        Going("2026-11-055     G", "G", "2026-11-05", "", (Move(1, ITEM, MICRO, CUSTOMER, "SZ", None, "C/1"),)),
    ]
    fold = folded(goings, "fifo")
    difference, back = fold.valued[-2:]
    assert [(each.account, each.of, amount_text(each.amount)) for each in difference.parts] == [
        ("", "GZ", "4.00"), ("", "SZ", "2.00"), ("Expenses:Customer", "C/1", "2.00"), ("Expenses:Loss", "D/1", "2.00"),
    ]  # fmt: skip
    assert amount_text(back.value) == "11.00"


ARRIVING = st.lists(
    st.tuples(st.integers(1, 500), st.integers(1, 400), st.integers(1, 400)), min_size=1, max_size=4
)  # pieces, price when received, price on the bill
LEAVING = st.lists(st.tuples(st.sampled_from(["out", "transfer", "return"]), st.integers(1, 300)), max_size=12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(arriving=ARRIVING, leaving=LEAVING)
def test_first_in_first_out_a_late_price_gives_the_books_of_one_that_was_known(arriving: Any, leaving: Any) -> None:
    """Bills at the end, or the right price at the receipt: the same value on every shelf and account, but for cents."""
    late: list[Going] = []
    known: list[Going] = []
    for n, (qty, price, billed) in enumerate(arriving):
        for goings, each in ((late, price), (known, billed)):
            event = Move(1, ITEM, qty * MICRO, SUPPLIER, "SZ", qty * each * MICRO)
            goings.append(Going(f"2026-11-011     A{n}", f"A{n}", "2026-11-01", "", (event,)))
    left, out = sum(qty for qty, *_ in arriving), [0]
    for n, (what, qty) in enumerate(leaving):
        if what == "return":
            qty = min(qty, out[-1])
            event = Move(1, ITEM, qty * MICRO, CUSTOMER, "SZ", None, f"L{len(out) - 2}/1")
            if not qty:
                continue
            out[-1] -= qty
            left += qty
        else:
            qty = min(qty, left)
            if not qty:
                continue
            left -= qty
            event = Move(1, ITEM, qty * MICRO, "SZ", CUSTOMER if what == "out" else "GZ")
        id = f"R{n}"
        if what == "out":
            id = f"L{len(out) - 1}"
            out.append(qty)
        for goings in (late, known):
            goings.append(Going(f"2026-11-02{n:02}", id, "2026-11-02", f"{n:02}", (event,)))
    for n, (qty, price, billed) in enumerate(arriving):
        bill = Revalue(1, ITEM, None, qty * (billed - price) * MICRO, "Expenses:Supplier", f"A{n}/1")
        late.append(Going(f"2026-11-034     B{n}", f"B{n}", "2026-11-03", "", (bill,)))
    one, other = folded(late, "fifo"), folded(known, "fifo")
    slack = CENT * 2 * (len(leaving) + 1) * len(arriving)
    for place in PLACES:
        here, there = one.states[ITEM].get(place, Shelf()), other.states[ITEM].get(place, Shelf())
        assert here.qty == there.qty
        assert abs(here.value - there.value) <= slack, place


def test_where_a_document_stands_does_not_depend_on_goods_that_it_does_not_share() -> None:
    """Two documents go short on one day, of two items: folded together or apart, each keeps its place."""

    def short(id: str, item: str) -> Going:
        return Going(f"2026-11-033     {id}", id, "2026-11-03", "", (Move(1, item, MICRO, "SZ", CUSTOMER),))

    def keys(*goings: Going) -> dict[str, str]:
        items = {event.item for going in goings for event in going.events}
        fold = Fold(accounts("fifo"), {item: {} for item in items}, lambda line, item: None, lambda line, item: ())
        fold.day([*goings], True)
        return fold.keys

    first, second = short("D-1", "BOLT"), short("D-2", "NUT")
    assert keys(first, second) == keys(first) | keys(second)
    assert set(keys(first, second).values()) == {"2026-11-03~2026-11-033     D-1", "2026-11-03~2026-11-033     D-2"}
