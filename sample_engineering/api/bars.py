"""What a function shows in a notebook while it works: a bar, which goes when it is done.

Jupyter is asked through IPython's display handles, marimo through its own output; elsewhere, and
where the caller gives `progress`, nothing is shown.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sample_engineering import notebook

# What is counted by the functions that count further ones and know of how many.
_COUNTED = {
    "probe": "rollouts",
    "rank": "candidates and rollouts",
    "evaluate": "items",
    "leaderboard": "runs",
}
_WITH_EVENTS = ("validate", "search", "run_piece")  # these say what they are at, as a ProgressEvent
_AFTER = 0.5  # seconds; what is done sooner needs no bar
_BETWEEN = 0.2  # seconds between two looks at the bar
_busy: ContextVar[bool] = ContextVar("busy", default=False)

Write = Callable[[str], None]


def counts(name: str) -> bool:
    """Whether the function of this name shows a bar in a notebook."""
    return name in _COUNTED or name in _WITH_EVENTS


@contextmanager
def shown(name: str) -> Iterator[Callable[..., None] | None]:
    """Yield what takes the progress of a function; None where nobody watches."""
    write = None if _busy.get() else _writer()
    if write is None:
        yield None
        return
    bar = _Bar(write, _COUNTED.get(name, "steps"))
    token = _busy.set(True)
    try:
        yield bar.event if name in _WITH_EVENTS else bar.advance
    finally:
        _busy.reset(token)
        bar.end()


class _Bar:
    """One bar, of the job that is at hand."""

    def __init__(self, write: Write, unit: str) -> None:
        self._write, self._unit = write, unit
        self._job: object = None
        self._label = ""
        self._done = self._total = 0
        self._begun = self._last = time.monotonic()
        self._started = self._begun
        self._is_shown = False

    def advance(self, number: int, total: int | None = None) -> None:
        """Count `number` further ones."""
        self._done += number
        self._total = total or self._total
        self._show()

    def event(self, event: Any) -> None:
        """Show an event of a training or an evaluation."""
        if event.stage == "notice":
            return
        job = (event.stage, event.arm, event.seed, event.snapshot, event.reading)
        if job != self._job:
            self._job, self._begun = job, time.monotonic()
        who = {"sample": "this sample", "before": "the base model"}.get(event.arm, event.arm)
        what = "train on" if event.stage == "train" and event.arm == "sample" else event.stage
        seed = f", seed {event.seed}" if event.seed else ""
        self._label = f"{what} {who}{seed}{f', {event.reading}' if event.reading else ''}"
        self._unit = "steps" if event.stage == "train" else "items"
        if event.stage == "sweep":
            self._label, self._unit = "sweep", "trainings"
        self._done, self._total = event.done, event.total
        self._show()

    def end(self) -> None:
        """Take the bar away."""
        if self._is_shown:
            self._write("")

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._started < _AFTER or now - self._last < _BETWEEN:
            return
        self._last, self._is_shown = now, True
        left = ""
        if 0 < self._done < self._total:
            seconds = (now - self._begun) * (self._total - self._done) / self._done
            left = f", about {seconds / 60:.0f} min left" if seconds > 90 else ""
            left = left or f", about {seconds:.0f} s left"
        self._write(notebook.progress(self._label, self._done, self._total, f"{self._unit}{left}"))


def _writer() -> Write | None:
    """Return what puts HTML in the place of a bar; None outside of a notebook."""
    if (marimo := sys.modules.get("marimo")) is not None and marimo.running_in_notebook():
        return lambda html: marimo.output.replace(marimo.Html(html))
    if "ipykernel" not in sys.modules or (ipython := sys.modules.get("IPython")) is None:
        return None
    if not hasattr(ipython.get_ipython(), "kernel"):
        return None
    return _in_jupyter()


def _in_jupyter() -> Write:
    from IPython.display import HTML, display

    handles: list[Any] = []

    def write(html: str) -> None:
        if handles:
            handles[0].update(HTML(html))
        elif html:
            handles.append(display(HTML(html), display_id=True))

    return write
