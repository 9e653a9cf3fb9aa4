"""Is the label one of the options that the problem lists?"""

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.values import gold_number
from sample_engineering.errors import GoldError
from sample_engineering.grading import grade, read_gold

_LEAST = 3  # options in a row, from A on, make a list
_MAX_OPTION = 200  # characters
_MAX_LIST = 4_000  # characters from the first option on
_MARK = re.compile(
    r"(?:\\(?:text|textbf|mathrm|mathbf|mbox)\s*\{\s*(?:\\textbf\s*\{\s*)?|\*\*|(?<![\w.])\(?|\\n)"
    r"\s*\(?([A-H])\s*(?:\)|\.|:)(?!\w)"
)
_LAYOUT = re.compile(r"\\q?quad\b|\\\\|\\[ ,;!]|~|\*\*|^\s*\}|\\hspace\{[^{}]*\}")
_END = re.compile(r"\n\s*\n|(?:Enter|Type|Your answer|Express|Answer with|List)\b")
_ANYTHING = re.compile(r"none of|not uniquely|cannot be|all of|other", re.IGNORECASE)
_ASKS_LETTER = re.compile(
    r"\b(?:enter|type|give|write|answer|be|with)\s[^.]{0,30}\bletters?\b", re.IGNORECASE
)
_ENDING = 150  # characters in which the instruction stands


class Options:
    """The problem lists options, and the label is none of them, or not the letter asked for."""

    name = "options"
    summary = "the label is none of the options that the problem lists"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a finding for each label that is no option of its problem."""
        for claim in claims:
            if claim.gold is None or claim.sample.choices:
                continue
            options = listed_options(claim.problem)
            if len(options) < _LEAST:
                continue
            if claim.gold.kind == "choice":
                if str(claim.gold.value) not in options:
                    yield self._finding(claim, options, "severe", "is the letter of no option")
                continue
            if claim.gold.kind == "text" or any(map(_ANYTHING.search, options.values())):
                continue
            letters = [letter for letter, text in options.items() if _is(text, claim)]
            if letters:
                if _asks_for_letter(claim):
                    yield self._finding(
                        claim,
                        options,
                        "warning",
                        f"is option {letters[0]}, whose letter is asked for: the letter is graded "
                        "wrong",
                    )
            elif all(_readable(text) for text in options.values()):
                yield self._finding(claim, options, "severe", "is none of the options listed")

    def _finding(self, claim: Claim, options: dict[str, str], severity: str, what: str) -> Finding:
        return Finding(
            self.name,
            severity,
            claim.sample.id,
            f"the label {claim.sample.answer} {what}",
            {
                "label": claim.sample.answer,
                "options": "; ".join(f"{letter}: {text}" for letter, text in options.items()),
            },
        )


def listed_options(problem: str) -> dict[str, str]:
    """Return the options that a problem lists at its end, by letter; empty where it lists none."""
    if not all(letter in problem for letter in "ABCDEFGH"[:_LEAST]):
        return {}
    marks = list(_MARK.finditer(problem))
    starts = [place for place, mark in enumerate(marks) if mark[1] == "A"]
    for start in reversed(starts):
        row = []
        for expected, mark in zip("ABCDEFGH", marks[start:], strict=False):
            if mark[1] != expected:
                break
            row.append(mark)
        if len(row) < _LEAST or row[-1].end() - row[0].start() > _MAX_LIST:
            continue
        ends = [mark.start() for mark in row[1:]] + [len(problem)]
        texts = {
            mark[1]: _tidy(problem[mark.end() : end]) for mark, end in zip(row, ends, strict=True)
        }
        if all(0 < len(text) <= _MAX_OPTION for text in texts.values()):
            return texts
    return {}


def _tidy(text: str) -> str:
    text = _END.split(text, maxsplit=1)[0]
    text = _LAYOUT.sub(" ", text).strip().strip("$").strip()
    return text.removesuffix(".").strip().strip("$").strip(" ;,").removeprefix("}").strip()


def _is(option: str, claim: Claim) -> bool:
    assert claim.gold is not None
    if grade(f"\\boxed{{{option}}}", claim.gold):
        return True
    try:
        return bool(grade(f"\\boxed{{{claim.sample.answer}}}", read_gold(option)))
    except GoldError:
        return False


def _readable(option: str) -> bool:
    """Whether an option is a value, and not words or a formula with letters."""
    try:
        return gold_number(read_gold(option)) is not None
    except GoldError:
        return False


def _asks_for_letter(claim: Claim) -> bool:
    """Whether the end of the problem says that the letter is wanted."""
    return bool(_ASKS_LETTER.search(claim.problem[-_ENDING:]))
