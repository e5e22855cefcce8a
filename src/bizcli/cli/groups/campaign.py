"""Campaigns: planned, started, sent out, answered, and what they brought."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bizcli.cli.answers import Said, Sheet, Table
from bizcli.cli.command import Ask, Command, example, flag
from bizcli.cli.errors import tell
from bizcli.cli.following import About
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.output import replace_file
from bizcli.cli.recording import Following, full_id
from bizcli.cli.session import Day

if TYPE_CHECKING:
    from bizcli.book import Book

app = typer.Typer()
Id = Annotated[str, typer.Argument(metavar="ID", help=_("The campaign: its id, its unique end, or @ for the last."))]
File = Annotated[str, typer.Argument(metavar="FILE", help=_("A sheet: .csv, .tsv, .xlsx, .xls, .ods, .json, or - for standard input."))]  # fmt: skip
MapFile = Annotated[str | None, typer.Option("--map", metavar="FILE", help=_("Says which column is what (YAML)."))]
SaveMap = Annotated[str | None, typer.Option("--save-map", metavar="FILE", help=_("Write down how the columns were read."))]  # fmt: skip
SheetName = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=_("Of a workbook; the first when absent."))]  # fmt: skip
Errors = Annotated[str | None, typer.Option("--errors", metavar="FILE", help=_("Write the rows that are wrong to a CSV, each with its reason."))]  # fmt: skip
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help=_("Anything worth remembering."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Show what it would do, and every row that is wrong; write nothing."))]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help=_("Print what was done as JSON."))]
IN_A_LANGUAGE = re.compile(r"(?:([a-z]{2}(?:-[A-Z]{2})?)=)?(.*)", re.DOTALL)
ANSWERS = ("AC", "LD")  # there may be thousands: they are counted
BESIDE = ("campaign", "name", "status", "started", "members", "control", "counted_until")


@app.command(cls=Ask, epilog=example("bizcli campaign show CM-2611-0001"))
def show(context: typer.Context, id: Id) -> Sheet:
    """A campaign with what came of it: answers, sales against the control group, cost and gain."""
    from bizcli.book.front import campaigns

    campaign = campaigns.find(context.obj, id)
    shown: Tree = context.obj.show(campaign.id)
    if shown["status"] != "void":
        found = campaigns.results(context.obj, campaign)
        shown |= {key: value for key, value in found.items() if key not in BESIDE}
        shown["named_by"] = [id for id in shown["named_by"] if id[:2] not in ANSWERS]
        shown["bills"] = [*campaigns.bills(context.obj, campaign)]
    return Sheet(shown)


@app.command(cls=Ask, epilog=example("bizcli campaign sales CM-2611-0001"))
def sales(context: typer.Context, id: Id) -> Table:
    """Every document behind the figures of a campaign: whose, from which side, and by what it is known to be of it."""
    from bizcli.book.front import campaigns

    return Table(campaigns.sales(context.obj, campaigns.find(context.obj, id)))


@app.command(
    cls=Ask,
    epilog=example("bizcli campaign out CM-2611-0001 --output list.csv", "bizcli campaign out @ --format json"),
)
def out(context: typer.Context, id: Id) -> Table:
    """The list that goes out: each member who may be written to today, and where; the control group is not in it."""
    from bizcli.book.front import campaigns

    rows, gone = campaigns.out(context.obj, campaigns.find(context.obj, id))
    say_gone(gone)
    return Table(rows)


def say_gone(count: int) -> None:
    if count:
        tell(_("{n} members are left out: they may not be written to any more").format(n=count))


class Letters(Ask):
    """The texts as a table; into a folder, a file for each customer."""

    def invoke(self, ctx: Any) -> int:
        output = ctx.params["output"]
        self.folder = output if output and (os.path.isdir(output) or output.endswith(os.sep)) else None
        if self.folder is not None:
            ctx.params["output"] = None
        return super().invoke(ctx)


@app.command(
    cls=Letters,
    epilog=example("bizcli campaign text CM-2611-0001 --output letters.csv", "bizcli campaign text CM-2611-0001 --output letters/"),
)  # fmt: skip
def text(context: typer.Context, id: Id) -> Table | Said:
    """What each member is written, in the member's language; --output takes a file, or a folder for a file each."""
    from bizcli.book.front import campaigns

    letters, gone = campaigns.letters(context.obj, campaigns.find(context.obj, id))
    say_gone(gone)
    folder = context.command.folder  # type: ignore[attr-defined]
    rows = [each._asdict() for each in letters]
    if folder is None:
        return Table(rows)
    os.makedirs(folder, exist_ok=True)
    for each in letters:
        head = f"{each.subject}\n\n" if each.subject else ""
        replace_file(os.path.join(folder, f"{each.customer}.txt"), f"{head}{each.text}\n".encode())
    files = [{"customer": each.customer, "file": os.path.join(folder, f"{each.customer}.txt")} for each in letters]
    return Said(_("{n} texts in {folder}").format(n=len(letters), folder=folder), files)


