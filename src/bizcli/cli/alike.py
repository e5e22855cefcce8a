"""Somebody new who looks like somebody known is told."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree

if TYPE_CHECKING:
    from bizcli.book import Book

MOST = 3  # that are told


class NewSomebody(New):
    """A record of somebody; once it is made, it is told whom they look like."""

    alike: list[Tree]

    def compared(self, book: "Book", said: Tree, trees: Iterable[Tree]) -> Iterator[Tree]:
        """The documents of somebody new, who is compared with those who are known before."""
        from bizcli.book.front.doubles import like_new

        self.alike = like_new(book, said)[:MOST]
        yield from trees

    def record_document(self, ctx: Any, values: Tree, wanted: Any = None) -> int:
        self.alike = []
        code = super().record_document(ctx, values, wanted)
        for row in self.alike:
            template = _("this looks like {key}, {name}: the same {because}")
            if row["because"] == "name":
                template = _("this looks like {key}, {name}: a name like it")
            because = _(row["because"].replace("_", " "))
            tell(template.format(key=row["like"], name=row["like_name"], because=because), _("warning"))
        return code
