"""A validation's result in plain words, never more than the intervals allow."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.contrast import holm
from sample_engineering.evaluation.curve import Curve, Gain
from sample_engineering.evaluation.intervals import LEVEL

if TYPE_CHECKING:
    import pandas as pd

# What a verdict can be, and the colour that tables and pages give it.
KINDS = {
    "lifts": "good",
    "mixed": "unsure",
    "no lead shown": "unsure",
    "no effect shown": "unsure",
    "harms": "bad",
    "not trained": "bad",
}

# The control that a lift must beat to be the sample's: rewards drawn by chance lift some models as
# much as right ones do ("Spurious rewards", arXiv 2506.10947: +21 points on MATH-500).
CHANCE = "random-reward"


@dataclass(frozen=True)
class Budget:
    """What was spent on the training runs of an arm.

    Parameters
    ----------
    steps : tuple of int
        Steps of each run.
    trained : bool
        Whether any run taught enough to be evaluated.
    """

    steps: tuple[int, ...]
    trained: bool = True


@dataclass(frozen=True)
class Verdict:
    """A verdict in words.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    headline : str
        One sentence.
    reasons : tuple of str
        What it rests on, and what limits it; one sentence each.
    """

    kind: str
    headline: str
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return asdict(self) | {"reasons": list(self.reasons)}

    def __str__(self) -> str:
        return " ".join([self.headline, *self.reasons])


def points(value: float) -> str:
    """Write a difference of accuracies in percentage points, e.g. ``+27.1``."""
    return f"{100 * value:+.1f}"


def not_trained(cause: str | None = None) -> Verdict:
    """Say that a run taught the model nothing, and why."""
    because = f": {cause.rstrip('.')}" if cause else ""
    return Verdict(
        "not trained",
        f"Not trained{because}.",
        ("There is nothing to compare, and so no lift.",),
    )


def judge(
    lift: Comparison,
    *,
    controls: Mapping[str, Comparison] | None = None,
    behaviour: "pd.DataFrame | None" = None,
    budgets: Mapping[str, Budget] | None = None,
    sample: str = "sample",
    greedy: Comparison | None = None,
    curve: Curve | None = None,
) -> Verdict:
    """Say what a validation showed.

    Parameters
    ----------
    lift : Comparison
        Base model against the trained model.
    controls : mapping from name to Comparison, optional
        Each control arm against the trained model: ``compare(control, trained)``.
    behaviour : pandas.DataFrame, optional
        What `sample_engineering.evaluation.behaviour.behaviour` returned for the same two sides.
    budgets : mapping from arm to Budget, optional
        Of every arm that was trained.
    sample : str
        The arm under validation, as `budgets` calls it.
    greedy : Comparison, optional
        Base model against the trained model, both decoded greedily.
    curve : Curve, optional
        Along the training.

    Returns
    -------
    Verdict
        Lift or harm is said only where the interval excludes zero, of a domain only where it still
        does after Holm's correction for their number. With one training run it speaks of this run,
        not of the sample.
    """
    overall = lift.overall
    corrected = holm([effect.p_value for effect in lift.domains.values()])
    calls = {
        name: effect.lift
        for (name, effect), p in zip(lift.domains.items(), corrected, strict=True)
        if p < 1 - LEVEL
    }
    raised = [name for name, change in calls.items() if change > 0]
    lowered = [name for name, change in calls.items() if change < 0]
    if overall.ci_low > 0:
        kind = "mixed" if lowered else "lifts"
    elif overall.ci_high < 0:
        kind = "mixed" if raised else "harms"
    else:
        kind = "mixed" if raised and lowered else "no effect shown"
    chance = (controls or {}).get(CHANCE)
    if kind == "lifts" and chance is not None and not chance.overall.ci_low > 0:
        kind = "no lead shown"
    reasons = [_domains(lift, raised, lowered)]
    if (split := _splits(lift)) is not None:
        reasons.append(split)
    if kind in ("lifts", "mixed", "no lead shown") and overall.lift > 0:
        reasons.append(_form(overall))
    if greedy is not None:
        reasons.append(_greedy(greedy.overall))
    if curve is not None:
        reasons.append(_curve(curve))
    reasons += [_control(name, contrast.overall) for name, contrast in (controls or {}).items()]
    reasons += _budgets(budgets or {}, sample, controls or {})
    if lift.seeds_after > 1 and (once := _trained_once(controls or {}, budgets or {})):
        reasons.append(
            f"Trained once only: {', '.join(once)}. The lead over it does not cover the variation "
            "between its training seeds."
        )
    if behaviour is not None and (guessing := _guessing(behaviour)) is not None:
        reasons.append(guessing)
    if lift.seeds_after == 1:
        reasons.append(
            "One training run: the interval covers items and sampling, not the variation between "
            "training seeds; three or more say what the sample does."
        )
    headline = _headline(kind, overall, lift.seeds_after, chance)
    return Verdict(kind, headline, tuple(reason for reason in reasons if reason))


def _headline(kind: str, overall: Effect, seeds: int, chance: Comparison | None) -> str:
    figures = (
        f"{points(overall.lift)} points overall "
        f"(95 % interval {points(overall.ci_low)} to {points(overall.ci_high)}), "
        f"from {100 * overall.before:.1f} to {100 * overall.after:.1f} % on {overall.n} items"
    )
    who, s = ("The sample", "s") if seeds > 1 else ("This run", "ed")
    opening = {
        "lifts": f"{who} lift{s} the model: ",
        "no lead shown": f"{who} lift{s} the model, but is not shown to do better than rewards "
        "drawn by chance: ",
        "harms": f"{who} harm{s} the model: ",
        "mixed": f"{who} lift{s} some domains and harm{s} others: ",
        "no effect shown": "No effect is shown: ",
    }
    return f"{opening[kind]}{figures}{_lead(kind, chance)}."


def _lead(kind: str, chance: Comparison | None) -> str:
    if kind != "no lead shown" or chance is None:
        return ""
    lead = chance.overall
    return (
        f"; {points(lead.lift)} ({points(lead.ci_low)} to {points(lead.ci_high)}) "
        f"against the control {CHANCE}, from {100 * lead.before:.1f} %"
    )


def _interval(effect: Effect | Gain) -> str:
    return f"{points(effect.lift)} points ({points(effect.ci_low)} to {points(effect.ci_high)})"


def _greedy(effect: Effect) -> str:
    return (
        f"Decoded greedily, before and after alike: {_interval(effect)}, from "
        f"{100 * effect.before:.1f} to {100 * effect.after:.1f} %."
    )


def _curve(curve: Curve) -> str:
    best = " and ".join(map(str, dict.fromkeys(curve.best_steps.values())))
    last = " and ".join(map(str, dict.fromkeys(curve.last_steps.values())))
    if curve.best_steps == curve.last_steps:
        return f"The best step is the last one, {last}, chosen on {curve.development} items."
    return (
        f"Along the training: step {best} is best on {curve.development} development items; on "
        f"the other {curve.best.n}, which had no say, it lifts by {_interval(curve.best)}, the "
        f"last step ({last}) by {_interval(curve.last)}."
    )


def _budgets(
    budgets: Mapping[str, Budget], sample: str, evaluated: Mapping[str, Comparison]
) -> list[str]:
    """Say how long each arm was trained, and which controls taught nothing."""
    controls = {name: budget for name, budget in budgets.items() if name != sample}
    if not controls or sample not in budgets:
        return []
    found = []
    if all(set(budget.steps) == set(budgets[sample].steps) for budget in controls.values()):
        steps = _steps(budgets[sample])
        found.append(f"The sample and its controls were trained alike, for {steps} each.")
    else:
        spent = "; ".join(f"{name} {_steps(budget)}" for name, budget in controls.items())
        found.append(
            f"Budgets differ: the sample was trained for {_steps(budgets[sample])}; {spent}."
        )
    idle = [name for name, one in controls.items() if not one.trained and name not in evaluated]
    if idle:
        found.append(
            f"Nothing to learn from the control {', '.join(idle)}: it was not trained enough to "
            "be evaluated."
        )
    return found


def _steps(budget: Budget) -> str:
    shown = dict.fromkeys(budget.steps)
    unit = "step" if set(budget.steps) == {1} else "steps"
    return f"{' and '.join(map(str, shown))} {unit}"


def _trained_once(controls: Mapping[str, Comparison], budgets: Mapping[str, Budget]) -> list[str]:
    return [name for name in controls if name in budgets and len(budgets[name].steps) == 1]


def _domains(lift: Comparison, raised: list[str], lowered: list[str]) -> str:
    total = len(lift.domains)
    if total == 1:
        return ""
    parts = []
    if len(raised) == total:
        parts.append(f"every one of the {total} domains is lifted")
    elif raised:
        parts.append(f"{len(raised)} of {total} domains are lifted ({', '.join(raised)})")
    if len(lowered) == total:
        parts.append(f"every one of the {total} domains is harmed")
    elif lowered:
        parts.append(f"{len(lowered)} of {total} domains are harmed ({', '.join(lowered)})")
    open_ = total - len(raised) - len(lowered)
    if open_ == total:
        return (
            f"In none of the {total} domains is a change shown (corrected for their number, Holm)."
        )
    if open_:
        parts.append(f"in {open_} no change is shown")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + " (corrected for their number, Holm)."


def _splits(lift: Comparison) -> str | None:
    if not {"seen", "unseen"} <= set(lift.splits):
        return None
    seen, unseen = lift.splits["seen"], lift.splits["unseen"]
    shown = (
        "carries over to unseen kinds of problem"
        if unseen.ci_low > 0
        else "is not shown to carry over to unseen kinds of problem"
    )
    if not (seen.ci_low > 0 or unseen.ci_low > 0):
        return None
    return (
        f"The lift {shown}: unseen {points(unseen.lift)} ({points(unseen.ci_low)} to "
        f"{points(unseen.ci_high)}), seen {points(seen.lift)}."
    )


def _form(overall: Effect) -> str:
    if overall.reasoning_ci_low > 0:
        opening = "Not format alone"
    elif overall.format_ci_low > 0:
        opening = "Not shown to be more than format"
    else:
        opening = "Format and reasoning cannot be told apart"
    return (
        f"{opening}: {points(overall.format_gain)} points from answers becoming readable, "
        f"{points(overall.reasoning_gain)} ({points(overall.reasoning_ci_low)} to "
        f"{points(overall.reasoning_ci_high)}) among readable answers."
    )


def _control(name: str, contrast: Effect) -> str:
    figures = (
        f"{points(contrast.lift)} points ({points(contrast.ci_low)} to {points(contrast.ci_high)})"
    )
    if contrast.ci_low > 0:
        return f"Better than the control {name} by {figures}."
    if contrast.ci_high < 0:
        return f"Worse than the control {name}: {figures}."
    return f"Not shown to differ from the control {name}: {figures}."


def _guessing(behaviour: "pd.DataFrame") -> str | None:
    rows = behaviour.set_index("measure")
    steps, at_once = rows.loc["steps"], rows.loc["unreasoned"]
    if steps["ci_high"] < 0 and at_once["ci_low"] > 0:
        return (
            f"It learnt to answer at once: written steps fell from {steps['before']:.2f} to "
            f"{steps['after']:.2f} a completion, answers without any step rose from "
            f"{100 * at_once['before']:.0f} to {100 * at_once['after']:.0f} %."
        )
    return None
