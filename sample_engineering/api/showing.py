"""Showing: the tables of a result, as they go into papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sample_engineering.api.given import PathLike, at_least
from sample_engineering.api.typed import typed

if TYPE_CHECKING:
    from sample_engineering.audit import Audit
    from sample_engineering.evaluation import Comparison, Evaluation
    from sample_engineering.probing import Probe
    from sample_engineering.report import Run
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.sample import Sample
    from sample_engineering.selectors import Ranking
    from sample_engineering.selectors.predicting import SelectorEvaluation
    from sample_engineering.trainers.result import ValidationResult

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Page:
    """Where the page of a result shall lie, if anywhere.

    Parameters
    ----------
    path : Path or None
    """

    path: Path | None

    def of(
        self,
        result: _Result,
        samples: "Sequence[Sample]" = (),
        *,
        lift: "Comparison | None" = None,
    ) -> _Result:
        """Write the page of a result, if one was asked for; return the result.

        Parameters
        ----------
        result
            What has a page, see `sample_engineering.pages.writing.page_of`.
        samples : sequence of Sample
            What was probed or audited.
        lift : Comparison, optional
            Of an evaluation, since an earlier one.
        """
        if self.path is not None:
            from sample_engineering.pages.writing import write_page

            write_page(result, self.path, samples, lift=lift)  # type: ignore[arg-type]
        return result


def page_for(report: PathLike | None) -> Page:
    """Return where a page shall lie; what cannot be one is refused before the work.

    Raises
    ------
    ConfigError
        If its name does not end in .html.
    """
    if report is None:
        return Page(None)
    from sample_engineering.pages.writing import check_page

    check_page(Path(report))
    return Page(Path(report))


@typed
def paper_table(
    result: "Ranking | SelectorEvaluation | Probe | Audit | Evaluation | Comparison | Run | "
    "ValidationResult | RunsCompared | Leaderboard",
    *,
    format: str = "markdown",
    top: int | None = None,
) -> str:
    """Return the tables of a result for a paper or a README, with every text in them escaped.

    What commands print with ``--format markdown`` and ``--format latex``.

    Parameters
    ----------
    result : Ranking, SelectorEvaluation, Probe, Audit, Evaluation, Comparison, Run, \
ValidationResult, RunsCompared or Leaderboard
        What `rank`, `probe`, `audit`, `evaluate`, `validate`, `open_run`, `compare` or
        `leaderboard` returned.
    format : {"markdown", "latex"}
        Tables of GitHub's Markdown; or LaTeX, which needs the package booktabs.
    top : int, optional
        Rows at most; default: 20 of a ranking, a probe or an audit, else all.

    Returns
    -------
    str
        The tables one below the other, then what holds for them: a list in Markdown, comments in
        LaTeX.

    Raises
    ------
    ConfigError
        If the result has no such table, or what was given would be ignored.

    Examples
    --------
    >>> from sample_engineering.api import example_pool, rank
    >>> print(paper_table(rank(example_pool(), by="written_operations"), top=1).splitlines()[0])
    **1 of 63 candidates by written\\_operations**

    """
    from sample_engineering.pages.papers import text_of

    at_least(1, {"top": top})
    return text_of(result, format, top=top)
