"""Customers: on one page what they buy, owe, earn us and may want next; who is there twice; handed over to another."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bizcli.cli.alike import NewSomebody
from bizcli.cli.answers import Table
from bizcli.cli.command import Ask, LenientAsk, example
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.new import Tree
from bizcli.cli.portraits import Portrait, named
from bizcli.cli.session import Day, Dry, day_of

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
    from bizcli.book.front.doubles import of_customers

    rows = of_customers(context.obj)
    return Table([{"code" if name == "key" else name: value for name, value in row.items()} for row in rows])


@app.command(
    cls=Ask,
    epilog=example("bizcli customer handover li.na wang.wei --dry-run", "bizcli customer handover li.na wang.wei --customer C-001"),
)  # fmt: skip
def handover(
    context: typer.Context,
    old: Annotated[
        str, typer.Argument(metavar="OLD", help=_("Who looks after them: a code, a name or a mail address."))
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_("Who does from now on."))],
    customer: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help=_("Only this customer; may be repeated."))
    ] = None,
    date: Day = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Why."))] = None,
    dry_run: Dry = False,
) -> Table:
    """Hand over what somebody looks after: customers, open leads, opportunities, tickets, quotes and orders, all at once."""
    from bizcli.book.front import handover as handing
    from bizcli.book.front.leads import main
    from bizcli.book.front.people import person
    from bizcli.cli.recording import commit_each, keep_schemas

    book: Book = context.obj
    old, new = person(book, old), person(book, new)
    customers = tuple(str(book.find(code, "customer")[1].key) for code in customer or ())  # type: ignore[attr-defined]
    if dry_run:
        rows = handing.found(book, old, customers)
        tell(_("nothing was written (--dry-run)"))
        return Table(rows)
    rows, done = handing.hand_over(book, old, new, customers, day_of(date, "--date") if date else None, note)
    if done:
        keep_schemas(book, {"activity"})
        commit_each(book, done)
    rules = main(book, "assignment")
    if rules is not None and not customers and any(rule.staff == old for rule in rules.rules):
        tell(
            _("assignment {code} still gives leads to {old}: `bizcli edit assignment/{code}`").format(
                code=rules.code, old=old
            )
        )
    tell(_("{n} handed over from {old} to {new}").format(n=len(rows), old=old, new=new))
    return Table([{**row, "activity": each.key} for row, each in zip(rows, done, strict=True)])


class NewCustomer(NewSomebody):
    """A customer; one that looks like somebody known is told."""

    def following(self, values: Tree) -> "Following | None":
        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            known = book.index.master("customer", trees[0]["code"]) is not None
            yield from trees if known else self.compared(book, trees[0], trees)

        return documents


COMMANDS = {
    "new": NewCustomer(
        "customer", _("Record a new customer."), "bizcli customer new C-001 --name NAME", arguments=("code",)
    ),
}  # fmt: skip
