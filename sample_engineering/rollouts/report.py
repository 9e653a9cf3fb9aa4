"""What reading a log met, in figures and in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.pool import Report
from sample_engineering.rollouts.columns import Columns, shown
from sample_engineering.rollouts.joining import Joiner, Matches
from sample_engineering.rollouts.rollout import LogFile
from sample_engineering.rollouts.steps import Step
from sample_engineering.text import count_of

_ROLES = ("id", "text", "step", "completion", "gold", "count", "right", "length", "ending")
_WORDS = {
    "text": "prompt",
    "count": "rollouts",
    "right": "right ones",
    "length": "tokens",
    "ending": "cut off",
}
_MOST_NAMED = 5


@dataclass
class LogReport:
    """What reading a log met.

    Attributes
    ----------
    rows : int
        Rollouts and histories that were read.
    files_of : int
        Files that were looked at.
    columns : dict of str to Counter
        For each part of a rollout the columns that were taken for it, with the number of files.
    others : Counter
        Columns that could have been the reward.
    shapes : Counter
        Kinds of files.
    meanings : dict of str to str
        What the rewards of each column mean.
    matches : Matches or None
        How problems were found in the pool.
    visits : (int, float, int) or None
        Least, median and greatest number of visits of a problem.
    never_visited : int
        Problems without any accuracy, left out.
    passed_over : list of str
        Files without rewards.
    problems : Report
        Rows that could not be read.
    notes : list of str
    """

    rows: int = 0
    files_of: int = 0
    columns: dict[str, Counter[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    meanings: dict[str, str] = field(default_factory=dict)
    matches: Matches | None = None
    visits: tuple[int, float, int] | None = None
    steps: str = ""
    grid: bool = False
    never_visited: int = 0
    passed_over: list[str] = field(default_factory=list)
    problems: Report = field(default_factory=Report)
    notes: list[str] = field(default_factory=list)

    def opened(self, file: LogFile) -> None:
        """Count a file and what its columns were taken for."""
        self.shapes[file.shape] += 1
        self._column("reward", file.reward)
        if file.columns is not None:
            for role in _ROLES:
                path = getattr(file.columns, role)
                if path is not None:
                    self._column(role, shown(path))
            self._others(file.columns)

    def _column(self, role: str, name: str) -> None:
        if name:
            self.columns.setdefault(role, Counter())[name] += 1

    def _others(self, columns: Columns) -> None:
        for path in columns.others:
            self.others[shown(path)] += 1

    def means(self, column: str, words: str) -> None:
        """Keep what the rewards of a column mean."""
        self.meanings[column] = words

    def matched(self, joiner: Joiner | None) -> None:
        """Keep how problems were found in the pool."""
        self.matches = None if joiner is None else joiner.matches

    def ordered(self, steps: Sequence[Step], *, by_file: bool) -> None:
        """Keep the order of the steps."""
        if len(steps) < 2:
            return
        if by_file:
            self.steps = f"{len(steps)} files in their order, since no step is given"
        elif isinstance(steps[0], str):
            named = ", ".join(map(str, steps[:_MOST_NAMED]))
            self.steps = f"{len(steps)}, in the order of the log: {named}"
        else:
            self.steps = f"{len(steps):,} from {steps[0]} to {steps[-1]}"

    @property
    def visits_in_words(self) -> str:
        """How many visits a problem has."""
        if self.visits is None:
            return "no visits"
        low, middle, high = self.visits
        if low == high:
            return f"{count_of(low, 'visit')} each"
        return f"{low:,} to {high:,} visits each, median {middle:g}"

    def lines(self) -> list[str]:
        """Return the report for people, a line each."""
        read = sum(self.shapes.values())
        kinds = ", ".join(self.shapes)
        told = [f"{count_of(self.rows, 'row')} of {count_of(read, 'file')} ({kinds})"]
        columns = [
            f"{_WORDS.get(role, role)} from {_names(names)}" for role, names in self.columns.items()
        ]
        told.append("columns: " + "; ".join(columns))
        told += [f"rewards in {name}: {words}" for name, words in self.meanings.items()]
        if self.others:
            told.append(f"other columns that may be rewards, not used: {_names(self.others)}")
        if self.steps:
            told.append(f"steps: {self.steps}")
        if self.visits is not None:
            holes = "; a step at which a problem was not visited is missing" if self.grid else ""
            told.append(self.visits_in_words + holes)
        if self.never_visited:
            told.append(f"never visited, so left out: {count_of(self.never_visited, 'problem')}")
        if self.matches is not None:
            told += _matching(self.matches)
        if self.passed_over:
            more = len(self.passed_over) - _MOST_NAMED
            names = ", ".join(self.passed_over[:_MOST_NAMED]) + (f" and {more}" if more > 0 else "")
            told.append(f"files without rewards, passed over: {names}")
        if self.problems.skipped:
            reasons = "; ".join(f"{n:,} x {why}" for why, n in self.problems.reasons().items())
            told.append(f"rows that could not be read: {self.problems.skipped:,} ({reasons})")
        told += [f"{note}: {n:,}" for note, n in self.problems.notes.items()]
        return told + list(dict.fromkeys(self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        matches = self.matches
        return {
            "rows": self.rows,
            "files": sum(self.shapes.values()),
            "shapes": dict(self.shapes),
            "columns": {role: dict(names) for role, names in self.columns.items()},
            "other_rewards": dict(self.others),
            "meanings": self.meanings,
            "steps": self.steps,
            "visits": None
            if self.visits is None
            else dict(zip(("min", "median", "max"), self.visits, strict=True)),
            "never_visited": self.never_visited,
            "matched": None
            if matches is None
            else {
                "by_id": matches.by_id,
                "by_text": matches.by_text,
                "unmatched": len(matches.unmatched),
                "unmatched_rows": sum(matches.unmatched.values()),
                "unmatched_examples": matches.examples(matches.unmatched),
                "ambiguous": len(matches.ambiguous),
                "ambiguous_examples": matches.examples(matches.ambiguous),
                "conflicts": matches.conflicts,
            },
            "passed_over": self.passed_over,
            "skipped": self.problems.skipped,
            "skipped_examples": [str(bad) for bad in self.problems.bad_lines[:_MOST_NAMED]],
            "notes": list(dict.fromkeys(self.notes)),
        }


def _names(names: Counter[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(list(names)[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _matching(matches: Matches) -> list[str]:
    told = [f"candidates found by id: {matches.by_id:,}, by the text: {matches.by_text:,}"]
    for of, words in (
        (matches.unmatched, "in no candidate of the pool"),
        (matches.ambiguous, "ambiguous, since several candidates have the text"),
    ):
        if of:
            examples = ", ".join(matches.examples(of))
            problems = count_of(len(of), "problem")
            told.append(
                f"{words}: {problems} ({count_of(sum(of.values()), 'row')}), e.g. {examples}"
            )
    if matches.conflicts:
        told.append(
            f"the id is one candidate's and the text another's, so the text counted: "
            f"{matches.conflicts:,}"
        )
    return told
