"""What the workers leave open, put to a judge model: free text that is not spelt as the gold is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sample_engineering.grading.grader import ABSTAINED, JUDGED
from sample_engineering.grading.rows import Row, Verdict
from sample_engineering.judging import Case, Judge
from sample_engineering.judging.hybrid import bare, is_open_text, unfit

_BY_RULE = ("no answer", "answers disagree", "time limit")


def settle(judge: Judge, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the final verdicts; an answer that the judge leaves undecided has no score.

    Raises
    ------
    GenerationError
        As `Judge.decide`.
    """
    final = list(verdicts)
    places: list[int] = []
    cases: list[Case] = []
    for place, (row, verdict) in enumerate(zip(rows, verdicts, strict=True)):
        if verdict.kind != "text" or verdict.correct or verdict.rule in _BY_RULE:
            continue
        told = bare(verdict.extracted or "")
        references = [text for text in _texts(row.gold) if is_open_text(text)]
        if not told or not references:
            continue
        if fault := unfit(told):
            final[place] = replace(verdict, rule=fault)
            continue
        places += [place] * len(references)
        cases += [Case(row.problem or "", text, told) for text in references]
    said: dict[int, list[bool | None]] = {}
    for place, ruling in zip(places, judge.decide(cases) if cases else (), strict=True):
        said.setdefault(place, []).append(ruling.right)
    for place, rights in said.items():
        if True not in rights and None in rights:
            final[place] = replace(
                final[place], score=None, rule=ABSTAINED, why="the judge left the answer undecided"
            )
        else:
            right = True in rights
            final[place] = replace(
                final[place], score=float(right), correct=right, readable=True, rule=JUDGED
            )
    return final


def _texts(gold: Any) -> list[str]:
    members = gold if isinstance(gold, list) else [gold]
    return [text for text in members if isinstance(text, str) and text.strip()]
