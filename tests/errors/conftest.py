"""Nothing that a file holds makes a command hang."""

import signal
from collections.abc import Iterator

import pytest

PATIENCE = 20  # seconds


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """Fail a test that hangs."""

    def ring(signal: int, frame: object) -> None:
        raise AssertionError(f"hangs: more than {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
