"""One self-contained HTML page for a run folder."""

import os
from collections.abc import Iterable
from pathlib import Path

from sample_engineering.files import write_whole
from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report import details, learning, results
from sample_engineering.report.run import Run
from sample_engineering.version import __version__

PAGE = "report.html"
# Nothing may be loaded and nothing may run: what is shown was written by models and strangers.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_SECTIONS = (
    results.problems_section,
    results.lift_section,
    results.arms_section,
    results.gains_section,
    learning.curve_section,
    learning.behaviour_section,
    details.training_section,
    details.facts_section,
    details.sample_section,
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
    header = tag(
        "header",
        tag("h1", foreign(run.sample_id, 200)),
        tag(
            "p",
            f"One-shot training on one sample. Run {foreign(run.name, 120)}",
            f", model {foreign(model, 200)}" if model else "",
            class_="soft",
        ),
    )
    return whole_page(
        title,
        [header, verdict, tiles, sections],
        f"Computed from the run folder by sample-engineering {__version__}. Intervals: "
        "paired bootstrap clustered by item; docs/evaluation.md says how.",
    )


def whole_page(title: str, main: Iterable[object], footer: str) -> str:
    """Return a page with the house's style around its parts; nothing is loaded and nothing runs.

    Parameters
    ----------
    title, footer : str
        Escaped here.
    main : iterable
        Elements, as `markup.tag` takes them.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(_style())),
    )
    body = tag("body", tag("main", list(main), tag("footer", footer)))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


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
