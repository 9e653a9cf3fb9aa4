"""What comes back from composing with a language model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from sample_engineering import notebook
from sample_engineering.sample import Sample
from sample_engineering.synthesis.language_model.funnel import Funnel

if TYPE_CHECKING:
    import pandas

_SHOWN_ROWS = 20


@dataclass(frozen=True, eq=False)
class ModelComposition(Sequence[Sample]):
    """Accepted samples, the funnel they came through, and what it cost.

    Parameters
    ----------
    samples : list of Sample
    funnel : Funnel
        Counts and every rejection with its stage and reason.
    usage : dict of str to dict
        Requests, tokens and cost of the composer and the solver, where they count them.
    notes : list of str
        What the user should know, such as a budget that ended the run.
    """

    samples: list[Sample]
    funnel: Funnel
    usage: dict[str, dict[str, Any]]
    notes: list[str]

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        return self.samples[index]

    def __len__(self) -> int:
        return len(self.samples)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the samples as a data frame."""
        import pandas

        return pandas.DataFrame([sample.to_dict() for sample in self.samples])

    def to_dict(self) -> dict[str, Any]:
        """Return samples, funnel and costs, JSON-ready."""
        return {
            "funnel": self.funnel.to_dict(),
            "usage": self.usage,
            "notes": self.notes,
            "samples": [sample.to_dict() for sample in self.samples],
        }

    def account(self) -> str:
        """Return the funnel, the tokens and the cost in words."""
        lines = [str(self.funnel)]
        for role, used in self.usage.items():
            cost = used.get("cost_usd")
            price = "price not set" if cost is None else f"${cost:,.4f}"
            lines.append(
                f"{role}: {used['requests']:,} requests, {used['prompt_tokens']:,} prompt and "
                f"{used['completion_tokens']:,} completion tokens, {used['cached']:,} from the "
                f"cache; {price}"
            )
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        rows = [
            (sample.id, ", ".join(sample.domains), notebook.wrapped(sample.problem), sample.answer)
            for sample in self.samples[:_SHOWN_ROWS]
        ]
        return notebook.page(
            notebook.heading(f"{len(self)} composed", str(self.funnel)),
            notebook.table(("id", "domains", "problem", "answer"), rows, total=len(self)),
            notebook.notes(self.notes),
        )
