"""Shares of independent items, and their differences, with 95 % intervals."""

from dataclasses import dataclass
from math import sqrt

_NORMAL = 1.959964  # standard errors in half a 95 % interval


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval (Wilson's score interval).

    Parameters
    ----------
    hits, n : int
    """

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share; NaN of none."""
        return self.hits / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound, in [0, 1]."""
        if not self.n:
            return 0.0, 1.0
        p, z = self.value, _NORMAL
        middle = (p + z * z / (2 * self.n)) / (1 + z * z / self.n)
        half = z * sqrt(p * (1 - p) / self.n + z * z / (4 * self.n**2)) / (1 + z * z / self.n)
        # At none and at all, rounding must not cut off the share itself.
        return max(0.0, min(middle - half, p)), min(1.0, max(middle + half, p))

    def lead(self, other: "Rate") -> tuple[float, float, float]:
        """Return how far this share lies above another of other items, and the 95 % interval.

        The square-and-add interval of Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
        """
        (low, high), (other_low, other_high) = self.interval, other.interval
        apart = self.value - other.value
        return (
            apart,
            apart - sqrt((self.value - low) ** 2 + (other_high - other.value) ** 2),
            apart + sqrt((high - self.value) ** 2 + (other.value - other_low) ** 2),
        )

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
