"""Documents in, books out: the whole program on one screen.

`open_book` finds a book; `Book.apply` records a stream of documents in one transaction: decode,
complete, number, compile, write. Everything else that a command does is a question to the index.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib import import_module
from typing import Any, BinaryIO, NamedTuple

from bizcli import __version__
from bizcli.kernel.compile import Compilation
from bizcli.kernel.effects import VIRTUAL
from bizcli.kernel.errors import BizError, Damaged, Misused, Problem, Refused
from bizcli.kernel.fields import CODE, ID, PercentField, shown
from bizcli.kernel.kinds import Catalog, Kind, key_of, path_of
from bizcli.kernel.records import (
    Document,
    Record,
    decode,
    id_parts,
    nearest,
    replaced,
    schema_of,
    unfilled,
)
from bizcli.kernel.rules import Settings, is_account
from bizcli.reports import accounts, documents, stock
from bizcli.reports.stock import amount
from bizcli.store import git
from bizcli.store.store import PATIENCE, Recording, Store
from bizcli.store.yaml_reader import locate, read_file, read_stream
from bizcli.store.yaml_writer import settings_text

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_PROBLEMS = 50
PRICED = ("sales_order", "sales_invoice", "cash_sale", "sales_return")
SITE = re.compile(r"[A-Z][A-Z0-9]{0,7}")


class Given(NamedTuple):
    """A document as it was given: its tree, its text, and where it came from."""

    tree: dict[str, Any]
    text: bytes = b""
    name: str = ""  # of the file or stream
    line: int = 1  # of the stream, where it begins
    path: str | None = None  # when it is a file of the book


class Recorded(NamedTuple):
    """What became of a document."""

    kind: str
    key: str
    path: str
    status: str  # recorded | unchanged


def make_catalog() -> Catalog:
    """Read the folders of `domains` as text: every file whose record says a folder is a kind."""
    kinds = []
    base = os.path.join(HERE, "domains")
    for area in sorted(os.listdir(base)):
        folder = os.path.join(base, area)
        if area.startswith("_") or not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".py") or name.startswith("_"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            said = dict(re.findall(r'^    (folder|group|prefix) = "([^"]*)"', text, re.MULTILINE))
            if "folder" in said:
                kind = name.removesuffix(".py")
                help = text[3:].partition("\n")[0].strip('"').strip()
                module = f"bizcli.domains.{area}.{kind}"
                kinds.append(Kind(kind, module, said["folder"], said["group"], said.get("prefix", ""), help))
    return Catalog(kinds, load_record)


def load_record(kind: Kind) -> type[Record]:
    """Import the record class of a kind: sales_order -> SalesOrder."""
    name = kind.name.title().replace("_", "")
    found: type[Record] = getattr(import_module(kind.module), name)
    return found


def find_book(start: str) -> str:
    """The nearest folder upwards that holds `book.yaml`. Raises `Misused`."""
    folder = os.path.abspath(start)
    while not os.path.isfile(os.path.join(folder, "book.yaml")):
        parent = os.path.dirname(folder)
        if parent == folder:
            template = "there is no book in {folder} or above it: `bizcli init DIR` makes one, -C DIR names one"
            raise Misused([Problem("no-book", template, {"folder": os.path.abspath(start)})])
        folder = parent
    return folder


def read_settings(root: str) -> Settings:
    """`book.yaml`. Raises `Damaged` with what is wrong in it."""
    with open(os.path.join(root, "book.yaml"), "rb") as file:
        data = file.read()
    problems: list[Problem] = []
    try:
        tree = read_file(data, "book.yaml")
    except Damaged as damaged:
        raise Damaged(each._replace(column=max(each.column, 1)) for each in damaged.problems) from None
    settings = decode(Settings, tree, "", problems)
    if settings is not None and settings.chart not in charts():
        values = {"chart": settings.chart, "nearest": nearest(settings.chart, charts())}
        template = "there is no chart {chart}; the nearest is {nearest}"
        problems.append(Problem("unknown-word", template, values, "chart"))
    if settings is not None and not problems:
        problems += wrong_roles(settings)
    if settings is None or problems:
        raise Damaged(each.at("book.yaml", *locate(data, each.path)) for each in problems)
    return settings


def wrong_roles(settings: Settings) -> Iterator[Problem]:
    """What is wrong with the accounts that a book gives to roles."""
    known = [role for each in read_chart(settings.chart)["accounts"] for role in each["roles"]]
    for role, account in (settings.roles or {}).items():
        if not isinstance(account, str) or not is_account(account):
            template = (
                "{account} is not an account: it is named like Assets:Bank, its parts begin with A to Z or a digit"
            )
            yield Problem("wrong-value", template, {"account": shown(account)}, f"roles.{role}")
        elif role not in known:
            values = {"role": shown(role), "nearest": nearest(role, known)}
            yield Problem("unknown-word", "there is no role {role}; the nearest is {nearest}", values, "roles")


def charts() -> list[str]:
    """Names of the charts of accounts that bizcli brings."""
    names = os.listdir(os.path.join(HERE, "data", "charts"))
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def read_chart(name: str) -> dict[str, Any]:
    with open(os.path.join(HERE, "data", "charts", f"{name}.yaml"), "rb") as file:
        return read_file(file.read(), name)


class Book:
    """An open book."""

    def __init__(self, root: str, today: date, user: str | None) -> None:
        self.root, self.today = root, today
        self.user = user
        self.catalog = make_catalog()
        self.settings = read_settings(root)
        self.store = Store(root, self.catalog, self.settings, read_chart(self.settings.chart), __version__)
        self.index = self.store.index
        self.rules = self.store.rules

    def close(self) -> None:
        self.store.close()

    def view(self) -> Compilation:
        """The book as documents see it while they are completed."""
        return Compilation(self.index, self.rules, self.today, self.user)

    # Reading

    def read(self, full: bool = False) -> None:
        """Bring the index up to date. Raises `Damaged` when files of the book cannot be read."""
        self.store.up_to_date(full)
        broken = self.index.broken()
        if broken:
            raise Damaged(broken)

    def find(self, text: str, kind: str | None = None) -> tuple[Kind, Record]:
        """The record that a person means: a code, `kind/code`, an id, its unique end, or `@` for the last.

        Raises `Refused` when there is none, or more than one.
        """
        kinds = [self.catalog.kinds[kind]] if kind else list(self.catalog.kinds.values())
        group, _, code = text.rpartition("/")
        if group:
            kinds = [each for each in self.catalog.kinds.values() if group in (each.name, each.group, each.folder)]
        for each in kinds:
            if each.master and CODE.fullmatch(code.upper()) and (found := self.index.master(each.name, code.upper())):
                others = [k for k in kinds if k.master and self.index.master(k.name, code.upper())]
                if len(others) > 1:
                    values = {"code": code, "names": ", ".join(f"{k.name}/{code.upper()}" for k in others)}
                    raise Refused([Problem("ambiguous", "{code} is several things: say one of {names}", values)])
                return each, found
        id = self.find_id(code, [each.prefix for each in kinds if each.prefix])
        document = self.index.document(id)
        assert document is not None
        return self.catalog.by_prefix[id[:2]], document

    def find_id(self, text: str, prefixes: list[str]) -> str:
        """The id that a person means. Raises `Refused`."""
        if text == "@":
            own = git.site(self.root) or ""
            ids = [id for prefix in prefixes for id in self.ids_like(prefix, "%") if id_parts(id)[1] == own]
            if ids:
                return max(ids, key=lambda id: (id_parts(id)[2], int(id_parts(id)[3])))
        elif ID.fullmatch(text):
            if self.index.head(text) is not None and text[:2] in prefixes:
                return text
        elif text:
            ids = [id for prefix in prefixes for id in self.ids_like(prefix, "%" + text)]
            if len(ids) == 1:
                return ids[0]
            if len(ids) > 1:
                values = {"text": text, "ids": ", ".join(ids[:5])}
                raise Refused([Problem("ambiguous", "{text} is the end of several ids: {ids}", values)])
        near = self.nearest_key(text, prefixes)
        template = "there is no {text}; the nearest is {nearest}" if near else "there is no {text}"
        raise Refused([Problem("not-found", template, {"text": text, "nearest": near})])

    def ids_like(self, prefix: str, pattern: str) -> list[str]:
        query = "SELECT id FROM doc WHERE id >= ? AND id < ? AND id LIKE ? ESCAPE '!' ORDER BY id"
        like = pattern if pattern == "%" else "%" + re.sub(r"([!%_])", r"!\1", pattern[1:])
        return [row[0] for row in self.index.all(query, prefix + "-", prefix + ".", like)]

    def nearest_key(self, text: str, prefixes: list[str]) -> str:
        known = [row[0] for row in self.index.all("SELECT code FROM master LIMIT 5000")]
        for prefix in prefixes:
            known += [row[0] for row in self.index.all(
                "SELECT id FROM doc WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 500", prefix + "-", prefix + ".",
            )]  # fmt: skip
        found = nearest(text.upper(), known)
        return "" if found == "(none)" else found

    def conflicts(self) -> list[Problem]:
        """Valid documents that do not go together, each with its file."""
        found = []
        for conflict in self.index.all_conflicts():
            kind = self.catalog.by_prefix.get(conflict.document[:2])
            file = path_of(kind, conflict.document) if kind and ID.fullmatch(conflict.document) else ""
            found.append(conflict.problem._replace(file=file))
        return found

    def show(self, key: str) -> dict[str, Any]:
        """A record with its derived state: status, totals, what is delivered, invoiced, paid."""
        kind, record = self.find(key)
        shown: dict[str, Any] = {"kind": kind.name, **plain(record)}
        if kind.master:
            return shown
        ask, id = self.index.all, key_of(record)
        void, net, tax, gross, text = ask("SELECT void, net, tax, gross, text FROM doc WHERE id = ?", id)[0]
        shown["status"] = documents.statuses(ask, kind.name, [(id, void, text)], kind.prefix, id)[id]
        if void:
            shown["void"] = void
        if kind.name in PRICED:
            shown["totals"] = {
                name: amount(value, self.rules.unit) for name, value in (("net", net), ("tax", tax), ("gross", gross))
            }
        if kind.name == "sales_invoice":
            shown |= documents.paid(ask, id, self.rules.unit)
        for line, extra in documents.line_progress(ask, kind.name, id).items():
            for each in shown.get("lines", ()):
                if each["line"] == line:
                    each.update(extra)
        shown["named_by"] = self.index.naming(id)
        return shown

    def listing(self, name: str) -> list[dict[str, Any]]:
        """All records of a kind: code or id, main fields, status."""
        kind = self.catalog.kinds[name]
        if kind.master:
            query = "SELECT text FROM master WHERE kind = ? ORDER BY code"
            fields = [info.attribute for info in schema_of(self.catalog.record(name)).fields if info.field is not None]
            records = [self.index.decoded(name, text) for (text,) in self.index.all(query, name)]
            return [
                {field: simple(getattr(record, field)) for field in fields if field != "note"} for record in records
            ]
        query = (
            "SELECT id, day, party, ref, net, tax, gross, void, text FROM doc WHERE id >= ? AND id < ? ORDER BY sort"
        )
        rows = self.index.all(query, kind.prefix + "-", kind.prefix + ".")
        status = documents.statuses(self.index.all, name, [(row[0], row[7], row[8]) for row in rows], kind.prefix, None)
        return [
            {
                "id": id, "date": day, "party": party, "ref": ref, "status": status[id],
                "net": amount(net, self.rules.unit), "tax": amount(tax, self.rules.unit),
                "gross": amount(gross, self.rules.unit),
            }
            for id, day, party, ref, net, tax, gross, _, _ in rows
        ]  # fmt: skip

    def stock_on_hand(self, as_of: str | None = None) -> list[dict[str, Any]]:
        return stock.on_hand(self.index.all, as_of, self.rules.unit)

    def stock_moves(self, item: str | None = None, warehouse: str | None = None) -> list[dict[str, Any]]:
        return stock.moves(self.index.all, item, warehouse, money=self.rules.unit)

    def stock_layers(self, item: str | None = None, warehouse: str | None = None) -> list[dict[str, Any]]:
        items = [item] if item else [row[0] for row in self.index.all("SELECT DISTINCT item FROM shelf ORDER BY item")]
        states = [(each, self.index.state_before(each, "9999")[1]) for each in items]
        return stock.layers(states, warehouse, self.rules.unit)

    def account_balances(self, as_of: str | None = None) -> list[dict[str, Any]]:
        rules = self.rules
        return accounts.balances(self.index.all, rules.role, rules.inventory, rules.currency, as_of, rules.unit)

    def receivables(self, as_of: str | None = None) -> list[dict[str, Any]]:
        names = (self.rules.account("receivable"), self.rules.account("customer_advance"))
        return accounts.receivables(self.index.all, self.rules.currency, as_of, self.today, self.rules.unit, names)

    def preview(
        self, recording: Recording, recorded: Iterable[Recorded]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What documents that are not written yet do to goods and money."""
        goods, money = [], []
        for each in recorded:
            if each.status == "unchanged" or self.catalog.kinds[each.kind].master:
                continue
            goods += stock.moves(self.index.all, document=each.key, money=self.rules.unit)
            query = "SELECT account, party, amount FROM posting WHERE doc = ? ORDER BY n"
            money += [
                {"document": each.key, "account": account, "party": party, "amount": amount(value, self.rules.unit)}
                for account, party, value in self.index.all(query, each.key)
            ]
            query = "SELECT account, item, value, origin, what FROM move WHERE doc = ? AND account <> '' ORDER BY line"
            for account, item, value, origin, what in self.index.all(query, each.key):
                worth = -value if what == "move" and origin not in VIRTUAL else value
                for name, part in ((self.rules.inventory(item), worth), (account, -worth)):
                    value_of = amount(part, self.rules.unit)
                    money.append({"document": each.key, "account": name, "party": None, "amount": value_of})
        return [
            {
                "document": row["doc"], "item": row["item"], "place": row["warehouse"], "qty": row["qty"],
                "value": row["value"],
            }
            for row in goods
        ], money  # fmt: skip

    def check(self, full: bool = False) -> list[Problem]:
        """Prove the books; everything that is wrong, each with its place and the mend."""
        from bizcli.store import proof

        self.store.up_to_date(full=True)
        found = self.index.broken() + self.conflicts()
        return found if self.index.broken() else found + proof.check(self.store, full)

    def build(self, progress: Callable[[int], None] | None = None) -> int:
        """Compile everything from nothing; how many documents there are."""
        with self.store.locked():
            self.store.refresh(scratch=True, progress=progress)
        return int(self.index.one("SELECT count(*) FROM doc")[0])

    # Git

    def site(self) -> str | None:
        """The site that this clone numbers for: '' for the first clone, None when it has none yet."""
        return git.site(self.root)

    def set_site(self, code: str) -> None:
        """Let this clone number for a site. Raises `Refused` for a code that is not one."""
        if not SITE.fullmatch(code):
            template = "a site is a letter and up to 7 letters or digits, such as SZ: {code}"
            raise Refused([Problem("wrong-value", template, {"code": code[:60]})])
        if git.git_folder(self.root) is None:
            raise Refused([Problem("no-git", "the book is not a git repository: it needs no site")])
        git.set_site(self.root, code)

    def changes(self) -> list[dict[str, Any]]:
        """What is not committed yet, in business words: kind, count, and whether new, changed or deleted."""
        counts: dict[tuple[str, str], int] = {}
        for state, path in git.status(self.root):
            kind = self.catalog.by_folder.get(path.partition("/")[0])
            if kind is not None and path.endswith(".yaml"):
                name = kind.name
            elif path == "book.yaml" or path.startswith("journal/manual/"):
                name = path
            else:
                continue
            counts[name, state] = counts.get((name, state), 0) + 1
        return [{"kind": kind, "change": state, "count": n} for (kind, state), n in sorted(counts.items())]

    def commit(self, message: str | None = None) -> str:
        """Commit what is not committed yet; the message that was used, '' when there was nothing to commit."""
        with self.store.locked():
            self.store.refresh(full=True)
            if not git.status(self.root):
                return ""
            said = message or ", ".join(spoken(each) for each in self.changes()) or "journal"
            git.commit(self.root, said)
            self.store.know_head()
        return said

    # Recording

    def given(self, names: Iterable[str]) -> Iterator[Given]:
        """The documents of files; `-` is what is typed or piped in. A file of the book is to be mended.

        Standard input is read to its end at once, so that nobody waits for a slow pipe with the book's lock.
        """
        names = list(names)
        return self.read_given(names, spooled_input() if "-" in names else None)

    def read_given(self, names: list[str], piped: BinaryIO | None) -> Iterator[Given]:
        for name in names:
            if name == "-":
                assert piped is not None
                for each in read_stream(iter(lambda: piped.read(1 << 20), b""), "-"):
                    yield Given(each.tree, each.text, "-", each.line)
                continue
            path = self.own_path(name)
            try:
                with open(name, "rb") as file:
                    if path is not None:
                        data = file.read()
                        yield Given(read_file(data, path), data, path, 1, path)
                        continue
                    for each in read_stream(iter(lambda: file.read(1 << 20), b""), name):
                        yield Given(each.tree, each.text, name, each.line)
            except OSError as error:
                values = {"name": name, "reason": error.strerror or str(error)}
                raise Misused([Problem("no-file", "{name}: {reason}", values)]) from None

    def own_path(self, name: str) -> str | None:
        """A file's place in the book, when it is one of the book's own documents."""
        path = os.path.relpath(os.path.realpath(name), os.path.realpath(self.root))
        return path if path.partition("/")[0] in self.catalog.by_folder and path.endswith(".yaml") else None

    def apply(
        self,
        stream: Iterable[Given],
        *,
        dry_run: Callable[["Recording", list[Recorded]], None] | None = None,
        day: date | None = None,
        patience: float = PATIENCE,
        progress: Callable[[int], None] | None = None,
        mending: Iterable[str] = (),
    ) -> list[Recorded]:
        """Record a stream of documents in one transaction: all or nothing.

        `dry_run` is shown the recording once everything is worked out, and nothing is written. Raises
        `Refused` naming each document at fault.
        """
        done: list[Recorded] = []
        numbers: dict[str, int] = {}
        problems: list[Problem] = []
        with self.store.record(self.today, self.user, patience, set(mending)) as recording:
            site = git.site(self.root)
            last: dict[str, str] = {}
            for n, given in enumerate(stream, 1):
                try:
                    recorded = self.enter(recording, resolved(given, last), site, day)
                    last["@" + recorded.kind] = recorded.key
                    numbers.setdefault(recorded.key, n)
                    done.append(recorded)
                except BizError as error:
                    problems += [located(each, given, n) for each in error.problems]
                    if len(problems) >= MOST_PROBLEMS:
                        break
                if progress is not None and n % 200 == 0:
                    progress(n)
            if problems:
                raise Refused(problems)
            try:
                recording.value()
            except Refused as refused:
                raise Refused(named(self.nearest_code(each), numbers) for each in refused.problems) from None
            if dry_run is not None:
                dry_run(recording, done)
            elif any(each.status == "recorded" for each in done):
                recording.finish()
        return done

    def nearest_code(self, problem: Problem) -> Problem:
        """A problem with a code that does not exist, with the nearest that does."""
        if problem.code != "unknown-code" or "nearest" in problem.values:
            return problem
        near = nearest(str(problem.values["code"]), self.index.codes(str(problem.values["kind"])))
        template = problem.template + "; the nearest is {nearest}"
        return problem._replace(template=template, values={**problem.values, "nearest": near})

    def enter(self, recording: Recording, given: Given, site: str | None, day: date | None) -> Recorded:
        """Complete, number and enter one document. Raises `Refused`."""
        kind = self.catalog.named(given.tree.get("kind"))
        problems: list[Problem] = []
        record = decode(self.catalog.record(kind.name), given.tree, "", problems)
        if record is None:
            raise Refused(problems)
        view = recording.view
        known = self.known(view, kind, record)
        if known is not None:
            return self.unchanged(kind, record, known, given.tree)
        if isinstance(record, Document):
            record = self.dated(view, record, kind, day)
        record = record.complete(view)
        if isinstance(record, Document) and record.id is None:
            record = replaced(record, id=self.next_id(view, kind, record.date, site))
        lacking = [each._replace(code="missing-key", template="{key} is missing") for each in unfilled(record)]
        problems = lacking or [*record.problems()]
        if problems:
            raise Refused(problems)
        replacing = (given.path, given.text) if given.path else None
        path = recording.put(kind, record, replacing)
        return Recorded(kind.name, key_of(record), path, "recorded")

    def known(self, view: Compilation, kind: Kind, record: Any) -> Any:
        """What the book holds already under the same code, id or reference."""
        if kind.master:
            return view.master(kind.name, record.code)
        if record.id is not None:
            if not record.id.startswith(kind.prefix + "-"):
                values = {"prefix": kind.prefix, "id": record.id}
                raise Refused([Problem("wrong-prefix", "ids of this kind begin with {prefix}-: {id}", values, "id")])
            if view.head(record.id) is not None:
                return view.document(record.id)
        if record.ref is not None:
            other = view.ref(kind.name, record.ref)
            if other is not None:
                return view.document(other)
        return None

    def unchanged(self, kind: Kind, record: Any, known: Any, tree: dict[str, Any]) -> Recorded:
        """The same content again is a no-op; other content an error."""
        different = differences(record, known, tree)
        key = key_of(known)
        if different:
            template = "{key} is there already and differs in {keys}"
            if kind.master:
                template += "; edit {path}"
            values = {"key": key, "keys": ", ".join(different), "path": path_of(kind, key)}
            raise Refused([Problem("already-there", template, values, different[0])])
        return Recorded(kind.name, key, path_of(kind, key), "unchanged")

    def dated(self, view: Compilation, record: Document, kind: Kind, day: date | None) -> Document:
        """The day of effect, and who recorded it, where the document does not say."""
        when = record.date or day
        if when is None and kind.name == "void":
            head = view.head(record.document)  # type: ignore[attr-defined]
            when = date.fromisoformat(head.day) if head else None
        changes: dict[str, Any] = {}
        if record.date is None:
            changes["date"] = when or self.today
        if record.by is None and self.user:
            changes["by"] = self.user
        return replaced(record, **changes) if changes else record

    def next_id(self, view: Compilation, kind: Kind, day: date, site: str | None) -> str:
        """The next number of a kind, site and month. Raises `Refused` in a clone without a site."""
        if site is None:
            template = "this is a clone of the book and numbers nothing yet: give it a site with `bizcli site SZ`"
            raise Refused([Problem("no-site", template)])
        series = f"{kind.prefix}-{site + '-' if site else ''}{day.year % 100:02d}{day.month:02d}"
        return f"{series}-{view.last_number(series) + 1:04d}"


