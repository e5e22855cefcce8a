"""Promises that promotions keep whatever rules and baskets there are: by hypothesis."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.promotions.basket import Goods, Rule, reduced
from bizcli.domains.promotions.promotion import Promotion
from bizcli.kernel.money import MICRO

UNIT = 10_000
ITEMS = ("A", "B", "C", "D")
TAGS = {"A": ("red",), "B": ("red", "blue"), "C": (), "D": ("blue",)}

cents = st.integers(0, 100_000).map(lambda n: n * UNIT)
money = st.integers(1, 30_000).map(lambda n: Decimal(n) / 100)
goods = st.builds(
    lambda item, qty, amount, text: Goods(item, TAGS[item], qty, amount, text),
    st.sampled_from(ITEMS), st.sampled_from([1, 2, 3, 5, 7, 12]).map(lambda n: n * MICRO) | st.integers(1, 20 * MICRO),
    cents, st.sampled_from(["", "x", "y"]),
)  # fmt: skip
effects = st.one_of(
    st.builds(lambda n: {"percent": Decimal(n) / 10}, st.integers(0, 1000)),
    st.builds(lambda n: {"amount": n}, money),
    st.builds(lambda n: {"price": n}, money),
    st.builds(lambda n, repeat: {"order_amount": n, "minimum_qty": Decimal(2), "repeat": repeat}, money, st.booleans()),
    st.builds(
        lambda buy, get, item: {"buy": Decimal(buy), "get": Decimal(get), "free_item": item},
        st.integers(1, 4), st.integers(1, 3), st.sampled_from([None, *ITEMS]),
    ),
)  # fmt: skip
conditions = st.fixed_dictionaries({}, optional={
    "items": st.lists(st.sampled_from(ITEMS), min_size=1, unique=True).map(tuple),
    "minimum_amount": money, "priority": st.integers(0, 3), "exclusive": st.booleans(),
    "stacking": st.sampled_from(["add", "compound"]),
})  # fmt: skip


@st.composite
def rule_lists(draw: st.DrawFn) -> list[Rule]:
    found = draw(st.lists(st.tuples(effects, conditions), max_size=5))
    return [Rule(Promotion(code=f"P-{n}", **{**condition, **effect})) for n, (effect, condition) in enumerate(found)]


baskets = st.lists(goods, min_size=1, max_size=7)


@given(baskets, rule_lists(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_of_rules_does_not_matter(basket, rules, random):
    places = list(range(len(basket)))
    random.shuffle(places)
    others = [*rules]
    random.shuffle(others)
    one = reduced(basket, rules, UNIT).taken
    other = reduced([basket[n] for n in places], others, UNIT).taken
    assert sorted(zip(basket, said(one), strict=True)) == sorted(
        zip([basket[n] for n in places], said(other), strict=True)
    )


@given(baskets, rule_lists())
def test_nothing_goes_below_zero_and_every_part_is_whole_cents(basket, rules):
    for line, taken in zip(basket, reduced(basket, rules, UNIT).taken, strict=True):
        assert all(each.amount > 0 and each.amount % UNIT == 0 for each in taken)
        assert sum(each.amount for each in taken) <= line.amount


@given(baskets, money, st.integers(1, 5))
def test_an_amount_off_the_order_is_taken_to_the_cent(basket, amount, times):
    rule = Rule(Promotion(code="P", order_amount=amount))
    taken = sum(each.amount for of_line in reduced(basket, [rule], UNIT).taken for each in of_line)
    assert taken == min(int(amount * MICRO), sum(line.amount for line in basket))


def said(taken):
    return [[(each.rule.promotion.code, each.amount) for each in of_line] for of_line in taken]
