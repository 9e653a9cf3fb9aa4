r"""What a value says as a gold answer: the answer without its working, or why it is none."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sample_engineering.pool.arrived import (
    BARE_LENGTH,
    empty_box,
    final_answer,
    is_prose,
    says_none,
)
from sample_engineering.pool.names import seen, squashed
from sample_engineering.pool.written import unpacked

_MOST_ALTERNATIVES = 1000
_MOST_DIGITS = 4000  # Python writes and reads no more than 4,300
_LARGEST = 10**_MOST_DIGITS
# Where the gold stands within an object, most trusted first; squashed.
_WITHIN = (
    *("groundtruth", "value", "finalanswer", "correctanswer", "expectedanswer", "answer"),
    *("normalizedvalue", "target", "gold", "number", "spans", "text", "content", "label"),
)
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:/\d+)?"
# ASDiv: "7 (marbles)"; "7 (mod 12)" means something else.
_COUNTED = re.compile(
    rf"({_NUMBER})\s*\(\s*(?!mod\b|base\b|approx|or\b)([A-Za-z][A-Za-z .'/²³%-]*)\)"
)


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold answer that was found, or why a value is none.

    Parameters
    ----------
    answer : str
        Empty where there is none.
    working : str or None
        The text at whose end it stood.
    fault : str
        Why it is none, or empty.
    bare : bool
        Whether the answer is no sentence.
    note : str
        What was dropped on the way, or empty.
    """

    answer: str
    working: str | None = None
    fault: str = ""
    bare: bool = True
    note: str = ""


def read_gold(value: Any) -> Gold:
    """Read a value of a column as a gold answer.

    Parameters
    ----------
    value : Any
        Text (perhaps with the working before it, or JSON), a number, an object that holds the gold,
        or a list of golds that all mean the same.
    """
    if isinstance(value, str):
        return _of_text(value)
    if value is None:
        return Gold("", fault="holds none")
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return Gold("", fault=f"is a number of more than {_MOST_DIGITS:,} digits")
    if isinstance(value, bool | int):
        return Gold(str(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            return Gold("", fault="is not a finite number")
        return Gold(str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value))
    if isinstance(value, Mapping):
        return _of_object(value)
    if isinstance(value, list | tuple):
        return _of_several(value)
    return Gold("", fault=f"is a {type(value).__name__}; text or a number is needed")


def _of_text(text: str) -> Gold:
    bare = seen(text)
    if says_none(bare):
        return Gold("", fault=f"says {bare!r}, which is no answer" if bare else "is empty")
    if bare[0] in "[{":
        inner = unpacked(bare)
        if isinstance(inner, dict) and any(squashed(str(key)) in _WITHIN for key in inner):
            return _of_object(inner)
        # [1, 2] is an interval, a vector or a list; only quoted texts are several golds.
        if isinstance(inner, list) and inner and all(isinstance(one, str) for one in inner):
            return _of_several(inner)
    if len(bare) <= BARE_LENGTH and bare.isalnum():
        return Gold(bare)
    final = final_answer(bare)
    if final is not None:
        found, whole = final
        if says_none(found):
            return Gold("", fault=f"ends in {found!r}, which is no answer")
        return Gold(found, None if whole else text)
    if empty_box(bare):
        return Gold("", fault="ends in an empty box, which is no answer")
    counted = _COUNTED.fullmatch(bare)
    if counted is not None:
        return Gold(counted[1], note=f"a unit in brackets, as in {bare[:40]!r}, left out")
    return Gold(bare, bare=not is_prose(bare))


def _of_object(value: Mapping[str, Any]) -> Gold:
    by_name = {squashed(str(key)): inner for key, inner in reversed(list(value.items()))}
    first = None
    for name in _WITHIN:
        inner = by_name.get(name)
        if inner is None or inner == [] or inner == {}:
            continue
        found = read_gold(inner)
        if found.answer:
            return found
        first = first or found
    return first or Gold("", fault="holds none")


def _of_several(values: Iterable[Any]) -> Gold:
    kept = list(values)
    if len(kept) > _MOST_ALTERNATIVES:
        return Gold("", fault=f"is a list of {len(kept):,}; one answer is needed")
    golds = [read_gold(one) for one in kept]
    usable = [gold for gold in golds if gold.answer]
    if not usable:
        return golds[0] if golds else Gold("", fault="holds none")
    first = usable[0]
    for other in usable[1:]:
        if not says_same(first.answer, other.answer):
            return Gold(
                "",
                fault=f"is a list of {len(usable)} different answers, {first.answer[:30]!r} and "
                f"{other.answer[:30]!r} among them; one answer is needed",
            )
    return first


def of_solution(text: str, *, bare: bool = True) -> Gold:
    """Read the gold from a worked solution, or where `bare` from one that is only the answer."""
    final = final_answer(text)
    if final is not None:
        found = final[0]
        if says_none(found):
            return Gold("", fault=f"ends in {found!r}, which is no answer")
        return Gold(found)
    if empty_box(text):
        return Gold("", fault="ends in an empty box, which is no answer")
    if not bare or is_prose(text):
        return Gold("", fault="holds no box and is no bare answer")
    return _of_text(text)


_SPACES = re.compile(r"\\[,;:! ]|\\q?quad|[\s~$]+|\\left|\\right|\\[()\[\]]|\\displaystyle")
_STYLED = re.compile(r"\\(?:text(?:bf|rm|it)?|math(?:rm|bf|it|sf)|mbox|operatorname)\{([^{}]*)\}")
_SHORT_FRACTION = re.compile(r"\\frac(\d)(\d)")
_FRACTION = re.compile(r"\\frac\{(-?\d+)\}\{(\d+)\}")
_LEADING = re.compile(r"\A[a-zA-Z](?:\([a-z]\))?=(?=.)")
_LONGEST_NUMBER = 40
_LONGEST_MEASURED = 80
_PLAIN = re.compile(r"[-+]?(?:\d+(?:/\d+|\.\d*)?|\.\d+)")  # no 1e9999999
_OPTION = re.compile(r"\(?([A-Ja-j])[).:]{1,2}(.*)\Z")


def says_same(one: str, other: str) -> bool:
    """Whether two golds are the same but for spelling: spaces, dollars, \\dfrac, 1,000, 2.0.

    Cheap and cautious: for a report of what differs, not for grading.
    """
    if one == other:
        return True
    first, second = _normal(one), _normal(other)
    if first == second:
        return True
    number, counterpart = _value(first), _value(second)
    if number is not None and counterpart is not None:
        return number == counterpart
    if _measured(one) == _measured(other) is not None:
        return True
    for option, bare in ((first, second), (second, first)):  # \textbf{(C)}\ 5
        match = _OPTION.match(option)
        if match is not None and bare and bare in (match[1].lower(), match[2], f"({match[1]})"):
            return True
    return False


def _normal(text: str) -> str:
    text = text.replace("dfrac", "frac").replace("tfrac", "frac").replace("{,}", "")
    text = _STYLED.sub(r"\1", text)
    text = _SPACES.sub("", text)
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    text = _FRACTION.sub(r"\1/\2", text)
    text = text.replace("^\\circ", "").replace("^{\\circ}", "").replace("\\%", "%")
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text).rstrip(".")
    return _LEADING.sub("", text).lower()


