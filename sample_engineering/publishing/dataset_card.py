"""The card of a data set: what is in it, and how it was composed, verified, audited and validated.

Every figure is counted from the samples, the audit of them and the run folders that were given.
Texts come from files and models, so they are fenced or escaped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.audit import Audit
from sample_engineering.report.model_card import (
    controls_table,
    done_list,
    escaped,
    fenced,
    lift_table,
    questions_table,
)
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import ASKED
from sample_engineering.sample import Sample
from sample_engineering.text import count_of
from sample_engineering.version import __version__

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
_SHOWN = 5  # problems in full
_LONGEST = 2_000  # characters of a problem
_LISTED = 20  # names of a list


def dataset_card(
    repository: str,
    file: str,
    samples: Sequence[Sample],
    audit: Audit,
    runs: Mapping[str, Run],
    licenses: Sequence[str],
) -> str:
    """Return the card of a data set.

    Parameters
    ----------
    repository : str
        ``OWNER/NAME``.
    file : str
        Where the records lie in it.
    samples : sequence of Sample
    audit : Audit
        Of these samples.
    runs : mapping from str to Run
        Validations, by what they shall be called.
    licenses : sequence of str
        As the hub names them.

    Returns
    -------
    str
        Markdown with a YAML head.
    """
    import yaml

    name = repository.rpartition("/")[2]
    head: dict[str, Any] = {
        "license": licenses[0] if len(licenses) == 1 else list(licenses),
        "pretty_name": name,
        "task_categories": ["question-answering"],
        "tags": ["sample-engineering", "one-shot-rlvr", "rlvr"],
        "size_categories": [
            next((told for most, told in _SIZES if len(samples) < most), "n>1M")
        ],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": file}]}
        ],
    }  # fmt: skip
    several = "several licences, each sample its own"
    parts = [
        f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---",
        f"# {escaped(name)}",
        f"{count_of(len(samples), 'problem')} with answers that a program can check, for "
        f"reinforcement learning with verifiable rewards. Written with sample-engineering "
        f"{__version__}.",
        "## What is in it",
        _contents(samples),
        *_problems(samples),
        "## How they were composed",
        *_composed(samples),
        "## How they were verified",
        _verified(samples),
        "## Audit",
        *_audited(audit),
        "## Validation",
        *_validated(runs),
        "## Use",
        f"```python\nimport sample_engineering as se\n\npool = se.load_pool('hf:{repository}')\n"
        "se.validate(pool[0], model=...)\n```",
        "## Licence",
        escaped(several + ": " + ", ".join(licenses) if len(licenses) > 1 else licenses[0]) + ".",
    ]
    return "\n\n".join(parts) + "\n"


def _contents(samples: Sequence[Sample]) -> str:
    rows = [
        ("domains", _counted(domain for one in samples for domain in one.domains)),
        ("skills", _counted(skill for one in samples for skill in one.skills)),
        ("kinds of answers", _counted(one.kind or "not stated" for one in samples)),
        ("sources", _counted(one.source or "not stated" for one in samples)),
        ("licences", _counted(one.license or "not stated" for one in samples)),
        ("with a worked solution", f"{sum(bool(one.solution) for one in samples):,}"),
    ]
    return "\n".join(
        ["| | |", "| --- | --- |", *(f"| {name} | {told or 'none'} |" for name, told in rows)]
    )


def _counted(values: Any) -> str:
    """Return values with their numbers, the most frequent first."""
    tally = Counter(values)
    ordered = sorted(tally, key=lambda one: (-tally[one], one))
    shown = [f"{escaped(one)[:200]} ({tally[one]:,})" for one in ordered[:_LISTED]]
    more = len(ordered) - len(shown)
    return ", ".join(shown) + (f", and {more:,} more" if more else "")


def _problems(samples: Sequence[Sample]) -> list[str]:
    told = []
    for one in samples[:_SHOWN]:
        told += [
            f"**{escaped(one.id)}**",
            fenced(one.problem[:_LONGEST]),
            f"Answer: {escaped(one.answer)}",
        ]
    if len(samples) > _SHOWN:
        told.append(f"And {len(samples) - _SHOWN:,} more.")
    return told


def _composed(samples: Sequence[Sample]) -> list[str]:
    by: dict[str, list[Mapping[str, Any]]] = {}
    for one in samples:
        made = one.provenance or {}
        by.setdefault(str(made.get("composer", "")), []).append(made)
    lines = []
    for composer in sorted(by, key=lambda name: (not name, name)):
        found, number = by[composer], len(by[composer])
        if not composer:
            lines.append(f"- {number:,} say nothing of how they were made.")
            continue
        facts = [
            ("version", _counted(str(one["version"]) for one in found if "version" in one)),
            ("model", _counted(str(one["model"]) for one in found if "model" in one)),
            ("steps", _counted(str(one["steps"]) for one in found if "steps" in one)),
            ("relations", _counted(str(name) for one in found for name in _list(one, "relations"))),
        ]
        told = "; ".join(f"{name}: {text}" for name, text in facts if text)
        lines.append(
            f"- {number:,} by the composer {escaped(composer)}" + (f": {told}" if told else "")
        )
    return ["\n".join(lines)]


def _list(record: Mapping[str, Any], name: str) -> list[Any]:
    found = record.get(name)
    return found if isinstance(found, list) else []


def _verified(samples: Sequence[Sample]) -> str:
    checks: Counter[str] = Counter()
    verified = 0
    for one in samples:
        told = (one.provenance or {}).get("verification")
        if isinstance(told, Mapping):
            verified += 1
            checks.update(str(name) for name in _list(told, "checks"))
    if not verified:
        return "No sample says how it was verified."
    said = f"{verified:,} of {len(samples):,} were verified when they were composed"
    names = [f"{escaped(name)} ({number:,})" for name, number in checks.items()]
    return f"{said}: {', '.join(names[:_LISTED])}." if names else f"{said}."


def _audited(audit: Audit) -> list[str]:
    told = [
        f"{escaped(audit.summary())}. Checks, without a model: "
        f"{', '.join(escaped(name) for name in audit.checks)}."
    ]
    rows = [
        f"| {escaped(check)} | " + " | ".join(f"{number:,}" for number in counts.values()) + " |"
        for check, counts in audit.counts().items()
    ]
    if rows:
        head = ["| check | severe | warning | note |", "| --- | --- | --- | --- |"]
        told.append("\n".join([*head, *rows]))
    return told


def _validated(runs: Mapping[str, Run]) -> list[str]:
    if not runs:
        return ["None of them was trained on, as far as is told here."]
    told = []
    for name, run in runs.items():
        told += [
            f"### {escaped(run.sample_id)} on {escaped(run.model_name or 'an unknown model')}",
            f"**{escaped(run.verdict.headline)}**",
            escaped(" ".join(run.verdict.reasons)),
        ]
        if run.questions:
            told.append(questions_table(run))
        if run.contrasts:
            told += ["Against each control:", controls_table(run)]
        for reading, lift in run.lifts.items():
            told += [f"#### {ASKED[reading]}", lift_table(lift)]
        if done := done_list(run):
            told.append(done)
        if run.problems:
            told.append(f"Of the run folder {escaped(name)}: {escaped('; '.join(run.problems))}.")
    if any(run.lifts for run in runs.values()):
        told.append(
            "Accuracy in per cent, lifts in percentage points with paired 95 % intervals; before "
            "and after, the same items were asked with the same random numbers."
        )
    return told
