"""Requests for quotations: suppliers are asked, and what they answer."""

from bizcli.cli.language import _
from bizcli.cli.new import New

COMMANDS = {
    "new": New(
        "rfq", _("Ask suppliers for their prices."),
        ("bizcli rfq new --request RQ-2611-0001 --supplier S-001 --supplier S-002 --until 2026-11-30",
         "bizcli rfq new --supplier S-001 --line TSHIRT-M:100"), required=("suppliers",),
    ),
    "answer": New(
        "supplier_quote", _("Record what a supplier answers."),
        "bizcli rfq answer RF-2611-0001 --supplier S-001 --line TSHIRT-M:100@38 --lead-time 5 --valid-until 2026-12-31",
        arguments=("answers",),
    ),
}  # fmt: skip
