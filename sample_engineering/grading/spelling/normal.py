"""One normal spelling for the many ways to write the same answer.

`normal` turns Unicode mathematics, LaTeX layout commands and plain-text habits into one small LaTeX
dialect. It only respells; nothing is evaluated, so a wrong answer never becomes a right one here.
"""

import re
import unicodedata

from sample_engineering.answers import find_boxes
from sample_engineering.grading.spelling.characters import from_unicode
from sample_engineering.grading.spelling.counting import with_magnitudes
from sample_engineering.grading.spelling.latex import GROUPING, from_latex
from sample_engineering.grading.spelling.phrases import as_notation

# Answers longer than this are no final answers; the longest gold of MATH-500 and Minerva has 160.
MAX_ANSWER = 600
# Deeper nesting is an attack on recursive readers; benchmark golds reach 6.
MAX_DEPTH = 40


_SPACING = re.compile(
    r"\\(?:[,;:> ]|quad|qquad|thinspace(?![a-zA-Z])|enspace(?![a-zA-Z])"
    r"|newline(?![a-zA-Z])|[hv]space\*?\{[^{}]*\}|phantom\{[^{}]*\}|hfill(?![a-zA-Z]))|[~\s]+"
)
# Marks of the end of a proof, or of a right answer.
_MARKS = re.compile(
    r"^(?:\\(?:checkmark|therefore|blacksquare|square|Box|implies|Rightarrow|to|approx)(?![a-zA-Z])|=>?"
    r"|[✓✔✅∎■→⇒∴]) ?"
    r"| ?(?:\\(?:checkmark|blacksquare|square|Box|qedsymbol|qed)(?![a-zA-Z])|[✓✔✅∎■])$"
)
# ]5, 9[ is the open interval from 5 to 9.
_OUTWARD_OPENED = re.compile(r"(^|\\cup|\\cap|\\in|=) ?\](?=[^\[\]()]*[,;])")
_OUTWARD_CLOSED = re.compile(r"(?<=[\w}]) ?\[ ?(?=(\\cup|\\cap|\\setminus|$))")
# "0.75 (or 3/4)" and "2/3 (\\approx 0.667)": the other form stands in brackets.
_IN_BRACKETS = re.compile(
    r" ?\((?: ?\\text ?\{)? ?(?P<sign>or|i\.e\.,?|that is,?|equivalently,?|\\approx|=) ?\}?"
    r"(?P<form>[^()]*(?:\([^()]*\)[^()]*)*)\)$"
)
# A derivative taken at a point, before its value.
_TAKEN_AT = re.compile(r"\| ?_ ?\{[^{}=]*=[^{}=]*\}(?= ?=)")
_NUMBER_IN_BRACKETS = re.compile(r"^\((\d+)\)(?= ?_)")
_BASE_IN_BRACKETS = re.compile(r"_ ?\{? ?\((\d{1,2})\) ?\}?")
# Letters written together below a slash belong together: e^{-t/RC}. With a number before them they
# need not: 1/2x; and units have their own reading.
_LETTER = (
    r"(?:[a-zA-Z]|\\(?:alpha|beta|gamma|epsilon|theta|lambda|mu|nu|pi|rho|sigma|tau|phi|omega|hbar)"
    r"(?![a-zA-Z]) ?)"
)
_SYMBOL = rf"{_LETTER}(?:_(?:\w|\{{[^{{}}]*\}}))?(?:\^(?:\w|\{{[^{{}}]*\}}))?"
_TIGHT = re.compile(
    rf"(?<=[\w}})])/(?P<product>(?!(?:sin|cos|tan|ln|log|exp|sqrt|sec|csc|cot|min|max)){_SYMBOL}"
    rf"(?:{_SYMBOL})+)(?![\w(\\])"
    rf"|(?:(?<=[a-zA-Z])(?<!\\pi)|(?<=\^\d))/(?P<scaled>\d+(?:\\pi ?)?(?:{_SYMBOL})+)(?![\w(\\])"
    rf"|(?<=[a-zA-Z}})])/(?P<multiple>\d+ ?\\pi)(?![\w(])"
)
# Three dots between the members of a row.
_DOTS = re.compile(r"(, ?|^)\.\.\.( ?,|$)")
# Braces around a sign change its spacing alone; as an exponent it is a charge.
_LONE_SIGN = re.compile(r"(?<![\^_])\{([-+])\}(?=\d)")
_QUOTED = re.compile(r"(?P<mark>[\"'`]{1,2})(?P<inside>[^\"'`]+)[\"'`]{1,2}")
_MODULE = re.compile(r"(?<![a-zA-Z.])(?:np|numpy|math|sp|sympy)\.(?=[a-z])")
_RUN_ON = re.compile(r"(?<=[\d)\]}])(or|and)(?=[A-Z\d(\[\\])")
# A run of roots is read once, whether it ends in what can be shortened or not.
_UNIT_ROOTS = re.compile(r"((?:\\sqrt ?\{ ?)++)(?:([01])((?: ?\})++))?")
_MIXED_PLAIN = re.compile(r"(?<![\d.,}^_])(\d+) +(\d+) ?/ ?(\d+)(?![\d.])")
_TIMES_TEN = re.compile(r"(?<=\d)\s*[xX*]\s*10\s*\^")


