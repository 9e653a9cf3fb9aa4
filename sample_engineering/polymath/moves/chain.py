"""Chaining: the answer of one problem gives a number that the next one states.

Composition-RL (arXiv 2602.12036) lets a model find the value in the first answer, replace a number
of the second problem by a letter and say how the two are related. Where the first answer is a whole
number and the second problem states one in plain words, no model is needed, and the answer, that of
the second problem, is right if its own is.
"""

import re
from collections.abc import Sequence
from random import Random

from sample_engineering.sample import Sample

WANTED = "one question each; a whole number as answer, or a whole number stated in plain words"
_LARGEST_ANSWER = 10_000
_LARGEST_FACTOR = 12
_WHOLE = re.compile(r"\d{1,5}")
# A whole number on its own: no part of another, of a formula, a list mark, a time or a name.
_STATED = re.compile(r"(?<![\w$.,:/^_{(\\-])\d{1,5}(?![\w$:/^_})%\\-]|[.,]\d|\s*/)")
# A number that stands before or after these belongs to an equation in plain text: 5 O2 -> 3 CO2.
_OPERATOR_BEFORE = re.compile(r"[-+*/=<>]\s*\Z")
_OPERATOR_AFTER = re.compile(r"\s*(?:[-+*/=<>]|[A-Z][a-z]?\d)")
_MATH = re.compile(r"\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_LETTERS = ("N", "M", "K")


def able(parents: Sequence[Sample]) -> list[Sample]:
    """Return the problems that can stand first or second."""
    return [
        one
        for one in parents
        if one.problem.count("?") <= 1
        and not one.choices
        and (_answer(one) is not None or _numbers(one))
    ]


def draw(parents: Sequence[Sample], rng: Random) -> tuple[str, Sample] | None:
    """Draw one chain with what tells it from others; None where the drawn problems do not fit."""
    first, second = rng.choice(parents), rng.choice(parents)
    value, stated = _answer(first), _numbers(second)
    if first is second or value is None or not stated:
        return None
    start, end, number = rng.choice(stated)
    text = f"{first.problem} {second.problem}"
    letter = next((one for one in _LETTERS if not re.search(rf"\b{one}\b", text)), None)
    if letter is None:
        return None
    replaced = f"{second.problem[:start]}${letter}${second.problem[end:]}"
    problem = (
        f"First problem: {first.problem}\n\n"
        f"Let ${letter}$ be {_relation(value, number)}.\n\n"
        f"Second problem: {replaced}\n\n"
        "Give the answer to the second problem only."
    )
    solution = None
    if first.solution and second.solution:
        solution = (
            f"{_unboxed(first.solution)}\n\nSo the answer to the first problem is {value}, and "
            f"${letter} = {number}$.\n\n{second.solution}"
        )
    made = Sample(
        id="chain",
        problem=problem,
        answer=second.answer,
        kind=second.kind,
        unit=second.unit,
        tolerance=second.tolerance,
        solution=solution,
        domains=tuple(dict.fromkeys((*first.domains, *second.domains))),
        skills=tuple(dict.fromkeys((*first.skills, *second.skills))),
        license=first.license if first.license == second.license else None,
        provenance={
            "composer": "chain",
            "parents": [first.id, second.id],
            "number": number,
            # Where the second problem has no solution, nothing shows that it needs the number.
            "needed": bool(second.solution),
        },
    )
    return f"{first.id}\n{second.id}\n{start}", made


def _answer(sample: Sample) -> int | None:
    """Return an exact whole answer; None where there is none."""
    text = sample.answer.strip()
    if sample.kind not in (None, "number") or sample.tolerance or not _WHOLE.fullmatch(text):
        return None
    value = int(text)
    return value if value <= _LARGEST_ANSWER else None


def _numbers(sample: Sample) -> list[tuple[int, int, int]]:
    """Return place and value of each whole number that the text states once, in plain words."""
    formulas = [match.span() for match in _MATH.finditer(sample.problem)]
    found = []
    for match in _STATED.finditer(sample.problem):
        start, end = match.span()
        value = int(match[0])
        inside = any(low <= start < high for low, high in formulas)
        # Elsewhere in the text the number would give away what is to be found.
        twice = len(re.findall(rf"(?<!\d){match[0]}(?!\d)", sample.problem)) > 1
        joined = _OPERATOR_BEFORE.search(sample.problem[max(0, start - 3) : start])
        joined = joined or _OPERATOR_AFTER.match(sample.problem, end)
        plain = value > 1 and str(value) == match[0] and not inside and not joined
        if plain and not twice and _used(match[0], sample.solution):
            found.append((start, end, value))
    return found


def _used(number: str, solution: str | None) -> bool:
    """Whether a solution needs the number, as far as it says: without one, nobody knows."""
    return not solution or re.search(rf"(?<![\d.]){number}(?![\d]|\.\d)", solution) is not None


def _relation(value: int, number: int) -> str:
    """Say how the number follows from the answer."""
    whose = "the number that is the answer to the first problem"
    if number == value:
        return whose
    if value > 0 and number % value == 0 and number // value <= _LARGEST_FACTOR:
        return f"{number // value} times {whose}"
    difference = number - value
    told = f"{abs(difference)} {'more' if difference > 0 else 'less'} than"
    return f"{told} {whose}"


def _unboxed(solution: str) -> str:
    return re.sub(r"\\boxed\s*(?=\{)", "", solution)
