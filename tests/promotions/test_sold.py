"""What a document keeps of promotions: list less reductions is what is charged, and working it out again changes nothing."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bizcli.domains.sales.quote import Quote, QuoteLine
from bizcli.domains.tax.lines import full_amount, line_amount, reduced_by
from bizcli.kernel.records import replaced

MASTERS = """\
kind: customer
code: C-1
tags: [price-sensitive]
---
kind: item
code: A
type: service
sale_price: 9.99
tax: 13%
---
kind: item
code: B
type: service
sale_price: 33.333333
tax: 6%
---
kind: item
code: C
type: service
sale_price: 0.05
tax: 0%
---
kind: promotion
code: SENSITIVE
customer_tags: [price-sensitive]
percent: 7%
---
kind: promotion
code: SEVEN
order_amount: 7.77
minimum_amount: 30.00
repeat: true
---
kind: promotion
code: THIRD
items: [A]
buy: 2
get: 1
stacking: compound
---
kind: promotion
code: GIFT
items: [B]
buy: 3
get: 1
free_item: C
added: true
"""

lines = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 40)), min_size=1, max_size=6)


@pytest.fixture
def book(empty_book):
    folder = empty_book()
    folder.apply(MASTERS)
    return folder.book


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.randoms(use_true_random=False))
def test_a_completed_document_adds_up_and_stays_as_it_is(book, asked, random):
    view, unit = book.view(), book.rules.unit
    given = tuple(QuoteLine(item=item, qty=Decimal(qty)) for item, qty in asked)
    done = Quote(customer="C-1", date=book.today, lines=given).complete(view)
    for line in done.lines:
        assert line_amount(line, unit) == full_amount(line, unit) - reduced_by(line.reductions) >= 0
    assert done.complete(view) == done
    shuffled = [*given]
    random.shuffle(shuffled)
    other = Quote(customer="C-1", date=book.today, lines=tuple(shuffled)).complete(view)
    assert sorted(map(plain, other.lines)) == sorted(map(plain, done.lines))


def plain(line):
    return str(replaced(line, line=None))
