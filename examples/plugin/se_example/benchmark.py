"""A benchmark: where its records lie, and how a record becomes a problem."""

from pathlib import Path

from sample_engineering.evaluation.named import NamedBenchmark


def _read(record):
    return {
        "problem": record["question"],
        "answer": record["solution"],
        "domains": (record["subject"],),
    }


sky = NamedBenchmark(
    "sky",
    path=str(Path(__file__).with_name("sky.jsonl")),
    read=_read,
    summary="four questions about the sky",
    source="written for this package",
    license="Apache-2.0",
    domains=("astronomy",),
)
