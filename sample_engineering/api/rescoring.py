"""Stored completions, graded anew."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike
from sample_engineering.api.histories import candidates, pair
from sample_engineering.api.typed import typed
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.rollouts import Rescored


@typed
def rescore(
    rollouts: PathLike | Sequence[PathLike],
    out: PathLike | None = None,
    *,
    pool: Iterable[Sample] | PathLike | None = None,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str | None = None,
    units_allowed: bool = True,
    flips: PathLike | None = None,
    reward_column: str | None = None,
    step_column: str | None = None,
    id_column: str | None = None,
    threshold: float | None = None,
    scale: Sequence[float] | None = None,
    on_error: str = "skip",
) -> "Rescored":
    """Grade stored completions anew with another grader setting; nothing is sampled again.

    Parameters
    ----------
    rollouts : path or sequence of paths
        Logs with completions, see `history`.
    out : path-like, optional
        .jsonl file for the rows with the new reward ``rescored`` (with ``rescored_rule`` and
        ``rescored_extracted``), which `history` reads before any other.
    pool : samples or path, optional
        The candidates, whose golds count; else those in the log.
    kind, unit, tolerance, form, units_allowed
        As for `grade_file`; what a candidate or a row declares wins. The form is by default that
        of the run that wrote the log, else ``auto``.
    flips : path-like, optional
        .jsonl file for all completions whose verdict changes.
    reward_column, step_column, id_column, threshold, scale, on_error
        See `history`; the old reward is what flips are counted against.

    Returns
    -------
    Rescored
        Agreement, flips both ways, counts a problem; `report` says what was read.

    Raises
    ------
    PoolError
        If nothing can be read, or there are no completions or no golds.
    ConfigError
        If an option cannot be used.
    """
    from sample_engineering.rollouts import Grading, rescore_logs

    for name, place in (("out", out), ("flips", flips)):
        if place is not None and Path(place).suffix.lower() not in (".jsonl", ".ndjson"):
            raise ConfigError(f"`{name}` {place} is written as JSON lines; name it .jsonl")
    return rescore_logs(
        rollouts,
        out,
        candidates(pool, on_error),
        grading=Grading(kind, unit, tolerance, form, units_allowed),
        flips=flips,
        reward=reward_column,
        step=step_column,
        id=id_column,
        threshold=threshold,
        scale=pair(scale),
        on_error=on_error,
    )