def resolved(given: Given, last: dict[str, str]) -> Given:
    """A document of a command's chain, with `@kind` standing for the last one of that kind before it."""
    return given if given.text or not last else given._replace(tree=filled_in(given.tree, last))


def filled_in(tree: Any, words: dict[str, str]) -> Any:
    """A tree with words replaced wherever they are a whole value."""
    if isinstance(tree, dict):
        return {key: filled_in(value, words) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled_in(value, words) for value in tree]
    return words.get(tree, tree) if isinstance(tree, str) else tree


def plain(record: Record) -> dict[str, Any]:
    """A record as nested values that JSON and tables can show."""
    shown: dict[str, Any] = {}
    for info in schema_of(type(record)).fields:
        value = getattr(record, info.attribute)
        if value is None or value == ():
            continue
        if info.record is not None:
            shown[info.name] = [plain(each) for each in value]
        elif isinstance(info.field, PercentField):
            shown[info.name] = info.field.text(value)
        else:
            shown[info.name] = simple(value)
    return shown


def simple(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [simple(each) for each in value]
    return value


def spoken(change: dict[str, Any]) -> str:
    """A line of the commit message: `3 sales orders`, `1 item changed`."""
    kind = change["kind"].replace("_", " ")
    plural = kind if change["count"] == 1 else kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
    return f"{change['count']} {plural}" + ("" if change["change"] == "new" else f" {change['change']}")


def init_book(
    path: str,
    name: str | None = None,
    currency: str = "CNY",
    chart: str = "generic",
    costing: str = "fifo",
    locale: str = "en",
    use_git: bool = True,
) -> None:
    """Make an empty, valid book, with its first commit. Raises `Refused` where there is something already."""
    root = os.path.abspath(path)
    if os.path.exists(root) and (not os.path.isdir(root) or set(os.listdir(root)) - {".git"}):
        raise Refused([Problem("not-empty", "{path} is there and not empty", {"path": path})])
    settings = {
        "name": name or os.path.basename(root),
        "currency": currency,
        "locale": locale,
        "chart": chart,
        "costing": costing,
    }
    problems: list[Problem] = []
    record = decode(Settings, settings, "", problems)
    if chart not in charts():
        values = {"chart": chart, "nearest": nearest(chart, charts())}
        problems.append(Problem("unknown-word", "there is no chart {chart}; the nearest is {nearest}", values))
    if record is None or problems:
        raise Misused(problems)
    os.makedirs(root, exist_ok=True)
    for file, text in (
        ("book.yaml", settings_text(record)),
        (".gitignore", ".bizcli/\n"),
        (".gitattributes", "journal/*.bean merge=ours\njournal/[0-9]*/*.bean merge=ours\n"),
    ):
        with open(os.path.join(root, file), "x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    if use_git:
        git.init(root)
        git.set_site(root, "-")
    book = Book(root, date.today(), None)
    book.build()
    book.close()
    if use_git:
        git.commit(root, "A new book")


def spooled_input() -> BinaryIO:
    """All of standard input, in a file that goes when it is closed."""
    import shutil
    import sys
    import tempfile

    spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it
    shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
    spool.seek(0)
    return spool


def located(problem: Problem, given: Given, number: int) -> Problem:
    """A problem with a document of a stream: which one, and where in the file."""
    line = column = 0
    if given.text:
        line, column = locate(given.text, problem.path)
        line += given.line - 1
    return problem._replace(document=problem.document or str(number), file=given.name, line=line, column=column)


def named(problem: Problem, numbers: dict[str, int]) -> Problem:
    """A conflict found at the end, with the number of its document when the stream has several."""
    number = numbers.get(problem.document)
    return problem._replace(document=f"{number} {problem.document}" if number and len(numbers) > 1 else "")


def differences(given: Record, known: Record, tree: dict[str, Any]) -> list[str]:
    """The keys that were given and differ from what is known."""
    found = []
    by_name = schema_of(type(given)).by_name
    for key, value in tree.items():
        info = by_name.get(key)
        if info is None or value is None:
            continue
        new, old = getattr(given, info.attribute), getattr(known, info.attribute)
        if info.record is None:
            if new != old:
                found.append(key)
        elif len(new) != len(old or ()) or any(
            differences(a, b, each) for a, b, each in zip(new, old, value, strict=True)
        ):
            found.append(key)
    return found


def open_book(start: str, today: date, user: str | None = None) -> Book:
    """The book in a folder or above it."""
    root = find_book(start)
    return Book(root, today, user or git.user(root))


def trees(items: Iterable[dict[str, Any]]) -> Iterator[Given]:
    """Documents that a command made."""
    return (Given(item) for item in items)
