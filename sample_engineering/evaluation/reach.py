"""Whether a model reaches more problems in several tries: pass@k, before and after.

The verdict, its reasons and the questions all ask here, so that they cannot disagree.
"""

from dataclasses import dataclass

from sample_engineering.evaluation.compare import Comparison


@dataclass(frozen=True)
class Reach:
    """The change of pass@k, for the largest k that was asked.

    Parameters
    ----------
    k : int
        Completions of an item, at least 2.
    change, ci_low, ci_high : float
        After minus before, with its 95 % interval; shares.
    before, after : float
    """

    k: int
    change: float
    ci_low: float
    ci_high: float
    before: float
    after: float

    @property
    def grows(self) -> bool:
        """Whether it is shown that more problems are solved."""
        return self.ci_low > 0

    @property
    def shrinks(self) -> bool:
        """Whether it is shown that fewer problems are solved."""
        return self.ci_high < 0


def reach(lift: Comparison | None) -> Reach | None:
    """Return what a comparison says of it; None where every item was asked once."""
    k = 1 if lift is None else max(lift.overall.pass_at, default=1)
    if lift is None or k < 2:
        return None
    found = lift.overall.pass_at[k]
    return Reach(
        k, found["lift"], found["ci_low"], found["ci_high"], found["before"], found["after"]
    )
