"""The page of a probe: how often a model is right, where it learns, and every candidate."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled, brief
from sample_engineering.pages.listing import MOST_ROWS, domains_of, listing
from sample_engineering.pages.spread import distributions, skill_map
from sample_engineering.report.bars import bar_rows
from sample_engineering.report.explorer import Column
from sample_engineering.report.parts import Section, data_table, section
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.probing import Probe, ProbeRecord

_FIRST = 10
_NEVER, _SOMETIMES, _ALWAYS, _UNKNOWN = "never right", "mixed", "always right", "not rolled out"
_TONES = {_SOMETIMES: "good", _NEVER: "bad", _ALWAYS: "unsure"}
_RATES = {  # what is drawn: its heading, and what it is
    "pass_rate": ("pass rate", "share of rollouts that are right"),
    "learnability": ("p(1-p)", "learnability: variance of the reward"),
    "dead_group_chance": ("dead groups", "chance that a group has one reward"),
    "forced_pass_rate": ("forced", "share right when answering at once"),
    "mean_tokens": ("tokens", "mean length of a rollout"),
    "truncated": ("cut off", "share of rollouts at the length limit"),
    "unreadable": ("unreadable", "share of rollouts without an answer"),
}


def probe_page(probe: "Probe", samples: Sequence[Sample]) -> str:
    """Render the page of a probe as HTML; everything that strangers wrote is escaped.

    Parameters
    ----------
    probe : Probe
    samples : sequence of Sample
        The candidates, as they were probed.
    """
    by_id = {sample.id: sample for sample in samples}
    known = [record for record in probe if record.n]
    outcome = [_outcome(record) for record in known]
    figures: list[tuple[object, object]] = [
        (f"{len(probe):,}", "candidates"),
        (f"{probe.rollouts:,}", "rollouts"),
    ]
    if known:
        mean = sum(record.correct for record in known) / sum(record.n for record in known)
        figures += [
            (f"{mean:.0%}", "right"),
            (f"{outcome.count(_SOMETIMES):,}", "right now and then: these teach"),
            (f"{outcome.count(_NEVER):,}", _NEVER),
            (f"{outcome.count(_ALWAYS):,}", _ALWAYS),
        ]
    asked = "" if probe.protocol is None else f", asked with {probe.protocol}"
    return assembled(
        f"Probe of {len(probe):,} candidates with {probe.model}",
        f"{probe.account()}{asked}.",
        figures,
        [
            _first(known, by_id),
            distributions(
                {
                    heading: (meaning, [getattr(record, name) for record in probe])
                    for name, (heading, meaning) in _RATES.items()
                }
            ),
            _by_domain(known, by_id),
            skill_map(
                (by_id[record.id] for record in known if record.id in by_id),
                (by_id[record.id].skills for record in known if record.id in by_id),
            ),
            _all(probe, by_id),
        ],
        [*probe.notes, *probe.usage],
        "se rank POOL --rates ranks by these rates; docs/selectors.md.",
    )


def _outcome(record: "ProbeRecord") -> str:
    if not record.n:
        return _UNKNOWN
    return _NEVER if not record.correct else _ALWAYS if record.correct == record.n else _SOMETIMES


def _first(known: "Sequence[ProbeRecord]", by_id: dict[str, Sample]) -> Section | None:
    best = sorted(known, key=lambda record: -(record.learnability or 0.0))[:_FIRST]
    if not best:
        return None
    rows = [
        (
            tag(
                "span",
                foreign(record.id, 80),
                tag("span", brief(by_id[record.id].problem, 140), class_="under")
                if record.id in by_id
                else None,
            ),
            f"{record.correct}/{record.n}",
            f"{record.pass_rate:.0%}",
            f"{record.pass_rate_low:.0%} to {record.pass_rate_high:.0%}",
            f"{record.learnability:.3f}",
            f"{record.dead_group_chance:.0%}",
            "-" if record.forced_pass_rate is None else f"{record.forced_pass_rate:.0%}",
        )
        for record in best
    ]
    heads = ("candidate", "right", "rate", "90 % interval", "p(1\N{NON-BREAKING HYPHEN}p)",
             "dead groups", "forced")  # fmt: skip
    silent = None
    if not best[0].learnability:
        silent = tag("p", "None is right now and then: none of them teaches this model yet.")
    return section(
        "Most learnable",
        silent,
        data_table(heads, rows, "The most learnable candidates", words=("candidate",)),
        tag(
            "p",
            "Dead groups: chance that all rollouts of a group get one reward, which teaches "
            "nothing. Forced: rate when answering at once.",
            class_="note",
        ),
        id="first",
    )


def _by_domain(known: "Sequence[ProbeRecord]", by_id: dict[str, Sample]) -> Section | None:
    found: dict[str, list[float]] = {}
    for record in known:
        sample = by_id.get(record.id)
        for domain in sample.domains if sample is not None else ():
            found.setdefault(domain, []).append(record.pass_rate or 0.0)
    if len(found) < 2:
        return None
    rows = [
        (f"{name.replace('_', ' ')} ({len(rates):,})", [100 * sum(rates) / len(rates)])
        for name, rates in sorted(found.items())
    ]
    caption = "Pass rate by domain"
    drawn = bar_rows(rows, ["mean pass rate"], caption, unit=" %", first="domain (candidates)")
    return section(caption, drawn, id="domains")


def _all(probe: "Probe", by_id: dict[str, Sample]) -> Section:
    records = list(probe)[:MOST_ROWS]
    samples = [by_id.get(record.id) or Sample(record.id, " ", "0") for record in records]
    columns = [
        Column("id", "id", "name", [record.id for record in records], shown=True, search=True),
        Column("outcome", "outcome", "choice", [_outcome(record) for record in records],
               shown=True, filter=True, tones=_TONES,
               choices=(_SOMETIMES, _NEVER, _ALWAYS, _UNKNOWN)),
        Column("right", "right", "number", [record.correct for record in records], digits=0),
        Column("n", "rollouts", "number", [record.n for record in records], digits=0),
        *(
            Column(name, heading, "number", [getattr(record, name) for record in records],
                   meaning=meaning, digits=0 if name == "mean_tokens" else 3,
                   shown=name in ("pass_rate", "learnability"), filter=name == "pass_rate",
                   optional=name == "learnability")
            for name, (heading, meaning) in _RATES.items()
        ),
        Column("problem", "problem", "text", [sample.problem for sample in samples], shown=True,
               search=True, maths=True),
        Column("answer", "answer", "name", [sample.answer for sample in samples], search=True),
        domains_of(samples),
        Column("error", "why not rolled out", "text", [record.error for record in records]),
    ]  # fmt: skip
    return listing("All candidates", "candidates", columns, total=len(probe),
                   otherwise="The file that the probe wrote has all of them.")  # fmt: skip
