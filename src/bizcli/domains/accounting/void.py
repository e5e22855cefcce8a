"""A document is declared never to have happened; both stay visible and together do nothing."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.kernel import fields
from bizcli.kernel.effects import NOTHING, Effects
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Id
from bizcli.kernel.records import Document, filled, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class Void(Document):
    """A document is declared never to have happened; takes effect on that document's own date."""

    folder = "voids"
    group = "void"
    prefix = "VD"

    document: Annotated[str, Id(), "what is voided"]
    reason: Annotated[fields.Text, "why"] = filled()

    @property
    def voids(self) -> str:
        return self.document

    @property
    def verb(self) -> str:
        return "voided"

    def complete(self, view: View) -> "Void":
        head = view.head(self.document)
        problem = None
        if head is None:
            problem = Problem("unknown-document", "there is no document {id}", {"id": self.document}, "document")
        elif head.kind == "void":
            template = "{id} is a void itself; record the document anew instead"
            problem = Problem("void-of-void", template, {"id": self.document}, "document")
        elif head.void is not None:
            values = {"id": self.document, "void": head.void}
            problem = Problem("voided-twice", "{id} is voided by {void} already", values, "document")
        elif not self.reason:
            problem = Problem("missing-key", "say why: `reason`", {}, "reason")
        if problem is not None:
            raise Refused([problem])
        return replaced(self)

    def problems(self) -> Iterator[Problem]:
        if self.document.startswith(f"{self.prefix}-"):
            template = "{id} is a void itself; record the document anew instead"
            yield Problem("void-of-void", template, {"id": self.document}, "document")

    def effects(self, rules: Rules) -> Effects:
        return NOTHING
