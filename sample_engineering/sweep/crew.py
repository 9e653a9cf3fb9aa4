"""Who does the pieces of a sweep: one after the other on each place that it has."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from sample_engineering.sweep.plan import Piece
from sample_engineering.trainers.events import FAILED
from sample_engineering.trainers.processes import TERMINAL, Child

_BEAT = 0.5  # seconds between looks at a child and at a stop
_PATIENCE = 60.0  # seconds that a training has to save once it shall end


@dataclass(frozen=True)
class Job:
    """A piece with all that it takes to do it anywhere.

    Parameters
    ----------
    piece : Piece
    run : str
        Run folder, on storage that every place of the crew sees.
    device : str, optional
        ``cpu`` where no GPU is to be used.
    """

    piece: Piece
    run: str
    device: str | None = None

    @property
    def what(self) -> str:
        """What it does, for messages."""
        if not self.piece.of_sample and self.piece.candidate < 0:
            return "the evaluation of the base model"
        return f"the training of {self.piece.arm}, seed {self.piece.seed}, in {self.run}"


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Parameters
    ----------
    piece : Piece
    failure : str, optional
        Why it was not done; None where it was.
    lost : bool
        Whether its place was lost, a node or a worker, and the piece is not to blame.
    seconds : float
        That it took.
    """

    piece: Piece
    failure: str | None = None
    lost: bool = False
    seconds: float = 0.0


class Crew(Protocol):
    """Does jobs side by side."""

    @property
    def places(self) -> int:
        """How many jobs it takes at the same time."""

    @property
    def holds(self) -> tuple[float, str]:
        """How much each job holds of what: ``(1.0, "GPU")``."""

    def start(self, job: Job) -> None:
        """Begin a job."""

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the jobs that ended, after so many seconds at the latest."""

    def __enter__(self) -> "Crew":
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all jobs; each saves what it did."""


def do(job: Job, env: dict[str, str], stopped: Callable[[], bool]) -> str | None:
    """Do a job in a child process; returns why it failed, or None.

    The child ends with this process, however that ends, and what it saved is gone on with by
    whoever does the job next.

    Parameters
    ----------
    job : Job
    env : mapping
        Environment of the child.
    stopped : callable
        Whether it shall save and end.
    """
    piece = job.piece
    asked = [job.run, "--piece", "--arm", piece.arm, "--seed", str(piece.seed)]
    if job.device is not None:
        asked += ["--device", job.device]
    log = Path(job.run) / f".piece-{piece.arm}.{piece.seed}.log"
    child = Child(asked, env, log, job.what, on_cpu=job.device == "cpu")
    asked_at: float | None = None
    interrupted = False
    try:
        while True:
            end = None
            try:
                end = child.hear(_BEAT)
            except KeyboardInterrupt:  # as Ray cancels a task
                interrupted = True
            if end is not None and end["is"] in TERMINAL:
                break
            if (interrupted or stopped()) and asked_at is None:
                child.stop()
                asked_at = time.monotonic()
            if asked_at is not None and time.monotonic() > asked_at + _PATIENCE:
                return "was stopped, and did not end by itself"
    finally:
        child.close(at_once=True)
    if end["is"] == FAILED:
        return str(end["message"])
    if asked_at is not None:
        return "was stopped"
    log.unlink(missing_ok=True)
    return None
