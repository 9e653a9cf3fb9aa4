"""What a selector is: one class that states itself and scores every candidate.

To add one, write a class like those beside this file and name it in the registry: in
`components.py`, or from another package by an entry point of the group
``sample_engineering.selector``. Nothing else lists selectors: columns, headings, reasons, gates,
tiers, the share in the score, help texts and tables are all read from the class.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import numpy

    from sample_engineering.selectors.evidence import Evidence

# Kinds of evidence, weakest first: nothing was run; rollouts of the user's model; trajectories of a
# training run; one-shot runs.
TIERS = ("text", "probed", "history", "validated")

# When a selector runs, see `Selector.when`.
ALWAYS, ASKED, NAMED = "always", "asked", "named"
WHEN = (ALWAYS, ASKED, NAMED)


@dataclass(frozen=True)
class Count:
    """A note that counts candidates, so that those of parts of a pool can be added.

    Parameters
    ----------
    text : str
        With ``{:,}`` where the number stands.
    n : int
    """

    text: str
    n: int

    def __str__(self) -> str:
        return self.text.format(self.n)


@dataclass(frozen=True)
class Scores:
    """One value and one reason per candidate.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        In the order of the pool; NaN where the selector knows nothing.
    reasons : sequence of str or None, length n
        The value in words, for people; None where there is nothing to say.
    columns : mapping of str to sequence, each of length n
        Further columns to show beside the value; None where unknown.
    notes : tuple of str or Count
        What holds for the pool as a whole, e.g. how many candidates had no history.
    stops : ndarray of bool, shape (n,), optional
        Which candidates a gate stops: they get no score and come last.
    marks : ndarray of bool, shape (n,), optional
        Whose reason comes before the evidence although nothing stops them: a warning.
    copy_of : ndarray of int, shape (n,), optional
        Place of the first candidate that is the same problem; its own, if it is that.
    """

    values: "numpy.ndarray"
    reasons: Sequence[str | None]
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    notes: "tuple[str | Count, ...]" = ()
    stops: "numpy.ndarray | None" = None
    marks: "numpy.ndarray | None" = None
    copy_of: "numpy.ndarray | None" = None


class Selector(ABC):
    """Base of all selectors; a selector can be made without arguments.

    Attributes
    ----------
    name : str
        Column name of its value, in snake case.
    tier : str
        The kind of evidence, one of `TIERS`.
    needs : tuple of str
        Parts of the evidence without which it is not run: names of `evidence.PARTS`, or
        ``pool.NAME`` for a numeric field of the candidates.
    mend : str
        What to give where its column is empty, parameters in backquotes.
    reads : tuple of str
        Further parameters of the ranking that it heeds (`evidence.PARAMETERS`). One that no asked
        selector heeds is refused.
    bounds : tuple of float
        Least and greatest possible value; the greatest is best.
    heading : str
        Its column's heading in the terminal's table; empty: it stands in files only.
    leading : tuple of str
        Columns, of its own or its value's, that stand first in every output, null where nothing
        is known.
    columns : tuple of str
        Further columns that it may yield.
    brought : tuple of str
        Fields of a candidate, the first that is a number, that stand for its value where it
        measures none.
    place : int
        Place of its reason. Reasons come in this order: what stops a candidate, what marks it, then
        by tier, the strongest first, and within a tier by place, the least first.
    gates : bool
        Whether it may stop candidates (`Scores.stops`).
    apart : bool
        Whether the value of a candidate depends on nothing but that candidate, so that a large pool
        can be scored in parts, by several processes.
    covers : bool
        Whether its value counts as coverage in the score: what a candidate exercises.
    when : str
        When it runs, where its evidence is there: ``always``; ``asked``, if it or a column of it is
        named, with ``all``, and for a candidate that is explained; ``named``, only if it or a
        column of it is named, for what a model must run for. Only ``always`` counts in the score.

    Examples
    --------
    >>> class Brevity(Selector):
    ...     '''Short problems first.'''
    ...
    ...     name, heading, bounds = "brevity", "brief", (0.0, 1.0)
    ...
    ...     def score(self, evidence):
    ...         lengths = np.array([len(sample.problem) for sample in evidence.pool])
    ...         return Scores(1 / lengths, [f"{n} characters" for n in lengths])
    """

    name: ClassVar[str]
    tier: ClassVar[str] = "text"
    needs: ClassVar[tuple[str, ...]] = ()
    mend: ClassVar[str] = "choose another column"
    reads: ClassVar[tuple[str, ...]] = ()
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    heading: ClassVar[str] = ""
    leading: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[str, ...]] = ()
    brought: ClassVar[tuple[str, ...]] = ()
    place: ClassVar[int] = 50
    gates: ClassVar[bool] = False
    apart: ClassVar[bool] = False
    covers: ClassVar[bool] = False
    when: ClassVar[str] = ALWAYS

    @abstractmethod
    def score(self, evidence: "Evidence") -> Scores:
        """Score every candidate of `evidence.pool`."""

    def learned(self, scores: Scores, evidence: "Evidence") -> "numpy.ndarray | None":
        """Return measured learning on [0, 1], NaN where unknown; None: it measures none.

        Of the selectors that know a candidate's learning the one of the strongest tier counts, and
        of one tier the first in the registry. How much it counts depends on the tier, see `score`.

        Parameters
        ----------
        scores : Scores
            Its scores, with what the pool brought filled in; without columns where it did not run.
        """
        return None

    def tempers(self, scores: Scores, evidence: "Evidence") -> "numpy.ndarray | None":
        """Return factors in [0, 1] on what others of its tier learned, NaN for none."""
        return None
