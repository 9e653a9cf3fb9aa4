"""Answers that are whole or bounded without being a count: integers, remainders, probabilities."""

import re

from sample_engineering.audit.counting import goes_on
from sample_engineering.audit.prefilter import may_hold

_WHOLE_THING = re.compile(
    r"\b(?:what is|what's|find|compute|determine|calculate)\s+the\s+"
    r"(?:(?:smallest|largest|greatest|least|only|unique|smallest possible|largest possible|"
    r"maximum|minimum)\s+)+"
    r"(?:(?:positive|negative|nonnegative|non-negative|even|odd|prime|whole|natural|two-digit|"
    r"three-digit|four-digit|five-digit|\d-digit|composite|common)\s+)*"
    r"(?:integer|whole number|natural number|prime|multiple|divisor|palindrome|perfect square|"
    r"prime factor|prime number|common divisor|common multiple)\b",
    re.IGNORECASE,
)
_PROBABILITY = re.compile(
    r"^(?:[^.?]{0,400}?[,;]\s*)?(?:then\s+)?(?:what is|what's|find|compute|determine|calculate)\s+"
    r"the\s+probability\b(?!\s*(?:distribution|density|mass|generating|and))"
    r"(?![^?]{0,200}\b(?:percent|odds|times|ratio|sum|as a percentage|expectation)\b)",
    re.IGNORECASE,
)
_REMAINDER = re.compile(
    r"\b(?:what is|what's|find|compute|determine|calculate)\s+the\s+remainder\s+"
    r"(?:when|if|obtained when|of)\b(?P<what>.{1,300}?)\bdivided by\s+"
    r"\$?(?P<by>\d[\d,]{0,12})\$?\s*(?=[.?!,)]|$)",
    re.IGNORECASE | re.DOTALL,
)
_DIGIT = re.compile(
    r"(?:what is|what's|find|determine|compute)\s+the\s+"
    r"(?:units?|ones|tens|hundreds|thousands|last|first|leading|final|rightmost|missing|"
    r"(?:\w+th|\$?\d+\$?(?:th|st|nd|rd)))\s+digit\b(?!s)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Za-z]")
_DECLARED = re.compile(
    r"(?P<letters>(?:\$[a-zA-Z]\$(?:,\s*|\s*,?\s*and\s+)?){1,5}|\$[a-zA-Z](?:,\s*[a-zA-Z]){1,4}\$)\s*"
    r"(?:are|is)\s+(?:an?\s+)?(?:[a-z-]+\s+){0,3}?(?:integers?|whole numbers?|natural numbers?)\b"
)
_ASKED_FORMULA = re.compile(
    r"\b(?:find|compute|determine|calculate|what is)\s+(?:the value of\s+)?"
    r"\$(?P<formula>[^$]{1,60})\$\s*[.?!]?\s*$",
    re.IGNORECASE,
)
_WHOLE_FORMULA = re.compile(r"[A-Za-z0-9+\-* ()]+")


def read_bound(ask: str) -> tuple[str, int | None]:
    """Return the words that ask for a remainder or a digit, and what it must be less than."""
    remainder = list(_REMAINDER.finditer(ask))
    if remainder and not goes_on(ask, remainder[-1].end()):
        last = remainder[-1]
        return f"the remainder when divided by {last['by']}", int(last["by"].replace(",", ""))
    digit = _DIGIT.search(ask)
    if digit and not goes_on(ask, digit.end()):
        return digit[0], 10
    return "", None


def read_declared(problem: str, ask: str) -> str:
    """Return the words that ask for sums and products of what the problem declares integers."""
    asked = _ASKED_FORMULA.search(ask)
    if asked is None or not _WHOLE_FORMULA.fullmatch(asked["formula"]):
        return ""
    declared = {
        letter
        for match in _DECLARED.finditer(problem)
        for letter in _LETTERS.findall(match["letters"])
    }
    used = set(_LETTERS.findall(asked["formula"]))
    if not used or not used <= declared:
        return ""
    return f"{asked['formula'].strip()} of integers"


def read_whole(ask: str) -> str:
    """Return the words that ask for one integer: "what is the largest prime"; or nothing."""
    found = _WHOLE_THING.search(ask)
    return found[0] if found and not goes_on(ask, found.end()) else ""


def asks_probability(ask: str) -> bool:
    """Whether a sentence asks for a probability, and for nothing made of it."""
    found = _PROBABILITY.search(ask) if may_hold(ask, "probability") else None
    return found is not None and not goes_on(ask, found.end())
