"""Can the grader read the label at all?"""

from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding


class UnreadableGold:
    """The grader cannot read the label: every answer would be graded wrong."""

    name = "gold"
    summary = "the grader cannot read the label"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a severe finding for each label that the grader refuses."""
        for claim in claims:
            if claim.gold is None:
                yield Finding(
                    self.name,
                    "severe",
                    claim.sample.id,
                    f"the label cannot be graded: {claim.fault}",
                    {"label": claim.sample.answer},
                )
