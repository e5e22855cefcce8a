"""Opportunities: new, moved on, quoted, won, lost."""

from bizcli.cli.attaching import NewWithFiles
from bizcli.cli.language import _
from bizcli.cli.new import New

OF_OTHERS = (
    "customer", "status", "stage", "into", "reason", "competitor", "priority", "escalated", "made", "coupon", "csat", "nps",
    "cost", "campaign", "channel",
)  # fmt: skip

COMMANDS = {
    "new": NewWithFiles(
        "opportunity", _("Note a sale that may come about."),
        ("bizcli opportunity new --customer C-001 --line TSHIRT-M:300 --expected 2026-12-20",
         "bizcli opportunity new --customer C-001 --name Uniforms --amount 12000 --wanted 'shirts with our bird on them'"),
    ),
    "stage": New(
        "activity", _("Move an opportunity to another stage."),
        "bizcli opportunity stage OP-2611-0001 proposal --expected 2026-12-20",
        arguments=("about", "stage"), hidden=OF_OTHERS,
    ),
    "quote": New(
        "quote", _("Quote what an opportunity is about: all its lines, or the lines given."),
        "bizcli opportunity quote OP-2611-0001 --valid-until 2026-12-31", arguments=("from",), hidden=("revises", "version"),
    ),
    "win": New(
        "activity", _("Record that an opportunity is won; an order that comes of its quote does so by itself."),
        "bizcli opportunity win OP-2611-0001", arguments=("about",), fixed={"status": "won"}, hidden=OF_OTHERS,
    ),
    "lose": New(
        "activity", _("Record that an opportunity is lost, why, and to whom."),
        "bizcli opportunity lose OP-2611-0001 --reason 'too dear' --competitor 'Anna & Co'",
        arguments=("about",), fixed={"status": "lost"}, required=("reason",),
        hidden=tuple(each for each in OF_OTHERS if each not in ("reason", "competitor")),
    ),
}  # fmt: skip
