"""How far a long command is, for a person who watches; nothing anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bizcli.cli.session import on_screen


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr that is gone at the end; None where nobody watches."""
    if not on_screen():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.update(task, completed=count)