def normal(text: str) -> str:
    """Normal spelling of one answer.

    Parameters
    ----------
    text : str
        The answer as written, without its box.

    Returns
    -------
    str
        The answer in one small LaTeX dialect; may be empty.
    """
    if text.isdigit() and text.isascii():
        return text
    if "boxed" in text or "fbox" in text:
        text = _without_boxes(text)
    text = unwrap(peel(text))
    if "or" in text or "and" in text:
        text = _RUN_ON.sub(r" \1 ", text)
    if "\x0c" in text or "\x08" in text:
        # "\frac" and "\boxed" after a careless decoding of their backslash.
        text = text.replace("\\\x0c", "\x0c").replace("\x0c", "\\f").replace("\x08", "\\b")
    if not text.isascii():
        text = from_unicode(text)
    if "\\" in text:
        text = from_latex(text)
    elif text.count("$") > 1:
        text = text.replace("$", " ")
    text = _MODULE.sub("", text.replace("**", "^"))
    text = _SPACING.sub(" ", text).strip()
    if "{" in text and "," in text:
        text = GROUPING.sub("", text)
    if "{-}" in text or "{+}" in text:
        text = _LONE_SIGN.sub(r"\1", text)
    text = _without_marks(text)
    if "illion" in text or "thousand" in text or "万" in text or "亿" in text:
        text = with_magnitudes(text)
    if "[" in text or "]" in text:
        text = _OUTWARD_CLOSED.sub(r")\1", _OUTWARD_OPENED.sub(r"\1(", text))
    if "|_" in text:
        text = _TAKEN_AT.sub("", text)
    if "or" in text or "\\approx" in text or "=" in text:
        text = _IN_BRACKETS.sub(_other_form, text)
    if "_" in text:
        text = _BASE_IN_BRACKETS.sub(r"_{\1}", _NUMBER_IN_BRACKETS.sub(r"\1", text))
    if "/" in text:
        text = _MIXED_PLAIN.sub(r"\1\\frac{\2}{\3}", text)
        if "\\text" not in text:
            text = _TIGHT.sub(lambda match: f"/({match[match.lastgroup or 0]})", text)
    if "..." in text:
        text = _DOTS.sub(r"\1\\ldots \2", text)
    if "^" in text:
        text = _TIMES_TEN.sub(r"\\times 10^", text)
    return as_notation(_trim(text))


def _without_boxes(text: str) -> str:
    for start, end, content in reversed(find_boxes(text)):
        text = f"{text[:start]}{{{_without_boxes(content)}}}{text[end:]}"
    return text


def _other_form(match: re.Match[str]) -> str:
    sign = match["sign"] if match["sign"] in ("\\approx", "=") else "\\or"
    return f" {sign} {match['form']}"


