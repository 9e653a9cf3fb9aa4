"""What a verdict rests on, one sentence each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.curve import Curve, Gain
from sample_engineering.evaluation.reach import Reach
from sample_engineering.text import count_of, each_once

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Budget:
    """What was spent on the training runs of an arm.

    Parameters
    ----------
    steps : tuple of int
        Steps of each run.
    trained : bool
        Whether any run taught enough to be evaluated.
    informative : int, optional
        Steps of all runs together with rewards that differ; None where that is not known, or where
        the arm does not learn from rewards.
    """

    steps: tuple[int, ...]
    trained: bool = True
    informative: int | None = None

    @property
    def moved(self) -> bool:
        """Whether the arm could move away from the base model."""
        return self.trained and self.informative != 0


def points(value: float) -> str:
    """Write a difference of accuracies in percentage points, e.g. ``+27.1``."""
    return f"{100 * value:+.1f}"


def interval(effect: Effect | Gain) -> str:
    """Write a lift with its interval, in percentage points."""
    return f"{points(effect.lift)} points ({points(effect.ci_low)} to {points(effect.ci_high)})"


def figures(reading: str, effect: Effect) -> str:
    """Write what headlines say of a reading."""
    return (
        f"{reading} accuracy {points(effect.lift)} points overall "
        f"(95 % interval {points(effect.ci_low)} to {points(effect.ci_high)}), "
        f"from {100 * effect.before:.1f} to {100 * effect.after:.1f} % on {effect.n} items"
    )


def named(controls: Sequence[str]) -> str:
    """Write ``the control a`` or ``the controls a and b``."""
    return f"the control{'s' if len(controls) > 1 else ''} {' and '.join(controls)}"


def sampled(lift: Comparison) -> str:
    """Say what the sampled reading shows."""
    effect = lift.overall
    return (
        f"Sampled, {count_of(lift.samples_after, 'completion')} an item: {interval(effect)}, from "
        f"{100 * effect.before:.1f} to {100 * effect.after:.1f} %."
    )


def reach(found: Reach | None) -> str:
    """Say whether more or fewer problems are solved in several tries; empty for a single one."""
    if found is None:
        return ""
    opening = (
        "Reach grows"
        if found.grows
        else "Reach shrinks"
        if found.shrinks
        else "Reach is not shown to change"
    )
    return (
        f"{opening}: pass@{found.k} {points(found.change)} points ({points(found.ci_low)} to "
        f"{points(found.ci_high)}), from {100 * found.before:.1f} to {100 * found.after:.1f} %."
    )


def along(curve: Curve) -> str:
    """Say which step of the training is best, and by how much."""
    best = each_once(curve.best_steps.values())
    last = each_once(curve.last_steps.values())
    if curve.best_steps == curve.last_steps:
        return f"The best step is the last one, {last}, chosen on {curve.development} items."
    return (
        f"Along the training: step {best} is best on {curve.development} development items; on "
        f"the other {curve.best.n}, which had no say, it lifts by {interval(curve.best)}, the "
        f"last step ({last}) by {interval(curve.last)}."
    )


def budgets(spent: Mapping[str, Budget], sample: str, evaluated: Collection[str]) -> list[str]:
    """Say how long each arm was trained, and which controls could not move."""
    controls = {name: budget for name, budget in spent.items() if name != sample}
    if not controls or sample not in spent:
        return []
    found = []
    if all(set(budget.steps) == set(spent[sample].steps) for budget in controls.values()):
        steps = _steps(spent[sample])
        found.append(f"The sample and its controls were trained alike, for {steps} each.")
    else:
        told = "; ".join(f"{name} {_steps(budget)}" for name, budget in controls.items())
        found.append(f"Budgets differ: the sample was trained for {_steps(spent[sample])}; {told}.")
    idle = [name for name, one in controls.items() if not one.moved]
    for name in idle:
        few = "no step" if spent[name].informative == 0 else "too few steps"
        rest = (
            "what it shows is the base model"
            if name in evaluated
            else "it was not evaluated, and the base model stands for it"
        )
        found.append(
            f"The control {name} could not move: {few} of its training had rewards that differ; "
            f"{rest}."
        )
    return found


def _steps(budget: Budget) -> str:
    unit = "step" if set(budget.steps) == {1} else "steps"
    return f"{each_once(budget.steps)} {unit}"


def domains(lift: Comparison, raised: Sequence[str], lowered: Sequence[str]) -> str:
    """Say which domains are lifted and harmed; empty where there is one only."""
    total = len(lift.domains)
    if total == 1:
        return ""
    parts = []
    for which, done in ((raised, "lifted"), (lowered, "harmed")):
        if len(which) == total:
            parts.append(f"every one of the {total} domains is {done}")
        elif which:
            verb = "is" if len(which) == 1 else "are"
            parts.append(f"{len(which)} of {total} domains {verb} {done} ({', '.join(which)})")
    open_ = total - len(raised) - len(lowered)
    if open_ == total:
        return (
            f"In none of the {total} domains is a change shown (corrected for their number, Holm)."
        )
    if open_:
        parts.append(f"in {open_} no change is shown")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + " (corrected for their number, Holm)."


def splits(lift: Comparison) -> str:
    """Say whether a lift carries over to unseen kinds of problem; empty where nothing says it."""
    if not {"seen", "unseen"} <= set(lift.splits):
        return ""
    seen, unseen = lift.splits["seen"], lift.splits["unseen"]
    shown = (
        "carries over to unseen kinds of problem"
        if unseen.ci_low > 0
        else "is not shown to carry over to unseen kinds of problem"
    )
    if not (seen.ci_low > 0 or unseen.ci_low > 0):
        return ""
    return (
        f"The lift {shown}: unseen {points(unseen.lift)} ({points(unseen.ci_low)} to "
        f"{points(unseen.ci_high)}), seen {points(seen.lift)}."
    )


def form(overall: Effect) -> str:
    """Say how much of a lift is the form of the answers."""
    if overall.reasoning_ci_low > 0:
        opening = "Not format alone"
    elif overall.format_ci_low > 0:
        opening = "Not shown to be more than format"
    else:
        opening = "Format and reasoning cannot be told apart"
    gains = {
        "cut off less": overall.truncation_gain,
        "readable at all": overall.extraction_gain,
        "in the asked form": overall.form_gain,
    }
    parts = ", ".join(f"{what} {points(gain)}" for what, gain in gains.items())
    return (
        f"{opening}: {points(overall.format_gain)} points of format ({parts}), "
        f"{points(overall.reasoning_gain)} ({points(overall.reasoning_ci_low)} to "
        f"{points(overall.reasoning_ci_high)}) from more right ones among the answers."
    )


def control(name: str, by_reading: Mapping[str, Effect]) -> str:
    """Say whether the trained model is better than a control, in each reading."""
    said: dict[str, list[str]] = {}
    for reading, effect in by_reading.items():
        said.setdefault(_standing(effect), []).append(f"{reading} {interval(effect)}")
    (first, found), *rest = said.items()
    parts = [f"{first} the control {name}: {', '.join(found)}"]
    parts += [f"{standing} it: {', '.join(found)}" for standing, found in rest]
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def _standing(effect: Effect) -> str:
    if effect.ci_low > 0:
        return "better than"
    return "worse than" if effect.ci_high < 0 else "not shown to differ from"


def without_training(name: str, effect: Effect) -> str:
    """Say whether the trained model is better than what the base model gives without training."""
    standing = _standing(effect)
    return (
        f"{standing[0].upper()}{standing[1:]} the base model by {name}, which needs no training: "
        f"{interval(effect)}, {100 * effect.before:.1f} % there."
    )


def guessing(behaviour: "pd.DataFrame") -> str:
    """Say that a model learnt to answer at once; empty where it did not."""
    rows = behaviour.set_index("measure")
    steps, at_once = rows.loc["steps"], rows.loc["unreasoned"]
    if steps["ci_high"] < 0 and at_once["ci_low"] > 0:
        return (
            f"It learnt to answer at once: written steps fell from {steps['before']:.2f} to "
            f"{steps['after']:.2f} a completion, answers without any step rose from "
            f"{100 * at_once['before']:.0f} to {100 * at_once['after']:.0f} %."
        )
    return ""
