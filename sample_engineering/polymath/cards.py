"""The card of a chosen sample: what it is, why it was chosen, and what is known of its label."""

import json
from typing import TYPE_CHECKING

from sample_engineering.audit.run import audit_samples, checks_of_one
from sample_engineering.report.model_card import escaped, fenced

if TYPE_CHECKING:
    from sample_engineering.polymath.candidate import Candidate
    from sample_engineering.polymath.result import PolymathResult

_LONGEST = 6000  # characters of a text that are shown


def cards_of(result: "PolymathResult") -> list[str]:
    """Return one card for each chosen sample, in the order of ``chosen.json``, as Markdown.

    Texts of models and files are fenced or escaped.
    """
    chosen = {choice.candidate.number: choice.candidate for choice in result.choices}
    return [_card(result, one) for one in chosen.values()]


def _card(result: "PolymathResult", one: "Candidate") -> str:
    sample = one.sample
    assert sample is not None
    reasons = [
        f"- {escaped(choice.role)}: {escaped(choice.reason)}"
        for choice in result.choices
        if choice.candidate is one
    ]
    findings = audit_samples([sample], checks=checks_of_one())
    label = [f"- {item.severity}, {item.check}: {escaped(item.message)}" for item in findings] or [
        "- nothing speaks against it"
    ]
    known = {
        "composed by": one.origin,
        "domains": ", ".join(sample.domains),
        "pass rate": "" if one.pass_rate is None else f"{one.pass_rate:.2f} of {result.plan.model}",
        "LIM": "" if one.lim is None else f"{one.lim:.2f}",
        "source": sample.source or "",
        "license": sample.license or "",
        "kept": f"{result.kept:,} of {len(result.candidates):,} candidates",
    }
    parts = [
        f"# {escaped(sample.id)}",
        "\n".join(reasons),
        fenced(sample.problem[:_LONGEST]),
        f"Label: {escaped(sample.answer)}",
        "\n".join(f"- {name}: {escaped(text)}" for name, text in known.items() if text),
    ]
    if one.skills:
        rows = [f"| {escaped(name)} | {len(s)} | {escaped(', '.join(s).replace('_', ' '))} |"
                for name, s in one.skills.items()]  # fmt: skip
        parts += [
            "## Skills by family",
            "\n".join(["| family | abundance | skills |", "| --- | --- | --- |", *rows]),
        ]
    parts += ["## What its own text says of the label", "\n".join(label)]
    if sample.solution:
        parts += ["## Solution", fenced(sample.solution[:_LONGEST])]
    if sample.provenance:
        told = json.dumps(sample.provenance, indent=1, ensure_ascii=False, default=str)
        parts += ["## Provenance", fenced(told[:_LONGEST])]
    return "\n\n".join(parts) + "\n"
