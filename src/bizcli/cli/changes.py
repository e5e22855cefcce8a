"""What came into a book, in the words of the business."""

from typing import Any

from bizcli.cli import language
from bizcli.cli.language import _


def in_words(change: dict[str, Any]) -> str:
    """`3 sales orders`, `1 item changed`; in Chinese the kind comes first, and has no plural."""
    from bizcli.book.commits import spoken

    if language.spoken() == "en":
        return spoken(change)
    state = "" if change["change"] == "new" else f" {_(change['change'])}"
    return f"{_(change['kind'])} {change['count']}{state}"
