"""`import`: what becomes of a sheet, said to the person who brings it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.cli.answers import Table
from bizcli.cli.errors import tell, tell_problems, text_of
from bizcli.cli.language import _, in_chinese, spoken
from bizcli.cli.new import catalog
from bizcli.cli.output import default_format, emit, json_text, print_out, replace_file, unformula, visible, width
from bizcli.cli.papers import blank_workbook
from bizcli.cli.progress import counting
from bizcli.cli.recording import commit_each
from bizcli.cli.session import day_of
from bizcli.kernel.errors import Misused, Problem, Refused

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.sheets.columns import Cell, Mapping
    from bizcli.book.sheets.importing import Import, Outcome
    from bizcli.cli.session import Session

Make = Callable[["Book", str, "Mapping", Callable[[str], str]], "Import"]

SHOWN = 20  # changes that are shown one by one


class Wanted(NamedTuple):
    """What a person wants of a sheet."""

    file: str
    kind: str | None
    map: str | None
    save_map: str | None
    sheet: str | None
    errors: str | None
    date: str | None
    note: str | None
    dry_run: bool
    json: bool


def read_in(session: "Session", wanted: Wanted, make: "Make | None" = None) -> int:
    """Read a sheet into the book, and say what that did. `make`: how it is read, where that is not by its kind alone."""
    from bizcli.book.sheets.columns import Mapping, read_mapping
    from bizcli.book.sheets.importing import Import
    from bizcli.kernel.records import replaced

    mapping = read_mapping(wanted.map) if wanted.map else Mapping()
    said = {name: value for name, value in (("kind", wanted.kind), ("sheet", wanted.sheet)) if value}
    day = day_of(wanted.date, "--date") if wanted.date else None
    with session.open() as book:
        job = (make or Import)(book, wanted.file, replaced(mapping, **said), in_chinese)
        try:
            with counting(_("rows"), len(job.rows)) as progress:
                outcome = job.run(day, wanted.note, dry_run=wanted.dry_run, progress=progress)
        except Refused as refused:
            tell_problems(job.notes)
            if wanted.errors:
                write_errors(job, refused.problems, wanted.errors)
            raise
        if wanted.save_map:
            save_map(job, wanted.save_map)
        tell_problems(outcome.notes)
        if not wanted.dry_run:
            commit_each(book, outcome.new)
        print_out(json_text(for_scripts(outcome)) if wanted.json else told(outcome, wanted.dry_run))
    if wanted.dry_run:
        tell(_("nothing was written (--dry-run)"))
    return 0


def for_scripts(outcome: "Outcome") -> dict[str, Any]:
    return {
        "import": outcome.id,
        "kind": outcome.kind,
        "new": [each.key for each in outcome.new],
        "changed": [
            {"master": master, "key": key, "before": before, "now": now} for master, key, before, now in outcome.changed
        ],
        "unchanged": outcome.unchanged,
        "different": outcome.different,
        "left_out": outcome.skipped,
        "money": outcome.money,
    }


def told(outcome: "Outcome", dry_run: bool) -> str:
    """What an import did, in a line; before it the masters that it changed."""
    import sys

    changed = len({master for master, *_rest in outcome.changed})
    words = {"new": f"{len(outcome.new):,}", "changed": f"{changed:,}", "unchanged": f"{outcome.unchanged:,}"}
    words |= {"kind": _(outcome.kind.replace("_", " ")), "id": outcome.id or ""}
    if outcome.id is None:
        text = _("{kind}: nothing new, {unchanged} are there already")
    elif dry_run:
        text = _("{kind}: {new} new, {changed} changed, {unchanged} as they were")
    else:
        text = _("{id} recorded: {kind}: {new} new, {changed} changed, {unchanged} as they were")
    line = text.format(**words)
    if outcome.different:
        line += _(", {n} differ from what is there").format(n=f"{outcome.different:,}")
    if outcome.skipped:
        line += _(", {n} rows left out").format(n=f"{outcome.skipped:,}")
    rows = [
        {"master": master, "key": key, "before": shown(before), "became": shown(became)}
        for master, key, before, became in outcome.changed[:SHOWN]
    ]
    format = default_format(sys.stdout.isatty())
    tables = [Table(rows, _("Changes")), Table(outcome.money, _("Money"))]
    return "".join(table.render(format) for table in tables if table.rows) + line + "\n"


def shown(value: Any) -> str | None:
    """A value of a document on one line."""
    if isinstance(value, list):
        return ", ".join(str(shown(each)) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{key}={shown(each)}" for key, each in value.items())
    return value if value is None else visible(str(value))


def write_errors(job: "Import", problems: "tuple[Problem, ...]", path: str) -> None:
    """The rows that are wrong, as they were, each with what is wrong with it."""
    import csv
    import io

    reasons: dict[int, list[str]] = {}
    for problem in problems:
        if problem.file == job.path:
            reasons.setdefault(problem.line, []).append(text_of(problem._replace(file="")))
    rows = dict(job.rows)
    paper = io.StringIO()
    writer = csv.writer(paper, lineterminator="\n")
    headings = rows.get(job.heading_line, [])
    writer.writerow([*headings, _("reason")])
    for line in sorted(reasons):
        cells = [*map(unformula, rows.get(line, ())), *[""] * len(headings)][: len(headings)]
        writer.writerow([*cells, "; ".join(reasons[line])])
    replace_file(path, paper.getvalue().encode("utf-8-sig"))
    tell(_("{n} rows with their reasons are in {file}").format(n=f"{len(reasons):,}", file=visible(path)))


def save_map(job: "Import", path: str) -> None:
    """How the columns were read, as a mapping file."""
    from bizcli.store.yaml_writer import settings_text

    replace_file(path, settings_text(job.as_mapping()).encode())
    tell(_("how the columns were read is in {file}").format(file=visible(path)))


# --- taking back ---


def take_back(session: "Session", id: str, reason: str | None, dry_run: bool, json: bool) -> int:
    """Take an import back, and say what that was."""
    from bizcli.book.sheets.undoing import undone

    if not reason:
        raise Misused.of("wrong-usage", "say why: --reason TEXT")
    with session.open() as book:
        done = undone(book, id, reason, dry_run)
        if not dry_run:
            commit_each(book, done.voids)
    words = {"id": done.id, "voided": f"{len(done.voided):,}", "removed": f"{len(done.removed):,}"}
    words["restored"] = f"{len(done.restored):,}"
    text = _("{id} taken back: {voided} documents voided, {removed} masters removed, {restored} as they were before")
    if json:
        found = {"import": done.id, "voided": done.voided, "removed": done.removed, "restored": done.restored}
        print_out(json_text(found))
    else:
        print_out(text.format(**words) + "\n")
    if dry_run:
        tell(_("nothing was written (--dry-run)"))
    return 0


# --- the empty sheet ---


def write_template(name: str, output: str | None) -> int:
    """Write the empty sheet of a kind or form, with headings in the language of the command."""
    import os

    from bizcli.book.sheets.columns import form, sheet_of

    wanted = form(catalog(), name)
    if output is not None and os.path.splitext(output)[1].lower() == ".xlsx":
        emit(template_workbook(sheet_of(catalog(), wanted, _, in_chinese, spoken()), _(name.replace("_", " "))), output)
        return 0
    import csv
    import io

    paper = io.StringIO()
    titles = [each.title for each in sheet_of(catalog(), wanted, _, in_chinese, spoken())]
    csv.writer(paper, lineterminator="\n").writerow(titles)
    emit(paper.getvalue() if output is None else paper.getvalue().encode("utf-8-sig"), output)
    return 0


def template_workbook(cells: "list[Cell]", name: str) -> bytes:
    """The sheet to fill in, its columns as text so that 007 stays 007; behind it what each column is."""
    from bizcli.cli.forms import help_of
    from bizcli.kernel.fields import ListField, NumberField, OneOf

    def fill(book: Any, sheet: Any, help: Any) -> None:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for at, title in enumerate((_("Column"), _("Key"), _("Explanation"), _("For example"))):
            help.write_string(0, at, title, bold)
        for at, each in enumerate(cells):
            info = each.target.info
            width_of = max(10, width(each.title) + 2)
            sheet.set_column(at, at, width_of, None if isinstance(info.field, NumberField) else text)
            sheet.write_string(0, at, each.title, bold)
            if isinstance(info.field, OneOf):
                sheet.data_validation(1, at, 10_000, at, {"validate": "list", "source": [*info.field.words]})
            parts = (each.title, each.target.key, help_of(info, isinstance(info.field, ListField)), each.example)
            for column, part in enumerate(parts):
                help.write_string(at + 1, column, part)
        sheet.freeze_panes(1, 0)
        help.set_column(0, 3, 30)

    return blank_workbook(name, _("Help"), fill)
