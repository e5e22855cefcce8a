"""Entries written by hand: `journal/manual/*.bean`.

They are read through Beancount, in a process of its own, when one of them changes, and kept in the
index. They may not hold directives that run or include anything, nor touch inventory, receivables or
payables, which have documents.
"""

import os

from bizcli.kernel.errors import Problem
from bizcli.kernel.rules import Rules
from bizcli.store.files import key_of
from bizcli.store.index import Index
from bizcli.store.journal import manual_files


class Manual:
    """What the hand-written files of a book hold."""

    def __init__(
        self, signature: str, rows: list[tuple[str, int, str, str, int]], problems: dict[str, list[Problem]]
    ) -> None:
        self.signature, self.rows, self.problems = signature, rows, problems

    def store(self, index: Index) -> None:
        """Put it in the index, inside its transaction."""
        index.connection.execute("DELETE FROM manual")
        index.connection.executemany("INSERT INTO manual VALUES (?, ?, ?, ?, ?)", self.rows)
        index.connection.execute("DELETE FROM broken WHERE path >= 'journal/manual/' AND path < 'journal/manual0'")
        for path, problems in self.problems.items():
            index.put_broken(path, problems)
        index.set_meta("manual", self.signature)
        index.set_meta("frame", "")


def signature_of(root: str) -> str:
    parts = []
    for name in manual_files(root):
        path = os.path.join(root, "journal", name)
        if os.path.isfile(path):
            parts.append(f"{name} {key_of(os.stat(path, follow_symlinks=False))}")
    return "\n".join(parts)


def manual_changed(root: str, index: Index) -> bool:
    """Whether hand-written files are not as the index knows them."""
    return signature_of(root) != (index.meta("manual") or "")


def read_manual(root: str, index: Index, rules: Rules) -> Manual | None:
    """The hand-written entries, when they changed since the index was told."""
    if not manual_changed(root, index):
        return None
    signature = signature_of(root)
    from bizcli.store.beancount import read_entries

    rows, problems = read_entries(root, manual_files(root), rules)
    return Manual(signature, rows, problems)
