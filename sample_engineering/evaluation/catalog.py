"""The named benchmarks: where each lies and how a record becomes a sample.

One benchmark is one entry and one short function. A function takes a record and returns
``(id or None, Sample)`` fields; a copy on disk may spell a field either way that is in use.
"""

import random
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from sample_engineering.errors import SampleError

Record = Mapping[str, Any]
Fields = dict[str, Any]

# Longest response in One-Shot-RLVR's evaluations (arXiv 2504.20571, section 3.1).
_LONG = 3072


@dataclass(frozen=True)
class NamedBenchmark:
    """Where a public benchmark lies and how it is read.

    Parameters
    ----------
    path, config, split : str
        On the Hugging Face hub.
    read : callable
        Record to the fields of a `Sample`, or None to leave the record out.
    source : str
        The paper or site that the benchmark is from.
    license : str
        Terms stated by its authors.
    template : str
        Prompt template.
    tolerance : float, optional
        Relative tolerance for numeric answers.
    """

    path: str
    split: str
    read: Callable[[Record], Fields | None]
    source: str
    license: str
    config: str | None = None
    template: str = "boxed"
    max_tokens: int = _LONG
    tolerance: float | None = None


def _first(record: Record, *names: str) -> Any:
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value
    raise SampleError(f"no {' or '.join(names)}")


def _plain_number(value: Any) -> str:
    """Write 27.0 as 27: some copies hold whole answers as floating-point numbers."""
    return re.sub(r"\.0+$", "", str(value).strip())


def last_box(text: str) -> str:
    r"""Return the content of the last ``\boxed{...}`` with matching braces.

    Raises
    ------
    SampleError
        If there is none.
    """
    for start in reversed([match.end() for match in re.finditer(r"\\boxed\s*\{", text)]):
        depth = 1
        for index in range(start, len(text)):
            if text[index] in "{}" and (index == 0 or text[index - 1] != "\\"):
                depth += 1 if text[index] == "{" else -1
                if depth == 0:
                    return text[start:index].strip()
    raise SampleError("no boxed answer in the solution")


def with_options(question: str, options: list[str]) -> str:
    """Write a question with its options as lines ``A. ...``."""
    lines = [
        f"{letter}. {option}" for letter, option in zip(ascii_uppercase, options, strict=False)
    ]
    return question.rstrip() + "\n\n" + "\n".join(lines)


def choice_fields(question: str, options: list[str], answer: Any) -> Fields:
    """Fields of a multiple-choice sample; `answer` is an index, a letter or an option's text."""
    options = [str(option).strip() for option in options]
    if not 2 <= len(options) <= len(ascii_uppercase):
        raise SampleError(f"{len(options)} options")
    if isinstance(answer, str) and answer.strip().isdigit() and answer not in options:
        answer = int(answer)
    if isinstance(answer, int) and 0 <= answer < len(options):
        letter = ascii_uppercase[answer]
    elif isinstance(answer, str) and answer.strip() in ascii_uppercase[: len(options)]:
        letter = answer.strip()
    elif isinstance(answer, str) and answer.strip() in options:
        letter = ascii_uppercase[options.index(answer.strip())]
    else:
        raise SampleError(f"the answer {answer!r} is none of the options")
    return {
        "problem": with_options(question, options),
        "answer": letter,
        "kind": "choice",
        "choices": options,
    }


def _math500(record: Record) -> Fields:
    return {
        "id": record.get("unique_id"),
        "problem": _first(record, "problem", "question"),
        "answer": str(_first(record, "answer")),
        "solution": record.get("solution"),
        "domains": ("math",),
        "subject": record.get("subject"),
        "level": record.get("level"),
    }


def _contest(record: Record) -> Fields:
    return {
        "id": record.get("id"),
        "problem": _first(record, "problem", "question"),
        "answer": _plain_number(_first(record, "answer")),
        "domains": ("math",),
    }


# Courses of Minerva's set (Lewkowycz et al. 2022, appendix on OCWCourses), by a word of their name.
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


def _minerva(record: Record) -> Fields:
    course = str(record.get("type") or "")
    domain = next((value for word, value in _COURSES.items() if word in course), None)
    answer = record.get("answer")
    return {
        "id": record.get("idx"),
        "problem": _first(record, "problem", "question"),
        "answer": str(answer) if answer not in (None, "") else last_box(_first(record, "solution")),
        "solution": record.get("solution"),
        "domains": (domain,) if domain else (),
        "subject": course or None,
    }


