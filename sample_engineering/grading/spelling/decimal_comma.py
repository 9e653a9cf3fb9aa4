r"""Decimal commas: ``3{,}5`` and ``3,5`` where the problem says that it wants one.

Elsewhere a comma between digits groups thousands or parts a list. A problem that wants a decimal
comma says so in a word, and that word alone tells them apart.
"""

import re
from collections.abc import Container

SAID = ("Dezimalkomma", "dezimalkomma")
"""Words of a problem whose answers are written with a decimal comma."""

_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?=\{?,\}?\d)")
_COMMA = re.compile(r"(?<=\d)(?:\{,\}|,)(?=\d)")


def wants_comma(words: Container[str]) -> bool:
    """Tell from the words of a problem whether its numbers have a decimal comma."""
    return any(word in words for word in SAID)


def with_points(text: str) -> str:
    """Return an answer with decimal points; one written with points stays as it is."""
    text = _GROUPED.sub(lambda match: match[0].replace(".", ""), text)
    return _COMMA.sub(".", text)
