"""What an audit finds: one noun for a doubt about a label, one for all doubts about a pool."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from sample_engineering import notebook, plotting
from sample_engineering.errors import ConfigError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

SEVERITIES = ("severe", "warning", "note")
"""Worst first. *Severe*: by the sample's own text the label, or what the grader makes of it, is
wrong. *Warning*: it deserves a look before training. *Note*: what to know when reading results."""

_SHOWN_ROWS = 20
_SHOWN_EVIDENCE = 200


@dataclass(frozen=True)
class Finding:
    """One doubt about one label.

    Parameters
    ----------
    check : str
        Name of the check that raised it.
    severity : str
        One of `SEVERITIES`.
    sample : str
        Id of the sample; empty for a finding about the pool as a whole.
    message : str
        The doubt in words.
    evidence : mapping
        What it rests on, JSON-ready: the label, the value found, the sentence, the solutions.

    Raises
    ------
    ConfigError
        If the severity is none of `SEVERITIES`.
    """

    check: str
    severity: str
    sample: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ConfigError(
                f"severity {self.severity!r} of a finding is not one of {', '.join(SEVERITIES)}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "sample": self.sample,
            "severity": self.severity,
            "check": self.check,
            "message": self.message,
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True)
class Audit(Sequence[Finding]):
    """All findings about a pool, worst first; shows itself as a table.

    Parameters
    ----------
    findings : tuple of Finding
        Worst first; of equal severity in the order of the pool.
    checks : tuple of str
        The checks that were run.
    ids : tuple of str
        Ids of the samples that were audited.
    notes : tuple of str
        What holds for the whole: skipped lines, checks that could not be run.
    """

    findings: tuple[Finding, ...]
    checks: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> "Audit": ...
    def __getitem__(self, place: int | slice) -> "Finding | Audit":
        if isinstance(place, slice):
            return Audit(self.findings[place], self.checks, self.ids, self.notes)
        return self.findings[place]

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def severe(self) -> bool:
        """Whether any finding is severe."""
        return any(item.severity == "severe" for item in self.findings)

    def of(self, sample: str) -> tuple[Finding, ...]:
        """Return the findings about one sample, worst first."""
        return tuple(item for item in self.findings if item.sample == sample)

    def by_sample(self) -> dict[str, tuple[Finding, ...]]:
        """Return the findings of every sample that has any, the sample with the worst first."""
        found: dict[str, list[Finding]] = {}
        for item in self.findings:
            found.setdefault(item.sample, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the number of findings of each check by severity, checks in their order."""
        tally = Counter((item.check, item.severity) for item in self.findings)
        named = dict.fromkeys((*self.checks, *(item.check for item in self.findings)))
        return {
            check: {severity: tally[check, severity] for severity in SEVERITIES}
            for check in named
            if any(tally[check, severity] for severity in SEVERITIES)
        }

    def summary(self) -> str:
        """Return one line: how many samples have findings of which severity."""
        worst = Counter(items[0].severity for name, items in self.by_sample().items() if name)
        parts = [f"{worst[severity]:,} {severity}" for severity in SEVERITIES if worst[severity]]
        clean = len(self.ids) - sum(worst.values())
        said = ", ".join((*parts, f"{clean:,} without a finding"))
        return f"{count_of(len(self.ids), 'sample')} audited: {said}"

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row a finding, worst first."""
        import pandas

        names = ("sample", "severity", "check", "message", "evidence")
        return pandas.DataFrame([item.to_dict() for item in self.findings], columns=list(names))

    def write(self, path: str | os.PathLike[str]) -> int:
        """Write all findings to .jsonl, .parquet or .csv, whole or not; return their number."""
        from sample_engineering.pool.writing import write_records

        return write_records((item.to_dict() for item in self.findings), path)

    def __repr__(self) -> str:
        lines = [f"<Audit: {self.summary()}>"]
        lines += [
            f"{item.severity:<8}{item.check:<14}{item.sample}  {item.message}"
            for item in self.findings[:_SHOWN_ROWS]
        ]
        return "\n".join(lines)

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how many findings each check made, by severity; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        found = self.counts()
        blocks = {
            severity: [one[severity] for one in found.values()] for severity in reversed(SEVERITIES)
        }
        return plotting.bars(ax, list(found), blocks, "findings", "check")

    def _repr_html_(self) -> str:
        rows = [
            (item.severity, item.check, item.sample, item.message, _shown(item))
            for item in self.findings[:_SHOWN_ROWS]
        ]
        heads = ("severity", "check", "sample", "finding", "evidence")
        return notebook.page(
            notebook.heading("Audit", self.summary()),
            notebook.table(heads, rows, total=len(self)) if rows else None,
            notebook.notes(self.notes),
        )


def worst_first(findings: Sequence[Finding], ids: Sequence[str]) -> tuple[Finding, ...]:
    """Sort findings: by severity, then in the order of the pool, then as they were found."""
    places = {name: place for place, name in enumerate(ids, 1)}
    return tuple(
        sorted(
            findings,
            key=lambda item: (SEVERITIES.index(item.severity), places.get(item.sample, 0)),
        )
    )


def evidence_text(finding: Finding) -> str:
    """Return the evidence as one line of ``name: value`` pairs; longer texts are left out."""
    return "; ".join(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in finding.evidence.items()
        if isinstance(value, str | int | float) and "\n" not in str(value)
    )


def _shown(finding: Finding) -> str:
    text = evidence_text(finding)
    return text if len(text) <= _SHOWN_EVIDENCE else text[: _SHOWN_EVIDENCE - 1] + "…"
