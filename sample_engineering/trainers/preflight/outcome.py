"""What a check found, and the list that all of them make."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sample_engineering.errors import PreflightError
from sample_engineering.text import count_of


class Verdict(StrEnum):
    """Whether a run may start, as far as one check can say."""

    ok = "ok"
    warn = "warn"
    refuse = "refuse"


@dataclass(frozen=True)
class Finding:
    """One thing that a check has to say.

    Parameters
    ----------
    verdict : Verdict
    message : str
        What is so, in one line, without a full stop.
    remedy : str
        What to do about it; empty where nothing need be done.
    """

    verdict: Verdict
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


def ok(message: str) -> Finding:
    """Say that all is well."""
    return Finding(Verdict.ok, message)


def warn(message: str, remedy: str = "") -> Finding:
    """Say what may be wrong; the run starts."""
    return Finding(Verdict.warn, _line(message), _line(remedy))


def refuse(message: str, remedy: str) -> Finding:
    """Say why the run cannot work, and what to do."""
    return Finding(Verdict.refuse, _line(message), _line(remedy))


def _line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    Parameters
    ----------
    name : str
        Of the check.
    findings : tuple of Finding
        At least one.
    seconds : float
        That the check took.
    """

    name: str
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def verdict(self) -> Verdict:
        """The gravest of the findings."""
        order = list(Verdict)
        return max((item.verdict for item in self.findings), key=order.index)


@dataclass(frozen=True)
class Preflight:
    """What all checks found before anything was done.

    Parameters
    ----------
    outcomes : tuple of Outcome
        In the order in which they ran.
    """

    outcomes: tuple[Outcome, ...] = field(default=())

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Why the run cannot start; empty where it can."""
        return self._with(Verdict.refuse)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What may be wrong."""
        return self._with(Verdict.warn)

    @property
    def seconds(self) -> float:
        """That all checks took."""
        return sum(outcome.seconds for outcome in self.outcomes)

    def _with(self, verdict: Verdict) -> tuple[Finding, ...]:
        return tuple(
            finding
            for outcome in self.outcomes
            for finding in outcome.findings
            if finding.verdict is verdict
        )

    def require(self) -> None:
        """Raise PreflightError, with every refusal in one line, where there is one."""
        reasons = [str(finding) for finding in self.refusals]
        if not reasons:
            return
        names = tuple(one.name for one in self.outcomes if one.verdict is Verdict.refuse)
        if len(reasons) == 1:
            raise PreflightError(reasons[0], names)
        listed = " ".join(f"({number}) {reason}." for number, reason in enumerate(reasons, 1))
        raise PreflightError(
            f"this cannot start for {count_of(len(reasons), 'reason')}: {listed.rstrip('.')}",
            names,
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """Return a JSON-ready list, one entry a check."""
        return [
            {
                "check": outcome.name,
                "verdict": outcome.verdict.value,
                "findings": [
                    {"verdict": f.verdict.value, "message": f.message, "remedy": f.remedy}
                    for f in outcome.findings
                ],
                "seconds": round(outcome.seconds, 3),
            }
            for outcome in self.outcomes
        ]
