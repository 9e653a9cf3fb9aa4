"""Does the label deny a solver who rounds intermediate results?"""

from collections.abc import Iterator

from sample_engineering.audit.checks.constants import denied
from sample_engineering.audit.claims import Claims
from sample_engineering.audit.derivation import CARRIED_FIGURES
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.values import as_written


class Carried:
    """With intermediate results carried to three figures the answer is no longer the label."""

    name = "carried"
    summary = "intermediate results carried to three figures lead past the label"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a warning for each label that denies a solver who rounds on the way."""
        for claim in claims:
            found, number = claim.derivation, claim.number
            if found is None or number is None or (claim.gold and claim.gold.kind == "choice"):
                continue
            value = found.carried(CARRIED_FIGURES)
            if value is None or not denied(claim, found, number, value):
                continue
            yield Finding(
                self.name,
                "warning",
                claim.sample.id,
                f"carrying {CARRIED_FIGURES} figures leads to {as_written(value)} instead of "
                f"{as_written(found.value)}, which the label {claim.sample.answer} denies",
                {
                    "label": claim.sample.answer,
                    "derived": as_written(found.value, 8),
                    "carried": as_written(value, 8),
                },
            )
