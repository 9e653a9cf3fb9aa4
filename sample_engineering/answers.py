r"""Where a text says its final answer: boxes, marks, letters of options.

The one home of these finders: pools, benchmarks, probes and the grader read with the same ones.
"""

import re
from collections.abc import Sequence
from string import ascii_uppercase as LETTERS
from typing import Any

from sample_engineering.errors import SampleError

__all__ = [
    "LETTERS",
    "MARK",
    "find_boxes",
    "last_box",
    "letter_of",
    "marked_answer",
    "with_options",
]

# GSM8K ends its solutions in "#### 42" (arXiv 2110.14168).
MARK = "####"

# A run of backslashes is taken whole, so that a long one is read once.
_BOX_TOKEN = re.compile(
    r"\\++(?:(boxed|fbox)(?![a-zA-Z])\s*+(\{|[-+]?[0-9A-Za-z])?)?|[{}]", re.DOTALL
)


def find_boxes(text: str, *, unclosed: bool = False) -> list[tuple[int, int, str]]:
    r"""Outermost ``\boxed`` and ``\fbox`` as (start, end, content), brace-matched, in order.

    Linear in the length of the text.

    Parameters
    ----------
    unclosed : bool
        Whether a last box without its closing brace counts (up to the end of the text).
    """
    first = text.find("\\boxed")
    if first < 0 or "\\fbox" in text[:first]:
        other = text.find("\\fbox")
        first = other if first < 0 else min(first, other)
    if first < 0:
        return []
    boxes: list[tuple[int, int, str]] = []
    depth = 0
    opened = -1
    content = 0
    level = 0
    escaped = -1
    for token in _BOX_TOKEN.finditer(text, first):
        word = token[0]
        if word in ("{", "}"):
            if token.start() == escaped:
                continue
            depth = max(0, depth + (1 if word == "{" else -1))
            if word == "}" and opened >= 0 and depth == level:
                boxes.append((opened, token.end(), text[content : token.start()]))
                opened = -1
        elif token[1] is None:
            # An odd number of backslashes makes a brace a sign: \\{.
            escaped = token.end() if len(word) % 2 else -1
        elif token[2] == "{":
            if opened < 0:
                opened, content, level = token.start(), token.end(), depth
            depth += 1
        elif token[2] and opened < 0:
            boxes.append((token.start(), token.end(), token[2]))
    if opened >= 0 and unclosed:
        boxes.append((opened, len(text), text[content:]))
    return boxes


def last_box(text: str) -> str | None:
    r"""Return the content of the last closed ``\boxed{...}`` of a text, None without one.

    Of a box within a box it is the inner one's.
    """
    content = None
    while boxes := find_boxes(text):
        content = text = boxes[-1][2].strip()
    return content


def marked_answer(text: str) -> str | None:
    """Return what follows the last ``####`` of a text, None without one."""
    return text.rpartition(MARK)[2].strip() if MARK in text else None


def letter_of(answer: Any, choices: Sequence[str]) -> str:
    """Return the letter of the right option.

    Parameters
    ----------
    answer : int, float or str
        An index from 0, a letter (in any case, perhaps in brackets), or the text of an option.
    choices : sequence of str
        Texts of the options A, B, C ...

    Raises
    ------
    SampleError
        If it is none of the options.
    """
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    if isinstance(answer, int) and not isinstance(answer, bool):
        if not 0 <= answer < len(choices):
            raise SampleError(f"answer {answer} is not an index of {len(choices)} choices")
        return LETTERS[answer]
    text = str(answer).strip()
    bare = text.strip("().").upper()
    if len(bare) == 1 and bare in LETTERS[: len(choices)]:
        return bare
    if text in choices:
        return LETTERS[list(choices).index(text)]
    if text.isdigit() and int(text) < len(choices):
        return LETTERS[int(text)]
    raise SampleError(f"answer {text[:60]!r} is none of the {len(choices)} choices")


def with_options(problem: str, choices: Sequence[str]) -> str:
    """Return the problem with its options A, B, C ... below, unless it already lists them."""
    listed = all(
        any(f"{form}{choice}".rstrip() in problem for form in (f"{letter}. ", f"{letter}) "))
        for letter, choice in zip(LETTERS, choices, strict=False)
    )
    if listed:
        return problem
    lines = [f"{letter}. {choice}" for letter, choice in zip(LETTERS, choices, strict=False)]
    return problem.rstrip() + "\n\n" + "\n".join(lines)
