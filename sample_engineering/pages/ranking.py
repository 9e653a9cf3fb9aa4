"""The page of a ranking: the best candidates, every score, skills by domain, what was stopped."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled, brief
from sample_engineering.pages.listing import MOST_ROWS, domains_of, listing, number_or_name
from sample_engineering.pages.spread import distributions, skill_map
from sample_engineering.pool.names import value_at
from sample_engineering.report.bars import funnel
from sample_engineering.report.explorer import Column
from sample_engineering.report.parts import (
    Section,
    badge,
    data_table,
    folded,
    section,
    text_block,
)
from sample_engineering.selectors.declared import find_selectors
from sample_engineering.selectors.headed import headings
from sample_engineering.selectors.table import shown

if TYPE_CHECKING:
    from sample_engineering.selectors import Ranking

_FIRST = 10
_MOST_WHY = 20
_TONES = {"validated": "good", "history": "good", "probed": "good", "text": "unsure"}
_TIERS = {
    "validated": "one-shot trainings",
    "history": "trajectories of a training",
    "probed": "rollouts of a model",
    "text": "the text alone, which is related to no measured learning",
}


def ranking_page(ranking: "Ranking") -> str:
    """Render the page of a ranking as HTML; everything that strangers wrote is escaped."""
    named = headings(ranking)
    return assembled(
        f"Ranking of {ranking.total:,} candidates by {_order(ranking)}",
        f"Evidence: {_evidence(ranking)}.",
        _tiles(ranking),
        [
            _best(ranking),
            _first(ranking, named),
            distributions(_scores(ranking, named)),
            skill_map(ranking.samples, ranking.columns.get("skills_found", ())),
            _stages(ranking),
            _all(ranking, named),
        ],
        ranking.notes,
        "docs/selectors.md says what each score is.",
    )


def _order(ranking: "Ranking") -> str:
    name = ranking.sorted_by
    return "choice for a set" if name == "chosen" else foreign(name.replace("_", " "), 80)


def _evidence(ranking: "Ranking") -> str:
    found = Counter(ranking.columns["tier"])
    return "; ".join(f"{number:,} rest on {_TIERS.get(tier, tier)}"
                     for tier, number in found.most_common())  # fmt: skip


def _tiles(ranking: "Ranking") -> list[tuple[object, object]]:
    entries: list[tuple[object, object]] = [(f"{len(ranking):,}", "candidates")]
    scores = [value for value in ranking.columns["score"] if value is not None]
    if scores:
        entries.append((shown(max(scores)), "best score"))
        entries.append((f"{len(ranking) - len(scores):,}", "stopped by a gate"))
    measured = sum(tier != "text" for tier in ranking.columns["tier"])
    entries.append((f"{measured:,}", "measured"))
    if ranking.problems.skipped:
        entries.append((f"{ranking.problems.skipped:,}", "lines skipped"))
    return entries


def _best(ranking: "Ranking") -> Section | None:
    if not len(ranking):
        return None
    explained = ranking.explain(ranking.columns["id"][0])
    sample = explained.sample
    lines = [
        (label.replace("_", " "), text)
        for label, text in explained.lines
        if label not in ("id", "problem") and text != "not known"
    ]
    return section(
        f"First: {foreign(sample.id, 120)}",
        text_block(sample.problem, "problem"),
        tag("p", "Answer: ", tag("b", foreign(sample.answer, 300))),
        tag("p", foreign(str(ranking.columns["reasons"][0]), 1000)),
        folded("Everything known of it", data_table(("what", "value"), lines, "Everything known",
                                                    words=("value",))),
        id="best",
    )  # fmt: skip


def _first(ranking: "Ranking", named: dict[str, str]) -> Section:
    first = ranking.top(_FIRST)
    rows = [
        (
            tag(
                "span",
                f"{first.columns['rank'][place]}. {foreign(sample.id, 80)}",
                tag("span", brief(sample.problem, 140), class_="under"),
                tag("span", brief(str(first.columns["reasons"][place]), 200),
                    class_="under optional"),
            ),
            *(shown(_value(first, name, place)) for name in named),
            badge(tier := first.columns["tier"][place], _TONES.get(tier, "unasked")),
        )
        for place, sample in enumerate(first)
    ]  # fmt: skip
    whole = (name.replace("-", "\N{NON-BREAKING HYPHEN}") for name in named.values())
    heads = ("candidate", *whole, "evidence")
    return section(
        f"The first {len(rows):,}",
        data_table(heads, rows, f"The first {len(rows):,} candidates", words=("candidate",)),
        id="first",
    )


def _value(ranking: "Ranking", name: str, place: int) -> Any:
    if name in ranking.columns:
        return ranking.columns[name][place]
    return value_at(ranking.samples[place].extra, name)


def _scores(ranking: "Ranking", named: dict[str, str]) -> dict[str, tuple[str, Sequence[Any]]]:
    """Columns of numbers by heading: those that are shown, then those of the other selectors."""
    selectors = find_selectors()
    names = {name: heading for name, heading in named.items() if name in ranking.columns}
    names |= {name: name.replace("_", " ") for name in ("coverage", *selectors)
              if name in ranking.columns and name not in names}  # fmt: skip
    return {
        heading: (name.replace("_", " "), ranking.columns[name]) for name, heading in names.items()
    }


def _stages(ranking: "Ranking") -> Section | None:
    """What came in, what was left out, what gates stopped, and why."""
    read, skipped = ranking.problems.read, ranking.problems.skipped
    scores = ranking.columns["score"]
    scored = sum(value is not None for value in scores)
    known = any(value is not None for value in scores)
    came_in = max(read, ranking.total) + skipped
    stages = [("lines of the pool", came_in), ("problems with an answer", came_in - skipped)]
    if len(ranking) != came_in - skipped:
        stages.append(("left by filter and folding of copies", len(ranking)))
    if known:
        stages.append(("passed the gates", scored))
    if len({number for _, number in stages}) == 1:
        return None
    stopped = Counter(
        _gate(str(reasons))
        for value, reasons in zip(scores, ranking.columns["reasons"], strict=True)
        if known and value is None
    )
    why = [*stopped.most_common(), *ranking.problems.reasons().most_common()]
    return section(
        "Funnel and gates",
        funnel(stages, "What was left after each stage"),
        data_table(("number", "why"), [(f"{n:,}", text) for text, n in why[:_FIRST]],
                   "Why candidates were left out", words=("why",)) if why else None,
        id="funnel",
    )  # fmt: skip


def _gate(reasons: str) -> str:
    """The kind of what stopped a candidate: its first reason up to the first detail."""
    first = reasons.split("; ", 1)[0]
    return first.split(":", 1)[0] or "no reason given"


def _all(ranking: "Ranking", named: dict[str, str]) -> Section:
    head = ranking.top(MOST_ROWS)
    samples = list(head.samples)
    columns = [
        Column("id", "id", "name", [sample.id for sample in samples], shown=True, search=True),
        Column("rank", "rank", "number", head.columns["rank"], shown=True, digits=0),
    ]
    for name, heading in named.items():
        values = [_value(head, name, place) for place in range(len(samples))]
        columns.append(number_or_name(name, heading, values, shown=True))
    columns += [
        Column("tier", "evidence", "choice", head.columns["tier"], shown=True, filter=True,
               optional=True, tones=_TONES),
        Column("problem", "problem", "text", [sample.problem for sample in samples], shown=True,
               search=True, maths=True),
        Column("answer", "answer", "name", [sample.answer for sample in samples], search=True),
        domains_of(samples),
        Column("reasons", "why", "text", head.columns["reasons"], search=True),
        *(
            Column(name, heading, "number", head.columns[name])
            for heading, (_, values) in _scores(head, {}).items()
            for name in [heading.replace(" ", "_")]
            if name not in named and name in head.columns
        ),
    ]  # fmt: skip
    if kinds := head.columns.get("answer_kind"):
        columns.append(Column("answer_kind", "kind of answer", "choice", kinds, filter=True))
    if found := head.columns.get("skills_found"):
        named_skills = [", ".join(one or ()) for one in found]
        columns.append(Column("skills_found", "skills", "text", named_skills, search=True))
    return listing(
        "All candidates", "candidates", columns, total=len(ranking),
        otherwise="se rank -o FILE writes all of them.",
    )  # fmt: skip
