"""Minerva's undergraduate problems (OCWCourses)."""

from sample_engineering.evaluation.fields import boxed_answer, first
from sample_engineering.evaluation.named import Fields, NamedBenchmark, Record

# Courses (Lewkowycz et al. 2022, appendix on OCWCourses), by a word of their name.
_COURSES = {
    "Chemistry": "chemistry",
    "Astronomy": "physics",
    "Relativity": "physics",
    "Dynamics": "engineering",
    "Differential": "math",
    "Microeconomics": "economics",
    "Ecology": "biology",
    "Information": "computer_science",
}


def _read(record: Record) -> Fields:
    course = str(record.get("type") or "")
    domain = next((value for word, value in _COURSES.items() if word in course), None)
    answer = record.get("answer")
    if answer in (None, ""):
        answer = boxed_answer(first(record, "solution"))
    return {
        "id": record.get("idx"),
        "problem": first(record, "problem", "question"),
        "answer": str(answer),
        "solution": record.get("solution"),
        "domains": (domain,) if domain else (),
        "subject": course or None,
    }


minerva = NamedBenchmark(
    "minerva",
    "math-ai/minervamath",
    _read,
    summary="272 problems of undergraduate courses at MIT",
    source="arXiv 2206.14858",
    license="not stated",
    # Answers come from lecture notes that round to two or three digits.
    tolerance=0.01,
    domains=tuple(dict.fromkeys(_COURSES.values())),
)
