"""Where other graders see an answer in another light: Math-Verify and sympy beside our verdict.

Neither is the truth. Math-Verify reads the completion with its own eyes, so that it also shows
where another answer was taken; sympy is told the gold and the answer that we found, and compares
their values by algebra.
"""

import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sample_engineering.grading.extraction import strip_reasoning
from sample_engineering.grading.grader import Grade
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.spelling.normal import normal
from sample_engineering.grading.workers import engine
from sample_engineering.grading.workers.engine import Opinion
from sample_engineering.grading.workers.opinions import MATH_VERIFY, SYMPY
from sample_engineering.pool.writing import write_records
from sample_engineering.text import visible

ENGINES = (MATH_VERIFY, SYMPY)
# What is shown of a completion, and of an answer; the line leads to the rest.
_ENDING = 300
_LONGEST = 2_000
_EXAMPLE = 60
# As much of a completion as our own forms search, from its end.
_TAIL = 20_000
# Columns whose value may tell a row apart, the first that is there.
_IDS = ("id", "unique_id", "problem_id", "question_id", "uuid", "item", "idx", "index", "task_id")
_SYMPY_KINDS = ("number", "expression")
# What its parser of LaTeX would take for Euler's number, and for no base at all.
_E_NOTATION = re.compile(r"(?<=\d)[eE]([-+]?\d+)(?![a-zA-Z\d])")
_BASE = re.compile(r"\d ?_")


@dataclass
class EngineCounts:
    """What one other grader said over a file.

    Parameters
    ----------
    agrees, accepts_alone, refuses_alone : int
        Rows with its verdict: ours as well, right where ours is wrong, wrong where ours is right.
    no_opinion, timed_out : int
        Rows without its verdict, and how many of these because of the time limit.
    reasons : Counter
        Why there was none.
    """

    agrees: int = 0
    accepts_alone: int = 0
    refuses_alone: int = 0
    no_opinion: int = 0
    timed_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def count(self, ours: bool, opinion: Opinion) -> None:
        """Count one opinion beside our verdict."""
        if opinion.verdict is None:
            self.no_opinion += 1
            self.timed_out += opinion.timed_out
            self.reasons[opinion.why] += 1
        elif opinion.verdict == ours:
            self.agrees += 1
        elif opinion.verdict:
            self.accepts_alone += 1
        else:
            self.refuses_alone += 1


