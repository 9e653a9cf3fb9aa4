"""Does a model hit the label without reasoning?"""

from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding

OFTEN = 0.5  # share of guesses that hit the label
SOMETIMES = 0.2


class Forced:
    """A model that must answer at once hits the label: it is guessed, or known by heart."""

    name = "forced"
    summary = "a model that must answer at once hits the label"
    needs = "model"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a warning where at least half of the guesses hit, a note from a fifth on."""
        for claim in claims:
            solved = claims.solutions.get(claim.sample.id)
            if solved is None or not solved.guesses:
                continue
            hits = sum(item.correct for item in solved.guesses)
            share = hits / len(solved.guesses)
            if share < SOMETIMES:
                continue
            free = solved.right / len(solved.grades)
            yield Finding(
                self.name,
                "warning" if share >= OFTEN else "note",
                claim.sample.id,
                f"{hits} of {len(solved.guesses)} answers given at once hit the label "
                f"{claim.sample.answer}; {free:.0%} of the solutions reach it",
                {
                    "label": claim.sample.answer,
                    "forced_pass_rate": round(share, 3),
                    "pass_rate": round(free, 3),
                    "reasoning_dependence": round(free - share, 3),
                },
            )