def _gpqa(record: Record) -> Fields:
    question = str(_first(record, "Question", "question")).strip()
    if "Correct Answer" in record:
        right = str(record["Correct Answer"]).strip()
        options = [right] + [str(record[f"Incorrect Answer {i}"]).strip() for i in (1, 2, 3)]
        # The right answer comes first in every record: the order is drawn anew, the same each time.
        random.Random(zlib.crc32(question.encode())).shuffle(options)
        fields = choice_fields(question, options, right)
    else:
        options = list(_first(record, "options", "choices"))
        fields = choice_fields(question, options, _first(record, "answer"))
    domain = str(record.get("High-level domain") or record.get("domain") or "").lower()
    return fields | {
        "id": record.get("Record ID"),
        "domains": (domain,) if domain else (),
        "subject": record.get("Subdomain"),
    }


# Textbooks of SciBench (arXiv 2307.10635, table 1).
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


def _scibench(record: Record) -> Fields:
    problem = str(_first(record, "problem_text", "problem"))
    unit = str(record.get("unit") or "").strip()
    if unit:
        # The published answer is a bare number in this unit, which the question may not name.
        problem = f"{problem.rstrip()} Give the answer as a number in units of {unit}."
    book = str(record.get("source") or "").strip()
    return {
        "id": f"{book}-{str(record.get('problemid') or '').strip()}" if book else None,
        "problem": problem,
        "answer": str(_first(record, "answer_number", "answer")).strip().replace("\u2212", "-"),
        "kind": "number",
        "solution": record.get("solution") or None,
        "domains": (_TEXTBOOKS[book],) if book in _TEXTBOOKS else (),
        "subject": book or None,
    }


def _domain_named(category: Any) -> str:
    return str(category or "").strip().lower().replace(" ", "_").replace("-", "_")


def _mmlu_pro(record: Record) -> Fields:
    options = [o for o in _first(record, "options", "choices") if str(o).strip() != "N/A"]
    answer = record.get("answer_index")
    fields = choice_fields(
        str(_first(record, "question")),
        options,
        _first(record, "answer") if answer is None else answer,
    )
    domain = _domain_named(record.get("category"))
    return fields | {"id": record.get("question_id"), "domains": (domain,) if domain else ()}


def _supergpqa(record: Record) -> Fields:
    options = list(_first(record, "options", "choices"))
    fields = choice_fields(
        str(_first(record, "question")), options, _first(record, "answer_letter", "answer")
    )
    field = _domain_named(record.get("field") or record.get("discipline"))
    return fields | {
        "id": record.get("uuid"),
        "domains": (field,) if field else (),
        "subject": record.get("subfield"),
        "discipline": record.get("discipline"),
        "level": record.get("difficulty"),
    }


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


def _mmlu_stem(record: Record) -> Fields | None:
    subject = str(_first(record, "subject", "type"))
    if subject not in _STEM:
        return None
    options = list(_first(record, "choices", "options"))
    fields = choice_fields(str(_first(record, "question")), options, _first(record, "answer"))
    return fields | {"domains": (_STEM[subject],), "subject": subject}


CATALOG: dict[str, NamedBenchmark] = {
    "math500": NamedBenchmark(
        "HuggingFaceH4/MATH-500", "test", _math500, "arXiv 2305.20050, arXiv 2103.03874", "MIT"
    ),
    "aime24": NamedBenchmark(
        "HuggingFaceH4/aime_2024", "train", _contest, "AIME 2024", "not stated"
    ),
    "aime25": NamedBenchmark("math-ai/aime25", "test", _contest, "AIME 2025", "Apache-2.0"),
    "amc23": NamedBenchmark("math-ai/amc23", "test", _contest, "AMC 12, 2023", "not stated"),
    "minerva": NamedBenchmark(
        "math-ai/minervamath",
        "test",
        _minerva,
        "arXiv 2206.14858",
        "not stated",
        # Answers come from lecture notes that round to two or three digits.
        tolerance=0.01,
    ),
    "gpqa-diamond": NamedBenchmark(
        "Idavidrein/gpqa",
        "train",
        _gpqa,
        "arXiv 2311.12022",
        "CC-BY-4.0",
        config="gpqa_diamond",
        template="choice",
    ),
    "scibench": NamedBenchmark(
        "xw27/scibench",
        "train",
        _scibench,
        "arXiv 2307.10635",
        "MIT",
        # The paper accepts answers within 5 % (section 4.1).
        tolerance=0.05,
    ),
    "mmlu-pro": NamedBenchmark(
        "TIGER-Lab/MMLU-Pro", "test", _mmlu_pro, "arXiv 2406.01574", "MIT", template="choice"
    ),
    "supergpqa": NamedBenchmark(
        "m-a-p/SuperGPQA", "train", _supergpqa, "arXiv 2502.14739", "ODC-BY", template="choice"
    ),
    "mmlu-stem": NamedBenchmark(
        "cais/mmlu",
        "test",
        _mmlu_stem,
        "arXiv 2009.03300",
        "MIT",
        config="all",
        template="choice",
    ),
}
