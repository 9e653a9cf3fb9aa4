"""Find the final answer in a completion. Only what stands there is ever graded.

Every scan is linear in the text, so megabytes of hostile input cost milliseconds.
"""

import re
from dataclasses import dataclass

FORMS = ("boxed", "answer", "number", "letter", "math", "whole", "auto")

# Tags around reasoning, as written by the DeepSeek-R1, Qwen3, QwQ, Sky-T1 and Magistral families.
_TAG = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis)\b[^<>]{0,80}>"
    r"|<\|(begin|end)_of_thought\|>|\[(/?)THINK\]",
    re.IGNORECASE,
)
_BOX_TOKEN = re.compile(
    r"\\(?:boxed|fbox)(?![a-zA-Z])\s*(\{|[-+]?[0-9A-Za-z])?|\\.|[{}]", re.DOTALL
)
_SIMPLE_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{([^{}\\]*)\}")
# Boxes that follow one another with no more than a connecting phrase between them are one list, as
# in "\boxed{2} and \boxed{3}" (Math-Verify's suite has phrases of up to 23 characters).
_JOINT = 24
_ANSWER_LINE = re.compile(
    r"(?:final\s+)?answer\b\s*(?:\*\*|__)?\s*(?:is\b|:|=)\s*:?\s*(?:\*\*|__)?", re.IGNORECASE
)
_NUMBER = re.compile(
    r"[-+\u2212]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?(?:\s?/\s?\d+)?(?:\s?\\?%)?"
)
_LETTER = re.compile(r"(?<![A-Za-z0-9\\'])\(?([A-Z])\)?(?![A-Za-z0-9'])")


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


def find_boxes(text: str, *, unclosed: bool = False) -> list[tuple[int, int, str]]:
    """Outermost boxes as (start, end, content), brace-matched, in order.

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
    for token in _BOX_TOKEN.finditer(text, first):
        word = token[0]
        if word == "{":
            depth += 1
        elif word == "}":
            depth = max(0, depth - 1)
            if opened >= 0 and depth == level:
                boxes.append((opened, token.end(), text[content : token.start()]))
                opened = -1
        elif len(word) > 2 and word[1] in "bf":
            if token[1] == "{":
                if opened < 0:
                    opened, content, level = token.start(), token.end(), depth
                depth += 1
            elif token[1] and opened < 0:
                boxes.append((token.start(), token.end(), token[1]))
    if opened >= 0 and unclosed:
        boxes.append((opened, len(text), text[content:]))
    return boxes


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
        numbers = _NUMBER.findall(text[-20_000:])
        return Extraction((numbers[-1],) if numbers else (), False, form)
    if form == "letter":
        letters = _LETTER.findall(text[-20_000:])
        return Extraction((letters[-1],) if letters else (), False, form)
    if form == "whole":
        return Extraction((text.strip(),) if text.strip() else (), False, form)
    if form == "auto" and "\\boxed" in text:
        return _boxed(text)
    return _running_text(text)


def _boxed(text: str) -> Extraction:
    boxes = find_boxes(text)
    if len(boxes) < 2:
        return Extraction(tuple(box[2] for box in boxes), False, "boxed")
    joined = all(
        after[0] - before[1] <= _JOINT for before, after in zip(boxes, boxes[1:], strict=False)
    )
    return Extraction(tuple(dict.fromkeys(box[2] for box in boxes)), joined, "boxed")


def _answer_line(text: str) -> str | None:
    tail = text[-20_000:]
    last = None
    for last in _ANSWER_LINE.finditer(tail):
        pass
    if last is None:
        return None
    rest = tail[last.end() :].lstrip()
    line = rest.split("\n", 1)[0].strip()
    boxes = find_boxes(line)
    if boxes:
        return boxes[-1][2]
    line = re.split(r"(?<=[^\d\s])\.\s|(?<=\d)\.\s", line, maxsplit=1)[0]
    return line.strip().strip("*_").strip() or None


def _running_text(text: str) -> Extraction:
    found = _answer_line(text)
    if found is None:
        boxed = _boxed(text)
        if boxed.answers:
            return boxed
        numbers = _NUMBER.findall(text[-20_000:])
        found = numbers[-1] if numbers else None
    return Extraction((found,) if found else (), False, "math")
