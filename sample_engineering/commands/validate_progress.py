"""What `se validate` shows while it runs: a bar in a terminal, now and then a line elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sample_engineering.commands import output, progress
from sample_engineering.text import visible

if TYPE_CHECKING:
    from sample_engineering.trainers.plan import ProgressEvent


_Key = tuple[str, str, int, int | None, str | None]


@contextmanager
def shown(here: bool = True) -> Iterator[Callable[["ProgressEvent"], None] | None]:
    """Yield the function that shows a `ProgressEvent`; None where another process does."""
    if not here or output.is_quiet():
        yield None
        return

    console = output.console(error=True)
    if console.is_terminal:
        with _bar(console) as show:
            yield show
    else:
        yield _lines(console)


@contextmanager
def _bar(console: Any) -> Iterator[Callable[["ProgressEvent"], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", style="dim"),
    )
    with Progress(*columns, console=console) as bar:
        tasks: dict[_Key, Any] = {}
        rates = _Rates()

        def show(event: "ProgressEvent") -> None:
            if event.stage == "notice":
                bar.console.print(visible(event.message), style="yellow")
                return
            key, told = _key(event), rates.told(event)
            if key not in tasks:
                tasks[key] = bar.add_task(_label(event), total=event.total, detail="")
            bar.update(tasks[key], completed=event.done, detail=told)

        yield show


def _lines(console: Any) -> Callable[["ProgressEvent"], None]:
    last = time.monotonic()
    rates = _Rates()

    def show(event: "ProgressEvent") -> None:
        nonlocal last
        if event.stage == "notice":
            console.print(visible(event.message))
            return
        told = rates.told(event)
        if event.done == event.total or time.monotonic() - last > progress.LINE_SECONDS:
            last = time.monotonic()
            line = f"{_label(event)}: {event.done} of {event.total}  {told}"
            console.print(line.rstrip(), soft_wrap=True)

    return show


class _Rates:
    """How fast each training and evaluation goes, and how long it will take."""

    def __init__(self) -> None:
        self._rates: dict[_Key, progress.Rate] = {}

    def told(self, event: "ProgressEvent") -> str:
        """Return what stands behind the count: rate, time left, and what a step showed."""
        rate = self._rates.setdefault(_key(event), progress.Rate(at_work=False))
        # The first event of a resumed training counts what was done before.
        rate.advance(event.done - rate.done, event.total)
        unit = "items" if event.stage == "evaluate" else "steps"
        return ", ".join(filter(None, (rate.told(unit), _detail(event))))


def _key(event: "ProgressEvent") -> _Key:
    return event.stage, event.arm, event.seed, event.snapshot, event.reading


def _label(event: "ProgressEvent") -> str:
    name = {"sample": "this sample", "before": "the base model"}.get(event.arm, event.arm)
    what = "train on" if event.stage == "train" and event.arm == "sample" else event.stage
    seed = f", seed {event.seed}" if event.seed else ""
    after = "" if event.snapshot is None else f" after step {event.snapshot}"
    how = "" if event.reading is None else f", {event.reading}"
    return f"{what} {name}{seed}{after}{how}"


def _detail(event: "ProgressEvent") -> str:
    if event.metrics is None:
        return ""
    line = event.metrics
    dead = f", {line.dead_cause}" if line.dead_cause else ""
    return (
        f"right {line.pass_rate:.0%}, readable {line.readable:.0%}, {line.length:.0f} tokens{dead}"
    )