@app.command(
    "in", cls=Command,
    epilog=example("bizcli campaign in CM-2611-0001 answers.csv --dry-run", "bizcli campaign in @ clicks.json --map clicks.yaml"),
)  # fmt: skip
def in_(
    context: typer.Context, id: Id, file: File, map: MapFile = None, save_map: SaveMap = None, sheet: SheetName = None,
    errors: Errors = None, date: Day = None, note: Note = None, dry_run: DryRun = False, json: Json = False,
) -> int:  # fmt: skip
    """Read what came back: opened, clicked, replied, unsubscribed …; somebody who is new becomes a lead."""
    from bizcli.book.front import campaigns
    from bizcli.book.front.responses import Responses
    from bizcli.cli import sheets

    def made(book: "Book", path: str, mapping: Any, chinese: Any) -> Responses:
        book.read()
        campaign = campaigns.find(book, id)
        return Responses(book, path, mapping, chinese, campaign.id, campaign.channel)

    wanted = sheets.Wanted(file, None, map, save_map, sheet, errors, date, note, dry_run, json)
    return sheets.read_in(context.obj, wanted, made)


class Start(New):
    """The audience of a campaign, found when it is recorded."""

    def following(self, values: Tree) -> Following:
        def found(book: "Book", trees: Sequence[Tree]) -> Iterator[Tree]:
            from bizcli.book.front import campaigns
            from bizcli.kernel.fields import Id as IdField

            for tree in trees:
                campaign = campaigns.find(book, full_id(book, tree["campaign"], IdField("campaign")))
                yield tree | campaigns.audience(book, campaign)

        return found


class NewCampaign(New):
    """A campaign with its texts."""

    def extra(self) -> list[Any]:
        text = _("What customers are written, with places such as {name}; 'zh=…' for those of a language.")
        subject = _("Of a mail; 'zh=…' for those of a language.")
        return [
            flag("--text", metavar="[LANG=]TEXT", multiple=True, help=text),
            flag("--subject", metavar="[LANG=]TEXT", multiple=True, help=subject),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        by_language: dict[str | None, Tree] = {}
        for name in ("text", "subject"):
            for each in values.pop(name):
                language, said = IN_A_LANGUAGE.fullmatch(each).groups()  # type: ignore[union-attr]
                by_language.setdefault(language, {"language": language} if language else {})[name] = said
        for tree in super().trees(values):
            yield tree | ({"texts": [*by_language.values()]} if by_language else {})


COMMANDS = {
    "new": NewCampaign(
        "campaign", _("Plan a campaign: to which segments, by which way, with which coupon and text."),
        "bizcli campaign new --name 'Spring offer' --segment VIP --channel email --control 10% --text 'Dear {name}, …'",
        hidden=("texts",),
    ),
    "start": Start(
        "audience", _("Start a campaign: its segments as of today, the control group apart; who has not agreed is left out."),
        ("bizcli campaign start CM-2611-0001 --dry-run", "bizcli campaign start CM-2611-0001"),
        arguments=("campaign",), hidden=("share", "members", "control", "left_out"),
    ),
    "note": About(
        "campaign", _("Note what was done for a campaign, what it has cost besides bills, or who looks after it."),
        "bizcli campaign note CM-2611-0001 --cost 260 --text 'more leaflets'", "owner", "cost",
        hidden=("outcome", "contact", "type"),
    ),
    "end": About(
        "campaign", _("Record that a campaign has ended, and what it has cost besides bills."),
        "bizcli campaign end CM-2611-0001 --cost 200", "cost",
        fixed={"status": "ended"}, hidden=("outcome", "contact", "type", "todo"),
    ),
}  # fmt: skip
