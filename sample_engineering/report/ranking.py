"""Several run folders side by side: their lifts, and the differences between them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, plotting
from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.evaluation.contrast import LiftValues, contrast
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.evaluation.same_items import protocols_of, refuse_any
from sample_engineering.multiplicity import holm
from sample_engineering.registry import suggestion
from sample_engineering.report.conditions import (
    Condition,
    Counted,
    condition_of,
    method_of,
    sample_of,
    trained_runs,
    without_algorithm,
)
from sample_engineering.report.entrants import Entrant, arms_named, entrants
from sample_engineering.report.run import Run
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.storage import told

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# With more runs than this, each is compared with the best only instead of with every other.
_ALL_PAIRS = 5
_RUN_COLUMNS = ["run", "arm", "sample", "model", "algorithm", "reading", "steps", "seeds", "n",
                "before", "after", "lift", "ci_low", "ci_high"]  # fmt: skip
_PAIR_COLUMNS = ["reading", "first", "second", "difference", "ci_low", "ci_high", "p_value",
                 "paired", "n"]  # fmt: skip


@dataclass(frozen=True)
class RunsCompared:
    """Lifts of several runs and the differences between them.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row a run, arm and reading: ``run, arm, sample, model, algorithm, reading, steps, seeds,
        n, before, after, lift, ci_low, ci_high`` and the lift of each domain as ``lift NAME``; NaN
        where a run has no lift.
    differences : pandas.DataFrame
        One row a reading and pair of runs under the same condition: ``reading, first, second,
        difference`` (lift of the second minus lift of the first), ``ci_low, ci_high, p_value,
        p_holm, paired, n``; p-values are corrected for their number within the reading.
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
            "{run} {0:+.1f} ({1:+.1f} to {2:+.1f}, {reading})".format(
                *(100 * row[key] for key in ("lift", "ci_low", "ci_high")),
                run=row["run"],
                reading=row["reading"],
            )
            if row["lift"] == row["lift"]
            else f"{row['run']} has none"
            for row in self.runs.to_dict("records")
        )
        return f"<RunsCompared, points of lift: {said}>"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift of each run and reading, with its 95 % interval; return the axes.

        A run is called by its sample, where no other is of the same.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        names = self.runs.groupby("sample", sort=False)["run"].nunique()
        name = "sample" if (names == 1).all() else "run"
        blocks: dict[str, list[plotting.Interval]] = {}
        for row in self.runs.to_dict("records"):
            if row["lift"] == row["lift"]:
                ends = (100 * row[key] for key in ("lift", "ci_low", "ci_high"))
                found = plotting.Interval(str(row[name]), *ends)
                blocks.setdefault(str(row["reading"]), []).append(found)
        return plotting.forest(ax, blocks, "lift, percentage points (95 % interval)")

    def _repr_html_(self) -> str:
        runs = self.runs.to_dict("records")
        limits = notebook.limits_of((row["ci_low"], row["ci_high"]) for row in runs)
        lifts = [
            (
                row["run"],
                row["sample"],
                row["algorithm"],
                row["reading"],
                row["steps"],
                row["seeds"],
                notebook.share(row["before"]),
                notebook.share(row["after"]),
                *_drawn(row, "lift", limits),
            )
            for row in runs
        ]
        heads = ("run", "sample", "algorithm", "reading", "steps", "seeds", "before", "after",
                 "lift, points", "95 % interval", "")  # fmt: skip
        pairs = self.differences.to_dict("records")
        limits = notebook.limits_of((row["ci_low"], row["ci_high"]) for row in pairs)
        between = [
            (row["reading"], row["first"], row["second"], *_drawn(row, "difference", limits),
             row["p_holm"])
            for row in pairs
        ]  # fmt: skip
        told = ("reading", "first", "second", "second minus first, points", "95 % interval", "",
                "p (Holm)")  # fmt: skip
        return notebook.page(
            notebook.heading("Lifts"),
            notebook.table(heads, lifts),
            notebook.heading("Differences between them") if between else None,
            notebook.table(told, between) if between else None,
            notebook.notes(self.notes),
        )


