"""Samples of all runs in a folder, ranked by lift."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, plotting
from sample_engineering.errors import RunError, SampleEngineeringError
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.contrast import LiftValues, lift_values, rank_lifts
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.report.conditions import (
    Condition,
    Counted,
    condition_of,
    sample_of,
    trained_runs,
)
from sample_engineering.report.run import Run
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN, RESULT
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# How deep run folders are looked for: FOLDER/sweep/sample/seed.
_DEEPEST = 4
_LIFT = ("lift", "ci_low", "ci_high")
_HEADS = ("rank", "sample", "seeds", "items", "lift, points", "95 % interval", "",
          "95 % of the rank", "first in", "verdict")  # fmt: skip


@dataclass(frozen=True)
class Leaderboard:
    """Samples ranked by lift, one table for each condition.

    Parameters
    ----------
    tables : mapping from Condition to pandas.DataFrame
        Columns of `rank_lifts` and ``runs``, ``verdict``, ``lift NAME`` for each domain, and
        ``greedy lift`` and ``sampled lift``, of which one is what the table ranks by.
    left_out : list of (run, reason)
        Runs without a lift: not trained, not finished, damaged.
    copies : list of (run, other)
        Runs that hold training runs of another, which are counted once.
    """

    tables: dict[Condition, "pd.DataFrame"]
    left_out: list[tuple[str, str]]
    copies: list[tuple[str, str]] = field(default_factory=list)

    def to_pandas(self) -> "pd.DataFrame":
        """All tables in one, with a column for each part of the condition."""
        import pandas as pd

        frames = [frame.assign(**condition._asdict()) for condition, frame in self.tables.items()]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"sample": []})

    @property
    def notes(self) -> list[str]:
        """What was left out, and what was counted once."""
        return [
            *(f"left out {name}: {reason}" for name, reason in self.left_out),
            *(f"{name} holds training runs of {other}: counted once"
              for name, other in self.copies),
        ]  # fmt: skip

    def __repr__(self) -> str:
        samples = len({name for frame in self.tables.values() for name in frame["sample"]})
        out = f", {count_of(len(self.left_out), 'run')} left out" if self.left_out else ""
        return (
            f"<Leaderboard: {count_of(samples, 'sample')} in "
            f"{count_of(len(self.tables), 'table')}{out}>"
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift of each sample under each condition, with its 95 % interval.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        blocks = {
            "" if len(self.tables) == 1 else str(condition): [
                plotting.Interval(str(row["sample"]), *(100 * row[key] for key in _LIFT))
                for row in frame.to_dict("records")
            ]
            for condition, frame in self.tables.items()
        }
        return plotting.forest(ax, blocks, "lift, percentage points (95 % interval)")

    def _repr_html_(self) -> str:
        parts = []
        for condition, frame in self.tables.items():
            rows = frame.to_dict("records")
            limits = notebook.limits_of((row["ci_low"], row["ci_high"]) for row in rows)
            body = [
                (
                    row["rank"],
                    row["sample"],
                    row["seeds"],
                    row["n"],
                    notebook.points(row["lift"]),
                    notebook.interval(row["ci_low"], row["ci_high"]),
                    notebook.strip(row["lift"], row["ci_low"], row["ci_high"], limits),
                    notebook.Cell(f"{row['rank_low']:.0f} to {row['rank_high']:.0f}"),
                    notebook.share(row["best"]),
                    row["verdict"],
                )
                for row in rows
            ]
            parts += [notebook.paragraph(condition), notebook.table(_HEADS, body)]
        return notebook.page(notebook.heading("Leaderboard"), *parts, notebook.notes(self.notes))


@dataclass
class _Pooled:
    """The runs of one sample under one condition."""

    before: list[Evaluation] = field(default_factory=list)
    after: list[Evaluation] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def find_runs(folder: str | os.PathLike[str]) -> list[Path]:
    """Find the run folders in a folder, itself included, in the order of their paths.

    Raises
    ------
    RunError
        If there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise RunError(f"no folder {root}; give the folder in which the runs lie")
    return list(_walk(root, _DEEPEST))


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / CONFIG).is_file() or (folder / RESULT).is_file():
        yield folder
        return
    if depth:
        try:
            children = sorted(child for child in folder.iterdir() if child.is_dir())
        except OSError:
            return
        for child in children:
            if not child.name.startswith(".") and not child.is_symlink():
                yield from _walk(child, depth - 1)


