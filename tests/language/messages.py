"""Every English text that people may read, found in the source: what a catalogue has to translate.

`python tests/language/messages.py` prints those that the Chinese catalogue lacks.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bizcli.book.catalog import make_catalog
from bizcli.book.reporting import OWN
from bizcli.kernel.conflicts import VERBS
from bizcli.kernel.records import schema_of
from bizcli.reports import definition

SOURCE = Path(__file__).parent.parent.parent / "src" / "bizcli"
TEMPLATES = {
    "Problem": 1,
    "of": 1,
    "conflict": 1,
    "Wrong": 1,
    "_wrong": 1,
    "PatternField": 1,
    "Code": 2,
    "__init__": 1,
    "wrong": 2,
}
"""Calls whose argument at this place is a text."""

TEXTS = ("template", "counted", "text", "expected", "what", "goods_done", "line_done")
"""Names of variables that hold a text."""


HEADINGS = [
    "superseded",
    "To call",
    "Whom",
    "Arrived",
    "Expiring offers",
    "Late opportunities",
    "Slipping away",
    "Team",
    "Person",
    "Due tickets",
    "Like",
    "Like name",
    "Because",
    "Alike",
    "Score",
    "Scored",
    "Rule",
    "Merged",
    "Became",
    "Todo",
    "Owned",
    "Since",
    "Next",
    "Days late",
    "Phone",
    "Opportunity",
    "Risk",
    "Usual gap",
    "Days since",
    "Late",
    "Contacts",
    "sound",
    "phone",
    "tax_id",
    "name",
    "stage",
    "status",
    "owner",
    "next",
    "Outcome",
    "Text",
    "Lead",
    "Closed",
    "Ticket",
    "Due",
    "Amount in words",
    "Status",
    "Kind",
    "Named by",
    "Could be made",
    "Reserved",
    "Available",
    "Incoming",
    "Currency",
    "Balance",
    "Base",
    "Days overdue",
    "Period",
    "Earned",
    "Top customers",
    "Top items",
    "Top salespeople",
    "member of staff",
    "Overdue",
    "Overdue total",
    "Low stock",
    "Expiring",
    "Reorder point",
    "Waiting",
    "For",
    "Gross",
    "Paid",
    "Invoiced",
    "Returned",
    "Void",
    "Count",
    "Report",
    "Title",
    "Shows",
    "Column",
    "Worked out as",
    "Commit",
    "Who",
    "What",
    "Path",
    "Place",
    "Doc",
    "Severity",
    "Message",
    "Open items",
    "Total",
    "opening",
    "loss",
    "recorded",
    "unchanged",
    "confirm",
    "cancel",
    "close",
    "amend",
    "decline",
    "extend",
    "expired",
    "declined",
    "ordered",
    "partly_ordered",
    "contacted",
    "qualified",
    "converted",
    "merged",
    "lost",
    "won",
    "Touches",
    "Extended to",
    "draft",
    "open",
    "partly_delivered",
    "delivered",
    "partly_invoiced",
    "invoiced",
    "closed",
    "cancelled",
    "to_invoice",
    "to_bill",
    "partly_received",
    "received",
    "partly_billed",
    "to_credit",
    "partly_credited",
    "credited",
    "Credited",
    "billed",
    "Billed",
    "returned",
    "partly_paid",
    "paid",
    "unallocated",
    "partly_allocated",
    "today",
    "yesterday",
    "this_month",
    "last_month_so_far",
    "invoice",
    "new",
    "changed",
    "deleted",
    "Details",
    "ordered",
    "settled",
    "voided",
    "confirmed",
    "amended",
    "named",
    "renamed",
    "edited",
    "known_since",
    "Looked at",
    "State",
    "Found",
    "Mend",
    "ok",
    "warning",
    "error",
    "libraries",
    "user",
    "extras",
    "tools",
    "terminal",
    "completion",
    "site",
    "links",
    "files",
    "conflicts",
    "index",
    "redo_log",
    "left_over",
    "lock",
    "journal",
    "merge",
    "passed_over",
    "ignored",
    "clock",
    "disk",
    "Sales",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "a code of capital letters, digits and -",
    "Early discount",
    "Early discount until",
    "Booked",
    "Explanation",
    "Shelves",
    "Source",
    "Max",
    "To order",
    "documents",
    "index",
    "journal",
    "accounts",
    "count",
    "quantity",
    "value",
    "TRANSIT",
    "in_transit",
    "partly_received",
    "received",
    "Received",
    "Difference",
    "Items",
    "Action",
    "buy",
    "bring",
    "Order by",
    "Drafted",
    "Lot",
    "Per day",
    "Spare",
    "Minimum",
    "Multiple",
    "Why",
    "Free",
    "Earliest",
    "to_receive",
    "to_deliver",
    "to_pick",
    "stock",
    "Change",
    "Was due",
    "Supply",
    "Purchase",
    "Km",
    "Now",
    "Short",
    "Policy",
    "Demand",
    "Average stock",
    "Average value",
    "Demand value",
    "Missed value",
    "Days out",
    "Missed",
    "Orders",
    "Ordered",
    "Point",
    "actual",
    "reorder",
    "minmax",
    "Days",
    "Day",
    "Expected",
    "Cost",
    "From",
    "Lead time",
    "Suppliers",
    "Price list",
    "Best",
    "cheapest",
    "fastest",
    "cheapest, fastest",
    "approve",
    "reject",
    "approved",
    "rejected",
    "requested",
    "to_approve",
    "partly_quoted",
    "quoted",
    "no_answer",
    "Quoted",
    "Asked",
    "Favourites",
    "Recommended",
    "Rejects",
    "Arrivals",
    "In touch",
    "Opportunities",
    "Complaints",
    "Rhythm",
    "Months",
    "Times",
    "Bills",
    "First price",
    "Last price",
    "Method",
    "Baskets",
    "Hits",
    "Hit rate",
    "With new items",
    "New hits",
    "New hit rate",
    "low",
    "medium",
    "high",
    "unknown",
    "most_popular",
    "repeat_purchase",
    "recommend",
    "Reason",
    "Lists",
    "List amount",
    "At list",
    "Taken off",
    "Which",
    "Spent",
    "Worth",
    "Customers",
    "Rule",
    "Best",
    "Commission",
    "Gained",
    "Offers",
    "chosen",
    "applies",
    "less than it asks for",
    "with a coupon",
    "not for this customer",
    "the item's own price: no list has it",
    "the customer's own list comes first",
    "the list of the customer's group comes before those for all",
    "the list for all that began last",
    "tag",
    "group",
    "all",
    "stock",
    "components",
    "purchase price",
    "Answered",
    "Touched",
    "Survey",
    "Satisfaction",
    "Due",
    "Opened",
    "Respond by",
    "Responded",
    "Resolve by",
    "Resolved",
    "Reopened",
    "Escalate at",
    "Escalate to",
    "Escalation",
    "History",
    "Warranty until",
    "Under warranty",
    "Ended",
    "waiting",
    "resolved",
    "asked",
    "answered",
    "respond",
    "resolve",
    "low",
    "medium",
    "high",
    "critical",
    "call",
    "visit",
    "meeting",
    "message",
    "email",
    "note",
    "change",
    "Of all",
    "Control group",
    "Bills",
    "Side",
    "Named",
    "Known by",
    "Last purchase",
    "First purchase",
    "Recency",
    "Frequency",
    "Monetary",
    "Bought",
    "planned",
    "running",
    "ended",
    "member",
    "control",
    "stop",
    "no_consent",
    "no_address",
    "named_orders",
    "response",
]
"""What answers call their columns besides the fields of records, and the words of places, states and actions."""


def messages() -> dict[str, str]:
    """Each text, with the place where it was found first."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for text in (*texts(tree), *commands(path, tree)):
            found.setdefault(text, str(path.relative_to(SOURCE)))
    for text in (*HEADINGS, *VERBS.values(), *words(), *reports()):
        found.setdefault(text, "records and reports")
    return {text: place for text, place in found.items() if re.search("[A-Za-z]{2}", re.sub(r"{\w+}", "", text))}