# A number, perhaps times a power of ten, and what it counts.
_MEASURED = re.compile(
    r"(?P<number>[-+]?(?:\d+\.?\d*|\.\d+))"
    r"(?:(?:e|\s*(?:\\times|\\cdot|\*)\s*10(?:\^\{?|\*\*))(?P<power>[-+]?\d{1,3})\}?)?(?P<unit>.*)",
    re.DOTALL,
)
_SPELT = {
    "\\mu": "u", "\u00b5": "u", "\u03bc": "u", "\\omega": "ohm", "\u03c9": "ohm",
    " ": "", "^{\\circ}": "deg", "^\\circ": "deg", "\u00b0": "deg", "**": "^", "\\cdot": "",
    "\u00b7": "", "*": "", "{": "", "}": "", "dollars": "dollar", "years": "year", "percent": "%",
}  # fmt: skip


def _measured(text: str) -> tuple[Fraction, str] | None:
    """Read a number in decimal or scientific notation and its unit, however they are spelt."""
    if len(text) > _LONGEST_MEASURED:
        return None
    plain = _SPACES.sub(" ", _STYLED.sub(r"\1", text)).strip().lower()
    found = _MEASURED.fullmatch(plain)
    if found is None:
        return None
    unit = found["unit"].strip()
    for spelt, meant in _SPELT.items():
        unit = unit.replace(spelt, meant)
    if unit.startswith("1/"):
        unit = f"{unit[2:]}^-1"
    return Fraction(found["number"]) * Fraction(10) ** int(found["power"] or 0), unit


def _value(text: str) -> Fraction | None:
    if len(text) > _LONGEST_NUMBER or not _PLAIN.fullmatch(text):
        return None
    try:
        return Fraction(text)
    except ZeroDivisionError:
        return None
