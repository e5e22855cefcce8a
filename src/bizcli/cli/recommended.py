"""Recommendations in words: why an item is offered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bizcli.cli.language import _

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.crm.recommendation import Offer, Reason


def offered(book: "Book", offers: Sequence["Offer"]) -> list[dict[str, Any]]:
    """A row for each item that is recommended, with the reason in words and in figures."""
    rows = []
    for offer in offers:
        item: Any = book.index.master("item", offer.item)
        reason = offer.reason
        rows.append({
            "item": offer.item, "name": item.name if item else None, "price": item.sale_price if item else None,
            "reason": because(reason), "because": reason.kind, "with_item": reason.other, "baskets": reason.times,
            "of_baskets": None if reason.kind == "repeats" else reason.of, "every_days": reason.every,
            "days_since": reason.of if reason.kind == "repeats" else None,
        })  # fmt: skip
    return rows


FOR_SCRIPTS = ("because", "with_item", "baskets", "of_baskets", "every_days", "days_since")


def because(reason: "Reason") -> str:
    """A reason as a sales person says it to a customer."""
    kind, times, of, other, every = reason
    if kind == "goes_with":
        return _("bought with {item} in {times} of {of} baskets").format(item=other, times=times, of=of)
    if kind == "popular":
        return _("in {times} of all {of} baskets").format(times=times, of=of)
    if every is not None:
        return _("bought every {every} days, last {ago}").format(every=every, ago=ago(of))
    if times == 1:
        return _("bought once, {ago}").format(ago=ago(of))
    return _("bought {times} times, last {ago}").format(times=times, ago=ago(of))


def ago(days: int) -> str:
    """How long it is since a day.

    >>> ago(0), ago(1), ago(41)
    ('today', 'yesterday', '41 days ago')
    """
    if days < 2:
        return _("yesterday") if days else _("today")
    return _("{days} days ago").format(days=days)
