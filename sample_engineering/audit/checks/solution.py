"""Does the worked solution lead to the label, and does its arithmetic hold?"""

import re
from collections.abc import Iterator

from sample_engineering.audit.arithmetic import MAX_TEXT, Step, steps_of
from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.values import Number, as_written
from sample_engineering.grading import extract, grade

_SAME = 1e-9
_DECIMAL = re.compile(r"(?<![\d.,\w])\d{1,12}\.\d{1,12}(?![\d\w])(?!\s*(?:\\times|×|e|\^|\\cdot))")


class Solution:
    """The worked solution ends in another answer, or a step of its arithmetic does not hold."""

    name = "solution"
    summary = "the worked solution ends elsewhere, or a step of it does not hold"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield the findings about each sample that brings a worked solution."""
        for claim in claims:
            if claim.gold is None or not claim.sample.solution:
                continue
            text = claim.sample.solution[-MAX_TEXT:]
            yield from self._ends_elsewhere(claim, text)
            if claim.number is not None:
                yield from self._steps(claim, text, claim.number)

    def _ends_elsewhere(self, claim: Claim, text: str) -> Iterator[Finding]:
        answers = extract(text).answers
        assert claim.gold is not None
        if answers and not grade(text, claim.gold):
            yield Finding(
                self.name,
                "severe",
                claim.sample.id,
                f"the worked solution ends in {answers[-1]}, which is graded wrong for the label "
                f"{claim.sample.answer}",
                {"label": claim.sample.answer, "solution_ends_in": answers[-1]},
            )

    def _steps(self, claim: Claim, text: str, number: Number) -> Iterator[Finding]:
        broken = [step for step in steps_of(text) if not step.holds]
        for step in broken:
            if _same(step.given, number) and step.near:
                yield self._label_step(claim, step)
                return
        direction = claim.question.direction
        if direction is not None and number.whole:
            yield from self._direction(claim, text, number, direction)
        if broken:
            step = broken[-1]
            yield Finding(
                self.name,
                "warning",
                claim.sample.id,
                f"a step of the worked solution does not hold: {step.left} is "
                f"{as_written(step.value)}, not {step.right}",
                {"left": step.left, "right": step.right, "value": as_written(step.value, 10)},
            )

    def _label_step(self, claim: Claim, step: Step) -> Finding:
        return Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the label {claim.sample.answer} rests on a step that does not hold: {step.left} is "
            f"{as_written(step.value)}",
            {
                "label": claim.sample.answer,
                "left": step.left,
                "right": step.right,
                "value": as_written(step.value, 10),
            },
        )

    def _direction(
        self, claim: Claim, text: str, number: Number, direction: str
    ) -> Iterator[Finding]:
        """The last value next to a whole label must lie on the side that the question means."""
        values = [float(match[0]) for match in _DECIMAL.finditer(text)]
        near = [value for value in values if 0 < abs(value - number.size) < 1]
        if not near:
            return
        value = near[-1]
        wrong = value > number.size if direction == "ceiling" else value < number.size
        if not wrong:
            return
        right = int(number.size) + (1 if direction == "ceiling" else -1)
        asked = claim.question.counted.phrase if claim.question.counted else ""
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"{asked!r} asks for the next whole number {'up' if direction == 'ceiling' else 'down'}"
            f"; the solution finds {value:g}, so {right} is right, and the label is "
            f"{claim.sample.answer}",
            {
                "asked": asked,
                "label": claim.sample.answer,
                "value": as_written(value, 10),
                "expected": str(right),
            },
        )


def _same(left: Number, right: Number) -> bool:
    return abs(left.size - right.size) <= _SAME * max(abs(left.size), abs(right.size))