def leaderboard(
    folder: str | os.PathLike[str], progress: Callable[[int, int], None] | None = None
) -> Leaderboard:
    """Rank the samples of all runs in a folder by lift; runs of one sample are its seeds.

    Runs are pooled and ranked within a condition only, each training run counted once.

    Raises
    ------
    RunError
        If there is no such folder or no run in it.
    """
    paths = find_runs(folder)
    if not paths:
        raise RunError(
            f"no run folder in {folder} (none of its folders has {CONFIG}); "
            "give the folder in which runs lie"
        )
    groups: dict[Condition, dict[tuple[str, str], _Pooled]] = {}
    left_out: list[tuple[str, str]] = []
    copies: dict[tuple[str, str], None] = {}
    counted = Counted()
    for path in paths:
        name = os.path.relpath(path, folder)
        run = Run.open(path)
        if (reason := _why_left_out(run)) is not None:
            left_out.append((name, reason))
        else:
            for reading in READINGS:
                others = _count(run, name, reading, groups, counted)
                copies |= dict.fromkeys((name, other) for other in others)
        if progress is not None:
            progress(1, len(paths))
    tables = {}
    for condition, samples in groups.items():
        table = _ranking(samples, condition.reading, left_out)
        if not table.empty:
            tables[condition] = table
    _add_other_readings(tables)
    return Leaderboard(tables, left_out, list(copies))


def _count(
    run: Run,
    name: str,
    reading: str,
    groups: dict[Condition, dict[tuple[str, str], _Pooled]],
    counted: Counted,
) -> list[str]:
    """Add what a run shows in a reading; return the runs that showed some of it before."""
    arms = run.findings.evaluations[reading]
    if not arms.get(BEFORE) or not arms.get(MAIN):
        return []
    condition, sample = condition_of(run, reading), sample_of(run)
    fresh, others = counted.new(name, (condition, sample[1]), trained_runs(run, reading))
    if fresh:
        pooled = groups.setdefault(condition, {}).setdefault(sample, _Pooled())
        pooled.before += arms[BEFORE]
        pooled.after += [one.evaluation for one in fresh]
        pooled.names.append(name)
    return others


def _why_left_out(run: Run) -> str | None:
    if not run.folder.trained:
        return run.verdict.headline
    readings = run.findings.evaluations.values()
    if not any(arms.get(BEFORE) and arms.get(MAIN) for arms in readings):
        return "not finished"
    return None


def _ranking(
    samples: dict[tuple[str, str], _Pooled], reading: str, left_out: list[tuple[str, str]]
) -> "pd.DataFrame":
    lifts: dict[str, LiftValues] = {}
    more: dict[str, dict[str, Any]] = {}
    ids = [id_ for id_, _ in samples]
    for (id_, digest), pooled in samples.items():
        sample = id_ if ids.count(id_) == 1 else f"{id_} ({digest[:6]})"
        try:
            lifts[sample] = lift_values(pooled.before, pooled.after)
            # Few resamples: only the means by domain are taken from this.
            domains = compare(pooled.before, pooled.after, resamples=100).domains
        except SampleEngineeringError as error:
            left_out += [(name, str(error)) for name in pooled.names]
            continue
        more[sample] = {"runs": len(pooled.names)}
        more[sample] |= {f"lift {name}": effect.lift for name, effect in domains.items()}
    frame = rank_lifts(lifts)
    for column in dict.fromkeys(column for row in more.values() for column in row):
        frame[column] = [more[name].get(column, float("nan")) for name in frame["sample"]]
    frame["verdict"] = [
        "lifts" if low > 0 else "harms" if high < 0 else "no effect shown"
        for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
    ]
    frame[f"{reading} lift"] = frame["lift"]
    return frame


def _add_other_readings(tables: dict[Condition, "pd.DataFrame"]) -> None:
    """Show beside each lift what the same training runs come to in the other reading."""
    for condition, frame in tables.items():
        for reading in READINGS:
            if reading == condition.reading:
                continue
            same = [
                other
                for key, other in tables.items()
                if key.reading == reading and key[:2] + key[3:4] == condition[:2] + condition[3:4]
            ]
            # One table of the other reading at most is of the same runs; of several none is taken.
            known = (
                dict(zip(same[0]["sample"], same[0]["lift"], strict=True)) if len(same) == 1 else {}
            )
            frame[f"{reading} lift"] = [known.get(name, float("nan")) for name in frame["sample"]]
