"""Golds and rollouts that `grading.py` makes: composed and hand-written, simply rewritten."""

# ruff: noqa: SIM905 (a table of words reads best as words)

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

WORDS = 300
VOCABULARY = (
    "so we let the value of $x$ be such that $a+b=c$ holds and then the sum of both sides is equal "
    "to the product which gives $n = 12$ after we divide by the number of terms hence we find that "
    "each factor of $2k+1$ is odd and therefore the remainder must be $r < m$ in every case"
).split()
DOMAINS = ("math", "physics", "chemistry")
COMPOSED = 40  # of each domain

# One line a kind: numbers, roots and constants, expressions, equations, sets and lists, tuples,
# intervals, matrices, words and letters.
HAND_WRITTEN = (
    *("42", "-7", "0", "1024", "3.14", "0.001", "17\\%", "\\frac{3}{4}", "-\\frac{22}{7}"),
    *("10,080", "2^{10}\\cdot 3", "6.02 \\times 10^{23}", "1\\frac{1}{2}", "\\binom{10}{3}", "7!"),
    *("2\\sqrt{3}", "\\frac{\\sqrt{5}-1}{2}", "9\\pi", "\\frac{\\pi}{6}", "e^{2}", "\\ln 2"),
    *("3+4i", "x^2+3x-4", "\\frac{n(n+1)}{2}", "(a+b)^2", "\\frac{1}{x+1}", "2\\sin x\\cos x"),
    *("\\sqrt{2gh}", "y=2x+3", "x=5", "x^2+y^2=25", "\\{1,2,3\\}", "\\{-4,4\\}", "2, 3, 7"),
    *("\\frac{1}{2}, 4", "(3,-2)", "(1,0,5)", "\\left(\\frac{1}{2},7\\right)", "[0,5)"),
    *("(-\\infty,3]", "(2,8)", "\\text{even}", "\\text{Tuesday}", "C", "A"),
    *("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}7\\\\-1\\end{pmatrix}"),
)
_QUANTITY = re.compile(r"(-?\d[\d.]*) ([A-Za-z/^\d ]+)")


class Rollout(NamedTuple):
    """A gold, an answer to it, the whole completion, and whether it is right."""

    gold: str
    answer: str
    text: str
    right: bool


def _typeset(gold: str) -> str | None:
    found = _QUANTITY.fullmatch(gold)
    return None if found is None else f"{found[1]}\\ \\mathrm{{{found[2]}}}"


def _in_text(gold: str) -> str | None:
    found = _QUANTITY.fullmatch(gold)
    return None if found is None else f"{found[1]} \\text{{ {found[2]}}}"


def _labelled(gold: str) -> str | None:
    return None if re.search(r"[=,\[{]|\\text|^[A-Z]$", gold) else f"x = {gold}"


# Ways to write the same, None where one does not apply.
WAYS: tuple[Callable[[str], str | None], ...] = (
    lambda gold: gold,
    lambda gold: gold.replace("\\frac", "\\dfrac") if "\\frac" in gold else None,
    lambda gold: f" {gold} ",
    _labelled,
    _typeset,
    _in_text,
)


def near_miss(answer: str) -> str:
    """The answer with its last digit changed, or its first sign, or a factor 3."""
    digits = list(re.finditer(r"(?<![\d_{])\d", answer))
    if digits:
        last = digits[-1]
        changed = str((int(last[0]) + 1) % 10)
        return answer[: last.start()] + changed + answer[last.end() :]
    if answer.startswith("\\text"):
        return "\\text{other}"
    return f"3{answer}"


def completion(answer: str, rng: random.Random) -> str:
    """A solution of about 300 words that ends in a box."""
    prose = " ".join(rng.choice(VOCABULARY) for _ in range(WORDS))
    # Cut formulas would not parse: words are drawn singly, so dollars always pair up.
    return f"{prose.replace('$', '')}\n\nTherefore the answer is $\\boxed{{{answer}}}$."


def own_golds(seed: int) -> list[str]:
    """Golds of composed problems, and hand-written ones of the other kinds."""
    from sample_engineering.synthesis.composition import compose

    composed = [
        sample.answer
        for domain in DOMAINS
        for sample in compose((domain,), n=COMPOSED, steps=2, seed=seed)
    ]
    return [*dict.fromkeys(composed), *HAND_WRITTEN]


def own_rollouts(seed: int) -> list[Rollout]:
    """Each own gold in each way of writing it, and each of these with a near miss."""
    golds = own_golds(seed)
    written = [(gold, text) for gold in golds for way in WAYS if (text := way(gold)) is not None]
    return _rollouts(iter(written), seed)


def plain_rollouts(golds: list[str], seed: int) -> list[Rollout]:
    """Each gold as it is, and with a near miss."""
    return _rollouts(((gold, gold) for gold in golds), seed)


def _rollouts(written: Iterator[tuple[str, str]], seed: int) -> list[Rollout]:
    rng = random.Random(seed)
    found = []
    for gold, answer in written:
        # Within a label only the value is changed.
        wrong = answer.replace(gold, near_miss(gold)) if gold in answer else near_miss(answer)
        found.append(Rollout(gold, answer, completion(answer, rng), True))
        found.append(Rollout(gold, wrong, completion(wrong, rng), False))
    rng.shuffle(found)
    return found
