"""How hard a composed problem is."""

from collections.abc import Sequence

from sample_engineering.synthesis.plan import Step
from sample_engineering.synthesis.solution import Handling

_MEDIUM_FROM, _HARD_FROM = 3.0, 4.5  # effort, see `effort`


def effort(steps: Sequence[Step], handling: Handling, distractors: int) -> float:
    """Return how much a problem asks of the reader, in steps of reasoning.

    One for each relation, half for each that must be solved backwards, half for each further
    equation of one, half for a conversion of units, 0.3 for each idle fact, half for a join (a
    relation that takes up two results).
    """
    total = float(sum(len(step.relation.parts) for step in steps))
    for step in steps:
        sides = [side.strip() for text in step.relation.equations for side in text.split("=")]
        total += 0.5 * len(step.relation.also)
        total += 0.5 * (step.unknown not in sides)
        total += 0.5 * (len(step.links) > 1)
    return total + 0.5 * handling.unit_conversion + 0.3 * distractors


def steps_possible(difficulty: str, steps: int, distractors: int) -> bool:
    """Tell whether problems of so many steps can be of a difficulty at all."""
    least = steps + 0.3 * distractors
    # Each step solved backwards and each but the first ones a join, and a conversion.
    most = steps * 1.5 + 0.5 * (steps // 2) + 0.5 + 0.3 * distractors
    low, high = {
        "easy": (0.0, _MEDIUM_FROM),
        "medium": (_MEDIUM_FROM, _HARD_FROM),
        "hard": (_HARD_FROM, float("inf")),
    }[difficulty]
    return least < high and most >= low


def difficulty(steps: Sequence[Step], handling: Handling, distractors: int) -> str:
    """Return easy, medium or hard."""
    size = effort(steps, handling, distractors)
    return "easy" if size < _MEDIUM_FROM else "medium" if size < _HARD_FROM else "hard"
