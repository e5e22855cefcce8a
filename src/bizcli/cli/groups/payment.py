"""Payments of customers: new, paid back."""

from bizcli.cli.language import _
from bizcli.cli.new import New

COMMANDS = {
    "new": New(
        "customer_payment", _("Record what a customer paid."),
        ("bizcli payment new --customer C-001 --amount 302.05",
         "bizcli payment new --customer C-001 --amount 297 --invoice SI-2611-0001 --discount 3"),
        hidden=("refund", "credits"),
    ),
    "refund": New(
        "customer_payment", _("Pay back what a customer has with us: advances, credits of returns."),
        ("bizcli payment refund --customer C-002 --amount 20", "bizcli payment refund --customer C-002 --account cash"),
        fixed={"refund": "true"}, required=("customer",),
        hidden=("refund", "invoices", "order", "discount", "write_off", "write_off_account"),
    ),
}  # fmt: skip
