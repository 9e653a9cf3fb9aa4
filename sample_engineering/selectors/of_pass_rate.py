"""Selectors that are a function of the pass rate alone."""

from abc import abstractmethod
from typing import ClassVar

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.protocol import ASKED, Scores, Selector


class OfPassRate(Selector):
    """A function of what is known of a candidate's pass rate.

    Attributes
    ----------
    counted : bool
        Whether it needs the number of rollouts too; candidates whose rate rests on an unknown
        number have no value then, and a note counts them.
    """

    tier = "probed"
    needs = ("pass_rates",)
    mend = "give `model` or `rates`, or a pool with a field pass_rate"
    reads: ClassVar[tuple[str, ...]] = ("rates",)
    when = ASKED
    counted: ClassVar[bool] = False

    @abstractmethod
    def of(self, known: PassRate, group_size: int) -> float | None:
        """Return the value; None where the rate does not say."""

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, rates = evidence.pool, evidence.pass_rates
        values = np.full(len(pool), np.nan)
        uncounted = 0
        for place, sample in enumerate(pool):
            known = rates.get(sample.id)
            if known is None:
                continue
            if self.counted and known.rollouts is None:
                uncounted += 1
                continue
            value = self.of(known, evidence.group_size)
            if value is not None:
                values[place] = value
        notes = (
            (f"{self.name} needs the number of rollouts, not known of {uncounted:,} candidates",)
            if uncounted
            else ()
        )
        return Scores(values, [None] * len(pool), notes=notes)


def right_of(known: PassRate) -> int:
    """Return how many of the counted rollouts were right."""
    assert known.rollouts is not None  # see `OfPassRate.counted`
    return round(known.rate * known.rollouts)
