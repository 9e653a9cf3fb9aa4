"""Benchmarks, sampling and grading, statistics of a lift, behaviour of completions."""

from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.compare import Comparison, Effect, compare
from sample_engineering.evaluation.evaluate import evaluate
from sample_engineering.evaluation.loaders import load_benchmark
from sample_engineering.evaluation.table import Evaluation

__all__ = [
    "Benchmark",
    "Comparison",
    "Effect",
    "Evaluation",
    "compare",
    "evaluate",
    "load_benchmark",
]
