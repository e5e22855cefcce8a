"""`purchase suggest`: what to buy and to bring, and why, in words; recorded when that is wanted."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bizcli.cli.answers import Said, Table
from bizcli.cli.errors import tell
from bizcli.cli.figures import count
from bizcli.cli.forms import looked_at
from bizcli.cli.language import _
from bizcli.cli.new import Tree
from bizcli.cli.output import visible
from bizcli.kernel.errors import Misused
from bizcli.kernel.fields import NumberField
from bizcli.kernel.money import micro

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.book.goods.replenishing import Suggestion
    from bizcli.domains.planning.replenishment import Levels

SAID = (
    "supplier", "unit", "available", "incoming", "drafted", "reorder_point", "max", "lot", "per_day", "lead_time", "spare",
    "minimum", "multiple",
)  # fmt: skip
"""Columns that others or `why` say in words; for scripts."""


def answer(book: "Book", create: bool, day: date | None, dry_run: bool, **limits: Any) -> Said | Table:
    """The suggestions, or what is recorded of them."""
    from bizcli.book.goods.replenishing import drafts, rows, suggestions

    if not create:
        found = [{**row, "why": why(row)} for row in rows(book, suggestions(book, **limits))]
        if not found and drafts(book):
            tell(_("nothing is to be ordered; drafts of purchase orders count as coming"))
        return Table(found, for_scripts=SAID)
    from bizcli.cli.recording import proposed

    done = proposed(book, documents(book, limits), day, dry_run)
    if not done.rows:
        tell(_("nothing is to be ordered; drafts of purchase orders count as coming"))
    elif not dry_run and any(row["kind"] == "purchase_order" for row in done.rows):
        tell(_("drafts count as coming: confirm them with `bizcli purchase confirm`, or cancel them"))
    return done


def levels(policy: str, point: str | None, most: str | None, lot: str | None) -> "Levels | None":
    """The levels that are to be tried; None where none are said. Raises `Misused` where they do not go together."""
    from bizcli.domains.planning.replenishment import Levels

    if point is most is lot is None:
        return None
    size, other, flag = (most, lot, "--max") if policy == "minmax" else (lot, most, "--lot")
    if point is None or size is None or other is not None:
        raise Misused.of("wrong-usage", "{policy} takes --point and {flag}", policy=policy, flag=flag)
    start, amount = (micro(Decimal(looked_at(NumberField(), text))) for text in (point, size))
    if policy == "minmax" and amount <= start:
        raise Misused.of("wrong-usage", "--max {max} is not above --point {point}", max=size, point=point)
    if not amount:
        raise Misused.of("wrong-usage", "--lot must be above 0")
    return Levels(start, most=amount) if policy == "minmax" else Levels(start, lot=amount)


def documents(book: "Book", limits: dict[str, Any]) -> Iterator[Tree]:
    """The documents that make suggestions so. They are worked out under the lock."""
    from bizcli.book.goods.replenishing import documents as proposed
    from bizcli.book.goods.replenishing import suggestions

    trees, left_out = proposed(suggestions(book, **limits))
    for each in left_out:
        tell(visible(lacks(each)))
    yield from trees


def lacks(each: "Suggestion") -> str:
    """Why an item cannot be ordered from anybody."""
    key = "supplier" if each.terms.supplier is None else "purchase_price"
    return _("{item} is left out: set its {key}, `bizcli edit {item} --set {key}=…`").format(
        item=each.item.code, key=key
    )


def why(row: Tree) -> str:
    """Why so much is proposed: what is available and coming against the point; what it is filled up to."""
    parts = [
        _("available {n}").format(n=count(row["available"]))
        + " + "
        + _("incoming {n}").format(n=count(row["incoming"]))
    ]
    if row["drafted"]:
        parts[0] += " + " + _("drafts {n}").format(n=count(row["drafted"]))
    if row["reorder_point"] is None:
        parts[0] += " < 0"
    else:
        parts[0] += " ≤ " + _("point {n}").format(n=count(row["reorder_point"]))
    if row["max"] is not None:
        parts.append(_("max {n}").format(n=count(row["max"])))
    elif row["lot"] is not None:
        parts.append(_("ordered by {n}").format(n=count(row["lot"])))
    elif row["reorder_point"] is not None and row["lead_time"] and row["per_day"]:
        text = _("{n} a day for {days} days until it is here")
        parts.append(text.format(n=count(row["per_day"]), days=row["lead_time"]))
    if row["minimum"] is not None:
        parts.append(_("at least {n}").format(n=count(row["minimum"])))
    if row["multiple"] is not None:
        parts.append(_("packed by {n}").format(n=count(row["multiple"])))
    if row["spare"] is not None:
        parts.append(_("{place} can spare {n}").format(place=row["from"], n=count(row["spare"])))
    if row["action"] == "buy" and row["supplier"] is None:
        parts.append(_("no supplier is known"))
    return "; ".join(parts)
