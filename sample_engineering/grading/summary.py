"""Counts over a graded file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.grading.grader import Grade
from sample_engineering.grading.second_opinion import SecondOpinion


@dataclass
class Summary:
    """Counts over a graded file.

    Parameters
    ----------
    rows, correct, readable, timed_out, unreadable_golds : int
        Numbers of rows.
    seconds : float
        Wall time spent on grading, in seconds.
    kinds, rules : Counter
        Rows by kind of gold and by deciding rule.
    problems : list of str
        What is wrong with which line.
    other_kinds : list of str
        Values of the column ``kind`` that are no kinds of answers, and were ignored.
    out : str or None
        Where the rows were written.
    audit : SecondOpinion or None
        What other graders say, where they were asked.
    judged, abstained : int or None
        Rows that a judge model decided, and that it left undecided; None where there is none.
    """

    rows: int = 0
    correct: int = 0
    readable: int = 0
    timed_out: int = 0
    unreadable_golds: int = 0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    other_kinds: list[str] = field(default_factory=list)
    out: str | None = None
    audit: SecondOpinion | None = None
    judged: int | None = None
    abstained: int | None = None

    def count(self, result: Grade) -> None:
        """Count one graded row, but for `rows`."""
        self.correct += result.correct
        self.readable += result.readable
        self.timed_out += result.timed_out
        self.seconds += result.seconds
        self.kinds[result.kind] += 1
        self.rules[result.rule] += 1
        if self.judged is not None and self.abstained is not None:
            self.judged += result.decided_by == "judge"
            self.abstained += result.decided_by == "abstained"

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready record."""
        asked = {} if self.judged is None else {"judged": self.judged, "abstained": self.abstained}
        own = {name: value for name, value in vars(self).items()
               if name not in ("judged", "abstained")}  # fmt: skip
        return (
            own
            | asked
            | {
                "kinds": dict(self.kinds),
                "rules": dict(self.rules),
                "audit": None if self.audit is None else self.audit.to_dict(),
            }
        )


def summary_lines(summary: Summary) -> list[str]:
    """The summary for people."""
    count = summary.rows
    lines = [
        f"{count} rows: {summary.correct} correct ({summary.correct / count:.1%}), "
        f"{summary.readable} readable, {summary.timed_out} timed out, "
        f"{summary.unreadable_golds} with an unreadable gold",
        f"kinds: {_counts(summary.kinds)}",
        f"rules: {_counts(summary.rules)}",
        f"time:  {summary.seconds:.2f} s, {count / max(summary.seconds, 1e-9):.0f} rows/s",
    ]
    if summary.judged is not None:
        lines.append(
            f"judge: decided {summary.judged} rows, left {summary.abstained} undecided (neither "
            "right nor wrong); the rule decided the rest"
        )
    if summary.out:
        lines.append(f"wrote {summary.out}")
    if summary.audit is not None:
        lines.extend(summary.audit.lines())
    return lines


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common(8)) or "none"
