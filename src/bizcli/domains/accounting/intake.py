"""A sheet was read into the book: what it made, what it changed."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.effects import NOTHING, Effects
from bizcli.kernel.errors import Problem
from bizcli.kernel.fields import Id, ListField, TextField
from bizcli.kernel.records import Document, Record, record
from bizcli.kernel.rules import Rules

FILE_LONGEST = 100_000


@record
class Changed(Record):
    """A master that was there before: how its file was, and how it became."""

    master: Annotated[fields.Word, "kind and code: customer/C-001"]
    before: Annotated[str, TextField(FILE_LONGEST), "its file as it was"]
    became: Annotated[fields.Word, "what the file became: its SHA-256"]


@record
class Intake(Document):
    """A sheet was read into the book: what it made, what it changed."""

    folder = "intakes"
    group = "intake"
    prefix = "IM"

    file: Annotated[fields.Word, "the name of the sheet"]
    sha256: Annotated[fields.Word, "of the sheet"]
    of: Annotated[fields.Word, "the kind of its rows, or the form that they were read with"]
    continues: Annotated[str, Id("intake"), "whose list was too long for one file"] | None = None
    made: Annotated[tuple[str, ...], ListField(TextField(80)), "ids of documents, kind and code of masters"] = ()
    changed: tuple[Changed, ...] = ()

    def problems(self) -> Iterator[Problem]:
        for n, each in enumerate(self.made):
            if not fields.ID.fullmatch(each) and not all(each.partition("/")):
                template = "{value} is not an id, or kind and code such as customer/C-001"
                yield Problem("wrong-value", template, {"value": fields.shown(each)}, f"made[{n}]")

    def effects(self, rules: Rules) -> Effects:
        return NOTHING
