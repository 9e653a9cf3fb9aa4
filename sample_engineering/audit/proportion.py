"""Problems of variation: "y varies inversely as the square of x; y is 3 when x is 2; find y for 4".

The text is read into exponents and two states, and the missing value follows. What does not read
completely, and in one way, is not read at all.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from sample_engineering.audit.prefilter import may_hold
from sample_engineering.audit.values import expression, value_of
from sample_engineering.grading.spelling.tree import Node
from sample_engineering.grading.values.units import read_unit, size

MAX_PROBLEM = 1_000  # characters
_MAX_QUANTITIES = 4
_FORMULA = r"(?:\$[^$]{1,40}\$|\\\([^()]{1,40}\\\))"
_PHRASE = r"[^.,;:=$\\]{0,80}?"
_TERM = rf"{_PHRASE}{_FORMULA}?{_PHRASE}"
_VARIES = re.compile(
    r"(?:^|[.,;]\s+|that\s+|Suppose\s+|Let\s+|given\s+)(?P<one>[^.,;:=]{1,120}?)\s+"
    r"(?:varies|vary|is|be|are)\s+(?P<how>directly|inversely|jointly)?\s*"
    r"(?:proportional\s+(?:to|with)|as|with|to)\s+(?P<others>[^.;:=]{1,200}?)(?=[.;,]\s|\.?$"
    r"|\s+and\s+(?:(?:when|if)\b|\$?[A-Za-z]\$?\s*(?:=|is\b)))",
    re.IGNORECASE,
)
_BOTH = re.compile(
    rf"(?P<one>{_FORMULA}|[a-z]{{1,20}})\s+and\s+(?P<two>{_FORMULA}|[a-z]{{1,20}})\s+"
    r"(?:vary\s+(?P<how>directly|inversely)|are\s+(?P<also>directly|inversely)\s+proportional)",
    re.IGNORECASE,
)
_POWERS = {
    "square root": Fraction(1, 2),
    "cube root": Fraction(1, 3),
    "square": Fraction(2),
    "cube": Fraction(3),
}
_NO_NOUN = frozenset({"value", "values", "quantity", "number", "variable", "the"})
_POWER = re.compile(r"\b(square root|cube root|square|cube)\s+of\s+", re.IGNORECASE)
_RUN_ENDS = re.compile(
    r"\s+(?:of|between|exerted|on|that|in|by|at|from|for|stored|required|needed|which|to|with|and)\b"
    r"|[$\\(]",
    re.IGNORECASE,
)
_NUMBER = r"-?\d[\d,]*(?:\.\d+)?(?:/\d+)?"
_VALUE = re.compile(
    rf"(?:\\\(|\$)?\s*(?<![\w.])(?P<number>{_NUMBER})\s*(?:\\\)|\$)?\s*"
    r"(?P<unit>(?:(?:square|cubic)\s+)?[a-zA-Z]+(?:\s+per\s+[a-zA-Z]+)?)?"
)
_SENTENCE = re.compile(r"(?<=[.?;])\s+|,\s+(?=(?:then|find|what)\b)", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:find|what|determine|compute|calculate)\b", re.IGNORECASE)
# What a quantity measures, by its noun: powers of length, mass and time.
_DIMENSIONS = {
    "area": {"[length]": 2},
    "volume": {"[length]": 3},
    "velocity": {"[length]": 1, "[time]": -1},
    "speed": {"[length]": 1, "[time]": -1},
    "length": {"[length]": 1},
    "distance": {"[length]": 1},
    "diameter": {"[length]": 1},
    "radius": {"[length]": 1},
    "time": {"[time]": 1},
}


@dataclass(frozen=True, slots=True)
class Proportion:
    """A variation that was read, and the value it leaves open.

    Parameters
    ----------
    unknown : str
        The quantity asked for, a symbol or a noun.
    value : float
        What it must be.
    reading : str
        How the text was read, for people.
    """

    unknown: str
    value: float
    reading: str


@dataclass(frozen=True, slots=True)
class _Quantity:
    symbol: str
    noun: str
    power: Fraction

    @property
    def name(self) -> str:
        return self.symbol or self.noun


@dataclass(frozen=True, slots=True)
class _Given:
    place: int
    value: Fraction
    unit: str


def read_proportion(problem: str) -> Proportion | None:
    """Read a problem of variation; None where it is none, or not surely read."""
    if len(problem) > MAX_PROBLEM or not may_hold(problem, "var", "proportional"):
        return None
    stated = _statement(problem)
    if stated is None:
        return None
    quantities, rest = stated
    if len({item.name for item in quantities}) < len(quantities):
        return None
    sentences = _SENTENCE.split(rest)
    asking = [text for text in sentences if _ASKS.search(text)]
    if len(asking) != 1:
        return None
    given = {item.name: _given(item, quantities, rest) for item in quantities}
    open_ = [item for item in quantities if len(given[item.name]) == 1]
    if len(open_) != 1 or any(
        len(values) != 2 for name, values in given.items() if name != open_[0].name
    ):
        return None
    unknown = open_[0]
    asked = _asked_power(unknown, asking[0])
    if asked is None or not _in_order(given):
        return None
    return _solved(quantities, given, unknown, asked)


def _statement(problem: str) -> tuple[list[_Quantity], str] | None:
    """Return the quantities with the exponents of their constant product, and the rest."""
    both = _BOTH.search(problem)
    if both is not None:
        inverse = (both["how"] or both["also"]).lower() == "inversely"
        one, two = _quantity(both["one"], Fraction(1)), _quantity(both["two"], Fraction(1))
        if one is None or two is None:
            return None
        two = _Quantity(two.symbol, two.noun, two.power if inverse else -two.power)
        return [one, two], problem[both.end() :]
    found = _VARIES.search(problem)
    if found is None or not re.search(r"\bvar|proportional", found[0]):
        return None
    how = (found["how"] or "directly").lower()
    if re.search(r"\b(?:inversely|directly|jointly)\b", found["others"]):
        return None  # "directly as x and inversely as y": not read
    sign = Fraction(1 if how == "inversely" else -1)
    first = _quantity(found["one"], Fraction(1))
    joined = r"\s+and\s+(?=the\b|\$|\\\()" if " between " not in found["others"] else r"$"
    others = [_quantity(text, sign) for text in re.split(joined, found["others"]) if text]
    if first is None or any(item is None for item in others) or len(others) >= _MAX_QUANTITIES:
        return None
    return [first, *(item for item in others if item is not None)], problem[found.end() :]


def _quantity(text: str, sign: Fraction) -> _Quantity | None:
    """Read "the cube of the wind's velocity V": its symbol, its noun, its exponent."""
    power = Fraction(1)
    if match := _POWER.search(text):
        power = _POWERS[match[1].lower()]
        text = text[match.end() :]
    symbol = ""
    if formula := re.search(_FORMULA, text):
        tree = expression(formula[0].removeprefix("\\(").removesuffix("\\)"))
        read = None if tree is None else _powered(tree)
        if read is None:
            return None
        symbol, own = read
        power *= own
    head = _RUN_ENDS.split(text.strip(), maxsplit=1)[0].split()
    words = [word.lower() for word in head if not word.endswith("'s") and word.isalpha()]
    noun = words[-1] if words and words[-1] not in _NO_NOUN else ""
    return _Quantity(symbol, noun, sign * power) if symbol or len(noun) > 2 else None


def _powered(tree: Node) -> tuple[str, Fraction] | None:
    """Read ``x``, ``x^2``, or a root of x."""
    if tree.op == "sym":
        return str(tree.value), Fraction(1)
    if tree.op in ("pow", "root") and tree.args[0].op == "sym":
        number = value_of(tree.args[1])
        if isinstance(number, Fraction) and number:
            return str(tree.args[0].value), number if tree.op == "pow" else 1 / number
    return None


def _given(quantity: _Quantity, all_: list[_Quantity], rest: str) -> list[_Given]:
    """Return the values that the text gives a quantity, in their order."""
    found: dict[int, _Given] = {}
    if quantity.symbol:
        symbol = re.escape(quantity.symbol)
        letter = rf"\\{symbol}" if len(quantity.symbol) > 1 else symbol
        own = re.compile(
            rf"(?<![\w^\\]){letter}\s*(?:\$|\\\))?\s*(?:=|is equal to|equals|is|was)\s*"
        )
        for match in own.finditer(rest):
            _take(found, rest, match.end())
    if quantity.noun:
        others = "|".join(item.noun for item in all_ if item.noun and item is not quantity)
        barrier = rf"(?:(?!\b(?:{others})\b)[^.,;?=])" if others else r"[^.,;?=]"
        for joined in ("(?:is|was|equals|=)", "of"):
            own = re.compile(
                rf"\b{re.escape(quantity.noun)}\b{barrier}{{0,60}}?\s{joined}\s+", re.IGNORECASE
            )
            for match in own.finditer(rest):
                _take(found, rest, match.end(), quantity.noun)
        for match in _VALUE.finditer(rest):
            if _measures(quantity.noun, match["unit"]):
                _take(found, rest, match.start())
    return [found[place] for place in sorted(found)]


def _take(found: dict[int, _Given], text: str, start: int, noun: str = "") -> None:
    match = _VALUE.match(text, start)
    if match is None:
        return
    unit = (match["unit"] or "").lower()
    if noun in _DIMENSIONS and read_unit(unit) is not None and not _measures(noun, unit):
        return  # "the pressure on a sail of 2 square feet" gives no pressure
    if not noun or noun not in _DIMENSIONS:
        taken = [name for name in _DIMENSIONS if name != noun and _measures(name, unit)]
        if noun and taken:
            return
    top, _, bottom = match["number"].replace(",", "").partition("/")
    if bottom and not int(bottom):
        return
    value = Fraction(top) / Fraction(bottom or 1)
    found[match.start("number")] = _Given(match.start("number"), value, unit)


def _measures(noun: str, unit: str | None) -> bool:
    """Whether a unit is one in which the noun is measured."""
    wanted = _DIMENSIONS.get(noun)
    read = read_unit(unit) if wanted and unit else None
    return read is not None and {name: int(n) for name, n in dict(size(read)[1]).items()} == wanted


def _asked_power(unknown: _Quantity, ask: str) -> Fraction | None:
    """Return the power of the unknown that is asked for; None where it is not asked for."""
    verb = _ASKS.search(ask)
    assert verb is not None
    clause = re.split(r"\b(?:when|if|for|where|at)\b", ask[verb.end() :], maxsplit=1)[0]
    for formula in re.findall(_FORMULA, clause):
        tree = expression(formula.removeprefix("\\(").removesuffix("\\)"))
        read = None if tree is None else _powered(tree)
        if read is not None:
            return read[1] if read[0] == unknown.symbol else None
    if unknown.noun and re.search(rf"\b{re.escape(unknown.noun)}\b", clause, re.IGNORECASE):
        return Fraction(1)
    return None


def _in_order(given: dict[str, list[_Given]]) -> bool:
    """Whether the first state is told before the second, in the same units."""
    first = [values[0].place for values in given.values()]
    second = [values[1].place for values in given.values() if len(values) > 1]
    same = all(
        _singular(values[0].unit) == _singular(values[1].unit)
        or not (values[0].unit and values[1].unit)
        for values in given.values()
        if len(values) > 1
    )
    return same and max(first) < min(second)


def _singular(unit: str) -> str:
    read = read_unit(unit)
    return str(read.factors) if read is not None else ""


def _solved(
    quantities: list[_Quantity],
    given: dict[str, list[_Given]],
    unknown: _Quantity,
    asked: Fraction,
) -> Proportion | None:
    ratio = 1.0
    for item in quantities:
        if item is unknown:
            continue
        old, new = (float(one.value) for one in given[item.name])
        power = -item.power / unknown.power
        if not old or not new or (new / old < 0 and power.denominator != 1):
            return None
        try:
            ratio *= (new / old) ** float(power)
        except OverflowError:
            return None
    start = float(given[unknown.name][0].value)
    value = start * ratio
    if asked != 1:
        if value < 0 and asked.denominator != 1:
            return None
        value = value ** float(asked)
    told = ", ".join(f"{item.name}^{item.power}" for item in quantities)
    states = "; ".join(
        f"{name}: {' then '.join(str(one.value) for one in values)}"
        for name, values in given.items()
    )
    return Proportion(unknown.name, value, f"the product of {told} is constant; {states}")
