"""Lift: the same items before and after, with paired intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sample_engineering import notebook, plotting
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.decomposition import Gates, right_if_extracted, split_lift
from sample_engineering.evaluation.intervals import (
    DEFAULT_RESAMPLES,
    LEVEL,
    Replicates,
    Statistic,
    add_seeds,
    excludes_zero,
    random_stream,
    resample_items,
    spread,
)
from sample_engineering.evaluation.passk import ks, pass_at_k
from sample_engineering.evaluation.same_items import require_same_items, require_same_protocol
from sample_engineering.evaluation.seeds import (
    Noises,
    Part,
    combined,
    item_part,
    own_noises,
    seed_parts,
    shared_noise,
)
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.markup import Markup
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Columns of the per-item statistics, before those of pass@k for k > 1: the gates of
# `decomposition`, accuracy last, and two further shares.
_GATES = ("whole", "extracted", "extracted_right", "correct")
_COLUMNS = (*_GATES, "readable", "truncated")
_ACCURACY, _READABLE, _TRUNCATED = (_COLUMNS.index(c) for c in ("correct", *_COLUMNS[-2:]))
_UNKNOWN = float("nan")
_GAINS = ("truncation", "extraction", "form", "format", "reasoning")


@dataclass(frozen=True)
class Effect:
    """What changed on one group of items.

    Accuracies are means over items of the share of correct completions (avg@k); `lift` is after
    minus before; `ci_low`, `ci_high` bound it at 95 %; `*_se` are standard errors clustered by
    item; `p_value` for no lift is that of the interval, below 0.05 where it excludes 0.
    `truncated_*` is the share of completions that were cut off, `extracted_*` of those with an
    answer that could be read in whatever form, `readable_*` of those with one in the form that was
    asked for, `right_if_extracted_*` the accuracy among the extracted ones. `format_gain` and
    `reasoning_gain` add up to the lift, and `truncation_gain`, `extraction_gain` and `form_gain` to
    the format gain (see `sample_engineering.evaluation.decomposition`). `pass_at` has, for each k,
    the keys ``before, after, lift, ci_low, ci_high``. Standard errors are NaN for a single item;
    what an older file does not tell is NaN too.
    """

    n: int
    before: float
    after: float
    lift: float
    ci_low: float
    ci_high: float
    before_se: float
    after_se: float
    lift_se: float
    p_value: float
    readable_before: float
    readable_after: float
    format_gain: float
    format_ci_low: float
    format_ci_high: float
    reasoning_gain: float
    reasoning_ci_low: float
    reasoning_ci_high: float
    pass_at: Mapping[int, Mapping[str, float]]
    truncated_before: float = _UNKNOWN
    truncated_after: float = _UNKNOWN
    extracted_before: float = _UNKNOWN
    extracted_after: float = _UNKNOWN
    right_if_extracted_before: float = _UNKNOWN
    right_if_extracted_after: float = _UNKNOWN
    truncation_gain: float = _UNKNOWN
    truncation_ci_low: float = _UNKNOWN
    truncation_ci_high: float = _UNKNOWN
    extraction_gain: float = _UNKNOWN
    extraction_ci_low: float = _UNKNOWN
    extraction_ci_high: float = _UNKNOWN
    form_gain: float = _UNKNOWN
    form_ci_low: float = _UNKNOWN
    form_ci_high: float = _UNKNOWN

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval of the lift lies on one side of zero."""
        return excludes_zero((self.ci_low, self.ci_high))


