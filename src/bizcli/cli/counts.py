"""`stock count`: what was counted, typed line by line or read from a sheet, and how it differs from the books."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bizcli.cli.answers import Table
from bizcli.cli.command import flag
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.new import New, Tree
from bizcli.cli.output import default_format, json_text, print_out, visible
from bizcli.kernel.errors import BizError, Misused, Problem

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.intake import Recorded
    from bizcli.book.sheets.count_sheets import Count
    from bizcli.book.streams import Given

FEW = 10  # items that are named one by one


class NewCount(New):
    """A count, of lines or of a sheet."""

    def extra(self) -> list[Any]:
        whole = _("With --sheet: what is not on it and in the books is counted as 0.")
        return [
            flag("--sheet", metavar="FILE", help=_("What was counted, as `stock sheet` gave it out: CSV or XLSX.")),
            flag("--whole", is_flag=True, default=False, help=whole),
        ]

    def trees(self, values: Tree) -> Iterator[Tree]:
        values.pop("sheet")
        if values.pop("whole"):
            raise Misused.of("wrong-usage", "--whole is for a sheet: add --sheet FILE")
        yield from super().trees(values)

    def invoke(self, ctx: Any) -> int:
        if not ctx.params["sheet"]:
            return super().invoke(ctx)
        return recorded(self, ctx)


def recorded(command: New, ctx: Any) -> int:
    """Record a sheet as one count; show what differs from the books."""
    from bizcli.book.sheets import count_sheets as sheets
    from bizcli.book.streams import Given
    from bizcli.cli.recording import commit_each, document

    values = dict(ctx.params)
    path, whole, dry_run, as_json = (values.pop(name) for name in ("sheet", "whole", "dry_run", "json"))
    if values.pop("lines"):
        raise Misused.of("wrong-usage", "--sheet says what was counted: leave --line out")
    (common,) = New.trees(command, values)
    taken: list[Count] = []
    shown: list[dict[str, Any]] = []

    def given(book: "Book") -> "Iterator[Given]":
        taken.append(sheets.count(book, path, values.get("warehouse"), values.get("date"), whole))
        yield Given({**common, **taken[0].tree})

    def looked_at(book: "Book", done: "list[Recorded]") -> None:
        shown.extend(differences(book, done[0].key))
        if as_json and dry_run:
            goods, money = book.preview(done)
            print_out(
                json_text({"documents": [document(book, done[0])], "goods": goods, "money": money, "count": shown})
            )

    with ctx.obj.open() as book:
        try:
            done = book.apply(given(book), dry_run=(lambda _, done: looked_at(book, done)) if dry_run else None)
        except BizError as error:
            raise type(error)(in_sheet(each, path, taken) for each in error.problems) from None
        if not dry_run:
            commit_each(book, done)
            shown = differences(book, done[0].key)
            if as_json:
                print_out(json_text(document(book, done[0])))
        if not as_json:
            print_out(told(done[0].key, shown, dry_run))
    left_out(taken[0])
    if done[0].status == "unchanged":
        tell(_("{key} is there already: nothing was recorded").format(key=done[0].key))
    if dry_run:
        tell(_("nothing was written (--dry-run)"))
    return 0


def differences(book: "Book", id: str) -> list[dict[str, Any]]:
    from bizcli.reports.done import counted

    return counted(book.index.all, id, book.rules.unit)


def told(id: str, rows: list[dict[str, Any]], dry_run: bool) -> str:
    """What a count found: a line for each item that differs."""
    import sys

    different = [row for row in rows if row["difference"]]
    words = {"id": id, "n": f"{len(rows):,}", "different": f"{len(different):,}"}
    head = (
        _("{n} items counted, {different} differ")
        if dry_run
        else _("{id} recorded: {n} items counted, {different} differ")
    )
    table = ""
    if different:
        total = {"value": sum(row["value"] for row in different)} if len(different) > 1 else None
        table = Table(different, totals=total).render(default_format(sys.stdout.isatty()))
    return head.format(**words) + "\n" + table


def left_out(count: "Count") -> None:
    """Say what was not counted, and what was counted as 0."""
    if count.skipped:
        tell(_("{n} without a count were left out").format(n=f"{count.skipped:,}"))
    if count.absent:
        names = ", ".join(count.absent[:FEW]) + (" …" if len(count.absent) > FEW else "")
        text = _("{n} items are not on the sheet and were counted as 0: {items}")
        tell(visible(text.format(n=f"{len(count.absent):,}", items=names)))


def in_sheet(problem: Problem, path: str, taken: "list[Count]") -> Problem:
    """A problem with a line of the count, where it stands in the sheet."""
    import re

    found = re.match(r"lines\[(\d+)\]\.?", problem.path)
    if problem.file or found is None or not taken:
        return problem._replace(document="") if problem.document.isdigit() else problem
    line = taken[0].lines[int(found[1])]
    return problem._replace(path=problem.path[found.end() :], document="", file=path, line=line)
