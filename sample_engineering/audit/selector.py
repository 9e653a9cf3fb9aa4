"""The audit as a column of the ranking: how sound a candidate's label is, and what was found."""

from sample_engineering.audit.findings import SEVERITIES, Finding
from sample_engineering.audit.run import audit_samples, checks_of_one
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Count, Scores, Selector

_SOUND = {"severe": 0.0, "warning": 0.5, "note": 1.0}


class SoundLabel(Selector):
    """1 where nothing speaks against the label, 1/2 after a warning, 0 after a severe finding.

    Only what the sample says of itself is looked at; ``se audit`` does more. The column
    ``findings`` lists what was found, worst first.
    """

    name = "sound_label"
    summary = "whether the label fits the problem's own text, solution and program"
    columns = ("findings",)
    apart = True
    place = 5  # a doubtful label is worth knowing before anything that the problem exercises

    def score(self, evidence: Evidence) -> Scores:
        """Score every candidate of the pool."""
        import numpy as np

        audit = audit_samples(evidence.pool, checks=checks_of_one())
        found = audit.by_sample()
        values = np.ones(len(evidence.pool))
        reasons: list[str | None] = []
        findings: list[list[str] | None] = []
        for place, sample in enumerate(evidence.pool):
            doubts = [item for item in found.get(sample.id, ()) if item.severity != SEVERITIES[-1]]
            # What cannot be graded is said, and stopped, by the selector for that.
            told = [item for item in doubts if item.check != "gold"]
            values[place] = min([_SOUND[item.severity] for item in doubts], default=1.0)
            reasons.append(f"label doubtful: {told[0].message}" if told else None)
            findings.append([_line(item) for item in doubts] or None)
        bad = int((values == 0).sum())
        notes = (
            (Count("severe findings about the label: {:,}; an audit says which", bad),)
            if bad
            else ()
        )
        return Scores(values, reasons, {"findings": findings}, notes)


def _line(finding: Finding) -> str:
    return f"{finding.severity} ({finding.check}): {finding.message}"
