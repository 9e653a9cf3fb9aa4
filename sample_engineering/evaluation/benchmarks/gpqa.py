"""GPQA-diamond."""

import random
import zlib

from sample_engineering.evaluation.fields import choice_fields, first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record


def _read(record: Record) -> Fields:
    question = str(first(record, "Question", "question")).strip()
    if "Correct Answer" in record:
        right = str(record["Correct Answer"]).strip()
        options = [right] + [str(record[f"Incorrect Answer {i}"]).strip() for i in (1, 2, 3)]
        # The right answer comes first in every record: the order is drawn anew, the same each time.
        random.Random(zlib.crc32(question.encode())).shuffle(options)
        fields = choice_fields(question, options, options.index(right))
    else:
        options = list(first(record, "options", "choices"))
        fields = choice_fields(question, options, first(record, "answer"))
    domain = str(record.get("High-level domain") or record.get("domain") or "").lower()
    return fields | {
        "id": record.get("Record ID"),
        "domains": (domain,) if domain else (),
        "subject": record.get("Subdomain"),
    }


gpqa_diamond = NamedBenchmark(
    "gpqa-diamond",
    "Idavidrein/gpqa",
    _read,
    split="train",
    config="gpqa_diamond",
    summary="198 questions that experts of other fields cannot look up; gated",
    source="arXiv 2311.12022",
    license="CC-BY-4.0",
    template="choice",
    domains=("biology", "chemistry", "physics"),
)
