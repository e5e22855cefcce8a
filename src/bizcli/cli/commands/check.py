"""Prove the books: documents, stock, journal and receivables agree to the cent."""

from typing import Annotated

import typer

from bizcli.cli.answers import Said
from bizcli.cli.command import LenientAsk, example
from bizcli.cli.errors import text_of
from bizcli.cli.language import _, message
from bizcli.kernel.errors import Problem, Refused

app = typer.Typer()
Full = Annotated[bool, typer.Option("--full", help=_("Compile everything anew and compare it with what is there."))]


@app.command(cls=LenientAsk, epilog=example("bizcli check", "bizcli check --full --json"))
def check(context: typer.Context, full: Full = False) -> Said:
    problems = context.obj.check(full)
    wrong = any(problem.severity == "error" for problem in problems)
    lines = [f"{_(problem.severity)}: {text_of(problem)}" for problem in problems]
    end = counted(len(problems)) if problems else _("the book is in order")
    return Said("\n".join([*lines, end]), [row(each) for each in problems], Refused.exit_code if wrong else 0)


def row(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity, "code": problem.code, "file": problem.file or None,
        "line": problem.line or None, "column": problem.column or None, "message": words(problem),
    }  # fmt: skip


def words(problem: Problem) -> str:
    """The message, with where in the document."""
    place = problem.path or ("" if problem.document in problem.file else problem.document)
    return f"{place}: {message(problem)}" if place else message(problem)


def counted(n: int) -> str:
    return _("one finding") if n == 1 else _("{n} findings").format(n=n)
