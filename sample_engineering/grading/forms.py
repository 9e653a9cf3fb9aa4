"""The answer forms: where a completion states its final answer.

A form takes the text without its reasoning and returns an `Extraction`, a text, a list of texts, or
None. Each is registered by its name; the first line of its docstring is its summary.
"""

import re
from dataclasses import replace
from itertools import pairwise

from sample_engineering.answers import MARK, find_boxes
from sample_engineering.grading.extraction import Extraction

# Spaces are taken whole (\s*+): where several such places stand side by side, trying every
# division of a long blank among them would take time that grows with a power of its length.

_SIMPLE_BOX = re.compile(r"\\(?:boxed|fbox)\s*+\{([^{}\\]*)\}")
# Boxes with no more than a connecting phrase between them are one list, as in "\boxed{2} and
# \boxed{3}" (Math-Verify's suite has phrases of up to 27 characters).
_JOINT = 40
_ENUMERATION = re.compile(r"(?:[^a-zA-Z]|\(?(?:[a-h]|i{1,3}|iv|vi{0,3})\))*")
_CONNECTING = re.compile(r".*(?:\band\b|\bor\b|,|&|;).*", re.DOTALL | re.IGNORECASE)
# Between boxes that do not belong together: the end of a sentence, and words of a new one.
_NEW_SENTENCE = re.compile(
    r"[.!?\n:]\W*(?!(?:or|and|also|alternatively|maybe|perhaps|possibly|another|either)\b)[a-zA-Z]{2}",
    re.IGNORECASE,
)
# What stands in a box that only shows where the answer shall go.
_PLACEHOLDER = re.compile(
    r"\s*+(?:\\text\w* ?\{)?\s*+(?:(?:the|your|my|final|correct|a) )*"
    r"(?:answer|result|solution|number)?(?: here)?(?:\\[cl]?dots|\\_|[._?…])*\s*+\}?\s*+",
    re.IGNORECASE,
)
# Beside a box: a minus, but not one between two terms or of a list; the name of a coordinate.
_MINUS_BEFORE = re.compile(r"(?:^|[$=(\[] ?)-$")
_NAME_BEFORE = re.compile(r"(?<![\w\\^_{(])([xyzw]) ?= ?\$?$")
_ANSWER_LINE = re.compile(
    r"(?:(?:final\s++)?answer\b\s*+(?:\*\*|__)?\s*+(?:is\b|:|=|：)|答案\s*+[是为]?\s*+[:：]?)"
    r"\s*+:?\s*+(?:\*\*|__)?",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"<answer>((?:(?!</?answer>).)*)</answer>", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(
    r"(?<![\w.,])[-+\u2212]?(?:\d{1,3}(?:[, ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?:[eE][-+]?\d+)?(?:\s?/\s?\d+)?(?:\s?(?:\\?%|percent|pct))?(?!\d)"
)
# Thousands as LaTeX writes them.
_GROUPED = re.compile(r"(?<=\d)(?:\{,\}|\\,|,\\!|\\!,)(?=\d{3}(?!\d))")
# A capital that stands alone; "I hope" and "A dog" are words.
_LETTER = re.compile(
    r"(?<![A-Za-z0-9\\'])(?:\(([A-Z])\)|(?!I [a-z']|A [a-z]{2})([A-Z]))(?![A-Za-z0-9'])"
)
_ANNOUNCED_LETTER = re.compile(
    r"(?:(?i:answer|option|choice)|答案|选项?)\s*+(?:\*\*|__)?\s*+(?:is\b|[:=：是为])?\s*+"
    r"(?:\*\*|__|\$|(?i:option|choice)\s|\\(?:text|mathrm|mathbf|textbf)\s*+\{)*\s*+"
    r"\(?(A(?! [a-z])|[B-J])(?![A-Za-z0-9'])"
)

# "**Answer:** 12": words in bold before the answer.
_EMPHASIZED = re.compile(r"(?:\*\*|__)([A-Za-z]{3,} ?:?)(?:\*\*|__)")
_SENTENCE_END = re.compile(r"(?<=[^\d\s])\.\s|(?<=\d)\.\s")
_FINAL_ANSWER = re.compile(r"final\s++answer\b\s*+(?:\*\*|__)?\s*+(?:is\b|:)", re.IGNORECASE)
_CLOSING_PHRASE = re.compile(r"I hope it is correct|\n[^\S\n]*+\n|<\|im_", re.IGNORECASE)
# Formulas in running text; an inline one stays on its line.
_FORMULA = re.compile(
    r"\$\$((?:[^$\\]|\\.)+?)\$\$|\\\[((?:[^\\]|\\[^\[\]])+?)\\\]|\$((?:[^$\\\n]|\\[^\n])+?)\$"
    r"|\\\(((?:[^\\\n]|\\[^()\n])+?)\\\)"
    r"|(\\begin\{[pb]matrix\}(?:(?!\\begin).)+?\\end\{[pb]matrix\})",
    re.DOTALL,
)
_BROKEN_FORMULA = re.compile(r"\$[^$]*\$|\\\([^()]*\\\)")
_PERCENT_AFTER = re.compile(r"\s*+(?:\\?%|percent|pct)")
_PROSE = re.compile(r"[a-zA-Z]{2,} +[a-zA-Z]{2,}")
_ALTERNATIVE = re.compile(r"(?:[-+]?\d[\d.,]*\s*+(?:or|and|,|/)\s++)+$")
# So far before a number an alternative to it is looked for.
_NEAR = 200
_BETWEEN = re.compile(r"\s*+(?:,|and|or|,\s*+and|,\s*+or)\s*+")
_NAME = re.compile(r"\\?[a-zA-Z]+(?:_\{?\w+\}?)?")
_VARIABLE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])")
# A text without a box that is this short and has no two words in a row is all answer.
_BARE = 100
# The answer stands at the end: this much of a completion is searched.
TAIL = 20_000


