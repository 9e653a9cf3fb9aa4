"""One process of a validation: it does one training, or evaluates what lies on disk.

    python -m sample_engineering.trainers.child RUN --arm sample --seed 0
    python -m sample_engineering.trainers.child RUN --evaluate
    python -m sample_engineering.trainers.child RUN --arm sample --seed 0 --piece

Everything that it needs is in the run folder. What it does it tells on standard output, one JSON
object a line (see `events`); whatever else is printed goes to standard error. The status is 0 where
the work was done, 130 after Ctrl-C or SIGTERM (what was done is saved), and 1 where it failed.

With ``--evaluate`` it reads what to do from standard input, one JSON object a line with ``arm``,
``seed``, ``step`` (null for the last weights), ``reading`` and ``to`` (where the evaluation shall
lie), and ends when there is no more. With ``--piece`` it trains an arm and evaluates it, as a job
of a sweep. With ``--attached`` it ends as soon as standard input does, whatever it is doing: then
its parent is dead.
"""

import argparse
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from sample_engineering.errors import INTERRUPTED_STATUS, ConfigError, SampleEngineeringError
from sample_engineering.outside import keep_to_oneself
from sample_engineering.redaction import hide_in_tracebacks, traceback_of
from sample_engineering.runs import RunFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.events import (
    DONE,
    event_line,
    failure_line,
    line_of,
)
from sample_engineering.trainers.interrupts import StopRequest, TrainingInterrupted
from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
from sample_engineering.trainers.ranks import Ranks

_READ_BYTES = 1 << 16


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    hide_in_tracebacks()
    keep_to_oneself()
    given = _parser().parse_args(arguments)
    tell = _Told(_own_stdout())
    inbox = _Inbox(given.attached)
    stop = StopRequest()  # the parent says what that does
    try:
        with nullcontext() if given.piece else stop.listening():  # a piece listens for itself
            if given.track:
                _track(given)
            elif given.evaluate:
                _evaluate_all(given, inbox, stop, tell)
            elif given.piece:
                _piece(given, tell)
            else:
                _train(given, stop, tell)
    except (TrainingInterrupted, KeyboardInterrupt) as error:
        tell.line(failure_line(error))
        return INTERRUPTED_STATUS
    except Exception as error:
        if not isinstance(error, SampleEngineeringError):
            sys.stderr.write(traceback_of(error))
        tell.line(failure_line(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sample_engineering.trainers.child",
        description="One process of a validation; `se validate` starts it.",
    )
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--arm", help="name of the arm to train")
    parser.add_argument("--seed", type=int, default=0, help="training seed")
    parser.add_argument("--evaluate", action="store_true", help="evaluate what is asked for")
    parser.add_argument("--piece", action="store_true", help="train the arm and evaluate it")
    parser.add_argument("--track", action="store_true", help="tell the trackers what was found")
    parser.add_argument("--device", help="cpu, cuda or mps")
    parser.add_argument("--share", type=int, nargs=2, default=(0, 1), help="number, of how many")
    parser.add_argument("--attached", action="store_true", help="end with the parent")
    return parser


def _own_stdout() -> TextIO:
    """Return standard output for ourselves; what anybody else prints goes to standard error."""
    sys.stdout.flush()
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return ours


class _Told:
    """Tells the parent; a parent that is gone is told nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: ProgressEvent) -> None:
        self.line(event_line(event))

    def line(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            _end_at_once()


class _Inbox:
    """Lines of standard input, read beside the work, so that its end is noticed at once."""

    def __init__(self, attached: bool) -> None:
        self.busy = True
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._attached = attached
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        # Not through sys.stdin: a thread that waits in it would be in the way of a normal end.
        rest = b""
        while read := os.read(0, _READ_BYTES):
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                self._lines.put(line)
        if self._attached and self.busy:
            _end_at_once()
        self._lines.put(None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while True:
            self.busy = False
            line = self._lines.get()
            if line is None:
                return
            self.busy = True
            yield json.loads(line)


def _end_at_once() -> None:
    """End this process and those that it started, if it leads a group of its own."""
    if os.name == "posix" and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _train(given: argparse.Namespace, stop: StopRequest, tell: _Told) -> None:
    from sample_engineering.trainers.training import train

    plan = ValidationPlan.from_folder(given.run, given.device)
    train(plan, _arm(plan, given.arm, given.seed), stop, tell)
    Ranks.of_environment().part()
    tell.line(line_of(DONE))


def _piece(given: argparse.Namespace, tell: _Told) -> None:
    from sample_engineering.trainers.validation import run_piece

    plan = ValidationPlan.from_folder(given.run, given.device)
    # A small model on a CPU is trained and evaluated in this process, which saves starting another.
    inline = True if given.device == "cpu" else plan.inline
    run_piece(replace(plan, piece=(given.arm, given.seed), inline=inline), tell)
    tell.line(line_of(DONE))


def _track(given: argparse.Namespace) -> None:
    from sample_engineering.trainers.tracking import log_findings

    folder = RunFolder(given.run, writes=False)
    log_findings(folder, folder.read_config().options.report_to)


def _evaluate_all(given: argparse.Namespace, inbox: _Inbox, stop: StopRequest, tell: _Told) -> None:
    from sample_engineering.trainers.measuring import Evaluator

    plan = ValidationPlan.from_folder(given.run, given.device)
    with Evaluator(plan, given.device, tuple(given.share)) as evaluator:
        for asked in inbox:
            arm = _arm(plan, asked["arm"], asked["seed"])
            found = evaluator.piece(arm, asked["step"], asked["reading"], stop, tell)
            found.save(asked["to"])
            tell.line(line_of(DONE))


def _arm(plan: ValidationPlan, name: str, seed: int) -> Arm:
    for arm in plan.pieces:
        if (arm.name, arm.seed) == (name, seed):
            return arm
    raise ConfigError(f"the run has no arm {name!r} with seed {seed}; give one of config.json")


if __name__ == "__main__":
    sys.exit(main())
