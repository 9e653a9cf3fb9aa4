r"""Where a worked text arrives: its box, tag or "The answer is"; and what is no answer."""

import re

from sample_engineering.answers import MARK, last_box

# A bare answer is short; a longer text without a box or mark is an explanation.
BARE_LENGTH = 200
# So many words in a row are a sentence.
_SENTENCE = 4
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:/\d+)?"
# \boxed 12: TeX takes one sign, people mean the number (hendrycks/math, issue 23).
_BRACELESS = re.compile(rf"\\(?:boxed|fbox)\s+({_NUMBER})")
_HEADING = re.compile(r"(?:step|part|case|solution|answer|conclusion|final|note)\b", re.IGNORECASE)
# What a model was told to put round its answer; the last one counts.
_TAGGED = re.compile(
    r"<(answer|final_answer)>((?:(?!<answer>|<final_answer>).)*?)</\1>", re.S | re.I
)
_SAID = re.compile(
    r"(?:the\s+)?(?:final\s+|correct\s+|right\s+)?answer(?:\s+is\s*:?|\s*[:=])\s*(.+?)\s*\.?\s*\Z",
    re.IGNORECASE,
)
# Of Markdown, where it marks the words "Answer:" or the whole line.
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ALONE = re.compile(r"(?:the\s+)?(?:final\s+|correct\s+)?answer\s*(?:is)?\s*[:.]?", re.IGNORECASE)
_MATH = re.compile(r"\$[^$]*\$|\\\([^)]*\\\)|\\[A-Za-z]+|\{[^{}]*\}")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")

_LONGEST_NONE = 40
_NO_WORDS = re.compile(r"[\s.\-–—_?!…\"'*]*")
_EMPTY = ("[]", "{}", "<na>", "<answer>", "<answer></answer>", "<none>", "<unk>", "[blank]")
_NONE = frozenset(
    (
        *("none", "nan", "n/a", "n a", "na/na", "null", "nil", "tbd", "todo", "fixme"),
        *("proof", "proof problem", "proof based", "proof question", "proofs"),
        *("proof needed", "proof required", "proof omitted", "see proof", "qed", "q.e.d"),
        *("to be proved", "to be proven", "notfound", "not found", "answer not found", "unknown"),
        *("missing", "no answer", "no final answer", "no answer found", "no answer provided"),
        *("no answer given", "no gold", "not available", "not provided", "not given", "omitted"),
        *("not applicable", "unanswerable", "error", "parse error", "parsing error"),
        *("extraction error", "invalid answer", "failed to parse", "could not parse"),
        *("see solution", "see the solution", "see above", "see below", "see explanation"),
        *("see attached", "see figure", "see the figure", "see text", "see rationale"),
        *("see the explanation", "see the proof", "see worked solution", "see image"),
        *("solution omitted", "answers may vary", "answers will vary"),
        *("answer may vary", "placeholder", "no solution provided", "no solution given"),
    )
)


def says_none(text: str) -> bool:
    """Whether a text in the place of a gold says that there is none: "Proof.", "n/a", "...".

    Case and punctuation do not matter. "undefined", "no solution" and "none of these" are answers.
    """
    bare = text.strip()
    if len(bare) > _LONGEST_NONE:
        return False
    folded = bare.lower()
    if _NO_WORDS.fullmatch(folded) or folded in _EMPTY or folded in ("n.a.", "n.a"):
        return True
    words = re.sub(r"\\(?:text(?:bf|rm|it)?|mathrm)\{([^{}]*)\}", r"\1", folded)
    words = re.sub(r"[\s_\-–]+", " ", words)
    return words.strip(" .,:;!?()[]<>\"'*$`") in _NONE


def final_answer(text: str, *, within: bool = False) -> tuple[str, bool] | None:
    r"""Return the answer at which a worked text arrives, and whether it is the whole text.

    GSM8K's ``#### ANSWER`` as last line, else the last ``<answer>`` tag, else the last box, else
    "The answer is ANSWER" as last line, also in Markdown. None without one.
    """
    last = text.rstrip().rpartition("\n")[2]
    if MARK in last:
        marked = last.rpartition(MARK)[2].strip()
        if marked and not _HEADING.match(marked):
            return marked, False
    if not within and ("nswer>" in text or "NSWER>" in text):
        tags = [found[2].strip() for found in _TAGGED.finditer(text)]
        if tags and tags[-1]:
            inner = final_answer(tags[-1], within=True)
            found = inner[0] if inner is not None else tags[-1]
            if len(found) <= BARE_LENGTH:
                return found, _TAGGED.fullmatch(text.strip()) is not None
    box = boxed(text)
    if box:
        bare = text.strip().strip("$").strip()
        return box, bare.startswith(("\\boxed", "\\fbox")) and bare.endswith(box + "}")
    return _said(text.rstrip(), last)


def _said(text: str, last: str) -> tuple[str, bool] | None:
    """The answer after "The answer is" in the last line, or after a heading of that name."""
    if len(last) > 2 * BARE_LENGTH:
        return None
    plain = _BOLD.sub(r"\2", last).strip() if "**" in last or "__" in last else last.strip()
    if "nswer" in last or "NSWER" in last:
        said = _SAID.search(plain)
        return (said[1], False) if said is not None and not is_prose(said[1]) else None
    before = text[: len(text) - len(last)].rstrip()
    heading = before.rpartition("\n")[2] if len(before) < len(text) else ""
    if 0 < len(heading) <= _LONGEST_NONE and "nswer" in heading:
        named = _ALONE.fullmatch(heading.strip(" #*_\t\r"))
        if named is not None and plain and not is_prose(plain):
            return plain, False
    return None


def boxed(text: str) -> str | None:
    r"""Return what the last box of a text holds, also without braces (``\boxed 12``)."""
    if "\\boxed" not in text and "\\fbox" not in text:
        return None
    found = last_box(text)
    if found is not None and len(found) == 1:
        braceless = _BRACELESS.findall(text)
        if braceless and braceless[-1].startswith(found):
            return str(braceless[-1])
    return found


def empty_box(text: str) -> bool:
    """Whether the last box of a text holds nothing."""
    return "boxed{" in text and not (last_box(text) or "").strip()


def is_prose(text: str) -> bool:
    """Whether a text is a sentence rather than a bare answer."""
    if len(text) > BARE_LENGTH or "\n" in text.strip():
        return True
    plain = _MATH.sub(" ", text)
    return len(_WORD.findall(plain)) >= _SENTENCE
