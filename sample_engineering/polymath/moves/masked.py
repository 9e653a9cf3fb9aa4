"""Masking: one step of a worked solution is taken out, and nine stand to choose from.

Golden Goose (arXiv 2601.22975) lets a model choose the span and write the distractors. Here the
span is an equality of two numbers and their result which the solution uses again. Every distractor
is a true equality too: half of them have other results, half the right one from a number that
occurs nowhere. So neither the arithmetic within an option nor the result alone decides.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from random import Random

from sample_engineering.sample import Sample

WANTED = "a worked solution with a step like 12 * 4 = 48 whose result it uses again"
OPTIONS = 9  # the paper's number
_SAME = 4  # distractors with the right result
_LONGEST = 6000  # characters of a solution that are read
_GAP = "[...]"
_OPERATORS = {
    "+": "+", "-": "-", "*": "*", "\\cdot": "*", "\\times": "*", "/": "/", "\\div": "/",
}  # fmt: skip
_NUMBER = r"\d{1,6}(?:\.\d{1,4})?"
_STEP = re.compile(
    rf"(?<![\w.^+*/=\-}}])(?<![+\-*/=] )({_NUMBER})\s*(\\cdot|\\times|\\div|[-+*/])\s*({_NUMBER})"
    rf"\s*=\s*({_NUMBER})(?![\w.]|\s*[-+*/^]|\s*\\(?:cdot|times|div))"
)


def able(parents: Sequence[Sample]) -> list[Sample]:
    """Return the problems of which a step can be masked."""
    return [one for one in parents if not one.choices and _steps(one)]


def draw(parents: Sequence[Sample], rng: Random) -> tuple[str, Sample] | None:
    """Draw one masked solution with what tells it from others."""
    parent = rng.choice(parents)
    step = rng.choice(_steps(parent))
    solution = (parent.solution or "")[:_LONGEST]
    same = _same_result(step, f"{parent.problem} {solution}", rng)
    wrong = [*same, *_other_results(step, solution, OPTIONS - 1 - len(same), rng)]
    if len(wrong) < OPTIONS - 1:
        return None
    options = [step[0], *wrong]
    rng.shuffle(options)
    shown = solution[: step.start()] + _GAP + solution[step.end() :]
    problem = (
        f"A problem and its solution are given; one step of the solution is missing.\n\n"
        f"Problem: {parent.problem}\n\nSolution: {_unboxed(shown)}\n\n"
        f"Which step belongs in the place of {_GAP}?\n"
        + "\n".join(f"({_letter(place)}) {text}" for place, text in enumerate(options))
        + "\nAnswer with the letter of the step."
    )
    made = Sample(
        id="masked",
        problem=problem,
        answer=_letter(options.index(step[0])),
        kind="choice",
        choices=tuple(options),
        domains=parent.domains,
        skills=parent.skills,
        license=parent.license,
        provenance={"composer": "masked", "parents": [parent.id], "step": step[0]},
    )
    return f"{parent.id}\n{step.start()}", made


def _steps(sample: Sample) -> list[re.Match[str]]:
    """Return the steps that hold, and whose result stands again after them."""
    solution = (sample.solution or "")[:_LONGEST]
    found = []
    for match in _STEP.finditer(solution):
        first, operator, second, result = match.groups()
        value = _value(first, operator, second)
        again = re.search(rf"(?<![\d.]){re.escape(result)}(?![\d]|\.\d)", solution[match.end() :])
        if value == Fraction(result) and again:
            found.append(match)
    return found


def _value(first: str, operator: str, second: str) -> Fraction | None:
    a, b = Fraction(first), Fraction(second)
    match _OPERATORS[operator]:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
    return a / b if b else None


def _same_result(step: re.Match[str], text: str, rng: Random) -> list[str]:
    """Return true equalities with the result, from numbers of which one occurs nowhere."""
    _, operator, _, shown = step.groups()
    result = Fraction(shown)
    times = operator if _OPERATORS[operator] == "*" else "*"
    pairs = []
    for number in rng.sample(range(2, 40), 38):
        by = Fraction(number)
        pairs.append((result + by, "-", by))
        if result > by:
            pairs.append((result - by, "+", by))
        if _shown(result / by) and result != by:
            pairs.append((result / by, times, by))
    occurring = set(re.findall(_NUMBER, text))
    found: list[str] = []
    rng.shuffle(pairs)
    for a, one, b in pairs:
        first, second = _shown(a), _shown(b)
        if first is None or second is None or {first, second} <= occurring:
            continue
        found.append(f"{first} {one} {second} = {shown}")
        if len(found) == _SAME:
            break
    return found


def _other_results(step: re.Match[str], solution: str, most: int, rng: Random) -> list[str]:
    """Return true equalities with other results: another operation, or a slip in a number."""
    first, operator, second, result = step.groups()
    times = operator if _OPERATORS[operator] == "*" else "*"
    numbers = [text for text in re.findall(_NUMBER, solution) if text != result]
    pairs = [
        *((first, one, second) for one in ("+", "-", times, "/")),
        *((second, one, first) for one in ("-", "/")),
        *((first, operator, _moved(second, by)) for by in (1, -1, 2, 10)),
        *((_moved(first, by), operator, second) for by in (1, -1, 2, 10)),
        *((first, operator, text) for text in dict.fromkeys(numbers)),
    ]
    rng.shuffle(pairs)
    results = {Fraction(result)}
    found: list[str] = []
    for a, one, b in pairs:
        value = _value(a, one, b)
        shown = None if value is None or value <= 0 or value in results else _shown(value)
        if value is None or shown is None:
            continue
        results.add(value)
        found.append(f"{a} {one} {b} = {shown}")
        if len(found) == most:
            break
    return found


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _moved(text: str, by: int) -> str:
    """Return a number next to another: its last place moved, or ten times as large."""
    value = Fraction(text)
    moved = value * 10 if by == 10 else value + by
    return _shown(moved) if moved > 0 and _shown(moved) else text  # type: ignore[return-value]


def _shown(value: Fraction) -> str | None:
    """Return a value as a short decimal; None where it is none."""
    text = f"{float(value):.10g}"
    return text if "e" not in text and Fraction(text) == value and len(text) <= 9 else None


def _unboxed(solution: str) -> str:
    return re.sub(r"\\boxed\s*(?=\{)", "", solution)
