r"""Splitting a lift in four: cut off, without an answer, in another form, or wrong.

A completion that counts as right has passed four gates, one after the other: it was not cut off
before its answer (T), an answer could be read from it (E), that answer is right (C), and it stands
in the form that was asked for (F). Each is a share of what passed the gate before, so that an
accuracy is their product,

    A = T E C F.

T, E and F are about the form of a completion, C is about its content. The change of the product
R C, with R = T E F, has one symmetric split (the Shapley value of the two factors),

    A1 - A0 = (R1 - R0) (C0 + C1)/2  +  (C1 - C0) (R0 + R1)/2,

whose first term is the *format gain* and whose second is the *reasoning gain*. The format gain is
split among T, E and F by the Shapley value of these three,

    R1 - R0 = sum over the factors a of  (a1 - a0) [(b0 c0 + b1 c1)/3 + (b0 c1 + b1 c0)/6],

b and c being the other two: the gains of *truncation*, *extraction* and *form*. Together this is
the Owen value of the four, with T, E and F as one union. All of it adds up to the lift exactly.
Where a share is one of nothing, it is unknown on that side and taken from the other: where nothing
could be read, the whole lift is format gain, for there is no evidence of better reasoning.

This is bookkeeping, not causation. It values an answer that became readable at the average accuracy
of the others, although completions that ended without an answer may have been the worse ones. The
format-only control arm is the causal answer to the same question.

References
----------
Das Gupta (1993), Standardization and decomposition of rates, US Bureau of the Census P23-186: the
symmetric decomposition of rates with two and three factors. Owen (1977), Values of games with a
priori unions, Lecture Notes in Economics and Mathematical Systems 141.
"""

from typing import NamedTuple

import numpy as np


class Gates(NamedTuple):
    """Shares of all completions that passed the gates, arrays of equal shape in [0, 1].

    Parameters
    ----------
    whole : array
        Not cut off before an answer.
    extracted : array
        And an answer could be read, in whatever form.
    extracted_right : array
        And that answer is right.
    right : array
        And it stands in the form that was asked for: the accuracy.
    """

    whole: np.ndarray
    extracted: np.ndarray
    extracted_right: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, *shares: np.ndarray) -> "Gates":
        """Make sure that no gate lets through more than the one before, nor more than all."""
        last: np.ndarray = np.ones(np.shape(shares[0]))
        found = []
        for share in shares:
            last = np.clip(np.asarray(share, float), 0.0, last)
            found.append(last)
        return cls(*found)


class Gains(NamedTuple):
    """What each gate adds to a lift; all four together are the lift.

    Parameters
    ----------
    truncation, extraction, form : array
        The format gain: fewer answers cut off, more that can be read, more in the asked form.
    reasoning : array
        More right ones among the answers that could be read.
    """

    truncation: np.ndarray
    extraction: np.ndarray
    form: np.ndarray
    reasoning: np.ndarray

    @property
    def format(self) -> np.ndarray:
        """What is not reasoning."""
        total: np.ndarray = self.truncation + self.extraction + self.form
        return total


def split_lift(before: Gates, after: Gates) -> Gains:
    """Split lifts among the four gates, exactly.

    Parameters
    ----------
    before, after : Gates
        With arrays of equal shape.

    Returns
    -------
    Gains
        Of the same shape; their sum is ``after.right - before.right``.
    """
    factors = [
        _known(_share(*first), _share(*second))
        for first, second in zip(_steps(before), _steps(after), strict=True)
    ]
    (t0, t1), (e0, e1), (c0, c1), (f0, f1) = factors
    content = (c0 + c1) / 2
    return Gains(
        _of_three(t0, t1, (e0, e1), (f0, f1)) * content,
        _of_three(e0, e1, (t0, t1), (f0, f1)) * content,
        _of_three(f0, f1, (t0, t1), (e0, e1)) * content,
        np.asarray((c1 - c0) * (t0 * e0 * f0 + t1 * e1 * f1) / 2),
    )


def right_if_extracted(gates: Gates) -> np.ndarray:
    """Accuracy among the completions with an answer that could be read; NaN where there is none."""
    return _share(gates.extracted_right, gates.extracted)


def _steps(gates: Gates) -> list[tuple[np.ndarray, np.ndarray]]:
    passed = [np.ones(np.shape(gates.whole)), *(np.asarray(share, float) for share in gates)]
    return [(passed[i + 1], passed[i]) for i in range(len(gates))]


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    found = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=found, where=np.asarray(whole) > 0)
    return found


def _known(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take what is not known on one side from the other; on neither side, it changes nothing."""
    return (
        np.nan_to_num(np.where(np.isnan(first), second, first), nan=1.0),
        np.nan_to_num(np.where(np.isnan(second), first, second), nan=1.0),
    )


def _of_three(
    a0: np.ndarray,
    a1: np.ndarray,
    b: tuple[np.ndarray, np.ndarray],
    c: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    alike = b[0] * c[0] + b[1] * c[1]
    crossed = b[0] * c[1] + b[1] * c[0]
    found: np.ndarray = (a1 - a0) * (alike / 3 + crossed / 6)
    return found
