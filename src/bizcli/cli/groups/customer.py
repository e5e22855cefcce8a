"""Customers: on one page what they buy, owe, earn us and may want next; and who is there twice."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, LenientAsk, example
from bizcli.cli.generic import sample
from bizcli.cli.groups.lead import warn_of_doubles
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree, catalog
from bizcli.cli.portraits import Portrait, named

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.recording import Following

app = typer.Typer()

Code = Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("Code of the customer."))]


@app.command(cls=LenientAsk, epilog=example("bizcli customer show C-001", "bizcli customer show C-001 --json"))
def show(context: typer.Context, customer: Code) -> Portrait:
    """A customer on one page: orders, payments, margin, RFM, rhythm and risk, favourite items, and what to offer."""
    return named(context.obj, "customer", customer)


@app.command(cls=Ask, epilog=example("bizcli customer duplicates"))
def duplicates(context: typer.Context) -> Table:
    """Customers that look like another one: same phone, mail or tax number, or a name like it."""
    from bizcli.book.doubles import of_customers

    rows = of_customers(context.obj)
    return Table([{"code" if name == "key" else name: value for name, value in row.items()} for row in rows])


class NewCustomer(New):
    """A customer; one that looks like somebody known is told."""

    def following(self, values: Tree) -> "Following | None":
        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            if book.index.master("customer", trees[0]["code"]) is None:
                warn_of_doubles(book, trees[0])
            yield from trees

        return documents


COMMANDS = {
    "new": NewCustomer(
        "customer", _("Record a new customer."), sample(catalog().kinds["customer"]), arguments=("code",)
    ),
}  # fmt: skip
