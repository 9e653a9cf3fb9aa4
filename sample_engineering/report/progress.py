"""A progress bar on standard error, only where somebody is watching."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """Counts what is done."""

    def __call__(self, number: int, total: int | None = None) -> None:
        """Count `number` further ones, of `total` where that was not known before."""


@contextmanager
def counted(total: int | None, label: str) -> Iterator[Advance]:
    """Show how many of `total` are done; yields the function that counts further ones."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=total)

        def advance(number: int, total: int | None = None) -> None:
            bar.update(task, advance=number, total=total)

        yield advance
