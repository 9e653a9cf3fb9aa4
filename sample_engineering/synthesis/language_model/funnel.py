"""How many drafts reached which stage, and why the others did not."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

from sample_engineering.files import Journal

COMPOSE_STAGES = (
    "answered",
    "schema",
    "safe content",
    "gradable gold",
    "program agrees",
    "domains and skills",
    "novel",
    "solvers agree",
)
# A rewriting keeps the answer, program and subjects of its verified original.
REWRITE_STAGES = ("answered", "schema", "safe content", "numbers kept", "novel", "solvers agree")
_KEPT_CHARS = 2_000  # of a rejected answer: enough to see what it was, not a megabyte of it


class Funnel:
    """Counts drafts by stage and keeps every rejection with its reason.

    Parameters
    ----------
    path : path-like, optional
        JSONL file of the rejections, one record each: ``draft, stage, reason, answer``.
    stages : tuple of str
        The stages that drafts pass, in order.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, stages: tuple[str, ...] = COMPOSE_STAGES
    ) -> None:
        self.stages = stages
        self.entered: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.rejections: list[dict[str, Any]] = []
        self.drafts = 0
        self.accepted = 0
        self.path = Path(path) if path is not None else None
        self._written: set[int] = set()
        self._file: Journal | None = None
        if self.path is not None:
            self._file = Journal(self.path)
            self._written = {int(entry["draft"]) for entry in self._file.entries()}

    def passed(self, stage: str) -> None:
        """Count one draft that passed `stage`."""
        self.entered[stage] += 1

    def reject(self, draft: int, stage: str, reason: str, answer: str) -> None:
        """Count and keep one rejection; `reason` starts with its kind, up to a colon."""
        self.entered[stage] += 1
        self.rejected[stage] += 1
        self.reasons[stage, reason.partition(":")[0]] += 1
        record = {
            "draft": draft,
            "stage": stage,
            "reason": reason,
            "answer": answer[:_KEPT_CHARS].encode("utf-8", "replace").decode(),
        }
        self.rejections.append(record)
        if self._file is not None and draft not in self._written:
            self._file.append(record)

    def close(self) -> None:
        """Close the file of rejections."""
        if self._file is not None:
            self._file.close()

    def rows(self) -> list[tuple[str, int, int, str]]:
        """Return (stage, entered, rejected, the reasons in words) for each stage."""
        rows = []
        for stage in self.stages:
            kinds = [
                (count, kind) for (where, kind), count in self.reasons.items() if where == stage
            ]
            words = ", ".join(f"{count} {kind}" for count, kind in sorted(kinds, reverse=True))
            rows.append((stage, self.entered[stage], self.rejected[stage], words))
        return rows

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "drafts": self.drafts,
            "accepted": self.accepted,
            "stages": [
                {"stage": stage, "entered": entered, "rejected": rejected, "reasons": words}
                for stage, entered, rejected, words in self.rows()
            ],
        }

    def __str__(self) -> str:
        width = max(len(stage) for stage in self.stages)
        lines = [f"{'stage':<{width}}  entered  rejected  why"]
        for stage, entered, rejected, words in self.rows():
            lines.append(f"{stage:<{width}}  {entered:>7,}  {rejected:>8,}  {words}".rstrip())
        lines.append(f"{self.accepted:,} of {self.drafts:,} drafts accepted")
        return "\n".join(lines)
