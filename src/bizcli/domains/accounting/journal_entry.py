"""Money moved between accounts that no other document says."""

from collections.abc import Iterator
from typing import Annotated

from bizcli.domains.accounting.sides import Side, check_sides, sides
from bizcli.domains.tax.lines import numbered
from bizcli.kernel import effects as fx
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.money import amount_text
from bizcli.kernel.records import Document, record, replaced
from bizcli.kernel.rules import PARTY_ROLES, Rules
from bizcli.kernel.view import View

OPEN = {
    "receivable": (fx.TO_PAY, fx.CREDIT), "customer_advance": (fx.TO_PAY, fx.CREDIT),
    "payable": (fx.PREPAID, fx.OWED), "supplier_advance": (fx.PREPAID, fx.OWED),
}  # fmt: skip


@record
class EntryLine(Side):
    """One side of an entry."""

    before = "text"

    customer: Annotated[str, Code("customer")] | None = None
    supplier: Annotated[str, Code("supplier")] | None = None


@record
class JournalEntry(Document):
    """Money moved between accounts that no other document says."""

    folder = "entries"
    group = "journal"
    prefix = "JE"
    rank = 7

    lines: tuple[EntryLine, ...] = ()

    def complete(self, view: View) -> "JournalEntry":
        return replaced(self, lines=numbered(self.lines))

    def problems(self) -> Iterator[Problem]:
        yield from check_sides(self.lines)

    def effects(self, rules: Rules) -> Effects:
        postings, promises = [], []
        found: list[Problem] = []
        opened: set[str] = set()
        for n, account, amount in sides(self.lines, rules, found):
            line, path = self.lines[n], f"lines[{n}].account"
            role = rules.role(account) or ""
            if role.partition(".")[0] == "inventory":
                template = "stock has its own documents: use `bizcli stock adjust`"
                found.append(Problem("inventory-account", template, {}, path))
            kind = PARTY_ROLES.get(role)
            party = line.customer if kind == "customer" else line.supplier
            if kind and party is None:
                found.append(Problem("no-party", "a line on {role} needs a {kind}", {"role": role, "kind": kind}, path))
            if role in OPEN and party is not None:
                if kind in opened:
                    template = "one line on {role} an entry: write another entry for the other"
                    found.append(Problem("two-parties", template, {"role": role}, path))
                opened.add(str(kind))
                promises.append(Promise(OPEN[role][amount < 0], self.id, 0, abs(amount), party=party, due=self.day))
            postings.append(Posting(account, amount, party if kind else None, self.id if role in OPEN else None))
        balance = sum(posting.amount for posting in postings)
        if balance and not found:
            values = {"amount": amount_text(balance, rules.unit)}
            found.append(Problem("not-balanced", "debit and credit differ by {amount}", values, "lines"))
        if found:
            raise Refused(found)
        return Effects(postings=tuple(postings), promises=tuple(promises))
