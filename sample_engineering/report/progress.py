"""A progress bar on standard error, only where somebody is watching."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counted(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Show how many of `total` are done; yields the function that counts further ones."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total)
        yield lambda number: bar.advance(task, number)
