"""Commands that record documents: flags become a document as text, which goes the way of all documents."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from bizcli.cli import forms
from bizcli.cli.command import Command, argument, example, flag
from bizcli.cli.errors import tell_problems, usage_errors
from bizcli.cli.language import _
from bizcli.cli.prompt import at_terminal
from bizcli.kernel.errors import Misused, Refused
from bizcli.kernel.fields import DateField, Id
from bizcli.kernel.kinds import Catalog
from bizcli.kernel.records import Document, FieldInfo, Master, Record, schema_of

if TYPE_CHECKING:
    from bizcli.cli.recording import Following

Tree = dict[str, Any]
COMMON = ("date", "note", "ref")  # that every writing command takes, last in its help


@cache
def catalog() -> Catalog:
    """All kinds."""
    from bizcli.book.catalog import make_catalog

    return make_catalog()


def writing_flags() -> list[Any]:
    """What every command takes that writes."""
    return [
        flag(
            "--date",
            metavar="DATE",
            type=day,
            help=_("The day of effect, as 2026-11-05, 11-05, yesterday or -3; today when absent."),
        ),
        flag("--note", metavar="TEXT", help=_("Anything worth remembering.")),
        flag("--ref", metavar="TEXT", help=_("An outside reference: the same again changes nothing.")),
        flag("--dry-run", is_flag=True, default=False, help=_("Show what goods and money would do; write nothing.")),
        flag("--json", is_flag=True, default=False, help=_("Print the documents written.")),
    ]


def day(text: str) -> str:
    return forms.looked_at(DateField(), text)


class New(Command):
    """Records a document of a kind. Its flags are the fields of the record.

    `arguments` are fields given by their place, `fixed` what the command itself says, `required` fields
    that the record would fill in but a person must say.
    """

    def __init__(
        self, kind: str, help: str, lines: str | tuple[str, ...], *,
        arguments: tuple[str, ...] = (), optional: tuple[str, ...] = (),
        fixed: Mapping[str, str] | None = None, required: tuple[str, ...] = (), hidden: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(None, help=help, epilog=example(*([lines] if isinstance(lines, str) else lines)))
        self.kind, self.arguments, self.optional = kind, arguments, optional
        self.fixed, self.required, self.hidden_fields = fixed or {}, required, hidden

    @property
    def record(self) -> type[Record]:
        if not hasattr(self, "loaded"):
            self.loaded: type[Record] = catalog().record(self.kind)
        return self.loaded

    def added(self) -> list[Any]:
        hidden = (*self.arguments, *self.fixed, *COMMON, *self.hidden_fields)
        shared = {info.name for info in schema_of(Document).fields}
        own = sorted(forms.flags(self.record, hidden), key=lambda each: each.name in shared)
        for each in own:
            each.required = each.required or each.name in self.required
        return [*self.places(), *own, *self.extra(), *writing_flags()]

    def places(self) -> list[Any]:
        """What is given by its place."""
        names = schema_of(self.record).by_name
        return [self.place(names[name]) for name in self.arguments]

    def place(self, info: FieldInfo) -> Any:
        is_id = isinstance(info.field, Id)
        return argument(
            info.attribute, "ID" if is_id else info.name.upper(), forms.help_of(info, False),
            required=info.name not in self.optional, type=forms.reader(info),
        )  # fmt: skip

    def extra(self) -> list[Any]:
        """Flags that are not fields of the record."""
        return []

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A number below zero is no option: `stock adjust TSHIRT-M -3`."""
        options = [param for param in self.get_params(ctx) if param.param_type_name == "option"]
        with_value = {name for param in options if not param.is_flag for name in param.opts}
        words = [
            f" {word}" if is_below_zero(word) and before not in with_value else word
            for before, word in zip(["", *args], args, strict=False)
        ]
        try:
            return super().parse_args(ctx, [*words])  # which it takes apart
        except usage_errors() as error:
            if type(error).__name__ != "MissingParameter" or not at_terminal():
                raise
        return self.parse_what_is_there(ctx, words)

    def parse_what_is_there(self, ctx: Any, words: list[str]) -> list[str]:
        """Parse words that lack something: it will be asked for."""
        needed = [param for param in self.get_params(ctx) if param.required]
        for param in needed:
            param.required = False
        try:
            return super().parse_args(ctx, words)
        finally:
            for param in needed:
                param.required = True

    def heading(self, param: Any) -> str:
        """The kind's own flags first; those that every document has stand apart."""
        shared = {info.attribute for info in schema_of(Document).fields} | {"dry_run", "json", "help"}
        own = param.name not in shared or param.param_type_name == "argument"
        return super().heading(param) if own else _("Options of every document")

    def invoke(self, ctx: Any) -> int:
        values = dict(ctx.params)
        lacks = self.lacks(values)
        if lacks and not at_terminal():
            template = "--{name} is missing (see `{command} --help`)"
            raise Misused.of("wrong-usage", template, name=lacks[0], command=ctx.command_path)
        if lacks or any(param.required and values[param.name] in (None, ()) for param in self.get_params(ctx)):
            return self.ask_and_record(ctx, values, lacks)
        try:
            return self.record_document(ctx, values)
        except Refused as refused:
            if not at_terminal():
                raise
            from bizcli.cli.asking import lacking

            found = lacking(refused, values)
            if not found:
                raise
        return self.ask_and_record(ctx, values, found)

    def lacks(self, values: Tree) -> list[str]:
        """What is needed where something else is not said: names of flags."""
        return []

    def ask_and_record(self, ctx: Any, values: Tree, lacks: Sequence[str] = ()) -> int:
        """Ask for what is not said, show what it would do, and record it when that is wanted."""
        from bizcli.cli.asking import Asking, at_fault, confirmed

        try:
            with ctx.obj.open() as book:
                book.read()
                Asking(self, ctx, book, values).everything(lacks)
            while True:
                try:
                    return self.record_document(ctx, values, confirmed)
                except Refused as refused:
                    found = at_fault(refused, values)
                    if not found:
                        raise
                    tell_problems(refused.problems)
                with ctx.obj.open() as book:
                    Asking(self, ctx, book, values).again(found)
        except EOFError:
            raise Refused.of("given-up", "nothing was recorded") from None

    def record_document(self, ctx: Any, values: Tree, wanted: Any = None) -> int:
        from bizcli.cli.recording import record

        values = dict(values)
        dry_run, as_json = values.pop("dry_run"), values.pop("json")
        common = {name: values.pop(name) for name in COMMON}
        following = self.following(values)
        trees = [self.with_common(tree, n, common) for n, tree in enumerate(self.trees(values))]
        return record(ctx.obj, trees, dry_run=dry_run, as_json=as_json, wanted=wanted, following=following)

    def following(self, values: Tree) -> "Following | None":
        """What makes the documents of the command out of its trees and the book; takes its own flags out."""
        return None

    def trees(self, values: Tree) -> Iterator[Tree]:
        """The documents that the command records, one after the other."""
        yield {"kind": self.kind, **self.fixed, **forms.tree_of_flags(self.record, values)}

    def with_common(self, tree: Tree, number: int, common: Mapping[str, str | None]) -> Tree:
        """Date and reference go on every document of a chain, the note on the first. Masters have no day."""
        known = schema_of(catalog().record(tree["kind"]) if number else self.record).by_name
        if issubclass(self.record, Master):
            common = {"note": common["note"]}
        return tree | {
            name: value for name, value in common.items() if value and name in known and (name != "note" or not number)
        }


def is_below_zero(word: str) -> bool:
    """A number however it is written; no option begins like one."""
    return re.match("-[¥￥$€£0-9０-９]", word) is not None
