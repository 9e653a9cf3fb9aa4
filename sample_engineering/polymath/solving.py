"""Every model solves every candidate: what all of them reach is the label.

The paper's label is the answer on which its models jointly succeed. Here the writer states one, and
each model, the writer too, must reach it in a share of fresh attempts without seeing it. Models
agree on wrong answers too (the paper's own prime: docs/audit.md), so the audit comes after.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.generation.prompts import render
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.grading import grade_batch, majority_vote, read_sample_gold
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.judging import standing
from sample_engineering.polymath.models import Models
from sample_engineering.polymath.plan import PolymathPlan
from sample_engineering.synthesis.language_model.composer import SOLVER_TEMPLATE, SOLVER_TOKENS

AGREE = "models agree"
_LONGEST = 40  # characters of an answer in a reason


def solve(candidates: Sequence[Candidate], plan: PolymathPlan, models: Models) -> None:
    """Let all models solve what stands, and refuse what they do not jointly reach.

    Raises
    ------
    BudgetError
        If the budget is spent; what was answered stands in the journals.
    """
    left = standing(candidates)
    if not left:
        return
    texts: dict[str, list[list[str]]] = {}
    for name in plan.composers:
        with models.opened(name) as generator:
            groups = generator.generate(
                [render(sample, SOLVER_TEMPLATE) for _, sample in left],
                Sampling(
                    n=plan.attempts,
                    max_tokens=plan.max_tokens or SOLVER_TOKENS,
                    temperature=plan.temperature,
                    seed=plan.seed,
                ),
                progress=models.counting(name, len(left)),
            )
        texts[name] = [[item.text for item in group] for group in groups]
    for place, (one, sample) in enumerate(left):
        solutions = {name: texts[name][place] for name in plan.composers}
        gold = read_sample_gold(sample)
        right = {
            name: sum(grade.correct for grade in grade_batch(group, [gold] * len(group)))
            for name, group in solutions.items()
        }
        if any(number < plan.agreement * plan.attempts for number in right.values()):
            one.refuse(AGREE, _why_not(sample.answer, right, solutions, plan.attempts))
            continue
        one.sample = sample.with_(
            provenance={
                "composer": "polymath",
                "model": one.origin,
                "seed": plan.seed,
                "draft": one.number,
                "verification": {
                    "solvers": {
                        name: {"attempts": plan.attempts, "agree": number}
                        for name, number in right.items()
                    },
                    "asked": plan.agreement,
                },
            }
        )


def _why_not(
    stated: str, right: Mapping[str, int], solutions: Mapping[str, Sequence[str]], attempts: int
) -> str:
    """Say who missed the answer; that all agree on another one is another kind of fault."""
    told = ", ".join(f"{number} of {attempts} by {name}" for name, number in right.items())
    if not any(right.values()):
        everything = [text for group in solutions.values() for text in group]
        joint: Any = majority_vote(everything)
        if joint.answer is not None and all(joint.agrees):
            return (
                f"the writer errs: all reach {joint.answer[:_LONGEST]}, it says {stated[:_LONGEST]}"
            )
        return f"nobody reaches it: {stated[:_LONGEST]} ({told})"
    return f"too few reach it: {stated[:_LONGEST]} ({told})"
