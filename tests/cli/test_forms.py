"""The short forms of lines, and flags made from fields."""

import pytest
from typer import BadParameter

from bizcli.cli import forms
from bizcli.cli.new import catalog
from bizcli.kernel.records import schema_of


def line_of(kind, field, text):
    info = schema_of(catalog().record(kind)).by_name[field]
    return forms.line(info.record, text)


@pytest.mark.parametrize(
    ("kind", "field", "text", "tree"),
    [
        ("sales_order", "lines", "TSHIRT-M:3", {"item": "TSHIRT-M", "qty": "3"}),
        ("sales_order", "lines", "TSHIRT-M:3@99.50", {"item": "TSHIRT-M", "qty": "3", "price": "99.50"}),
        ("sales_order", "lines", "TSHIRT-M:１,２００@1.5万", {"item": "TSHIRT-M", "qty": "1200", "price": "15000"}),
        ("journal_entry", "lines", "bank:-5,000.50", {"account": "bank", "credit": "5000.50"}),
        ("order_change", "lines", "/2:0", {"line": "2", "qty": "0"}),
        ("stock_adjustment", "lines", "TSHIRT-M:-3", {"item": "TSHIRT-M", "qty": "-3"}),
        ("stock_adjustment", "lines", "TSHIRT-M:3@40", {"item": "TSHIRT-M", "qty": "3", "cost": "40"}),
        ("stock_count", "lines", "TSHIRT-M:48", {"item": "TSHIRT-M", "counted": "48"}),
        ("stock_transfer", "lines", "TSHIRT-M:10", {"item": "TSHIRT-M", "qty": "10"}),
        ("journal_entry", "lines", "bank:-5000", {"account": "bank", "credit": "5000"}),
        ("journal_entry", "lines", "Assets:Bank:12.5", {"account": "Assets:Bank", "debit": "12.5"}),
        ("customer_payment", "invoices", "SI-2611-0001", {"id": "SI-2611-0001"}),
        ("customer_payment", "invoices", "@:20.00", {"id": "@", "amount": "20.00"}),
        ("sales_return", "refund", "Assets:Cash:20", {"account": "Assets:Cash", "amount": "20"}),
        ("credit_note", "lines", "late: 3 days:20:13%", {"text": "late: 3 days", "amount": "20", "tax": "13%"}),
        ("credit_note", "lines", "late:20.50", {"text": "late", "amount": "20.50"}),
        ("tax", "rates", "2019-04-01:13", {"since": "2019-04-01", "percent": "13"}),
    ],
)
def test_short_forms(kind, field, text, tree):
    assert line_of(kind, field, text) == tree


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("sales_order", "TSHIRT-M"), ("sales_order", ":3"), ("sales_order", "TSHIRT-M:"), ("sales_order", "a b:1"),
        ("sales_order", "/1:3"), ("delivery", "/1:3"), ("stock_count", "/1:3"), ("sales_order", "TSHIRT-M:1,5"), ("sales_order", "TSHIRT-M:0"), ("journal_entry", "bank:0"),
        ("journal_entry", "bank"), ("stock_count", "TSHIRT-M:-1"), ("sales_order", "TSHIRT-M:1@99@98"),
        ("credit_note", "late"), ("credit_note", ":20"), ("credit_note", "late:"), ("credit_note", "late:x"),
        ("credit_note", "late:x:13%"), ("credit_note", "late:-5"),
    ],
)  # fmt: skip
def test_wrong_forms(kind, text):
    with pytest.raises(BadParameter):
        line_of(kind, "lines", text)


@pytest.mark.parametrize("kind", catalog().kinds)
def test_every_field_has_a_flag(kind):
    """A field of a record is a flag, or the flag of its short form fills it."""
    record = catalog().record(kind)
    schema = schema_of(record)
    names = {flag.name for flag in forms.flags(record, ())}
    for info in schema.fields:
        assert info.attribute in names or forms.singular(info.name) in names
    assert len({opt for flag in forms.flags(record, ()) for opt in flag.opts}) == sum(
        len(flag.opts) for flag in forms.flags(record, ())
    )