def _drawn(row: dict[Any, Any], name: str, limits: tuple[float, float]) -> list[notebook.Cell]:
    """A change, its interval, and the picture of both."""
    low, high = row["ci_low"], row["ci_high"]
    return [
        notebook.points(row[name]),
        notebook.interval(low, high),
        notebook.strip(row[name], low, high, limits),
    ]


def compare_runs(
    paths: Sequence[str | os.PathLike[str]],
    *,
    arms: str | Sequence[str] | None = None,
    baseline: str | None = None,
) -> RunsCompared:
    """Compare the lifts of several run folders, within each reading.

    Runs on another benchmark, with other steps, or trained or asked otherwise stand in the table
    and are not compared; a copy of a run is named and left out.

    Parameters
    ----------
    paths : sequence of path-like
    arms : str or sequence of str, optional
        Which arms of the folders stand beside each other, each called by its folder and its name:
        ``all``, or names; by default the trained model of each.
    baseline : str, optional
        The name of one of them, with which every other is compared, instead of all pairs.

    Raises
    ------
    ConfigError
        If there are fewer than two to compare, their models were asked under different protocols,
        or there is no such arm.
    RunError
        If one of them is no run folder.
    """
    import pandas as pd

    wanted = arms_named(arms)
    if len(paths) < 2 and wanted == (MAIN,):
        raise ConfigError("give at least two run folders to compare, or `arms` of one")
    opened = [Run.open(path) for path in paths]
    named = dict(zip(_distinct_names(opened), opened, strict=True))
    notes = _one_protocol(named)
    runs = _without_copies(named, notes)
    rows: list[dict[str, Any]] = []
    lifts: dict[str, dict[str, LiftValues]] = {reading: {} for reading in READINGS}
    chosen = {one.name: one for one in entrants(runs, wanted)}
    for name, one in chosen.items():
        found = _values(one, notes)
        if not found and one.arm == MAIN and wanted != (MAIN,) and not one.readings:
            continue  # a folder of which arms alone were asked for, or run
        about = {"run": name, "arm": one.arm, "sample": one.run.sample_id, "model": one.run.model}
        about["algorithm"] = one.method
        rows += [about | _row(one, reading) for reading in found] or [about]
        for reading, values in found.items():
            lifts[reading][name] = values
    if baseline is not None and baseline not in chosen:
        raise ConfigError(
            f"`baseline`: nothing is called {baseline!r}; {suggestion(baseline, chosen)}"
        )
    if len(chosen) < 2 and wanted != (MAIN,):
        raise ConfigError(
            f"there is only {next(iter(chosen))} to compare; name more `arms` or runs"
        )
    frame = pd.DataFrame(rows)
    frame = frame.reindex(columns=list(dict.fromkeys([*_RUN_COLUMNS, *frame.columns])))
    tables = [
        _differences(reading, chosen, lifts[reading], notes, baseline) for reading in READINGS
    ]
    known = [table for table in tables if not table.empty]
    table = pd.concat(known, ignore_index=True) if known else tables[0]
    if not table.empty and not table["paired"].all():
        notes.append(
            "runs on different items are compared unpaired, which is less sure; "
            "validate them on the same benchmark with the same `rollouts`"
        )
    notes += _setting_notes(runs)
    if any(len(values.values) == 1 for found in lifts.values() for values in found.values()):
        notes.append("a run with one training seed says nothing about variation between seeds")
    return RunsCompared(frame, table, list(dict.fromkeys(notes)))


def _without_copies(runs: dict[str, Run], notes: list[str]) -> dict[str, Run]:
    """Leave out runs all of whose trainings another holds; name those with some of them."""
    counted, kept = Counted(), {}
    for name, run in runs.items():
        fresh, others, whole = 0, [], 0
        for reading in _readings(run):
            mine = trained_runs(run, reading)
            where = condition_of(run, reading), sample_of(run)[1]
            found, held = counted.new(name, where, mine)
            fresh, whole = fresh + len(found), whole + len(mine)
            others += held
        if whole and not fresh:
            notes.append(f"{name} is a copy of {others[0]}: counted once")
            continue
        if others:
            notes.append(f"{name} shares training runs with {others[0]}: they are not independent")
        kept[name] = run
    return kept


