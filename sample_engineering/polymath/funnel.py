"""How many candidates reached which stage, and why the others did not."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.polymath.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the funnel.

    Parameters
    ----------
    name : str
    entered, refused : int
        Candidates.
    reasons : mapping of str to int
        Kinds of reasons with their number, the most frequent first.
    """

    name: str
    entered: int
    refused: int
    reasons: Mapping[str, int]

    @property
    def words(self) -> str:
        """The reasons in one line."""
        return ", ".join(f"{count:,} {kind}" for kind, count in self.reasons.items())


def funnel(candidates: Iterable[Candidate], stages: Sequence[str]) -> tuple[Stage, ...]:
    """Count candidates by the stage that refused them.

    Parameters
    ----------
    candidates : iterable of Candidate
    stages : sequence of str
        In the order in which a candidate passes them.
    """
    all_of_them = list(candidates)
    left = len(all_of_them)
    found = []
    for name in stages:
        here = [one for one in all_of_them if one.stage == name]
        kinds = Counter(one.reason.partition(":")[0] for one in here)
        ordered = dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
        found.append(Stage(name, left, len(here), ordered))
        left -= len(here)
    return tuple(found)


def to_record(stages: Sequence[Stage], chosen: int) -> dict[str, Any]:
    """Return what ``funnel.json`` holds."""
    return {
        "stages": [
            {
                "stage": one.name,
                "entered": one.entered,
                "refused": one.refused,
                "reasons": dict(one.reasons),
            }
            for one in stages
        ],
        "kept": stages[-1].entered - stages[-1].refused if stages else 0,
        "chosen": chosen,
    }
