"""Several run folders side by side: differences of their lifts, and a ranking of samples."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, RunError, SampleEngineeringError
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.contrast import (
    LiftValues,
    contrast,
    holm,
    lift_values,
    rank_lifts,
)
from sample_engineering.evaluation.same_items import protocols_of, refuse_any
from sample_engineering.report.markup import tag
from sample_engineering.report.run import Run
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN, RESULT
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas as pd

# How deep run folders are looked for: FOLDER/sweep/sample/seed.
_DEEPEST = 4
# With more runs than this, each is compared with the best only instead of with every other.
_ALL_PAIRS = 5


@dataclass(frozen=True)
class RunsCompared:
    """Lifts of several runs and the differences between them.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row a run: ``run, sample, model, seeds, n, before, after, lift, ci_low, ci_high`` and
        the lift of each domain as ``lift NAME``; NaN where a run has no lift.
    differences : pandas.DataFrame
        One row a pair: ``first, second, difference`` (lift of the second minus lift of the first),
        ``ci_low, ci_high, p_value, p_holm, paired, n``.
    notes : list of str
        What limits the comparison.
    """

    runs: "pd.DataFrame"
    differences: "pd.DataFrame"
    notes: list[str] = field(default_factory=list)

    def to_pandas(self) -> "pd.DataFrame":
        """The lifts, one row a run."""
        return self.runs

    def __repr__(self) -> str:
        said = "; ".join(
            "{run} {0:+.1f} ({1:+.1f} to {2:+.1f})".format(
                *(100 * row[key] for key in ("lift", "ci_low", "ci_high")), run=row["run"]
            )
            if row["lift"] == row["lift"]
            else f"{row['run']} has none"
            for row in self.runs.to_dict("records")
        )
        return f"<RunsCompared, points of lift: {said}>"

    def _repr_html_(self) -> str:
        notes = tag("ul", [tag("li", note) for note in self.notes])
        return _html(self.runs) + _html(self.differences) + notes


def compare_runs(paths: Sequence[str | os.PathLike[str]]) -> RunsCompared:
    """Compare the lifts of several run folders.

    Raises
    ------
    ConfigError
        If there are fewer than two, or their models were asked under different protocols.
    RunError
        If one of them is no run folder.
    """
    import pandas as pd

    if len(paths) < 2:
        raise ConfigError("give at least two run folders to compare")
    runs = [Run.open(path) for path in paths]
    names = _distinct_names(runs)
    rows: list[dict[str, Any]] = []
    lifts: dict[str, LiftValues] = {}
    notes = _one_protocol(dict(zip(names, runs, strict=True)))
    for name, run in zip(names, runs, strict=True):
        row: dict[str, Any] = {"run": name, "sample": run.sample_id, "model": run.model}
        values = _values(run, notes, name)
        if values is not None and run.lift is not None:
            overall = run.lift.overall
            lifts[name] = values
            row |= {
                "seeds": run.lift.seeds_after,
                "n": overall.n,
                "before": overall.before,
                "after": overall.after,
                "lift": overall.lift,
                "ci_low": overall.ci_low,
                "ci_high": overall.ci_high,
            }
            row |= {f"lift {domain}": e.lift for domain, e in run.lift.domains.items()}
        rows.append(row)
    columns = ["run", "sample", "model", "seeds", "n", "before", "after", "lift", "ci_low"]
    frame = pd.DataFrame(rows)
    frame = frame.reindex(columns=list(dict.fromkeys([*columns, "ci_high", *frame.columns])))
    pairs = list(combinations(lifts, 2))
    if len(lifts) > _ALL_PAIRS:
        best = max(lifts, key=lambda name: lifts[name].lift)
        pairs = [(best, name) for name in lifts if name != best]
        notes.append(f"with so many runs, each is compared with the best only, {best}")
    differences = [
        {"first": one, "second": two, **vars(contrast(lifts[one], lifts[two]))}
        for one, two in pairs
    ]
    table = pd.DataFrame(
        differences,
        columns=["first", "second", "difference", "ci_low", "ci_high", "p_value", "paired", "n"],
    )
    table.insert(6, "p_holm", holm(table["p_value"].tolist()))
    if not table.empty and not table["paired"].all():
        notes.append(
            "runs on different items are compared unpaired, which is less sure; "
            "validate them on the same benchmark with the same `rollouts`"
        )
    notes += _setting_notes(dict(zip(names, runs, strict=True)))
    if any(len(values.values) == 1 for values in lifts.values()):
        notes.append("a run with one training seed says nothing about variation between seeds")
    return RunsCompared(frame, table, notes)


def _values(run: Run, notes: list[str], name: str) -> LiftValues | None:
    if not run.folder.trained:
        notes.append(f"{name}: {run.verdict.headline}")
        return None
    evaluations = run.evaluations
    try:
        return lift_values(evaluations.get(BEFORE, []), evaluations.get(MAIN, []))
    except SampleEngineeringError as error:
        notes.append(f"{name} has no lift: {error}")
        return None


def _distinct_names(runs: Sequence[Run]) -> list[str]:
    """Shortest ends of the paths that tell the runs apart."""
    parts = [run.folder.path.resolve().parts for run in runs]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{run.folder.path} ({number})" for number, run in enumerate(runs, 1)]


def _one_protocol(runs: dict[str, Run]) -> list[str]:
    """Refuse runs whose models were asked under different protocols; say where that is unknown."""
    found = {
        name: protocols_of(run.evaluations[BEFORE][0].info)
        for name, run in runs.items()
        if run.evaluations.get(BEFORE)
    }
    known = {name: record for name, record in found.items() if record is not None}
    first = next(iter(known), "")
    for name, record in known.items():
        refuse_any(known[first], record, f"the models of {first} and {name}")
    silent = [name for name in found if name not in known]
    if silent and known:  # among older ones `_setting_notes` says what differs
        return [
            f"{', '.join(silent)} {'does' if len(silent) == 1 else 'do'} not say how the model was "
            "asked (an older version); whether the conditions were the same is not known"
        ]
    return []


def _setting_notes(runs: dict[str, Run]) -> list[str]:
    """Say which settings of the evaluations differ between the runs."""
    notes = []
    for key, what in (
        ("temperature", "sampling temperatures"),
        ("max_tokens", "length limits"),
        ("template", "prompt templates"),
        ("form", "forms of the answer"),
        ("seed", "evaluation seeds"),
    ):
        found = {
            str(run.evaluations[BEFORE][0].info[key])
            for run in runs.values()
            if run.evaluations.get(BEFORE) and key in run.evaluations[BEFORE][0].info
        }
        if len(found) > 1:
            notes.append(f"the runs have different {what}: {', '.join(sorted(found))}")
    models = {run.model for run in runs.values() if run.model}
    if len(models) > 1:
        notes.append(f"the runs have different base models: {', '.join(sorted(models))}")
    return notes


@dataclass(frozen=True)
class Leaderboard:
    """Samples ranked by lift, one table for each base model and benchmark.

    Parameters
    ----------
    tables : mapping from (model, benchmark) to pandas.DataFrame
        Columns of `rank_lifts` and ``runs``, ``verdict``, and ``lift NAME`` for each domain.
    left_out : list of (run, reason)
        Runs without a lift: not trained, not finished, damaged.
    """

    tables: dict[tuple[str, str], "pd.DataFrame"]
    left_out: list[tuple[str, str]]

    def to_pandas(self) -> "pd.DataFrame":
        """All tables in one, with the columns ``model`` and ``benchmark``."""
        import pandas as pd

        frames = [
            frame.assign(model=model, benchmark=benchmark)
            for (model, benchmark), frame in self.tables.items()
        ]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"sample": []})

    def __repr__(self) -> str:
        samples = sum(map(len, self.tables.values()))
        out = f", {count_of(len(self.left_out), 'run')} left out" if self.left_out else ""
        return (
            f"<Leaderboard: {count_of(samples, 'sample')} in "
            f"{count_of(len(self.tables), 'table')}{out}>"
        )

    def _repr_html_(self) -> str:
        parts = [
            tag("p", f"{model} on {benchmark}") + _html(frame)
            for (model, benchmark), frame in self.tables.items()
        ]
        return "".join(parts) + tag(
            "ul", [tag("li", f"left out {name}: {reason}") for name, reason in self.left_out]
        )


def _html(frame: "pd.DataFrame") -> str:
    return frame.to_html(escape=True, index=False, float_format="{:+.3f}".format)


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
    groups: dict[tuple[str, str], dict[str, list[tuple[str, Run]]]] = {}
    left_out: list[tuple[str, str]] = []
    for path in paths:
        name = os.path.relpath(path, folder)
        run = Run.open(path)
        reason = _why_left_out(run)
        if reason is not None:
            left_out.append((name, reason))
        else:
            info = run.evaluations[BEFORE][0].info
            benchmark = str(info.get("benchmark", "benchmark"))
            digest = str(info.get("benchmark_digest", ""))
            key = (str(run.model or "?"), f"{benchmark} {digest[:8]}".strip())
            groups.setdefault(key, {}).setdefault(run.sample_id, []).append((name, run))
        if progress is not None:
            progress(1, len(paths))
    tables = {}
    for key, samples in groups.items():
        table = _ranking(samples, left_out)
        if not table.empty:
            tables[key] = table
    return Leaderboard(tables, left_out)


def _why_left_out(run: Run) -> str | None:
    if not run.folder.trained:
        return run.verdict.headline
    if not run.evaluations.get(BEFORE) or not run.evaluations.get(MAIN):
        return "not finished"
    return None


def _ranking(
    samples: dict[str, list[tuple[str, Run]]], left_out: list[tuple[str, str]]
) -> "pd.DataFrame":
    lifts: dict[str, LiftValues] = {}
    more: dict[str, dict[str, Any]] = {}
    for sample, runs in samples.items():
        before = [e for _, run in runs for e in run.evaluations[BEFORE]]
        after = [e for _, run in runs for e in run.evaluations[MAIN]]
        try:
            lifts[sample] = lift_values(before, after)
            # Few resamples: only the means by domain are taken from this.
            domains = compare(before, after, resamples=100).domains
        except SampleEngineeringError as error:
            left_out += [(name, str(error)) for name, _ in runs]
            continue
        more[sample] = {"runs": len(runs)}
        more[sample] |= {f"lift {name}": effect.lift for name, effect in domains.items()}
    frame = rank_lifts(lifts)
    for column in dict.fromkeys(column for row in more.values() for column in row):
        frame[column] = [more[name].get(column, float("nan")) for name in frame["sample"]]
    frame["verdict"] = [
        "lifts" if low > 0 else "harms" if high < 0 else "no effect shown"
        for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
    ]
    return frame
