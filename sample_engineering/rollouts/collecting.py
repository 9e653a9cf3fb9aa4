"""Rewards and histories of a log, brought together by problem."""

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import TYPE_CHECKING

from sample_engineering.errors import PoolError
from sample_engineering.pool import BadLine
from sample_engineering.rollouts.grouping import Cells, Keys, made_id
from sample_engineering.rollouts.histories import HistoryTable
from sample_engineering.rollouts.joining import Joiner
from sample_engineering.rollouts.logs import PathLike
from sample_engineering.rollouts.opening import open_logs
from sample_engineering.rollouts.report import LogReport
from sample_engineering.rollouts.rewards import Meaning, given_meaning, meaning_of
from sample_engineering.rollouts.rollout import Asked, LogFile, Rollout, Track
from sample_engineering.rollouts.steps import Step
from sample_engineering.rollouts.tracks import Tracks
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import numpy

Watch = Callable[[int, int, tuple[str, bool], Rollout], None]

# A visit that most problems have and one has not is missing; where most have few of all steps, as
# in training on batches, each has visits of its own.
_SHARED_GRID = 0.5


def read_histories(
    places: PathLike | Iterable[PathLike],
    pool: Iterable[Sample] | None = None,
    *,
    reward: str | None = None,
    step: str | None = None,
    id: str | None = None,
    threshold: float | None = None,
    scale: tuple[float, float] | None = None,
    on_error: str = "skip",
) -> HistoryTable:
    """Read logs of a training, and group what they hold into histories.

    Parameters
    ----------
    places : path or iterable of paths
        Files, globs or folders, see `logs.find_logs`.
    pool : samples, optional
        The candidates; then the histories have their ids and their order.
    reward, step, id : str, optional
        Columns, where the usual ones are not meant.
    threshold : float, optional
        Least reward of a right rollout.
    scale : (float, float), optional
        Rewards of a wrong and a right rollout.
    on_error : {"skip", "fail"}
        What a row that cannot be read does.

    Raises
    ------
    PoolError
        If nothing can be read, or the rewards could mean several things.
    ConfigError
        If a column is not there.
    """
    given = given_meaning(scale, threshold)
    joiner = None if pool is None else Joiner(pool)
    known = frozenset(joiner.ids) if joiner else frozenset()
    asked = Asked(reward, step, id, known=known, on_error=on_error)
    collected = Collected(joiner, threshold, given, on_error)
    for file in open_logs(places, asked, collected.report):
        collected.take(file)
    return collected.histories()


