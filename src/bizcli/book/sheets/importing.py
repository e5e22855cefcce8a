"""A sheet of another program into the book: rows become drafts of documents, which are entered all or none.

What a row is known by (a master's code, a document's `ref`) makes it repeatable: the same again records nothing, other
content changes a master and is told of a document. The import itself is a document that names what it made, so that
`undone` can take it back.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Map
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.intake import Intake, Recorded, differences
from bizcli.book.sheets import columns, tables
from bizcli.book.sheets.cells import SEPARATORS, Reader, folded, staff_code
from bizcli.book.sheets.columns import Column, Layout, Mapping, Target
from bizcli.book.streams import Given
from bizcli.domains.parties.credit_code import mistyped
from bizcli.kernel.errors import BizError, Misused, Problem, Refused
from bizcli.kernel.fields import UNLISTED, Wrong
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.records import decode, kind_named, nearest, replaced, schema_of, tree_of
from bizcli.store.recording import Recording
from bizcli.store.store import PROMISES

if TYPE_CHECKING:
    from bizcli.book import Book

PREFIXES = {"customer": "C-", "supplier": "S-", "item": "I-", "warehouse": "W-"}  # of codes that are given
COMPILED = ("rates", "type", "costing", "tracking")  # keys of masters that decide what documents did
REF_LONGEST = 200
LARGEST = 500_000  # bytes of one document that names what an import made

FIGURE = re.compile(r"[-+¥￥$€£(]*[0-9０-９][0-9０-９,.，．% )]*")
NAME = "name "  # before the name of a master without a code
ROW = "row "  # what a reference begins with that is made of all that a row says

Place = tuple[int, int]  # line and column of the file, from 1
Skipping = list[tuple[int, set[str]]]  # places of columns, with words that leave a row out
Said = dict[str, tuple[Any, Place]]  # what a row says, by key


class Draft:
    """A document or master on its way from rows to the book: its tree, and where each part of it stands."""

    def __init__(self, kind: str, line: int) -> None:
        self.tree: dict[str, Any] = {"kind": kind}
        self.line = line
        self.places: dict[str, Place] = {}
        self.codes: list[tuple[str, str, str]] = []  # path, kind and code of the masters that it names
        self.problems: list[Problem] = []

    def place(self, path: str) -> Place:
        """Where a part of it stands; what has no place of its own is in the row where it begins."""
        while path:
            if path in self.places:
                return self.places[path]
            path = re.sub(r"(^|[.\[])[^.\[]*$", "", path)
        return (self.line, 0)


class Outcome(NamedTuple):
    """What an import did, or would do."""

    kind: str
    id: str | None  # of the document that tells it; None when nothing was new
    new: list[Recorded]
    changed: list[tuple[str, str, Any, Any]]  # master, key, before, now
    unchanged: int
    different: int  # documents that are there with other content
    skipped: int  # rows that were left out
    notes: list[Problem]  # what a person should be told, with its place
    money: list[dict[str, Any]]  # what it does to accounts, where it was asked for


class Import:
    """One sheet with its mapping."""

    def __init__(self, book: "Book", path: str, given: Mapping, chinese: Callable[[str], str]) -> None:
        self.book, self.path, self.chinese = book, path, chinese
        catalog = book.catalog
        name = given.kind or columns.guessed(catalog, path, chinese)
        self.form_name = name.replace("-", "_")
        self.mapping = columns.joined(given, columns.form(catalog, name))
        self.kind: Kind = catalog.named(self.mapping.kind)
        self.cls = catalog.record(self.kind.name)
        self.targets = self.known_targets()
        self.check_keys()
        self.data = tables.data_of(path)
        self.rows = [row for row in tables.rows_of(self.data, path, self.mapping.sheet) if any(row[1])]
        self.notes: list[Problem] = []
        self.skipped = 0
        self.totals = {folded(word) for word in columns.brought("values")["totals"]}
        self.layout, self.heading_line = Layout(0, [], [], []), 0

    def known_targets(self) -> dict[str, Target]:
        """What a cell can be, by key."""
        return columns.targets(self.book.catalog, self.kind.name)

    def known_headings(self) -> dict[str, str]:
        """The key of each heading that is known."""
        return columns.headings(self.book.catalog, self.mapping, self.chinese)

    def as_mapping(self) -> Mapping:
        """How the sheet was read, for the next one like it."""
        ignored = [heading for _, heading in self.layout.unknown] + [each[1] for each in self.layout.twice]
        return replaced(
            self.mapping,
            kind=self.form_name,
            columns={column.heading: column.key for column in self.layout.columns},
            ignore=tuple(dict.fromkeys([*self.mapping.ignore, *ignored])),
            keys=(),
            example=(),
        )

    def check_keys(self) -> None:
        """The keys that the mapping names must be of the kind. Raises `Misused`."""
        mapping, found = self.mapping, []
        for name in ("columns", "constants", "defaults", "values"):
            table = getattr(mapping, name) or {}
            for key in table.values() if name == "columns" else table:
                if columns.target(self.targets, key) is None:
                    template = "unknown key {key}; the nearest is {nearest}"
                    found.append(
                        Problem("unknown-key", template, {"key": key, "nearest": nearest(key, self.targets)}, name)
                    )
        if found:
            raise Misused(found)

    # --- rows to drafts ---

    def read_headings(self) -> Layout:
        """The columns that are read; what is not read is noted."""
        from difflib import get_close_matches

        known = self.known_headings()
        found = columns.layout(self.rows, self.mapping, known, self.targets, self.path)
        line = self.rows[found.row][0]
        names = [*known]
        unknown = []
        for at, heading in found.unknown:
            other = columns.elsewhere(self.book.catalog, self.kind.name, heading, self.chinese)
            near = get_close_matches(tables.canonical(heading), names, 1, 0.7)
            if other is not None:
                template = "column {heading} is not read here: import the same file again with --kind {form}"
                self.note("not-read", template, {"heading": heading, "form": other}, (line, at + 1))
            elif near:
                template = "column {heading} is not read; the nearest is {nearest}"
                self.note("not-read", template, {"heading": heading, "nearest": known[near[0]]}, (line, at + 1))
            else:
                unknown.append(heading)
        if unknown:
            template = "columns that are not read: {headings}"
            self.note("not-read", template, {"headings": ", ".join(unknown)}, (line, 0))
        for at, heading, other in found.twice:
            template = "column {heading} is not read: {other} says the same"
            self.note("not-read", template, {"heading": heading, "other": other}, (line, at + 1))
        return found

    def note(self, code: str, template: str, values: Map[str, object], place: Place) -> None:
        line, column = place if place[0] else (0, 0)  # keys of objects stand in no line
        self.notes.append(Problem(code, template, values, "", "", self.path, line, column, severity="warning"))

    def drafts(self, reader: Reader) -> list[Draft]:
        """The documents that the rows are. Raises `Refused` where they cannot be told apart."""
        found = self.read_headings()
        self.layout, self.heading_line = found, self.rows[found.row][0]
        self.refuse_unknowable(found)
        skipping = self.skipping(self.rows[found.row][1])
        by_key: dict[str, Draft] = {}
        done: list[Draft] = []
        for line, cells in self.rows[found.row + 1 :]:
            said, wrong = self.said(line, cells, found.columns, reader)
            why = self.left_out(cells, said, skipping) if not wrong else None
            if why is not None:
                self.skipped += 1
                if why:
                    self.note("left-out", why, {}, (line, 0))
                continue
            kind, said = self.turned(said, line)
            heads = {key: value for key, value in said.items() if not self.is_inner(key)}
            if done and not heads and said:
                draft = done[-1]  # an order's number stands only in its first row
            else:
                if kind == self.kind.name:
                    self.fill(said, line, reader)
                key = self.key(said, by_key)
                draft = by_key.get(key) if key else None  # type: ignore[assignment]
                if draft is None:
                    draft = Draft(kind, line)
                    done.append(draft)
                    if key:
                        by_key[key] = draft
                elif not self.has_lines(found):
                    template = (
                        "{key} is in row {line} already: leave one of the two out, or give each a code of its own"
                    )
                    wrong.append(
                        Problem(
                            "twice",
                            template,
                            {"key": key.removeprefix(NAME), "line": draft.line},
                            "",
                            "",
                            self.path,
                            line,
                            0,
                        )
                    )
            draft.problems += wrong
            self.add(draft, said, line)
        return done

    def is_inner(self, key: str) -> bool:
        target = columns.target(self.targets, key)
        return target is not None and bool(target.of)

    def has_lines(self, found: Layout) -> bool:
        """Whether several rows may be one document."""
        return any(self.is_inner(column.key) for column in found.columns)

    def refuse_unknowable(self, found: Layout) -> None:
        """Rows must say which of them are one master or document, so that they are known again. Raises `Refused`."""
        keys = {column.key for column in found.columns}
        line = self.rows[found.row][0]
        if self.kind.master and not keys & {"code", "name"} and "code" not in (self.mapping.constants or {}):
            template = "no column is the code or the name of the {kind}: say which, with --map"
            raise Refused([Problem("no-key", template, {"kind": self.kind.name}, file=self.path, line=line)])
        if not self.kind.master and self.has_lines(found) and "ref" not in keys and self.mapping.ref is None:
            template = (
                "which rows are one {kind}? no column is its number: map one to `ref`, or say `ref` in the mapping"
            )
            raise Refused([Problem("no-key", template, {"kind": self.kind.name}, file=self.path, line=line)])

    def said(self, line: int, cells: list[str], known: Iterable[Column], reader: Reader) -> tuple[Said, list[Problem]]:
        """What a row says, by key, each with its place; and what of it cannot be understood."""
        found: Said = {}
        wrong = []
        for column in known:
            cell = cells[column.at] if column.at < len(cells) else ""
            if reader.is_empty(cell):
                continue
            place = (line, column.at + 1)
            try:
                found[column.key] = (value, place) = (reader.read(self.target(column.key), cell), place)
                if column.key == "tax_id" and mistyped(value):
                    template = "{value} has a wrong check sign: is it mistyped?"
                    self.note("mistyped", template, {"value": value}, place)
            except Wrong as error:
                wrong.append(Problem(error.code, error.template, error.values, column.heading, "", self.path, *place))
        return found, wrong

    def target(self, key: str) -> Target:
        found = columns.target(self.targets, key)
        assert found is not None
        return found

    def left_out(self, cells: list[str], said: Said, skipping: Skipping) -> str | None:
        """Why a row is left out; '' where it needs no word; None where it is not."""
        texts = [folded(cell).rstrip(":：") for cell in cells if cell and not FIGURE.fullmatch(cell)]
        if texts and self.totals.issuperset(texts):
            template = "the row adds up others: left out"
            return template
        if not said or any(at < len(cells) and folded(cells[at]) in words for at, words in skipping):
            return ""
        needed = self.mapping.without
        if needed is not None and re.fullmatch(r"-?0*(\.0*)?", str(said.get(needed, ("",))[0])):
            return ""
        return None

    def skipping(self, headings: list[str]) -> Skipping:
        """The columns that say of a row that it is left out, each with the words that do. Raises `Misused`."""
        places = {tables.canonical(cell): at for at, cell in enumerate(headings)}
        found = []
        for heading, words in (self.mapping.skip or {}).items():
            at = places.get(tables.canonical(heading))
            if at is None:
                values = {"heading": heading, "nearest": nearest(heading, headings)}
                template = "skip: there is no column {heading}; the nearest is {nearest}"
                raise Misused([Problem("unknown-word", template, values)])
            found.append((at, {folded(word) for word in SEPARATORS.split(words)}))
        return found

    def turned(self, said: Said, line: int) -> tuple[str, Said]:
        """A row as it is, or, where its amount is below zero, as one of the other form, with its kind."""
        mapping, amount = self.mapping, said.get(self.mapping.without or "")
        if mapping.below is None or amount is None or not str(amount[0]).startswith("-"):
            return self.kind.name, said
        other = columns.form(self.book.catalog, mapping.below)
        assert other.kind is not None and mapping.without is not None
        known = columns.targets(self.book.catalog, other.kind)
        found = {key: value for key, value in said.items() if key in known}
        found[mapping.without] = (str(amount[0]).removeprefix("-"), amount[1])
        found |= {key: (value, (line, 0)) for key, value in (other.constants or {}).items()}
        if "ref" not in found:
            found["ref"] = (reference(other.ref, found), (line, 0))
        template = "the amount is below zero: it is read as {form}"
        self.note("below-zero", template, {"form": mapping.below}, amount[1])
        return other.kind, found

    def fill(self, said: Said, line: int, reader: Reader) -> None:
        """What the mapping says of every row, and of rows whose cells are empty."""
        for key, value in (self.mapping.constants or {}).items():
            said[key] = (reader.read(self.target(key), value), (line, 0))
        for key, value in (self.mapping.defaults or {}).items():
            if key not in said:
                said[key] = (reader.read(self.target(key), value), (line, 0))
        if not self.kind.master and ("ref" not in said or "{ref}" in (self.mapping.ref or "")):
            said["ref"] = (reference(self.mapping.ref, said), (line, 0))

    def key(self, said: Said, known: Map[str, Draft]) -> str:
        """What tells the document of a row from others in the file; '' where nothing does."""
        if not self.kind.master:
            found = str(said["ref"][0])
            if found.startswith(ROW):  # the same row again is another event
                n = 1
                while found in known:
                    n += 1
                    found = f"{said['ref'][0]} {n}"
                said["ref"] = (found, said["ref"][1])
            return found
        if "code" in said:
            return str(said["code"][0])
        return NAME + folded(str(said["name"][0])) if "name" in said else ""

    def add(self, draft: Draft, said: Said, line: int) -> None:
        """Put what a row says into its draft."""
        tree = draft.tree
        rows: dict[str, int] = {}  # the place of this row in each list
        for key, (value, place) in said.items():
            target, path = self.target(key), key
            if target.of:
                many = tree.setdefault(target.of, [])
                if target.of not in rows:
                    rows[target.of] = len(many)
                    many.append({})
                    draft.places[f"{target.of}[{rows[target.of]}]"] = (line, 0)
                name = key.partition(".")[2]
                many[rows[target.of]][name] = value
                path = f"{target.of}[{rows[target.of]}].{name}"
                draft.places[path] = place
            if isinstance(value, str) and (of := kind_named(target.info.field)):
                draft.codes.append((path, of, value))
            if target.of:
                continue
            into, name = (tree.setdefault(target.info.name, {}), target.entry) if target.entry else (tree, key)
            if name in into and into[name] != value:
                before = draft.places.get(key, (draft.line, 0))[0]
                template = "{key} is {before} in row {line} of the same {kind}, and {value} here"
                values = {
                    "key": key, "before": str(into[name]), "line": before, "kind": self.kind.name, "value": str(value)
                }  # fmt: skip
                draft.problems.append(Problem("not-the-same", template, values, "", "", self.path, *place))
                continue
            into[name] = value
            draft.places.setdefault(key if not target.entry else target.key, place)

    # --- drafts into the book ---

    def run(
        self,
        day: date | None,
        note: str | None,
        *,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Outcome:
        """Enter all rows, or none. Raises `Refused` naming every row at fault."""
        book = self.book
        with book.store.record(book.today, book.user) as recording:
            intake = Entering(book, recording, day, self)
            reader = Reader(book, intake.view, self.mapping.values or {}, self.mapping.dates, self.chinese)
            drafts = self.drafts(reader)
            problems: list[Problem] = []
            if self.kind.name == "opening_balance":
                drafts = self.without_items(drafts, (day or book.today).isoformat())
            for n, draft in enumerate(drafts, 1):
                problems += draft.problems
                found: list[Problem] = []
                try:
                    if draft.tree.get("lines") != []:
                        intake.take_draft(draft)
                except BizError as error:
                    found += error.problems
                found += intake.unknown_codes(draft, found)
                problems += [self.located(intake.with_nearest(each), draft) for each in found]
                if progress is not None and n % 200 == 0:
                    progress(n)
            if problems:
                raise Refused(sorted(problems, key=lambda each: (each.line, each.column)))
            id = intake.told(self.form_name, os.path.basename(self.path), self.data, note)
            try:
                recording.value()
            except Refused as refused:
                raise Refused(self.conflict(intake.with_nearest(each), intake) for each in refused.problems) from None
            outcome = Outcome(
                self.kind.name, id, intake.done, intake.changes, intake.unchanged_rows, intake.different, self.skipped,
                self.notes, self.money(intake.done) if dry_run else [],
            )  # fmt: skip
            if id is not None and not dry_run:
                recording.finish()
        return outcome

    def money(self, done: list[Recorded]) -> list[dict[str, Any]]:
        """What documents do to each account, debit positive."""
        sums: dict[str, Any] = {}
        for row in self.book.preview(done)[1]:
            sums[row["account"]] = sums.get(row["account"], 0) + row["amount"]
        return [{"account": account, "amount": amount} for account, amount in sorted(sums.items()) if amount]

    def without_items(self, drafts: list[Draft], day: str) -> list[Draft]:
        """Opening balances without what the book opens item by item."""
        from bizcli.book.sheets.first_day import without_items

        for draft in drafts:
            for problem in without_items(self.book, draft, day):
                found = self.located(problem, draft)
                (self.notes if problem.severity == "warning" else draft.problems).append(found)
        return [draft for draft in drafts if draft.tree.get("lines") or draft.problems]

    def located(self, problem: Problem, draft: Draft) -> Problem:
        """A problem of a draft, where it stands in the sheet; the heading says what it is about."""
        if problem.file == self.path:
            return problem
        line, column = draft.place(problem.path)
        own = re.sub(r"^\w+\[\d+\]\.?", "", problem.path)
        heading = next((each.heading for each in self.layout.columns if each.at == column - 1), own)
        return problem._replace(path=heading, document="", file=self.path, line=line, column=column)

    def conflict(self, problem: Problem, intake: "Entering") -> Problem:
        """What does not go together with the rest of the book, with the row that brought it."""
        draft = intake.by_key.get(problem.document)
        return self.located(problem, draft) if draft is not None else problem


class Entering(Intake):
    """Drafts on their way in: what is there already is looked at, a master is changed where it says something else."""

    def __init__(self, book: "Book", recording: Recording, day: date | None, job: Import) -> None:
        super().__init__(book, recording, day)
        self.job = job
        self.by_key: dict[str, Draft] = {}
        self.draft = Draft("", 0)  # the one that is being entered
        self.unchanged_rows = 0
        self.different = 0
        self.changes: list[tuple[str, str, Any, Any]] = []
        self.changed: list[dict[str, str]] = []

    def take_draft(self, draft: Draft) -> None:
        """Enter one draft. Raises `Refused`."""
        tree, self.draft = draft.tree, draft
        if self.job.kind.master:
            self.find_code(tree)
            known = self.view.master(self.job.kind.name, tree.get("code", ""))
            if known is not None:
                self.change(known, tree, draft)
                return
        recorded = self.enter(Given(tree))
        self.by_key[recorded.key] = draft
        self.by_key[f"{recorded.kind}/{recorded.key}"] = draft
        if recorded.status == "recorded":
            self.done.append(recorded)
        else:
            self.unchanged_rows += 1

    def unknown_codes(self, draft: Draft, told: Iterable[Problem]) -> Iterator[Problem]:
        """Masters that a draft names and that are not there, but for those told already and those that may yet come."""
        known = {(each.values["kind"], each.values["code"]) for each in told if each.code == "unknown-code"}
        for path, kind, code in draft.codes:
            asked = kind != self.job.kind.name and (kind not in UNLISTED or self.book.index.keeps(kind))
            if asked and (kind, code) not in known and self.view.master(kind, code) is None:
                yield Problem("unknown-code", "there is no {kind} {code}", {"kind": kind, "code": code[:60]}, path)

    def find_code(self, tree: dict[str, Any]) -> None:
        """A row without a code is the master of its name, or a new one."""
        kind = self.job.kind.name
        if "code" in tree or "name" not in tree:
            return
        named = self.job_names().setdefault(folded(tree["name"]), [])
        if len(named) > 1:
            template = "{name} is the name of several: {codes}; write the code"
            values = {"name": tree["name"][:60], "codes": ", ".join(named[:5])}
            raise Refused([Problem("ambiguous", template, values, "name")])
        if not named and kind == "staff" and staff_code(tree["name"]) != tree["name"]:
            named.append(staff_code(tree["name"]))
        if not named:
            prefix = self.job.mapping.codes or PREFIXES.get(kind, f"{kind[0].upper()}-")
            named.append(self.next_code(kind, prefix))
        tree["code"] = named[0]

    def job_names(self) -> dict[str, list[str]]:
        if not hasattr(self, "names"):
            self.names: dict[str, list[str]] = {}
            query = "SELECT code, name FROM master WHERE kind = ? ORDER BY code"
            for code, name in self.book.index.all(query, self.job.kind.name):
                self.names.setdefault(folded(name), []).append(code)
        return self.names

    def next_code(self, kind: str, prefix: str) -> str:
        """The code after the last that begins so, as long as that one."""
        if not hasattr(self, "last_code"):
            ends = (code.removeprefix(prefix) for code in self.book.index.codes(kind) if code.startswith(prefix))
            numbers = [end for end in ends if re.fullmatch("[0-9]{1,9}", end)]
            self.last_code = max(numbers, key=int, default="0000")
        self.last_code = str(int(self.last_code) + 1).zfill(len(self.last_code))
        return prefix + self.last_code

    def known(self, kind: Kind, record: Any) -> Any:
        """What is there already; what an import made that was taken back may come again."""
        found = super().known(kind, record)
        if kind.master or found is None or found.id == record.id:
            return found
        head = self.view.head(found.id)
        return None if head is not None and head.void is not None and self.was_taken_back(found.id) else found

    def was_taken_back(self, id: str) -> bool:
        if not hasattr(self, "taken_back"):
            query = "SELECT text FROM doc WHERE kind = 'intake' AND void IS NOT NULL"
            intakes = (self.book.index.decoded("intake", text) for (text,) in self.book.index.all(query))
            self.taken_back = {each for intake in intakes for each in intake.made}
        return id in self.taken_back

    def unchanged(self, kind: Kind, record: Any, known: Any, tree: dict[str, Any]) -> Recorded:
        """A document that is there: other content is told, and stays as it is."""
        key = key_of(known)
        different = differences(
            record, known, {name: value for name, value in tree.items() if name != "kind"}, self.view
        )
        if different:
            self.different += 1
            template = "{ref} is there as {id} and differs in {keys}: it stays as it is; correct {id}, or void it"
            values = {"ref": record.ref, "id": key, "keys": ", ".join(different)}
            self.job.note("differs", template, values, self.draft.place(different[0]))
        return Recorded(kind.name, key, path_of(kind, key), "unchanged")

    def change(self, known: Any, tree: dict[str, Any], draft: Draft) -> None:
        """Change a master where a row says something else than it. Raises `Refused`."""
        kind = self.job.kind
        wanted = merged(tree_of(known), tree)
        problems: list[Problem] = []
        record = decode(self.book.catalog.record(kind.name), {"kind": kind.name, **wanted}, "", problems)
        if record is None:
            raise Refused(problems)
        schema = schema_of(type(record))
        keys = [
            info.name for info in schema.fields if getattr(record, info.attribute) != getattr(known, info.attribute)
        ]
        if not keys:
            self.unchanged_rows += 1
            return
        for key in keys:
            if key in COMPILED or kind.name in PROMISES:
                template = (
                    "{key} of {code} decides what was done with it before: change it with `bizcli edit {kind}/{code}`"
                )
                values = {"key": key, "code": known.code, "kind": kind.name}
                problems.append(Problem("not-changed", template, values, key))
        problems = problems or [*record.problems(), *record.problems_since(known, self.view)]
        if problems:
            raise Refused(problems)
        text = self.rewritten(kind, record, keys)
        for key in keys:
            attribute = schema.by_name[key].attribute
            before, now = tree_of(known).get(key), tree_of(record).get(key)
            self.changes.append((f"{kind.name}/{known.code}", key, before, now))
            assert getattr(record, attribute) is not None
        before_text = self.recording.change_master(kind, record, text)
        self.changed.append(
            {
                "master": f"{kind.name}/{known.code}",
                "before": before_text,
                "became": hashlib.sha256(text.encode()).hexdigest(),
            }
        )
        self.by_key[f"{kind.name}/{known.code}"] = draft

    def rewritten(self, kind: Kind, record: Any, keys: list[str]) -> str:
        """A master's file with some keys changed; comments and order stay."""
        from bizcli.store import yaml_edit
        from bizcli.store.yaml_writer import entry

        schema = schema_of(type(record))
        with open(os.path.join(self.book.root, path_of(kind, record.code)), "rb") as file:
            text = file.read().decode()
        order = ["kind", *schema.by_name]
        for key in keys:
            info = schema.by_name[key]
            text = yaml_edit.set_entry(text, key, entry(info, getattr(record, info.attribute)), order)
        return text

    def told(self, form: str, file: str, data: bytes, note: str | None) -> str | None:
        """Record the import itself, in several documents where its list is long; None where it did nothing."""
        if not self.done and not self.changed:
            return None
        made = [
            f"{each.kind}/{each.key}" if self.book.catalog.kinds[each.kind].master else each.key for each in self.done
        ]
        today = self.book.today.isoformat()
        head = {"kind": "intake", "date": today, "file": file, "sha256": hashlib.sha256(data).hexdigest(), "of": form}
        first: str | None = None
        for part in parted([*(("made", each) for each in made), *(("changed", each) for each in self.changed)]):
            tree = head | {"note": note, "continues": first} | part
            id = self.enter(Given({key: value for key, value in tree.items() if value})).key
            first = first or id
        return first


