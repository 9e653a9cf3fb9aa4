"""What the symbolic composer is asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.errors import SynthesisError
from sample_engineering.registry import suggestion
from sample_engineering.synthesis.language import DEFAULT

COMPOSER = "symbolic"
KINDS = ("number", "quantity", "choice", "expression", "set", "interval")
BOTH_KINDS = ("set", "interval")  # two solutions of one equation are the answer together
ANSWERS = ("integer",)
DIFFICULTIES = ("easy", "medium", "hard")
# What a solution takes or not, whatever its relations are: a plan cannot be chosen by them.
HANDLING_SKILLS = frozenset({"unit_conversion", "significant_figures", "scientific_notation"})


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
    whole: bool = False
    language: str = DEFAULT


def names_in(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return names given as a list, or as a text with commas; each once."""
    items = given.split(",") if isinstance(given, str) else list(given or ())
    return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))


def check_names(parameter: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Raise SynthesisError, with near names, unless all names are known."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SynthesisError(
            f"`{parameter}`: {', '.join(map(repr, unknown))} not known; "
            f"{suggestion(unknown[0], known)}"
        )
