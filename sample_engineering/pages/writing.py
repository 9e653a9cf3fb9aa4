"""Writing the page of a result, whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.files import write_whole

if TYPE_CHECKING:
    from sample_engineering.audit import Audit
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.probing import Probe
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.sample import Sample
    from sample_engineering.selectors import Ranking
    from sample_engineering.synthesis import Composition
    from sample_engineering.synthesis.language_model import ModelComposition

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
    result: "Ranking | Probe | Audit | Composition | ModelComposition | RunsCompared | Leaderboard "
    "| Contamination",
    samples: "Sequence[Sample]" = (),
) -> str:
    """Render the page of a result as HTML.

    Parameters
    ----------
    result
    samples : sequence of Sample
        What was probed or audited.
    """
    from sample_engineering.audit.findings import Audit
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.probing import Probe
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.selectors import Ranking
    from sample_engineering.synthesis import Composition

    if isinstance(result, Ranking):
        from sample_engineering.pages.ranking import ranking_page

        return ranking_page(result)
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
    return composing.model_composition_page(result)


def write_page(
    result: "Ranking | Probe | Audit | Composition | ModelComposition | RunsCompared | Leaderboard "
    "| Contamination",
    path: Path,
    samples: "Sequence[Sample]" = (),
) -> None:
    """Write the page of a result, whole or not at all.

    Parameters
    ----------
    result, samples
        See `page_of`.
    path : Path
        See `check_page`.
    """
    page = page_of(result, samples)
    with write_whole(path) as stream:
        stream.write(page)
