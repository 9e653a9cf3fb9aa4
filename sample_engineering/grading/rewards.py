"""Reward functions in the shape that TRL, verl and a test can all call."""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.grader import Grade, grade
from sample_engineering.grading.sameness.gold_answer import Gold

Completion = str | Sequence[Mapping[str, Any]]


def correctness_reward(
    completions: Sequence[Completion], answer: Sequence[str | Gold], **columns: Any
) -> list[float]:
    """1.0 for each completion whose boxed final answer equals the gold, else 0.0.

    Parameters
    ----------
    completions : sequence of str or of list of messages
        The completions; of a conversation, the last message's content is graded.
    answer : sequence of str or Gold
        The gold answer of each completion.
    **columns
        Other columns of the dataset. ``kind``, ``unit``, ``tolerance`` and ``choices`` (one value
        per completion) are used, others ignored.

    Returns
    -------
    list of float
        One reward per completion.
    """
    return [
        float(_grade(text, gold, columns, index).correct)
        for index, (text, gold) in enumerate(zip(completions, answer, strict=True))
    ]


def format_reward(
    completions: Sequence[Completion], answer: Sequence[str | Gold], **columns: Any
) -> list[float]:
    """1.0 for each completion with a readable boxed answer, right or wrong, else 0.0."""
    return [
        float(_grade(text, gold, columns, index).readable)
        for index, (text, gold) in enumerate(zip(completions, answer, strict=True))
    ]


def completion_text(completion: Completion) -> str:
    """Text of a completion: itself, or the content of a conversation's last message."""
    if isinstance(completion, str):
        return completion
    content = completion[-1].get("content") if completion else ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or ())


def _grade(
    completion: Completion, gold: str | Gold, columns: Mapping[str, Any], index: int
) -> Grade:
    if not isinstance(gold, Gold):
        options = {
            name: columns[name][index]
            for name in ("kind", "unit", "tolerance", "choices")
            if columns.get(name) is not None
        }
        gold = read_gold(gold, **options)
    return grade(completion_text(completion), gold)
