"""A candidate on its way: the sample, what is known of it, and where it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.sample import Sample

KEPT = "kept"


@dataclass(slots=True)
class Candidate:
    """One candidate.

    Parameters
    ----------
    number : int
        Its place among those composed, from 0.
    origin : str
        Who wrote it: ``symbolic``, a composer model, or a pool.
    sample : Sample, optional
        None while it cannot be read as one.
    skills : mapping of str to tuple of str
        Names of skills by family, see `families.abundance`.
    pass_rate : float, optional
        Of the model that shall be trained, where it was probed.
    lim : float, optional
        LIM score of a natural sample.
    category : str
        Category for which a natural sample was picked.
    stage, reason : str
        Where it was refused, and why: a kind, then after a colon what is special about this one.
    answer : str
        What a composer model wrote, where that is no sample.
    roles : list of str
        What it was chosen as.
    """

    number: int
    origin: str
    sample: Sample | None = None
    skills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pass_rate: float | None = None
    lim: float | None = None
    category: str = ""
    stage: str = ""
    reason: str = ""
    answer: str = ""
    roles: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The sample's id, or where it stands among the drafts."""
        return self.sample.id if self.sample is not None else f"draft {self.number}"

    @property
    def stands(self) -> bool:
        """Whether nothing refused it so far."""
        return not self.stage

    @property
    def spectrum(self) -> int:
        """Number of families of which it exercises a skill."""
        return len(self.skills)

    @property
    def abundance(self) -> dict[str, int]:
        """Number of skills in each family that has some."""
        return {family: len(skills) for family, skills in self.skills.items()}

    def refuse(self, stage: str, reason: str) -> None:
        """End its way at a stage."""
        self.stage, self.reason = stage, reason

    def to_record(self) -> dict[str, Any]:
        """Return what the journal holds of it: its fate, and what is known."""
        record: dict[str, Any] = {
            "number": self.number,
            "id": self.id,
            "origin": self.origin,
            "fate": f"refused: {self.stage}" if self.stage else "chosen" if self.roles else KEPT,
        }
        known = {
            "reason": self.reason,
            "roles": self.roles,
            "spectrum": self.spectrum,
            "skills": {family: list(skills) for family, skills in self.skills.items()},
            "pass_rate": self.pass_rate,
            "lim": self.lim,
            "sample": None if self.sample is None else self.sample.to_dict(),
            "answer": self.answer if self.sample is None else "",
        }
        return record | {name: value for name, value in known.items() if value not in (None, "")}

    def chosen_sample(self) -> Sample:
        """Return the sample with what it was chosen for among its fields."""
        assert self.sample is not None
        told: dict[str, Any] = {"roles": list(self.roles)}
        if self.skills:
            told |= {"spectrum": self.spectrum, "abundance": self.abundance}
        if self.pass_rate is not None:
            told["pass_rate"] = self.pass_rate
        if self.lim is not None:
            told |= {"lim": self.lim, "category": self.category}
        return self.sample.with_(extra={**self.sample.extra, **told})
