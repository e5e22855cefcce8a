"""Recording what a command made: one transaction, then a short word on what it did."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bizcli.cli.answers import Said, Table
from bizcli.cli.confirmation import confirm, headlines
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.cli.output import default_format, json_text, print_out
from bizcli.kernel.errors import BizError, Misused, Problem, Refused
from bizcli.kernel.fields import ID, Id
from bizcli.kernel.records import Record, schema_of

if TYPE_CHECKING:
    from datetime import date

    from bizcli.book import Book
    from bizcli.book.intake import Recorded
    from bizcli.book.streams import Given
    from bizcli.cli.session import Session

Tree = dict[str, Any]
Following = Callable[["Book", Sequence[Tree]], Iterator[Tree]]


def record(
    session: "Session", trees: Sequence[Tree], *, dry_run: bool, as_json: bool,
    wanted: Callable[[str], bool] | None = None, following: "Following | None" = None,
) -> int:  # fmt: skip
    """Record the documents of a command, in one transaction; print what they are and did.

    `wanted` is shown first what they would do, and may say no. `following` adds documents that depend on what is
    in the book.
    """
    entered: list[Tree] = []  # what was given so far

    def given(book: "Book", effects: "Effects") -> Iterator["Given"]:
        entered.clear()
        for tree in following(book, trees) if following is not None else trees:
            entered.append(tree)
            full = in_full(book, tree)
            effects.look_before(full.tree)
            yield full

    with session.open() as book:
        try:
            if wanted is not None and not dry_run:
                preview = Effects(book, False, heads=True)
                book.apply(given(book, preview), dry_run=preview)
                if not wanted(preview.text):
                    raise Refused.of("given-up", "nothing was recorded")
            effects = Effects(book, as_json)
            done = book.apply(given(book, effects), dry_run=effects if dry_run else None)
        except BizError as error:
            raise type(error)(own_words(each, entered) for each in error.problems) from None
        if dry_run:
            print_out(effects.text)
            tell(_("nothing was written (--dry-run)"))
            return 0
        keep_schemas(book, {each.kind for each in done})
        commit_each(book, done)
        for each in done:
            if each.status == "unchanged":
                tell(_("{key} is there already: nothing was recorded").format(key=each.key))
        if as_json:
            shown = [document(book, each) for each in done]
            print_out(json_text(shown[0] if len(shown) == 1 else shown))
        else:
            print_out(confirm(book, done))
    return 0


def proposed(book: "Book", given: Iterable[Tree], day: "date | None", dry_run: bool) -> Said:
    """Record what the program itself proposes, in one transaction; what that is, in words and for scripts."""
    from bizcli.book.streams import Given

    said: list[str] = []
    shown = (lambda _recording, done: said.append(headlines(book, done))) if dry_run else None
    done = book.apply((Given(tree, singly=True) for tree in given), dry_run=shown, day=day)
    if dry_run:
        tell(_("nothing was written (--dry-run)"))
    else:
        keep_schemas(book, {each.kind for each in done})
        commit_each(book, done)
        said.append(confirm(book, done))
    rows = [{"kind": each.kind, "id": each.key, "path": each.path, "status": each.status} for each in done]
    return Said("".join(said).rstrip("\n"), rows)


def keep_schemas(book: "Book", kinds: Iterable[str]) -> None:
    """What editors need beside the files of these kinds."""
    from bizcli.book.schema import keep

    keep(book.root, book.catalog, sorted(kinds), _)


def commit_each(book: "Book", done: Sequence["Recorded"]) -> None:
    """Commit at once where `book.yaml` says so."""
    asked = (book.settings.git or {}).get("commit") == "each"
    if asked and any(each.status == "recorded" for each in done):
        book.commit(None)


def document(book: "Book", recorded: "Recorded") -> Tree:
    """A document as `show --json` gives it."""
    master = book.catalog.kinds[recorded.kind].master
    return book.show(f"{recorded.kind}/{recorded.key}" if master else recorded.key)


class Effects:
    """What documents would do, worked out before nothing is written."""

    def __init__(self, book: "Book", as_json: bool, heads: bool = False) -> None:
        self.book, self.as_json, self.heads = book, as_json, heads
        self.text = ""
        self.undone: tuple[list[Tree], list[Tree]] = [], []

    def look_before(self, tree: Tree) -> None:
        """What a void undoes can be asked for as long as it is there."""
        if tree["kind"] == "void" and "document" in tree:
            for rows, found in zip(self.undone, self.book.done_by([tree["document"]]), strict=True):
                rows += [row | {key: -row[key] for key in ("qty", "value", "amount") if row.get(key)} for row in found]

    def __call__(self, recording: Any, done: list["Recorded"]) -> None:
        import sys

        goods, money = (own + undone for own, undone in zip(self.book.preview(done), self.undone, strict=True))
        if self.as_json:
            documents = [document(self.book, each) for each in done]
            self.text = json_text({"documents": documents, "goods": goods, "money": money})
            return
        format = default_format(sys.stdout.isatty())
        tables = [Table(goods, _("Goods")), Table(money, _("Money"))]
        texts = [table.render(format) for table in tables if table.rows]
        if self.heads:
            texts.insert(0, headlines(self.book, done))
            self.text = "\n".join(texts)
            return
        still = _("neither goods nor money move") + "\n"
        self.text = "\n".join(texts) or headlines(self.book, done) + still


# --- ids that are given by their end ---


def in_full(book: "Book", tree: Tree) -> "Given":
    """A document with every id in full. It is asked for under the lock, so that `@` is the last one."""
    from bizcli.book.streams import Given

    return Given(with_ids(book, book.catalog.record(tree["kind"]), tree), singly=True)


def with_ids(book: "Book", cls: type[Record], tree: Tree) -> Tree:
    schema = schema_of(cls)
    found = dict(tree)
    for info in schema.ids:
        if info.name in found:
            each = getattr(info.field, "each", info.field)
            if isinstance(each, Id):
                value = found[info.name]
                many = [full_id(book, one, each) for one in ([value] if isinstance(value, str) else value)]
                found[info.name] = many[0] if isinstance(value, str) else many
    for info in schema.lists:
        if info.record is not None and info.name in found:
            found[info.name] = [with_ids(book, info.record, line) for line in found[info.name]]
    return found


def full_id(book: "Book", text: str, field: Id) -> str:
    """The id that a person means; `@sales_order` is the one before in the same command.

    Where several kinds can be meant, or any, the command says which: `purchase_order/0001`.
    """
    from bizcli.book.finding import find_id

    of, _slash, end = text.rpartition("/")
    if of in (field.kinds or book.catalog.kinds):
        return find_id(book, end, [book.catalog.kinds[of].prefix])
    if ID.fullmatch(text) or text[1:] in book.catalog.kinds:
        return text
    kinds = [book.catalog.kinds[kind] for kind in field.kinds] or [*book.catalog.kinds.values()]
    if text == "@":
        if not field.kinds:
            raise Misused.of("ambiguous", "@ is the last of its kind, and any kind can be meant: give the id")
        kinds = kinds[:1]
    return find_id(book, text, [kind.prefix for kind in kinds if kind.prefix])


# --- what is wrong, in the words of the command ---


def own_words(problem: Problem, trees: Sequence[Tree]) -> Problem:
    """A person who typed flags knows no numbers of documents: of a chain, the kind is named."""
    number, _space, _key = problem.document.partition(" ")
    if problem.file or not number.isdigit():
        return problem
    kind = trees[int(number) - 1]["kind"].replace("_", " ") if len(trees) > 1 else ""
    return problem._replace(document=kind)
