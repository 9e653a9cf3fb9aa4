"""One self-contained HTML page of a run: funnel, choices, their problems, costs."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.document import whole_page
from sample_engineering.report.explorer import Column, Table, explorer

if TYPE_CHECKING:
    from sample_engineering.polymath.choosing import Choice
    from sample_engineering.polymath.result import PolymathResult
    from sample_engineering.sample import Sample

_SENTENCES = ("why", "skills by name", "reason")  # columns with room for a line of text
_IN_WORDS = (*_SENTENCES, "answer", "sample", "family", "fate", "composed by")
_LONGEST_ROWS = 200  # candidates in the table of fates; the journal has all


def page_of(result: "PolymathResult") -> str:
    """Render the page as HTML; everything that models wrote is escaped and bounded."""
    title = "Prime and specialists" if result.choices else "No candidate stands"
    return whole_page(
        f"se polymath: {title.lower()}",
        [
            tag(
                "header",
                tag("h1", title),
                tag("p", foreign(result.sentence, 2000), class_="soft"),
            ),
            _section("Funnel", _funnel(result)),
            _section("Chosen", _chosen(result)),
            _section("Skills by family", _spectra(result)) if _has_skills(result) else None,
            _problems(result),
            _section("Models", _costs(result)) if result.costs else None,
            _section("Fates", _fates(result)),
            _section("Next", tag("pre", foreign(result.next_command, 1000))),
        ],
        "Written by se polymath; docs/polymath.md says what each stage is.",
        interactive=bool(_samples(result)),
    )


def _section(title: str, *children: object) -> Markup:
    return tag("section", tag("h2", title), *children)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    return tag(
        "div",
        tag(
            "table",
            tag("thead", tag("tr", [_cell("th", name, name) for name in heads])),
            tag(
                "tbody",
                [
                    tag("tr", [_cell("td", *pair) for pair in zip(heads, row, strict=True)])
                    for row in rows
                ],
            ),
        ),
        class_="scroll",
    )


def _cell(kind: str, head: str, value: object) -> Markup:
    classes = " ".join(["words"] * (head in _IN_WORDS) + ["long"] * (head in _SENTENCES))
    return tag(kind, foreign(value, 600), class_=classes or None)


def _funnel(result: "PolymathResult") -> Markup:
    rows = [(one.name, f"{one.entered:,}", f"{one.refused:,}", one.words) for one in result.funnel]
    return _table(
        ("stage", "entered", "refused", "why"),
        [
            ("composed", f"{len(result.candidates):,}", "", ""),
            *rows,
            ("kept", f"{result.kept:,}", "", ""),
        ],
    )


def _chosen(result: "PolymathResult") -> Markup:
    rows = list(result.rows())
    heads = [name for name in rows[0] if any(row[name] for row in rows)] if rows else []
    return _table(heads, [[row[name] for name in heads] for row in rows])


def _has_skills(result: "PolymathResult") -> bool:
    return any(choice.candidate.skills for choice in result.choices)


def _spectra(result: "PolymathResult") -> Markup:
    return _table(
        ("sample", "family", "abundance", "skills by name"),
        [
            (one.id if first else "", name, len(skills), ", ".join(skills).replace("_", " "))
            for one in (choice.candidate for choice in _first_roles(result))
            for first, (name, skills) in zip(
                (True, *[False] * len(one.skills)), one.skills.items(), strict=False
            )
        ],
    )


def _first_roles(result: "PolymathResult") -> "list[Choice]":
    """Return one choice for each chosen sample: its first."""
    return list({one.candidate.number: one for one in reversed(result.choices)}.values())[::-1]


def _samples(result: "PolymathResult") -> "list[tuple[str, Sample]]":
    return [
        (choice.role, choice.candidate.sample)
        for choice in _first_roles(result)
        if choice.candidate.sample is not None
    ]


def _problems(result: "PolymathResult") -> Markup | None:
    """Show the chosen problems with their mathematics typeset, and as they are written."""
    samples = _samples(result)
    if not samples:
        return None
    columns = (
        Column("role", "role", "name", [role for role, _ in samples], shown=True),
        Column("sample", "sample", "name", [one.id for _, one in samples], shown=True),
        Column("answer", "answer", "text", [f"${one.answer}$" if _is_tex(one.answer) else one.answer
                                            for _, one in samples], shown=True, maths=True),
        Column("problem", "problem", "text", [one.problem for _, one in samples], shown=True,
               search=True, maths=True),
        Column("solution", "solution", "text", [one.solution for _, one in samples], maths=True),
    )  # fmt: skip
    table = Table("Chosen problems", "problems", columns)
    return _section(
        "Problems",
        explorer(table, "chosen-problems", "Their mathematics is typeset where scripts may run."),
        tag(
            "details",
            tag("summary", "The texts as they are written"),
            [_written(role, sample) for role, sample in samples],
        ),
    )


def _is_tex(answer: str) -> bool:
    return "\\" in answer and "$" not in answer


def _written(role: str, sample: "Sample") -> Markup:
    return tag(
        "div",
        tag("h3", f"{role}: {foreign(sample.id, 200)}"),
        tag("pre", foreign(sample.problem), class_="wrapped"),
        tag("p", f"Answer: {foreign(sample.answer, 200)}"),
        tag("pre", foreign(sample.solution)) if sample.solution else None,
    )


def _costs(result: "PolymathResult") -> Markup:
    return _table(
        ("model", "prompts", "answers", "prompt tokens", "completion tokens", "dollars"),
        [
            (
                name,
                *(f"{one[key]:,}" for key in ("prompts", "answers", "prompt_tokens")),
                f"{one['completion_tokens']:,}",
                "not known" if one["cost_usd"] is None else f"{one['cost_usd']:,.4f}",
            )
            for name, one in result.costs.items()
        ],
    )


def _fates(result: "PolymathResult") -> Markup:
    rows = [
        (one.number, one.id, one.origin, one.stage or ", ".join(one.roles) or "kept", one.reason)
        for one in result.candidates[:_LONGEST_ROWS]
    ]
    return _table(("number", "id", "composed by", "fate", "reason"), rows)
