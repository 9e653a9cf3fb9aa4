"""Reasoning primitives: kinds of steps in a text, and few texts that show many of them.

"Tailored Primitive Initialization" (Tailor, arXiv 2511.12429) lets a language model find and name
reasoning patterns, and trains on demonstrations of different ones before reinforcement learning.
Here nobody is asked: a primitive is a step of a rollout with its numbers taken out, so that two
steps which do the same with other numbers are one primitive.
"""

import re
from collections.abc import Sequence

# A step ends with its line, its sentence, or a semicolon; a point within a number ends nothing.
_ENDS = re.compile(r"[;\n]+|[.!?]+(?=\s|$)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPACE = re.compile(r"\s+")
# What is computed is a primitive, what only states the answer is none: it is in every text.
_ANSWER = re.compile(r"\\boxed\s*\{[^{}]*\}|<answer>[^<]*</answer>")
_PLACE = "#"


def steps_of(text: str) -> list[str]:
    """Return the steps of a worked text, in order, without the final answer's mark."""
    bare = _ANSWER.sub(" ", text)
    parts = (_SPACE.sub(" ", part).strip() for part in _ENDS.split(bare))
    return [part for part in parts if part]


def primitives_of(text: str) -> list[str]:
    """Return the primitives of a worked text, each once, in order.

    Examples
    --------
    >>> primitives_of("12 + 9 = carry (20 + 1) = 21; 21 * 2 = 42. \\\\boxed{42}")
    ['# + # = carry (# + #) = #', '# * # = #']

    """
    found = (_NUMBER.sub(_PLACE, step) for step in steps_of(text))
    return list(dict.fromkeys(step for step in found if any(char.isalnum() for char in step)
                              or _PLACE in step))  # fmt: skip


def curated(texts: Sequence[str], most: int) -> list[int]:
    """Choose texts that together show many different primitives.

    Greedily: the text with the most primitives that are not shown yet comes next; of equals the
    shortest, then the first. When every primitive is shown, a new round begins, so that what is
    rare is not drowned by repetition.

    Parameters
    ----------
    texts : sequence of str
        Right rollouts; equal ones count once.
    most : int
        How many are chosen, if there are as many different ones.

    Returns
    -------
    list of int
        Their places in `texts`, in the order in which they were chosen.
    """
    first: dict[str, int] = {}
    for place, text in enumerate(texts):
        first.setdefault(text, place)
    left = {place: frozenset(primitives_of(text)) for text, place in first.items()}
    chosen: list[int] = []
    shown: set[str] = set()
    while left and len(chosen) < most:
        best = min(left, key=lambda place: (-len(left[place] - shown), len(texts[place]), place))
        if not left[best] - shown and shown:
            shown = set()
            continue
        shown |= left.pop(best)
        chosen.append(best)
    return chosen
