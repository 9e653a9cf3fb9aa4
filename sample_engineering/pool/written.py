"""Lists and objects that stand in a text, as JSON or as Python wrote them."""

import ast
import json
import re
import warnings
from typing import Any

# A prompt with a few examples takes 20 kB; nothing longer is a cell of structure.
_LONGEST = 200_000
_DEEPEST = 32
_MOST_ARRAYS = 64
_BRACKETS = {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}
_BRACKET = re.compile(r"[\[\]{}()]")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
# What NumPy prints of an array of texts: ['4' '5'], perhaps over several lines.
_ARRAY = re.compile(
    r"\[\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"(?:\s+(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))+\s*\]",
    re.DOTALL,
)
# And of an array of objects: a line each, without commas.
_OBJECTS = re.compile(r"\}\s+\{")
_WRAPPED = re.compile(r"array\((\[.*?\])\s*(?:,\s*dtype=\w+)?\)", re.DOTALL)


def unpacked(text: str) -> Any:
    """Return the list or mapping that a text holds; the text itself where it holds none.

    JSON first, then a Python literal (never evaluated), then an array as NumPy prints it. Texts of
    more than 200,000 characters or 32 levels stay what they are.
    """
    bare = text.strip()
    if len(bare) < 2 or bare[0] + bare[-1] not in ("[]", "{}") or len(bare) > _LONGEST:
        return text
    if not _shallow(bare):
        return text
    try:
        found = json.loads(bare, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        found = _python(bare)
    return found if isinstance(found, list | dict) else text


def _python(text: str) -> Any:
    if _ARRAY.fullmatch(text):
        return [
            re.sub(r"\\(['\"\\])", r"\1", single or double)
            for single, double in _QUOTED.findall(text)
        ]
    if 0 < text.count("array(") <= _MOST_ARRAYS:
        text = _WRAPPED.sub(r"\1", text)
    found = _literal(text)
    if found is None and _OBJECTS.search(text):
        found = _literal(_OBJECTS.sub("}, {", text))
    return found


def _literal(text: str) -> Any:
    try:
        with warnings.catch_warnings():  # of a backslash that escapes nothing, as in LaTeX
            warnings.simplefilter("ignore")
            found = ast.literal_eval(text)
        json.dumps(found)  # no bytes, sets or complex numbers
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return found


def _shallow(text: str) -> bool:
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += _BRACKETS[bracket[0]]
        if depth > _DEEPEST:
            return False
    return True
