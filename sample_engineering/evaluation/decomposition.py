r"""Splitting a lift into what comes from the answer's form and what from the answer itself.

An accuracy is the share of completions with a readable final answer times the accuracy among these,
``A = R C``. The change of a product of two factors has one symmetric split (the Shapley value of
the two factors),

    A1 - A0 = (R1 - R0) (C0 + C1)/2  +  (C1 - C0) (R0 + R1)/2,

whose first term is the *format gain* and whose second is the *reasoning gain*. They add up to the
lift exactly. Where nothing is readable on one side, C is unknown there and taken from the other
side, so that the whole lift is format gain: there is no evidence of better reasoning.

This is bookkeeping, not causation. It values an answer that became readable at the average accuracy
of readable ones, although completions that ended without an answer may have been the worse ones.
The format-only control arm is the causal answer to the same question.

References
----------
Das Gupta (1993), Standardization and decomposition of rates, US Bureau of the Census P23-186: the
symmetric decomposition of a rate with two factors.
"""

import numpy as np


def split_lift(
    accuracy_before: np.ndarray,
    readable_before: np.ndarray,
    accuracy_after: np.ndarray,
    readable_after: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Split lifts into format gain and reasoning gain.

    Parameters
    ----------
    accuracy_before, readable_before, accuracy_after, readable_after : array of equal shape
        Shares in [0, 1]; an accuracy is at most its readable share.

    Returns
    -------
    format_gain, reasoning_gain : array
        Of the same shape; their sum is ``accuracy_after - accuracy_before``.
    """
    a0, r0 = np.asarray(accuracy_before, float), np.asarray(readable_before, float)
    a1, r1 = np.asarray(accuracy_after, float), np.asarray(readable_after, float)
    c0, c1 = among_readable(a0, r0), among_readable(a1, r1)
    c0, c1 = np.where(np.isnan(c0), c1, c0), np.where(np.isnan(c1), c0, c1)
    c0, c1 = np.nan_to_num(c0), np.nan_to_num(c1)
    format_gain = (r1 - r0) * (c0 + c1) / 2
    return format_gain, (a1 - a0) - format_gain


def among_readable(accuracy: np.ndarray, readable: np.ndarray) -> np.ndarray:
    """Accuracy among the readable completions; NaN where none is readable."""
    accuracy, readable = np.asarray(accuracy, float), np.asarray(readable, float)
    share = np.full(np.broadcast(accuracy, readable).shape, np.nan)
    np.divide(accuracy, readable, out=share, where=readable > 0)
    return share
