"""MMLU-Pro, and the sciences of MMLU."""

from sample_engineering.evaluation.fields import choice_fields, domain_named, first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record

# STEM subjects of MMLU (Hendrycks et al. 2021, appendix B).
_STEM = {
    "abstract_algebra": "math",
    "anatomy": "biology",
    "astronomy": "physics",
    "college_biology": "biology",
    "college_chemistry": "chemistry",
    "college_computer_science": "computer_science",
    "college_mathematics": "math",
    "college_physics": "physics",
    "computer_security": "computer_science",
    "conceptual_physics": "physics",
    "electrical_engineering": "engineering",
    "elementary_mathematics": "math",
    "high_school_biology": "biology",
    "high_school_chemistry": "chemistry",
    "high_school_computer_science": "computer_science",
    "high_school_mathematics": "math",
    "high_school_physics": "physics",
    "high_school_statistics": "math",
    "machine_learning": "computer_science",
}


def _read_pro(record: Record) -> Fields:
    options = [o for o in first(record, "options", "choices") if str(o).strip() != "N/A"]
    answer = record.get("answer_index")
    fields = choice_fields(
        str(first(record, "question")),
        options,
        first(record, "answer") if answer is None else answer,
    )
    domain = domain_named(record.get("category"))
    return fields | {"id": record.get("question_id"), "domains": (domain,) if domain else ()}


def _read_stem(record: Record) -> Fields | None:
    subject = str(first(record, "subject", "type"))
    if subject not in _STEM:
        return None
    options = list(first(record, "choices", "options"))
    fields = choice_fields(str(first(record, "question")), options, first(record, "answer"))
    return fields | {"domains": (_STEM[subject],), "subject": subject}


mmlu_pro = NamedBenchmark(
    "mmlu-pro",
    "TIGER-Lab/MMLU-Pro",
    _read_pro,
    summary="12,032 questions with up to ten options",
    source="arXiv 2406.01574",
    license="MIT",
    template="choice",
    domains=(
        "biology",
        "business",
        "chemistry",
        "computer_science",
        "economics",
        "engineering",
        "health",
        "history",
        "law",
        "math",
        "other",
        "philosophy",
        "physics",
        "psychology",
    ),
)
mmlu_stem = NamedBenchmark(
    "mmlu-stem",
    "cais/mmlu",
    _read_stem,
    config="all",
    summary="the 19 STEM subjects of MMLU, four options",
    source="arXiv 2009.03300",
    license="MIT",
    template="choice",
    domains=tuple(dict.fromkeys(_STEM.values())),
)
