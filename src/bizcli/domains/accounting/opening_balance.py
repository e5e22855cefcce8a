"""What accounts held when the book began, but for stock and what parties owe: those have items of their own."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.accounting.opening import ROLE
from bizcli.domains.tax.lines import check_lines, numbered
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Line, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class BalanceLine(Line):
    """What an account held."""

    account: Annotated[fields.Word, "a role of the chart or an account"]
    debit: fields.Amount | None = None
    credit: fields.Amount | None = None
    text: fields.Word | None = None


@record
class OpeningBalance(Document):
    """What accounts held when the book began, but for stock and what parties owe: those have items of their own."""

    folder = "openings"
    group = "opening"
    prefix = "OB"
    rank = 0

    lines: tuple[BalanceLine, ...] = ()

    def complete(self, view: View) -> "OpeningBalance":
        return replaced(self, lines=numbered(self.lines))

    def problems(self) -> Iterator[Problem]:
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if (line.debit is None) == (line.credit is None):
                yield Problem("wrong-value", "a line has either debit or credit", path=f"lines[{n}]")

    def effects(self, rules: Rules) -> Effects:
        postings, found = [], []
        for n, line in enumerate(self.lines):
            path = f"lines[{n}].account"
            try:
                account = rules.named_account(line.account)
            except Refused as refused:
                found += [problem._replace(path=path) for problem in refused.problems]
                continue
            amount = micro(line.debit) if line.debit is not None else -micro(line.credit or Decimal(0))
            if amount % rules.unit:
                values = {"amount": amount_text(amount), "currency": rules.currency}
                found.append(Problem("wrong-value", "{amount} is no whole amount of {currency}", values, f"lines[{n}]"))
            if rules.has_documents(account):
                template = (
                    "{account} opens with its items: opening stock, invoices, bills and advances; "
                    "`bizcli import --template opening_stock` and the like have the sheets"
                )
                found.append(Problem("has-items", template, {"account": account}, path))
            postings.append(Posting(account, amount))
        if found:
            raise Refused(found)
        rest = sum(posting.amount for posting in postings)
        if rest:
            postings.append(Posting(rules.account(ROLE), -rest))
        return Effects(postings=tuple(postings))
