"""Rows of the forest plots, shared by the page and the figures for papers."""

import math
from dataclasses import dataclass

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.report.run import THIS, Run
from sample_engineering.runs.findings import Findings


@dataclass(frozen=True)
class ForestRow:
    """One row of a forest plot: a change with its interval.

    Parameters
    ----------
    name : str
    point, low, high : float
        Shares, not percentage points; NaN where not known.
    kind : {"", "side", "sum"}
        An ordinary row, one beside the others, or the sum of them.
    before, after : float
        What changed; NaN where not known.
    n : int
        Items behind it; 0 where that says nothing.
    runs : int
        Training runs behind it; 0 where nothing was trained.
    """

    name: str
    point: float
    low: float
    high: float
    kind: str = ""
    before: float = math.nan
    after: float = math.nan
    n: int = 0
    runs: int = 1

    @property
    def tone(self) -> str:
        """``good`` or ``bad`` where the interval lies on one side of zero, else ``unsure``."""
        return "good" if self.low > 0 else "bad" if self.high < 0 else "unsure"

    @property
    def interval(self) -> str:
        """Both ends in percentage points; ``-`` where they are not known."""
        if self.point != self.point:
            return "-"
        return f"{100 * self.low:+.1f} to {100 * self.high:+.1f}"


def _row(name: str, effect: Effect, kind: str = "", runs: int = 1) -> ForestRow:
    ends = (effect.ci_low, effect.ci_high)
    return ForestRow(name, effect.lift, *ends, kind, effect.before, effect.after, effect.n, runs)


def lift_rows(lift: Comparison) -> list[ForestRow]:
    """Return the lift by domain, by benchmark, by split, as means over these, and overall."""
    rows = [_row(name, effect) for name, effect in lift.domains.items()]
    rows += [_row(name, effect, "side") for name, effect in lift.benchmarks.items()]
    if len(lift.splits) > 1:
        rows += [_row(f"split: {name}", effect, "side") for name, effect in lift.splits.items()]
    if len(lift.domains) > 1:
        rows.append(_row("domain mean", lift.macro, "side"))
    if lift.benchmark_mean is not None:
        rows.append(_row("benchmark mean", lift.benchmark_mean, "side"))
    return [*rows, _row("overall", lift.overall, "sum")]


def reach_rows(lift: Comparison) -> list[ForestRow]:
    """Return pass@k overall for each k above 1: chance that one of k completions is right."""
    return [
        ForestRow(
            f"pass@{k}",
            found["lift"],
            found["ci_low"],
            found["ci_high"],
            "side",
            found["before"],
            found["after"],
            lift.overall.n,
        )
        for k, found in lift.overall.pass_at.items()
        if k > 1
    ]


# The gates that a right answer passes, one after the other: what each is called, the share that
# stands beside it, and the gain that it makes (`sample_engineering.evaluation.decomposition`).
_GATES = (
    ("cut off", "truncated", "truncation"),
    ("extracted", "extracted", "extraction"),
    ("right of these", "right_if_extracted", "reasoning"),
    ("in asked form", "readable", "form"),
)


def gain_rows(overall: Effect) -> list[ForestRow]:
    """Return what the four parts of a lift add to it, with their shares; in the end the lift.

    What is not known, because an older version did not keep it, is left out.
    """
    rows = [
        ForestRow(
            name,
            getattr(overall, f"{gain}_gain"),
            getattr(overall, f"{gain}_ci_low"),
            getattr(overall, f"{gain}_ci_high"),
            before=getattr(overall, f"{share}_before"),
            after=getattr(overall, f"{share}_after"),
        )
        for name, share, gain in _GATES
    ]
    return [*(row for row in rows if row.point == row.point), _row("right", overall, "sum")]


def control_rows(run: Run, reading: str) -> list[ForestRow]:
    """Return the lift of every arm of a reading over the base model; empty without controls."""
    lifts = Findings.of_reading(run.findings.control_lifts, reading)
    if reading not in run.lifts or not lifts:
        return []
    own = run.lifts[reading]
    rows = [_row(THIS, own.overall, "sum", own.seeds_after)]
    return rows + [
        _row(name, lift.overall, runs=0 if name in run.untrained else lift.seeds_after)
        for name, lift in lifts.items()
    ]


def arm_rows(run: Run, reading: str) -> list[ForestRow]:
    """Return every arm of a reading, and the lead of the sample over it; empty without controls.

    The sample itself comes first and leads nothing; then the base model, the controls that were
    trained, and what needs no training.
    """
    lift, contrasts = run.lifts.get(reading), Findings.of_reading(run.findings.contrasts, reading)
    if reading == run.reading:  # ways of asking the base model are of no reading of their own
        contrasts |= run.findings.free
    if lift is None or not contrasts:
        return []
    own = lift.overall
    mine = ForestRow(
        THIS, math.nan, math.nan, math.nan, "sum", after=own.after, runs=lift.seeds_after
    )
    base = ForestRow("base model", own.lift, own.ci_low, own.ci_high, after=own.before, runs=0)
    rows = [mine, base]
    for name, contrast in sorted(contrasts.items(), key=lambda one: one[0] in run.untrained):
        lead = contrast.overall
        runs = 0 if name in run.untrained else contrast.seeds_before
        kind = "side" if name in run.untrained else ""
        rows.append(
            ForestRow(
                name, lead.lift, lead.ci_low, lead.ci_high, kind, after=lead.before, runs=runs
            )
        )
    return rows
