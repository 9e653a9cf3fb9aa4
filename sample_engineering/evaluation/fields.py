"""From the fields of a benchmark's record to those of a `Sample`: what several records share."""

import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from sample_engineering.answers import last_box, letter_of, marked_answer, with_options
from sample_engineering.errors import SampleError


def first(record: Mapping[str, Any], *names: str) -> Any:
    """Return the first of these fields that says something.

    Raises
    ------
    SampleError
        If none does.
    """
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value
    raise SampleError(f"no {' or '.join(names)}")


def plain_number(value: Any) -> str:
    """Write 27.0 as 27: some copies hold whole answers as floating-point numbers."""
    return re.sub(r"\.0+$", "", str(value).strip())


def boxed_answer(solution: str) -> str:
    r"""Return the content of the last ``\boxed{...}`` of a solution.

    Raises
    ------
    SampleError
        If there is none.
    """
    box = last_box(solution)
    if box is None:
        raise SampleError("no boxed answer in the solution")
    return box


def choice_fields(question: str, options: Sequence[Any], answer: Any) -> dict[str, Any]:
    """Return the fields of a multiple-choice sample, its options written below the question.

    Parameters
    ----------
    question : str
    options : sequence
        Texts of the options A, B, C ...
    answer : int or str
        An index from 0, a letter, or the text of an option.

    Raises
    ------
    SampleError
        If there are too few or too many options, or the answer is none of them.
    """
    texts = [str(option).strip() for option in options]
    if not 2 <= len(texts) <= len(ascii_uppercase):
        raise SampleError(f"{len(texts)} options")
    return {
        "problem": with_options(question, texts),
        "answer": letter_of(answer, texts),
        "kind": "choice",
        "choices": texts,
    }


def without_cue(question: str) -> str:
    """Drop a closing cue such as "Answer:", which asks for a bare answer."""
    return re.sub(r"\s*\b(?:A|Answer)\s*:\s*$", "", question)


def final_target(target: str) -> str:
    """Return the answer of a target that may be a whole solution (GSM8K's ``####``, a box)."""
    marked = marked_answer(target)
    if marked is not None:
        return marked.replace(",", "")
    if "\\boxed" in target:
        return boxed_answer(target)
    return target.strip()


def domain_named(category: Any) -> str:
    """Write a category as the name of a domain: ``Computer Science`` as ``computer_science``."""
    return str(category or "").strip().lower().replace(" ", "_").replace("-", "_")
