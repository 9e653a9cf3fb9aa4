"""Does one label answer a problem that asks several things?"""

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.prefilter import may_hold

_MARK = re.compile(
    r"(?:(?:^|(?<=[\s.,;:?!>}】)]))(?P<open>\(\s*\$?|\$\s*\(\s*|\*\*p|\\\()|(?:^|(?<=\s)))"
    r"(?P<mark>\d|[a-e]|I{1,3}|IV|Ⅰ|Ⅱ|Ⅲ|[ivx]{1,3})\s*(?P<close>\)\s*\$?|\.(?=\s|\*))\s*(?=\S)"
)
_NEXT = {
    "1": "2", "2": "3", "3": "4", "4": "5", "a": "b", "b": "c", "c": "d", "I": "II", "II": "III",
    "III": "IV", "i": "ii", "ii": "iii", "Ⅰ": "Ⅱ", "Ⅱ": "Ⅲ",
}  # fmt: skip
_ASKS = re.compile(
    r"\b(?:find|compute|determine|calculate|solve|prove|show that|what (?:is|are)|how many|"
    r"how much|evaluate|explain|write (?:down )?the|is there|does there)\b|\?",
    re.IGNORECASE,
)
# Numbered steps of a game or a procedure ask nothing.
_PROCEDURE = re.compile(r"\brepeat\b|\b(?:go to )?(?:step|instruction) \(?\d", re.IGNORECASE)
_EXTREMES = r"(?:maximum|minimum|largest|smallest|greatest|least)"
_BOTH = re.compile(
    rf"\b(?:find|determine|compute|calculate|what are)\s+the\s+{_EXTREMES}\s+and\s+(?:the\s+)?"
    rf"{_EXTREMES}\s+(?:possible\s+)?values?\b"
    r"|\bvalues? of \S{1,20} when [^.?]{1,60} and when\b",
    re.IGNORECASE,
)
_SEVERAL = frozenset({"set", "tuple", "interval", "matrix", "text"})


class Parts:
    """The problem asks several things, and the label answers one of them."""

    name = "parts"
    summary = "the problem asks several things, the label answers one"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a warning for each problem with several questions and one answer."""
        for claim in claims:
            gold = claim.gold
            if gold is None or gold.kind in _SEVERAL or claim.sample.choices:
                continue
            procedural = may_hold(claim.problem, "repeat", "step", "instruction")
            if procedural and _PROCEDURE.search(claim.problem):
                continue
            asked = parts_that_ask(claim.problem)
            if len(asked) > 1:
                yield Finding(
                    self.name,
                    "warning",
                    claim.sample.id,
                    f"parts {', '.join(asked)} ask something each; the label "
                    f"{claim.sample.answer} answers one",
                    {"label": claim.sample.answer, "parts": ", ".join(asked)},
                )
            elif may_hold(claim.question.text, "value") and (
                both := _BOTH.search(claim.question.text)
            ):
                words = " ".join(both[0].split())
                yield Finding(
                    self.name,
                    "warning",
                    claim.sample.id,
                    f"{words!r} asks for two values; the label {claim.sample.answer} gives one",
                    {"label": claim.sample.answer, "asked": words},
                )


def parts_that_ask(problem: str) -> list[str]:
    """Return the marks of the numbered parts of a problem that ask something."""
    marks = list(_MARK.finditer(problem))
    for start, first in enumerate(marks):
        if first["mark"] not in ("1", "a", "I", "i", "Ⅰ"):
            continue
        row = [first]
        for mark in marks[start + 1 :]:
            if mark["mark"] == _NEXT.get(row[-1]["mark"]) and _style(mark) == _style(first):
                row.append(mark)
        if len(row) < 2:
            continue
        ends = [mark.start() for mark in row[1:]] + [len(problem)]
        asks = [
            mark["mark"]
            for mark, end in zip(row, ends, strict=True)
            if _ASKS.search(problem, mark.end(), end)
        ]
        if len(asks) > 1:
            return asks
    return []


def _style(mark: re.Match[str]) -> tuple[bool, str]:
    """How a mark is written: "(1)", "1)" or "1."."""
    return bool(mark["open"]), mark["close"][0]
