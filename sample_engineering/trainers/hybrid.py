"""The reward ``hybrid``: the grader's verdict, and a judge model's where no rule reads the answer.

WeThink, arXiv 2506.07905 (abstract). What goes to the judge is said in `judging.hybrid`; that an
abstention gives its group's mean is our choice: its advantage is then zero, so nothing is learnt
of it in either direction.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sample_engineering.grading import Gold, Grade, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.trainers.reward import reward

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sample_engineering.judging import Judge
    from sample_engineering.trainers.recipes import Recipe

HYBRID = "hybrid"


@reward(HYBRID, grouped=True, bounds=(0, 1))
def hybrid(
    completions: Sequence[Any], *, grades: Sequence[Grade], group: Sequence[int], **_: Any
) -> list[float]:
    """1 where rule or judge says right, else 0; undecided answers get the mean of their group."""
    decided: dict[int, list[float]] = {}
    for number, grade in zip(group, grades, strict=True):
        if grade.decided_by != "abstained":
            decided.setdefault(number, []).append(float(grade.correct))
    means = {number: sum(values) / len(values) for number, values in decided.items()}
    return [
        means.get(number, 0.0) if grade.decided_by == "abstained" else float(grade.correct)
        for number, grade in zip(group, grades, strict=True)
    ]


def asks_judge(recipe: "Recipe", reward: str | None = None) -> bool:
    """Whether a judge gives rewards; `reward` is that of an arm, where it has its own."""
    return (reward or recipe.reward) == HYBRID


def sample_golds(samples: Sequence[Sample], recipe: "Recipe") -> list[Gold]:
    """Read the golds that a training needs; free text only where there is a judge for it.

    Raises
    ------
    GoldError
        If one cannot be read.
    """
    if recipe.judge is None:
        return [read_sample_gold(sample) for sample in samples]
    from sample_engineering.grading.open_text import open_sample_gold

    return [open_sample_gold(sample) for sample in samples]


@contextmanager
def judge_of(recipe: "Recipe", reward: str | None = None) -> "Iterator[Judge | None]":
    """Open the judge of a training, or None where it has none; it is closed in the end."""
    if not asks_judge(recipe, reward):
        yield None
        return
    from sample_engineering.judging import Judge, JudgeSettings

    settings = JudgeSettings.of(recipe.judge, recipe.judge_options)
    assert settings is not None  # a recipe with this reward has one
    with Judge(settings) as judge:
        yield judge


def grader_of(
    judge: "Judge | None", samples: Sequence[Sample], golds: Sequence[Gold], form: str
) -> "partial[list[Grade]] | None":
    """Return what grades the rollouts of a training, ``(texts, sample_index) -> grades``."""
    if judge is None:
        return None
    return partial(_graded, judge, tuple(one.problem for one in samples), tuple(golds), form)


def _graded(
    judge: "Judge",
    problems: Sequence[str],
    golds: Sequence[Gold],
    form: str,
    texts: Sequence[str],
    sample_index: Sequence[int],
) -> list[Grade]:
    from sample_engineering.judging import HybridGrader

    return HybridGrader(judge)(
        texts,
        [golds[index] for index in sample_index],
        [problems[index] for index in sample_index],
        form=form,
    )
