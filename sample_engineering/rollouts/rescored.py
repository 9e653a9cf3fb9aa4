"""What grading stored completions anew came to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook
from sample_engineering.rollouts.report import LogReport
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas

# Flips kept for showing; past that only their number grows.
KEPT_FLIPS = 1000
_SHOWN_FLIPS = 20
_SHOWN_TEXT = 60


@dataclass(frozen=True, slots=True)
class Flip:
    """A completion whose old reward and new verdict differ.

    Parameters
    ----------
    file : str
    line, part : int
        Its line from 1, and its place in the line's list of completions from 0.
    problem : str
        Id of the problem, or the beginning of its text.
    old : float
        The reward in the log.
    correct : bool
        The new verdict.
    rule : str
        What decided it.
    extracted : str or None
        The final answer that was found.
    gold : str
    """

    file: str
    line: int
    part: int
    problem: str
    old: float
    correct: bool
    rule: str
    extracted: str | None
    gold: str

    def __str__(self) -> str:
        found = "no answer" if self.extracted is None else repr(_short(self.extracted))
        verdict = "right" if self.correct else "wrong"
        return (
            f"{self.file}:{self.line}: {self.old:g} -> {verdict} ({self.rule}): {found} for "
            f"{_short(self.gold)!r}, {_short(self.problem)}"
        )


@dataclass
class ProblemCount:
    """One problem's completions: how many, right before and after, and flips both ways."""

    n: int = 0
    right_before: int = 0
    right_after: int = 0
    wrong_to_right: int = 0
    right_to_wrong: int = 0


@dataclass
class Rescored:
    """What grading stored completions anew came to.

    Attributes
    ----------
    graded : int
        Completions with a verdict.
    compared : int
        Those of them that had a reward before.
    right_before, right_after : int
        Of the compared.
    wrong_to_right, right_to_wrong : int
        Flips.
    no_gold, unreadable_golds, timed_out : int
        Completions without a gold answer, with one that the grader cannot read, and those on which
        it ran out of time, which count as wrong.
    seconds : float
        Time spent on grading.
    rules : Counter
        Verdicts by the rule that decided.
    flips : list of Flip
        The first thousand.
    problems : dict of str to ProblemCount
    report : LogReport
        What was read, and how.
    out : str or None
        Where the rows were written.
    notes : list of str
    """

    graded: int = 0
    compared: int = 0
    right_before: int = 0
    right_after: int = 0
    wrong_to_right: int = 0
    right_to_wrong: int = 0
    no_gold: int = 0
    unreadable_golds: int = 0
    timed_out: int = 0
    seconds: float = 0.0
    rules: Counter[str] = field(default_factory=Counter)
    flips: list[Flip] = field(default_factory=list)
    problems: dict[str, ProblemCount] = field(default_factory=dict)
    report: LogReport = field(default_factory=LogReport)
    out: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def agreement(self) -> float:
        """Share of the compared whose verdict is what it was; NaN without any."""
        flipped = self.wrong_to_right + self.right_to_wrong
        return 1 - flipped / self.compared if self.compared else float("nan")

    def lines(self) -> list[str]:
        """Return the result for people, a line each."""
        told = [f"{count_of(self.graded, 'completion')} graded anew"]
        if self.compared:
            share = (self.right_before / self.compared, self.right_after / self.compared)
            told.append(
                f"right before {share[0]:.1%}, now {share[1]:.1%}; agreement {self.agreement:.2%} "
                f"of {self.compared:,}"
            )
            told.append(
                f"wrong to right: {self.wrong_to_right:,}; right to wrong: {self.right_to_wrong:,}"
            )
        changed = sum(one.wrong_to_right + one.right_to_wrong > 0 for one in self.problems.values())
        told.append(f"{count_of(len(self.problems), 'problem')}, flips in {changed:,}")
        for count, words in (
            (self.no_gold, "without a gold answer, so not graded"),
            (self.unreadable_golds, "with a gold answer that the grader cannot read"),
            (self.timed_out, "out of time, which counts as wrong"),
        ):
            if count:
                told.append(f"{words}: {count:,}")
        return told + list(dict.fromkeys(self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record; without the time, so that it is the same each time."""
        return {
            "graded": self.graded,
            "compared": self.compared,
            "right_before": self.right_before,
            "right_after": self.right_after,
            "agreement": self.agreement if self.compared else None,
            "wrong_to_right": self.wrong_to_right,
            "right_to_wrong": self.right_to_wrong,
            "no_gold": self.no_gold,
            "unreadable_golds": self.unreadable_golds,
            "timed_out": self.timed_out,
            "rules": dict(self.rules.most_common()),
            "flips": [asdict(flip) for flip in self.flips],
            "problems": list(self.to_records()),
            "report": self.report.to_dict(),
            "notes": list(dict.fromkeys(self.notes)),
            "out": self.out,
        }

    def to_records(self) -> Iterator[dict[str, Any]]:
        """Yield one record per problem: ``id`` and the counts of `ProblemCount`."""
        return ({"id": id_, **asdict(count)} for id_, count in self.problems.items())

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row per problem."""
        import pandas

        return pandas.DataFrame(list(self.to_records()))

    def __repr__(self) -> str:
        return f"<Rescored: {'; '.join(self.lines()[:3])}>"

    def _repr_html_(self) -> str:
        flips = [str(flip) for flip in self.flips[:_SHOWN_FLIPS]]
        return notebook.page(
            notebook.heading("Graded anew"),
            notebook.notes(self.lines()),
            notebook.heading("Verdicts that changed") if flips else None,
            notebook.notes(flips),
        )


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= _SHOWN_TEXT else one[: _SHOWN_TEXT - 1] + "…"
