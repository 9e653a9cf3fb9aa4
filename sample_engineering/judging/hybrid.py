"""The hybrid: a rule decides wherever one reads the gold; the judge is for the rest.

After WeThink (arXiv 2506.07905), whose abstract combines rule-based verification with model-based
assessment. Which answers go to which is our choice: the grader's verdict stands for every kind of
gold that it compares by value. Free text goes to the judge where it is not spelt as the gold is,
and only with its final answer: what stands around it, and how long it is, the judge never sees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sample_engineering.grading import Gold, Grade, grade_batch
from sample_engineering.grading.files import Answered
from sample_engineering.grading.grader import ABSTAINED, JUDGED
from sample_engineering.grading.open_text import open_golds
from sample_engineering.grading.spelling.normal import fold
from sample_engineering.judging.asking import MAX_ANSWER, Case, read_verdict
from sample_engineering.judging.judge import Judge

TOO_LONG = "longer than the judge is shown"
NO_WORDS = "no letter or digit"
A_VERDICT = "a verdict, and no answer"
# Golds of these words have nothing to paraphrase.
_CLOSED = frozenset(("yes", "no", "true", "false", "none", "all", "never", "always"))


def is_open(gold: Gold) -> bool:
    """Whether an answer to this gold can be right in other words."""
    return gold.kind == "text" and is_open_text(gold.text)


def is_open_text(gold: str) -> bool:
    """Whether a gold of kind ``text`` leaves anything to paraphrase."""
    return fold(gold) not in _CLOSED


@dataclass(frozen=True)
class HybridGrader:
    """Grades by rule, and by the judge what no rule reads.

    Parameters
    ----------
    judge : Judge
    """

    judge: Judge

    def __call__(
        self,
        texts: Sequence[str],
        golds: Sequence[Gold],
        questions: Sequence[str],
        *,
        form: str = "boxed",
    ) -> list[Grade]:
        """Grade completions.

        Parameters
        ----------
        texts : sequence of str
        golds : sequence of Gold
            See `open_gold`.
        questions : sequence of str
            The problems.
        form : str
            Where the final answer stands.

        Returns
        -------
        list of Grade
            Their `decided_by` says who decided; an abstention is neither right nor wrong.

        Raises
        ------
        GenerationError
            As `Judge.decide`.
        """
        grades = grade_batch(texts, golds, form=form)
        rows = zip(texts, golds, questions, grades, strict=True)
        return self.settle(
            [Answered(text, (gold,), asked, found) for text, gold, asked, found in rows]
        )

    def golds(self, value: Any, options: Mapping[str, Any], problem: str | None) -> list[Gold]:
        """Read what stands in a column of golds; free text too, where there is one gold."""
        return open_golds(value, options, problem)

    def settle(self, answered: Sequence[Answered]) -> list[Grade]:
        """Return the final grades; what the rule leaves open is put to the judge, at once.

        Where there are several golds, an answer that means the same as one of them is right.
        """
        grades = [one.grade for one in answered]
        waiting: dict[tuple[int, str], Case] = {}
        for place, one in enumerate(answered):
            golds = [gold for gold in one.golds if undecided(one.grade, gold)]
            told = final_answer(one.grade) if golds else None
            if told is None:
                continue
            if fault := unfit(told):
                grades[place] = replace(one.grade, rule=fault)
                continue
            for gold in golds:
                waiting[place, gold.text] = Case(one.question, gold.text, told)
        if waiting:
            said: dict[int, list[bool | None]] = {}
            ruled = self.judge.decide(list(waiting.values()))
            for (place, _), ruling in zip(waiting, ruled, strict=True):
                said.setdefault(place, []).append(ruling.right)
            for place, rights in said.items():
                open_ = True not in rights and None in rights
                grades[place] = replace(
                    grades[place],
                    correct=True in rights,
                    readable=True,
                    rule=ABSTAINED if open_ else JUDGED,
                )
        return grades


def undecided(found: Grade, gold: Gold) -> bool:
    """Whether the rule leaves an answer to the judge."""
    return (
        is_open(gold)
        and not found.correct
        and not found.timed_out
        and found.extracted is not None
        and found.rule not in ("no answer", "answers disagree")
    )


def unfit(answer: str) -> str:
    """Return why an answer is wrong without asking a judge; empty where it is not.

    A judge may be fooled by an answer of one sign (arXiv 2507.08794), so none is shown; nor is one
    that would count as the judge's own word where it is repeated.
    """
    if read_verdict(answer) is not None:
        return A_VERDICT
    if not any(map(str.isalnum, answer)):
        return NO_WORDS
    return TOO_LONG if len(answer) > MAX_ANSWER else ""


def final_answer(found: Grade) -> str | None:
    """Return the final answer of a completion, without the dress of a text in mathematics."""
    return bare(found.extracted or "") or None


def bare(answer: str) -> str:
    """Return an answer without the dress of a text in mathematics."""
    answer = answer.strip()
    for dress in ("\\text{", "\\textbf{", "\\mathrm{", "\\mbox{"):
        if answer.startswith(dress) and answer.endswith("}") and answer.count("{") == 1:
            answer = answer[len(dress) : -1].strip()
    return answer
