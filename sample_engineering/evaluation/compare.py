"""Lift: the same items before and after, with paired intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.decomposition import among_readable, split_lift
from sample_engineering.evaluation.intervals import (
    DEFAULT_RESAMPLES,
    LEVEL,
    Replicates,
    Statistic,
    excludes_zero,
    random_stream,
    resample,
    satterthwaite,
    spread,
)
from sample_engineering.evaluation.passk import ks, pass_at_k
from sample_engineering.evaluation.same_items import require_same_items, require_same_protocol
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas as pd

# Columns of the per-item statistics, before those of pass@k for k > 1.
_ACCURACY, _READABLE, _FIRST_PASS = 0, 1, 2


@dataclass(frozen=True)
class Effect:
    """What changed on one group of items.

    Accuracies are means over items of the share of correct completions (avg@k); `lift` is after
    minus before; `ci_low`, `ci_high` bound it at 95 %; `*_se` are standard errors clustered by
    item; `p_value` for no lift is that of the interval, below 0.05 where it excludes 0.
    `format_gain` and `reasoning_gain` add up to the lift (see
    `sample_engineering.evaluation.decomposition`). `pass_at` has, for each k, the keys
    ``before, after, lift, ci_low, ci_high``. Standard errors are NaN for a single item.
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
    accuracy_if_readable_before: float
    accuracy_if_readable_after: float
    format_gain: float
    format_ci_low: float
    format_ci_high: float
    reasoning_gain: float
    reasoning_ci_low: float
    reasoning_ci_high: float
    pass_at: Mapping[int, Mapping[str, float]]

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

    def _repr_html_(self) -> str:
        columns = ["name", "n", "before", "after", "lift", "ci_low", "ci_high"]
        columns += ["format_gain", "reasoning_gain"]
        return self.to_frame()[columns].to_html(
            escape=True, index=False, float_format="{:+.3f}".format
        )