def boxed(text: str) -> Extraction:
    r"""The last ``\boxed{}``; several side by side must agree, or are one list."""
    alone = text.count("\\boxed") == 1 and "-\\boxed" not in text
    simple = _SIMPLE_BOX.findall(text) if alone else None
    if simple is not None and len(simple) == 1:
        return Extraction((simple[0],))
    boxes = find_boxes(text)
    # "I put the answer in \\boxed{}" before the answer is told; an empty last box is no answer.
    filled = [box for box in boxes[:-1] if not _PLACEHOLDER.fullmatch(box[2])] + boxes[-1:]
    last = filled[-1:]
    joined = True
    for before, after in pairwise(reversed(filled)):
        gap = text[after[1] : before[0]]
        together = _belong_together(gap)
        if together is None:
            break
        joined = joined and together
        last.append(after)
    named = _names(text, last) if joined and len(last) > 1 else None
    if named is not None:
        return Extraction(named, True)
    answers = tuple(dict.fromkeys(_signed(text, box) for box in reversed(last)))
    return Extraction(answers, joined and len(last) > 1)


def _signed(text: str, box: tuple[int, int, str]) -> str:
    """What stands in a box, with a minus that was left outside: x = -\\boxed{5}."""
    outside = _MINUS_BEFORE.search(text[max(0, box[0] - 4) : box[0]])
    return f"-({box[2]})" if outside else box[2]


def _names(text: str, boxes: list[tuple[int, int, str]]) -> tuple[str, ...] | None:
    """Boxes of coordinates with the names before them: "y = \\boxed{1} and x = \\boxed{2}"."""
    names = [_NAME_BEFORE.search(text[max(0, box[0] - 12) : box[0]]) for box in boxes]
    found = [name[1] for name in names if name is not None]
    if len(set(found)) < len(boxes):
        return None
    pairs = list(zip(found, boxes, strict=True))[::-1]
    return tuple(f"{name} = {_signed(text, box)}" for name, box in pairs)


def _belong_together(gap: str) -> bool | None:
    """Whether boxes are members of one list; None where the later one stands for itself."""
    if len(gap) > _JOINT:
        return None
    if _ENUMERATION.fullmatch(gap):
        return True
    if _NEW_SENTENCE.search(gap):
        return None
    return _CONNECTING.fullmatch(gap) is not None


def answer(text: str) -> str | None:
    """What "answer:", <answer> or #### announce, up to the end of the sentence."""
    tail = text[-TAIL:]
    tagged = _last_match(_TAGGED, tail)
    if tagged is not None:
        return _line(tagged[1])
    if MARK in tail:
        return _line(tail.rpartition(MARK)[2])
    announced = _last_match(_ANSWER_LINE, tail)
    if announced is None:
        return None
    return _line(tail[announced.end() :])


def _line(rest: str) -> str | None:
    """The answer at the beginning of a text: its box, or its first sentence without emphasis."""
    line = rest.strip().split("\n", 1)[0]
    boxes = find_boxes(line)
    if boxes:
        return boxes[-1][2]
    line = _SENTENCE_END.split(line, maxsplit=1)[0]
    return line.strip().rstrip(".").strip("*_").strip() or None


def number(text: str) -> str | None:
    """The last number of the text."""
    tail = text[-TAIL:]
    if "{" in tail or "\\" in tail:
        tail = _GROUPED.sub("", tail)
    numbers = _NUMBER.findall(tail)
    return numbers[-1] if numbers else None


def letter(text: str) -> str | None:
    """The letter that is announced, or the last capital that stands alone."""
    tail = text[-TAIL:]
    announced = _last_match(_ANNOUNCED_LETTER, tail)
    if announced is not None:
        return announced[1]
    found = _last_match(_LETTER, tail)
    return None if found is None else found[1] or found[2]


def whole(text: str) -> str | None:
    """The whole text is the answer."""
    return text.strip() or None


def math(text: str) -> Extraction:
    """Search running text as Math-Verify does: an announced answer, a box, the last formula."""
    text = text[-TAIL:]
    announced = _last_match(_FINAL_ANSWER, text)
    if announced is not None:
        segment = _CLOSING_PHRASE.split(text[announced.end() :], maxsplit=1)[0]
        found = _last_expression(segment)
        if found is not None:
            return Extraction((found,), declared=False)
    in_boxes = boxed(text)
    if in_boxes.answers:
        return in_boxes
    found = _last_expression(text)
    return Extraction(() if found is None else (found,), declared=False)


def auto(text: str) -> Extraction:
    """A box, <answer> or #### if there is one, the text if it is short, else as ``math``."""
    if "\\boxed" in text:
        boxes = find_boxes(text)
        return replace(boxed(text), letter=_announced_letter(text[boxes[-1][1] :] if boxes else ""))
    if "</answer>" in text or MARK in text:
        found = answer(text)
        if found is not None:
            return Extraction((found,))
    if "答案" in text:
        found = answer(text)
        return Extraction((found,) if found else (), letter=_announced_letter(text))
    if is_bare(text):
        bare = _EMPHASIZED.sub(r"\1", text).strip()
        return Extraction((bare,), letter=_announced_letter(text))
    return replace(math(text), letter=_announced_letter(text))


def _announced_letter(text: str) -> str | None:
    found = _last_match(_ANNOUNCED_LETTER, text[-TAIL:])
    return None if found is None else found[1]


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    last = None
    for match in pattern.finditer(text):
        last = match
    return last


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
        start = number.start()
        before = _ALTERNATIVE.search(outside[max(0, start - _NEAR) : start])
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
