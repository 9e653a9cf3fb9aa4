"""What a row of a trainer carries beside its prompt: how the gold is read, the problem alone.

verl keeps such in ``extra_info``, verifiers in ``info``, reasoning-gym in ``metadata``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.answers import LETTERS
from sample_engineering.pool.fields import take_fields
from sample_engineering.pool.ids import ID_CONTAINERS
from sample_engineering.pool.names import squashed
from sample_engineering.pool.written import unpacked

_FIELDS = ("kind", "unit", "tolerance", "domains", "skills", "source", "license")
_PROBLEMS = ("question", "problem", "rawquestion", "rawproblem")
# Ways to write nothing but the answer where a worked solution could stand, as TRL's rewards read.
_BARE = ("{}", "${}$", "\\boxed{{{}}}", "$\\boxed{{{}}}$")


def carried(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object that a record carries; empty where there is none."""
    for name, value in record.items():
        if squashed(name) in ID_CONTAINERS:
            held = unpacked(value) if isinstance(value, str) else value
            if isinstance(held, Mapping):
                return held
    return {}


def problem_alone(prompt: str, held: Mapping[str, Any]) -> str:
    """Return the problem without the instructions of its prompt, where the object holds it.

    Only a text that stands in the prompt as it is counts: an object may speak of something else.
    """
    for name, value in held.items():
        alone = value.strip() if isinstance(value, str) else ""
        if alone and squashed(str(name)) in _PROBLEMS and alone in prompt:
            return str(value)
    return prompt


def take_carried(
    held: Mapping[str, Any], fields: frozenset[str], known: dict[str, Any], left: dict[str, Any]
) -> None:
    """Take from the object how the gold is to be read, where no column says it."""
    found = {
        name: held[name] for name in _FIELDS if name not in fields and held.get(name) is not None
    }
    if found:
        remarks: list[str] = []  # of what is not taken: it stays in its object
        take_fields(found, frozenset(found), known, remarks)
    choices = held.get("choices")
    if (
        known.get("kind") == "choice"
        and "choices" not in known
        and isinstance(choices, Sequence)
        and not isinstance(choices, str)
        and all(isinstance(text, str) for text in choices)
        and known["answer"] in tuple(LETTERS[: len(choices)])
    ):
        known["choices"] = tuple(choices)
    if isinstance(held.get("units_allowed"), bool) and "units_allowed" not in fields:
        left["units_allowed"] = held["units_allowed"]


def is_bare(solution: str, answer: str) -> bool:
    """Whether a solution is nothing but the answer."""
    return solution.strip() in {form.format(answer) for form in _BARE}
