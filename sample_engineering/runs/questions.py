"""What a validation was asked to show, and whether it did: a table that is read in ten seconds.

The verdict says the same in sentences. Here every question stands in one line, with the figure that
decides it, so that what was not shown, and what was not even asked, is seen as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.reach import reach
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED, nearest
from sample_engineering.evaluation.reasons import points
from sample_engineering.evaluation.verdict import DECIDING, FEWEST_SEEDS, moved_domains
from sample_engineering.runs.findings import Findings
from sample_engineering.text import count_of

YES, OPEN, NO, UNASKED = "yes", "not shown", "no", "not asked"
# What an answer is, and the colour that tables and pages give it.
ANSWERS = {YES: "good", OPEN: "unsure", NO: "bad", UNASKED: "unasked"}


@dataclass(frozen=True)
class Question:
    """One question to a validation, with its answer.

    Parameters
    ----------
    text : str
        The question.
    answer : str
        ``yes`` or ``no`` where the 95 % interval lies on one side of zero, ``not shown`` where it
        does not, ``not asked`` where the run did not look.
    figure : str
        What the answer rests on.
    """

    text: str
    answer: str
    figure: str


def questions(findings: Findings) -> list[Question]:
    """Return what a run was asked to show, and whether it did; empty where there is no lift."""
    lift = findings.lift
    if lift is None:
        return []
    found = [_accuracy(reading, findings.lifts.get(reading)) for reading in READINGS]
    found += [*_domains(lift), *_unseen(lift), *_reasoning(lift.overall)]
    found += [_lead(name, findings) for name in DECIDING]
    found += [_without_training(findings), _reach(findings.lifts.get(SAMPLED))]
    runs = count_of(lift.seeds_after, "training seed")
    enough = lift.seeds_after >= FEWEST_SEEDS
    found.append(
        Question(
            "of the sample, not of one run?",
            YES if enough else UNASKED,
            runs if enough else f"{runs}; takes {FEWEST_SEEDS} or more",
        )
    )
    return found


def _answer(low: float, high: float) -> str:
    return YES if low > 0 else NO if high < 0 else OPEN


def _bounds(change: float, low: float, high: float) -> str:
    return f"{points(change)} ({points(low)} to {points(high)})"


def _gain(effect: Effect) -> str:
    return _bounds(effect.lift, effect.ci_low, effect.ci_high)


def _accuracy(reading: str, lift: Comparison | None) -> Question:
    text = f"better {'greedily' if reading == GREEDY else 'when sampled'}?"
    if lift is None:
        return Question(text, UNASKED, "this reading was not evaluated")
    effect = lift.overall
    return Question(text, _answer(effect.ci_low, effect.ci_high), _gain(effect))


def _domains(lift: Comparison) -> Iterable[Question]:
    total = len(lift.domains)
    if total < 2:
        return
    raised, lowered = map(len, moved_domains(lift))
    answer = NO if lowered else YES if raised == total else OPEN
    harmed = f", {lowered} harmed" if lowered else ""
    yield Question("in every domain?", answer, f"{raised} of {total} lifted{harmed}")


def _unseen(lift: Comparison) -> Iterable[Question]:
    if (effect := lift.splits.get("unseen")) is not None:
        answer = _answer(effect.ci_low, effect.ci_high)
        yield Question("on unseen kinds of problem?", answer, _gain(effect))


def _reasoning(overall: Effect) -> Iterable[Question]:
    low, high = overall.reasoning_ci_low, overall.reasoning_ci_high
    if low == low:  # known
        figure = _bounds(overall.reasoning_gain, low, high)
        yield Question("more than better form?", _answer(low, high), f"{figure} of it")


def _of_reading(found: Mapping[str, Comparison], reading: str) -> tuple[str, Effect] | None:
    """Return the reading in which there is a comparison, the asked one first, and what it shows."""
    own = nearest(found, reading)
    return None if own is None else (own, found[own].overall)


def _lead(name: str, findings: Findings) -> Question:
    text = f"more than {name}?"
    shown = _of_reading(findings.contrasts.get(name, {}), findings.reading)
    if shown is not None:
        own, effect = shown
        told = "" if own == findings.reading else f", {own}"
        return Question(text, _answer(effect.ci_low, effect.ci_high), _gain(effect) + told)
    if name in findings.budgets and findings.lift is not None:
        base = findings.lift.overall  # it could not move, so the base model is what it shows
        answer = _answer(base.ci_low, base.ci_high)
        return Question(text, answer, f"{_gain(base)}; it could not move")
    return Question(text, UNASKED, "no such control was trained")


def _without_training(findings: Findings) -> Question:
    text = "more than no training gives?"
    leads = {
        name: shown
        for name in findings.untrained
        if (shown := _of_reading(findings.contrasts.get(name, {}), findings.reading)) is not None
    }
    leads |= {name: (findings.reading, one.overall) for name, one in findings.free.items()}
    if not leads:
        return Question(text, UNASKED, "no arm without training was run")
    name, (own, effect) = min(leads.items(), key=lambda lead: lead[1][1].lift)
    told = name if own == findings.reading else f"{name}, {own}"
    return Question(text, _answer(effect.ci_low, effect.ci_high), f"{_gain(effect)} over {told}")


def _reach(sampled: Comparison | None) -> Question:
    found = reach(sampled)
    if found is None:
        return Question("more problems in several tries?", UNASKED, "takes several completions")
    figure = _bounds(found.change, found.ci_low, found.ci_high)
    answer = _answer(found.ci_low, found.ci_high)
    return Question(f"more problems in {found.k} tries?", answer, f"pass@{found.k} {figure}")
