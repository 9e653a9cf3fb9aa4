"""Is the label the kind of number that the question asks for?"""

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding

_PIECES = re.compile(
    r"\\[dt]?frac|\d\.\d|\d/\d|\b(?:half|halves|thirds?|quarters?)\b", re.IGNORECASE
)


class Kind:
    """A count that is no whole number, a probability, remainder or digit out of its range."""

    name = "kind"
    summary = "a count that is no whole number, or a probability or remainder out of its range"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a finding for each label of another kind than the question's."""
        for claim in claims:
            if claim.number is not None:
                yield from self._counts(claim)
                yield from self._probability(claim)

    def _counts(self, claim: Claim) -> Iterator[Finding]:
        number, question = claim.number, claim.question
        assert number is not None
        asked = question.counted.phrase if question.counted else question.whole
        if not asked or number.unit is not None or number.percent:
            return
        evidence = {"asked": asked, "label": claim.sample.answer}
        sure = question.counted.sure if question.counted else True
        if not number.whole:
            if not sure and _PIECES.search(claim.problem):
                return  # half a scoop is given, so parts of one may be left
            yield Finding(
                self.name,
                "severe" if sure else "warning",
                claim.sample.id,
                f"{asked!r} asks for a whole number; the label {claim.sample.answer} is none",
                evidence,
            )
        elif number.size < 0 and question.counted is not None:
            yield Finding(
                self.name,
                "severe" if sure else "warning",
                claim.sample.id,
                f"{asked!r} asks for a number of things; the label is negative",
                evidence,
            )

        below = question.below
        if below is not None and number.whole and not 0 <= number.size < below:
            yield Finding(
                self.name,
                "severe",
                claim.sample.id,
                f"{asked!r} lies from 0 to {below - 1}; the label {claim.sample.answer} does not",
                evidence,
            )

    def _probability(self, claim: Claim) -> Iterator[Finding]:
        number = claim.number
        assert number is not None
        if not claim.question.probability or number.unit is not None:
            return
        most = 100.0 if number.percent else 1.0
        if not 0.0 <= number.size <= most:
            yield Finding(
                self.name,
                "severe",
                claim.sample.id,
                f"a probability is asked for; the label {claim.sample.answer} lies outside "
                f"0 to {most:.0f}",
                {"asked": claim.question.probability, "label": claim.sample.answer},
            )