@dataclass(frozen=True)
class Comparison:
    """Lift overall, per domain and per split.

    Parameters
    ----------
    overall : Effect
        Mean over all items.
    macro : Effect
        Mean over domains: each counts alike, however many items it has.
    domains, splits : mapping from name to Effect
        In the order of the benchmark.
    cells : mapping from ``"domain/split"`` to Effect
        Only where there is more than one split.
    samples_before, samples_after : int
        Completions an item on either side.
    seeds_before, seeds_after : int
        Number of evaluations on either side; more than one makes seeds a second bootstrap level.
    resamples, seed : int
        Of the bootstrap.
    level : float
        Of the intervals.
    benchmarks : mapping from name to Effect
        Only where there is more than one.
    benchmark_mean : Effect, optional
        Mean over benchmarks: each counts alike.
    """

    overall: Effect
    macro: Effect
    domains: Mapping[str, Effect]
    splits: Mapping[str, Effect]
    cells: Mapping[str, Effect]
    samples_before: int
    samples_after: int
    seeds_before: int
    seeds_after: int
    resamples: int
    seed: int
    level: float = LEVEL
    benchmarks: Mapping[str, Effect] = field(default_factory=dict)
    benchmark_mean: Effect | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record; NaN stands for what is not known."""
        return asdict(self)

    def to_frame(self) -> "pd.DataFrame":
        """One row a group: ``kind`` (domain, benchmark, split, macro, overall), its ``name``."""
        import pandas as pd

        groups = [("domain", name, effect) for name, effect in self.domains.items()]
        groups += [("benchmark", name, effect) for name, effect in self.benchmarks.items()]
        if len(self.splits) > 1:
            groups += [("split", name, effect) for name, effect in self.splits.items()]
        if len(self.domains) > 1:
            groups.append(("macro", "mean over domains", self.macro))
        if self.benchmark_mean is not None:
            groups.append(("macro", "mean over benchmarks", self.benchmark_mean))
        groups.append(("overall", "overall", self.overall))
        rows = []
        for kind, name, effect in groups:
            row = {"kind": kind, "name": name, **asdict(effect)}
            row.pop("pass_at")
            for k, values in effect.pass_at.items():
                row |= {f"pass@{k}_{key}": value for key, value in values.items()}
            rows.append(row)
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        lift, low, high = (
            100 * x for x in (self.overall.lift, self.overall.ci_low, self.overall.ci_high)
        )
        items = count_of(self.overall.n, "item")
        return f"<Comparison: {lift:+.1f} points ({low:+.1f} to {high:+.1f}) on {items}>"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift by domain, split and overall, with its 95 % interval; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        label = "lift, percentage points (95 % interval)"
        return plotting.forest(ax, {"": lift_intervals(self)}, label)

    def _repr_html_(self) -> str:
        return notebook.page(
            notebook.heading(
                "Lift",
                f"on {count_of(self.overall.n, 'item')}; accuracies in per cent, the rest in "
                "percentage points",
            ),
            lift_table(self),
        )


def lift_rows(lift: Comparison) -> list[tuple[str, Effect]]:
    """Return the groups of a lift with their names: domains, splits, and overall."""
    rows = list(lift.domains.items())
    if len(lift.splits) > 1:
        rows += [(f"split: {name}", effect) for name, effect in lift.splits.items()]
    return [*rows, ("overall", lift.overall)]


def lift_intervals(lift: Comparison) -> list[plotting.Interval]:
    """Return the lift of each group in percentage points, to be drawn."""
    return [
        plotting.Interval(name, 100 * one.lift, 100 * one.ci_low, 100 * one.ci_high)
        for name, one in lift_rows(lift)
    ]


def lift_table(lift: Comparison) -> Markup:
    """Return the table of a lift as notebooks show it, its intervals drawn on one scale."""
    groups = lift_rows(lift)
    limits = notebook.limits_of((one.ci_low, one.ci_high) for _, one in groups)
    rows = [
        (
            name,
            one.n,
            notebook.share(one.before),
            notebook.share(one.after),
            notebook.points(one.lift),
            notebook.interval(one.ci_low, one.ci_high),
            notebook.strip(one.lift, one.ci_low, one.ci_high, limits),
            notebook.points(one.format_gain),
            notebook.points(one.reasoning_gain),
        )
        for name, one in groups
    ]
    heads = ("", "items", "before", "after", "lift", "95 % interval", "", "format", "reasoning")
    return notebook.table(heads, rows)


def compare(
    before: Evaluation | Sequence[Evaluation],
    after: Evaluation | Sequence[Evaluation],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
    across_protocols: bool = False,
    both_trained: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Compare two models, or one model before and after training, on the same items.

    Parameters
    ----------
    before, after : Evaluation or sequence of Evaluation
        Several evaluations on a side are several seeds of the same arm.
    resamples : int
        Bootstrap replicates; at least 100.
    seed : int
        Of the bootstrap: the same inputs and seed give the same intervals.
    across_protocols : bool
        Compare also what was asked under different conditions: for arms that are such a difference,
        e.g. the base model decoded greedily.
    both_trained : bool
        Whether the models before are training runs too, as control arms are: the variation between
        training seeds is then taken from both sides together, and a side with a single run borrows
        it. Without, a side with a single evaluation has none.
    progress : callable, optional
        Called with the number of groups finished since the last call.

    Returns
    -------
    Comparison

    Raises
    ------
    ConfigError
        If the evaluations do not hold the same items, were asked under different protocols, or
        `resamples` is too small.
    """
    if resamples < 100:
        raise ConfigError(f"{resamples} resamples give no 95 % interval; use at least 100")
    sides = [_as_list(before, "before"), _as_list(after, "after")]
    all_sides = [evaluation for side in sides for evaluation in side]
    require_same_items(all_sides)
    if not across_protocols:
        require_same_protocol(all_sides)
    items = sides[0][0].table.drop_duplicates("item")[["item", "domain", "split", "benchmark"]]
    samples = [min(_fewest(evaluation) for evaluation in side) for side in sides]
    shown = ks(min(samples))
    names = items["item"].tolist()
    arrays = [np.stack([_statistics(e, names, shown) for e in side]) for side in sides]

    def effect(mask: np.ndarray, group: str) -> tuple[Effect, _Group]:
        values = [array[:, mask] for array in arrays]
        noises = _noises(values, both_trained)
        rng = random_stream(seed, group)
        drawn = resample_items(values[0], values[1], rng, resamples, noises)
        found = _Group(values[0], values[1], noises, drawn)
        replicates = add_seeds(drawn, (len(values[0]), len(values[1])), rng, noises)
        result = _effect(found, replicates, shown)
        if progress is not None:
            progress(1)
        return result, found

    domain, split = items["domain"].to_numpy(), items["split"].to_numpy()
    domains, by_domain = {}, []
    for name in dict.fromkeys(domain):
        domains[str(name)], found = effect(domain == name, f"domain {name}")
        by_domain.append(found)
    benchmark = items["benchmark"].to_numpy()
    benchmarks, by_benchmark = {}, []
    if len(set(benchmark)) > 1:
        for name in dict.fromkeys(benchmark):
            benchmarks[str(name)], found = effect(benchmark == name, f"benchmark {name}")
            by_benchmark.append(found)
    splits = {str(s): effect(split == s, f"split {s}")[0] for s in dict.fromkeys(split)}
    cells = {}
    if len(splits) > 1:
        for d, s in dict.fromkeys(zip(domain, split, strict=True)):
            mask = (domain == d) & (split == s)
            cells[f"{d}/{s}"] = effect(mask, f"cell {d}/{s}")[0]
    overall, _ = effect(np.ones(len(names), bool), "overall")

    def macro(groups: list[_Group], what: str) -> Effect:
        return _macro(groups, random_stream(seed, f"mean over {what}"), both_trained, shown)

    return Comparison(
        overall=overall,
        macro=overall if len(by_domain) == 1 else macro(by_domain, "domains"),
        domains=domains,
        splits=splits,
        cells=cells,
        samples_before=samples[0],
        samples_after=samples[1],
        seeds_before=len(sides[0]),
        seeds_after=len(sides[1]),
        resamples=resamples,
        seed=seed,
        benchmarks=benchmarks,
        benchmark_mean=macro(by_benchmark, "benchmarks") if by_benchmark else None,
    )


