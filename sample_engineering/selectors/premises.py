"""A problem without what it rests on: what could be answered without it needs no reasoning of it.

With images it is the same problem without them (arXiv 2506.04755); without, the question alone: its
premises, the sentences before it, are left out, and where it has none its numbers are.
"""

import re

from sample_engineering.images import MARKER
from sample_engineering.sample import Sample

# An initial ("J. Smith") ends no sentence, a unit after its number ("97 N.") does.
_SENTENCE = re.compile(
    r"(?<=[.?!])(?<!(?<![\d}~] )\b[A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+(?=\S)|\n\s*\n"
)
_ASKS = re.compile(
    r"\?|^\W*(?:(?:then|and|now|hence|also)\s+)?(?:find|compute|determine|calculate|evaluate|what|"
    r"which|how|who|when|where|why|solve|prove|show|count|simplify|express|state|give|estimate|"
    r"finde|berechne|bestimme|wie|welche\w*|was)\b",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"^\W*(?:please|give|round|write|answer|report|express|your answer|use|leave|enter|put)\b"
    r"|^\W*A[.):]\s[^\n]*\n\W*B[.):]\s",  # the options
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
HIDDEN = "..."


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for part in _SENTENCE.split(text) if part and part.strip()]


def without_premises(problem: str) -> str | None:
    """Return what a problem asks, without its premises; None where nothing is left to leave out.

    >>> without_premises("A cart covers 12 m in 3 s. How fast is it?")
    'How fast is it?'
    >>> without_premises("What is 7 times 8?")
    'What is ... times ...?'
    """
    parts = sentences(problem)
    kept = [part for part in parts if _ASKS.search(part) or _INSTRUCTS.search(part)]
    if not any(_ASKS.search(part) for part in kept):
        kept = parts[-1:]
    if len(kept) < len(parts):
        return " ".join(kept)
    hidden = _NUMERAL.sub(HIDDEN, problem)
    return None if hidden == problem else hidden


def masked(sample: Sample) -> Sample | None:
    """Return a sample without its images, or else without its premises; None if it has neither."""
    if sample.images:
        return sample.with_(images=(), problem=sample.problem.replace(MARKER, "").strip())
    told = without_premises(sample.problem)
    return None if told is None else sample.with_(problem=told)
