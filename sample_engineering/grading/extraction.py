"""Find the final answer in a completion. Only what stands there is ever graded.

Every scan is linear in the text, so megabytes of hostile input cost milliseconds.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from sample_engineering.answers import find_boxes

FORMS = ("boxed", "answer", "number", "letter", "math", "whole", "auto")

# Tags around reasoning, as written by the DeepSeek-R1, Qwen3, QwQ, Sky-T1 and Magistral families.
_TAG = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis)\b[^<>]{0,80}>"
    r"|<\|(begin|end)_of_thought\|>|\[(/?)THINK\]",
    re.IGNORECASE,
)
_SIMPLE_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{([^{}\\]*)\}")
# Boxes with no more than a connecting phrase between them are one list, as in "\boxed{2} and
# \boxed{3}" (Math-Verify's suite has phrases of up to 27 characters).
_JOINT = 40
_CONNECTING = re.compile(r"[^a-zA-Z]*|.*(?:\band\b|\bor\b|,|&|;).*", re.DOTALL)
_ANSWER_LINE = re.compile(
    r"(?:final\s+)?answer\b\s*(?:\*\*|__)?\s*(?:is\b|:|=)\s*:?\s*(?:\*\*|__)?", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?<![\w.,])[-+\u2212]?(?:\d{1,3}(?:[, ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?:[eE][-+]?\d+)?(?:\s?/\s?\d+)?(?:\s?(?:\\?%|percent|pct))?(?!\d)"
)
_LETTER = re.compile(r"(?<![A-Za-z0-9\\'])\(?([A-Z])\)?(?![A-Za-z0-9'])")

_SENTENCE_END = re.compile(r"(?<=[^\d\s])\.\s|(?<=\d)\.\s")
_FINAL_ANSWER = re.compile(r"final\s+answer\b\s*(?:\*\*|__)?\s*(?:is\b|:)", re.IGNORECASE)
_CLOSING_PHRASE = re.compile(r"I hope it is correct|\n\s*\n|<\|im_", re.IGNORECASE)
# Formulas in running text; an inline one stays on its line.
_FORMULA = re.compile(
    r"\$\$((?:[^$\\]|\\.)+?)\$\$|\\\[((?:[^\\]|\\[^\[\]])+?)\\\]|\$((?:[^$\\\n]|\\[^\n])+?)\$"
    r"|\\\(((?:[^\\\n]|\\[^()\n])+?)\\\)|(\\begin\{(?:p|b)matrix\}.+?\\end\{(?:p|b)matrix\})",
    re.DOTALL,
)
_BROKEN_FORMULA = re.compile(r"\$[^$]*\$|\\\([^()]*\\\)")
_PERCENT_AFTER = re.compile(r"\s*(?:\\?%|percent|pct)")
_PROSE = re.compile(r"[a-zA-Z]{2,} +[a-zA-Z]{2,}")
_ALTERNATIVE = re.compile(r"(?:[-+]?\d[\d.,]*\s*(?:or|and|,|/)\s+)+$")
_BETWEEN = re.compile(r"\s*(?:,|and|or|,\s*and|,\s*or)\s*")
_NAME = re.compile(r"\\?[a-zA-Z]+(?:_\{?\w+\}?)?")
_VARIABLE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])")
# A text without a box that is this short and has no two words in a row is all answer.
_BARE = 100
# The answer stands at the end: this much of a completion is searched.
TAIL = 20_000


@dataclass(frozen=True, slots=True)
class Extraction:
    """Candidate final answers of one completion.

    Parameters
    ----------
    answers : tuple of str
        Distinct answers in the declared form, in order; empty where there is none.
    joined : bool
        True if the answers stand side by side and so may be the members of one list.
    form : str
        The form they were found in.
    """

    answers: tuple[str, ...]
    joined: bool
    form: str


def strip_reasoning(text: str) -> str:
    """Drop reasoning blocks; what precedes an unopened closing tag is reasoning too."""
    if "<" not in text and "[" not in text:
        return text
    first = _TAG.search(text)
    if first is None:
        return text
    kept: list[str] = []
    depth = 0
    start = 0
    for tag in _TAG.finditer(text, first.start()):
        closing = tag[1] == "/" or tag[2] in ("end", "END") or tag[3] == "/"
        if depth == 0:
            kept.append(text[start : tag.start()])
            if closing:
                kept.clear()
        depth = max(0, depth - 1) if closing else depth + 1
        start = tag.end()
    if depth == 0:
        kept.append(text[start:])
    return "".join(kept)


def extract(text: str, form: str = "boxed") -> Extraction:
    """Find the final answer of a completion in the declared form.

    Parameters
    ----------
    text : str
        The completion, with or without its reasoning block.
    form : str
        ``boxed`` (the last ``\\boxed{}``; several must agree), ``answer`` (what follows the last
        "answer:" or "answer is"), ``number`` (the last number), ``letter`` (the last stand-alone
        capital letter), ``math`` (as Math-Verify searches running text: an announced final answer,
        a box, the last formula, the last number), ``whole`` (the text is the answer) or ``auto``
        (``boxed`` where there is a box, else ``math``).
    """
    if form == "boxed":
        simple = _SIMPLE_BOX.findall(text) if text.count("\\boxed") == 1 else None
        if simple is not None and len(simple) == 1 and "<" not in text and "[" not in text:
            return Extraction((simple[0],), False, form)
    text = strip_reasoning(text)
    if form == "boxed":
        return _boxed(text)
    if form == "answer":
        found = _answer_line(text)
        return Extraction((found,) if found else (), False, form)
    if form == "number":
        numbers = _NUMBER.findall(text[-TAIL:])
        return Extraction((numbers[-1],) if numbers else (), False, form)
    if form == "letter":
        letters = _LETTER.findall(text[-TAIL:])
        return Extraction((letters[-1],) if letters else (), False, form)
    if form == "whole":
        return Extraction((text.strip(),) if text.strip() else (), False, form)
    if form == "auto" and "\\boxed" in text:
        return _boxed(text)
    if form == "auto" and is_bare(text):
        return Extraction((text.strip(),), False, form)
    return _running_text(text)


def _boxed(text: str) -> Extraction:
    boxes = find_boxes(text)
    if len(boxes) < 2:
        return Extraction(tuple(box[2] for box in boxes), False, "boxed")
    joined = all(
        after[0] - before[1] <= _JOINT
        and _CONNECTING.fullmatch(text[before[1] : after[0]]) is not None
        for before, after in pairwise(boxes)
    )
    return Extraction(tuple(dict.fromkeys(box[2] for box in boxes)), joined, "boxed")


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for match in pattern.finditer(text):
        last = match
    return last


def _answer_line(text: str) -> str | None:
    """The rest of the line after the last "answer:" or "answer is"."""
    tail = text[-TAIL:]
    announced = _last_match(_ANSWER_LINE, tail)
    if announced is None:
        return None
    line = tail[announced.end() :].lstrip().split("\n", 1)[0]
    boxes = find_boxes(line)
    if boxes:
        return boxes[-1][2]
    line = _SENTENCE_END.split(line, maxsplit=1)[0]
    return line.strip().strip("*_").strip() or None


def _running_text(text: str) -> Extraction:
    """Search running text as Math-Verify does: nobody declared where the answer stands."""
    text = text[-TAIL:]
    announced = _last_match(_FINAL_ANSWER, text)
    if announced is not None:
        segment = _CLOSING_PHRASE.split(text[announced.end() :], maxsplit=1)[0]
        found = _last_expression(segment)
        if found is not None:
            return Extraction((found,), False, "math")
    boxed = _boxed(text)
    if boxed.answers:
        return boxed
    found = _last_expression(text)
    return Extraction(() if found is None else (found,), False, "math")


def _last_expression(text: str) -> str | None:
    """The later of the last formula and the last number outside formulas."""
    boxes = find_boxes(text)
    if boxes:
        return boxes[-1][2]
    if is_bare(text):
        return text.strip()
    spans = list(_FORMULA.finditer(text))
    formula = spans[-1] if spans else None
    rest = text[formula.end() if formula else 0 :]
    percent = _PERCENT_AFTER.match(rest)
    outside = _BROKEN_FORMULA.sub(" ", rest)
    number = _last_match(_NUMBER, outside)
    if number is not None and not (formula and percent):
        # "11 or 12" is two guesses, not one answer.
        before = _ALTERNATIVE.search(outside[: number.start()])
        return (before[0] if before else "") + number[0]
    if formula is None:
        return None
    content = _content(formula)
    for index in range(len(spans) - 2, -1, -1):
        # "$1$ and $2$" is one answer in two formulas.
        if not _BETWEEN.fullmatch(text[spans[index].end() : spans[index + 1].start()]):
            break
        content = f"{_content(spans[index])}, {content}"
    alone = formula[0] == text.strip()
    return _last_step(content, alone) + (" \\%" if percent else "")


def _content(formula: re.Match[str]) -> str:
    return next(group for group in formula.groups() if group is not None)


def is_bare(text: str) -> bool:
    """Whether a text without a box is short and free of prose, so that all of it is the answer."""
    text = text.strip()
    marked = "$" in text or "\\(" in text or "\\[" in text
    return 0 < len(text) <= _BARE and not marked and not _PROSE.search(text)


def _last_step(formula: str, alone: bool) -> str:
    """Of a derivation "x = 5 + 6 = 11" in running text, the label and the last value."""
    exact = re.split(r"\\approx(?![a-zA-Z])", formula)[0]
    steps = _top_level(exact)
    if not steps or not all(steps):
        return formula
    if len(steps) > 2:
        label = steps[0] + " = " if _NAME.fullmatch(steps[0]) else ""
        return label + steps[-1]
    if len(steps) == 2 and not alone and not any(_VARIABLE.search(step) for step in steps):
        return steps[-1]
    return formula if _NAME.fullmatch(exact.strip()) else exact


def _top_level(formula: str) -> list[str]:
    """Split at the equals signs outside braces; empty where a comma or relation is there too."""
    steps = [""]
    depth = 0
    for character in formula:
        depth += (character in "{([") - (character in "})]")
        if depth == 0 and character in ",;<>":
            return []
        if depth == 0 and character == "=":
            steps.append("")
        else:
            steps[-1] += character
    return [step.strip() for step in steps]
