"""Leads: new, qualified, converted, lost, given to somebody, merged."""

from bizcli.cli.language import _
from bizcli.cli.new import New

OF_OTHERS = ("customer", "status", "stage", "amount", "expected", "competitor", "into", "owner", "reason")

COMMANDS = {
    "new": New(
        "lead", _("Note somebody who may become a customer."),
        "bizcli lead new --name 'Red Shop' --contact 'Mrs Wu' --phone 0755-1234567 --source fair --next +3",
    ),
    "qualify": New(
        "activity", _("Record that a lead is worth following."), "bizcli lead qualify LD-2611-0001 --note 'has a budget'",
        arguments=("about",), fixed={"status": "qualified"}, hidden=OF_OTHERS,
    ),
    "convert": New(
        "opportunity", _("Open an opportunity of a lead."),
        "bizcli lead convert LD-2611-0001 --amount 12000 --expected 2026-12-20",
        arguments=("from",),
    ),
    "lose": New(
        "activity", _("Record that nothing comes of a lead."), "bizcli lead lose LD-2611-0001 --reason 'no answer'",
        arguments=("about",), fixed={"status": "lost"}, required=("reason",),
        hidden=tuple(each for each in OF_OTHERS if each != "reason"),
    ),
    "assign": New(
        "activity", _("Give a lead to somebody."), "bizcli lead assign LD-2611-0001 li.na",
        arguments=("about", "owner"), hidden=OF_OTHERS,
    ),
    "merge": New(
        "activity", _("Record that a lead is the same as another one."), "bizcli lead merge LD-2611-0002 LD-2611-0001",
        arguments=("about", "into"), hidden=OF_OTHERS,
    ),
}  # fmt: skip
