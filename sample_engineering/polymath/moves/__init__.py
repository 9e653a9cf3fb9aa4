"""Moves: new candidates from problems that there are, each after a published method.

``chain`` and ``masked`` need no model; the others are prompts for the composers (`prompting`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random

from sample_engineering import registry
from sample_engineering.errors import ConfigError, SynthesisError
from sample_engineering.sample import Sample

_HERE = "sample_engineering.polymath.moves"


KIND = "move"


@dataclass(frozen=True, slots=True)
class Move:
    """One way to make a candidate from others.

    Parameters
    ----------
    name : str
    makes : str
        What it makes, in a few words.
    source : str
        The work that it is after.
    asks_model : bool
        Whether composers write what it makes.
    module : str
        Where it is made, for one that asks none: a module with ``WANTED``, ``able(parents)`` and
        ``draw(parents, rng)``, see `chain`.
    """

    name: str
    makes: str
    source: str
    asks_model: bool
    module: str = ""

    @property
    def summary(self) -> str:
        """What it makes, and after which work."""
        return f"{self.makes} ({self.source})"


CHAIN = Move(
    "chain",
    "the answer of one problem gives a number of the next",
    "Composition-RL, arXiv 2602.12036",
    False,
    f"{_HERE}.chain",
)
MASKED = Move(
    "masked",
    "which of nine steps is missing in a solution",
    "Golden Goose, arXiv 2601.22975",
    False,
    f"{_HERE}.masked",
)
HARDER = Move("harder", "a harder variant with the same answer", "SynthRL, arXiv 2506.02096", True)
RECOMBINE = Move(
    "recombine",
    "concepts of problems that are failed, joined anew",
    "SwS, arXiv 2506.08989",
    True,
)
CONCEPT_RATIONALE = Move(
    "concept-rationale",
    "concepts, then a rationale of how they meet, then the problem",
    "PromptCoT 2.0, arXiv 2509.19894",
    True,
)
_WRITTEN_BY_COMPOSERS = (HARDER, RECOMBINE, CONCEPT_RATIONALE)


def find_move(name: str) -> Move:
    """Return an installed move.

    Raises
    ------
    ConfigError
        If there is none of that name, or it is no move that can be made.
    """
    move = registry.find(KIND, name)
    home = registry.component(KIND, name).origin
    if not isinstance(move, Move):
        raise ConfigError(f"the move {name!r} of {home} is no Move; mend or uninstall it")
    if move.asks_model and move not in _WRITTEN_BY_COMPOSERS:
        raise ConfigError(
            f"the move {name!r} of {home} asks models, which only those of this package do; "
            "give it a module that makes its candidates"
        )
    return move


# Draws in a row that make nothing new before it is said that no more can be made.
_PATIENCE = 500


def make(name: str, parents: Sequence[Sample], n: int, seed: int) -> list[Sample]:
    """Make candidates by a move that asks no model; no two of the same parents and step.

    Parameters
    ----------
    name : str
    parents : sequence of Sample
    n : int
        How many.
    seed : int
        Same parents and seed, same candidates.

    Raises
    ------
    SynthesisError
        If fewer can be made of these parents; the message says how many and what is wanted.
    """
    module = import_module(find_move(name).module)
    able = module.able(parents)
    draw: Callable[[Sequence[Sample], Random], tuple[str, Sample] | None] = module.draw
    rng = Random(f"{name} {seed}")
    found: dict[str, Sample] = {}
    fruitless = 0
    while len(found) < n and able and fruitless < _PATIENCE:
        made = draw(able, rng)
        if made is None or made[0] in found:
            fruitless += 1
            continue
        fruitless = 0
        found[made[0]] = made[1].with_(
            id=f"{name}-{len(found)}", source=f"{name} of problems of a pool"
        )
    if len(found) < n:
        raise SynthesisError(
            f"only {len(found)} of {n} candidates can be made by `move` {name} from "
            f"{len(able)} of {len(parents)} `parents` that fit ({module.WANTED}); give more, or "
            f"`n`={max(1, len(found))}"
        )
    return list(found.values())
