"""What a problem asks for: a count, a direction of rounding, a unit, a number of figures.

Read from the text by rules that prefer silence to a guess: what is not plainly asked is not asked.
"""

import re
from dataclasses import dataclass

from sample_engineering.audit.asked_unit import read_asked_unit
from sample_engineering.audit.counting import Counted, read_count, read_direction
from sample_engineering.audit.prefilter import may_hold
from sample_engineering.audit.rounding import Rounding, read_rounding
from sample_engineering.audit.whole_answers import (
    asks_probability,
    read_bound,
    read_declared,
    read_whole,
)
from sample_engineering.grading.values.units import Unit

MAX_CHARACTERS = 20_000  # of a problem that are read
_DRAWING = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
# Runs of white space: patterns that allow some would take quadratic time over them.
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"(?: ?\n ?){2,}")
_PROMPT = re.compile(
    r"(?:let'?s think step by step|please reason step by step|think step by step)[^\n]*$"
    r"|(?:and )?(?:output|put|write|give) (?:the|your) final answer (?:within|in|inside) "
    r"\\?boxed\{\}\.?$|\\boxed\{\}",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(r"(?<=[.?!])(?<!\b[A-Za-z]\.)[\s)]+(?=[A-Z$\\(\[\d])|\n\s*\n")
_ASKS = re.compile(
    r"\?|^(?:find|compute|determine|calculate|evaluate|what|how|solve|prove|show|count|"
    r"(?:then |and )?(?:find|compute))\b|\b(?:find|compute|determine|calculate|what is|what are|"
    r"how many|how much) ",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"^(?:please |\(?)?(?:express|give|round|write|answer|report|state|your answer|use|leave|"
    r"enter|take|assume|note|recall|hint|provide)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a problem asks for.

    Parameters
    ----------
    text : str
        The sentence that asks, and the instructions after it.
    counted : Counted or None
        What is counted, if the answer is a number of things.
    direction : {"ceiling", "floor"} or None
        Which whole number is meant where the exact value is none: the next one up where a least
        number is needed, the next one down where a greatest number is possible.
    whole : str
        The words by which the answer is a whole number without being a count; else empty.
    probability : str
        The words by which the answer is a probability; else empty.
    below : int or None
        A whole number that the answer, none below zero, must be less than: of a remainder the
        divisor, of a digit ten.
    rounding : Rounding or None
        Figures asked for.
    unit : Unit or None
        Unit asked for.
    unit_phrase : str
        The words that ask for it.
    """

    text: str
    counted: Counted | None = None
    direction: str | None = None
    whole: str = ""
    probability: str = ""
    below: int | None = None
    rounding: Rounding | None = None
    unit: Unit | None = None
    unit_phrase: str = ""


def read_question(problem: str) -> Question:
    """Read what a problem asks for.

    Parameters
    ----------
    problem : str
        The text; drawings and the prompt's own sentences are left out.
    """
    return read_plain_question(plain_problem(problem))


def read_plain_question(problem: str) -> Question:
    """Read what a problem asks for, of which only the `plain_problem` is left."""
    sentences = _sentences(problem)
    place = next(
        (
            index
            for index in range(len(sentences) - 1, -1, -1)
            if _ASKS.search(sentences[index]) and not _INSTRUCTS.match(sentences[index])
        ),
        None,
    )
    if place is None:
        return Question(sentences[-1] if sentences else "")
    ask = sentences[place]
    after = [text for text in sentences[place + 1 :] if _INSTRUCTS.match(text)]
    whole_text = " ".join([ask, *after])
    counted = read_count(ask, whole_text)
    unit, unit_phrase = read_asked_unit(ask, whole_text)
    phrase, below = read_whole(ask), None
    if not phrase:
        phrase, below = read_bound(ask)
    return Question(
        whole_text,
        counted,
        None if counted is None else read_direction(ask),
        phrase or read_declared(problem, ask),
        "the probability" if not after and asks_probability(ask) else "",
        below,
        read_rounding([*reversed(after), ask]),
        unit,
        unit_phrase,
    )


def plain_problem(problem: str) -> str:
    """Return a problem without drawings, long white space and the prompt's own sentences."""
    text = problem[:MAX_CHARACTERS]
    if "[asy]" in text:
        text = _DRAWING.sub(" ", text)
    if "  " in text or not text.replace("\n", "").isprintable():  # else each blank is one space
        text = _BLANKS.sub(" ", text)
    if text.count("\n") > 1:
        text = _BREAKS.sub("\n\n", text)
    if may_hold(text, "step by step", "final answer", "boxed{}"):
        text = _PROMPT.sub(" ", text)
    return text.strip()


def _sentences(problem: str) -> list[str]:
    parts = (part.strip() for part in _SENTENCE.split(problem))
    return [part for part in parts if part]