@dataclass
class SecondOpinion:
    """Second opinions on the rows of a file, and the rows where they disagree with ours.

    Parameters
    ----------
    rows : int
        Rows asked about.
    engines : dict
        `EngineCounts` of ``math-verify`` and ``sympy``.
    about : Counter
        Rows that disagree, by what the disagreement is about.
    disagreements : list of dict
        The rows that disagree, as they are written.
    out : str or None
        Where they were written.
    """

    rows: int = 0
    engines: dict[str, EngineCounts] = field(
        default_factory=lambda: {name: EngineCounts() for name in ENGINES}
    )
    about: Counter[str] = field(default_factory=Counter)
    disagreements: list[dict[str, Any]] = field(default_factory=list)
    out: str | None = None

    def add(
        self,
        line: int,
        row: Mapping[str, Any],
        gold_text: str,
        gold: Gold | None,
        completion: str,
        grade: Grade | None,
        fault: str = "",
    ) -> None:
        """Ask about one row.

        Parameters
        ----------
        line : int
            Of the file.
        row : mapping
            Its record.
        gold_text, completion : str
            As they stand there.
        gold : Gold or None
        grade : Grade or None
            Ours; None, with what is wrong as `fault`, where the gold cannot be read.
        """
        self.rows += 1
        ours = grade is not None and grade.correct
        extracted = None if grade is None else grade.extracted
        text = strip_reasoning(completion)[-_TAIL:]
        opinions = {
            MATH_VERIFY: _asked(MATH_VERIFY, gold_text, text),
            SYMPY: _by_sympy(gold, extracted),
        }
        for name, opinion in opinions.items():
            self.engines[name].count(ours, opinion)
        against = [opinion for opinion in opinions.values() if opinion.verdict is (not ours)]
        if not against:
            return
        about = _about(gold, grade, gold_text, opinions)
        self.about[about] += 1
        self.disagreements.append(
            {
                "line": line,
                "id": next((str(row[name]) for name in _IDS if row.get(name) is not None), None),
                "about": about,
                "direction": "only others accept" if not ours else "only we accept",
                "correct": ours,
                "rule": fault if grade is None else grade.rule,
                "kind": None if gold is None else gold.kind,
                "gold": _clean(gold_text, _LONGEST),
                "extracted": None if extracted is None else _clean(extracted, _LONGEST),
                **_columns("math_verify", opinions[MATH_VERIFY]),
                **_columns("sympy", opinions[SYMPY]),
                "ending": _clean(completion[-_ENDING:], _ENDING),
            }
        )

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the rows that disagree to .jsonl, .csv or .parquet, whole or not at all."""
        write_records(self.disagreements, path)
        self.out = str(path)

    def to_dict(self) -> dict[str, Any]:
        """Counts, JSON-ready."""
        return {
            "rows": self.rows,
            "disagree": len(self.disagreements),
            "engines": {
                name: vars(counts) | {"reasons": dict(counts.reasons)}
                for name, counts in self.engines.items()
            },
            "about": dict(self.about),
            "out": self.out,
        }

    def _first_of_each(self) -> list[dict[str, Any]]:
        first: dict[str, dict[str, Any]] = {}
        for row in self.disagreements:
            first.setdefault(row["about"], row)
        return [first[name] for name, _ in self.about.most_common()]

    def lines(self) -> list[str]:
        """The counts for people."""
        found = [f"second opinions: {len(self.disagreements)} of {self.rows} rows disagree"]
        for name, counts in self.engines.items():
            found.append(
                f"  {name + ':':12} {counts.agrees} agree, {counts.accepts_alone} right there and "
                f"wrong here, {counts.refuses_alone} wrong there and right here, "
                f"{counts.no_opinion} no opinion ({counts.timed_out} timed out)"
            )
        if self.about:
            abouts = ", ".join(f"{name} {count}" for name, count in self.about.most_common())
            found.append(f"  about: {abouts}; the first of each:")
            found.extend(f"    {_example(row)}" for row in self._first_of_each())
        if self.out:
            found.append(f"wrote {self.out}")
        return found


@lru_cache(maxsize=512)  # of whole completions
def _asked(name: str, gold: str, prediction: str) -> Opinion:
    return engine.opinion(name, gold, prediction)


def _by_sympy(gold: Gold | None, extracted: str | None) -> Opinion:
    if gold is None or extracted is None:
        return Opinion(None, "there is no gold" if gold is None else "there is no answer", "")
    if gold.kind not in _SYMPY_KINDS:
        return Opinion(None, f"a gold of kind {gold.kind} is no expression", "")
    answer = normal(extracted)
    if "\\text" in gold.form + answer:
        return Opinion(None, "words or a unit", "")
    if _BASE.search(gold.form + " " + answer):
        return Opinion(None, "another base", "")
    sides = (_E_NOTATION.sub(r"\\cdot 10^{\1}", side) for side in (gold.form, answer))
    return _asked(SYMPY, *sides)


def _about(
    gold: Gold | None, grade: Grade | None, gold_text: str, opinions: Mapping[str, Opinion]
) -> str:
    """What a disagreement is about, as far as it shows."""
    if gold is None or grade is None:
        return "gold cannot be read"
    if grade.timed_out:
        return "our time limit"
    if grade.extracted is None:
        return "no answer in this form"
    if grade.rule == "answers disagree":
        return "several answers"
    if grade.rule == "not a plain number":
        return "number not written out"
    theirs = opinions[MATH_VERIFY]
    if theirs.verdict is (not grade.correct):
        alone = _asked(MATH_VERIFY, gold_text, f"\\boxed{{{grade.extracted}}}")
        if alone.verdict == grade.correct:
            return "another answer is found"
    if gold.tolerance and grade.correct:
        return "tolerance"
    if gold.kind == "quantity" or gold.unit is not None or "\\text" in normal(grade.extracted):
        return "unit or words"
    return "value" if grade.readable else "answer cannot be read"


def _example(row: Mapping[str, Any]) -> str:
    gold, extracted = (
        "nothing" if text is None else visible(text, keep="")[:_EXAMPLE]
        for text in (row["gold"], row["extracted"])
    )
    return (
        f"line {row['line']}: gold {gold}, answer {extracted}: {row['direction']} "
        f"({row['about']}; our rule: {row['rule']})"
    )


def _columns(name: str, opinion: Opinion) -> dict[str, Any]:
    return {
        name: opinion.verdict,
        f"{name}_read": _clean(opinion.read, _LONGEST),
        f"{name}_why_not": opinion.why,
    }


def _clean(text: str, longest: int) -> str:
    return visible(text if len(text) <= longest else text[: longest - 1] + "…")
