"""Mathematics contests: AIME and AMC."""

from sample_engineering.evaluation.fields import first, plain_number
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record


def _read(record: Record) -> Fields:
    return {
        "id": record.get("id"),
        "problem": first(record, "problem", "question"),
        "answer": plain_number(first(record, "answer")),
        "domains": ("math",),
    }


aime24 = NamedBenchmark(
    "aime24",
    "HuggingFaceH4/aime_2024",
    _read,
    split="train",
    summary="the 30 problems of both AIMEs of 2024",
    source="AIME 2024",
    license="not stated",
    domains=("math",),
)
aime25 = NamedBenchmark(
    "aime25",
    "math-ai/aime25",
    _read,
    summary="the 30 problems of both AIMEs of 2025",
    source="AIME 2025",
    license="Apache-2.0",
    domains=("math",),
)
amc23 = NamedBenchmark(
    "amc23",
    "math-ai/amc23",
    _read,
    summary="40 problems of the AMC 12 of 2023",
    source="AMC 12, 2023",
    license="not stated",
    domains=("math",),
)
