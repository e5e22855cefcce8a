"""Commands that ask a question of the book: they open it, bring it up to date, and print an answer."""

from typing import TYPE_CHECKING, Any

from typer.core import TyperArgument, TyperCommand, TyperOption

from bizcli.cli.answers import Answer, Table
from bizcli.cli.errors import tell
from bizcli.cli.language import _
from bizcli.kernel.errors import Misused

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.cli.session import Session


def example(*lines: str) -> str:
    """The end of a command's help; what comes after the first line stands below it."""
    return "\b\n" + "\n".join(f"{_('Example:')} {line}" for line in lines)


def flag(*names: str, help: str, **more: Any) -> TyperOption:
    """An option of a command that has no function of its own to say so."""
    return TyperOption(param_decls=[*names], help=help, **more)


def argument(name: str, metavar: str, help: str, **more: Any) -> TyperArgument:
    """An argument of such a command."""
    return TyperArgument(param_decls=[name], metavar=metavar, help=help, **more)


PATHS = ("FILE", "FILE…", "DIR", "FILE|DIR")  # what is read as the name of a file or folder


class InOurWords:
    """Help whose headings are in the language of the command; typer has them in English."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = [_(piece) for piece in self.collect_usage_pieces(ctx)]  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage:") + " ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options, each under its heading."""
        found: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            row = param.get_help_record(ctx)
            if row is not None:
                found.setdefault(self.heading(param), []).append(in_our_words(row))
        for title, rows in found.items():
            with formatter.section(title):
                formatter.write_dl(rows)

    def heading(self, param: Any) -> str:
        """What stands above a parameter."""
        return _("Arguments") if param.param_type_name == "argument" else _("Options")


def in_our_words(row: tuple[str, str]) -> tuple[str, str]:
    """A row of help without typer's own English."""
    return row[0], row[1].replace("[required]", _("[required]"))


class Command(InOurWords, TyperCommand):
    """Any command: plain help, an example at its end."""

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        settings["rich_markup_mode"] = None
        super().__init__(name, **settings)

    def added(self) -> list[Any]:
        """Parameters that the command has besides those of its function."""
        return []

    def get_params(self, ctx: Any) -> list[Any]:
        if not hasattr(self, "made"):
            self.made = self.added()
        own: list[Any] = super().get_params(ctx)
        help = own.pop()
        help.help = _("Show this message and exit.")
        return [*own, *self.made, help]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """No file is named by nothing, which would be the folder that we are in."""
        rest: list[str] = super().parse_args(ctx, args)
        for param in self.get_params(ctx):
            given = ctx.params.get(param.name)
            if (param.metavar or "").strip("[]") in PATHS and (
                given == "" or (isinstance(given, list | tuple) and "" in given)
            ):
                name = param.opts[0] if param.param_type_name == "option" else param.metavar.strip("[]")
                raise Misused.of("empty-path", "{name} is empty: name a file or a folder", name=name)
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


class Ask(Command):
    """A command that reads. `lenient`: it also runs while files of the book are wrong."""

    lenient = False

    def added(self) -> list[Any]:
        known = _("table, plain, csv, tsv, json, md, html or xlsx; else a terminal gets a table, a pipe plain text.")
        condition = _("Only rows such as 'net >= 100' or 'name ~ tea' (which holds it); may be said several times.")
        return [
            flag("--format", metavar="FORMAT", help=known),
            flag("--json", is_flag=True, default=False, help=_("The same as --format json.")),
            flag("--output", metavar="FILE", help=_("Write to a file, whole or not at all; its end says the format.")),
            flag("--columns", metavar="A,B", help=_("Only these columns, in this order.")),
            flag("--where", metavar="CONDITION", multiple=True, help=condition),
            flag("--sort", metavar="A,-B", help=_("By these columns; - is from the highest down.")),
        ]

    def invoke(self, ctx: Any) -> int:
        from bizcli.cli.output import PAPERS, PEOPLE, emit
        from bizcli.cli.selection import Selection

        output = ctx.params.pop("output")
        format = self.format(ctx, output)
        selection = Selection(*(ctx.params.pop(name) for name in ("columns", "where", "sort")))
        answer, currency = self.asked(ctx)
        if isinstance(answer, Table):
            answer = answer.selected(selection)
        elif selection.anything:
            ctx.fail(_("--columns, --where and --sort are for lists"))
        if format in PEOPLE:
            from bizcli.cli.figures import for_people

            answer = for_people(answer, currency)
        text = paper(answer, format) if format in PAPERS else answer.render(format)
        if text and not output and format in ("table", "plain"):
            from bizcli.cli.pager import show

            show(str(text))
        elif text or output:
            emit(text, output)
        elif format in ("table", "plain"):
            tell(_("there is nothing to show"))
        return answer.exit_code

    def asked(self, ctx: Any) -> "tuple[Answer | Table, str]":
        """The answer of the book, which is opened for it, and the currency of its money."""
        session: Session = ctx.obj
        with session.open() as book:
            self.refresh(book)
            ctx.obj = book
            found: Answer | Table = self.answer(ctx)
            return found, book.rules.currency

    def format(self, ctx: Any, output: str | None) -> str:
        """The format that was asked for: by name, by the end of the file's name, or by where it goes."""
        import sys

        from bizcli.cli.output import EXTENSIONS, FORMATS, default_format

        format = ctx.params.pop("format")
        if ctx.params.pop("json"):
            if format not in (None, "json"):
                ctx.fail(_("--json is --format json: say one of the two"))
            format = "json"
        if format is None and output:
            format = EXTENSIONS.get(output.rpartition(".")[2].lower())
        format = format or default_format(sys.stdout.isatty() and not output)
        if format not in FORMATS:
            from bizcli.kernel.records import nearest

            template = _("{format} is not a format; the nearest is {nearest}, and there are {known}")
            ctx.fail(template.format(format=format, nearest=nearest(format, FORMATS), known=", ".join(FORMATS)))
        return str(format)

    def refresh(self, book: "Book") -> None:
        """Bring the book up to date, and say if documents contradict each other."""
        if self.lenient:
            book.store.up_to_date()
            return
        book.read()
        conflicts = len(book.conflicts())
        if conflicts:
            tell(_("{n} conflicts between documents; `bizcli check` says which").format(n=conflicts), _("warning"))

    def answer(self, ctx: Any) -> Any:
        """The answer; `ctx.obj` is the open book."""
        return super().invoke(ctx)


class LenientAsk(Ask):
    """A question that a book with wrong files answers too."""

    lenient = True


def paper(answer: "Answer", format: str) -> "str | bytes":
    """An answer in a format for people who read elsewhere."""
    from bizcli.cli import papers

    parts = answer.parts(format)
    if format == "xlsx":
        return papers.workbook(parts or [papers.Part([], [])])
    return papers.page(parts) if format == "html" else papers.markdown(parts)