class Collected:
    """Rows and histories of all files, by problem.

    Parameters
    ----------
    joiner : Joiner or None
        Finds the candidates of a pool, where there is one.
    threshold : float or None
    given : Meaning or None
        What the user says that rewards mean.
    on_error : {"skip", "fail"}
    watch : callable, optional
        Called for each rollout with its group, the number of its step, its reward's column and
        itself.

    Attributes
    ----------
    report : LogReport
    meanings : dict
        What the rewards of each column mean, known with `histories`.
    labels : dict of int to str
        Ids by group, known with `histories`; a group that was not kept is not there.
    """

    def __init__(
        self,
        joiner: Joiner | None,
        threshold: float | None,
        given: Meaning | None,
        on_error: str,
        watch: Watch | None = None,
    ) -> None:
        self.joiner, self.given, self.threshold = joiner, given, threshold
        self.watch = watch
        self.meanings: dict[tuple[str, bool], Meaning] = {}
        self.labels: dict[int, str] = {}
        self.made: set[str] = set()  # ids of problems that the log names by text only
        self.on_error = on_error
        self.keys = Keys()
        self.cells: dict[tuple[str, bool], Cells] = {}
        self.tracks: dict[tuple[str, bool], Tracks] = {}
        self.steps: dict[Step, int] = {}
        self.unnumbered = False
        self.report = LogReport()

    def take(self, file: LogFile) -> None:
        """Read a file to its end."""
        name = (file.reward, file.rates)
        default: Step | None = file.log.step
        for item in file.items:
            self.report.rows += 1
            if isinstance(item, Track):
                group = self._group(item.ids, item.id, item.text)
                if group is not None:
                    tracks = self.tracks.setdefault(name, Tracks())
                    self._refuse(file, item.line, tracks.add(group, item, str(file.log.path)))
                continue
            self._row(name, item, default, file.log.order)

    def _row(self, name: tuple[str, bool], item: Rollout, default: Step | None, order: int) -> None:
        group = self._group(item.ids, item.id, item.text)
        if group is None:
            return
        step = item.step if item.step is not None else default
        if step is None:
            self.unnumbered = True
            step = order
        number = self.steps.setdefault(step, len(self.steps))
        cells = self.cells.get(name)
        if cells is None:
            cells = self.cells[name] = Cells(self.threshold)
        cells.add(group, number, item.reward, item.n)
        if self.watch is not None:
            self.watch(group, number, name, item)

    def _group(self, ids: Sequence[str], id_: str | None, text: str | None) -> int | None:
        if self.joiner is None:
            return self.keys.number(id_, text)
        return self.joiner.find(ids, text)

    def _refuse(self, file: LogFile, line: int, fault: str) -> None:
        if not fault:
            return
        bad = BadLine(str(file.log.path), line, fault)
        if self.on_error == "fail":
            raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
        self.report.problems.add(bad)

    def histories(self) -> HistoryTable:
        """Put together what was read."""
        groups, named, note = self._names()
        if note:
            self.report.notes.append(note)
        values: dict[int, Sequence[float]] = {}
        steps: dict[int, tuple[Step | None, ...]] = {}
        counts: dict[int, tuple[int, ...]] = {}
        for name, tracks in self.tracks.items():
            meaning = self.meanings[name] = self.given or tracks.meaning(*name)
            self.report.means(name[0], meaning.words)
            for fault in tracks.judge(meaning):
                self._refuse_late(fault)
            for number, track in tracks.sound():
                group = number if groups is None else groups[number]
                if group in values:
                    self._refuse_late(
                        BadLine(track.file, track.line, f"duplicate id '{named[group][0]}'")
                    )
                    continue
                values[group] = track.values
                if track.steps is not None:
                    steps[group] = track.steps
                if track.counts is not None:
                    counts[group] = track.counts
        self._add_cells(values, steps, counts, groups)
        self.report.matched(self.joiner)
        if not values:
            self._nothing()
        # A pool's order; without one, that of the log, by which ties are broken.
        order = sorted(values) if self.joiner is not None else list(values)
        if groups is not None:
            order = sorted(values)
        kept = [number for number in order if any(not math.isnan(v) for v in values[number])]
        self.report.never_visited = len(order) - len(kept)
        if not kept:
            self._nothing()
        lengths = [len(values[number]) for number in kept]
        self.report.problems.read = len(kept)
        self.report.visits = (min(lengths), median(lengths), max(lengths))
        ids = {number: named[number][0] for number in kept}
        pairs = enumerate(groups) if groups is not None else ((number, number) for number in kept)
        self.labels = {pair: ids[number] for pair, number in pairs if number in ids}
        return HistoryTable(
            {ids[number]: values[number] for number in kept},
            {ids[number]: steps[number] for number in kept if number in steps},
            {ids[number]: counts[number] for number in kept if number in counts},
            {ids[number]: text for number in kept if (text := named[number][1]) is not None},
            self.report,
            frozenset(self.made),
        )

    def _names(self) -> tuple[list[int] | None, Sequence[tuple[str, str | None]], str]:
        if self.joiner is not None:
            return None, [(id_, None) for id_ in self.joiner.names], ""
        groups, found, note = self.keys.groups()
        named: list[tuple[str, str | None]] = []
        taken: set[str] = set()
        for place, (given, text) in enumerate(found):
            id_ = made_id(text or "") if given is None else given
            if id_ in taken:  # an id that another problem's text hashes to, or has as its own
                id_ = f"{id_}#{place}"
            taken.add(id_)
            if given is None:
                self.made.add(id_)
            named.append((id_, text))
        return groups, named, note

    def _refuse_late(self, bad: BadLine) -> None:
        if self.on_error == "fail":
            raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
        self.report.problems.add(bad)

    def _nothing(self) -> None:
        first = f" ({self.report.problems.bad_lines[0]})" if self.report.problems.skipped else ""
        matches = self.report.matches
        if matches is not None and (matches.unmatched or matches.ambiguous):
            assert self.joiner is not None
            theirs = ", ".join(matches.examples(matches.unmatched or matches.ambiguous)[:3])
            ours = ", ".join(self.joiner.names[:3])
            raise PoolError(
                f"no problem of the log occurs in the pool, neither by id nor by text (there e.g. "
                f"{theirs}; in the pool e.g. {ours}); give the log of these candidates"
            )
        raise PoolError(f"no usable history{first}; give a log of accuracies or rollouts")

    def _add_cells(
        self,
        values: dict[int, Sequence[float]],
        steps: dict[int, tuple[Step | None, ...]],
        counts: dict[int, tuple[int, ...]],
        groups: list[int] | None,
    ) -> None:
        """Add the histories that rows make up."""
        import numpy as np

        parts = []
        for (name, rates), cells in self.cells.items():
            cells.compact()
            meaning = self.given or meaning_of(cells.seen, name, rates=rates, alone=cells.alone)
            self.meanings[name, rates] = meaning
            self.report.means(name, meaning.words)
            parts.append(cells.means(meaning))
        if not parts:
            return
        number, step, share, n = (np.concatenate(column) for column in zip(*parts, strict=True))
        if groups is not None:
            number = np.array(groups, dtype=np.int64)[number]
        self._check(share)
        labels = list(self.steps)
        order = sorted(range(len(labels)), key=lambda k: _step_key(labels[k], k))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        number, place, share, n = _merged(number, rank[step], share, n)
        self.report.ordered([labels[k] for k in order], by_file=self.unnumbered and len(labels) > 1)
        starts = np.flatnonzero(np.r_[True, number[1:] != number[:-1]])
        ends = np.r_[starts[1:], len(number)]
        grid = len(number) >= _SHARED_GRID * len(starts) * len(order)
        self.report.grid = grid and len(number) < len(starts) * len(order)
        ordered = [labels[k] for k in order]
        several = bool((n > 1).any())
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            key = int(number[start])
            if key in values:
                self.report.notes.append(
                    "a problem has a history of its own and rollouts; its history counts"
                )
                continue
            places, shares, ns = place[start:end], share[start:end], n[start:end]
            if grid:
                row = np.full(len(order), np.nan)
                row[places] = shares
                many = np.zeros(len(order))
                many[places] = ns
                values[key], told = row.tolist(), ordered
            else:
                values[key], many = shares.tolist(), ns
                told = [ordered[k] for k in places.tolist()]
            if not self.unnumbered:
                steps[key] = tuple(told)
            if several:
                counts[key] = tuple(int(k) for k in many)

    def _check(self, share: "numpy.ndarray") -> None:
        import numpy as np

        wrong = int(((share < -1e-9) | (share > 1 + 1e-9)).sum())
        if wrong:
            raise PoolError(
                f"{wrong:,} of {share.size:,} visits have an accuracy outside [0, 1] (up to "
                f"{np.nanmax(share):g}); say what rewards mean by `scale` or `threshold`"
            )
        np.clip(share, 0.0, 1.0, out=share)


def _step_key(step: Step, place: int) -> tuple[int, float, int]:
    """Numbers first, by size; labels in the order in which they came."""
    return (1, 0.0, place) if isinstance(step, str) else (0, float(step), place)


def _merged(
    number: "numpy.ndarray", place: "numpy.ndarray", share: "numpy.ndarray", n: "numpy.ndarray"
) -> tuple["numpy.ndarray", "numpy.ndarray", "numpy.ndarray", "numpy.ndarray"]:
    """Join cells of one problem and step, weighted by their rollouts; sort by both."""
    import numpy as np

    order = np.lexsort((place, number))
    number, place, share, n = number[order], place[order], share[order], n[order]
    new = np.r_[True, (number[1:] != number[:-1]) | (place[1:] != place[:-1])]
    starts = np.flatnonzero(new)
    weights = np.add.reduceat(n, starts)
    sums = np.add.reduceat(np.where(n > 0, share, 0.0) * n, starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(weights > 0, sums / weights, np.nan)
    return number[starts], place[starts], means, weights
