"""Stored rollouts: grouped into histories."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike
from sample_engineering.api.pools import load_pool
from sample_engineering.api.typed import typed
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.rollouts import HistoryTable


@typed
def history(
    logs: PathLike | Sequence[PathLike],
    out: PathLike | None = None,
    *,
    pool: Iterable[Sample] | PathLike | None = None,
    reward_column: str | None = None,
    step_column: str | None = None,
    id_column: str | None = None,
    threshold: float | None = None,
    scale: Sequence[float] | None = None,
    on_error: str = "skip",
) -> "HistoryTable":
    """Group the rollouts in logs of a training into histories: how often each problem was solved.

    Parameters
    ----------
    logs : path or sequence of paths
        Files, globs or folders: completions of TRL, rollouts of verl, OpenRLHF, LIMR, prime-rl or
        NeMo Gym, samples of inspect or lm-eval, tables of wandb, long or wide CSV and Parquet,
        matrices of NumPy, records of `probe`, run folders; see docs/rollouts.md.
    out : path-like, optional
        File for the histories (.jsonl, .parquet or .csv), as `rank` reads them.
    pool : samples or path, optional
        The candidates; problems are found by id, or by their text in the prompt, and the histories
        have the candidates' ids.
    reward_column, step_column, id_column : str, optional
        Columns, where the usual ones are not meant; with dots where they are nested.
    threshold : float, optional
        Least reward of a right rollout.
    scale : (float, float), optional
        Rewards of a wrong and a right rollout, e.g. -1 and 1, or 0 and 100.
    on_error : {"skip", "fail"}
        Count and report rows that cannot be read, or raise on the first.

    Returns
    -------
    HistoryTable
        A mapping from ids to accuracies in [0, 1], oldest first; its `report` says what was read
        and how.

    Raises
    ------
    PoolError
        If nothing can be read, no problem is a candidate, or the rewards could mean several things.
    ConfigError
        If a column is not there, or something that was given cannot be used.
    """
    from sample_engineering.pool.sources import format_of
    from sample_engineering.rollouts import read_histories

    if out is not None:
        format_of(Path(out))
    found = read_histories(
        logs,
        candidates(pool, on_error),
        reward=reward_column,
        step=step_column,
        id=id_column,
        threshold=threshold,
        scale=pair(scale),
        on_error=on_error,
    )
    if out is not None:
        found.write(out)
    return found


def candidates(pool: Iterable[Sample] | PathLike | None, on_error: str) -> Iterable[Sample] | None:
    """Return the candidates that were given, or that a path names."""
    if isinstance(pool, str | os.PathLike):
        return load_pool(pool, on_error=on_error)
    return pool


def pair(scale: Sequence[float] | None) -> tuple[float, float] | None:
    """Return the two ends of a scale.

    Raises
    ------
    ConfigError
        If there are not two.
    """
    from sample_engineering.errors import ConfigError

    if scale is None:
        return None
    if len(scale) != 2:
        raise ConfigError(f"`scale` has {len(scale)} numbers; give those of wrong and right: -1,1")
    return float(scale[0]), float(scale[1])
