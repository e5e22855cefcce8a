"""Commands that ask a question of the book: they open it, bring it up to date, and print an answer."""

from typing import TYPE_CHECKING, Any

from typer.core import TyperArgument, TyperCommand, TyperOption

from bizcli.cli.answers import Answer
from bizcli.cli.errors import tell
from bizcli.cli.language import _

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


class Command(TyperCommand):
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
        *own, help = super().get_params(ctx)
        return [*own, *self.made, help]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


class Ask(Command):
    """A command that reads. `lenient`: it also runs while files of the book are wrong."""

    lenient = False

    def added(self) -> list[Any]:
        known = _("table, plain, csv or json; a terminal gets a table, a pipe plain text.")
        return [
            flag("--format", metavar="FORMAT", help=known),
            flag("--json", is_flag=True, default=False, help=_("The same as --format json.")),
            flag("--output", metavar="FILE", help=_("Write to a file instead of the screen.")),
        ]

    def invoke(self, ctx: Any) -> int:
        import sys

        from bizcli.cli.output import RENDERERS, default_format, emit

        output, format = ctx.params.pop("output"), ctx.params.pop("format")
        if ctx.params.pop("json"):
            if format not in (None, "json"):
                ctx.fail(_("--json is --format json: say one of the two"))
            format = "json"
        format = format or default_format(sys.stdout.isatty() and not output)
        if format not in RENDERERS:
            ctx.fail(_("{format} is not a format; use {known}").format(format=format, known=", ".join(RENDERERS)))
        session: Session = ctx.obj
        with session.open() as book:
            self.refresh(book)
            ctx.obj = book
            answer: Answer = self.answer(ctx)
        text = answer.render(format)
        if text or output:
            emit(text, output)
        elif format in ("table", "plain"):
            tell(_("there is nothing to show"))
        return answer.exit_code

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
