"""All commands, without importing them: the folder is the registry.

A file of `commands` is a command, a file of `groups` a group of commands; the first line of its
docstring, read as text, is its help. Each group of kinds in `domains` has `new`, `list` and `show`
without a file here. A command is imported, and its parameters made, when it is asked for.
"""

import os
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup
from typer.main import get_command_from_info

from bizcli.cli.command import InOurWords, flag
from bizcli.cli.language import _
from bizcli.cli.session import Session

if TYPE_CHECKING:
    from bizcli.kernel.kinds import Kind

HELP = {"help_option_names": ["-h", "--help"]}
HERE = os.path.dirname(os.path.abspath(__file__))


def stubs(folder: str) -> dict[str, str]:
    """The commands in a folder, with the first line of their help."""
    found = {}
    for file in sorted(os.listdir(os.path.join(HERE, folder))):
        if file.endswith(".py") and not file.startswith("_"):
            with open(os.path.join(HERE, folder, file), encoding="utf-8") as source:
                found[file.removesuffix(".py")] = source.readline()[3:].rstrip().removesuffix('"""')
    return found


def module_of(folder: str, name: str) -> Any:
    """The module of a command, imported; None where a word names none."""
    found = name.isidentifier() and not name.startswith("_")
    if not found or not os.path.isfile(os.path.join(HERE, folder, f"{name}.py")):
        return None
    return import_module(f"bizcli.cli.{folder}.{name}")


def kinds() -> list["Kind"]:
    from bizcli.cli.new import catalog

    return list(catalog().kinds.values())


def main_kind(group: str) -> "Kind | None":
    """The kind that a group makes new ones of: its folder in the book is the group's plural, or it is the only one."""
    own = [kind for kind in kinds() if kind.group == group]
    plurals = (f"{group}s", f"{group[:-1]}ies")
    return next((kind for kind in own if kind.folder in plurals or len(own) == 1), None)


class Lazy(InOurWords, TyperGroup):
    """Commands that are made when they are asked for."""

    def __init__(self, name: str, help: str, **settings: Any) -> None:
        super().__init__(name=name, help=help, no_args_is_help=True, rich_markup_mode=None, **settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        command = self.get_command(ctx, args[0])
        if command is None and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            template = (
                _("there is no command {name}; did you mean {near}?") if near else _("there is no command {name}")
            )
            ctx.fail(template.format(name=args[0][:60], near="".join(near)))
        return super().resolve_command(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        own: list[Any] = super().get_params(ctx)
        own[-1].help = _("Show this message and exit.")
        return own

    def format_options(self, ctx: Any, formatter: Any) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, first_line(self.get_command(ctx, name))) for name in self.list_commands(ctx)])


class Group(Lazy):
    """The commands about one thing: those of its file, and `new`, `list` and `show` of its kind."""

    def __init__(self, name: str, help: str, module: Any) -> None:
        super().__init__(name, help)
        self.others = getattr(module, "others", None)  # makes the command of a word that is none of its own
        self.functions = {}
        if hasattr(module, "app"):
            self.functions = {each.name or each.callback.__name__: each for each in module.app.registered_commands}
        self.commands = {**getattr(module, "COMMANDS", {})}
        self.verbs = ("list", "show") if getattr(module, "only_read", False) else ("new", "list", "show")

    @cached_property
    def kind(self) -> "Kind | None":
        return main_kind(str(self.name))

    def list_commands(self, ctx: Any) -> list[str]:
        own = [*(() if self.others else self.commands), *self.functions]
        return [*(name for name in self.verbs if self.kind and name not in own), *own]

    def get_command(self, ctx: Any, name: str) -> Any:
        if name in self.functions:
            return made(self.functions[name])
        if name not in self.commands and name in self.verbs and self.kind:
            from bizcli.cli.generic import of_kind

            self.commands[name] = of_kind(name, self.kind)
        if name not in self.commands and self.others is not None and not name.startswith("-"):
            self.commands[name] = self.others(name)
        command = self.commands.get(name)
        if command is not None:
            command.name = name
        return command


def first_line(command: Any) -> str:
    return str(command.help).partition("\n")[0]


def made(info: Any) -> Any:
    """The command that a function was declared as."""
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    command.help = _(command.help or "")
    return command


class Root(Lazy):
    """`bizcli` itself."""

    def __init__(self) -> None:
        params = [
            flag("--book", "-C", metavar="DIR", help=_("The book; else BIZCLI_BOOK, else the folder here or above.")),
            flag("--lang", metavar="en|zh", help=_("The language of texts; else BIZCLI_LANG.")),
            flag(
                "--version", is_flag=True, default=False, is_eager=True, expose_value=False,
                callback=show_version, help=_("Say the version and end."),
            ),
        ]  # fmt: skip
        super().__init__("bizcli", _("A command-line ERP over plain text."), params=params, context_settings=HELP)

    @cached_property
    def single(self) -> dict[str, str]:
        """Every command that is no group, with its help."""
        return stubs("commands")

    def groups(self) -> dict[str, str]:
        """Every group with its help."""
        files = stubs("groups")
        for kind in kinds():
            if kind.group not in files and kind.group not in self.single:
                files[kind.group] = (main_kind(kind.group) or kind).help
        return files

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted([*self.single, *self.groups()])

    def get_command(self, ctx: Any, name: str) -> Any:
        module = module_of("commands", name)
        if module is not None:
            command = getattr(module, "COMMAND", None) or made(module.app.registered_commands[0])
            command.name, command.help = name, _(str(module.__doc__).strip())
            return command
        module = module_of("groups", name)
        if module is not None:
            return Group(name, _(str(module.__doc__).strip()), module)
        kind = main_kind(name)
        return Group(name, _(kind.help), None) if kind else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, found in ((_("Commands"), self.single), (_("About one kind of thing"), self.groups())):
            with formatter.section(title):
                formatter.write_dl([(name, _(found[name])) for name in sorted(found)])

    def invoke(self, ctx: Any) -> Any:
        ctx.obj = Session(ctx.params["book"] or os.environ.get("BIZCLI_BOOK") or ".")
        return super().invoke(ctx)


def show_version(ctx: Any, param: Any, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from bizcli import __version__

        print(f"bizcli {__version__}")
        ctx.exit()


def root() -> Root:
    """The command that all words are given to."""
    return Root()
