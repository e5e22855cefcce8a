"""Telling whom somebody new looks like."""

from typing import TYPE_CHECKING

from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.new import Tree

if TYPE_CHECKING:
    from bizcli.book import Book


def warn_of_doubles(book: "Book", said: Tree) -> None:
    """Tell whom somebody new looks like."""
    from bizcli.book.doubles import like_new

    for row in like_new(book, said)[:5]:
        template = _("this looks like {key}, {name}: the same {because}")
        if row["because"] == "name":
            template = _("this looks like {key}, {name}: a name like it")
        because = _(row["because"].replace("_", " "))
        tell(template.format(key=row["like"], name=row["like_name"], because=because), _("warning"))
