"""Has the label the figures that the question asks for?"""

import math
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.rounding import Rounding
from sample_engineering.audit.values import Number
from sample_engineering.grading import grade

_MOST_PLACES = 12


class Figures:
    """The label has more figures than asked for, or an answer rounded as asked is graded wrong."""

    name = "figures"
    summary = "the label is not rounded as the question asks"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a finding for each label that is not rounded as asked."""
        for claim in claims:
            rounding, number = claim.question.rounding, claim.number
            if rounding is None or number is None or number.size == 0:
                continue
            if claim.gold is not None and claim.gold.kind == "choice":
                continue
            places = _places(rounding, number)
            if places is None or abs(places) > _MOST_PLACES:
                continue
            rounded = round(number.size, places)
            if rounded == 0:
                continue  # the places are those of a mantissa
            exact = abs(rounded - number.size) <= 1e-9 * abs(number.size)
            if exact:
                yield from self._fewer(claim, rounding, number)
                continue
            answer = f"{rounded:.{max(places, 0)}f}" + ("%" if number.percent else "")
            evidence = {
                "asked": rounding.phrase,
                "label": claim.sample.answer,
                "answer_as_asked": answer,
            }
            denied = claim.gold is not None and not grade(f"\\boxed{{{answer}}}", claim.gold)
            yield Finding(
                self.name,
                "severe" if denied else "warning",
                claim.sample.id,
                f"the answer is asked for {rounding.phrase!r}; the label is {claim.sample.answer}"
                + (f", and {answer} is graded wrong" if denied else ""),
                evidence,
            )

    def _fewer(self, claim: Claim, rounding: Rounding, number: Number) -> Iterator[Finding]:
        wanted = rounding.figures
        if wanted is None or number.figures is None or not number.decimal:
            return
        if number.figures < wanted:
            yield Finding(
                self.name,
                "note",
                claim.sample.id,
                f"{rounding.phrase!r} is asked for; the label {claim.sample.answer} shows "
                f"{number.figures}",
                {"asked": rounding.phrase, "label": claim.sample.answer},
            )


def _places(rounding: Rounding, number: Number) -> int | None:
    """Return the decimal places asked for, of significant figures those of this number."""
    if rounding.places is not None:
        return rounding.places
    assert rounding.figures is not None
    return rounding.figures - 1 - math.floor(math.log10(abs(number.size)) + 1e-12)
