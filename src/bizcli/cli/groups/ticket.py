"""Tickets: what customers complain of and ask; answered, settled, given on, and what is done about them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bizcli.cli import forms
from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, argument, example, flag
from bizcli.cli.following import About
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.session import Day, Dry, day_given
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import Code, NumberField

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.recording import Following

app = typer.Typer()

Mine = Annotated[bool, typer.Option("--mine", help=_("Only those that you look after."))]
Owner = Annotated[str | None, typer.Option(metavar="STAFF", help=_("Only those that somebody looks after."))]
Overdue = Annotated[bool, typer.Option("--overdue", help=_("Only those that are late."))]
Open = Annotated[bool, typer.Option("--open", help=_("Only those that are not settled."))]
Due = Annotated[bool, typer.Option("--due", help=_("Give them so."))]


@app.command(
    "list", cls=Ask,
    epilog=example("bizcli ticket list --overdue", "bizcli ticket list --mine --open", "bizcli ticket list --owner li.na"),
)  # fmt: skip
def listed(
    context: typer.Context, mine: Mine = False, owner: Owner = None, overdue: Overdue = False, open: Open = False
) -> Table:
    """All tickets, with their main fields and status; or those that are late, or somebody's."""
    from bizcli.book.front.service import tickets

    if mine and not context.obj.user:
        raise Misused.of("wrong-usage", "who are you? set BIZCLI_USER, or git's user.name")
    rows = tickets(context.obj, context.obj.user if mine else owner, overdue, open)
    return Table(rows, for_scripts=("date", "respond_by", "responded", "resolve_by", "resolved"))


@app.command(cls=Ask, epilog=example("bizcli ticket escalate", "bizcli ticket escalate --due"))
def escalate(context: typer.Context, due: Due = False, date: Day = None, dry_run: Dry = False) -> Said | Table:
    """Tickets of which so much time has passed that somebody else is to have them; --due, as from cron, does so."""
    from bizcli.book.front.service import escalating, escalations
    from bizcli.cli.recording import proposed

    book: Book = context.obj
    day = day_given(date, dry_run, due, "--due")
    if not due:
        return Table(escalations(book))
    return proposed(book, escalating(book), day, dry_run)


