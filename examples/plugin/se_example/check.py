"""A check of the audit: what may be wrong with a label."""

from sample_engineering.audit import Finding


class Trivial:
    """The problem is so short that it can hardly teach."""

    name = "trivial"
    summary = "a problem of a few words"
    needs = "sample"

    def find(self, claims):
        """Yield a note for each short problem."""
        for claim in claims:
            words = len(claim.sample.problem.split())
            if words < 8:
                yield Finding(self.name, "note", claim.sample.id, f"only {words} words")
