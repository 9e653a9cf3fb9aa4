"""Is there anything that shows how a whole label was rounded?"""

from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.skills import quantities_in

# Quantities that come in whole numbers by themselves: nothing is rounded there.
_COUNTED = frozenset({"count", "money", "percentage", "angle", "information"})
_WORDS = {"ceiling": "up", "floor": "down"}


class Unsettled:
    """The next whole number of measured quantities is asked for, and nothing shows the quotient.

    The prime sample of arXiv 2601.03111 is of this kind: the ratio is 2.0049, the least number 3,
    and the label 2. With a solution or a program the checks `solution` and `derived` say so; from
    the problem alone nobody can without solving it.
    """

    name = "unsettled"
    summary = "a whole number is to be rounded up or down, and nothing here shows from what"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a note for each label whose rounding cannot be looked at."""
        for claim in claims:
            direction, number, sample = claim.question.direction, claim.number, claim.sample
            if direction is None or number is None or not number.whole:
                continue
            if sample.solution or sample.provenance:
                continue
            measured = [kind for kind in quantities_in(claim.problem) if kind not in _COUNTED]
            if not measured:
                continue
            asked = claim.question.counted.phrase if claim.question.counted else ""
            yield Finding(
                self.name,
                "note",
                sample.id,
                f"{asked!r} asks for the next whole number {_WORDS[direction]}, and no solution "
                f"shows from what: look that {sample.answer} is rounded so",
                {"asked": asked, "label": sample.answer, "given": ", ".join(measured)},
            )
