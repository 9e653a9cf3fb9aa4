"""Grade one completion against one gold answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from sample_engineering.grading.extraction import extract
from sample_engineering.grading.gold import Gold, read_gold
from sample_engineering.grading.numbers import read_number
from sample_engineering.grading.spelling import plain


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdict on one completion, and why.

    Parameters
    ----------
    correct : bool
        Whether the final answer equals the gold.
    readable : bool
        Whether a final answer in the declared form was found and could be read.
    kind : str
        Kind of the gold.
    extracted : str or None
        The final answer as written; None where there is none.
    gold_form, prediction_form : str or None
        The normal forms that were compared.
    rule : str
        The rule that decided.
    seconds : float
        Wall time.
    timed_out : bool
        Whether a check ran into its limit; the verdict is then "wrong".
    """

    correct: bool
    readable: bool
    kind: str
    extracted: str | None
    gold_form: str
    prediction_form: str | None
    rule: str
    seconds: float
    timed_out: bool = False

    def __bool__(self) -> bool:
        return self.correct


def grade(
    prediction: str,
    gold: str | Gold,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    form: str = "boxed",
) -> Grade:
    """Grade one completion; see `Grade`."""
    started = perf_counter()
    if isinstance(gold, str):
        gold = read_gold(gold, kind=kind, unit=unit, tolerance=tolerance, choices=choices)
    found = extract(prediction, form)

    def verdict(correct: bool, readable: bool, rule: str, shown: str | None = None) -> Grade:
        last = found.answers[-1] if found.answers else None
        seconds = perf_counter() - started
        return Grade(correct, readable, gold.kind, last, gold.form, shown, rule, seconds)

    if not found.answers or not found.answers[-1].strip():
        return verdict(False, False, "no answer")
    if len(found.answers) > 1:
        return verdict(False, True, "several answers")
    shown = plain(found.answers[0])
    if shown == gold.form:
        return verdict(True, True, "same spelling", shown)
    number = read_number(shown)
    if gold.kind == "number" and number is not None:
        same = number.value == gold.value.value and number.percent == gold.value.percent
        return verdict(same, True, "number", shown)
    readable = number is not None or gold.kind != "number"
    return verdict(False, readable, "different", shown)


def grade_batch(
    predictions: Sequence[str],
    golds: Sequence[str | Gold],
    *,
    form: str = "boxed",
    workers: int | None = None,
) -> list[Grade]:
    """Grade many completions, each against its gold."""
    return [grade(p, g, form=form) for p, g in zip(predictions, golds, strict=True)]
