"""Does the label hang on which usual value of a constant the solver takes?"""

from collections.abc import Iterator

from sample_engineering.audit.checks.derived import value_in_label_unit
from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.derivation import Derivation, Moved
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.from_solution import derive_from_solution
from sample_engineering.audit.margins import compare
from sample_engineering.audit.usual_constants import symbol
from sample_engineering.audit.values import Number, as_written

_NOISE = 1e-6  # relative move that nobody sees


class Constants:
    """With another usual value of a constant the answer is no longer the label."""

    name = "constants"
    summary = "the answer moves past the label with another usual value of a constant"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a warning where the problem leaves the constant open, else a note."""
        for claim in claims:
            number = claim.number
            if number is None or (claim.gold and claim.gold.kind == "choice"):
                continue
            found = claim.derivation or derive_from_solution(claim.sample, number)
            if found is None:
                continue
            moved = [item for item in found.moved() if denied(claim, found, number, item.value)]
            if not moved or denied(claim, found, number, found.value):
                continue
            worst = max(moved, key=lambda item: (not item.stated, abs(item.value - found.value)))
            yield _finding(self.name, claim, found, worst)


def _finding(name: str, claim: Claim, found: Derivation, moved: Moved) -> Finding:
    share = abs(moved.value / found.value - 1) if found.value else 0.0
    stated = "stated in the problem" if moved.stated else "left open by the problem"
    return Finding(
        name,
        "note" if moved.stated else "warning",
        claim.sample.id,
        f"with {symbol(moved.constant)} = {moved.choice:g} ({stated}) the answer moves by "
        f"{share:.2%} to {as_written(moved.value)}, which the label {claim.sample.answer} denies",
        {
            "label": claim.sample.answer,
            "derived": as_written(found.value, 8),
            "constant": moved.constant,
            "other_value": moved.choice,
            "answer_then": as_written(moved.value, 8),
        },
    )


def denied(claim: Claim, found: Derivation, number: Number, value: float) -> bool:
    """Whether a solver that arrives at `value`, rounded as asked, is graded wrong."""
    if abs(value - found.value) <= _NOISE * abs(found.value):
        return False
    scale = value_in_label_unit(claim, found)
    if scale is None or not found.value:
        return False
    in_label = value * (scale / found.value)
    tolerance = claim.sample.tolerance or 0.0
    if abs(in_label - number.size) <= tolerance * abs(number.size):
        return False
    rounding = claim.question.rounding
    return not compare(
        in_label,
        number,
        figures=rounding.figures if rounding else None,
        direction=claim.question.direction,
    ).agrees