def _readings(run: Run) -> list[str]:
    return Entrant(run, MAIN, "").readings


def _row(one: Entrant, reading: str) -> dict[str, Any]:
    lift = one.lift(reading)
    row = {key: getattr(lift.overall, key) for key in ("n", "before", "after", "lift", "ci_low")}
    row |= {"ci_high": lift.overall.ci_high, "seeds": lift.seeds_after, "reading": reading}
    row |= {"steps": condition_of(one.run, reading).steps}
    return row | {f"lift {domain}": effect.lift for domain, effect in lift.domains.items()}


def _differences(
    reading: str,
    chosen: dict[str, Entrant],
    lifts: dict[str, LiftValues],
    notes: list[str],
    baseline: str | None,
) -> "pd.DataFrame":
    """Compare the pairs under one condition; note why the others are not."""
    import pandas as pd

    runs = {name: one.run for name, one in chosen.items()}
    conditions = {name: condition_of(runs[name], reading) for name in lifts}
    pairs = list(combinations(lifts, 2))
    if baseline is not None:
        pairs = (
            [(baseline, name) for name in lifts if name != baseline] if baseline in lifts else []
        )
    elif len(lifts) > _ALL_PAIRS:
        groups: dict[Condition, list[str]] = {}
        for name, condition in conditions.items():
            alike = without_algorithm(condition, runs[name])
            groups.setdefault(alike._replace(model="", algorithm=""), []).append(name)
        best = [max(names, key=lambda name: lifts[name].lift) for names in groups.values()]
        pairs = [
            (first, name)
            for first, names in zip(best, groups.values(), strict=True)
            for name in names
            if name != first
        ]
        told = ", ".join(best)
        notes.append(f"with so many runs, each is compared with the best only ({reading}), {told}")
    rows = []
    for one, two in pairs:
        both = conditions[one], conditions[two]
        if both[0].algorithm != both[1].algorithm:  # which is what is compared
            both = without_algorithm(both[0], runs[one]), without_algorithm(both[1], runs[two])
        if apart := both[0].differences(both[1]):
            notes.append(f"{one} and {two} are not compared: {'; '.join(apart)}")
        else:
            found = vars(contrast(lifts[one], lifts[two]))
            rows.append({"reading": reading, "first": one, "second": two, **found})
    table = pd.DataFrame(rows, columns=_PAIR_COLUMNS)
    table.insert(7, "p_holm", holm(table["p_value"].tolist()))
    return table


def _values(one: Entrant, notes: list[str]) -> dict[str, LiftValues]:
    run, name = one.run, one.name
    if one.arm == MAIN and not run.folder.trained:
        notes.append(f"{name}: {run.verdict.headline}")
        return {}
    found = {}
    for reading in one.readings:
        try:
            values = one.values(reading)
        except SampleEngineeringError as error:
            notes.append(f"{name} has no {reading} lift: {error}")
            continue
        if one.arm != MAIN or reading in run.lifts:
            found[reading] = values
    if not found and not any(note.startswith(f"{name} has no") for note in notes):
        notes.append(f"{name} has no lift: there is no evaluation before and after yet")
    return found


def _distinct_names(runs: Sequence[Run]) -> list[str]:
    """Shortest ends of the paths that tell the runs apart."""
    parts = [run.folder.path.resolve().parts for run in runs]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{told(str(run.folder.path))} ({number})" for number, run in enumerate(runs, 1)]


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


def _weights(run: Run) -> str:
    """What tells base models apart: the hash of the weights, or where they lie."""
    config = run.folder.config
    return str((config.hashes.model if config is not None else None) or run.model)


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
    methods = sorted({method_of(run) for run in runs.values()})
    if len(methods) > 1:
        notes.append(
            f"the runs were trained by different algorithms: {', '.join(methods)}; a difference "
            "is of the algorithm with the settings that it brings"
        )
    # The same weights may lie in several folders.
    models = {_weights(run): run.model for run in runs.values() if run.model}
    if len(models) > 1:
        notes.append(f"the runs have different base models: {', '.join(sorted(models.values()))}")
    return notes
