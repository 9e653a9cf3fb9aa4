"""How the answer moves with the constants that a worked solution puts in.

The last step of the solution that yields the label is taken; a number in it that is the usual value
of a constant is replaced by another usual value, and the step is computed again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sample_engineering.audit.arithmetic import Step, steps_of
from sample_engineering.audit.derivation import Moved
from sample_engineering.audit.usual_constants import constant_of, others
from sample_engineering.audit.values import Number, closed_expression, value_of
from sample_engineering.sample import Sample

_MAX_CONSTANTS = 6
_SAME = 1e-9
_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>\d+(?:\.\d+)?)"
    r"(?:\s*(?:\\times|\\cdot)\s*10\s*\^\s*(?:\{\s*(?P<braced>-?\d{1,3})\s*\}|(?P<bare>\d)(?!\d)))?"
    r"(?![\w.])"
)


@dataclass(frozen=True)
class FromSolution:
    """A step that yields the label; see `derivation.Derivation`."""

    step: Step
    problem: str
    value: float
    unit: str = ""
    source: str = "solution"

    def moved(self) -> Iterator[Moved]:
        """Yield the answer for each other usual choice of each constant in the step."""
        found = 0
        for match in _NUMBER.finditer(self.step.left):
            power = match["braced"] or match["bare"] or "0"
            number = float(f"{match['digits']}e{power}")
            name = constant_of(number)
            if name is None:
                continue
            found += 1
            if found > _MAX_CONSTANTS:
                return
            for choice in others(name, number):
                mantissa, _, exponent = f"{choice:e}".partition("e")
                written = rf"({mantissa} \times 10^{{{int(exponent)}}})"
                left, right = self.step.left[: match.start()], self.step.left[match.end() :]
                tree = closed_expression(left + written + right)
                value = None if tree is None else value_of(tree)
                if value is not None:
                    stated = match["digits"] in self.problem
                    yield Moved(name, choice, float(value), stated)

    def carried(self, figures: int) -> float | None:
        """Return nothing: what the solution carries on the way is not known."""
        return None


def derive_from_solution(sample: Sample, label: Number) -> FromSolution | None:
    """Return the last step of a worked solution that yields the label; None where none does."""
    for step in reversed(steps_of(sample.solution or "")):
        yields = abs(step.given.size - label.size) <= _SAME * abs(label.size)
        if step.computed and step.holds and yields and not step.given.percent:
            return FromSolution(step, sample.problem, step.value)
    return None
