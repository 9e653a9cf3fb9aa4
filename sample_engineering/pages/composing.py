"""The page of composed problems: the funnel they came through, their skills, and all of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.pages.listing import MOST_ROWS, domains_of, listing
from sample_engineering.pages.spread import distributions, skill_map
from sample_engineering.report.bars import bar_rows, funnel
from sample_engineering.report.explorer import Column
from sample_engineering.report.parts import Section, data_table, folded, section, text_block
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.synthesis import Composition, Prime
    from sample_engineering.synthesis.language_model import ModelComposition

_SHOWN = 3  # problems in full
_FAILED = "failed: "
_KEPT = "kept"
_MOST_REASONS = 12


def composition_page(composition: "Composition") -> str:
    """Render the page of composed problems as HTML."""
    from sample_engineering.synthesis.prime import by_coverage

    samples = list(composition.samples)
    counts = composition.funnel
    figures = [
        (f"{counts['plans tried']:,}", "plans tried") if "plans tried" in counts else None,
        (f"{counts.get('verified', len(samples)):,}", "verified"),
        (f"{len(samples):,}", _KEPT),
        (f"{len(composition.rejected):,}", "composed and rejected"),
    ]
    scores = {prime.sample.id: prime.score for prime in by_coverage(samples)}
    columns = _about(samples) | {
        "coverage": ("salience and cross-domain potential, 0 to 1",
                     [scores.get(sample.id) for sample in samples]),
    }  # fmt: skip
    rejected = [(one.check, one.reason, one.problem) for one in composition.rejected]
    return assembled(
        f"{len(samples):,} composed problems",
        f"{composition.account()}.",
        [figure for figure in figures if figure is not None],
        [
            _prime(composition.prime),
            _examples(samples if composition.prime is None else []),
            _funnel(counts, len(samples)),
            distributions(columns, "problems"),
            skill_map(samples, [sample.skills for sample in samples]),
            _all(samples, columns),
            _rejected(rejected),
        ],
        (),
        "docs/synthesis.md says what each check is.",
    )


def model_composition_page(composition: "ModelComposition") -> str:
    """Render the page of problems that a language model composed as HTML."""
    samples, found = list(composition.samples), composition.funnel
    rows = [
        (stage, [float(entered), float(refused)]) for stage, entered, refused, _ in found.rows()
    ]
    why = [(stage, words) for stage, _, _, words in found.rows() if words]
    drawn = section(
        "Funnel",
        bar_rows(rows, ["entered", "rejected"], "Drafts at each stage", first="stage"),
        data_table(("stage", "why drafts were rejected"), why, "Why drafts were rejected",
                   words=("why drafts were rejected",)) if why else None,
        id="funnel",
    )  # fmt: skip
    rejected = [(one["stage"], one["reason"], one["answer"]) for one in found.rejections]
    return assembled(
        f"{len(samples):,} problems composed by a language model",
        f"{found.accepted:,} of {found.drafts:,} drafts accepted.",
        [(f"{found.drafts:,}", "drafts"), (f"{found.accepted:,}", "accepted"),
         *_cost(composition.usage)],
        [
            _examples(samples),
            drawn,
            distributions(_about(samples), "problems"),
            skill_map(samples, [sample.skills for sample in samples]),
            _usage(composition.usage),
            _all(samples, _about(samples)),
            _rejected(rejected),
        ],
        composition.notes,
        "docs/synthesis.md says what each check is.",
    )  # fmt: skip


def _about(samples: Sequence[Sample]) -> dict[str, tuple[str, list[Any]]]:
    def told(sample: Sample, name: str) -> Any:
        return (sample.provenance or {}).get(name)

    return {
        "relations": ("relations joined", [told(sample, "steps") for sample in samples]),
        "skills": ("skills named", [len(sample.skills) for sample in samples]),
        "words": ("words of the problem", [len(sample.problem.split()) for sample in samples]),
    }


def _prime(prime: "Prime | None") -> Section | None:
    if prime is None:
        return None
    rows = [(name.replace("_", " "), [100 * share]) for name, share in prime.by_domain.items()]
    return section(
        f"Prime: {foreign(prime.sample.id, 120)}",
        text_block(prime.sample.problem, "problem"),
        tag("p", "Answer: ", tag("b", foreign(prime.sample.answer, 300))),
        tag("ul", [tag("li", foreign(reason, 600)) for reason in prime.reasons]),
        bar_rows(rows, ["demand covered"], "Demand that the prime covers", unit=" %",
                 first="domain", digits=1),
        id="prime",
    )  # fmt: skip


def _examples(samples: Sequence[Sample]) -> Section | None:
    if not samples:
        return None
    shown = [
        [
            tag("h3", foreign(sample.id, 120), tag("span", f" {_subjects(sample)}", class_="soft")),
            text_block(sample.problem, "problem"),
            tag("p", "Answer: ", tag("b", foreign(sample.answer, 300))),
            folded("Solution", text_block(sample.solution, "solution"))
            if sample.solution
            else None,
        ]
        for sample in samples[:_SHOWN]
    ]
    return section("Examples" if len(samples) > _SHOWN else "Problems", shown, id="examples")


def _subjects(sample: Sample) -> str:
    return foreign(", ".join(sample.domains), 200).replace("_", " ")


def _funnel(counts: Mapping[str, int], kept: int) -> Section | None:
    """The stages that all pass in their order, then where the others fell out."""
    stages = [(name, counts[name]) for name in ("plans tried", "composed", "verified")
              if name in counts]  # fmt: skip
    if not stages:
        return None
    fell = Counter({name: number for name, number in counts.items()
                    if name not in dict(stages) and number})  # fmt: skip
    reasons = [(f"{number:,}", name.removeprefix(_FAILED)) for name, number in
               sorted(fell.items(), key=lambda one: (-one[1], one[0]))]  # fmt: skip
    return section(
        "Funnel",
        funnel([*stages, (_KEPT, kept)], "What was left after each stage"),
        data_table(("number", "where the others fell out"), reasons[:_MOST_REASONS],
                   "Where the others fell out", words=("where the others fell out",))
        if reasons else None,
        id="funnel",
    )  # fmt: skip


def _cost(usage: Mapping[str, Mapping[str, Any]]) -> list[tuple[object, object]]:
    costs = [used.get("cost_usd") for used in usage.values()]
    known = [cost for cost in costs if cost is not None]
    return [(f"${sum(known):,.4f}", "spent")] if known else []


def _usage(usage: Mapping[str, Mapping[str, Any]]) -> Section | None:
    if not usage:
        return None
    rows = [
        (
            role,
            *(f"{used[name]:,}" for name in ("requests", "prompt_tokens", "completion_tokens")),
            "not known" if used.get("cost_usd") is None else f"{used['cost_usd']:,.4f}",
        )
        for role, used in usage.items()
    ]
    heads = ("role", "requests", "prompt tokens", "completion tokens", "dollars")
    return section("Models", data_table(heads, rows, "What each model used"), id="models")


def _all(samples: Sequence[Sample], about: Mapping[str, tuple[str, list[Any]]]) -> Section | None:
    if not samples:
        return None
    head = samples[:MOST_ROWS]
    columns = [
        Column("id", "id", "name", [sample.id for sample in head], shown=True, search=True),
        *(
            Column(name, name, "number", values[: len(head)], filter=True, meaning=meaning,
                   shown=name in ("relations", "coverage"), optional=True,
                   digits=3 if name == "coverage" else 0)
            for name, (meaning, values) in about.items()
        ),
        Column("problem", "problem", "text", [sample.problem for sample in head], shown=True,
               search=True, maths=True),
        Column("answer", "answer", "name", [sample.answer for sample in head], shown=True,
               search=True, optional=True),
        Column("kind", "kind of answer", "choice", [sample.kind for sample in head], filter=True),
        domains_of(head),
        Column("named", "skills named", "text", [", ".join(sample.skills) for sample in head],
               search=True),
        Column("solution", "solution", "text", [sample.solution for sample in head], maths=True),
    ]  # fmt: skip
    return listing("All problems", "problems", columns, total=len(samples),
                   otherwise="se synthesize -o FILE writes all of them.")  # fmt: skip


def _rejected(rows: Sequence[tuple[str, str, str]]) -> Section | None:
    if not rows:
        return None
    head = rows[:MOST_ROWS]
    columns = [
        Column("check", "check", "choice", [check for check, _, _ in head], shown=True,
               filter=True),
        Column("reason", "reason", "text", [reason for _, reason, _ in head], shown=True,
               search=True),
        Column("text", "text", "text", [text for _, _, text in head], search=True, maths=True),
    ]  # fmt: skip
    return listing("Rejected", "rejected problems", columns, total=len(rows), id="rejected",
                   otherwise="The file of rejects has all of them.")  # fmt: skip
