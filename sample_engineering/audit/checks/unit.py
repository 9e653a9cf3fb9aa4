"""Is the label in the unit that the question asks for?"""

from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.grading.spelling.tree import Node, walk
from sample_engineering.grading.values.units import Unit, size

_DEGREE = "degree"


class UnitAsked:
    """The label has another unit than the question asks for, or radians where degrees are asked."""

    name = "unit"
    summary = "the label's unit is not the one asked for"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a finding for each label in another unit than the question's."""
        for claim in claims:
            number, asked = claim.number, claim.question.unit
            if number is None or asked is None:
                continue
            evidence = {"asked": claim.question.unit_phrase, "label": claim.sample.answer}
            if number.unit is None:
                if _names(asked) == (_DEGREE,) and _has_pi(claim):
                    yield Finding(
                        self.name,
                        "severe",
                        claim.sample.id,
                        f"degrees are asked for; the label {claim.sample.answer} is in radians",
                        evidence,
                    )
                continue
            if number.unit == asked or _names(number.unit) == _names(asked):
                continue
            if size(number.unit)[1] != size(asked)[1]:
                yield Finding(
                    self.name,
                    "severe",
                    claim.sample.id,
                    f"{claim.question.unit_phrase!r} asks for another kind of unit than that of "
                    f"the label {claim.sample.answer}",
                    evidence,
                )
            elif abs(size(number.unit)[0] / size(asked)[0] - 1) > 1e-6:
                yield Finding(
                    self.name,
                    "warning",
                    claim.sample.id,
                    f"{claim.question.unit_phrase!r} asks for another unit than that of the label "
                    f"{claim.sample.answer}: an answer as asked, without its unit, is graded wrong",
                    evidence,
                )


def _names(unit: Unit) -> tuple[str, ...]:
    return tuple(name for name, _ in unit.factors)


def _has_pi(claim: Claim) -> bool:
    tree = claim.gold.value if claim.gold is not None else None
    if not isinstance(tree, Node):
        return False
    nodes = walk(tree)
    return any(node.op == "const" and node.value == "pi" for node in nodes) and not any(
        node.op == "deg" for node in nodes
    )
