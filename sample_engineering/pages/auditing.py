"""The page of an audit: how many labels are in doubt, by which checks, and every finding."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.audit.findings import SEVERITIES, Audit, Finding, evidence_text
from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.pages.listing import MOST_ROWS, listing
from sample_engineering.report.bars import bar_rows
from sample_engineering.report.explorer import Column
from sample_engineering.report.parts import Section, badge, section, text_block
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

_TONES = {"severe": "bad", "warning": "unsure", "note": "unasked"}
_MEANING = (
    "Severe: by the sample's own text the label, or what the grader makes of it, is wrong. "
    "Warning: look at it before you train. Note: what to know when you read results."
)
_FIRST = 5


def audit_page(audit: Audit, samples: Sequence[Sample]) -> str:
    """Render the page of an audit as HTML; everything that strangers wrote is escaped.

    Parameters
    ----------
    audit : Audit
    samples : sequence of Sample
        What was audited.
    """
    by_id = {sample.id: sample for sample in samples}
    worst = [items[0].severity for name, items in audit.by_sample().items() if name]
    figures = [
        (f"{len(audit.ids):,}", "samples"),
        *((f"{worst.count(severity):,}", f"with worst finding: {severity}")
          for severity in SEVERITIES),
        (f"{len(audit.ids) - len(worst):,}", "without a finding"),
    ]  # fmt: skip
    return assembled(
        f"Audit of {len(audit.ids):,} labels",
        f"{audit.summary()}. Checks: {', '.join(audit.checks)}.",
        figures,
        [_first(audit, by_id), _checks(audit), _all(audit, by_id)],
        audit.notes,
        "docs/audit.md says what each check looks for.",
    )


def _first(audit: Audit, by_id: dict[str, Sample]) -> Section | None:
    """The worst findings with their problems, in full."""
    if not len(audit):
        return None
    shown = [part for item in audit.findings[:_FIRST] for part in _finding(item, by_id)]
    return section("Worst findings", tag("p", _MEANING, class_="note"), shown, id="worst")


def _finding(item: Finding, by_id: dict[str, Sample]) -> "Iterator[Markup]":
    sample = by_id.get(item.sample)
    name = foreign(item.sample, 120) if item.sample else "the pool"
    yield tag("h3", name, " ", badge(item.severity, _TONES[item.severity]))
    yield tag("p", foreign(item.message, 1000), tag("span", f" ({item.check})", class_="soft"))
    if sample is not None:
        yield text_block(sample.problem, "problem")
        yield tag("p", "Label: ", tag("b", foreign(sample.answer, 300)))


def _checks(audit: Audit) -> Section:
    counts = audit.counts()
    silent = [check for check in audit.checks if check not in counts]
    rows = [(check, list(map(float, found.values()))) for check, found in counts.items()]
    drawn = bar_rows(rows, SEVERITIES, "Findings of each check", first="check") if rows else None
    return section(
        "Findings of each check",
        drawn,
        tag("p", f"Without a finding: {', '.join(silent)}.", class_="note") if silent else None,
        id="checks",
    )


def _all(audit: Audit, by_id: dict[str, Sample]) -> Section | None:
    found = audit.findings[:MOST_ROWS]
    if not found:
        return None
    samples = [by_id.get(item.sample) for item in found]
    columns = [
        Column("sample", "sample", "name", [item.sample or "(the pool)" for item in found],
               shown=True, search=True),
        Column("severity", "severity", "choice", [item.severity for item in found], shown=True,
               filter=True, tones=_TONES, choices=SEVERITIES),
        Column("check", "check", "choice", [item.check for item in found], shown=True,
               filter=True, optional=True),
        Column("finding", "finding", "text", [item.message for item in found], shown=True,
               search=True),
        Column("label", "label", "name", [one.answer if one else None for one in samples],
               search=True),
        Column("problem", "problem", "text", [one.problem if one else None for one in samples],
               search=True, maths=True),
        Column("evidence", "evidence", "text", [evidence_text(item) for item in found]),
        Column("solution", "solution", "text", [one.solution if one else None for one in samples],
               maths=True),
    ]  # fmt: skip
    return listing("All findings", "findings", columns, total=len(audit),
                   otherwise="se audit -o FILE writes all of them.")  # fmt: skip
