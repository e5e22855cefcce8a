"""Documents on their way in: each is completed, numbered and entered."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.book.finding import nearest_id
from bizcli.book.streams import Given, located, named, resolved
from bizcli.kernel.errors import BizError, Problem, Refused
from bizcli.kernel.kinds import Kind, key_of, path_of
from bizcli.kernel.money import decimal
from bizcli.kernel.records import Document, Record, coded, decode, nearest, replaced, schema_of, unfilled
from bizcli.kernel.view import View
from bizcli.store import git
from bizcli.store.recording import Recording
from bizcli.store.store import same_code

if TYPE_CHECKING:
    from bizcli.book import Book

MOST_PROBLEMS = 50
LOTS = ("lots", "serials")


class Recorded(NamedTuple):
    """What became of a document."""

    kind: str
    key: str
    path: str
    status: str  # recorded | unchanged


class Intake:
    """One stream of documents, entered one after the other into a recording."""

    def __init__(self, book: "Book", recording: Recording, day: date | None) -> None:
        self.book, self.recording, self.day = book, recording, day
        self.view = recording.view
        self.site = git.site(book.root)
        self.done: list[Recorded] = []
        self.numbers: dict[str, int] = {}  # key: which document of the stream it is
        self.last: dict[str, str] = {}  # "@kind": the last of that kind
        self.refused: set[str] = set()  # "@kind", where one was refused

    def take(self, stream: Iterable[Given], progress: Callable[[int], None] | None = None) -> list[Recorded]:
        """Enter all documents. Raises `Refused` naming each document at fault."""
        problems: list[Problem] = []
        for n, given in enumerate(stream, 1):
            try:
                recorded = self.enter(resolved(given, self.last))
                self.last["@" + recorded.kind] = recorded.key
                self.numbers.setdefault(recorded.key, n)
                self.done.append(recorded)
            except BizError as error:
                if not self.awaits_refused(given.tree):
                    problems += [located(self.with_nearest(each), given, n) for each in error.problems]
                self.refused.add(f"@{given.tree.get('kind')}")
                if len(problems) >= MOST_PROBLEMS:
                    break
            if progress is not None and n % 200 == 0:
                progress(n)
        if problems:
            raise Refused(problems)
        return self.done

    def awaits_refused(self, tree: dict[str, Any]) -> bool:
        """Whether a document of a chain names one before it that was refused: that says all there is to say."""
        return any(isinstance(value, str) and value in self.refused for value in tree.values())

    def value(self) -> None:
        """Value the goods. Raises `Refused` with the conflicts that these documents would add."""
        try:
            self.recording.value()
        except Refused as refused:
            raise Refused(named(self.with_nearest(each), self.numbers) for each in refused.problems) from None

    def with_nearest(self, problem: Problem) -> Problem:
        """A problem with a code or an id that does not exist, with the nearest that does."""
        if problem.code not in ("unknown-code", "unknown-document") or "nearest" in problem.values:
            return problem
        if problem.code == "unknown-code":
            near = nearest(str(problem.values["code"]), self.book.index.codes(str(problem.values["kind"])))
        else:
            near = nearest_id(self.book, str(problem.values["id"]))
            if not near:
                return problem
        template = problem.template + "; the nearest is {nearest}"
        return problem._replace(template=template, values={**problem.values, "nearest": near})

    def enter(self, given: Given) -> Recorded:
        """Complete, number and enter one document. Raises `Refused`."""
        kind = self.book.catalog.named(given.tree.get("kind"))
        problems: list[Problem] = []
        record = decode(self.book.catalog.record(kind.name), given.tree, "", problems)
        if record is None:
            raise Refused(problems)
        known = self.known(kind, record)
        if known is not None:
            return self.unchanged(kind, record, known, given.tree)
        if isinstance(record, Document):
            record = self.dated(record, kind)
            self.refuse_gone(record)
        else:
            self.refuse_twin(kind, key_of(record))
        record = record.complete(self.view)
        if isinstance(record, Document) and record.id is None:
            record = replaced(record, id=self.next_id(kind, record.date))
        lacking = [each._replace(code="missing-key", template="{key} is missing") for each in unfilled(record)]
        problems = lacking or [*record.problems()]
        if problems:
            raise Refused(problems)
        replacing = (given.path, given.text) if given.path else None
        path = self.recording.put(kind, record, replacing, given.singly)
        return Recorded(kind.name, key_of(record), path, "recorded")

    def known(self, kind: Kind, record: Any) -> Any:
        """What the book holds already under the same code, id or reference."""
        if kind.master:
            return self.view.master(kind.name, record.code)
        if record.id is not None:
            if not record.id.startswith(kind.prefix + "-"):
                values = {"prefix": kind.prefix, "id": record.id}
                raise Refused([Problem("wrong-prefix", "ids of this kind begin with {prefix}-: {id}", values, "id")])
            if self.view.head(record.id) is not None:
                return self.view.document(record.id)
        if record.ref is not None:
            other = self.view.ref(kind.name, record.ref)
            if other is not None:
                return self.view.document(other)
        return None

    def refuse_gone(self, given: Document) -> None:
        """Whom or what a document names must still be there on its day; what it takes over from others may be gone."""
        found = []
        for kind, code, path in coded(given, {}):
            master = self.view.master(kind, code)
            problem = master.gone_by(given.date) if master is not None else None
            if problem is not None:
                found.append(problem._replace(path=path))
        if found:
            raise Refused(found)

    def refuse_twin(self, kind: Kind, code: str) -> None:
        """A code that differs from a known one in case alone would be the same file on many disks."""
        twin = self.book.index.called(kind.name, code)
        if twin is not None:
            raise Refused([same_code(kind, code, twin)._replace(file="")])

    def unchanged(self, kind: Kind, record: Any, known: Any, tree: dict[str, Any]) -> Recorded:
        """The same content again is a no-op; other content an error."""
        different = differences(record, known, tree, self.view)
        key = key_of(known)
        if different:
            template = (
                "{key} is there already and differs in {keys}; edit {path}"
                if kind.master
                else "{key} is there already and differs in {keys}"
            )
            values = {"key": key, "keys": ", ".join(different), "path": path_of(kind, key)}
            raise Refused([Problem("already-there", template, values, different[0])])
        return Recorded(kind.name, key, path_of(kind, key), "unchanged")

    def dated(self, record: Document, kind: Kind) -> Document:
        """The day of effect, and who recorded it, where the document does not say."""
        when = record.date or self.day
        if when is None and kind.name == "void":
            head = self.view.head(record.document)  # type: ignore[attr-defined]
            when = date.fromisoformat(head.day) if head else None
        changes: dict[str, Any] = {}
        if record.date is None:
            changes["date"] = when or self.book.today
            if record.clocked and record.time is None and changes["date"] == self.book.today and self.book.clock:
                changes["time"] = self.book.clock
        if getattr(record, record.recorder) is None and self.book.user:
            changes[record.recorder] = self.book.user
        return replaced(record, **changes) if changes else record

    def next_id(self, kind: Kind, day: date) -> str:
        """The next number of a kind, site and month. Raises `Refused` in a clone without a site."""
        if self.site is None:
            template = "this is a clone of the book and numbers nothing yet: give it a site with `bizcli site SZ`"
            raise Refused([Problem("no-site", template)])
        series = f"{kind.prefix}-{self.site + '-' if self.site else ''}{day.year % 100:02d}{day.month:02d}"
        return f"{series}-{self.view.last_number(series) + 1:04d}"


def differences(given: Record, known: Record, tree: dict[str, Any], view: View) -> list[str]:
    """The keys that were given and differ from what is known."""
    found = []
    by_name = schema_of(type(given)).by_name
    for key, value in tree.items():
        info = by_name.get(key)
        if info is None or value is None:
            continue
        new, old = getattr(given, info.attribute), getattr(known, info.attribute)
        if info.record is None:
            same = key in ("qty", "counted", "unit") and same_quantity(given, known, view)
            same = same or (key == "lot" and (new,) == getattr(known, "serials", None))  # one serial number
            if new != old and not same:
                found.append(key)
        elif not same_lines(new, old or (), value, view):
            found.append(key)
    return found


def same_lines(given: Sequence[Any], known: Sequence[Any], trees: list[dict[str, Any]], view: View) -> bool:
    """Whether lines are the same, as far as they are given.

    Goods asked for in one line may have come from several lines of an order. A bill of an order and of its freight may
    be given as the freight alone: what came from the order is not given then.
    """
    if len(given) != len(known):
        known = gathered([line for line in known if not getattr(line, "gift", None)])  # which promotions added
    if len(given) != len(known):
        known = [line for line in known if getattr(line, "from_", None) is None]
    return len(given) == len(known) and not any(
        differences(new, old, tree, view) for new, old, tree in zip(given, known, trees, strict=True)
    )


def gathered(lines: Sequence[Any]) -> list[Any]:
    """Lines in which the same goods from several lines of another document stand together, and those with them
    that were rejected."""
    done: list[Any] = []
    for line in lines:
        drawn = getattr(line, "from_", None) and done and getattr(done[-1], "from_", None)
        rejected = {key: value for key in ("rejected", "reason") if (value := getattr(line, key, None)) is not None}
        if (drawn or (done and rejected)) and line.item == done[-1].item:
            qty = decimal(done[-1].stock_qty + line.stock_qty)
            lots = {name: done[-1].__dict__[name] + line.__dict__[name] for name in LOTS if name in line.__dict__}
            done[-1] = replaced(done[-1], qty=qty, unit=None, factor=None, **lots, **rejected)
        else:
            done.append(line)
    return done


def same_quantity(given: Any, known: Any, view: View) -> bool:
    """Whether a line says the same quantity in another unit: 24 pcs of an order in boxes are recorded as 2 box."""
    from bizcli.domains.items.units import quantity_key, with_factor

    item = view.master("item", getattr(known, "item", None) or "")
    if item is None or not hasattr(known, "stock_qty"):
        return False
    try:
        line = with_factor(given, item, "")  # type: ignore[arg-type]
    except Refused:
        return False
    return line.__dict__[quantity_key(line)] is None or bool(line.stock_qty == known.stock_qty)
