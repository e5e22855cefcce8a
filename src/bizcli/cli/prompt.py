"""A question at the terminal, with completion. It stands on stderr: stdout is for answers of commands."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bizcli.cli.complete import Offer
from bizcli.cli.output import visible

Offers = Callable[[str], Iterable[Offer]]


def at_terminal() -> bool:
    """Whether a person sits there who can be asked: none of the three goes to a file or a pipe."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def ask(label: str, help: str = "", offers: Offers | None = None) -> str:
    """What is typed, without the space around it. Raises `KeyboardInterrupt` for Ctrl-C, `EOFError` for Ctrl-D."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import DummyHistory
    from prompt_toolkit.output import create_output

    session: PromptSession[str] = PromptSession(
        visible(label),
        completer=completer(offers) if offers is not None else None,
        complete_in_thread=False,
        history=DummyHistory(),
        bottom_toolbar=visible(help) if help else None,
        output=create_output(stdout=sys.stderr),
        style=plain_toolbar(),
    )
    return session.prompt().strip()


def completer(offers: Offers) -> Any:
    """What prompt_toolkit asks while a word is typed."""
    from prompt_toolkit.completion import Completer, Completion

    class Words(Completer):
        def get_completions(self, document: Any, event: Any) -> Iterator[Completion]:
            typed = document.text_before_cursor.lstrip()
            for word, help, _more in offers(typed):
                if word.isprintable():
                    yield Completion(word, -len(typed), display=word, display_meta=visible(help))

    return Words()


def plain_toolbar() -> Any:
    """The help below a question, dim instead of inverse."""
    from prompt_toolkit.styles import Style

    return Style.from_dict({"bottom-toolbar": "noreverse fg:ansibrightblack"})
