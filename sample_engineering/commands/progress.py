"""What a command shows while it works: how much is done, how fast, how long it will take.

A bar where somebody watches; elsewhere, in a log, a plain line now and then. Both on standard
error.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from sample_engineering.commands import output

LINE_SECONDS = 30.0  # between lines where there is no terminal
_WINDOW = 300.0  # seconds over which the rate is taken
_BURST = 0.5  # what is counted within so many seconds was finished together


class Advance(Protocol):
    """Counts what is done."""

    def __call__(self, number: int, total: int | None = None) -> None:
        """Count `number` further ones, of `total` where that is known."""


class Rate:
    """How fast things are done, and how long the rest will take.

    What was counted first is left out once more follows: a job that resumes counts at once what
    an earlier one did.

    Parameters
    ----------
    clock : callable
        Seconds, as of `time.monotonic`.
    at_work : bool
        Whether the work begins now. If not, a model is loaded first, or part of it was done by an
        earlier job: then the first count is the start, and no rate is told before the second.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, at_work: bool = True
    ) -> None:
        self._clock = clock
        self._at_work = at_work
        self.started = clock()
        self.done = 0
        self.total: int | None = None
        self._bursts: deque[tuple[float, int]] = deque()  # when, and how many were done after it

    def advance(self, number: int, total: int | None = None) -> None:
        """Count `number` further ones, of `total`."""
        now = self._clock()
        self.done += number
        self.total = self.total if total is None else total
        if number and self._bursts and now - self._bursts[-1][0] < _BURST:
            self._bursts[-1] = (self._bursts[-1][0], self.done)
        elif number:
            self._bursts.append((now, self.done))
        while len(self._bursts) > 2 and now - self._bursts[0][0] > _WINDOW:
            self._bursts.popleft()

    @property
    def a_second(self) -> float | None:
        """How many are done a second; None where nothing is known."""
        if len(self._bursts) < (1 if self._at_work else 2):
            return None
        first = self._bursts[0] if len(self._bursts) > 1 else (self.started, 0)
        seconds = self._bursts[-1][0] - first[0]
        return (self._bursts[-1][1] - first[1]) / seconds if seconds > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take; None where nothing is known."""
        rate = self.a_second
        if not rate or self.total is None:
            return None
        since = self._clock() - self._bursts[-1][0]
        return max(0.0, (self.total - self.done) / rate - since)

    def told(self, unit: str) -> str:
        """Return rate and time left in words, e.g. ``4.1 items/s, about 2 min left``."""
        rate, left = self.a_second, self.left
        parts = [] if rate is None else [_rate(rate, unit)]
        if left is not None and self.total is not None and self.done < self.total:
            parts.append(f"about {duration(left)} left")
        return ", ".join(parts)

    def line(self, label: str, unit: str) -> str:
        """Return the whole line for a log."""
        of = "" if self.total is None else f" of {self.total:,}"
        return ", ".join(filter(None, (f"{label}: {self.done:,}{of} {unit}", self.told(unit))))


@contextmanager
def counted(label: str, unit: str, total: int | None = None) -> Iterator[Advance]:
    """Show what is done of something; yields the function that counts further ones.

    Parameters
    ----------
    label : str
        What is going on, e.g. ``evaluating``.
    unit : str
        What is counted, e.g. ``items``.
    total : int, optional
        Of all, where it is known from the beginning.
    """
    rate = Rate()
    rate.total = total
    if output.is_quiet():
        yield rate.advance
        return
    console = output.console(error=True)
    shown = _bar(console, rate, label, unit) if console.is_terminal else _lines(rate, label, unit)
    with shown as advance:
        yield advance


@contextmanager
def when_begun(label: str, unit: str) -> Iterator[Advance]:
    """Show what is done, as `counted`, from when something is: most jobs are too short for it."""
    with ExitStack() as stack:
        begun: list[Advance] = []

        def advance(number: int, total: int | None = None) -> None:
            if not begun:
                begun.append(stack.enter_context(counted(label, unit, total)))
            begun[0](number, total)

        yield advance


@contextmanager
def _bar(console: Any, rate: Rate, label: str, unit: str) -> Iterator[Advance]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
    )
    from rich.text import Text

    class Told(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(rate.told(unit), style="dim")  # anew at each look: the time left shrinks

    columns = (TextColumn(label, markup=False), BarColumn(bar_width=16), MofNCompleteColumn())
    with Progress(*columns, Told(), console=console, transient=True) as bar:
        task = bar.add_task(label, total=rate.total)

        def advance(number: int, total: int | None = None) -> None:
            rate.advance(number, total)
            bar.update(task, completed=rate.done, total=rate.total)

        yield advance


@contextmanager
def _lines(rate: Rate, label: str, unit: str) -> Iterator[Advance]:
    ended = threading.Event()

    def write() -> None:
        output.tell(rate.line(label, unit))

    def often(seconds: float) -> None:
        while not ended.wait(seconds):
            write()

    # A thread, since a batch may take longer than the time between two lines.
    writer = threading.Thread(target=often, args=(LINE_SECONDS,), daemon=True)
    writer.start()
    try:
        yield rate.advance
    finally:
        ended.set()
        writer.join()
    if time.monotonic() - rate.started >= LINE_SECONDS:  # a short job needs no account
        write()


def _rate(a_second: float, unit: str) -> str:
    if a_second >= 1:
        return f"{a_second:,.{0 if a_second >= 10 else 1}f} {unit}/s"
    if a_second * 60 >= 1:
        return f"{a_second * 60:.{0 if a_second * 60 >= 10 else 1}f} {unit}/min"
    return f"{a_second * 3600:.{0 if a_second * 3600 >= 10 else 1}f} {unit}/h"


def duration(seconds: float) -> str:
    """Return a duration in words, of two units at most, e.g. ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")
