"""What a selector is: a name, what it needs, and one value with a reason per candidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import numpy

# Kinds of evidence, weakest first: nothing was run; rollouts of the user's model; trajectories of a
# training run; one-shot runs.
TIERS = ("text", "probed", "history", "validated")


@dataclass(frozen=True)
class Scores:
    """One value and one reason per candidate.

    Parameters
    ----------
    name : str
        Column name.
    values : ndarray of float, shape (n,)
        In the order of the pool; NaN where the selector knows nothing.
    reasons : sequence of str or None, length n
        The value in words, for people; None where there is nothing to say.
    columns : mapping of str to sequence, each of length n
        Further columns to show beside the value; None where unknown.
    notes : tuple of str
        What holds for the pool as a whole, e.g. how many candidates had no history.
    """

    name: str
    values: "numpy.ndarray"
    reasons: Sequence[str | None]
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Selector(Protocol):
    """Anything that scores candidates.

    Attributes
    ----------
    name : str
        Column name of its value.
    needs : str
        What must be known: ``text``, ``pass_rate``, ``forced_pass_rate``, ``history`` or
        ``benchmark``.
    tier : str
        The kind of evidence, one of `TIERS`.
    bounds : tuple of float
        Least and greatest possible value; the greatest is best.
    """

    name: str
    needs: str
    tier: str
    bounds: tuple[float, float]

    def score(self, pool: Sequence[Sample]) -> Scores:
        """Score every candidate of the pool."""
        ...
