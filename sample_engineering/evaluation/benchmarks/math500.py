"""MATH-500."""

from sample_engineering.evaluation.fields import first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record


def _read(record: Record) -> Fields:
    return {
        "id": record.get("unique_id"),
        "problem": first(record, "problem", "question"),
        "answer": str(first(record, "answer")),
        "solution": record.get("solution"),
        "domains": ("math",),
        "subject": record.get("subject"),
        "level": record.get("level"),
    }


math500 = NamedBenchmark(
    "math500",
    "HuggingFaceH4/MATH-500",
    _read,
    summary="500 competition problems of MATH, in seven subjects and five levels",
    source="arXiv 2305.20050, arXiv 2103.03874",
    license="MIT",
    domains=("math",),
)
