"""Grading of final answers: extraction, kinds, equivalence, rewards."""

from sample_engineering.grading.batch import grade_batch
from sample_engineering.grading.extraction import Extraction, extract
from sample_engineering.grading.gold import answer_kind, read_gold, read_sample_gold
from sample_engineering.grading.grader import Grade, grade
from sample_engineering.grading.majority import Majority, equal_answers, majority_vote
from sample_engineering.grading.rewards import (
    check_golds,
    completion_text,
    correctness_reward,
    format_reward,
)
from sample_engineering.grading.sameness.gold_answer import Gold

__all__ = [
    "Extraction",
    "Gold",
    "Grade",
    "Majority",
    "answer_kind",
    "check_golds",
    "completion_text",
    "correctness_reward",
    "equal_answers",
    "extract",
    "format_reward",
    "grade",
    "grade_batch",
    "majority_vote",
    "read_gold",
    "read_sample_gold",
]
