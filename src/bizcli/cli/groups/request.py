"""Purchase requests: new, approved, rejected, ordered."""

from bizcli.cli.groups.purchase import NewPurchase
from bizcli.cli.language import _
from bizcli.cli.new import New

COMMANDS = {
    "approve": New(
        "request_change", _("Approve a request: it may be ordered, or suppliers asked for prices."),
        "bizcli request approve RQ-2611-0001", arguments=("request",), fixed={"action": "approve"}, hidden=("lines",),
    ),
    "reject": New(
        "request_change", _("Reject a request, or what is not ordered of it."),
        "bizcli request reject RQ-2611-0001 --reason 'enough is there'", arguments=("request",),
        fixed={"action": "reject"}, hidden=("lines",),
    ),
    "order": NewPurchase(
        "purchase_order", _("Order a request from a supplier: all that is open of it, or the lines given."),
        ("bizcli request order RQ-2611-0001 --supplier S-001",
         "bizcli request order @ --supplier S-001 --line TSHIRT-M:20@38"),
        arguments=("request",), hidden=("quote",), required=("supplier",),
    ),
}  # fmt: skip
