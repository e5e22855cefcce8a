"""What accounts held when the book began, but for stock and what parties owe: those have items of their own."""

from collections.abc import Iterator

from bizcli.domains.accounting.opening import ROLE
from bizcli.domains.accounting.sides import Side, check_sides, sides
from bizcli.domains.tax.lines import numbered
from bizcli.kernel.effects import Effects, Posting
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.records import Document, record, replaced
from bizcli.kernel.rules import Rules
from bizcli.kernel.view import View


@record
class BalanceLine(Side):
    """What an account held."""


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
        yield from check_sides(self.lines)

    def effects(self, rules: Rules) -> Effects:
        postings: list[Posting] = []
        found: list[Problem] = []
        for n, account, amount in sides(self.lines, rules, found):
            if rules.has_documents(account):
                template = (
                    "{account} opens with its items: opening stock, invoices, bills and advances; "
                    "`bizcli import --template opening_stock` and the like have the sheets"
                )
                found.append(Problem("has-items", template, {"account": account}, f"lines[{n}].account"))
            postings.append(Posting(account, amount))
        if found:
            raise Refused(found)
        rest = sum(posting.amount for posting in postings)
        if rest:
            postings.append(Posting(rules.account(ROLE), -rest))
        return Effects(postings=tuple(postings))
