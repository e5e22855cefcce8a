"""Lines of what is to be bought, before anyone has said a price."""

from collections.abc import Iterable
from typing import TypeVar

from bizcli.domains.tax.lines import ItemLine, in_units
from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.view import View

W = TypeVar("W", bound=ItemLine)


def to_be_bought(lines: Iterable[W], view: View) -> tuple[W, ...]:
    """Lines of items that can be bought, their units resolved. Raises `Refused`."""
    lines = tuple(lines)
    found = []
    for n, line in enumerate(lines):
        if line.item is None:
            found.append(Problem("missing-key", "{key} is missing", {"key": "item"}, f"lines[{n}].item"))
        elif view.rules.item(line.item).type == "kit":
            template = "{item} is a kit: it is bought by its components"
            found.append(Problem("no-stock", template, {"item": line.item}, f"lines[{n}].item"))
    if found:
        raise Refused(found)
    measured, found = in_units(lines, view)
    if found:
        raise Refused(found)
    return tuple(measured)
