"""Leads: new, scored, assigned, converted, lost, merged; the public pool."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bizcli.cli.alike import NewSomebody
from bizcli.cli.answers import Said, Table
from bizcli.cli.attaching import NewWithFiles
from bizcli.cli.command import Ask, example, flag
from bizcli.cli.errors import tell
from bizcli.cli.following import About
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import Day, Dry, day_of
from bizcli.kernel.errors import Misused

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.recording import Following

app = typer.Typer()


class NewLead(NewSomebody, NewWithFiles):
    """A lead; one that looks like somebody known is told, and one that names nobody may be given to somebody."""

    def following(self, values: Tree) -> "Following | None":
        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.front.leads import owner_of_new

            given = (tree | owner_of_new(book, tree) for tree in trees)
            known = trees[0].get("ref") and book.index.refs("lead", trees[0]["ref"])
            yield from given if known else self.compared(book, trees[0], given)

        return documents


class Assign(About):
    """One lead goes to somebody, or all that nobody looks after go where the book's rules say."""

    def extra(self) -> list[Any]:
        text = _("All open leads that nobody looks after, as the book's assignment rules say.")
        return [flag("--all", "--auto", is_flag=True, default=False, help=text)]

    def following(self, values: Tree) -> "Following | None":
        every = values.pop("all")
        if every == bool(values.get("about")) or bool(values.get("about")) != bool(values.get("owner")):
            raise Misused.of("wrong-usage", "say which lead and to whom, or --all")

        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.front.leads import assigned

            found = [*assigned(book, trees[0].get("date"))] if every else [*trees]
            if not found:
                tell(_("no lead waits for somebody who is there and below their cap"))
            yield from found

        return documents


class Take(About):
    """A lead of the public pool becomes one's own."""

    def following(self, values: Tree) -> "Following | None":
        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.front.leads import taken
            from bizcli.cli.recording import in_full

            yield trees[0] | taken(book, in_full(book, trees[0]).tree["about"], None)

        return documents


class Convert(New):
    """An opportunity of a lead; with a customer, the lead becomes one too: all in one transaction."""

    def following(self, values: Tree) -> "Following | None":
        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.front.leads import customer_of
            from bizcli.cli.recording import in_full

            code = trees[0].get("customer")
            customer = customer_of(book, in_full(book, trees[0]).tree["from"], code) if code else None
            if customer is not None:
                yield customer
            yield from trees

        return documents


@app.command(cls=Ask, epilog=example("bizcli lead pool", "bizcli lead pool --where 'region = GD' --sort -score"))
def pool(context: typer.Context) -> Table:
    """The public pool: open leads that nobody looks after, the most promising first."""
    from bizcli.book.front.leads import pool as unowned

    return Table(unowned(context.obj))


@app.command(cls=Ask, epilog=example("bizcli lead duplicates"))
def duplicates(context: typer.Context) -> Table:
    """Leads that look like another lead or a customer: same phone, mail or tax number, or a name like it."""
    from bizcli.book.front.doubles import of_leads

    return Table([worded(row) for row in of_leads(context.obj)])


def worded(row: dict[str, Any]) -> dict[str, Any]:
    return {"id" if name == "key" else name: value for name, value in row.items()}


@app.command(cls=Ask, epilog=example("bizcli lead recall --days 14", "bizcli lead recall --days 14 --dry-run"))
def recall(
    context: typer.Context,
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help=_("Days without contact; else as the book's assignment says."))
    ] = None,
    date: Day = None,
    dry_run: Dry = False,
) -> Said:
    """Leads whose owners have not been in touch for some days go back to the public pool; safe to run every day."""
    from bizcli.book.front.leads import recalled
    from bizcli.cli.recording import proposed

    day = day_of(date, "--date") if date else None
    found = [*recalled(context.obj, days, None)]
    if not found:
        tell(_("nobody has left a lead alone for so long"))
        return Said("", [])
    return proposed(context.obj, found, day, dry_run)


COMMANDS = {
    "new": NewLead(
        "lead", _("Note somebody who may become a customer."),
        "bizcli lead new --name 'Red Shop' --contact 'Mrs Wu' --phone 0755-1234567 --source fair --next +3",
    ),
    "qualify": About(
        "lead", _("Record that a lead is worth following."), "bizcli lead qualify LD-2611-0001 --note 'has a budget'",
        fixed={"status": "qualified"},
    ),
    "convert": Convert(
        "opportunity", _("Open an opportunity of a lead; with a new code, the lead becomes a customer as well."),
        ("bizcli lead convert LD-2611-0001 --amount 12000 --expected 2026-12-20",
         "bizcli lead convert LD-2611-0001 --customer C-009 --line TSHIRT-M:300"),
        arguments=("from",),
    ),
    "lose": About(
        "lead", _("Record that nothing comes of a lead."), "bizcli lead lose LD-2611-0001 --reason 'no answer'",
        fixed={"status": "lost"}, required=("reason",),
    ),
    "assign": Assign(
        "lead", _("Give a lead to somebody, or all that wait to whom the rules say."),
        ("bizcli lead assign LD-2611-0001 li.na", "bizcli lead assign --all --dry-run"),
        arguments=("owner",), optional=("about", "owner"),
    ),
    "take": Take(
        "lead", _("Take a lead of the public pool: it is yours from now on."), "bizcli lead take LD-2611-0001",
        hidden=("type", "contact", "text", "outcome"),
    ),
    "merge": About(
        "lead", _("Record that a lead is the same as another one."), "bizcli lead merge LD-2611-0002 LD-2611-0001",
        arguments=("into",),
    ),
}  # fmt: skip
