"""What composing returns: the samples, and the account of how they came about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from sample_engineering import notebook, plotting
from sample_engineering.sample import Sample
from sample_engineering.synthesis.composer import Rejected
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from sample_engineering.synthesis.prime import Prime

_SHOWN_ROWS = 20


@dataclass(frozen=True, eq=False)
class Composition(Sequence[Sample]):
    """Composed samples, and the account of how they came about.

    Parameters
    ----------
    samples : list of Sample
        Verified, no two alike.
    funnel : dict of str to int
        How many plans were tried, and where the others fell out.
    rejected : list of Rejected
        Problems that were composed and failed the check, with the reason.
    prime : Prime, optional
        Where one was selected: the only sample, its score and the reasons.
    """

    samples: list[Sample]
    funnel: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    prime: "Prime | None" = None

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        return self.samples[index]

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a table, one row a sample."""
        import pandas

        return pandas.DataFrame([sample.to_dict() for sample in self.samples])

    def to_dict(self) -> dict[str, Any]:
        """Return samples, funnel and the reasons of a prime, JSON-ready."""
        return {
            "funnel": dict(self.funnel),
            "prime": None if self.prime is None else list(self.prime.reasons),
            "samples": [sample.to_dict() for sample in self.samples],
        }

    def __repr__(self) -> str:
        return f"Composition of {count_of(len(self), 'sample')} ({self.account()})"

    def account(self) -> str:
        """Return the funnel in one line."""
        tried = self.funnel.get("plans tried", 0)
        composed = self.funnel.get("composed", 0)
        verified = self.funnel.get("verified", 0)
        return f"{tried} plans, {composed} composed, {verified} verified, {len(self)} kept"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how many plans were tried, and what became of them; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        counts = {**self.funnel, "kept": len(self)}
        return plotting.bars(ax, list(counts), {"": list(counts.values())}, "plans", "outcome")

    def _repr_html_(self) -> str:
        rows = [
            (sample.id, ", ".join(sample.domains), notebook.wrapped(sample.problem), sample.answer)
            for sample in self.samples[:_SHOWN_ROWS]
        ]
        return notebook.page(
            notebook.heading(count_of(len(self), "sample"), self.account()),
            notebook.table(("id", "domains", "problem", "answer"), rows, total=len(self)),
        )


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while composing: what was verified until then is in `composition`.

    `verified` is the number of samples that were found, also where only the best is kept.
    """

    def __init__(self, composition: Composition) -> None:
        super().__init__()
        self.composition = composition
        self.verified = len(composition)
