"""Runs the console sessions of a Markdown file and says what they print.

`python tests/docs/session.py README.md` writes what the commands print now into the file; read the diff.
A session is a fenced block `console`; a line that begins with `$ ` is typed, with those below it that begin with `> `;
the rest is what is printed. All sessions of a file are one shell, in an empty folder.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
COMMAND = re.compile(r"^\$ .*\n(?:> .*\n)*", re.MULTILINE)
MARK = "@@end of command@@"
COMMITTED = "2026-11-06T18:00:00Z"


def transcript(text: str) -> str:
    """The text with what its commands print now."""
    blocks = [COMMAND.findall(match.group(1)) for match in BLOCK.finditer(text)]
    printed = iter(run([re.sub("^(?:\\$|>) ", "", each, flags=re.MULTILINE) for block in blocks for each in block]))
    filled = iter(["".join(f"{command}{next(printed)}" for command in block) for block in blocks])
    return BLOCK.sub(lambda _: f"```console\n{next(filled)}```\n", text)


def run(commands: list[str]) -> list[str]:
    """What each command prints, in one shell in an empty folder."""
    script = "".join(f"{command.rstrip()}\necho '{MARK}'\n" for command in commands)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BIZCLI_", "GIT_"))}
    environment |= {"PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:
        environment |= {"HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        environment |= {"GIT_AUTHOR_DATE": COMMITTED, "GIT_COMMITTER_DATE": COMMITTED}
        done = subprocess.run(
            ["bash", "-c", "exec 2>&1\n" + script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    return done.stdout.split(f"{MARK}\n")[: len(commands)]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(transcript(path.read_text(encoding="utf-8")), encoding="utf-8")
