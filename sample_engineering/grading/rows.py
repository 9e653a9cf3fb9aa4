"""A completion and its gold as they come from elsewhere, to be graded in a worker process.

Everything happens there, from reading the gold on: what a stranger sends may cost no more than the
limits of a worker, and nothing of it is computed in the process that took it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.grading.columns import golds_of
from sample_engineering.grading.extraction import extract
from sample_engineering.grading.grader import judge
from sample_engineering.grading.open_text import open_golds

# Characters of an answer, or of what is wrong with a gold, that come back.
_LONGEST_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One completion to grade.

    Parameters
    ----------
    completion : str
    gold : object
        What stands in the column of golds: text, a number, or a list of them of which each is
        right; of the types of JSON.
    options : mapping
        Values of `columns.OPTION_COLUMNS`.
    problem : str, optional
        Its words may follow a number.
    form : str
        Name of an answer form.
    free_text : bool
        Whether a gold that no rule reads is one of free text, for a judge.
    """

    completion: str
    gold: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    form: str = "boxed"
    free_text: bool = False

    def request(self) -> dict[str, Any]:
        """Return what a worker is asked."""
        return {"op": "row", **asdict(self)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a worker says of a row.

    Parameters
    ----------
    score : float or None
        The reward; None where the gold cannot be read, so that nothing can be said.
    correct, readable, kind, extracted, rule, seconds, timed_out
        See `grader.Grade`; a long answer is cut.
    why : str
        Why there is no score; else empty.
    """

    score: float | None = None
    correct: bool = False
    readable: bool = False
    kind: str | None = None
    extracted: str | None = None
    rule: str = "gold cannot be read"
    seconds: float = 0.0
    timed_out: bool = False
    why: str = ""


def out_of_time(seconds: float) -> Verdict:
    """Return the verdict on a row whose worker was ended at its limit: wrong."""
    return Verdict(score=0.0, rule="time limit", seconds=seconds, timed_out=True)


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the `Verdict` on a `Row.request`; in a worker."""
    try:
        read = open_golds if request["free_text"] else golds_of
        golds = read(request["gold"], request["options"], request["problem"])
        found = extract(request["completion"], request["form"])
        grades = [judge(gold, found) for gold in golds]
    except SampleEngineeringError as error:
        return {"why": _short(str(error))}
    except Exception as error:  # a defect of the grader, but no reason to lose a training
        return {"why": _short(f"the grader fails ({type(error).__name__}: {error})")}
    best = next((grade for grade in grades if grade.correct), grades[0])
    return {
        "score": float(best.correct),
        "correct": best.correct,
        "readable": best.readable,
        "kind": best.kind,
        "extracted": None if best.extracted is None else _short(best.extracted),
        "rule": best.rule,
        "seconds": best.seconds,
        "timed_out": best.timed_out,
    }


def _short(text: str) -> str:
    return text[:_LONGEST_SHOWN]
