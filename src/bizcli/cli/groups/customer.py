"""Customers: new, alike."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, example
from bizcli.cli.generic import sample
from bizcli.cli.groups.lead import warn_of_doubles
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree, catalog

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.recording import Following

app = typer.Typer()


class NewCustomer(New):
    """A customer; one that looks like somebody known is told."""

    def following(self, values: Tree) -> "Following | None":
        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            if book.index.master("customer", trees[0]["code"]) is None:
                warn_of_doubles(book, trees[0])
            yield from trees

        return documents


@app.command(cls=Ask, epilog=example("bizcli customer duplicates"))
def duplicates(context: typer.Context) -> Table:
    """Customers that look like another one: same phone, mail or tax number, or a name like it."""
    from bizcli.book.doubles import of_customers

    return Table(
        [{"code" if name == "key" else name: value for name, value in row.items()} for row in of_customers(context.obj)]
    )


COMMANDS = {
    "new": NewCustomer(
        "customer", _("Record a new customer."), sample(catalog().kinds["customer"]), arguments=("code",),
    ),
}  # fmt: skip
