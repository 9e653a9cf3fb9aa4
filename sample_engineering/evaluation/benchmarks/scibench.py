"""SciBench: college textbooks."""

from sample_engineering.evaluation.fields import first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record

# Textbooks (arXiv 2307.10635, table 1).
_TEXTBOOKS = {
    "atkins": "chemistry",
    "chemmc": "chemistry",
    "quan": "chemistry",
    "matter": "chemistry",
    "fund": "physics",
    "class": "physics",
    "thermo": "physics",
    "diff": "math",
    "stat": "math",
    "calculus": "math",
    "calc": "math",
}


def _read(record: Record) -> Fields:
    problem = str(first(record, "problem_text", "problem"))
    unit = str(record.get("unit") or "").strip()
    if unit:
        # The published answer is a bare number in this unit, which the question may not name.
        problem = f"{problem.rstrip()} Give the answer as a number in units of {unit}."
    book = str(record.get("source") or "").strip()
    return {
        "id": f"{book}-{str(record.get('problemid') or '').strip()}" if book else None,
        "problem": problem,
        "answer": str(first(record, "answer_number", "answer")).strip().replace("\u2212", "-"),
        "kind": "number",
        "solution": record.get("solution") or None,
        "domains": (_TEXTBOOKS[book],) if book in _TEXTBOOKS else (),
        "subject": book or None,
    }


scibench = NamedBenchmark(
    "scibench",
    "xw27/scibench",
    _read,
    split="train",
    summary="problems of ten college textbooks with numeric answers",
    source="arXiv 2307.10635",
    license="MIT",
    # The paper accepts answers within 5 % (section 4.1).
    tolerance=0.05,
    domains=tuple(dict.fromkeys(_TEXTBOOKS.values())),
)
