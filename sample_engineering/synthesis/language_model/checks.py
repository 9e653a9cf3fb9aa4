"""The stages of verification that need no model: each returns a reason to reject, or None."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.errors import GoldError, SampleError
from sample_engineering.generation.structured import read_json, schema_problem
from sample_engineering.grading import answer_kind, grade, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.skills import DOMAINS, tag, taxonomy
from sample_engineering.synthesis.language_model.hostile import MAX_ANSWER_CHARS, hostile_content
from sample_engineering.synthesis.language_model.program import run_program
from sample_engineering.synthesis.language_model.program_values import ProgramError

SKILL_LEAST = 2  # different skills that a multidisciplinary problem must show
MAIN_DOMAINS = 2  # a skill counts for the subjects it is listed under first
SIGNIFICANT = 12  # digits in which a program's value is put before the grader
ROUNDING = 0.005  # relative rounding allowed in an answer: three significant digits
ROUNDED_TOLERANCE = 0.01  # of a rounded gold: its own rounding and the solver's
_DECIMAL = re.compile(r"-?\d+(?:\.(?P<decimals>\d+))?")
NUMERIC_KINDS = ("number", "quantity")


@dataclass(slots=True)
class Draft:
    """One answer of a composer on its way through the funnel."""

    number: int
    text: str
    parent: Sample | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    sample: Sample | None = None
    record: dict[str, Any] = field(default_factory=dict)


def check_content(draft: Draft) -> str | None:
    """Refuse hostile answers before they are read any further."""
    if len(draft.text) > MAX_ANSWER_CHARS:
        return f"too long: {len(draft.text):,} characters"
    return None


def check_schema(draft: Draft, schema: Mapping[str, Any]) -> str | None:
    """Read the answer as JSON of the asked shape."""
    try:
        value = read_json(draft.text)
    except ValueError as error:
        reason = str(error)
        if "finite" in reason or "not a number" in reason:
            return f"infinite number: {reason[:80]}"
        return f"not JSON: {reason[:80]}"
    problem = schema_problem(value, schema)
    if problem:
        return f"wrong shape: {problem}"
    draft.fields = value
    return None


def check_texts(draft: Draft) -> str | None:
    """Refuse hostile content within the fields, after JSON escapes are undone."""
    for name, text in draft.fields.items():
        if isinstance(text, str):
            found = hostile_content(text, limit=MAX_ANSWER_CHARS)
            if found:
                return f"{found} in the {name}"
    if "\\boxed" in draft.fields["problem"]:
        return "answer given away: the problem holds a box"
    return None


def check_gold(draft: Draft, id_: str, domains: Sequence[str]) -> str | None:
    """Make a sample of the draft and let the grader read its gold."""
    fields = draft.fields
    unit = (fields.get("unit") or "").strip() or None
    try:
        draft.sample = Sample(
            id=id_,
            problem=fields["problem"].strip(),
            answer=fields["answer"].strip(),
            kind="quantity" if unit else "number",
            unit=unit,
            solution=fields["solution"].strip(),
            domains=tuple(domains),
        )
        gold = read_sample_gold(draft.sample)
    except (SampleError, GoldError) as error:
        return f"not gradable: {error}"
    if gold.kind not in NUMERIC_KINDS:
        return f"not a number: the answer is of kind {gold.kind}"
    if not unit and answer_kind(draft.sample.answer) not in NUMERIC_KINDS:
        return f"not a number: {draft.sample.answer[:40]}"
    boxed = grade(draft.sample.solution or "", gold)
    if not boxed.correct:
        return "solution disagrees: its last box is not the answer"
    return None


def check_program(draft: Draft) -> str | None:
    """Run the program and compare its value with the answer, through the grader."""
    assert draft.sample is not None
    sample = draft.sample
    try:
        value = run_program(draft.fields["program"]).in_unit(sample.unit)
    except ProgramError as error:
        return f"program {error.kind}: {error}"
    except OverflowError:
        return "program too large: its value is beyond floating point"
    shown = f"{value:.{SIGNIFICANT}g}"
    written = f"\\boxed{{{shown} {sample.unit}}}" if sample.unit else f"\\boxed{{{shown}}}"
    if not grade(written, read_sample_gold(sample)).correct:
        if not rounds_to(value, sample.answer):
            return f"program disagrees: it gives {shown}, the answer is {sample.answer}"
        # The composer rounded: solvers that carry more figures must not be wrong for it.
        draft.sample = sample.with_(tolerance=ROUNDED_TOLERANCE)
    draft.record["program_value"] = value
    return None


def rounds_to(value: float, answer: str) -> bool:
    """Whether `value`, given with the decimals of `answer`, is that answer, and close to it."""
    plain = _DECIMAL.fullmatch(answer.strip())
    if plain is None:
        return False
    decimals = len(plain["decimals"] or "")
    stated = float(answer)
    return round(value, decimals) == stated and abs(value - stated) <= ROUNDING * abs(value)


def check_coverage(draft: Draft, domains: Sequence[str], skills: Sequence[str]) -> str | None:
    """Look for the asked subjects and skills in the problem and its solution."""
    assert draft.sample is not None
    found = tag(draft.sample.problem, draft.sample.solution)
    absent = [name for name in skills if not found.get(name)]
    if absent:
        return f"skill absent: {', '.join(absent)}"
    if len(found) < SKILL_LEAST:
        return f"too few skills: {', '.join(found) or 'none'}"
    served = {domain for name in found for domain in taxonomy()[name].domains[:MAIN_DOMAINS]}
    missing = [domain for domain in domains if domain in DOMAINS and domain not in served]
    if missing:
        return f"domain absent: {', '.join(missing)}"
    draft.sample = draft.sample.with_(skills=tuple(sorted(found)))
    return None
