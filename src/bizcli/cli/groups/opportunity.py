"""Opportunities: new, moved on, quoted, won, lost."""

from bizcli.cli.attaching import NewWithFiles
from bizcli.cli.following import About
from bizcli.cli.language import _
from bizcli.cli.new import New

COMMANDS = {
    "new": NewWithFiles(
        "opportunity", _("Note a sale that may come about."),
        ("bizcli opportunity new --customer C-001 --line TSHIRT-M:300 --expected 2026-12-20",
         "bizcli opportunity new --customer C-001 --name Uniforms --amount 12000 --wanted 'shirts with our bird on them'"),
    ),
    "stage": About(
        "opportunity", _("Move an opportunity to another stage."),
        ("bizcli opportunity stage OP-2611-0001 proposal --expected 2026-12-20", "bizcli opportunity stage @ proposal"),
        "amount", "expected", arguments=("stage",),
    ),
    "quote": New(
        "quote", _("Quote what an opportunity is about: all its lines, or the lines given."),
        "bizcli opportunity quote OP-2611-0001 --valid-until 2026-12-31", arguments=("from",), hidden=("revises", "version"),
    ),
    "win": About(
        "opportunity", _("Record that an opportunity is won; an order that comes of its quote does so by itself."),
        "bizcli opportunity win OP-2611-0001", fixed={"status": "won"},
    ),
    "lose": About(
        "opportunity", _("Record that an opportunity is lost, why, and to whom."),
        "bizcli opportunity lose OP-2611-0001 --reason 'too dear' --competitor 'Anna & Co'",
        "competitor", fixed={"status": "lost"}, required=("reason",),
    ),
}  # fmt: skip
