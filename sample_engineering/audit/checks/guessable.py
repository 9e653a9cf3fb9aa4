"""Could the label be guessed: a small number, one that the problem gives, a frequent one?"""

import re
from collections import Counter
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding

SMALLEST_SURPRISE = 10  # whole numbers up to this are what a model guesses first
FREQUENT_SHARE = 0.02  # of the golds of a pool
FREQUENT_COUNT = 5
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[,.]\d+)?(?![\w])")
_MOST_NUMBERS = 200


class Guessable:
    """A guess would hit the label often: rewards for it say little about reasoning."""

    name = "guessable"
    summary = "a small, given or frequent label, which a guess may hit"
    needs = "pool"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield one note for each sample whose label is easily guessed, with all reasons."""
        forms = Counter(claim.gold.form for claim in claims if claim.gold is not None)
        total = sum(forms.values())
        for claim in claims:
            if claim.gold is None:
                continue
            reasons = [*_reasons(claim)]
            count = forms[claim.gold.form]
            if count >= FREQUENT_COUNT and count >= FREQUENT_SHARE * total:
                reasons.append(f"it is the label of {count / total:.0%} of this pool")
            if reasons:
                yield Finding(
                    self.name,
                    "note",
                    claim.sample.id,
                    f"the label {claim.sample.answer} may be guessed: {', '.join(reasons)}",
                    {"label": claim.sample.answer, "share_of_pool": round(count / total, 4)},
                )


def _reasons(claim: Claim) -> Iterator[str]:
    gold, number = claim.gold, claim.number
    assert gold is not None
    if gold.kind == "choice":
        count = len(claim.sample.choices or ())
        if count:
            yield f"one of {count} options"
        return
    if number is None or not number.whole:
        return
    if 0 <= number.size <= SMALLEST_SURPRISE:
        yield f"a whole number up to {SMALLEST_SURPRISE}"
    if number.size > SMALLEST_SURPRISE and number.size in _given(claim):
        yield "the problem gives that number"


def _given(claim: Claim) -> set[float]:
    found = _NUMBER.findall(claim.problem)[:_MOST_NUMBERS]
    return {float(text.replace(",", "")) for text in found if text.count(",") <= 1}
