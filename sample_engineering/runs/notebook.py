"""How notebooks show what a run found: the verdict, what was shown, and the lift by reading."""

from html import escape
from typing import TYPE_CHECKING

from sample_engineering.evaluation.compare import Effect
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.questions import questions
from sample_engineering.text import visible

if TYPE_CHECKING:
    import pandas as pd


def findings_html(findings: Findings) -> str:
    """Return the verdict, a line for each question, and the lift by domain, as HTML.

    Texts of strangers, such as the names of domains, are escaped.
    """
    parts = [f"<p><b>{escape(visible(findings.verdict.headline))}</b></p>"]
    asked = questions(findings)
    if not asked:
        parts += [f"<p>{escape(visible(reason))}</p>" for reason in findings.verdict.reasons]
        return "".join(parts)
    rows = [
        "".join(f"<td style='text-align:left'>{escape(visible(text))}</td>" for text in cells)
        for cells in ((one.answer, one.text, one.figure) for one in asked)
    ]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    head = "<tr><th>shown?</th><th>question</th><th>points</th></tr>"
    parts.append(f"<table><thead>{head}</thead><tbody>{body}</tbody></table>")
    parts.append(lifts_frame(findings).to_html(escape=True, na_rep=""))
    return "".join(parts)


def lifts_frame(findings: Findings) -> "pd.DataFrame":
    """Return the lift by domain and overall, a group of columns for each reading.

    Accuracies in per cent, lifts in percentage points.
    """
    import pandas as pd

    blocks = {}
    for reading, lift in findings.lifts.items():
        groups = {**lift.domains, "overall": lift.overall}
        frame = pd.DataFrame({visible(name): _row(effect) for name, effect in groups.items()}).T
        blocks[reading] = frame
    return pd.concat(blocks, axis=1)


def _row(effect: Effect) -> dict[str, str]:
    return {
        "from": f"{100 * effect.before:.1f}",
        "to": f"{100 * effect.after:.1f}",
        "lift": f"{100 * effect.lift:+.1f}",
        "95 % interval": f"{100 * effect.ci_low:+.1f} to {100 * effect.ci_high:+.1f}",
    }
