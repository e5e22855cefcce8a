"""Money moved between accounts that no other document says."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from bizcli.domains.tax.lines import check_lines, numbered
from bizcli.kernel import effects as fx
from bizcli.kernel import fields
from bizcli.kernel.effects import Effects, Posting, Promise
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.fields import Code
from bizcli.kernel.money import amount_text, micro
from bizcli.kernel.records import Document, Line, record, replaced
from bizcli.kernel.rules import PARTY_ROLES, Rules
from bizcli.kernel.view import View

OPEN = {
    "receivable": (fx.TO_PAY, fx.CREDIT), "customer_advance": (fx.TO_PAY, fx.CREDIT),
    "payable": (fx.PREPAID, fx.OWED), "supplier_advance": (fx.PREPAID, fx.OWED),
}  # fmt: skip


@record
class EntryLine(Line):
    """One side of an entry."""

    account: Annotated[fields.Word, "a role of the chart or an account"]
    debit: fields.Amount | None = None
    credit: fields.Amount | None = None
    customer: Annotated[str, Code("customer")] | None = None
    supplier: Annotated[str, Code("supplier")] | None = None
    text: fields.Word | None = None


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
        yield from check_lines(self.lines)
        for n, line in enumerate(self.lines):
            if (line.debit is None) == (line.credit is None):
                yield Problem("wrong-value", "a line has either debit or credit", path=f"lines[{n}]")

    def effects(self, rules: Rules) -> Effects:
        postings, promises, found = [], [], []
        opened: set[str] = set()
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
