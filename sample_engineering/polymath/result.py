"""What a run came to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, plotting
from sample_engineering.defaults import EMBEDDED
from sample_engineering.generation.server_address import read_name
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.choosing import PRIME, Choice
from sample_engineering.polymath.folder import CANDIDATES, CHOSEN, PAGE
from sample_engineering.polymath.funnel import Stage
from sample_engineering.polymath.plan import FORMAT_VERSION, NATURAL, RECIPE, PolymathPlan
from sample_engineering.sample import Sample
from sample_engineering.text import count_of, visible

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class PolymathResult:
    """The prime and the specialists, and how they came about; shows itself as a table.

    Parameters
    ----------
    plan : PolymathPlan
    candidates : tuple of Candidate
        All, each with its fate.
    choices : tuple of Choice
        The prime first, then the specialists in the order of the families; or the natural samples.
    funnel : tuple of Stage
    costs : mapping
        By model: prompts, answers, tokens, and dollars where a price is known.
    notes : tuple of str
        What the models' engines note of this process; in no file, as another may meet others.
    """

    plan: PolymathPlan
    candidates: tuple[Candidate, ...]
    choices: tuple[Choice, ...]
    funnel: tuple[Stage, ...]
    costs: Mapping[str, Mapping[str, Any]]
    notes: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.plan.out

    @property
    def prime(self) -> Sample | None:
        """The sample with the widest spectrum; None where there is none."""
        return self._chosen().get(PRIME)

    @property
    def specialists(self) -> dict[str, Sample]:
        """The specialist of each family that has one; of natural samples, each category's."""
        return {
            role.partition(" of ")[2]: sample
            for role, sample in self._chosen().items()
            if role != PRIME
        }

    @property
    def kept(self) -> int:
        """Number of candidates that nothing refused."""
        return sum(one.stands for one in self.candidates)

    def samples(self) -> list[Sample]:
        """Return what ``chosen.json`` holds: each chosen sample once, with its roles."""
        found = {choice.candidate.number: choice.candidate for choice in self.choices}
        return [one.chosen_sample() for one in found.values()]

    def _chosen(self) -> dict[str, Sample]:
        return {choice.role: choice.candidate.chosen_sample() for choice in self.choices}

    @property
    def cost_usd(self) -> float | None:
        """Dollars of all models with a price; None where no price is known."""
        known = [one["cost_usd"] for one in self.costs.values() if one["cost_usd"] is not None]
        return round(sum(known), 10) if known else None

    @property
    def sentence(self) -> str:
        """What came of it."""
        if not self.choices:
            worst = max(self.funnel, key=lambda one: one.refused, default=None)
            why = f"; most were refused by {worst.name!r} ({worst.words})" if worst else ""
            return f"None of {count_of(len(self.candidates), 'candidate')} stands{why}."
        first = self.choices[0]
        if self.plan.way == NATURAL:
            return f"{count_of(len(self.choices), 'natural sample')}, one a category."
        number = len(self.choices) - 1
        return (
            f"The prime is {visible(first.candidate.id)}: {first.reason}. "
            f"{count_of(number, 'specialist')}, of {count_of(self.kept, 'candidate')} kept out of "
            f"{len(self.candidates):,}."
        )

    @property
    def next_command(self) -> str:
        """What to do next."""
        if not self.choices:
            return f"read the reasons in {self.folder / CANDIDATES}, then compose others"
        place = f"{self.folder / CHOSEN}#{self.choices[0].candidate.id}"
        return f"se validate {quote(place)}{self._trained()}"

    def _trained(self) -> str:
        """The model of the next command, where one is known or must be named."""
        if self.plan.model in (EMBEDDED, None) and self.plan.dialect == "compact":
            return ""  # the embedded model reads it, and is meant where none is named
        named = "MODEL" if self.plan.model is None else quote(read_name(self.plan.model).model)
        return f" --model {named} --recipe {RECIPE} --benchmark math500"

    def to_record(self) -> dict[str, Any]:
        """Return what ``polymath.json`` holds."""
        return {
            "format": FORMAT_VERSION,
            "way": self.plan.way,
            "candidates": len(self.candidates),
            "kept": self.kept,
            "chosen": [
                {
                    "role": choice.role,
                    "id": choice.candidate.id,
                    "why": choice.why,
                    "tied": list(choice.tied),
                    "decided": choice.decided,
                    "spectrum": choice.candidate.spectrum,
                    "abundance": choice.candidate.abundance,
                    "pass_rate": choice.candidate.pass_rate,
                    "lim": choice.candidate.lim,
                }
                for choice in self.choices
            ],
            "costs": {name: dict(one) for name, one in self.costs.items()},
            "cost_usd": self.cost_usd,
            "sentence": self.sentence,
            "next": self.next_command,
        }

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield what tables show of each choice."""
        for choice in self.choices:
            one = choice.candidate
            assert one.sample is not None
            told = one.lim if one.lim is not None else one.pass_rate
            yield {
                "chosen as": choice.role,
                "sample": one.id,
                "answer": one.sample.answer,
                "families": str(one.spectrum) if one.skills else "",
                "skills": str(sum(one.abundance.values())) if one.skills else "",
                "LIM" if self.plan.way == NATURAL else "pass rate": ""
                if told is None
                else f"{told:.2f}",
                "why": choice.reason,
            }

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row a candidate with its fate."""
        import pandas

        return pandas.DataFrame([one.to_record() for one in self.candidates])

    def __repr__(self) -> str:
        lines = [f"<PolymathResult: {self.kept:,} of {len(self.candidates):,} candidates kept>"]
        lines += [
            f"{row['chosen as']:<28}{visible(row['sample'])}  {visible(row['why'])}"
            for row in self.rows()
        ]
        return "\n".join([*lines, f"report: {self.folder / PAGE}", self.next_command])

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how many candidates each gate of the funnel refused; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        names = [one.name for one in self.funnel]
        refused = [float(one.refused) for one in self.funnel]
        return plotting.bars(ax, names, {"": refused}, "candidates refused", "gate")

    def _repr_html_(self) -> str:
        rows = list(self.rows())
        heads = list(rows[0]) if rows else []
        return notebook.page(
            notebook.heading(self.sentence),
            notebook.table(heads, [tuple(row.values()) for row in rows]) if rows else None,
            notebook.paragraph(self.next_command),
        )
