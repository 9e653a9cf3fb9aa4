"""Grade one completion against one gold answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from time import perf_counter

from sample_engineering import notebook
from sample_engineering.errors import ConfigError
from sample_engineering.grading.extraction import Extraction, extract
from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.sameness.checks import Outcome, check
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.spelling.decimal_comma import wants_comma, with_points
from sample_engineering.registry import suggestion
from sample_engineering.sample import ANSWER_KINDS

# More distinct boxes than this are no final answer but a list of guesses.
_MAX_ANSWERS = 12
# Rules of a grade that a judge model gave, or would not give; see `judging`.
JUDGED, ABSTAINED = "judge", "judge abstained"
# Kinds whose answers are one number.
_MEASURED = ("number", "quantity")
# Kinds that are compared as they stand.
_WITHOUT_TOLERANCE = ("choice", "formula", "text")


@dataclass(frozen=True, slots=True)
class Grade:
    """The verdict on one completion, and why.

    Parameters
    ----------
    correct : bool
        Whether the final answer equals the gold.
    readable : bool
        Whether a final answer in the declared form was found and could be read as an answer.
    kind : str
        Kind of the gold.
    extracted : str or None
        The final answer as written; None where there is none.
    gold_form, prediction_form : str or None
        The normal forms that were compared.
    rule : str
        The rule that decided.
    seconds : float
        Wall time in seconds.
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

    @property
    def decided_by(self) -> str:
        """Who gave the verdict: ``rule``, ``judge``, or ``abstained`` where the judge would not."""
        return {JUDGED: "judge", ABSTAINED: "abstained"}.get(self.rule, "rule")

    @property
    def _word(self) -> str:
        if self.decided_by == "abstained":
            return "undecided"
        return "correct" if self.correct else "wrong"

    def _repr_html_(self) -> str:
        rows = [
            ("final answer", "none found" if self.extracted is None else self.extracted),
            ("read as", self.prediction_form),
            ("gold", self.gold_form),
            ("kind", self.kind),
            ("rule", self.rule + (", out of time" if self.timed_out else "")),
        ]
        return notebook.page(notebook.heading(self._word), notebook.pairs(rows))


def grade(
    prediction: str,
    gold: str | Gold,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    form: str = "boxed",
    units_allowed: bool = True,
) -> Grade:
    """Grade one completion.

    Parameters
    ----------
    prediction : str
        The completion; None and other objects count as no answer.
    gold : str or Gold
        The gold answer. The options below apply where it is text.
    kind, unit, tolerance, choices, units_allowed
        See `read_gold`.
    form : str
        Where the final answer stands, see `extraction.extract`; ``boxed`` by default.

    Returns
    -------
    Grade
        The verdict, and why.

    Raises
    ------
    GoldError
        If the gold cannot be read. Nothing in a prediction raises.
    ConfigError
        If `form` is unknown, or an option cannot be used or would be ignored.
    """
    started = perf_counter()
    if isinstance(gold, Gold):
        _refuse_options(kind=kind, unit=unit, tolerance=tolerance, choices=choices)
    else:
        check_options(kind, unit, tolerance)
        gold = read_gold(
            gold,
            kind=kind,
            unit=unit,
            tolerance=tolerance,
            choices=choices,
            units_allowed=units_allowed,
        )
    return judge(gold, extract(prediction if isinstance(prediction, str) else "", form), started)


def check_options(kind: str | None, unit: str | None, tolerance: float | None) -> None:
    """Refuse values that cannot be used, and values that would be ignored.

    Raises
    ------
    ConfigError
        With the values that can be.
    """
    if kind is not None and kind not in ANSWER_KINDS:
        raise ConfigError(f"`kind` {kind!r} is not known; {suggestion(kind, ANSWER_KINDS)}")
    if tolerance is not None and not (isfinite(tolerance) and 0 <= tolerance < 1):
        raise ConfigError(f"`tolerance` {tolerance} is not relative; use a value in [0, 1)")
    if unit is not None and kind not in (None, "quantity", "scored"):
        raise ConfigError(
            f"`unit` {unit!r} says nothing about answers of `kind` {kind}; leave one of them out"
        )
    if tolerance is not None and kind in _WITHOUT_TOLERANCE:
        raise ConfigError(
            f"`tolerance` {tolerance} says nothing about answers of `kind` {kind}; "
            "leave one of them out"
        )


def _refuse_options(**options: object) -> None:
    given = [f"`{name}`" for name, value in options.items() if value is not None]
    if given:
        raise ConfigError(
            f"{', '.join(given)} would be ignored, since the gold was read before; "
            "give it to `read_gold`, or the gold as text"
        )


def judge(gold: Gold, found: Extraction, started: float | None = None) -> Grade:
    """Grade what was extracted from a completion.

    Parameters
    ----------
    started : float, optional
        When the work on this completion began (`time.perf_counter`); now by default.
    """
    started = perf_counter() if started is None else started
    read = found
    if gold.kind in _MEASURED and wants_comma(gold.asked):
        read = replace(found, answers=tuple(map(with_points, found.answers)))
    outcome = _judge(gold, read)
    return Grade(
        outcome.correct,
        outcome.readable,
        gold.kind,
        found.answers[-1] if found.answers else None,
        gold.form,
        outcome.form,
        outcome.rule,
        perf_counter() - started,
        outcome.timed_out,
    )


def _judge(gold: Gold, found: Extraction) -> Outcome:
    answers = found.answers
    if gold.kind == "choice" and found.letter is not None:
        last = check(gold, answers[-1]) if answers else None
        if last is None or not last.readable:
            return check(gold, found.letter)
    if not answers:
        return Outcome(False, False, "no answer")
    plain = found.declared
    if len(answers) == 1:
        return check(gold, answers[0], plain)
    last = check(gold, answers[-1], plain)
    if len(answers) > _MAX_ANSWERS:
        return last._replace(correct=False, rule="answers disagree")
    if found.joined:
        together = check(gold, ", ".join(answers), plain)
        if together.correct:
            return together
    if last.correct and all(check(gold, answer, plain).correct for answer in answers[:-1]):
        return last
    return last._replace(correct=False, rule="answers disagree" if last.correct else last.rule)
