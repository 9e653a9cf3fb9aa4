"""Is the label what a problem of direct, inverse or joint variation yields?"""

from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.margins import compare
from sample_engineering.audit.proportion import read_proportion
from sample_engineering.audit.values import as_written


class Variation:
    """The label is not the value that the problem's own proportion yields."""

    name = "variation"
    summary = "the label is not what the problem's direct or inverse variation yields"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a severe finding for each label that a proportion in its problem contradicts."""
        for claim in claims:
            if claim.number is None:
                continue
            found = read_proportion(claim.problem)
            if found is None:
                continue
            rounding = claim.question.rounding
            margin = compare(
                found.value, claim.number, figures=rounding.figures if rounding else None
            )
            if margin.agrees:
                continue
            yield Finding(
                self.name,
                "severe",
                claim.sample.id,
                f"the proportion in the problem yields {as_written(found.value)} for "
                f"{found.unknown}: the label {claim.sample.answer} is {margin.how}",
                {
                    "label": claim.sample.answer,
                    "value": as_written(found.value, 10),
                    "how": margin.how,
                    "expected": margin.expected,
                    "reading": found.reading,
                },
            )
