"""The authors of the pretraining documents: voices with habits.

A real base model has read careful and careless writers, and so can do more than it usually shows.
Here every document has one author. The voice (careful, sloppy, guessing) is what a model can pick
up as *general* competence; which operations an author breaks into parts is a habit of author and
*skill*, so that each skill also has a latent competence of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sample_engineering.synthesis.compact import Problem
from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC
from sample_engineering.synthesis.compact.expression import resolve

LARGEST_SLIP = 20  # wrong results miss by at most this much


@dataclass(frozen=True, slots=True)
class Voice:
    """How one kind of author writes; every field is a probability.

    Parameters
    ----------
    steps : float
        Whether any step is written at all (else only an answer).
    other_habit : float
        Chance that, for one skill, the author has the opposite of the voice's habit.
    parts : (float, float)
        Chance of writing an operation's parts, with the voice's habit and with the opposite one.
    right : float
        An operation that has parts, written without them, is right.
    right_fact : float
        A fact known by heart is right.
    opener : (str, float)
        Words the document may open with.
    boxed : float
        The answer is boxed.
    """

    steps: float
    other_habit: float
    parts: tuple[float, float]
    right: float
    right_fact: float
    opener: tuple[str, float]
    boxed: float


# Shares and rates follow the prototype (docs/lab/microcosm.md): without voices there is nothing
# global to elicit, and a single answer is memorised instead.
VOICES: dict[str, Voice] = {
    "careful": Voice(1.0, 0.25, (0.97, 0.12), 0.20, 0.98, ("step by step: ", 0.25), 0.95),
    "sloppy": Voice(1.0, 0.25, (0.06, 0.90), 0.20, 0.75, ("so ", 0.65), 0.70),
    "guessing": Voice(0.0, 0.0, (0.0, 0.0), 0.15, 0.15, ("", 0.0), 1.0),
}

# Shares of careful, sloppy and guessing documents that the model reads last. Sloppy ones are more
# than half, so that the likeliest way to go on, which greedy decoding takes, is a careless one,
# while the careful quarter keeps alive what the textbooks taught. With 60 % careful ones greedy
# decoding was careful already, and one sample could only sharpen (docs/lab/microcosm.md).
SHARES = (0.28, 0.55, 0.17)

# Textbooks teach the arithmetic before any author is read; without them, most of the pretraining is
# spent on the slips of careless authors (docs/lab/microcosm.md).
TEXTBOOK = Voice(1.0, 0.0, (1.0, 1.0), 1.0, 1.0, ("", 0.0), 1.0)

# Operations that fewer authors break into parts than the voice's habit says: each skill's own
# latent competence. Factor on the chance of writing parts.
RELUCTANCE: Mapping[str, float] = MappingProxyType(
    {"percentage": 0.9, "squaring": 0.9, "division": 0.9, "halving": 0.9, "remainder": 0.9}
)


def draw_voice(rng: np.random.Generator, shares: Sequence[float] = SHARES) -> Voice:
    """Draw the voice of a document's author."""
    bounds = np.cumsum(shares)
    place = int(np.searchsorted(bounds, rng.random() * bounds[-1], side="right"))
    return list(VOICES.values())[place]


def write_document(problem: Problem, voice: Voice, rng: np.random.Generator) -> str:
    """Return a solution of `problem` by an author with this voice, without the problem itself."""
    opener, chance = voice.opener
    text = opener if rng.random() < chance else ""
    if rng.random() >= voice.steps:
        return text + _ending(_perhaps(problem.answer, voice.right, rng), voice.boxed, rng)
    habits = {step.name: rng.random() >= voice.other_habit for step in problem.operations}
    results: list[int] = []
    written = []
    for step in problem.operations:
        arithmetic = ARITHMETIC[step.name]
        operands = resolve(step, {}, results)
        parts = arithmetic.parts(*operands) if arithmetic.allowed(*operands) else []
        value = arithmetic.result(*operands)
        chance = voice.parts[0 if habits[step.name] else 1]
        if voice is not TEXTBOOK:
            chance *= RELUCTANCE.get(step.name, 1.0)
        careful = bool(parts) and rng.random() < chance
        if not careful:
            value = _perhaps(value, voice.right if parts else voice.right_fact, rng)
        results.append(value)
        written.append(arithmetic.write(operands, careful=careful, result=value))
    return text + "; ".join(written) + ". " + _ending(results[-1], voice.boxed, rng)


def _perhaps(value: int, chance: float, rng: np.random.Generator) -> int:
    """Return `value` with the given chance, else a slip."""
    if rng.random() < chance:
        return value
    slip = int(rng.integers(1, LARGEST_SLIP + 1))
    return value - slip if rng.random() < 0.5 and value > slip else value + slip


def _ending(value: int, boxed: float, rng: np.random.Generator) -> str:
    return f"\\boxed{{{value}}}" if rng.random() < boxed else f"the answer is {value}."
