"""Writing the page of a result, whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sample_engineering.errors import ConfigError
from sample_engineering.files import write_whole

if TYPE_CHECKING:
    from sample_engineering.audit import Audit
    from sample_engineering.evaluation import Comparison, Evaluation
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.judging import JudgeAudit
    from sample_engineering.probing import Probe
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.sample import Sample
    from sample_engineering.search.result import SearchResult
    from sample_engineering.selectors import Ranking
    from sample_engineering.synthesis import Composition
    from sample_engineering.synthesis.language_model import ModelComposition

    Shown: TypeAlias = (
        Ranking
        | Probe
        | Audit
        | Composition
        | ModelComposition
        | RunsCompared
        | Leaderboard
        | Contamination
        | SearchResult
        | JudgeAudit
        | Evaluation
    )

_ENDINGS = (".html", ".htm")


def check_page(path: Path) -> None:
    """Refuse a page that could not be written, before the work.

    Raises
    ------
    ConfigError
        If its name has another ending, or it is a folder.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise ConfigError(f"`report` is a page: {path.name!r:.80} has to end in .html")
    if path.is_dir():
        raise ConfigError(f"`report` {path} is a folder; give the name of a file in it")


def page_of(
    result: "Shown", samples: "Sequence[Sample]" = (), *, lift: "Comparison | None" = None
) -> str:
    """Render the page of a result as HTML.

    Parameters
    ----------
    result
    samples : sequence of Sample
        What was probed or audited.
    lift : Comparison, optional
        Of an evaluation, since an earlier one.
    """
    from sample_engineering.audit.findings import Audit
    from sample_engineering.evaluation import Evaluation
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.judging import JudgeAudit
    from sample_engineering.probing import Probe
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.selectors import Ranking
    from sample_engineering.synthesis import Composition

    if isinstance(result, Ranking) and result.evaluation is not None:
        from sample_engineering.pages.predicting import prediction_page

        return prediction_page(result.evaluation, result.notes)
    if isinstance(result, Ranking):
        from sample_engineering.pages.ranking import ranking_page

        return ranking_page(result)
    if isinstance(result, Evaluation):
        from sample_engineering.pages.evaluating import evaluation_page

        return evaluation_page(result, lift)
    if isinstance(result, JudgeAudit):
        from sample_engineering.pages.judging import judge_page

        return judge_page(result)
    if isinstance(result, Probe):
        from sample_engineering.pages.probing import probe_page

        return probe_page(result, samples)
    if isinstance(result, Audit):
        from sample_engineering.pages.auditing import audit_page

        return audit_page(result, samples)
    if isinstance(result, RunsCompared):
        from sample_engineering.pages.comparing import compared_page

        return compared_page(result)
    if isinstance(result, Contamination):
        from sample_engineering.pages.contaminating import contamination_page

        return contamination_page(result)
    if isinstance(result, Leaderboard):
        from sample_engineering.pages.comparing import leaderboard_page

        return leaderboard_page(result)
    from sample_engineering.pages import composing

    if isinstance(result, Composition):
        return composing.composition_page(result)
    from sample_engineering.search.result import SearchResult  # late: it brings the trainers

    if isinstance(result, SearchResult):
        from sample_engineering.pages.searching import search_page

        return search_page(result)
    return composing.model_composition_page(result)


def write_page(
    result: "Shown",
    path: Path,
    samples: "Sequence[Sample]" = (),
    *,
    lift: "Comparison | None" = None,
) -> None:
    """Write the page of a result, whole or not at all.

    Parameters
    ----------
    result, samples, lift
        See `page_of`.
    path : Path
        See `check_page`.
    """
    page = page_of(result, samples, lift=lift)
    with write_whole(path) as stream:
        stream.write(page)
