"""What can be wrong, said so that a person can act on it.

A `Problem` is one finding: an English template with its values, so that `cli` can translate it, and
the place it was found. A `BizError` stops a command; its class is the exit code that cron reads.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Problem(NamedTuple):
    """One finding about a file or a document."""

    code: str  # short and stable, such as `stock-below-zero`
    template: str  # English, with {names} of the values
    values: Mapping[str, object] = {}
    path: str = ""  # where in the document: `lines[0].price`
    document: str = ""  # id or kind/code
    file: str = ""  # relative to the book
    line: int = 0  # from 1; 0 when unknown
    column: int = 0
    severity: str = "error"  # error | warning

    def text(self) -> str:
        """The message in English."""
        return self.template.format(**self.values)

    def at(self, file: str, line: int = 0, column: int = 0) -> "Problem":
        """The same finding, with the place in a file."""
        return self._replace(file=file, line=line, column=column)


class BizError(Exception):
    """A command stops here. `problems` say why; the class says the exit code."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.text() for problem in self.problems))

    @classmethod
    def of(cls, code: str, template: str, /, **values: object) -> "BizError":
        """An error of one problem."""
        return cls([Problem(code, template, values)])


class Refused(BizError):
    """A business rule says no; nothing was changed."""


class Misused(BizError):
    """The command was called with words it does not understand."""

    exit_code = 2


class Damaged(BizError):
    """The book is damaged, in use, or has files that cannot be read."""

    exit_code = 3