def _without_marks(text: str) -> str:
    """Drop an equals sign before the answer, the mark of a proof after it, quotes around it."""
    for _ in range(3):
        bare = _MARKS.sub("", text).strip()
        quoted = _QUOTED.fullmatch(bare)
        if quoted:
            bare = quoted["inside"].strip()
        if bare == text or not bare:
            break
        text = bare
    return text


def unwrap(text: str) -> str:
    """Strip mathematics and emphasis delimiters that enclose the whole answer."""
    text = text.strip()
    for _ in range(4):
        for left, right in (
            ("$$", "$$"),
            ("\\[", "\\]"),
            ("\\(", "\\)"),
            ("$", "$"),
            ("**", "**"),
            ("__", "__"),
            ("`", "`"),
        ):
            size = len(left) + len(right)
            if len(text) > size and text.startswith(left) and text.endswith(right):
                inner = text[len(left) : -len(right)]
                if left not in inner and not inner.endswith("\\"):
                    text = inner.strip()
                    break
        else:
            break
    return text


def collapse(text: str) -> str:
    """Shorten answers that are long only by nesting: brackets around all, roots of one and zero."""
    return peel(_UNIT_ROOTS.sub(_collapse_roots, text))


def _collapse_roots(roots: re.Match[str]) -> str:
    if roots[2] is None:
        return roots[0]
    surplus = roots[3].count("}") - roots[1].count("{")
    return roots[2] + "}" * surplus if surplus >= 0 else roots[0]


def peel(text: str) -> str:
    """Strip any number of brackets around the whole answer, in one pass; (5) is 5."""
    text = text.strip()
    if text[:1] not in ("{", "(") or text[-1:] not in ("}", ")"):
        return text
    if text[0] == "(" and text[1:2] != "(":
        return text
    closes: dict[int, int] = {}
    opened: list[int] = []
    for index, character in enumerate(text):
        if character in "({":
            opened.append(index)
        elif character in ")}" and opened:
            closes[opened.pop()] = index
    start, end = 0, len(text) - 1
    while (
        start < end
        and closes.get(start) == end
        and text[start + 1 : start + 2] in ("{", "(", text[start + 1])
    ):
        pair = text[start] + text[end]
        if pair not in ("{}", "()") or text[end - 1] == "\\":
            break
        if pair == "()" and text[start + 1] not in "({":
            break
        start, end = start + 1, end - 1
    return text[start : end + 1].strip()


def fold(text: str) -> str:
    """Text with case, spacing, LaTeX wrappers and surrounding punctuation folded away."""
    text = normal(text)
    for _ in range(3):
        text = re.sub(r"\\text\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(r"[{}$]|\\(?=[ a-zA-Z])", " ", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\s*([-/:,;])\s*", r"\1", text)
    return " ".join(text.split()).strip(" .,;:!?\"'`*")


def nesting(text: str) -> int:
    """Deepest nesting of brackets of any kind; unbalanced ones count as open."""
    depth = deepest = 0
    for character in text:
        if character in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")}]":
            depth = max(0, depth - 1)
    return deepest


def _trim(text: str) -> str:
    """Drop punctuation that ends a sentence, and one pair of braces around everything."""
    while text:
        if text[-1] in ",;:" or (text[-1] == "." and not text.endswith(("\\.", "..."))):
            text = text[:-1].rstrip()
        elif text[0] == "{" and _closes_at(text) == len(text) - 1:
            text = text[1:-1].strip()
        elif text.startswith("\\text{") and text.endswith(".}"):
            text = text[:-2].rstrip() + "}"
        elif text.endswith(("\\text{.}", "\\text{,}", "\\text{!}")):
            text = text[:-8].rstrip()
        else:
            break
    return text


def _closes_at(text: str) -> int:
    depth = 0
    for index, character in enumerate(text):
        if character in "{}" and (index == 0 or text[index - 1] != "\\"):
            depth += 1 if character == "{" else -1
            if depth == 0:
                return index
    return -1
