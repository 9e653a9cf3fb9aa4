"""OlympiadBench: the open-ended mathematics in English, text only."""

from sample_engineering.evaluation.fields import first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record


def _read(record: Record) -> Fields:
    problem = str(first(record, "question", "problem"))
    if context := str(record.get("context") or "").strip():
        problem = f"{context}\n\n{problem}"
    if unit := str(record.get("unit") or "").strip():
        # The published answer is a bare number in this unit.
        problem = f"{problem.rstrip()} Give the answer in units of {unit}."
    return {
        "id": record.get("id"),
        "problem": problem,
        # A list with one text, in which several answers stand with commas between them.
        "answer": ", ".join(_texts(first(record, "final_answer", "answer"))),
        "solution": "\n\n".join(_texts(record.get("solution"))) or None,
        "domains": ("math",),
        "subject": record.get("subfield"),
    }


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(text) for text in values if text not in (None, "")]


olympiadbench = NamedBenchmark(
    "olympiadbench",
    "math-ai/olympiadbench",
    _read,
    summary="674 olympiad problems in four subjects; a few gold answers are no values "
    "(`--on-error skip`)",
    source="arXiv 2402.14008",
    license="Apache-2.0",
    domains=("math",),
)
