"""Reports: sales, margins, stock, accounts, and your own."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command_from_info
from typer.models import CommandInfo

from bizcli.cli.answers import Said, Table
from bizcli.cli.command import Ask, example
from bizcli.cli.language import _
from bizcli.cli.session import today
from bizcli.kernel.errors import Misused
from bizcli.kernel.records import nearest

if TYPE_CHECKING:
    from bizcli.book import Book

app = typer.Typer()
SAMPLES = {"account": "bank"}  # of what a report needs
COMPARED = ("previous", "year")

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("The report; `report list` names them."))]
Since = Annotated[str | None, typer.Option("--from", metavar="PERIOD", help=_("A day, 2026-11, 2026-Q4 or 2026; with no --to, that period."))]  # fmt: skip
Until = Annotated[str | None, typer.Option("--to", metavar="PERIOD", help=_("To the end of this period."))]
Param = Annotated[list[str], typer.Option("--param", metavar="NAME=VALUE", help=_("What the report is limited to."))]
Compare = Annotated[str | None, typer.Option(metavar="previous|year", help=_("Beside the period before, or a year before."))]  # fmt: skip
Drill = Annotated[str | None, typer.Option(metavar="KEY", help=_("The documents behind the row of this key."))]


@app.command("list", cls=Ask, epilog=example("bizcli report list"))
def listed(context: typer.Context) -> Table:
    """All reports there are, with what they show."""
    from bizcli.book import reporting

    reports = [reporting.named(context.obj, name) for name in sorted(reporting.found(context.obj))]
    return Table([{"report": each.name, "title": _(each.title), "shows": _(each.help)} for each in reports])


@app.command(cls=Ask, epilog=example("bizcli report run sales-by-customer --from 2026-11"))
def run(
    context: typer.Context, name: Name, since: Since = None, until: Until = None, param: Param = [],  # noqa: B006
    compare: Compare = None, drill: Drill = None,
) -> Table:  # fmt: skip
    """Run a report; `bizcli report NAME` does the same."""
    return answer(context.obj, name, since, until, param, compare, drill)


@app.command(cls=Ask, epilog=example("bizcli report explain margin-by-item"))
def explain(context: typer.Context, name: Name) -> Said:
    """Say what a report shows: parameters, columns, where its rows come from."""
    from bizcli.book import reporting

    report = reporting.named(context.obj, name)
    rows = [
        {"column": each.name, "type": each.type, "worked_out_as": " / ".join(each.over[:2]) if each.over else None}
        for each in report.columns
    ]
    lines = [_(report.title), "", _(report.help), ""]
    lines += [f"  --param {each.name}=…  {_(each.help)}" for each in report.params]
    lines += [f"  {each.name}: {_(each.type)}" + (f" = {each.over[0]} / {each.over[1]}" if each.over else "")
              for each in report.columns]  # fmt: skip
    return Said("\n".join([*lines, "", report.sql]), rows)


@app.command(cls=Ask, epilog=example("bizcli report new tea-by-month"))
def new(context: typer.Context, name: Name) -> Said:
    """Write a report of your own to begin with, into the book's folder `reports`."""
    from bizcli.book import reporting

    path = reporting.new(context.obj, name)
    return Said(
        _("{path} is there: change it, then `bizcli report {name}`").format(path=path, name=name), [{"path": path}]
    )


def answer(
    book: "Book", name: str, since: str | None, until: str | None, param: list[str], compare: str | None,
    drill: str | None,
) -> Table:  # fmt: skip
    """What a report found, or the documents behind one of its rows."""
    from bizcli.book import reporting
    from bizcli.kernel import written

    since, until = (written.day(each, today()) if each else None for each in (since, until))
    given: dict[str, str] = {}
    for each in param:
        key, equals, value = each.partition("=")
        if not equals:
            raise Misused.of("wrong-value", "--param: write NAME=VALUE, not {value}", value=each[:60])
        given[key] = value
    if compare not in (None, *COMPARED):
        template = "--compare: {value} is not one of {known}; the nearest is {nearest}"
        near = nearest(compare or "", COMPARED)
        raise Misused.of("wrong-value", template, value=str(compare)[:60], known=", ".join(COMPARED), nearest=near)
    report = reporting.named(book, name)
    if drill is not None:
        return Table(reporting.drilled(book, report, drill, *reporting.bounds(report, since, until)))
    found = reporting.run(book, report, since, until, given, compare)
    title = _(report.title)
    if report.dated and (since or until):
        title = _("{title}, {since} to {until}").format(title=title, since=found.since, until=found.until)
    details = [each.name for each in report.columns if each.detail]
    return Table(found.rows, title, for_scripts=details, totals=found.totals)


class OneReport(Ask):
    """A report as a command; its example is made when it is read, of what the report can be asked."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        self.epilog = example(sample(str(self.name)))
        super().format_epilog(ctx, formatter)


def sample(name: str) -> str:
    """An example of a report: one that bizcli brings takes a period or not, and may need to be told more."""
    from bizcli.book import reporting

    words = ["bizcli report", name]
    if name in (files := reporting.brought()):
        report = reporting.read(name, files[name])
        words += ["--from 2026-11"] if report.dated else []
        words += [f"--param {each.name}={SAMPLES[each.name]}" for each in report.params if each.needed]
    return " ".join(words)


def others(name: str) -> Any:
    """`report NAME`: the command that runs one report."""

    def one(
        context: typer.Context, since: Since = None, until: Until = None, param: Param = [],  # noqa: B006
        compare: Compare = None, drill: Drill = None,
    ) -> Table:  # fmt: skip
        return answer(context.obj, name, since, until, param, compare, drill)

    one.__doc__ = _("Run the report {name}.").format(name=name)
    info = CommandInfo(name=name, cls=OneReport, callback=one)
    return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
