"""How `stock reconcile` tells what it found."""

import sys
from typing import TYPE_CHECKING, Any

from bizcli.cli.answers import Said, Table
from bizcli.cli.language import _, message
from bizcli.cli.output import default_format
from bizcli.kernel.errors import Refused

if TYPE_CHECKING:
    from bizcli.book import Book


def told(book: "Book") -> Said:
    """Every difference; what each side comes to when they agree."""
    from bizcli.reports.stock import amount
    from bizcli.store.reconciliation import reconcile

    found, sides = reconcile(book.store)
    rows: list[dict[str, Any]] = [
        {
            "item": each.item, "warehouse": each.place, "account": each.account, "kind": each.kind,
            "source": each.source, "expected": each.expected, "found": each.found,
            "difference": each.found - each.expected if each.found is not None and each.expected is not None else None,
            "explanation": message(each.why),
        }
        for each in found
    ]  # fmt: skip
    format = default_format(sys.stdout.isatty())
    if rows:
        table = Table([{**row, "source": _(row["source"])} for row in rows], _("Differences")).render(format)
        return Said(table.rstrip("\n"), rows, Refused.exit_code)
    totals = [
        {
            "source": _(each.source), "shelves": each.shelves,
            "value": amount(each.value, book.rules.unit) if each.value is not None else None,
        }
        for each in sides
    ]  # fmt: skip
    return Said(Table(totals, _("all agree")).render(format).rstrip("\n"), rows)
