"""Accuracy along a training: the curve by domain, and what choosing its best step is worth.

The best of many steps looks better than it is: the choice also picks luck. So the items are split
in two, by chance and alike in every domain: on the development half the best step of each training
run is chosen, and on the other half, which had no say, the lift of that step is measured, beside
that of the last step.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from sample_engineering import notebook, plotting
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.intervals import (
    Statistic,
    random_stream,
    resample,
    spread,
)
from sample_engineering.evaluation.same_items import require_same_items, require_same_protocol
from sample_engineering.evaluation.table import Evaluation

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Steps = Sequence[tuple[int, Evaluation]]
# Of the bootstrap behind each interval; a curve has many.
RESAMPLES = 2000
_FEWEST_ITEMS = 2  # in each half


@dataclass(frozen=True)
class Gain:
    """Accuracy of some weights on some items, and the lift over the base model.

    Parameters
    ----------
    n : int
        Items.
    accuracy : float
        Mean over items and training seeds.
    lift : float
        Over the base model on the same items.
    ci_low, ci_high : float
        95 % interval of the lift, paired by item.
    """

    n: int
    accuracy: float
    lift: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class CurvePoint:
    """The trained weights after a step, on all items.

    Parameters
    ----------
    step : int
        Training step.
    seeds : int
        Training runs that were evaluated there.
    overall : Gain
        On all items.
    domains : mapping from name to Gain
        By domain.
    """

    step: int
    seeds: int
    overall: Gain
    domains: Mapping[str, Gain]


@dataclass(frozen=True)
class Curve:
    """A curve, and its best step, chosen on one half of the items and measured on the other.

    Parameters
    ----------
    points : tuple of CurvePoint
        By step; on all items, so that no point of it may be called the best and then reported.
    best_steps : mapping from training seed to int
        The step with the highest accuracy on the development items; of equal ones the first.
    last_steps : mapping from training seed to int
        The last step.
    development : int
        Items on which the best step was chosen.
    split_seed : int
        Of the split.
    best : Gain
        At the best steps, on the other items.
    last : Gain
        At the last steps, on the same other items.
    lead : Gain
        The best steps over the last ones, there: `lift` and its interval are of the difference.
    best_domains, last_domains : mapping from name to Gain
        The same by domain.
    """

    points: tuple[CurvePoint, ...]
    best_steps: Mapping[int, int]
    last_steps: Mapping[int, int]
    development: int
    split_seed: int
    best: Gain
    last: Gain
    lead: Gain
    best_domains: Mapping[str, Gain]
    last_domains: Mapping[str, Gain]

    def to_frame(self) -> "pd.DataFrame":
        """One row a step and domain (and ``overall``): what `Gain` holds, and ``seeds``."""
        import pandas as pd

        rows = [
            {"step": point.step, "seeds": point.seeds, "name": name, **asdict(gain)}
            for point in self.points
            for name, gain in [*point.domains.items(), ("overall", point.overall)]
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        steps = ", ".join(map(str, self.best_steps.values()))
        return f"<Curve: {len(self.points)} steps, best {steps}, {100 * self.best.lift:+.1f} there>"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift along the training, overall and by domain; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        steps = [point.step for point in self.points]
        names = list(dict.fromkeys(name for point in self.points for name in point.domains))
        series = {"overall": (steps, [100 * point.overall.lift for point in self.points])}
        for name in names if len(names) > 1 else ():
            found = [(p.step, 100 * p.domains[name].lift) for p in self.points if name in p.domains]
            series[name] = ([step for step, _ in found], [lift for _, lift in found])
        return plotting.lines(ax, series, "training step", "lift, percentage points")

    def _repr_html_(self) -> str:
        limits = notebook.limits_of((p.overall.ci_low, p.overall.ci_high) for p in self.points)
        rows = [
            (
                point.step,
                point.seeds,
                notebook.points(one.lift),
                notebook.interval(one.ci_low, one.ci_high),
                notebook.strip(one.lift, one.ci_low, one.ci_high, limits),
            )
            for point in self.points
            for one in (point.overall,)
        ]
        heads = ("step", "seeds", "lift, points", "95 % interval", "")
        return notebook.page(notebook.heading("Lift along the training"),
                             notebook.table(heads, rows))  # fmt: skip


def curve(
    before: Evaluation,
    runs: Mapping[int, Steps],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Curve:
    """Follow the accuracy along one or several training runs.

    Parameters
    ----------
    before : Evaluation
        Of the base model.
    runs : mapping from training seed to sequence of (step, Evaluation)
        The evaluations along each training run, of the same items, asked in the same way.
    resamples, seed : int
        Of the bootstrap; `seed` also draws the development items.

    Returns
    -------
    Curve

    Raises
    ------
    ConfigError
        If there is no run with two steps, the evaluations do not hold the same items or were asked
        in different ways, or there are too few items to split.
    """
    ordered = {number: sorted(steps, key=lambda pair: pair[0]) for number, steps in runs.items()}
    if not ordered or max(map(len, ordered.values())) < 2 or not all(ordered.values()):
        raise ConfigError("a curve needs evaluations after at least two steps of a training run")
    everything = [before, *(found for steps in ordered.values() for _, found in steps)]
    require_same_items(everything)
    require_same_protocol(everything)
    items = before.table.drop_duplicates("item")
    names, domains = items["item"].tolist(), items["domain"].astype(str).to_numpy()
    base = _means(before, names)
    values = {
        number: {step: _means(found, names) for step, found in steps}
        for number, steps in ordered.items()
    }
    chosen = development_items(zip(names, _strata(items), strict=True), seed)
    development = np.array([name in chosen for name in names])
    if min(development.sum(), (~development).sum()) < _FEWEST_ITEMS:
        raise ConfigError(f"{len(names)} items are too few to choose a step on one half of them")

    def gain(group: str, mask: np.ndarray, first: np.ndarray, after: np.ndarray) -> Gain:
        pair = first[:, mask, None], after[:, mask, None]
        stream = random_stream(seed, f"curve {group}")
        drawn = resample(*pair, stream, resamples)
        lift = float(pair[1].mean() - pair[0].mean())
        replicates = (drawn.after - drawn.before)[:, 0]
        found = Statistic(replicates, lift, int(mask.sum()), float(spread(*pair)[1][0]))
        return Gain(int(mask.sum()), float(pair[1].mean()), lift, *found.interval())

    def gains(mask: np.ndarray, after: np.ndarray) -> tuple[Gain, dict[str, Gain]]:
        by_domain = {
            str(name): gain(str(name), mask & (domains == name), base[None], after)
            for name in dict.fromkeys(domains)
            if (mask & (domains == name)).any()
        }
        return gain("overall", mask, base[None], after), by_domain

    points = []
    for step in sorted({step for steps in values.values() for step in steps}):
        after = np.stack([steps[step] for steps in values.values() if step in steps])
        overall, by_domain = gains(np.ones(len(names), bool), after)
        points.append(CurvePoint(step, len(after), overall, by_domain))
    best_steps = {
        number: max(steps, key=lambda step: (steps[step][development].mean(), -step))
        for number, steps in values.items()
    }
    last_steps = {number: max(steps) for number, steps in values.items()}
    at_best = np.stack([values[number][step] for number, step in best_steps.items()])
    at_last = np.stack([values[number][step] for number, step in last_steps.items()])
    best, best_domains = gains(~development, at_best)
    last, last_domains = gains(~development, at_last)
    # Best and last of one run belong together, so their difference is taken run by run.
    moved = at_best - at_last
    return Curve(
        points=tuple(points),
        best_steps=best_steps,
        last_steps=last_steps,
        development=int(development.sum()),
        split_seed=seed,
        best=best,
        last=last,
        lead=gain("lead", ~development, np.zeros((1, len(names))), moved),
        best_domains=best_domains,
        last_domains=last_domains,
    )


def development_items(items: Iterable[tuple[str, str]], seed: int = 0) -> set[str]:
    """Draw the development half: of every stratum, half of its items, rounded down.

    Parameters
    ----------
    items : iterable of (item, stratum)
        Their order does not matter.
    seed : int
        The same seed draws the same items.
    """
    strata: dict[str, list[str]] = {}
    for item, stratum in items:
        strata.setdefault(stratum, []).append(item)
    chosen: set[str] = set()
    for stratum, members in strata.items():
        drawn = random_stream(seed, f"development {stratum}").permutation(sorted(members))
        chosen.update(str(item) for item in drawn[: len(members) // 2])
    return chosen


def _strata(items: "pd.DataFrame") -> list[str]:
    """Domain, and benchmark where the table tells it."""
    parts = [items[name].astype(str) for name in ("benchmark", "domain") if name in items]
    return ["\n".join(row) for row in zip(*parts, strict=True)]


def _means(evaluation: Evaluation, names: list[str]) -> np.ndarray:
    found: np.ndarray = evaluation.item_means().loc[names].to_numpy(float)
    return found