class MadeGood(New):
    """A document of another kind that is made because of a ticket; an activity names both."""

    takes: tuple[str, ...] = ("customer", "invoice")

    def places(self) -> list[Any]:
        text = _("The ticket: its id, its unique end, or @ for the last.")
        return [argument("ticket", "ID", text, required=True), *super().places()]

    def lacks(self, values: Tree) -> list[str]:
        return []

    def following(self, values: Tree) -> "Following | None":
        ticket = values.pop("ticket")

        def documents(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.finding import find

            _kind, found = find(book, ticket, "ticket")
            first, *others = trees
            known = {key: value for key in self.takes if (value := getattr(found, key)) is not None}
            yield self.of_ticket(first, known, found)
            yield from others
            common = {key: first[key] for key in ("date", "ref") if first.get(key)}
            yield {"kind": "activity", "about": found.key, **self.named(found), **common}  # type: ignore[attr-defined]

        return documents

    def of_ticket(self, tree: Tree, known: Tree, ticket: Any) -> Tree:
        """The document, with what the ticket says and the command does not."""
        return {**known, **tree}

    def named(self, ticket: Any) -> Tree:
        """How the activity names it."""
        return {"made": f"@{self.kind}"}


class Return(MadeGood):
    """Goods come back because of a ticket."""

    takes = ("invoice", "delivery")

    def of_ticket(self, tree: Tree, known: Tree, ticket: Any) -> Tree:
        """One of the two sources is enough: what is said, else the invoice."""
        if not tree.keys() & {"invoice", "delivery"}:
            key = next(iter(known), None)
            tree = {key: known[key], **tree} if key is not None else tree
        if ticket.item is not None and not tree.get("lines"):
            lots = {"serials": [ticket.serial]} if ticket.serial else {"lot": ticket.lot} if ticket.lot else {}
            tree = {**tree, "lines": [{"item": ticket.item, **({"qty": "1"} if ticket.serial else {}), **lots}]}
        return tree


class Replace(MadeGood):
    """Other goods go out without charge: an order at price 0, so that they are promised, picked and traced like others."""

    takes = ("customer",)

    def extra(self) -> list[Any]:
        return [
            flag("--deliver", is_flag=True, default=False, help=_("Deliver all of it at once.")),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        deliver = values.pop("deliver")
        for tree in super().trees(values):
            yield tree | {"lines": [{"price": "0", **line} for line in tree.get("lines", ())]}
        if deliver:
            yield {"kind": "delivery", "order": "@sales_order"}
            yield {"kind": "sales_invoice", "order": "@sales_order"}  # of nothing: so that nothing waits to be charged

    def of_ticket(self, tree: Tree, known: Tree, ticket: Any) -> Tree:
        if ticket.item is not None and not tree.get("lines"):
            tree = {**tree, "lines": [{"item": ticket.item, "qty": "1", "price": "0"}]}
        return {**known, **tree}


class Credit(MadeGood):
    """An allowance because of a ticket."""

    def places(self) -> list[Any]:
        amount = partial(forms.looked_at, NumberField(zero=False))
        how_much = _("How much: with or without tax, as the prices of the invoice are.")
        return [*super().places(), argument("amount", "AMOUNT", how_much, required=True, type=amount)]

    def extra(self) -> list[Any]:
        return [flag("--tax", metavar="TAX", help=_("Its tax, where the lines of the invoice have several."))]

    def trees(self, values: Tree) -> Iterator[Tree]:
        amount, tax = values.pop("amount"), values.pop("tax")
        line = {"amount": amount} | ({"tax": tax} if tax else {})
        for tree in super().trees(values):
            yield {**tree, "lines": [line]}

    def of_ticket(self, tree: Tree, known: Tree, ticket: Any) -> Tree:
        (line,) = tree["lines"]
        about = {"item": ticket.item} if ticket.item is not None else {}
        return {**known, "reason": ticket.name, **tree, "lines": [{"text": ticket.name, **about, **line}]}


class Give(MadeGood):
    """A coupon because of a ticket: for its customer alone, and once."""

    takes = ("customer",)

    def places(self) -> list[Any]:
        return [*super().places(), argument("promotion", "PROMOTION", _("The promotion that it gives."), required=True)]

    def extra(self) -> list[Any]:
        code = partial(forms.looked_at, Code(""))
        return [
            flag(
                "--code", metavar="CODE", type=code, help=_("The code of the coupon; promotion and ticket when absent.")
            )
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        code, promotion = values.pop("code"), values.pop("promotion")
        for tree in super().trees(values):
            yield {**tree, **({"code": code} if code else {}), "promotion": promotion}

    def of_ticket(self, tree: Tree, known: Tree, ticket: Any) -> Tree:
        self.code = tree.get("code") or f"{tree['promotion']}-{ticket.id[3:]}"
        return {**known, "uses": "1", **tree, "code": self.code}

    def named(self, ticket: Any) -> Tree:
        return {"coupon": self.code, "ref": self.code}


MESSAGE = {"type": "message"}
SOLD = (
    "customer", "customer_name", "address", "order", "quote", "from", "campaign", "draft", "prices", "tax_rounding",
    "invoices", "refund", "rounding", "coupons", "points", "points_taken", "promotions", "opening", "undelivered",
)  # fmt: skip
"""What is said of a sale, and not of what is made good."""


COMMANDS = {
    "new": New(
        "ticket", _("Record what a customer complains of or asks."),
        ("bizcli ticket new --customer C-001 --name 'where is my order?' --channel phone",
         "bizcli ticket new --invoice SI-2611-0001 --item TSHIRT-M --name 'a hole' --category complaint --priority high"),
    ),
    "reply": About(
        "ticket", _("Note what we answered; the first time, that is the response that was promised."),
        ("bizcli ticket reply TK-2611-0001 --type email --text 'we are sorry'",
         "bizcli ticket reply @ --text 'which size is it?' --status waiting"),
        "status", usual=MESSAGE,
    ),
    "heard": About(
        "ticket", _("Note that the customer got in touch again: a ticket that waits or is resolved is open again."),
        "bizcli ticket heard TK-2611-0001 --text 'size M'", usual=MESSAGE, fixed={"incoming": "true"},
    ),
    "wait": About(
        "ticket", _("Wait for the customer: until we hear from them the clock of the solution stands still."),
        "bizcli ticket wait TK-2611-0001 --note 'needs a photo'", fixed={"status": "waiting"},
    ),
    "resolve": About(
        "ticket", _("Record that a ticket is settled, and how."), "bizcli ticket resolve TK-2611-0001 --reason 'sent a new one'",
        "reason", fixed={"status": "resolved"},
    ),
    "close": About(
        "ticket", _("Close a ticket: nothing more is to be done."), "bizcli ticket close TK-2611-0001",
        "reason", fixed={"status": "closed"},
    ),
    "reopen": About(
        "ticket", _("Open a ticket again: its clock goes on."), "bizcli ticket reopen TK-2611-0001 --note 'broke again'",
        fixed={"status": "open"},
    ),
    "assign": About(
        "ticket", _("Give a ticket to somebody."), "bizcli ticket assign TK-2611-0001 li.na", arguments=("owner",),
    ),
    "rank": About(
        "ticket", _("Give a ticket another priority: other times may hold for it."), "bizcli ticket rank TK-2611-0001 high",
        arguments=("priority",),
    ),
    "return": Return(
        "sales_return", _("Take goods back because of a ticket: what it is about, or the lines given."),
        ("bizcli ticket return TK-2611-0001", "bizcli ticket return @ --line TSHIRT-M:1"), hidden=SOLD,
    ),
    "replace": Replace(
        "sales_order", _("Send other goods without charge because of a ticket: an order at price 0."),
        ("bizcli ticket replace TK-2611-0001 --deliver", "bizcli ticket replace @ --line TSHIRT-M:1"),
        hidden=SOLD,
        fixed={"promotions": "none"},
    ),
    "credit": Credit(
        "credit_note", _("Credit an amount on the invoice because of a ticket."),
        "bizcli ticket credit TK-2611-0001 20.00",
        hidden=(*SOLD, "lines", "supplier", "number", "returns", "invoice_type"),
    ),
    "coupon": Give(
        "coupon", _("Give the customer a coupon because of a ticket, which only they can use, once."),
        "bizcli ticket coupon TK-2611-0001 SORRY --until 2027-01-31", hidden=("code", "name", "promotion", "customer"),
    ),
}  # fmt: skip
