"""A validation's result in plain words, never more than the intervals allow.

Four readings are told apart and never mixed: what the model gains decoded greedily, what it gains
sampled, whether it reaches more problems in several tries, and whether it is better than what the
base model gives without any training. The headline is of one of them, greedy where there is one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import reasons as say
from sample_engineering.evaluation.clean_lift import clean_lift
from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.curve import Curve
from sample_engineering.evaluation.intervals import LEVEL
from sample_engineering.evaluation.made import Made
from sample_engineering.evaluation.reach import reach
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED, headline, nearest
from sample_engineering.evaluation.reasons import Budget
from sample_engineering.multiplicity import holm

if TYPE_CHECKING:
    import pandas as pd

# fmt: off
__all__ = [
    "DECIDING", "FEWEST_SEEDS", "KINDS", "Budget", "Verdict", "judge", "moved_domains",
    "not_trained",
]
# fmt: on

# What a verdict can be, and the colour that tables and pages give it.
KINDS = {
    "lifts": "good",
    "lifts sampled only": "unsure",
    "sharpening only": "unsure",
    "mixed": "unsure",
    "no lead shown": "unsure",
    "no effect shown": "unsure",
    "harms": "bad",
    "harms sampled only": "bad",
    "not trained": "bad",
}

# What is said where sampled accuracy is shown to change and greedy accuracy is not: these are of
# the sampled reading, and the controls are asked in it too. Sharpening means that a model says more
# often what it could say before (Huang et al. 2024, arXiv 2412.01951): where pass@k is shown to
# grow as well, it is more than that.
_OF_SAMPLED = ("lifts sampled only", "sharpening only", "harms sampled only")
# What has to be more than the controls show.
_LIFTING = ("lifts", "lifts sampled only", "sharpening only")

# Training runs from which a verdict speaks of the sample: from fewer, the variation between
# training seeds cannot be told (docs/lab/evaluation.md, calibration with training noise).
FEWEST_SEEDS = 3
# The controls that a lift must beat, where they were trained, to be the sample's: rewards drawn by
# chance lift some models as much as right ones do ("Spurious rewards", arXiv 2506.10947: +21 points
# on MATH-500), and so does a reward for the form of the answer alone (arXiv 2504.20571, table 5).
DECIDING = ("format-only", "random-reward")


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


def not_trained(cause: str | None = None) -> Verdict:
    """Say that a run taught the model nothing, and why."""
    because = f": {cause.rstrip('.')}" if cause else ""
    return Verdict(
        "not trained",
        f"Not trained{because}.",
        ("There is nothing to compare, and so no lift.",),
    )


def judge(
    lifts: Mapping[str, Comparison],
    *,
    controls: Mapping[str, Mapping[str, Comparison]] | None = None,
    behaviour: "pd.DataFrame | None" = None,
    budgets: Mapping[str, Budget] | None = None,
    sample: str = "sample",
    curve: Curve | None = None,
    free: Mapping[str, Comparison] | None = None,
    made: Mapping[str, Made] | None = None,
    seeds: int,
) -> Verdict:
    """Say what a validation showed.

    Parameters
    ----------
    lifts : mapping from reading to Comparison
        Base model against the trained model, asked alike: ``greedy``, ``sampled``, or both.
    controls : mapping from arm to mapping from reading to Comparison, optional
        Each control arm against the trained model: ``compare(control, trained)``.
    behaviour : pandas.DataFrame, optional
        What `sample_engineering.evaluation.behaviour.behaviour` returned for the same two sides.
    budgets : mapping from arm to Budget, optional
        Of every arm that was trained.
    sample : str
        The arm under validation, as `budgets` calls it.
    curve : Curve, optional
        Along the training.
    free : mapping from name to Comparison, optional
        What the base model gives without training, asked in that way, against the trained model
        decoded greedily.
    made : mapping from benchmark to Made, optional
        Those whose problems were made anew: whether the lift is found on them, too.
    seeds : int
        Training runs on the sample that were evaluated.

    Returns
    -------
    Verdict
        Lift or harm is said only where the interval of the headline's reading excludes zero, of a
        domain only where it still does after Holm's correction for their number, and lift only
        where every control of `DECIDING` that was trained is beaten. Where greedy accuracy is not
        shown to change, what sampled accuracy shows is said under a name of its own, if the
        controls are beaten in that reading: ``lifts sampled only`` where pass@k is shown to grow
        too, else ``sharpening only``; ``harms sampled only`` where it falls. From fewer than
        `FEWEST_SEEDS` training runs it speaks of these runs, not of the sample.

    Raises
    ------
    ConfigError
        If there is no reading, an unknown one, or no training run.
    """
    if not lifts or (unknown := sorted(set(lifts) - set(READINGS))):
        which = f"holds {unknown[0]!r}, which is no reading" if lifts else "is empty"
        raise ConfigError(f"`lifts` {which}; give a comparison for {' or '.join(READINGS)}")
    if seeds < 1:
        raise ConfigError(f"`seeds` {seeds} is below 1; give the number of training runs")
    reading = headline(lifts)
    lift = lifts[reading]
    raised, lowered = moved_domains(lift)
    kind = _kind(lifts, reading, raised, lowered)
    # What only sharpens has to sharpen more than the controls do.
    decided = SAMPLED if kind in _OF_SAMPLED else reading
    leads = {
        name: (own, controls[name][own].overall)
        for name in DECIDING
        if controls is not None and (own := nearest(controls.get(name, {}), decided)) is not None
    }
    open_leads = {name: lead for name, lead in leads.items() if not lead[1].ci_low > 0}
    if kind in _LIFTING and open_leads:
        kind = "no lead shown"
    reasons = [say.domains(lift, raised, lowered), say.splits(lift)]
    reasons += clean_lift(lift, made or {})
    if reading == GREEDY and SAMPLED in lifts and kind not in _OF_SAMPLED:
        reasons.append(say.sampled(lifts[SAMPLED]))
    reasons.append(say.reach(reach(lifts.get(SAMPLED))))
    if lift.overall.lift > 0 and kind in ("lifts", "mixed", "no lead shown"):
        reasons.append(say.form(lift.overall))
    elif kind in _LIFTING:
        reasons.append(say.form(lifts[SAMPLED].overall))
    if curve is not None:
        reasons.append(say.along(curve))
    reasons += [
        say.control(name, {own: one.overall for own, one in by_reading.items()})
        for name, by_reading in (controls or {}).items()
        if by_reading
    ]
    reasons += [say.without_training(name, one.overall) for name, one in (free or {}).items()]
    reasons += say.budgets(budgets or {}, sample, controls or {})
    reasons += _limits(controls or {}, budgets or {}, leads, seeds)
    if behaviour is not None:
        reasons.append(say.guessing(behaviour))
    words = _headline(kind, lifts, reading, seeds, open_leads)
    return Verdict(kind, words, tuple(reason for reason in reasons if reason))


def moved_domains(lift: Comparison) -> tuple[list[str], list[str]]:
    """Return the domains that are lifted, and those that are harmed, corrected for their number."""
    corrected = holm([effect.p_value for effect in lift.domains.values()])
    calls = {
        name: effect.lift
        for (name, effect), p in zip(lift.domains.items(), corrected, strict=True)
        if p < 1 - LEVEL
    }
    raised = [name for name, change in calls.items() if change > 0]
    return raised, [name for name in calls if name not in raised]


def _kind(
    lifts: Mapping[str, Comparison], reading: str, raised: list[str], lowered: list[str]
) -> str:
    overall = lifts[reading].overall
    if overall.ci_low > 0:
        return "mixed" if lowered else "lifts"
    if overall.ci_high < 0:
        return "mixed" if raised else "harms"
    if raised and lowered:
        return "mixed"
    if reading == GREEDY and SAMPLED in lifts:
        sampled, reached = lifts[SAMPLED].overall, reach(lifts[SAMPLED])
        if sampled.ci_low > 0:
            more = reached is not None and reached.grows
            return "lifts sampled only" if more else "sharpening only"
        if sampled.ci_high < 0:
            return "harms sampled only"
    return "no effect shown"


def _nothing(lift: Comparison, lifts: Mapping[str, Comparison]) -> str:
    """Say of what no effect is shown: where a part of it is, the sentence does not deny that."""
    reached = reach(lifts.get(SAMPLED))
    moved = reached is not None and (reached.grows or reached.shrinks)
    where = " overall" if any(moved_domains(lift)) else ""
    return f"No effect{' on accuracy' if moved else ''}{where} is shown: "


def _headline(
    kind: str,
    lifts: Mapping[str, Comparison],
    reading: str,
    seeds: int,
    open_leads: Mapping[str, tuple[str, Effect]],
) -> str:
    figures = say.figures(reading, lifts[reading].overall)
    if seeds >= FEWEST_SEEDS:
        who, lifted, harmed, sharpened = "The sample", "lifts", "harms", "sharpens"
    else:
        who = "This run" if seeds == 1 else f"These {seeds} runs"
        lifted, harmed, sharpened = "lifted", "harmed", "sharpened"
    of_sampled = f"{say.figures(SAMPLED, lifts[SAMPLED].overall)}; " if SAMPLED in lifts else ""
    opening = {
        "lifts": f"{who} {lifted} the model: ",
        "no lead shown": f"No lead is shown over {say.named(list(open_leads))}: ",
        "harms": f"{who} {harmed} the model: ",
        "mixed": f"{who} {lifted} some domains and {harmed} others: ",
        "no effect shown": _nothing(lifts[reading], lifts),
        "lifts sampled only": f"{who} {lifted} the model where it is sampled: {of_sampled}",
        "sharpening only": f"{who} only {sharpened} the model: {of_sampled}",
        "harms sampled only": f"{who} {harmed} the model where it is sampled: {of_sampled}",
    }
    against = "".join(
        f"; {say.interval(lead)} against {name}" + ("" if own == reading else f" ({own})")
        for name, (own, lead) in open_leads.items()
        if kind == "no lead shown"
    )
    return f"{opening[kind]}{figures}{against}."


def _limits(
    controls: Mapping[str, Mapping[str, Comparison]],
    budgets: Mapping[str, Budget],
    leads: Mapping[str, tuple[str, Effect]],
    seeds: int,
) -> list[str]:
    """Say what the controls and the training seeds cannot show."""
    found = []
    still = [name for name in DECIDING if name in budgets and name not in leads]
    if not leads and not still:
        found.append(
            f"Without the controls {' and '.join(DECIDING)}, it is not known whether any training "
            "would have done the same."
        )
    once = [name for name in controls if name in budgets and len(budgets[name].steps) == 1]
    if seeds >= FEWEST_SEEDS and once:
        found.append(
            f"Trained once only: {', '.join(once)}. How much the training seeds of a control "
            "matter is taken from those of the sample."
        )
    if seeds == 1:
        found.append(
            "One training run: the interval covers items and sampling, not the variation between "
            "training seeds; three or more say what the sample does."
        )
    elif seeds < FEWEST_SEEDS:
        found.append(
            f"{seeds} training runs: the interval covers their variation as far as {seeds} can "
            "tell it; three or more say what the sample does."
        )
    return found
