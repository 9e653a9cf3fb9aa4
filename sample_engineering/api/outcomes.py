"""Outcomes to evaluate selectors by: files, packaged figures, and lifts of one's own runs."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike
from sample_engineering.errors import RunError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.selectors.outcomes import Outcomes


def outcomes_of(given: PathLike | Mapping[str, float]) -> "Outcomes":
    """Return measured outcomes.

    Parameters
    ----------
    given : path, str or mapping
        A file of ``id`` and an outcome, a folder of runs, a name of `outcomes.packaged`, or numbers
        by id.

    Raises
    ------
    ConfigError
        If there is no such thing, or it is not said which column is the outcome.
    PoolError
        If a file cannot be read.
    RunError
        If a folder holds no run with a lift.
    """
    from sample_engineering.selectors.outcomes import read_outcomes

    if not isinstance(given, Mapping) and os.path.isdir(given):
        return _lifts_below(os.fspath(given))
    return read_outcomes(given)


def _lifts_below(folder: str) -> "Outcomes":
    """Return the lift of each sample that was trained in a folder of runs.

    Only runs of one condition compare: the one with most samples is taken, of equals the first.
    """
    from sample_engineering.report.leaderboard import leaderboard
    from sample_engineering.selectors.outcomes import Outcomes

    board = leaderboard(folder)
    if not board.tables:
        raise RunError(f"no run in {folder} has a lift; finish one, or give a file of outcomes")
    condition, frame = max(board.tables.items(), key=lambda item: len(item[1]))
    others = len(board.tables) - 1
    notes = [f"lifts: {condition}"]
    if others:
        left = count_of(others, "other condition")
        notes.append(f"left out: {left} of model, benchmark, steps or reading")
    values = dict(zip(map(str, frame["sample"]), map(float, frame["lift"]), strict=True))
    return Outcomes(folder, "lift", values, None, (*notes, *board.notes))
