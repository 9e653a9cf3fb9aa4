"""Graded rollouts, and the journal from which a killed probe resumes."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from sample_engineering.files import Journal

# Longer wrong answers are told apart by their beginning: a journal must not fill with ramblings.
LONGEST_ANSWER = 200


@dataclass(frozen=True, slots=True)
class Rollout:
    """What is kept of one graded completion.

    Parameters
    ----------
    correct, readable, truncated : bool
        Whether it is right, has an answer that can be read, and was cut at the longest length.
    tokens : int
    answer : str or None
        A wrong final answer as written, cut to `LONGEST_ANSWER` characters; None where it is right,
        has none, or was journaled before answers were kept.
    """

    correct: bool
    readable: bool
    truncated: bool
    tokens: int
    answer: str | None = None


class RolloutJournal:
    """Groups of rollouts by a key of all that they depend on; None for a path keeps them in memory.

    Parameters
    ----------
    path : path-like, optional
        The file; what it holds already is known.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._journal = Journal(Path(path)) if path is not None else None
        self._known: dict[str, list[Rollout]] = {}
        if self._journal is not None:
            for entry in self._journal.entries():
                if "probe" in entry:
                    self._known[entry["probe"]] = [Rollout(*row) for row in entry["rollouts"]]

    @property
    def known(self) -> Mapping[str, Sequence[Rollout]]:
        """All groups by key."""
        return self._known

    def add(self, key: str, id_: str, rollouts: Sequence[Rollout]) -> None:
        """Keep one candidate's group."""
        self._known[key] = list(rollouts)
        if self._journal is not None:
            rows = [list(astuple(rollout)) for rollout in rollouts]
            self._journal.append({"probe": key, "id": id_, "rollouts": rows})

    def close(self) -> None:
        """Close the file."""
        if self._journal is not None:
            self._journal.close()
