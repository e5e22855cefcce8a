"""Where `bizcli` begins and ends: the language is decided, the command runs, what went wrong is said."""

import gc
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from bizcli.cli import language
from bizcli.cli.errors import tell, tell_problems, usage_errors
from bizcli.cli.language import _
from bizcli.cli.output import visible
from bizcli.kernel.errors import BizError, Damaged, Misused

INTERRUPTED = 130


def main() -> None:
    """Run the command that was typed."""
    if sys.argv[1:2] == ["__complete"]:
        from bizcli.cli import complete

        sys.exit(complete.main(sys.argv[2:]))
    gc.set_threshold(200_000, 20, 100)  # a command is short and makes few cycles
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run a command; its exit code. Whatever goes wrong is a line on stderr, never a traceback."""
    given = language.global_option(words, "--book", "-C")
    start = given or os.environ.get("BIZCLI_BOOK") or "."
    try:
        look_at(words)
        language.speak(language.wanted(language.global_option(words, "--lang"), os.environ, start))
        if given == "" and words[-1] not in ("--book", "-C"):
            raise Misused.of("empty-path", "{name} is empty: name a file or a folder", name="--book")
        from bizcli.cli.root import root

        code = root().main([*words], prog_name="bizcli", standalone_mode=False)
    except BizError as error:
        tell_problems(error.problems)
        return error.exit_code
    except usage_errors() as error:
        return misused(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except disk_errors() as error:
        tell(visible(said(error)), _("error"))
        return Damaged.exit_code
    if code == INTERRUPTED:
        tell(_("interrupted"), _("error"))
    return int(code or 0)


def look_at(words: Sequence[str]) -> None:
    """What is typed must be text. Raises `Misused`."""
    for word in words:
        if re.search("[\ud800-\udfff]", word):
            raise Misused.of("not-utf8", "{word} is not text in UTF-8; type it again", word=ascii(word[:60]))


def misused(error: Any) -> int:
    """Say in one line what typer does not understand, and where help is."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return Misused.exit_code
    param = getattr(error, "param", None)
    if param is not None:
        name = param.opts[0] if param.param_type_name == "option" else param.human_readable_name
        text = _("{name} is missing").format(name=name) if kind == "MissingParameter" else f"{name}: {error.message}"
    elif kind == "NoSuchOption":
        text = _("there is no option {name}").format(name=error.option_name)
        if error.possibilities:
            text += _("; did you mean {near}?").format(near=error.possibilities[0])
    elif kind == "BadOptionUsage":
        needs = _("{name} needs a value") if "requires" in error.message else _("{name} takes no value")
        text = needs.format(name=error.option_name)
    else:
        text = error.format_message()
    command = error.ctx.command_path if error.ctx else "bizcli"
    help = _("see `{command} --help`").format(command=command)
    tell(visible(f"{' '.join(text.split()).rstrip('.')} ({help})"), _("error"))
    return Misused.exit_code


def disk_errors() -> tuple[type[Exception], ...]:
    """What the system or the database raises; nobody pays for them where nothing is raised."""
    from sqlite3 import Error

    return (OSError, Error)


def said(error: Exception) -> str:
    """What the disk or the database says, with the file it says it of."""
    if not isinstance(error, OSError):
        template = _("the index cannot be used: {reason}; make room or mend the disk, and try again")
        return template.format(reason=error)
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    reason = error.strerror or str(error)
    return f"{name}: {reason}" if name else _("the system says: {reason}").format(reason=reason)
