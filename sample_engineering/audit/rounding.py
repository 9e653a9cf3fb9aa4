"""To the nearest hundredth, to three significant figures: how many figures a question asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLACES = {
    "integer": 0, "whole number": 0, "whole": 0, "tenth": 1, "hundredth": 2, "thousandth": 3,
    "ten-thousandth": 4, "ten thousandth": 4, "hundred-thousandth": 5, "millionth": 6, "ten": -1,
    "hundred": -2, "thousand": -3, "million": -6, "percent": 0, "degree": 0, "dollar": 0,
    "whole percent": 0, "cent": 2, "penny": 2,
}  # fmt: skip
_NEAREST = re.compile(
    r"\bto (?:the|its|their) nearest\s+\$?("
    + "|".join(sorted(map(re.escape, _PLACES), key=len, reverse=True))
    + r"|0?\.0*1|1)s?\$?(?![\w-])(?P<more>\s+(?:of|cubic|square)\b)?",
    re.IGNORECASE,
)
_NUMERALS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
}  # fmt: skip
_DECIMAL_PLACES = re.compile(
    r"\bto\s+(?:\$?(\d)\$?|(" + "|".join(_NUMERALS) + r"))\s+decimal\s+(?:place|digit)s?\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(
    r"\bto\s+(?:\$?(\d)\$?|(" + "|".join(_NUMERALS) + r"))\s+significant\s+(?:figure|digit)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How many figures the answer shall have.

    Parameters
    ----------
    phrase : str
        The words that ask.
    places : int or None
        Decimal places; negative: tens, hundreds ...
    figures : int or None
        Significant figures.
    """

    phrase: str
    places: int | None = None
    figures: int | None = None


def read_rounding(texts: Sequence[str]) -> Rounding | None:
    """Return the figures that the first of some texts asks for; None where none does."""
    for text in texts:
        figures = _FIGURES.search(text)
        if figures:
            return Rounding(figures[0], figures=_numeral(figures))
        places = _DECIMAL_PLACES.search(text)
        if places:
            return Rounding(places[0], places=_numeral(places))
        nearest = _NEAREST.search(text)
        if nearest and not nearest["more"]:
            word = nearest[1].lower()
            if word in _PLACES:
                return Rounding(nearest[0], places=_PLACES[word])
            return Rounding(nearest[0], places=len(word.partition(".")[2]))
    return None


def _numeral(match: re.Match[str]) -> int:
    return int(match[1]) if match[1] else _NUMERALS[match[2].lower()]
