"""A screen for content that has no place in a problem, whatever model wrote it.

A composed problem is later put before other models and people: instructions to them, markup that a
page would run, invisible characters and oversized texts are refused before anything else looks at
them.
"""

import re
import unicodedata

MAX_ANSWER_CHARS = 20_000  # of a whole answer; a problem with its solution has about 2,000
MAX_PROBLEM_CHARS = 4_000

# Tab and newline are layout; every other control character has no place in a problem.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
# Zero-width, direction-changing and tag characters hide text from a reader but not from a model.
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# Known element names only: "x < y and y > z" is no markup.
_MARKUP = re.compile(
    r"</?\s*(?:script|iframe|img|svg|style|div|span|br|body|html|head|link|meta|object|"
    r"embed|form|input|button|table|td|tr|video|audio|base|h[1-6]|pre|code)\b[^<>]{0,2000}>|"
    r"</\s*[abipu]\s*>|<a\s+href|"  # one letter alone may be an inequality: a<b>c
    r"<!--|<!doctype|javascript:|data:text/|\bon(?:error|load|click|mouseover)\s*=|&#x?\d|"
    r"!\[[^\]]*\]\(|https?://",
    re.IGNORECASE,
)
_INJECTION = re.compile(
    r"(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,4}(?:instruction|prompt|rule|message|"
    r"context|guideline|above|previous|prior)|"
    r"(?:system|developer)\s+(?:prompt|message|instruction)|"
    r"you\s+are\s+now\b|new\s+instructions?\s*:|"
    r"(?:respond|reply|answer|output|print)\s+only\s+with\b|always\s+answer\b|"
    r"(?:^|\n)\s*(?:system|assistant|user|human)\s*:|"
    r"<\|[a-z_]{2,30}\|>|\[/?inst\]|<</?sys>>|</?(?:think|tool_call|s)>|"
    r"\b(?:as\s+an?\s+(?:ai|language\s+model))\b|"
    r"\b(?:grader|reward\s+model|judge)\s*[:,]",
    re.IGNORECASE,
)


def hostile_content(text: str, *, limit: int = MAX_PROBLEM_CHARS) -> str | None:
    """Return what is wrong with a text, or None if nothing is.

    Parameters
    ----------
    text : str
        A problem, solution or whole answer of a model.
    limit : int
        Characters allowed.
    """
    if len(text) > limit:
        return f"too long: {len(text):,} characters"
    if _SURROGATE.search(text):
        return "control characters: half a surrogate pair"
    found = _CONTROL.search(text) or _INVISIBLE.search(text)
    if found:
        return f"control characters: U+{ord(found.group()):04X}"
    # Full-width and other look-alike letters are folded, so that they do not pass the screen.
    folded = unicodedata.normalize("NFKC", text)
    found = _MARKUP.search(folded)
    if found:
        return f"markup: {found.group()[:40]!r}"
    found = _INJECTION.search(folded)
    if found:
        return f"prompt injection: {' '.join(found.group().split())[:40]!r}"
    return None
