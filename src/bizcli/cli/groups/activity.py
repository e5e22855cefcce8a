"""Activities: calls, visits, messages and notes, what is to be done next, and a calendar of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from bizcli.cli.answers import Table
from bizcli.cli.attaching import NewWithFiles
from bizcli.cli.command import Ask, argument, example
from bizcli.cli.following import CHANGES
from bizcli.cli.language import _
from bizcli.cli.new import Tree
from bizcli.cli.session import day_of
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import ID

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.papers import Part

app = typer.Typer()
For = Annotated[
    str | None,
    typer.Option("--for", metavar="me|STAFF", help=_("Only whom one of us looks after: a code, a name, or me.")),
]
Until = Annotated[str | None, typer.Option(metavar="DATE", help=_("Up to this day."))]


class Calendar(NamedTuple):
    """Reminders as a calendar reads them."""

    rows: Sequence[Mapping[str, Any]]
    text: str
    exit_code: int = 0

    def parts(self, format: str) -> "list[Part]":
        return Table(self.rows).parts(format)

    def render(self, format: str) -> str:
        return self.text if format in ("table", "plain") else Table(self.rows).render(format)


class NewActivity(NewWithFiles):
    """What was done with a customer, or about a document: the word by which it is named tells which."""

    def places(self) -> list[Any]:
        return [
            argument(
                "with",
                "ABOUT",
                _("A lead, an opportunity, an order …: its id; or the code of a customer."),
                required=True,
            )
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        whom = values.pop("with")
        named = "about" if ID.fullmatch(whom) or whom == "@" or whom.isdigit() else "customer"
        yield from super().trees(values | {named: whom})


@app.command(
    "list", cls=Ask,
    epilog=example("bizcli activity list --customer C-001", "bizcli activity list --who li.na --type call"),
)  # fmt: skip
def listed(
    context: typer.Context,
    customer: Annotated[str | None, typer.Option(metavar="CODE", help=_("All that was done with them, and what came of it."))] = None,
    about: Annotated[str | None, typer.Option(metavar="ID", help=_("Only those about this."))] = None,
    who: Annotated[str | None, typer.Option(metavar="STAFF", help=_("Only what one of us did."))] = None,
    type: Annotated[str | None, typer.Option(metavar="TYPE", help=_("Only calls, visits …: call, visit, note."))] = None,
) -> Table:  # fmt: skip
    """All activities; of a customer, the whole history with what was said."""
    from bizcli.book.finding import find_id
    from bizcli.book.front import contacts

    book: Book = context.obj
    if customer is not None:
        if about or who or type:
            raise Misused.of("wrong-usage", "--customer is the whole history: narrow it with --where")
        return Table(contacts.with_customer(book, book.find(customer, "customer")[1].key))  # type: ignore[attr-defined]
    id = find_id(book, about, list(book.catalog.by_prefix)) if about else None
    return Table(contacts.listed(book, id, who, type))


@app.command(
    cls=Ask, epilog=example("bizcli activity due", "bizcli activity due --for me --until +7", "bizcli activity due --sort -days_late")
)  # fmt: skip
def due(context: typer.Context, person: For = None, until: Until = None) -> Table:
    """Whom to get in touch with by today, or another day; of each customer or lead what was said last counts."""
    return Table(waiting(context.obj, person, until, None), for_scripts=["document", "said"])


@app.command(
    cls=Ask, epilog=example("bizcli activity calendar --output reminders.ics", "bizcli activity calendar --for me --output me.ics")
)  # fmt: skip
def calendar(context: typer.Context, person: For = None, until: Until = None) -> Calendar:
    """Whom to get in touch with, as a calendar reads it (.ics): every reminder is an event of a whole day."""
    from bizcli.book.front import calendar as calendars

    rows = waiting(context.obj, person, until, calendars.EVER)
    return Calendar(rows, calendars.calendar(context.obj, rows))


def waiting(book: "Book", person: str | None, until: str | None, last: str | None) -> list[dict[str, Any]]:
    """The reminders up to a day; today where none is said."""
    from bizcli.book.front.contacts import reminders
    from bizcli.book.front.people import person as found

    day = day_of(until, "--until").isoformat() if until else last or book.today.isoformat()
    return reminders(book, day, found(book, person) if person else None)


COMMANDS = {
    "new": NewActivity(
        "activity", _("Note a call, a visit, a message, and when to follow up."),
        ("bizcli activity new LD-2611-0001 --type call --text 'wants a sample' --next 2026-12-01",
         "bizcli activity new C-001 --type visit --contact 'Mrs Wu' --outcome reached"),
        hidden=("about", "customer", *CHANGES),
    ),
}  # fmt: skip
