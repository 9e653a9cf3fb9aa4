"""The page of a contamination probe: the verdict, the rates, and what is known by heart."""

from typing import TYPE_CHECKING

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.pages.listing import MOST_ROWS, listing
from sample_engineering.report.explorer import Column
from sample_engineering.report.parts import data_table, section

if TYPE_CHECKING:
    from sample_engineering.evaluation.contamination import Contamination


def contamination_page(found: "Contamination") -> str:
    """Render the page of a contamination probe as HTML; names of strangers are escaped."""
    share = found.headline
    own, others = (found.rate("exact", share, control=control) for control in (False, True))
    rows = [list(row.values()) for row in found.table()]
    heads = list(found.table()[0])
    shown = [r for r in found.records if not r.control and r.share == share]
    shown.sort(key=lambda record: (not record.exact, -record.rouge_l, record.id))
    return assembled(
        f"How much of {found.benchmark} does {found.model} know by heart?",
        found.verdict,
        [
            (found.kind, "verdict"),
            (f"{own.value:.0%}", f"of {found.benchmark} completed word for word"),
            (f"{others.value:.0%}", f"of {found.control}, which it cannot know"),
        ],
        [
            section(
                "Rates",
                data_table(heads, rows, "Each problem begun and continued, with 95 % intervals"),
                tag("p", foreign(found.answers, 400)),
                id="rates",
            ),
            listing(
                f"Problems of {found.benchmark:.60}",
                "problems",
                [
                    Column("id", "id", "name", [record.id for record in shown[:MOST_ROWS]]),
                    Column(
                        "exact", "completed", "choice",
                        ["yes" if record.exact else "no" for record in shown[:MOST_ROWS]],
                    ),
                    Column(
                        "answered", "answered", "choice",
                        ["yes" if record.answered else "no" for record in shown[:MOST_ROWS]],
                    ),
                    Column("rouge", "ROUGE-L", "number", [r.rouge_l for r in shown[:MOST_ROWS]]),
                    Column(
                        "edit", "edit similarity", "number", [r.edit for r in shown[:MOST_ROWS]]
                    ),
                ],
                total=len(shown),
                otherwise="se contamination --format json writes all of them",
            ),
        ],
        found.notes,
        "Definitions: sample_engineering/evaluation/contamination.py; docs/evaluation.md.",
    )  # fmt: skip