def texts(tree: ast.AST) -> Iterator[str]:
    """Arguments of `_`, templates of problems."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = 0 if name == "_" else TEMPLATES.get(name, -1)
            if 0 <= place < len(node.args):
                yield from constants(node.args[place])
        elif isinstance(node, ast.Assign | ast.AugAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in TEXTS:
                yield from constants(node.value)


def constants(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be: a constant, either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def commands(path: Path, tree: ast.Module) -> Iterator[str]:
    """First lines of the help of commands: of their modules and functions."""
    if path.parent.name not in ("commands", "groups") or path.stem == "__init__":
        return
    yield (ast.get_docstring(tree) or "").partition("\n")[0]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(each) for each in node.decorator_list):
            yield ast.get_docstring(node) or ""


def words() -> Iterator[str]:
    """Kinds and their help, keys of records as headings and as flags, the help of fields."""
    catalog = make_catalog()
    for kind in catalog.kinds.values():
        yield from (kind.name, kind.name.replace("_", " "), kind.folder.replace("_", " "), kind.help)
        todo = [catalog.record(kind.name)]
        while todo:
            record = todo.pop()
            for info in schema_of(record).fields:
                yield info.name.replace("_", " ").capitalize()
                yield from (info.help,) if info.help else (info.name.replace("_", " "),)
                if info.record is not None:
                    yield str(info.record.__doc__)
                    todo.append(info.record)


def reports() -> Iterator[str]:
    """Titles, help and headings of reports."""
    for path in sorted(Path(OWN).glob("*/*.sql")):
        report = definition.read(path.read_text(), path.stem, path.name)
        yield from (report.title, report.help, *(each.help for each in report.params))
        yield from (column.name.replace("_", " ").capitalize() for column in report.columns)


def missing() -> list[str]:
    """Texts that the Chinese catalogue does not have."""
    from gettext import translation

    from bizcli.cli.language import CATALOGUES

    known = translation("bizcli", CATALOGUES, ["zh"], fallback=True)
    return [text for text in messages() if known.gettext(text) == text]


if __name__ == "__main__":
    sys.stdout.write("".join(f"{text!r}\n" for text in missing()))
