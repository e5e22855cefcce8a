"""What is not committed yet, in business words."""

from collections.abc import Iterable
from typing import Any

from bizcli.kernel.kinds import Catalog
from bizcli.store import git


def changes(root: str, catalog: Catalog) -> list[dict[str, Any]]:
    """What is not committed yet, in business words."""
    return counted(git.status(root), catalog)


def counted(states: Iterable[tuple[str, str]], catalog: Catalog) -> list[dict[str, Any]]:
    """Files in business words: kind, count, and whether new, changed or deleted."""
    counts: dict[tuple[str, str], int] = {}
    for state, path in states:
        kind = catalog.by_folder.get(path.partition("/")[0])
        if kind is not None and path.endswith(".yaml"):
            name = kind.name
        elif path == "book.yaml" or path.startswith("journal/manual/"):
            name = path
        else:
            continue
        counts[name, state] = counts.get((name, state), 0) + 1
    return [{"kind": kind, "change": state, "count": n} for (kind, state), n in sorted(counts.items())]


def spoken(change: dict[str, Any]) -> str:
    """A line of the commit message: `3 sales orders`, `1 item changed`."""
    kind = change["kind"].replace("_", " ")
    plural = (
        kind if change["count"] == 1 or kind == "staff" else kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
    )
    return f"{change['count']} {plural}" + ("" if change["change"] == "new" else f" {change['change']}")