def _as_list(side: Evaluation | Sequence[Evaluation], name: str) -> list[Evaluation]:
    evaluations = [side] if isinstance(side, Evaluation) else list(side)
    if not evaluations or any(e.table.empty for e in evaluations):
        raise ConfigError(f"no evaluation {name}; give at least one with some items")
    return evaluations


def _fewest(evaluation: Evaluation) -> int:
    return int(evaluation.table.groupby("item", sort=False).size().min())


def _statistics(evaluation: Evaluation, items: list[str], shown: tuple[int, ...]) -> np.ndarray:
    """Return `_COLUMNS` and pass@k for k > 1 of each item, (n_items, columns)."""
    table = evaluation.table
    truncated = table["finish_reason"].eq("length")
    extracted = table["extracted"] | table["readable"] | table["correct"]
    marks = {
        "item": table["item"],
        "whole": ~truncated | extracted,
        "extracted": extracted,
        "extracted_right": table["extracted_right"] | table["correct"],
        "correct": table["correct"],
        "readable": table["readable"] | table["correct"],
        "truncated": truncated,
    }
    grouped = table.assign(**marks).groupby("item", sort=False)
    means = grouped[list(_COLUMNS)].mean().loc[items]
    per_item = grouped["correct"].agg(["size", "sum"]).loc[items]
    total, correct = per_item["size"].to_numpy(), per_item["sum"].to_numpy()
    columns = [means[name].to_numpy(float) for name in _COLUMNS]
    columns += [pass_at_k(total, correct, k) for k in shown if k > 1]
    return np.stack(columns, axis=1)


def _noises(sides: Sequence[np.ndarray], both_trained: bool) -> Noises:
    before, after = shared_noise(*sides) if both_trained else own_noises(*sides)
    return before, after


@dataclass(frozen=True, eq=False)
class _Group:
    """One group of items: values (seeds, items, columns), and replicates drawn of its items."""

    before: np.ndarray
    after: np.ndarray
    noises: Noises
    drawn: Replicates

    @property
    def sides(self) -> tuple[np.ndarray, np.ndarray]:
        return self.before, self.after

    @property
    def n_items(self) -> int:
        return int(self.before.shape[1])


