"""How notebooks show what a run found: the verdict, what was shown, and the lift by reading."""

from typing import TYPE_CHECKING

from sample_engineering import notebook, plotting
from sample_engineering.errors import RunError
from sample_engineering.evaluation.compare import lift_intervals, lift_table
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.questions import questions

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def findings_html(findings: Findings, *further: object) -> str:
    """Return the verdict, a line for each question, and the lift by domain, as HTML.

    Texts of strangers, such as the names of domains, are escaped.

    Parameters
    ----------
    findings : Findings
    *further
        What stands below, as `notebook.page` takes it.
    """
    parts: list[object] = [notebook.heading(findings.verdict.headline)]
    asked = questions(findings)
    if not asked:
        parts += [notebook.paragraph(reason) for reason in findings.verdict.reasons]
    else:
        rows = [(one.answer, one.text, one.figure) for one in asked]
        parts.append(notebook.table(("shown?", "question", "points"), rows))
    for reading, lift in findings.lifts.items():
        parts += [
            notebook.heading(reading, "accuracies in per cent, the rest in percentage points"),
            lift_table(lift),
        ]
    return notebook.page(*parts, *further)


def plot_findings(findings: Findings, ax: "Axes | None") -> "Axes":
    """Draw the lift by domain and reading.

    Raises
    ------
    RunError
        If nothing was lifted, because nothing was trained or evaluated twice.
    """
    if not findings.lifts:
        raise RunError("there is no lift to draw yet; finish the run")
    blocks = {reading: lift_intervals(lift) for reading, lift in findings.lifts.items()}
    return plotting.forest(ax, blocks, "lift, percentage points (95 % interval)")
