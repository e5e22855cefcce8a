"""What is longer than the screen goes through the person's pager, and nothing else does."""

import os
import pty
import struct
import sys
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest

LINES = 12


def on_terminal(folder, *words, **environment):
    """What a command shows on a terminal of a few lines, and its exit code."""
    pid, descriptor = pty.fork()
    if pid == 0:
        ioctl(1, TIOCSWINSZ, struct.pack("HHHH", LINES, 80, 0, 0))
        for name in ("PAGER", "BIZCLI_PAGER", "LESS", "NO_COLOR"):
            os.environ.pop(name, None)
        os.environ |= {
            "TERM": "xterm",
            "BIZCLI_LANG": "en",
            "BIZCLI_TODAY": "2026-11-20",
            "NO_COLOR": "1",
            **environment,
        }
        os.execv(sys.executable, [sys.executable, "-m", "bizcli", "-C", str(folder), *words])
    shown = b""
    try:
        while part := os.read(descriptor, 65536):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode().replace("\r\n", "\n")


@pytest.fixture
def pager(tmp_path):
    """A pager that says that it was there."""
    script = tmp_path / "a pager"
    script.write_text('#!/bin/sh\necho "paged $1"\ncat\n')
    script.chmod(0o755)
    return f"'{script}' 'two words'"


def test_a_long_answer_is_paged(told, pager):
    code, shown = on_terminal(told, "show", "SI-2611-0001", BIZCLI_PAGER=pager, PAGER="false")
    assert code == 0 and shown.startswith("paged two words\n") and "223.74" in shown
    assert on_terminal(told, "show", "SI-2611-0001", PAGER=pager)[1] == shown


@pytest.mark.parametrize(
    "words",
    [
        ["customer", "list"], ["show", "SI-2611-0001", "--json"], ["show", "SI-2611-0001", "--format", "csv"],
        ["show", "SI-2611-0001", "--output", "x.txt"], ["stock", "on-hand", "--format", "html"],
    ],
)  # fmt: skip
def test_what_is_short_or_for_scripts_is_not(told, pager, words):
    code, shown = on_terminal(told, *words, BIZCLI_PAGER=pager)
    assert code == 0 and "paged" not in shown


@pytest.mark.parametrize("environment", [{"BIZCLI_PAGER": ""}, {"TERM": "dumb"}])
def test_nobody_wants_a_pager(told, pager, environment):
    code, shown = on_terminal(told, "show", "SI-2611-0001", **{"PAGER": pager, **environment})
    assert code == 0 and "paged" not in shown and "223.74" in shown


@pytest.mark.parametrize("pager", ["/nowhere/less", "false", "sh -c 'exit 3'", "an 'open quote"])
def test_a_pager_that_fails_is_no_error(told, pager):
    code, shown = on_terminal(told, "show", "SI-2611-0001", BIZCLI_PAGER=pager)
    assert code == 0 and "Traceback" not in shown and "223.74" in shown


def test_a_pager_may_be_left_early(told):
    code, shown = on_terminal(told, "show", "SI-2611-0001", BIZCLI_PAGER="head -n 2")
    assert code == 0 and len(shown.splitlines()) == 2


def test_no_shell_reads_the_pager_or_the_book(told, tmp_path):
    there = tmp_path / "there"
    assert on_terminal(told, "show", "SI-2611-0001", BIZCLI_PAGER=f"cat ; touch {there}")[0] == 0
    assert on_terminal(told, "show", "SI-2611-0001", BIZCLI_PAGER=f"cat $(touch {there})")[0] == 0
    assert not Path(there).exists()


def test_a_pipe_is_never_paged(ask, pager):
    assert "paged" not in ask("show SI-2611-0001", BIZCLI_PAGER=pager, TERM="xterm").out
