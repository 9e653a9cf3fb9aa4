"""Rows of the forest plots, shared by the page and the figures for papers."""

from dataclasses import dataclass

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.report.run import THIS, Run


@dataclass(frozen=True)
class ForestRow:
    """One row of a forest plot: an effect with its interval.

    Parameters
    ----------
    name : str
    point, low, high : float
        Shares, not percentage points; NaN where not known.
    kind : {"", "side", "sum"}
        An ordinary row, one beside the others, or the sum of them.
    effect : Effect, optional
        What it is drawn from, for columns beside the plot.
    runs : int
        Training runs behind it.
    """

    name: str
    point: float
    low: float
    high: float
    kind: str = ""
    effect: Effect | None = None
    runs: int = 1

    @property
    def tone(self) -> str:
        """``good`` or ``bad`` where the interval lies on one side of zero, else ``unsure``."""
        return "good" if self.low > 0 else "bad" if self.high < 0 else "unsure"


def _row(name: str, effect: Effect, kind: str = "", runs: int = 1) -> ForestRow:
    return ForestRow(name, effect.lift, effect.ci_low, effect.ci_high, kind, effect, runs)


def lift_rows(lift: Comparison) -> list[ForestRow]:
    """Return the lift by domain, by benchmark, by split, as means over these, and overall."""
    rows = [_row(name, effect) for name, effect in lift.domains.items()]
    rows += [_row(name, effect, "side") for name, effect in lift.benchmarks.items()]
    if len(lift.splits) > 1:
        rows += [_row(f"split: {name}", effect, "side") for name, effect in lift.splits.items()]
    if len(lift.domains) > 1:
        rows.append(_row("mean over domains", lift.macro, "side"))
    if lift.benchmark_mean is not None:
        rows.append(_row("mean over benchmarks", lift.benchmark_mean, "side"))
    return [*rows, _row("overall", lift.overall, "sum")]


def gain_rows(overall: Effect) -> list[ForestRow]:
    """Return the gain of format and of reasoning, and the lift, which is their sum."""
    return [
        ForestRow(
            "format gain", overall.format_gain, overall.format_ci_low, overall.format_ci_high
        ),
        ForestRow(
            "reasoning gain",
            overall.reasoning_gain,
            overall.reasoning_ci_low,
            overall.reasoning_ci_high,
        ),
        _row("lift", overall, "sum"),
    ]


def arm_rows(run: Run) -> list[ForestRow]:
    """Return the lift of the sample and of each control; empty without controls."""
    if run.lift is None or not run.control_lifts:
        return []
    mine = _row(THIS, run.lift.overall, "sum", run.lift.seeds_after)
    return [mine] + [
        _row(name, lift.overall, runs=lift.seeds_after) for name, lift in run.control_lifts.items()
    ]


def lead_rows(run: Run) -> list[ForestRow]:
    """Return the lead of the sample over each control."""
    return [_row(name, contrast.overall) for name, contrast in run.contrasts.items()]
