"""Do independent solutions of a model reach the label, and what else do they agree on?"""

from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.solutions import Solutions

LEAST_RIVALS = 2  # solutions that agree on another answer before it is worth a warning,
LEAST_SHARE = 0.5  # and their share: a weak model agrees with itself by chance
_SHOWN = 2_000  # characters of a sample solution


class Agreement:
    """Independent solutions miss the label, or agree on another answer.

    Never severe: models agree on wrong answers, so a vote alone proves nothing.
    """

    name = "agreement"
    summary = "independent solutions of a model miss the label or agree on another answer"
    needs = "model"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a warning where half of the solutions reach another answer, else a note."""
        for claim in claims:
            solved = claims.solutions.get(claim.sample.id)
            if solved is not None and solved.right < len(solved.grades):
                yield self._finding(claim, solved)

    def _finding(self, claim: Claim, solved: Solutions) -> Finding:
        total = len(solved.grades)
        rivals = solved.rivals(claim.sample)
        answer, places = rivals[0] if rivals else ("", [])
        evidence = {
            "label": claim.sample.answer,
            "solutions": total,
            "reach_the_label": solved.right,
            "pairs_that_agree": round(solved.agreement(claim.sample), 3),
        }
        said = f"{solved.right} of {total} solutions reach the label {claim.sample.answer}"
        if places:
            evidence |= {"rival": answer, "reach_the_rival": len(places)}
            evidence["solution_for_rival"] = solved.texts[places[0]][-_SHOWN:]
            said += f", {len(places)} reach {answer}"
        else:
            said += "; the others reach no answer"
        right = next((i for i, item in enumerate(solved.grades) if item.correct), None)
        if right is not None:
            evidence["solution_for_label"] = solved.texts[right][-_SHOWN:]
        doubtful = len(places) > solved.right and len(places) >= max(
            LEAST_RIVALS, LEAST_SHARE * total
        )
        return Finding(
            self.name, "warning" if doubtful else "note", claim.sample.id, said, evidence
        )
