"""What stored rollouts say of each problem."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike
from sample_engineering.api.histories import candidates, pair
from sample_engineering.api.typed import typed
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.probing import Profile


@typed
def profile(
    rollouts: PathLike | Sequence[PathLike],
    out: PathLike | None = None,
    *,
    pool: Iterable[Sample] | PathLike | None = None,
    group_size: int | None = None,
    max_tokens: int | None = None,
    form: str | None = None,
    reward_column: str | None = None,
    step_column: str | None = None,
    id_column: str | None = None,
    threshold: float | None = None,
    scale: Sequence[float] | None = None,
    on_error: str = "skip",
) -> "Profile":
    """Say of each problem in stored rollouts how often it was solved, and how.

    Parameters
    ----------
    rollouts : path or sequence of paths
        Logs, see `history`; also a pool with fields of pass rates.
    out : path-like, optional
        File for a record a problem (.jsonl, .parquet or .csv), which `rank` reads as `rates`, and
        as `history` where there are several steps.
    pool : samples or path, optional
        The candidates; problems are found by id or text, and get their ids.
    group_size : int, optional
        Rollouts of a group in the training to come, 8 by default.
    max_tokens : int, optional
        Completions of so many tokens were cut off, where the log does not say it.
    form : str, optional
        Where final answers stand: the name of an answer form, ``auto`` by default.
    reward_column, step_column, id_column, threshold, scale, on_error
        See `history`.

    Returns
    -------
    Profile
        A sequence of records: pass rate with interval, learnability, chance of a live group,
        entropy of the answers, distinct wrong answers, lengths, share cut off, and the history;
        `steps` has the same by step.

    Raises
    ------
    PoolError
        If nothing can be read.
    ConfigError
        If an option cannot be used, or would be ignored.
    """
    from sample_engineering.pool.sources import format_of
    from sample_engineering.probing import profile_logs
    from sample_engineering.selectors.posterior import GROUP_SIZE

    if out is not None:
        format_of(Path(out))
    found = profile_logs(
        rollouts,
        candidates(pool, on_error),
        group_size=GROUP_SIZE if group_size is None else group_size,
        max_tokens=max_tokens,
        form=form,
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
