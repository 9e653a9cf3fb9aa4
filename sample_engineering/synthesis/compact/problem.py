"""Problems: templates with numbers, alone or linked, put in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC
from sample_engineering.synthesis.compact.expression import Operand, Operation, Result
from sample_engineering.synthesis.compact.templates import Template

TRIES = 2000  # the scarcest template (divisions) accepts about one draw in ten
LINK_NAMES = ("x", "y", "z", "w")
HELD_OUT_NUMBERS = range(60, 70)  # given numbers that no pretraining document shows
Trace = tuple[tuple[str, tuple[int, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A word problem with the operations that solve it.

    Parameters
    ----------
    text : str
        The problem in words, ending with what to find.
    operations : tuple of Operation
        Solution steps; operands are numbers or earlier results, never symbols.
    trace : tuple of (operation name, operands, result)
        The same steps carried out.
    templates : tuple of Template
        What was linked, in order.
    numbers : tuple of int
        The numbers given in the text.
    """

    text: str
    operations: tuple[Operation, ...]
    trace: Trace
    templates: tuple[Template, ...]
    numbers: tuple[int, ...]

    @property
    def answer(self) -> int:
        """The number asked for."""
        return self.trace[-1][2]

    @property
    def domains(self) -> tuple[str, ...]:
        """Subjects in order of appearance."""
        return tuple(dict.fromkeys(item.domain for item in self.templates))

    @property
    def skills(self) -> tuple[str, ...]:
        """Arithmetic skills in order of first use, without facts known by heart such as 5 * 30.

        All skills of the templates if nothing else is left.
        """
        named = dict.fromkeys(skill for item in self.templates for skill in item.skills)
        written = {name for name, operands, _ in self.trace if ARITHMETIC[name].parts(*operands)}
        known = {name for name, _, _ in self.trace} - written
        return tuple(name for name in named if name not in known) or tuple(named)

    def solution(self) -> str:
        """Return the careful solution, boxed answer included."""
        steps = [ARITHMETIC[name].write(operands, careful=True) for name, operands, _ in self.trace]
        return "; ".join(steps) + f". \\boxed{{{self.answer}}}"

    def written_operations(self) -> int:
        """Return how many equalities the careful solution writes: its length in small steps."""
        return self.solution().count("=")

    def to_sample(self, name: str, **provenance: Any) -> Sample:
        """Return the problem as a `Sample` with its careful solution and record of origin."""
        return Sample(
            id=name,
            problem=self.text,
            answer=str(self.answer),
            kind="number",
            solution=self.solution(),
            domains=self.domains,
            skills=self.skills,
            source="sample-engineering",
            license="Apache-2.0",
            provenance={
                "composer": "compact",
                "templates": [item.name for item in self.templates],
                "formulas": [item.formula for item in self.templates],
                "steps": len(self.trace),
                "written_operations": self.written_operations(),
                **provenance,
            },
        )


def draw_problem(
    chain: Sequence[Template],
    rng: np.random.Generator,
    *,
    band: str = "any",
    phrasings: Sequence[int] | None = None,
) -> Problem | None:
    """Give numbers to a chain of templates; each one's result is used by the next.

    Parameters
    ----------
    chain : sequence of Template
        One template, or several to link; at most four.
    rng : numpy.random.Generator
        Source of all choices.
    band : {"any", "avoid", "require"}
        Whether the given numbers may, must not or must include one of `HELD_OUT_NUMBERS`.
    phrasings : sequence of int, optional
        Which phrasing of each template; None draws.

    Returns
    -------
    Problem or None
        None if no numbers within the dialect were found.
    """
    for _ in range(TRIES if len(chain) == 1 else TRIES // 4):
        problem = _attempt(chain, rng, band, phrasings)
        if problem is not None:
            return problem
    return None


def _attempt(
    chain: Sequence[Template],
    rng: np.random.Generator,
    band: str,
    phrasings: Sequence[int] | None,
) -> Problem | None:
    operations: list[Operation] = []
    trace: list[tuple[str, tuple[int, ...], int]] = []
    sentences: list[str] = []
    given: list[int] = []
    for i, template in enumerate(chain):
        symbols = template.program.symbols
        values = {name: _draw(template.ranges[name], rng) for name in symbols}
        shown: dict[str, str] = {name: str(value) for name, value in values.items()}
        linked = None
        if i:
            linked = symbols[int(rng.integers(len(symbols)))]
            values[linked] = trace[-1][2]
            shown[linked] = LINK_NAMES[i - 1]
        steps = template.program.trace(values)
        if steps is None or len({values[name] for name in symbols}) < len(symbols):
            return None
        given += [values[name] for name in symbols if name != linked]
        operations += _bind(template.program.operations, values, linked, len(operations))
        trace += steps
        which = phrasings[i] if phrasings else int(rng.integers(len(template.phrasings)))
        phrasing = template.phrasings[which]
        ask = "find" if i == len(chain) - 1 else f"{LINK_NAMES[i]} is"
        quantity = phrasing.quantity.format(**shown)
        sentences += [phrasing.statement.format(**shown), f"{ask} {quantity}."]
    touched = any(number in HELD_OUT_NUMBERS for number in given)
    if (band == "avoid" and touched) or (band == "require" and not touched):
        return None
    return Problem(
        " ".join(sentences),
        tuple(operations),
        tuple(trace),
        tuple(chain),
        tuple(given),
    )


def _draw(span: range, rng: np.random.Generator) -> int:
    return span[int(rng.integers(len(span)))]


def _bind(
    operations: Sequence[Operation], values: Mapping[str, int], linked: str | None, offset: int
) -> list[Operation]:
    """Replace symbols by numbers, and the linked symbol by the result before `offset`."""

    def place(operand: Operand) -> Operand:
        if isinstance(operand, Result):
            return Result(operand.index + offset)
        if isinstance(operand, str):
            return Result(offset - 1) if operand == linked else values[operand]
        return operand

    return [replace(step, operands=tuple(map(place, step.operands))) for step in operations]


def must_draw(chain: Sequence[Template], rng: np.random.Generator, *, band: str = "any") -> Problem:
    """Like `draw_problem`, for chains that are known to have numbers.

    Raises
    ------
    SynthesisError
        If none were found.
    """
    problem = draw_problem(chain, rng, band=band)
    if problem is None:
        names = " -> ".join(item.name for item in chain)
        raise SynthesisError(f"no numbers fit {names}; ask for fewer steps or other domains")
    return problem
