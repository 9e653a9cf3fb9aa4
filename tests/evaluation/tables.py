"""Evaluations made by hand, for tests of what is computed from them."""

import numpy as np

from sample_engineering.evaluation.table import Evaluation, table_of


def evaluation(
    correct, readable=None, domains=None, splits=None, texts=None, benchmarks=None, **columns
):
    """Build an evaluation from a (items, samples) array of 0/1."""
    correct = np.asarray(correct)
    readable = np.ones_like(correct) if readable is None else np.asarray(readable)
    rows = []
    for i, j in np.ndindex(*correct.shape):
        rows.append(
            (
                f"q{i}",
                domains[i] if domains is not None else "math",
                splits[i] if splits is not None else "test",
                j,
                texts[i][j] if texts is not None else f"so \\boxed{{{i}}}",
                columns.get("tokens", 7),
                columns.get("finish_reason", "stop"),
                bool(readable[i, j]),
                bool(correct[i, j]),
                "number",
                False,
                columns.get("problem", f"What is {i}?"),
                str(i),
                benchmarks[i] if benchmarks is not None else "by hand",
            )
        )
    return Evaluation(table_of(rows), {"model": "by hand"})
