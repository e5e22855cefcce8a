"""Units: conversion is exact, or refused."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bizcli.domains.items.units import Measure, in_stock_unit, part_of, price_of_one, unmeasured
from bizcli.domains.tax.lines import PricedLine, line_amount
from bizcli.kernel.errors import Refused
from bizcli.kernel.money import MICRO, decimal, micro

CENT = 10_000
LARGE = Decimal("999999999999.999999")
numbers = st.decimals(Decimal("0.000001"), LARGE, places=6)
factors = st.sampled_from([Decimal(each) for each in ("12", "6", "0.5", "144", "0.333333", "1000", "1.2", "7")])


@given(qty=numbers, factor=numbers)
def test_a_quantity_is_exact_in_the_stock_unit_or_refused(qty, factor):
    exact = qty * factor
    fits = exact <= LARGE and exact == round(exact, 6)
    assert (unmeasured(qty, factor, "") is None) == fits
    try:
        found = in_stock_unit(qty, factor)
    except Refused:
        assert not fits
    else:
        assert fits and Decimal(found).scaleb(-6) == exact


@given(whole=st.integers(1, 10_000), factor=factors, taken=st.integers(1, 10**10))
def test_a_part_of_a_line_is_as_much_as_was_taken(whole, factor, taken):
    line = PricedLine(line=1, item="A", qty=Decimal(whole), unit="box", factor=factor, price=Decimal(1), tax="0%")
    for qty in (taken, line.stock_qty, taken * micro(factor) // MICRO * MICRO):
        if qty:
            part = part_of(line, qty)
            assert in_stock_unit(part.qty, part.factor) == qty
            assert part.unit == ("box" if part.factor else None)
    assert part_of(line, line.stock_qty) == Measure(line.qty, "box", factor)


@given(
    cuts=st.lists(st.integers(1, 5000), min_size=1, max_size=6),
    factor=st.sampled_from([Decimal(12), Decimal(7), Decimal(6)]),
    price=st.decimals(0, 10_000, places=2),
)
def test_parts_in_pieces_differ_from_the_whole_by_rounding_only(cuts, factor, price):
    """Each part in pieces is off by what six digits of a price leave, and by half a cent."""
    boxes = -(-sum(cuts) // int(factor))
    line = PricedLine(line=1, item="A", qty=Decimal(boxes), unit="box", factor=factor, price=price, tax="0%")
    rest = boxes * int(factor) - sum(cuts)
    parts = []
    for cut in [*cuts, rest] if rest else cuts:
        qty, unit, own = part_of(line, cut * MICRO)
        one = price_of_one(price, factor, own)
        parts.append(
            line_amount(PricedLine(line=1, item="A", qty=qty, unit=unit, factor=own, price=one, tax="0%"), CENT)
        )
    pieces = boxes * int(factor)
    assert abs(sum(parts) - line_amount(line, CENT)) <= pieces * 1 + (len(parts) + 1) * CENT // 2 + CENT


@given(price=numbers, factor=factors)
def test_a_price_of_the_same_unit_stays(price, factor):
    assert price_of_one(price, factor, Decimal(str(factor) + "0") if "." in str(factor) else factor) is price
    assert price_of_one(price, None, None) is price
    assert decimal(micro(price)) == price
