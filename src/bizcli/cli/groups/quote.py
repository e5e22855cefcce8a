"""Quotes: new, revised, accepted, declined, extended."""

from bizcli.cli.groups.order import NewOrder
from bizcli.cli.language import _
from bizcli.cli.new import New

COMMANDS = {
    "accept": NewOrder(
        "sales_order", _("Make an order of a quote: all that is open of it, or the lines given."),
        ("bizcli quote accept QT-2611-0001", "bizcli quote accept @ --line TSHIRT-M:2 --deliver --invoice"),
        arguments=("quote",), hidden=("customer", "prices", "tax_rounding", "coupons", "points", "promotions"),
    ),
    "revise": New(
        "quote", _("Make a new version of a quote, which takes its place: all its lines, or those given instead."),
        ("bizcli quote revise QT-2611-0001 --line TSHIRT-M:300@85", "bizcli quote revise @ --valid-until 2026-12-31"),
        arguments=("revises",), hidden=("customer", "from", "version"),
    ),
    "decline": New(
        "quote_change", _("Record that the customer does not want a quote, or what is left of it."),
        "bizcli quote decline QT-2611-0001 --reason 'too dear'", arguments=("quote",), fixed={"action": "decline"},
        hidden=("lines", "valid_until"),
    ),
    "extend": New(
        "quote_change", _("Let a quote hold for longer."), "bizcli quote extend QT-2611-0001 --valid-until 2026-12-31",
        arguments=("quote",), fixed={"action": "extend"}, required=("valid_until",), hidden=("lines",),
    ),
}  # fmt: skip