def parted(entries: list[tuple[str, Any]]) -> Iterator[dict[str, list[Any]]]:
    """Entries by key, cut where a document would be too large."""
    part: dict[str, list[Any]] = {}
    size = 0
    for key, entry in entries:
        wanted = len(repr(entry).encode()) + 20
        if size + wanted > LARGEST:
            yield part
            part, size = {}, 0
        part.setdefault(key, []).append(entry)
        size += wanted
    if part:
        yield part


def reference(template: str | None, said: Said) -> str:
    """What a row is known by that has no reference of its own: what the mapping says, else all that it says."""
    if template is not None:
        words = {key: str(value) for key, (value, _) in said.items()}
        text = re.sub(r"\{([\w.]+)\}", lambda found: words.get(found[1], ""), template)
        return " ".join(text.split())[:REF_LONGEST]
    whole = repr(sorted((key, value) for key, (value, _) in said.items()))
    return ROW + hashlib.sha256(whole.encode()).hexdigest()[:16]


def merged(known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """A master with what a row says of it: tables entry by entry, lists of people by their names."""
    found = dict(known)
    for key, value in given.items():
        if key == "kind":
            continue
        if isinstance(value, dict) and isinstance(found.get(key), dict):
            found[key] = {**found[key], **value}
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            rows = [dict(each) for each in found.get(key, ())]
            for each in value:
                same = next((row for row in rows if row.get("name") == each.get("name")), None)
                if same is None:
                    rows.append(each)
                else:
                    same |= each
            found[key] = rows
        else:
            found[key] = value
    return found
