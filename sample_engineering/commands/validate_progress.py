"""What `se validate` shows while it runs: live lines in a terminal, now and then one elsewhere.

In a terminal each piece that is at work has a line, and the last one is that of the whole run; a
piece that is done leaves a line of text above. All fits 80 columns.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sample_engineering.commands import output, progress
from sample_engineering.commands.whole_job import WholeJob

if TYPE_CHECKING:
    from sample_engineering.trainers.plan import ProgressEvent


_Key = tuple[str, str, int, int | None, str | None]
_Clock = Callable[[], float]
_Show = Callable[["ProgressEvent"], None]
_LABEL, _BAR = 30, 8  # columns


@contextmanager
def shown(here: bool = True, job: WholeJob | None = None) -> Iterator[_Show | None]:
    """Yield the function that shows a `ProgressEvent`; None where another process does.

    Parameters
    ----------
    here : bool
        Whether this process shows it.
    job : WholeJob, optional
        All of the work, to say how long it takes; see `whole_work`.
    """
    if not here or output.is_quiet():
        yield None
        return
    console = output.console(error=True)
    if console.is_terminal:
        with bar(console, job) as show:
            yield show
    else:
        yield lines(job)


@contextmanager
def bar(console: Any, job: WholeJob | None, clock: _Clock = time.monotonic) -> Iterator[_Show]:
    """Yield what shows events as lines that change, on a console of rich."""
    from rich.progress import BarColumn, Progress, TaskID, TextColumn
    from rich.table import Column

    columns = (
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(max_width=_LABEL, no_wrap=True, overflow="ellipsis"),
        ),
        BarColumn(bar_width=_BAR),
        TextColumn("{task.fields[count]}", justify="right"),
        TextColumn(
            "{task.fields[detail]}",
            style="dim",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis"),
        ),
    )
    with Progress(*columns, console=console, transient=True) as shown:
        tasks: dict[_Key, TaskID] = {}
        pieces = _Pieces(job, clock)
        whole = None
        if job is not None:
            whole = shown.add_task(job.name, total=1.0, count="0 %", detail="starting")

        def show(event: "ProgressEvent") -> None:
            if event.stage == "notice":
                console.print(event.message, style="yellow", soft_wrap=True)
                return
            if event.message:
                console.print(event.message, style="dim", soft_wrap=True)
            key, told = _key(event), pieces.told(event)
            if key not in tasks:
                tasks[key] = shown.add_task(_label(event), total=event.total, count="", detail="")
            count = f"{event.done:,}/{event.total:,}"
            shown.update(
                tasks[key], completed=event.done, total=event.total, count=count, detail=told
            )
            if event.done == event.total and event.stage != "sweep":
                shown.remove_task(tasks.pop(key))
                console.print(pieces.last_line(event), style="dim", soft_wrap=True)
            if job is not None and whole is not None:
                share = job.share
                shown.update(
                    whole, completed=share, count=f"{100 * share:.0f} %", detail=pieces.whole()
                )

        yield show


def lines(job: WholeJob | None, clock: _Clock = time.monotonic) -> _Show:
    """Return what writes events as plain lines: the last of a piece, and one now and then."""
    last = clock()
    pieces = _Pieces(job, clock)

    def show(event: "ProgressEvent") -> None:
        nonlocal last
        if event.stage == "notice":
            output.tell(event.message)
            return
        told = pieces.told(event)
        if event.stage == "sweep":
            count = f"{event.done:,} of {event.total:,} trainings"
            output.tell(f"{event.message} ({', '.join(filter(None, (count, told)))})")
            return
        if event.done == event.total:
            output.tell(pieces.last_line(event))
        elif clock() - last > progress.LINE_SECONDS:
            last = clock()
            whole = f"; {job.name}: {pieces.whole()}" if job is not None else ""
            line = f"{_label(event)}: {event.done:,} of {event.total:,}  {told}".rstrip()
            output.tell(line + whole)

    return show


class _Pieces:
    """How fast each training and evaluation goes, and how long it and all of them will take."""

    def __init__(self, job: WholeJob | None, clock: _Clock) -> None:
        self._job, self._clock = job, clock
        self._rates: dict[_Key, progress.Rate] = {}
        self._began = clock()

    def told(self, event: "ProgressEvent") -> str:
        """Return what stands behind the count: what a step showed, and time left."""
        key = _key(event)
        rate = self._rates.get(key)
        if rate is None or event.done < rate.done:  # a search trains again under the same name
            rate = self._rates[key] = progress.Rate(self._clock, at_work=False)
        # The first event of a resumed training counts what was done before.
        rate.advance(event.done - rate.done, event.total)
        if self._job is not None:
            self._job.count(key, event.reading or event.stage, event.done)
        left = rate.left
        time_left = "" if left is None else f"{progress.duration(left)} left"
        return ", ".join(filter(None, (_detail(event, rate.a_second), time_left)))

    def last_line(self, event: "ProgressEvent") -> str:
        """Return what is said of a piece that is done."""
        rate = self._rates[_key(event)]
        seconds = progress.duration(self._clock() - rate.started)
        detail = _detail(event, rate.a_second)
        unit = "steps" if event.stage == "train" else "items"
        said = f"{_label(event)}: {event.done:,} {unit} in {seconds}"
        return f"{said}; last step: {detail}" if detail else said

    def whole(self) -> str:
        """Return how long the whole run has taken, and how long it will."""
        if self._job is None:
            return ""
        told = progress.duration(self._clock() - self._began)
        left = self._job.left
        return told if left is None else f"{told}, about {progress.duration(left)} left"


def _key(event: "ProgressEvent") -> _Key:
    return event.stage, event.arm, event.seed, event.snapshot, event.reading


def _label(event: "ProgressEvent") -> str:
    if event.stage == "sweep":
        return "trainings"
    name = {"sample": "this sample", "before": "the base model"}.get(event.arm, event.arm)
    what = "train on" if event.stage == "train" and event.arm == "sample" else event.stage
    seed = f", seed {event.seed}" if event.seed else ""
    after = "" if event.snapshot is None else f" after step {event.snapshot}"
    how = "" if event.reading is None else f", {event.reading}"
    return f"{what} {name}{seed}{after}{how}"


def _detail(event: "ProgressEvent", steps_a_second: float | None) -> str:
    """Return what the last step of a training showed, and how many tokens a second it makes."""
    if event.metrics is None:
        return ""
    step = event.metrics
    told = [f"right {step.pass_rate:.0%}", f"live {step.informative_groups}/{step.groups}"]
    if steps_a_second is not None:
        told.append(f"{step.length * step.rollouts * steps_a_second:,.0f} tok/s")
    if step.dead_cause:
        told.append(step.dead_cause)
    return ", ".join(told)
