"""Declare that a document never happened; both stay visible and together do nothing."""

from bizcli.cli.new import New

COMMAND = New(
    "void", "", 'bizcli void SI-2611-0001 --reason "wrong customer"', arguments=("document",), required=("reason",)
)
