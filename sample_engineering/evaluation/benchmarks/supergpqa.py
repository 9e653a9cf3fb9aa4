"""SuperGPQA."""

from sample_engineering.evaluation.fields import choice_fields, domain_named, first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record


def _read(record: Record) -> Fields:
    options = list(first(record, "options", "choices"))
    fields = choice_fields(
        str(first(record, "question")), options, first(record, "answer_letter", "answer")
    )
    field = domain_named(record.get("field") or record.get("discipline"))
    return fields | {
        "id": record.get("uuid"),
        "domains": (field,) if field else (),
        "subject": record.get("subfield"),
        "discipline": record.get("discipline"),
        "level": record.get("difficulty"),
    }


supergpqa = NamedBenchmark(
    "supergpqa",
    "m-a-p/SuperGPQA",
    _read,
    split="train",
    summary="26,529 questions of graduate level; each of 72 fields is a domain",
    source="arXiv 2502.14739",
    license="ODC-BY",
    template="choice",
)
