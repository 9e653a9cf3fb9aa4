"""Accuracy histories: how often each candidate was solved at successive checkpoints of a run."""

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import PoolError
from sample_engineering.pool import Report
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import numpy

    from sample_engineering.rollouts import HistoryTable
    from sample_engineering.rollouts.joining import Matches
    from sample_engineering.rollouts.report import LogReport


class History(Mapping[str, tuple[float, ...]]):
    """Accuracies in [0, 1] of many candidates, oldest first; NaN marks a missing visit.

    Parameters
    ----------
    trajectories : mapping of str to sequence of float or None
        In an order that ties are broken by; lengths may differ.
    problems : Report, optional
        What reading met.
    steps : mapping of str to tuple, optional
        The step of each visit, for the candidates of which it is known.
    counts : mapping of str to tuple of int, optional
        The rollouts behind each visit, likewise.
    notes : tuple of str
        What the user should know.

    Attributes
    ----------
    places : dict of str to int
        Of each id, its place in the order of the histories.
    table : ndarray of float, shape (n, visits), or None
        All of them, in that order, where they are as long and none is missing (`of_table`).

    Raises
    ------
    PoolError
        If a trajectory is empty or holds anything but numbers in [0, 1].
    """

    def __init__(
        self,
        trajectories: Mapping[str, Sequence[float | None]],
        problems: Report | None = None,
        *,
        steps: Mapping[str, tuple[int | float | str | None, ...]] | None = None,
        counts: Mapping[str, tuple[int, ...]] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.steps, self.counts, self.notes = steps or {}, counts or {}, notes
        self._values: dict[str, tuple[float, ...]] = {}
        for id_, values in trajectories.items():
            values = values.tolist() if hasattr(values, "tolist") else values  # of NumPy
            fault = fault_of(values)
            if fault:
                raise PoolError(f"history of {id_!r}: {fault}")
            self._values[str(id_)] = tuple(
                [math.nan if value is None else float(value) for value in values]
            )
        self.places = {id_: place for place, id_ in enumerate(self._values)}
        self.problems = Report(read=len(self._values)) if problems is None else problems
        self.table: numpy.ndarray | None = None

    @classmethod
    def of_table(
        cls, ids: Sequence[str], table: "numpy.ndarray", notes: tuple[str, ...] = ()
    ) -> "History":
        """Return the histories of different ids from a table that was checked, (n, visits)."""
        made = cls({}, Report(read=len(ids)), notes=notes)
        made.places = dict(zip(ids, range(len(ids)), strict=True))
        made.table = table
        return made

    def __getitem__(self, id_: str) -> tuple[float, ...]:
        if self.table is not None:
            return tuple(self.table[self.places[id_]].tolist())
        return self._values[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


_HUGE = 1e300


def fault_of(values: Any) -> str:
    """Say what is wrong with a trajectory; an empty text if nothing is."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        return "not a list of accuracies"
    if not values:
        return "an empty list"
    plain = set(map(type, values)) == {float} and not math.isnan(sum(values))
    if plain and min(values) >= 0 and max(values) <= 1:  # the usual case, quickly
        return ""
    for value in values:
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{value!r} is not an accuracy"
        if not (value != value or 0 <= value <= 1):
            return f"accuracy {str(value) if abs(value) < _HUGE else 'past all'} is not in [0, 1]"
    if all(value is None or math.isnan(value) for value in values):
        return "no accuracy at all"
    return ""


def read_history(
    path: str | os.PathLike[str],
    pool: Iterable[Sample] | None = None,
    *,
    on_error: str = "skip",
) -> History:
    """Read histories from any log of a training, see `rollouts.read_histories`.

    Parameters
    ----------
    path : path-like
        Records with ``id`` and a list ``accuracy``, or rollouts, tables and maps as trainers write
        them: a file or a folder.
    pool : samples, optional
        The candidates, which are found by id or by the text of the problem. Problems of the log
        that are none of them keep their ids, since LIM compares with the average of all.
    on_error : {"skip", "fail"}
        What a bad record does, as for pools.

    Raises
    ------
    PoolError
        If the log cannot be read, holds no usable history, or is of other problems.
    """
    from sample_engineering.rollouts import read_histories
    from sample_engineering.rollouts.plain_histories import read_plain_histories

    plain = read_plain_histories(path)
    if plain is not None:
        return _joined_by_id(*plain, pool)
    return joined(read_histories(path, on_error=on_error), pool)


def joined(found: "HistoryTable", pool: Iterable[Sample] | None = None) -> History:
    """Return histories under the ids of a pool, see `read_history`.

    Raises
    ------
    PoolError
        If none is of a candidate.
    """
    from sample_engineering.rollouts import Joiner

    if pool is None:
        return History(found, found.report.problems, steps=found.steps, counts=found.counts)
    joiner = Joiner(pool)
    trajectories: dict[str, Sequence[float | None]] = {}
    own: dict[str, str] = {}
    for id_ in found:
        ids = () if id_ in found.made else (id_,)
        place = joiner.find(ids, found.problems.get(id_))
        name = id_ if place is None else joiner.names[place]
        if name in trajectories or (place is None and name in joiner.ids):
            name = f"{id_} of the log"
            while name in trajectories:
                name += "'"
        trajectories[name] = found[id_]
        own[name] = id_
    matches = joiner.matches
    _refuse_others(matches, joiner.names)
    return History(
        trajectories,
        found.report.problems,
        steps={name: found.steps[id_] for name, id_ in own.items() if id_ in found.steps},
        counts={name: found.counts[id_] for name, id_ in own.items() if id_ in found.counts},
        notes=_notes(found.report, matches),
    )


def _refuse_others(matches: "Matches", names: Sequence[str]) -> None:
    """Raise PoolError where no history is of a candidate."""
    if not matches.by_id and not matches.by_text:
        theirs = ", ".join(matches.examples(matches.unmatched or matches.ambiguous)[:3])
        raise PoolError(
            "no id of `history` occurs in the pool, and no text of a problem (there e.g. "
            f"{theirs}; in the pool e.g. {', '.join(names[:3])}); give the history of these "
            "candidates"
        )


def _joined_by_id(ids: list[str], table: "numpy.ndarray", pool: Iterable[Sample] | None) -> History:
    """Return histories that are named by ids alone, see `joined`."""
    from sample_engineering.rollouts.joining import Matches
    from sample_engineering.rollouts.report import LogReport

    if pool is None:
        return History.of_table(ids, table)
    names = dict.fromkeys([sample.id for sample in pool])
    matches = Matches()
    for id_ in ids:
        if id_ not in names:
            matches.unmatched[f"{id_:.60}"] += 1
    matches.by_id = len(ids) - matches.unmatched.total()
    _refuse_others(matches, tuple(names))
    return History.of_table(ids, table, _notes(LogReport(), matches))


def _notes(report: "LogReport", matches: "Matches") -> tuple[str, ...]:
    """Say how a log was understood, where that is not plain."""
    notes = [
        f"history: rewards in {name} read as {words}"
        for name, words in report.meanings.items()
        if words != "shares from 0 to 1"
    ]
    if matches.by_text:
        notes.append(f"history: candidates found by the text of the problem: {matches.by_text:,}")
    if matches.ambiguous:
        notes.append(
            f"history: several candidates have the text, so left out: {len(matches.ambiguous):,}, "
            f"e.g. {', '.join(matches.examples(matches.ambiguous)[:3])}"
        )
    if matches.unmatched:
        notes.append(
            f"history: problems that are no candidate: {len(matches.unmatched):,}, e.g. "
            f"{', '.join(matches.examples(matches.unmatched)[:3])}"
        )
    return (*notes, *(f"history: {note}" for note in dict.fromkeys(report.notes)))


def filled(values: Sequence[float]) -> tuple[float, ...]:
    """Return a trajectory whose missing first visits take the next known value (LIMR)."""
    known = next((value for value in values if not math.isnan(value)), math.nan)
    out, started = [], False
    for value in values:
        started = started or not math.isnan(value)
        out.append(value if started else known)
    return tuple(out)
