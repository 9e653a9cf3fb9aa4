"""What the symbolic composer is asked for."""

from dataclasses import dataclass

COMPOSER = "symbolic"
KINDS = ("number", "quantity", "choice", "expression")
DIFFICULTIES = ("easy", "medium", "hard")
# Skills of handling formulas and units: a problem shows them or not, whatever its relations are.
HANDLING_SKILLS = frozenset({"unit_conversion", "formula_rearrangement", "significant_figures"})


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be composed; checked by `compose`, which says what the fields mean."""

    domains: tuple[str, ...]
    skills: tuple[str, ...]
    steps: tuple[int, int]
    kinds: tuple[str, ...]
    difficulty: str | None
    distractors: int
    seed: int
