"""How a command that cannot go on says so: one line on stderr for each thing that is wrong."""

import sys
from collections.abc import Iterable

from bizcli.cli.language import _, message
from bizcli.cli.output import visible
from bizcli.kernel.errors import Problem


def where(problem: Problem) -> str:
    """The place of a finding, as editors understand it: `orders/2026/11/SO-2611-0001.yaml:7:3`."""
    if not problem.file:
        return ""
    return ":".join([problem.file, *(str(number) for number in (problem.line, problem.column) if number)])


def text_of(problem: Problem) -> str:
    """A finding on one line, without a character that could act on the terminal."""
    document = problem.document
    if document in problem.file or message(problem).startswith(document):
        document = ""
    elif document.isdigit():
        document = _("document {number}").format(number=document)
    parts = (where(problem), document, problem.path, message(problem))
    return visible(": ".join(part for part in parts if part))


def tell(text: str, word: str = "") -> None:
    """Say something on stderr, which data never goes to."""
    print(f"bizcli: {word}: {text}" if word else f"bizcli: {text}", file=sys.stderr)


def tell_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        tell(text_of(problem), _(problem.severity))


def usage_errors() -> tuple[type[Exception], ...]:
    """What typer raises when it cannot understand the words of a command."""
    from typer import BadParameter

    return (BadParameter.__base__ or BadParameter,)  # UsageError, which typer does not export
