"""Answers that are longer than the screen go through a pager, as git's do.

The pager is the person's own program: it is started without a shell, and gets the answer on its standard input.
"""

import os
import sys

LESS = "FRSX"  # end where one screen is enough, colours, no wrapping, leave the text on the screen


def show(text: str) -> None:
    """Print a text, through the pager where it is longer than the screen."""
    from bizcli.cli.output import print_out

    if not (is_long(text) and paged(text)):
        print_out(text)


def is_long(text: str) -> bool:
    """Whether there is a screen, and the text is longer."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        height = os.get_terminal_size(sys.stdout.fileno()).lines
    except (OSError, ValueError):
        return False
    return 0 < height <= text.count("\n")


def wanted() -> list[str]:
    """The words of the pager: BIZCLI_PAGER, PAGER, or less; none where BIZCLI_PAGER is empty."""
    import shlex

    for name in ("BIZCLI_PAGER", "PAGER"):
        if (said := os.environ.get(name)) is not None and (said.strip() or name == "BIZCLI_PAGER"):
            try:
                return shlex.split(said)
            except ValueError:  # a quote that does not end: what cannot be started is not used
                return []
    return ["less"]


def paged(text: str) -> bool:
    """Whether a pager showed the text. One that is not there, or fails, did not; one that was left early did."""
    import signal
    import subprocess

    words = wanted()
    if not words:
        return False
    environment = {"LESS": LESS, "LESSCHARSET": "utf-8", **os.environ}
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)
    except (OSError, ValueError):
        return False
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's; it would be left behind
    try:
        pager.communicate(text.encode(errors="backslashreplace"))  # which takes a closed pipe as an answer
    finally:
        signal.signal(signal.SIGINT, handler)
    return pager.returncode <= 0
