"""What a log is read into: rollouts, and whole histories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool import BadLine, Report
from sample_engineering.rollouts.columns import Columns
from sample_engineering.rollouts.logs import Log
from sample_engineering.rollouts.steps import Step


@dataclass(slots=True)
class Rollout:
    """One rollout, or several of one problem at one step of which only the mean is known.

    Parameters
    ----------
    line : int
    id, text : str or None
        Of the problem: its id, and the prompt.
    step : int, float, str or None
    reward : float
        As it is written; NaN where there is none.
    n : int
        Rollouts that it stands for.
    completion : str or None
        Where completions are wanted.
    gold : object
        The gold answer that stands in the log.
    tokens : float or None
    cut : float or None
        1 if it was cut off at the longest length, 0 if not; of several the share.
    record : mapping or None
        The whole record, where completions are wanted.
    part : int
        Its place in the record, where that holds several.
    """

    line: int
    id: str | None
    text: str | None
    step: Step | None
    reward: float
    n: int = 1
    completion: str | None = None
    gold: Any = None
    tokens: float | None = None
    cut: float | None = None
    record: Mapping[str, Any] | None = None
    part: int = 0
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Track:
    """A whole history of one problem.

    Parameters
    ----------
    line : int
    id, text : str or None
    values : sequence
        As they are written, the oldest first.
    steps : tuple or None
        One a value; None where they are only numbered.
    counts : tuple of int or None
        Rollouts behind each value.
    """

    line: int
    id: str | None
    text: str | None
    values: Sequence[Any]
    steps: tuple[Step | None, ...] | None = None
    counts: tuple[int, ...] | None = None
    ids: tuple[str, ...] = ()


@dataclass
class Asked:
    """What a caller wants of a log.

    Parameters
    ----------
    reward, step, id : str or None
        Columns that the user names.
    completions : bool
        Whether completions and whole records are wanted.
    rates : bool
        Whether of a record that has both, pass rates are wanted and not its history.
    known : frozenset of str
        Ids of the pool.
    on_error : {"skip", "fail"}
    needs_reward : bool
        Whether completions without rewards are of no use.
    """

    reward: str | None = None
    step: str | None = None
    id: str | None = None
    completions: bool = False
    rates: bool = False
    known: frozenset[str] = frozenset()
    on_error: str = "skip"
    needs_reward: bool = False


@dataclass
class LogFile:
    """One file that is being read.

    Attributes
    ----------
    log : Log
    columns : Columns or None
        What its columns are; None for histories.
    reward : str
        Name of the column of rewards.
    rates : bool
        Whether its name says that it holds shares.
    items : iterator of Rollout or Track
    """

    log: Log
    columns: Columns | None
    reward: str
    rates: bool
    items: Iterator[Rollout | Track] = field(repr=False)
    step_name: str = ""
    shape: str = "rollouts"


class Refusals:
    """What cannot be read of one file: counted, or an error.

    Parameters
    ----------
    name : str
        Of the file.
    on_error : {"skip", "fail"}
    problems : Report
        Told of each.
    """

    def __init__(self, name: str, on_error: str, problems: Report) -> None:
        self.name, self.on_error, self.problems = name, on_error, problems

    def add(self, line: int, reason: str) -> None:
        """Count a line that cannot be read.

        Raises
        ------
        PoolError
            Where that is fatal.
        """
        bad = BadLine(self.name, line, reason)
        if self.on_error == "fail":
            raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
        self.problems.add(bad)

    def note(self, what: str) -> None:
        """Count something that was passed over on purpose."""
        self.problems.notes[what] += 1
