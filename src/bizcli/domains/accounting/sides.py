"""Lines that say an account and one side of it: debit or credit."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated

from bizcli.domains.tax.lines import check_lines
from bizcli.kernel import fields
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Line, record
from bizcli.kernel.rules import Rules


@record
class Side(Line):
    """An account, and what it takes or gives."""

    account: Annotated[fields.Word, "a role of the chart or an account"]
    debit: fields.Amount | None = None
    credit: fields.Amount | None = None
    text: fields.Word | None = None


def check_sides(lines: Sequence[Side]) -> Iterator[Problem]:
    """There are lines, and each has one side."""
    yield from check_lines(lines)
    for n, line in enumerate(lines):
        if (line.debit is None) == (line.credit is None):
            yield Problem("wrong-value", "a line has either debit or credit", path=f"lines[{n}]")


def sides(lines: Sequence[Side], rules: Rules, found: list[Problem]) -> Iterator[tuple[int, str, int]]:
    """The place of each line, its account, and its amount in micro, debit positive; what is wrong goes to `found`.

    A line whose account is not known is left out.
    """
    for n, line in enumerate(lines):
        try:
            account = rules.named_account(line.account)
        except Refused as refused:
            found += [problem._replace(path=f"lines[{n}].account") for problem in refused.problems]
            continue
        amount = micro(line.debit) if line.debit is not None else -micro(line.credit or Decimal(0))
        if amount % rules.unit:
            values = {"amount": amount_text(amount), "currency": rules.currency}
            found.append(Problem("wrong-value", "{amount} is no whole amount of {currency}", values, f"lines[{n}]"))
        yield n, account, amount
