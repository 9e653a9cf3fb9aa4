"""Does the problem speak of a picture that it does not hold?"""

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.prefilter import may_hold

_SPOKEN_OF = re.compile(
    r"\b(?:in|see|from|at|using)\s+(?:the|this)\s+(?:following\s+|given\s+)?"
    r"(?:figure|diagram|picture|drawing|sketch)\b"
    r"|\b(?:figure|diagram|picture|drawing|graph|chart)\s+"
    r"(?:below|above|at (?:the )?(?:right|left))\b"
    r"|\bthe (?:figure|diagram|picture|drawing)\s+shows\b"
    r"|\b(?:as|are|is)\s+(?:shown|pictured|depicted|illustrated)(?:\s+(?:below|above|here)|[.,?])"
    r"|\bshown (?:below|above)\b",
    re.IGNORECASE,
)
_STEMS = (
    *("figure", "diagram", "pictur", "drawing", "sketch", "graph", "chart", "shown", "depicted"),
    "illustrated",
)
# Drawings, images and tables, which may be what is meant.
_HELD = re.compile(
    r"\[asy\]|tikz|\\chemfig|\\xymatrix|\\includegraphics|<img|<svg|!\[|https?://"
    r"|\\begin\{(?:tabular|array|[a-z]*matrix|picture|figure|align\*?)|\|\s*:?-{2,}",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"\\\[|\$\$|\\begin")  # "shown below" may mean it


class Picture:
    """The problem refers to a figure that is not there: it may not be solvable as it stands."""

    name = "picture"
    summary = "the problem refers to a figure that it does not hold"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a warning for each problem whose figure is missing."""
        for claim in claims:
            if claim.sample.images or not may_hold(claim.problem, *_STEMS):
                continue
            match = _SPOKEN_OF.search(claim.problem)
            if match is None or _HELD.search(claim.sample.problem):
                continue
            if "show" in match[0] and _FORMULA.search(claim.problem):
                continue
            words = " ".join(match[0].split()).strip(" .,?")
            yield Finding(
                self.name,
                "warning",
                claim.sample.id,
                f"the problem says {words!r}, and holds no figure",
                {"label": claim.sample.answer, "words": words},
            )
