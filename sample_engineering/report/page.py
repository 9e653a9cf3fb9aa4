"""One self-contained HTML page for a run folder."""

import os
from pathlib import Path

from sample_engineering.files import write_whole
from sample_engineering.markup import foreign
from sample_engineering.report import details, learning, neighbours, origin, results, spectrum
from sample_engineering.report.document import whole_page
from sample_engineering.report.parts import Section, citation, contents, page_footer, page_header
from sample_engineering.report.run import Run

PAGE = "report.html"
_SECTIONS = (
    results.problems_section,
    results.lift_section,
    results.arms_section,
    results.gains_section,
    learning.curve_section,
    learning.behaviour_section,
    details.training_section,
    details.facts_section,
    neighbours.neighbours_section,
    origin.origin_section,
    details.sample_section,
    spectrum.spectrum_section,
    details.completions_section,
    details.examples_section,
    details.rollouts_section,
    details.config_section,
)


def render_page(run: Run) -> str:
    """Render the whole page as HTML.

    Parameters
    ----------
    run : Run
        Whole or partial; what is missing is named on the page.
    """
    title = f"{foreign(run.sample_id, 120)}: {run.verdict.kind}"
    # Everything is computed first: what cannot be computed is then among the notes.
    verdict, tiles = results.verdict_section(run), results.tiles(run)
    _ = run.behaviour, run.findings.control_lifts, run.findings.contrasts
    _ = run.lifts, run.findings.curve, run.questions
    sections = [section(run) for section in _SECTIONS]
    model = run.model_name
    sections.append(citation())
    header = page_header(
        foreign(run.sample_id, 200),
        f"One-shot training on one sample. Run {foreign(run.name, 120)}"
        + (f", model {foreign(model, 200)}" if model else ""),
    )
    return whole_page(
        title,
        [header, verdict, tiles, contents(sections), sections],
        page_footer(
            "Computed from the run folder. Intervals: paired bootstrap clustered by item; "
            "docs/evaluation.md says how."
        ),
        interactive=any(isinstance(one, Section) and one.id == "completions" for one in sections),
    )


def write_report(
    run: Run | str | os.PathLike[str], out: str | os.PathLike[str] | None = None
) -> Path:
    """Write the report of a run folder.

    Parameters
    ----------
    run : Run or path-like
        The run folder.
    out : path-like, optional
        Where the page shall lie; by default ``report.html`` in the folder.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    RunError
        If the folder is none, or the page cannot be written.
    """
    if not isinstance(run, Run):
        run = Run.open(run)
    target = Path(out) if out is not None else run.folder.path / PAGE
    page = render_page(run)
    with write_whole(target) as stream:
        stream.write(page)
    return target