def _side_error(groups: list[_Group], side: int) -> float:
    """Return the standard error of the mean accuracy of a side, over groups that weigh alike."""
    values = [group.sides[side][..., _ACCURACY] for group in groups]
    if any(value.shape[1] < 2 for value in values):
        return float("nan")
    variance = sum(v.mean(axis=0).var(ddof=1) / v.shape[1] for v in values) / len(values) ** 2
    by_seed = np.mean([v.mean(axis=1) for v in values], axis=0)
    if len(by_seed) > 1:
        variance += by_seed.var(ddof=1) / len(by_seed)
    return float(np.sqrt(variance))


def _effect(group: _Group, replicates: Replicates, shown: tuple[int, ...]) -> Effect:
    means = group.before.mean(axis=(0, 1)), group.after.mean(axis=(0, 1))
    found = spread(group.before, group.after, group.noises)
    return _assemble([group], means, found, replicates, shown)


def _macro(
    groups: list[_Group],
    rng: np.random.Generator,
    both_trained: bool,
    shown: tuple[int, ...],
) -> Effect:
    """Average groups of items, each weighing alike; a seed moves all groups of its run at once."""
    seeds = len(groups[0].before), len(groups[0].after)
    # A value a seed: the mean over the groups, as if it were one item.
    sides = [
        np.mean([group.sides[side].mean(axis=1) for group in groups], axis=0)[:, None]
        for side in (0, 1)
    ]
    noises = _noises(sides, both_trained)
    parts: list[Part] = [
        (variance / len(groups) ** 2, freedom)
        for group in groups
        for variance, freedom in item_part(group.before, group.after, group.noises)
    ]
    drawn = Replicates(
        np.mean([group.drawn.before for group in groups], axis=0),
        np.mean([group.drawn.after for group in groups], axis=0),
    )
    return _assemble(
        groups,
        (sides[0].mean(axis=(0, 1)), sides[1].mean(axis=(0, 1))),
        combined([*parts, *seed_parts(seeds, noises)], sides[0].shape[2]),
        add_seeds(drawn, seeds, rng, noises),
        shown,
    )


def _gates(side: np.ndarray) -> Gates:
    return Gates.of(*(side[..., _COLUMNS.index(name)] for name in _GATES))


def _assemble(
    groups: list[_Group],
    means: tuple[np.ndarray, np.ndarray],
    found: Part,
    replicates: Replicates,
    shown: tuple[int, ...],
) -> Effect:
    variance, freedoms = found
    n_items = sum(group.n_items for group in groups)

    def bounds(drawn: np.ndarray, point: float, freedom: float) -> tuple[float, float]:
        return Statistic(drawn, point, n_items, freedom).interval()

    before, after = means
    drawn = replicates.after - replicates.before
    lifts = after - before
    lift = float(lifts[_ACCURACY])
    gates = _gates(before), _gates(after)
    gains = split_lift(*gates)
    drawn_gains = split_lift(_gates(replicates.before), _gates(replicates.after))
    parts: dict[str, float] = {}
    for name in _GAINS:
        gain = float(getattr(gains, name))
        low, high = bounds(getattr(drawn_gains, name), gain, freedoms[_ACCURACY])
        parts |= {f"{name}_gain": gain, f"{name}_ci_low": low, f"{name}_ci_high": high}
    for when, side, passed in zip(("before", "after"), means, gates, strict=True):
        parts |= {
            when: float(side[_ACCURACY]),
            f"readable_{when}": float(side[_READABLE]),
            f"truncated_{when}": float(side[_TRUNCATED]),
            f"extracted_{when}": float(passed.extracted),
            f"right_if_extracted_{when}": float(right_if_extracted(passed)),
        }
    columns = {1: _ACCURACY}
    columns |= {k: len(_COLUMNS) + i for i, k in enumerate(k for k in shown if k > 1)}
    pass_at = {}
    for k, c in columns.items():
        low, high = bounds(drawn[:, c], float(lifts[c]), freedoms[c])
        pass_at[k] = {
            "before": float(before[c]),
            "after": float(after[c]),
            "lift": float(lifts[c]),
            "ci_low": low,
            "ci_high": high,
        }
    moved = Statistic(drawn[:, _ACCURACY], lift, n_items, float(freedoms[_ACCURACY]))
    low, high = moved.interval()
    single = any(group.n_items == 1 for group in groups)
    return Effect(
        n=n_items,
        lift=lift,
        ci_low=low,
        ci_high=high,
        before_se=_side_error(groups, 0),
        after_se=_side_error(groups, 1),
        lift_se=float("nan") if single else float(np.sqrt(variance[_ACCURACY])),
        p_value=moved.p_value,
        pass_at=pass_at,
        **parts,
    )
