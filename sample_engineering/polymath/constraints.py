"""What the paper asks of a composed problem, read from the problem itself.

ArXiv 2601.03111, appendix (the prompt): knowledge of several subjects in one integrated question;
the answer an exact whole number from 1 to 1,000; no estimation; no heavy arithmetic. The paper only
asks its models for that. What can be checked on the text is checked here; that the subjects are
needed is checked by the symbolic composer, and asked of models.
"""

import re

from sample_engineering.audit.checks.parts import parts_that_ask
from sample_engineering.audit.question import plain_problem
from sample_engineering.sample import Sample
from sample_engineering.skills import taxonomy

LEAST, MOST = 1, 1000
ANSWERS = ("integer", "any")
# Significant figures of a stated number. Five hold the usual constants (1.6022, 96485); a problem
# that wants more is one for a calculator. Our choice: the paper names no bound.
MOST_FIGURES = 5
_WHOLE = re.compile(r"\d{1,4}")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]{0,30}(?:\.\d{1,30})?")
_ESTIMATES = re.compile(
    r"\b(?:estimate|approximate(?:ly)?|roughly|order of magnitude|make a reasonable assumption|"
    r"nearest (?:whole|integer|ten|hundred))\b",
    re.IGNORECASE,
)
# A skill counts for the subjects that it is listed under first, as for the composing models.
_MAIN_DOMAINS = 2


def not_met(
    sample: Sample, *, answers: str, domains: tuple[str, ...], questions: int = 1
) -> str | None:
    """Return the constraint that a sample does not meet, and how; None where it meets all.

    Parameters
    ----------
    sample : Sample
    answers : {"integer", "any"}
        Whether the answer must be an exact whole number from 1 to 1,000.
    domains : tuple of str
        Subjects that the problem must join.
    questions : int
        Question marks at most; a chain of two problems has two, of which the second is asked.
    """
    missing = [name for name in domains if name not in sample.domains]
    if missing:
        return f"not in all subjects: {', '.join(missing)} missing"
    if answers == "integer" and not is_whole(sample):
        return f"no whole answer from {LEAST} to {MOST:,}: {sample.answer[:40]}"
    problem = plain_problem(sample.problem)
    if asked := parts_that_ask(problem):
        return f"several questions: parts {', '.join(asked)}"
    if (count := problem.count("?")) > questions:
        return f"several questions: {count} question marks"
    if found := _ESTIMATES.search(problem):
        return f"estimation: {found[0]}"
    for number in _NUMBER.finditer(problem):
        if (figures := _figures(number[0])) > MOST_FIGURES:
            return f"heavy arithmetic: a number of {figures} figures, {number[0][:20]}"
    return None


def is_whole(sample: Sample) -> bool:
    """Whether the answer is an exact whole number from 1 to 1,000, with or without a unit."""
    if sample.tolerance:  # rounded: the exact value is another
        return False
    text = sample.answer.strip().removesuffix(sample.unit or "").removesuffix("%").strip(" \\")
    return bool(_WHOLE.fullmatch(text)) and LEAST <= int(text) <= MOST


def absent(domains: tuple[str, ...], skills: tuple[str, ...]) -> tuple[str, ...]:
    """Return the subjects of which no skill of a problem speaks."""
    known = taxonomy()
    served = {domain for name in skills for domain in known[name].domains[:_MAIN_DOMAINS]}
    return tuple(domain for domain in domains if domain not in served)


def _figures(number: str) -> int:
    """Significant figures: zeros at either end of a whole number say nothing."""
    digits = number.replace(",", "")
    if "." not in digits:
        return len(digits.strip("0"))
    return len(digits.replace(".", "").lstrip("0"))