def compare(
    before: Evaluation | Sequence[Evaluation],
    after: Evaluation | Sequence[Evaluation],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
    across_protocols: bool = False,
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

    def effect(mask: np.ndarray, group: str) -> tuple[Effect, Replicates, list[Any]]:
        values = [array[:, mask] for array in arrays]
        replicates = resample(values[0], values[1], random_stream(seed, group), resamples)
        result = _effect(values[0], values[1], replicates, shown)
        if progress is not None:
            progress(1)
        return result, replicates, values

    domain, split = items["domain"].to_numpy(), items["split"].to_numpy()
    domains, by_domain = {}, []
    for name in dict.fromkeys(domain):
        domains[str(name)], replicates, values = effect(domain == name, f"domain {name}")
        by_domain.append((values, replicates))
    benchmark = items["benchmark"].to_numpy()
    benchmarks, by_benchmark = {}, []
    if len(set(benchmark)) > 1:
        for name in dict.fromkeys(benchmark):
            found = effect(benchmark == name, f"benchmark {name}")
            benchmarks[str(name)] = found[0]
            by_benchmark.append((found[2], found[1]))
    splits = {str(s): effect(split == s, f"split {s}")[0] for s in dict.fromkeys(split)}
    cells = {}
    if len(splits) > 1:
        for d, s in dict.fromkeys(zip(domain, split, strict=True)):
            mask = (domain == d) & (split == s)
            cells[f"{d}/{s}"] = effect(mask, f"cell {d}/{s}")[0]
    overall, everything, values = effect(np.ones(len(names), bool), "overall")
    if len(by_domain) == 1:
        by_domain = [(values, everything)]
    return Comparison(
        overall=overall,
        macro=_macro(by_domain, shown),
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
        benchmark_mean=_macro(by_benchmark, shown) if by_benchmark else None,
    )


def _as_list(side: Evaluation | Sequence[Evaluation], name: str) -> list[Evaluation]:
    evaluations = [side] if isinstance(side, Evaluation) else list(side)
    if not evaluations or any(e.table.empty for e in evaluations):
        raise ConfigError(f"no evaluation {name}; give at least one with some items")
    return evaluations


def _fewest(evaluation: Evaluation) -> int:
    return int(evaluation.table.groupby("item", sort=False).size().min())


def _statistics(evaluation: Evaluation, items: list[str], shown: tuple[int, ...]) -> np.ndarray:
    """Return accuracy, readable share and pass@k for k > 1 of each item, (n_items, columns)."""
    table = evaluation.table
    grouped = table.assign(readable=table["readable"] | table["correct"]).groupby(
        "item", sort=False
    )
    per_item = grouped.agg(
        total=("correct", "size"), correct=("correct", "sum"), readable=("readable", "mean")
    )
    per_item = per_item.loc[items]
    total, correct = per_item["total"].to_numpy(), per_item["correct"].to_numpy()
    columns = [correct / total, per_item["readable"].to_numpy()]
    columns += [pass_at_k(total, correct, k) for k in shown if k > 1]
    return np.stack(columns, axis=1)


def _side_error(values: np.ndarray) -> float:
    """Return the standard error of a mean accuracy from an array (seeds, items)."""
    if values.shape[1] < 2:
        return float("nan")
    parts = [
        (series.var(ddof=1) / len(series), len(series) - 1.0)
        for series in (values.mean(axis=0), values.mean(axis=1))
        if len(series) > 1
    ]
    return float(np.sqrt(satterthwaite(parts)[0]))


def _effect(
    before: np.ndarray, after: np.ndarray, replicates: Replicates, shown: tuple[int, ...]
) -> Effect:
    n_items = before.shape[1]
    freedoms = [spread(before[..., c], after[..., c]) for c in range(before.shape[2])]
    variance = freedoms[_ACCURACY][0]
    errors = (
        _side_error(before[..., _ACCURACY]),
        _side_error(after[..., _ACCURACY]),
        float(np.sqrt(variance)) if n_items > 1 else float("nan"),
    )
    means = before.mean(axis=(0, 1)), after.mean(axis=(0, 1))
    return _assemble(n_items, means, errors, [f for _, f in freedoms], replicates, shown)


def _macro(by_domain: list[Any], shown: tuple[int, ...]) -> Effect:
    """Average domains: replicates, means and variance components of each weigh alike."""
    share = 1 / len(by_domain)
    means, replicates = [], []
    for side, name in ((0, "before"), (1, "after")):
        means.append(np.mean([values[side].mean(axis=(0, 1)) for values, _ in by_domain], axis=0))
        replicates.append(np.mean([getattr(r, name) for _, r in by_domain], axis=0))
    freedoms, variance = [], float("nan")
    for column in range(means[0].shape[0]):
        parts = []
        for values, _ in by_domain:
            part, freedom = spread(values[0][..., column], values[1][..., column])
            parts.append((part * share**2, freedom))
        total, freedom = satterthwaite(parts)
        freedoms.append(freedom)
        if column == _ACCURACY:
            variance = total

    def side_error(side: int) -> float:
        squares = [_side_error(values[side][..., _ACCURACY]) ** 2 for values, _ in by_domain]
        return float(np.sqrt(sum(squares)) * share)

    n_items = sum(values[0].shape[1] for values, _ in by_domain)
    single = any(values[0].shape[1] == 1 for values, _ in by_domain)
    errors = side_error(0), side_error(1), float("nan") if single else float(np.sqrt(variance))
    return _assemble(
        n_items, (means[0], means[1]), errors, freedoms, Replicates(*replicates), shown
    )


def _assemble(
    n_items: int,
    means: tuple[np.ndarray, np.ndarray],
    errors: tuple[float, float, float],
    freedoms: list[float],
    replicates: Replicates,
    shown: tuple[int, ...],
) -> Effect:
    def bounds(drawn: np.ndarray, point: float, freedom: float) -> dict[str, float]:
        low, high = Statistic(drawn, point, n_items, freedom).interval()
        return {"ci_low": low, "ci_high": high}

    before, after = means
    drawn = replicates.after - replicates.before
    lifts = after - before
    lift = float(lifts[_ACCURACY])
    # Scaled replicates may leave [0, 1]; the split needs shares.
    clipped = [np.clip(side[:, :2], 0, 1) for side in (replicates.before, replicates.after)]
    for side in clipped:
        side[:, _ACCURACY] = np.minimum(side[:, _ACCURACY], side[:, _READABLE])
    gains = [float(part) for part in split_lift(*before[:2], *after[:2])]
    drawn_gains = split_lift(clipped[0][:, 0], clipped[0][:, 1], clipped[1][:, 0], clipped[1][:, 1])
    parts: dict[str, float] = {}
    for name, gain, values in zip(("format", "reasoning"), gains, drawn_gains, strict=True):
        interval = bounds(values, gain, freedoms[_ACCURACY])
        parts |= {f"{name}_gain": gain} | {f"{name}_{key}": v for key, v in interval.items()}
    columns = {1: _ACCURACY} | {k: _FIRST_PASS + i for i, k in enumerate(k for k in shown if k > 1)}
    pass_at = {
        k: {
            "before": float(before[c]),
            "after": float(after[c]),
            "lift": float(lifts[c]),
            **bounds(drawn[:, c], float(lifts[c]), freedoms[c]),
        }
        for k, c in columns.items()
    }
    moved = Statistic(drawn[:, _ACCURACY], lift, n_items, freedoms[_ACCURACY])
    low, high = moved.interval()
    return Effect(
        n=n_items,
        before=float(before[_ACCURACY]),
        after=float(after[_ACCURACY]),
        lift=lift,
        ci_low=low,
        ci_high=high,
        before_se=errors[0],
        after_se=errors[1],
        lift_se=errors[2],
        p_value=moved.p_value,
        readable_before=float(before[_READABLE]),
        readable_after=float(after[_READABLE]),
        accuracy_if_readable_before=float(among_readable(before[_ACCURACY], before[_READABLE])),
        accuracy_if_readable_after=float(among_readable(after[_ACCURACY], after[_READABLE])),
        **parts,
        pass_at=pass_at,
    )
