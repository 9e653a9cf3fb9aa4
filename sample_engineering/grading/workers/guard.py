"""What may be shown to Math-Verify: a lexical guard against answers that make it hang.

It reads characters only. The measured offenders are towers of powers, factorials, huge literals and
deep nesting; what passes still runs under the limits of `engine`.
"""

import re

from sample_engineering.grading.spelling.normal import MAX_ANSWER, nesting

# Golds of MATH, Minerva and DeepScaleR have at most 6 levels and 60 digits in a row.
_MAX_NESTING = 12
_MAX_DIGITS = 80
_MAX_COMMANDS = 80
_CALCULUS = re.compile(r"\\(?:i*int|oint|sum|prod|lim)(?![a-zA-Z])")
_LONG_NUMBER = re.compile(rf"\d[\d,. ]{{{_MAX_DIGITS},}}")
_BIG_POWER = re.compile(
    r"\^ ?(?:\{ ?)?[-+]? ?(?:\d[\d,]{3,}|\(?\d+ ?\^|\(?\d+ ?!|\{?\(?\d+ ?\\c?times|\d+ ?\\cdot)"
)
_POWER_TOWER = re.compile(r"\^ ?\{[^{}]*\^|\^ ?\{[^{}]*!|\^ ?\([^()]*\^")
_BIG_FACTORIAL = re.compile(r"(?:\d{4,}|[)}]) ?!|! ?!")
_BIG_BINOMIAL = re.compile(r"\\binom ?\{[^{}]*(?:\d{5,}|\^)")
_BIG_BOUND = re.compile(
    r"\\(?:sum|prod)[^a-zA-Z]{0,40}(?:\d{5,}|\d \^)|\\(?:sum|prod).{0,60}\^ ?\{[^{}]*(?:\d{5,}|\^)"
)


def has_calculus(text: str) -> bool:
    """Whether a text holds a sum, product, integral or limit."""
    return _CALCULUS.search(text) is not None


def is_safe(text: str) -> bool:
    """Whether a text in normal spelling may be shown to Math-Verify."""
    return (
        0 < len(text) <= MAX_ANSWER
        and nesting(text) <= _MAX_NESTING
        and text.count("\\") <= _MAX_COMMANDS
        and not any(
            pattern.search(text)
            for pattern in (
                _LONG_NUMBER,
                _BIG_POWER,
                _POWER_TOWER,
                _BIG_FACTORIAL,
                _BIG_BINOMIAL,
                _BIG_BOUND,
            )
        )
    )
