"""In which unit a question wants its answer."""

import re
from functools import lru_cache

from sample_engineering.audit.counting import last_count, words_after
from sample_engineering.grading.values.units import Unit, read_unit

_UNIT_WANTED = re.compile(
    r"\banswers? (?:[a-z ]{0,30})?in (?P<a>\$?[^,.?;$]{1,40}\$?)(?=[,.?;]|$)"
    r"|, (?:measured |expressed |given )?in (?P<b>[a-z]+(?: [a-z]+)?(?: per [a-z]+)?),"
    r"|\bin (?P<c>(?:square |cubic )?[a-z]+(?: per [a-z]+)?)\?",
    re.IGNORECASE,
)
_MATH_UNIT = re.compile(r"\\mathrm|\\text|[$\\]")


def read_asked_unit(ask: str, whole_text: str) -> tuple[Unit | None, str]:
    """Return the unit that is asked for and the words that ask; None and nothing where none is.

    Parameters
    ----------
    ask : str
        The sentence that asks.
    whole_text : str
        The same with the instructions after it.
    """
    for match in _UNIT_WANTED.finditer(whole_text):
        words = (match["a"] or match["b"] or match["c"]).strip()
        unit = _read(words.strip("$ "))
        if unit is not None:
            return unit, " ".join(match[0].split()).strip(" ,")
    last = last_count(ask)
    if last is None:
        return None, ""
    named = [word for word, _ in zip(words_after(ask, last.end()), range(2), strict=False)]
    for size in (2, 1):
        unit = _read(" ".join(named[:size])) if len(named) >= size else None
        if unit is not None and len(named[0]) > 1:
            return unit, f"how many {' '.join(named[:size])}"
    return None, ""


@lru_cache(maxsize=2048)
def _read(words: str) -> Unit | None:
    """Read the unit that words name; single letters count only in upright type."""
    plain = words.strip()
    if not plain or (len(plain) <= 2 and not _MATH_UNIT.search(plain)):
        return None
    return read_unit(plain.replace("\\mathrm", "\\text").replace("\\,", " "))
