"""Writes docs/cli.md: the help of every command, as `--help` prints it.

`python tests/docs/reference.py docs/cli.md` writes the file; a test compares it with what would be written.
"""

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Any

HEAD = """\
# All commands

Written from `--help` by `python tests/docs/reference.py docs/cli.md`; a test keeps it so.
"""


def reference() -> str:
    """The whole page."""
    os.environ |= {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "BIZCLI_LANG": "en"}
    from bizcli.cli.root import root

    parts = [HEAD]
    for words in [[], *paths(root(), [])]:
        parts.append(f"\n## bizcli {' '.join(words)}".rstrip() + f"\n\n```text\n{help_of(words)}```\n")
    return "".join(parts)


def paths(group: Any, words: list[str]) -> list[list[str]]:
    """Every command below a group, as the words that are typed."""
    found = []
    context = group.make_context("bizcli", [], resilient_parsing=True)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append([*words, name])
        if hasattr(command, "list_commands"):
            found += paths(command, [*words, name])
    return found


def help_of(words: list[str]) -> str:
    from bizcli.cli.main import run

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run([*words, "--help"])
    return "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines()) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
