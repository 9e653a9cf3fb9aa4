"""Candidates from language models: what they are asked for, and what an answer must be."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sample_engineering.generation.protocol import Prompt
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.constraints import LEAST, MOST
from sample_engineering.polymath.models import Models
from sample_engineering.polymath.moves.prompting import lead, parent_of
from sample_engineering.polymath.plan import PolymathPlan
from sample_engineering.sample import Sample
from sample_engineering.selectors.overlap import OverlapIndex
from sample_engineering.synthesis.language_model.checks import (
    Draft,
    check_content,
    check_gold,
    check_schema,
    check_texts,
)
from sample_engineering.synthesis.language_model.composer import DRAFT_TOKENS
from sample_engineering.text import storable

ANSWERED, SCHEMA, SAFE, GOLD = "answered", "schema", "safe content", "gradable gold"
NOVEL, SAME = "novel", "same answer"
DRAFTING = (ANSWERED, SCHEMA, SAFE, GOLD)
_KEPT_CHARS = 2_000  # of a refused answer: enough to see what it was, not a megabyte of it

_SYSTEM = (
    "You are a professor who teaches {subjects} and writes examination problems that need all that "
    "was taught at once."
)
# The paper's constraints (arXiv 2601.03111, its table 6) in our own words.
_TASK = """Write one new problem. {lead}
- It is one scene and one question.{joined}
- It can be solved with what is taught between school and the first years of university, and is \
hard because of the reasoning, not because of the arithmetic: numbers are few and easy.
- {answer}
- Nothing has to be estimated, looked up or assumed: every value that is needed is stated, with \
its unit, constants of nature too.
Return a JSON object with these fields:
- "problem": the text, in plain English with LaTeX.
- "solution": the worked solution, ending in \\boxed{{answer}}.
- "answer": {field}
Draft number {number}: make it unlike what first comes to mind."""
_JOINED = (
    " What one subject yields, the next one needs, so that nobody who lacks one of {subjects} can "
    "answer it."
)
_WHOLE = (
    f"The answer is exactly a whole number from {LEAST} to {MOST:,}, by the values as they are "
    "stated and without rounding.",
    "the number alone.",
)
_ANY = (
    "The answer is one number, with its unit where it has one.",
    'the number alone, as text, e.g. "2.5".\n- "unit": its unit, e.g. "m", or null if it has none.',
)


def schema(answers: str, move: str | None = None) -> dict[str, Any]:
    """Return the JSON schema of a draft, for ``integer`` or ``any`` answers and a move."""
    properties: dict[str, Any] = {}
    if move == "concept-rationale":  # first: it is written before the problem
        properties["rationale"] = {"type": "string", "minLength": 10, "maxLength": 4000}
    properties |= {
        "problem": {"type": "string", "minLength": 40, "maxLength": 4000},
        "solution": {"type": "string", "minLength": 10, "maxLength": 8000},
        "answer": {"type": ["string", "integer"], "minLength": 1, "maxLength": 100},
    }
    if answers == "any":
        properties["unit"] = {"type": ["string", "null"], "maxLength": 60}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def prompt(domains: Sequence[str], answers: str, number: int, lead: str = "") -> Prompt:
    """Return the chat that asks for one candidate; `lead` is what a move asks for besides."""
    named = [name.replace("_", " ") for name in domains]
    subjects = ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else "".join(named)
    answer, field = _WHOLE if answers == "integer" else _ANY
    text = _TASK.format(
        lead=lead,
        joined=_JOINED.format(subjects=subjects) if len(named) > 1 else "",
        answer=answer,
        field=field,
        number=number,
    )
    system = _SYSTEM.format(subjects=subjects or "mathematics and the sciences")
    return [{"role": "system", "content": system}, {"role": "user", "content": text}]


def draft(plan: PolymathPlan, models: Models, parents: Sequence[Sample] = ()) -> list[Candidate]:
    """Let the models write all candidates in turn, and read them as samples.

    Parameters
    ----------
    plan : PolymathPlan
    models : Models
    parents : sequence of Sample
        Problems that the plan's move starts from.

    Raises
    ------
    BudgetError
        If the budget is spent; what was answered stands in the journals.
    """
    wanted = schema(plan.answers, plan.move)
    candidates: list[Candidate] = []
    for place, name in enumerate(plan.composers):
        numbers = range(place, plan.n, len(plan.composers))
        if not numbers:
            continue
        with models.opened(name) as generator:
            groups = generator.generate(
                [_prompt(plan, parents, number) for number in numbers],
                Sampling(
                    max_tokens=plan.max_tokens or DRAFT_TOKENS,
                    temperature=plan.temperature,
                    seed=plan.seed,
                ),
                # Where it cannot be enforced, what breaks it is refused.
                schema=wanted if generator.capabilities.schema else None,
                progress=models.counting(name, len(numbers)),
            )
        for number, group in zip(numbers, groups, strict=True):
            one = Candidate(number, name)
            candidates.append(one)
            if not group:
                one.refuse(ANSWERED, "refused: the server took no such prompt")
                continue
            one.answer = storable(group[0].text[:_KEPT_CHARS])
            if group[0].finish_reason == "length":
                one.refuse(ANSWERED, "cut off: no room left")
                continue
            _read(one, group[0].text, wanted, plan)
    candidates.sort(key=lambda one: one.number)
    return candidates


def _prompt(plan: PolymathPlan, parents: Sequence[Sample], number: int) -> Prompt:
    if plan.move is None:
        return prompt(plan.domains, plan.answers, number)
    asked = lead(plan.move, parents, number, plan.seed)
    return prompt(plan.domains, plan.answers, number, asked)


def check_same_answer(candidates: Sequence[Candidate], parents: Sequence[Sample]) -> None:
    """Refuse variants that have another answer than their parent, or repeat it (SynthRL)."""
    for one in candidates:
        if not one.stands or one.sample is None:
            continue
        parent = parent_of(parents, one.number)
        stated = f"\\boxed{{{one.sample.answer} {one.sample.unit or ''}}}"
        if not grade(stated, read_sample_gold(parent)).correct:
            told = f"{one.sample.answer[:40]} instead of {parent.answer[:40]}"
            one.refuse(SAME, f"another answer: {told}")
            continue
        match = OverlapIndex([parent.problem]).nearest(one.sample.problem)
        if match is not None and match.is_copy:
            one.refuse(SAME, f"a rewording: similarity {match.similarity:.2f}")
        else:
            one.sample = one.sample.with_(domains=parent.domains)


def _read(one: Candidate, text: str, wanted: Mapping[str, Any], plan: PolymathPlan) -> None:
    """Read an answer as a sample, or refuse it."""
    made = Draft(one.number, text)
    if (told := check_content(made)) or (told := check_schema(made, wanted)):
        one.refuse(SCHEMA, told)
    else:
        made.fields["answer"] = str(made.fields["answer"])
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        if told := check_texts(made):
            one.refuse(SAFE, told)
        elif told := check_gold(made, f"lm-{digest}", plan.domains):
            one.refuse(GOLD, told)
        elif made.sample is not None:
            one.sample = made.sample.with_(source="composed by a language model")


def check_novelty(candidates: Sequence[Candidate]) -> None:
    """Refuse what nearly repeats an earlier candidate."""
    seen = OverlapIndex()
    for one in candidates:
        if not one.stands or one.sample is None:
            continue
        match = seen.nearest(one.sample.problem)
        if match is not None and match.is_copy:
            one.refuse(NOVEL, f"{match.kind}: similarity {match.similarity:.2f} to an earlier one")
        else:
            seen.add(one.sample.problem)
