"""What salespeople have earned: each line that was sold or paid, the rule that counts for it, and the commission."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from bizcli.domains.sales.commission import Commission, rule_of
from bizcli.kernel.money import divide, micro, share
from bizcli.reports.stock import amount

if TYPE_CHECKING:
    from bizcli.book import Book

Row = dict[str, Any]
HUNDRED = 100_000_000  # percent, in micro


class Line(NamedTuple):
    """A line of an invoice, or of what was credited, without tax."""

    document: str
    day: str
    customer: str | None
    item: str
    net: int
    salesperson: str | None


def statement(book: "Book", since: date, until: date, salesperson: str | None = None) -> list[Row]:
    """A row for each line that earned a commission in a period, by salesperson and day."""
    rules = [book.index.decoded("commission", text) for (text,) in book.index.all(RULES)]
    if not rules:
        return []
    rows = [*on_invoice(book, rules, since, until), *on_payment(book, rules, since, until)]
    rows = [row for row in rows if salesperson in (None, row["salesperson"]) and row["commission"]]
    return sorted(
        rows, key=lambda row: (row["salesperson"] or "", row["date"], row["document"], row["invoice"], row["item"])
    )


def totals(rows: list[Row]) -> list[Row]:
    """What each salesperson has earned in all."""
    found: dict[str, Row] = {}
    for row in rows:
        own = found.setdefault(
            row["salesperson"], {"salesperson": row["salesperson"], "documents": 0, "net": 0, "commission": 0}
        )
        own["net"] += row["net"]
        own["commission"] += row["commission"]
    for who, own in found.items():
        own["documents"] = len({row["document"] for row in rows if row["salesperson"] == who})
    return [found[who] for who in sorted(found)]


def entry(book: "Book", since: date, until: date, account: str, expense: str) -> Row | None:
    """The journal entry of what was earned in a period, a pair of lines for each salesperson; None when nothing was."""
    period, lines = f"{since.isoformat()}..{until.isoformat()}", []
    for row in totals(statement(book, since, until)):
        if not row["commission"]:
            continue
        sides = ("debit", "credit") if row["commission"] > 0 else ("credit", "debit")
        for name, side in zip((expense, account), sides, strict=True):
            figure = f"{abs(row['commission']):f}"
            lines.append({"account": name, side: figure, "text": f"{row['salesperson']} {period}"})
    return {"kind": "journal_entry", "ref": f"commission {period}", "lines": lines} if lines else None


RULES = "SELECT text FROM master WHERE kind = 'commission' ORDER BY code"
LINES = (
    "SELECT doc, day, who, item, -amount, salesperson FROM posting WHERE item IS NOT NULL AND salesperson IS NOT NULL "
)


def on_invoice(book: "Book", rules: list[Commission], since: date, until: date) -> Iterator[Row]:
    """What is earned when it is invoiced; what is credited takes it back."""
    query = f"{LINES} AND day BETWEEN ? AND ? AND substr(doc, 1, 2) IN ('SI', 'CS', 'SR', 'CN') ORDER BY doc, n"
    for values in book.index.all(query, since.isoformat(), until.isoformat()):
        line = Line(*values)
        invoice = charged_by(book, line.document)
        rule = counted(book, rules, line, invoice)
        if rule is not None and rule.basis != "payment":
            yield row(book, rule, line, line.document, line.day, invoice or line.document, line.net)


def on_payment(book: "Book", rules: list[Commission], since: date, until: date) -> Iterator[Row]:
    """What is earned when it is paid: each line's part of what was paid of its invoice, without tax."""
    if not any(rule.basis == "payment" for rule in rules):
        return
    for document, day, invoice, paid in settled(book, since, until):
        gross = book.index.one("SELECT gross FROM doc WHERE id = ?", invoice)[0]
        for values in book.index.all(f"{LINES} AND doc = ? ORDER BY n", invoice):
            line = Line(*values)
            rule = counted(book, rules, line, None)
            if rule is not None and rule.basis == "payment" and gross:
                yield row(book, rule, line, document, day, invoice, share(line.net, paid, gross, book.rules.unit))


def settled(book: "Book", since: date, until: date) -> Iterator[tuple[str, str, str, int]]:
    """What was paid of invoices in a period, and paid back: document, day, invoice, amount with tax."""
    receivable = book.rules.account("receivable")
    query = (
        "SELECT doc, day, open_item, sum(-amount) FROM posting WHERE account = ? AND day BETWEEN ? AND ? "
        "AND open_item >= 'SI-' AND open_item < 'SI.' AND substr(doc, 1, 2) IN ('CP', 'AL', 'SI') AND amount < 0 "
        "GROUP BY doc, day, open_item ORDER BY day, doc, open_item"
    )
    yield from book.index.all(query, receivable, since.isoformat(), until.isoformat())
    query = "SELECT id, day, gross FROM doc WHERE kind = ? AND void IS NULL AND day BETWEEN ? AND ? ORDER BY sort"
    for id, day, gross in book.index.all(query, "cash_sale", since.isoformat(), until.isoformat()):
        yield id, day, id, gross
    for kind in ("sales_return", "credit_note"):
        for id, day, gross in book.index.all(query, kind, since.isoformat(), until.isoformat()):
            document: Any = book.index.document(id)
            if document.customer is not None and document.invoice is not None:
                unpaid = sum(micro(each.amount) for each in document.invoices or ())
                yield id, day, document.invoice, unpaid - gross


def counted(book: "Book", rules: list[Commission], line: Line, invoice: str | None) -> Commission | None:
    """The rule of a line: by the day on which it was charged."""
    head = book.index.head(invoice) if invoice else None
    customer: Any = book.index.master("customer", line.customer) if line.customer else None
    tags = getattr(book.index.master("item", line.item), "tags", ()) if line.item else ()
    day = date.fromisoformat(head.day if head else line.day)
    return rule_of(rules, line.salesperson, line.item, tags, getattr(customer, "group_", None), day)


def charged_by(book: "Book", document: str) -> str | None:
    """The invoice that a return or a credit is of."""
    return getattr(book.index.document(document), "invoice", None) if document[:2] in ("SR", "CN") else None


def row(book: "Book", rule: Commission, line: Line, document: str, day: str, invoice: str, net: int) -> Row:
    unit = book.rules.unit
    commission = divide(net * micro(rule.percent), HUNDRED * unit) * unit
    return {
        "date": day, "salesperson": line.salesperson, "document": document, "invoice": invoice, "customer": line.customer,
        "item": line.item, "net": amount(net, unit), "percent": rule.percent, "rule": rule.code,
        "commission": amount(commission, unit),
    }  # fmt: skip
