"""A move: the number that a problem answers with is asked for backwards, one more than it."""

from sample_engineering.polymath.moves import Move

WANTED = "whole numbers as answers"

successor = Move(
    "successor", "one more than the answer", "an example, after nobody", False, "se_example.move"
)


def able(parents):
    """Return the problems that it can start from."""
    return [one for one in parents if one.answer.isdigit()]


def draw(parents, rng):
    """Draw one candidate with what tells it from others."""
    parent = rng.choice(parents)
    problem = f"{parent.problem} Give the whole number after the answer."
    return parent.id, parent.with_(problem=problem, answer=str(int(parent.answer) + 1))
