"""Numbers with units: splitting an answer into both, and comparing across units."""

# ruff: noqa: SIM905 (tables of names read best as words)

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from sample_engineering.grading.sameness.structure import Comparison, stated_values
from sample_engineering.grading.spelling.normal import fold
from sample_engineering.grading.spelling.parser import parse
from sample_engineering.grading.spelling.tree import Literal, Node, ParseError, is_constant
from sample_engineering.grading.values.agreement import (
    SIGNIFICANT_FIGURES,
    evaluate,
    written_figures,
)
from sample_engineering.grading.values.precision import NotComparable, context, to_mp
from sample_engineering.grading.values.units import Unit, read_unit, size, to_base

# pint's factors are floats; conversions agree to about 1e-15.
_CONVERSION = 1e-9
# "US" and its like before the sign say whose dollars.
_DOLLARS = r"(?:\\text ?\{ ?)?(?:US|A|C|CA|AU)? ?\}? ?\\?\$"
_CURRENCY = re.compile(
    rf"^(?P<sign>[-+]?) ?(?P<name>{_DOLLARS}|\\euro|\\pounds|\\yen|\\text ?\{{ ?Rs\.? ?\}}|Rs\.?)"
    r" ?(?P<rest>[-+]?[\d.\\({].*)$",
    re.DOTALL,
)
_STARTS = re.compile(
    r"\\text ?\{|\\frac|\\mu|\\Omega|\{? ?\^ ?\{? ?(?:\\circ|\\text ?\{ ?o ?\}|[oO] ?\}? ?[{CF])"
    r"|\\AA|\\?\$|\\euro|\\pounds|\\yen|\\deg|[\u4e00-\u9fff]"
    r"|(?<![\\a-zA-Z_{])[a-zA-Z]|\("
)
# Words that are no known unit: upright, or italic ones that can be no products.
_WITH_WORDS = re.compile(
    r"(.*?\S) ?\\text ?\{([^{}]*[a-zA-Z][^{}]*)\}(\^\{?\d\}?)?"
    r"|([-+\d.,/]+) ((?=[a-z]*[aeiou])[a-z]{4,}(?: [a-z]{3,})*)"
)
_MAX_LENGTH = 200
_STEPS = re.compile(r"(=|\\approx)")
_MAX_PARTS = 9


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit, or with words that are no known unit.

    Parameters
    ----------
    number : Node
        The number or constant expression before the unit.
    unit : Unit or None
        The unit, None where `words` stand in its place.
    words : str or None
        Folded words that are no unit, as in "16 daps".
    written : str
        What was read as the unit, as written, with the space before it.
    """

    number: Node
    unit: Unit | None
    words: str | None = None
    written: str = field(default="", compare=False)


@lru_cache(maxsize=2048)
def read_quantity(text: str, upright: bool = False, words: bool = False) -> Quantity | None:
    """Split an answer in normal spelling into number and unit, or return None.

    Parameters
    ----------
    text : str
        For example ``5 m/s``, ``\\$18.90``, ``90^\\circ``, ``3\\times10^8 \\text{ m/s}``.
    upright : bool
        Whether units must be set in upright letters, since italic ones may be variables.
    words : bool
        Whether upright words that are no unit may stand in place of one.
    """
    if len(text) > _MAX_LENGTH:
        return None
    currency = _CURRENCY.match(text)
    if currency:
        return _with_currency(currency)
    depth = 0
    last = 0
    for start in _STARTS.finditer(text):
        index = start.start()
        between = text[last:index]
        depth += between.count("{") - between.count("}")
        last = index
        if depth or index == 0:
            continue
        if upright and not start[0].startswith(("\\t", "^", "\\$", "\\d", "\\A", "\\O")):
            continue
        unit = read_unit(text[index:])
        if unit is not None:
            number = _number(text[:index])
            if number is not None:
                return Quantity(number, unit, None, text[len(text[:index].rstrip()) :])
    compound = _compound(text)
    if compound is not None:
        return compound
    if words:
        match = _WITH_WORDS.fullmatch(text)
        number = _number(match[1] or match[4]) if match else None
        if match and number is not None:
            return Quantity(number, None, fold(match[2] or match[5]) + (match[3] or ""))
    return None


# Units that people add up: 2 hours 30 minutes, 5 ft 6 in, 12 degrees 30 minutes.
_SUMS = re.compile(
    r"(?P<first>[-+]?[\d.]+ ?[^\d]{1,40}?)(?:,|\\and| and |\\text ?\{,? ?and ?\})? ?"
    r"(?P<second>\d[\d.]* ?[^\d]{1,40}(?:\d[\d.]* ?[^\d]{1,40})?)"
)
_SUMMED = frozenset(
    "week day hour minute second foot inch yard mile pound ounce kilogram gram meter centimeter "
    "millimeter kilometer degree arcminute arcsecond dollar cent".split()
)


def _compound(text: str) -> Quantity | None:
    """Read "2 hours 30 minutes": parts of one quantity, each smaller than one unit before it."""
    match = _SUMS.fullmatch(text)
    if match is None:
        return None
    parts = [read_quantity(match[name].strip(" ,"), upright=False) for name in ("first", "second")]
    first, second = parts
    if first is None or second is None or first.unit is None or second.unit is None:
        return None
    names = [unit.factors[0][0] for unit in (first.unit, second.unit) if len(unit.factors) == 1]
    if len(names) < 2 or not set(names) <= _SUMMED:
        return None
    (large, dimension), (small, other) = size(first.unit), size(second.unit)
    if dimension != other or first.number.op != "num" or second.number.op != "num":
        return None
    whole, rest = first.number.value.value, second.number.value.value
    share = Fraction(small / large).limit_denominator(10**6)
    if whole.denominator != 1 or share >= 1 or rest * share >= 1:
        return None
    total = Literal(whole + rest * share, 1, False)
    return Quantity(Node("num", (), total), first.unit, None, first.written)


def _with_currency(match: re.Match[str]) -> Quantity | None:
    rest = match["rest"]
    # "\$\frac23 \approx \$0.67" states its exact value first.
    rest = re.split(r"\\approx|=", rest)[0]
    inner = read_quantity(rest)
    name = match["name"]
    unit = read_unit("\\$" if "$" in name else name)
    if inner is not None:
        if inner.unit != unit:
            return None
        number: Node | None = inner.number
    else:
        number = _number(rest)
    if number is None:
        return None
    return Quantity(Node("neg", (number,)) if match["sign"] == "-" else number, unit)


def _number(text: str) -> Node | None:
    text = re.sub(r"(?:\\cdot|\\times|\*|-)\s*$", "", text).strip()
    if not text:
        return None
    try:
        node = parse(text)
    except ParseError:
        return None
    if node.op in ("list", "group", "set", "matrix", "union", "text", "ratio"):
        return None
    if node.op == "rel":
        members = stated_values(node)
        if not members:
            return None
        node = members[-1] if len(members) == 1 else members[0]
    return node if is_constant(node) else None


def same_quantity(gold: Quantity, prediction: Quantity, comparison: Comparison) -> bool:
    """Whether two quantities are equal, in whatever units of the same dimension."""
    if gold.unit is None or prediction.unit is None:
        same_words = gold.words is not None and _singular(gold.words) == _singular(prediction.words)
        return same_words and comparison.same(gold.number, prediction.number)
    if gold.unit == prediction.unit or _may_be_yen(gold.unit, prediction.unit):
        return comparison.same(gold.number, prediction.number)
    if size(gold.unit)[1] != size(prediction.unit)[1]:
        return False
    try:
        values = [_real(item.number) for item in (gold, prediction)]
    except NotComparable:
        return False
    a, b = to_base(values[0], gold.unit), to_base(values[1], prediction.unit)
    figures = min(written_figures(item.number) or 0 for item in (gold, prediction))
    rounded = max(written_figures(item.number) or 0 for item in (gold, prediction))
    agreement = max(comparison.tolerance or 0, _CONVERSION)
    if figures >= SIGNIFICANT_FIGURES or (rounded >= SIGNIFICANT_FIGURES and figures == 0):
        agreement = max(agreement, 10.0 ** (1 - SIGNIFICANT_FIGURES))
    return (a != 0 and abs(a - b) <= agreement * abs(a)) or a == b


def _may_be_yen(left: Unit, right: Unit) -> bool:
    """Whether one amount has the sign of yen and yuan, and the other is in either."""
    names = {left.factors[0][0], right.factors[0][0]}
    return "yen_or_yuan" in names and names <= {"yen_or_yuan", "yen", "yuan"}


def _singular(words: str | None) -> str | None:
    return words if words is None else " ".join(word.rstrip("s") for word in words.split())


def _real(node: Node) -> float:
    value = to_mp(evaluate(node)[0])
    mp = context()
    if mp.im(value) != 0 or mp.isinf(value) or not abs(value) < 1e300:
        raise NotComparable("no real number")
    return float(mp.re(value))


def without_units(text: str) -> str | None:
    r"""Return a chain without the one unit in it: "25\pi cm^2 ≈ 78.5 cm^2"; None elsewhere."""
    parts = _STEPS.split(text) if len(text) <= _MAX_LENGTH else []
    if not 3 <= len(parts) <= _MAX_PARTS:
        return None
    units: set[Unit] = set()
    for place in range(0, len(parts), 2):
        part = parts[place].strip()
        quantity = read_quantity(part, upright=True)
        if quantity is not None and quantity.unit is not None and quantity.written:
            units.add(quantity.unit)
            parts[place] = part.removesuffix(quantity.written)
    return "".join(parts) if len(units) == 1 else None
