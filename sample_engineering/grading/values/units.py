"""Units of measurement: an allow-list of spellings, and their sizes from pint.

Only names on the list ever reach pint, one at a time, so that no text of an answer is evaluated
there (``m**9**9**9`` hangs pint). Products and powers are computed here, exactly and bounded.
"""

# ruff: noqa: SIM905 (tables of names read best as words)

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from threading import Lock

from sample_engineering.grading.spelling.braces import unwrapped
from sample_engineering.measures import pint_registry

_PREFIXES = {
    "": "",
    **{"k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta", "E": "exa"},
    **{"h": "hecto", "d": "deci", "c": "centi", "m": "milli", "n": "nano", "p": "pico"},
    **{"f": "femto", "a": "atto", "\\mu": "micro", "u": "micro"},
}
# Symbols that take every SI prefix; the value is pint's name.
_SI_SYMBOLS = {
    **{"m": "meter", "g": "gram", "s": "second", "A": "ampere", "K": "kelvin", "mol": "mole"},
    **{"cd": "candela", "Hz": "hertz", "N": "newton", "Pa": "pascal", "J": "joule", "W": "watt"},
    **{"C": "coulomb", "V": "volt", "F": "farad", "\\Omega": "ohm", "S": "siemens", "Wb": "weber"},
    **{"T": "tesla", "H": "henry", "lm": "lumen", "lx": "lux", "Bq": "becquerel", "Gy": "gray"},
    **{"Sv": "sievert", "kat": "katal", "L": "liter", "l": "liter", "eV": "electron_volt"},
    **{"bar": "bar", "cal": "calorie", "M": "molar", "rad": "radian", "pc": "parsec"},
    **{"Da": "dalton", "Ci": "curie", "Hertz": "hertz", "Wh": "watt_hour", "B": "byte"},
    **{"bit": "bit", "bp": "base_pair", "ohm": "ohm", "sec": "second", "t": "metric_ton"},
}
# Words that take SI prefixes written out and a plural s.
_SI_WORDS = (
    "meter metre gram second ampere kelvin mole candela hertz newton pascal joule watt coulomb volt"
    " farad ohm siemens weber tesla henry lumen lux becquerel gray sievert liter litre electronvolt"
    " bar calorie molar radian parsec dalton byte bit watthour amp ton"
).split()
_WORD_NAMES = {
    "metre": "meter",
    "litre": "liter",
    "electronvolt": "electron_volt",
    "watthour": "watt_hour",
    "amp": "ampere",
}
_OTHERS = {
    "minute": "minute minutes min mins",
    "second": "secs",
    "hour": "hour hours h hr hrs",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years yr yrs",
    "inch": "inch inches in in.",
    "foot": "foot feet ft ft.",
    "yard": "yard yards yd yds",
    "mile": "mile miles mi",
    "nautical_mile": "nmi",
    "acre": "acre acres",
    "hectare": "hectare hectares ha",
    "pound": "pound pounds lb lbs lbm",
    "force_pound": "lbf",
    "ounce": "ounce ounces oz",
    "gram": "gm gms gr",
    "ton": "tons",
    "gallon": "gallon gallons gal",
    "quart": "quart quarts",
    "pint": "pints",
    "cup": "cups",
    "tablespoon": "tablespoon tablespoons tbsp",
    "teaspoon": "teaspoon teaspoons tsp",
    "mile_per_hour": "mph",
    "kilometer_per_hour": "kph kmh kmph",
    "knot": "knot knots",
    "revolutions_per_minute": "rpm",
    "turn": "rev revs revolution revolutions rotation rotations turn turns",
    "atmosphere": "atm atmosphere atmospheres",
    "mmHg": "mmHg",
    "torr": "torr Torr",
    "psi": "psi",
    "degree": "degree degrees deg \\deg",
    "arcminute": "arcmin arcminute arcminutes",
    "arcsecond": "arcsec arcsecond arcseconds",
    "steradian": "sr steradian steradians",
    "degree_Celsius": "\\degC celsius Celsius",
    "degree_Fahrenheit": "\\degF fahrenheit Fahrenheit",
    "kelvin": "kelvins",
    "dalton": "u amu",
    "angstrom": "\\AA Angstrom Angstroms angstrom angstroms",
    "micrometer": "micron microns",
    "light_year": "ly light-year light-years lightyear lightyears",
    "speed_of_light": "c",
    "astronomical_unit": "AU au",
    "parsec": "parsecs",
    "erg": "erg ergs",
    "dyne": "dyne dynes dyn",
    "gauss": "gauss Gauss",
    "horsepower": "hp horsepower",
    "BTU": "BTU Btu",
    "ppm": "ppm",
    "decibel": "dB decibel decibels",
    "cubic_centimeter": "cc",
    "solar_mass": "M_\\odot M_\\sun",
    "solar_luminosity": "L_\\odot L_\\sun",
    "solar_radius": "R_\\odot R_\\sun",
    "dollar": "dollar dollars USD usd \\$ bucks",
    "cent": "cent cents ¢",
    "euro": "euro euros EUR \\euro",
    "british_pound": "GBP \\pounds",
    "yuan": "yuan RMB CNY",
    "rupee": "rupee rupees Rs Rs. INR",
    "yen": "yen JPY",
    "yen_or_yuan": "\\yen",
    "base_pair": "basepair basepairs",
    "international_unit": "IU",
    "colony_forming_unit": "CFU cfu",
    "cell": "cell cells",
    "count_unit": "unit units",
    "mole": "moles",
}
_POWER_WORDS = {
    "square": 2,
    "squared": 2,
    "sq": 2,
    "sq.": 2,
    "cubic": 3,
    "cubed": 3,
    "cu": 3,
    "cu.": 3,
}
# Units of different quantities that have the same size in base units: 5 Sv is not 5 Gy.
_QUANTITIES = {"sievert": "[dose_equivalent]", "becquerel": "[decays]"}
_MAX_POWER = 12
_MAX_UNIT = 80
# The degree sign in the spellings that people use before C and F.
_DEGREE = r"\^ ?\{? ?(?:\\circ(?![a-zA-Z])|[oO](?=[ }CF])) ?\}?"
# A suffix that qualifies a pair of names as they stand, e.g. "degrees Celsius".
_PHRASES = (
    (
        re.compile(
            rf"{_DEGREE} ?\{{? ?C(?:elsius)?\b ?\}}?|deg(?:rees?|\.)? ?(?:C\b|[Cc]elsius)|\boC\b"
        ),
        "\\degC",
    ),
    (
        re.compile(
            rf"{_DEGREE} ?\{{? ?F(?:ahrenheit)?\b ?\}}?"
            r"|deg(?:rees?|\.)? ?(?:F\b|[Ff]ahrenheit)|\boF\b"
        ),
        "\\degF",
    ),
    (re.compile(r"\^ ?(?:\\circ|\{ ?\\circ ?\})"), " \\deg "),
    (re.compile(r"([LMR])_ ?\{? ?\\(?:odot|sun) ?\}?"), r"\1_\\odot "),
    (re.compile(r"light[ -]years?"), "ly"),
    (re.compile(r"base[ -]pairs?"), "bp"),
    (re.compile(r"astronomical units?"), "AU"),
    (re.compile(r"miles per hour"), "mph"),
    (re.compile(r"kilowatt[ -]hours?"), "kWh"),
    (re.compile(r"U\.?S\.? dollars?"), "USD"),
    (re.compile(r"electron[ -]volts?"), "eV"),
)
_TOKEN = re.compile(
    r" *(?:(?P<name>(?:[kMGTmnp]|\\mu ?)?\\Omega|\\mu ?[a-zA-Z]+"
    r"|\\(?:AA|deg[CF]|deg|euro|pounds|yen|\$)"
    r"|[LMR]_\\odot|[a-zA-Z]+_[a-zA-Z_]+|[a-zA-Z]+(?:-years?)?\.?|¢)"
    r"|(?P<power>(?:\^|\*\*) ?(?:\{ ?[-+]?\d+(?:/\d+)? ?\}|[-+]?\d+|\([-+]?\d+\)))"
    r"|(?P<op>/|\\cdot|\\times|\*|\.|\(|\)|-(?=[a-zA-Z])))"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of allow-listed units.

    Parameters
    ----------
    factors : tuple of (str, Fraction)
        Pint names and exponents, sorted; equal units in different spelling have equal factors.
    """

    factors: tuple[tuple[str, Fraction], ...]

    @property
    def is_temperature(self) -> bool:
        """Whether it is a bare temperature scale with an offset zero."""
        return len(self.factors) == 1 and self.factors[0][0].startswith("degree_")


def _spellings() -> dict[str, str]:
    names: dict[str, str] = {}
    for symbol, pint_name in _SI_SYMBOLS.items():
        for prefix, long in _PREFIXES.items():
            names[prefix + symbol] = long + pint_name
    for word in _SI_WORDS:
        pint_name = _WORD_NAMES.get(word, word)
        for long in _PREFIXES.values():
            for ending in ("", "s"):
                names[long + word + ending] = long + pint_name
                names[(long + word).capitalize() + ending] = long + pint_name
    for pint_name, spellings in _OTHERS.items():
        for spelling in spellings.split():
            names[spelling] = pint_name
            if spelling.isalpha() and len(spelling) > 3 and spelling.islower():
                names[spelling.capitalize()] = pint_name
    for pint_name in set(names.values()):
        names.setdefault(pint_name, pint_name)
    names.update({"degC": "degree_Celsius", "degF": "degree_Fahrenheit", "delta_degC": "kelvin"})
    # Where a prefixed symbol collides with a name in its own right, the common reading wins.
    names.update({"min": "minute", "ft": "foot", "cd": "candela", "Pa": "pascal", "pt": "point"})
    names.update({"ton": "ton", "gray": "gray", "hectares": "hectare", "cm": "centimeter"})
    names.pop("pt")
    return names


NAMES = _spellings()


@lru_cache(maxsize=2048)
def read_unit(text: str) -> Unit | None:
    """Read a unit in normal spelling, or return None where a word is not on the list.

    Parameters
    ----------
    text : str
        For example ``m/s^2``, ``\\text{square feet}``, ``\\frac{\\text{m}}{\\text{s}}``.
    """
    text = text.strip()
    if not text or len(text) > _MAX_UNIT:
        return None
    text = re.sub(r"^1 ?/", "/", re.sub("  +", " ", _from_chinese(_flatten(text))))
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement.replace("\\", "\\\\").replace("\\\\1", "\\1"), text)
    reader = _Reader(text)
    try:
        factors = reader.product()
        if reader.rest():
            return None
    except ValueError:
        return None
    if "speed_of_light" in factors and not any("electron_volt" in name for name in factors):
        return None  # c is a unit in MeV/c^2 alone
    kept = tuple(sorted((name, power) for name, power in factors.items() if power))
    return Unit(kept) if kept else None


def _flatten(text: str) -> str:
    """Write fractions with a slash and drop text wrappers, whatever braces stand inside them."""
    text = unwrapped(text)
    for _ in range(4):
        text = _FRACTION.sub(r"(\1)/(\2)", text)
    text = re.sub(r"^\{(.*)\}$", r"\1", text.strip())
    return re.sub(r"\{([a-zA-Z]+|\^ ?\{? ?\\circ ?\}?)\}", r"\1", text)


def _from_chinese(text: str) -> str:
    """Chinese names of units as symbols: 平方厘米 is sq cm."""
    if not _CHINESE.search(text):
        return text
    for name, symbol in _CHINESE_NAMES:
        text = text.replace(name, symbol)
    return text


class _Reader:
    """Recursive reader of unit expressions; raises ValueError on anything unknown."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def rest(self) -> str:
        return self.text[self.position :].strip()

    def peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self.text, self.position)

    def product(self, depth: int = 0) -> dict[str, Fraction]:
        if depth > 4:
            raise ValueError("nested too deeply")
        factors: dict[str, Fraction] = {}
        sign = 1
        waiting = 1  # A power word before its unit: "square feet".
        while (token := self.peek()) is not None:
            op = token["op"]
            if op == ")":
                break
            self.position = token.end()
            if op in ("/", "*", "\\cdot", "\\times", ".", "-"):
                # J/mol·K is written for J/(mol K).
                sign = -1 if op == "/" else (sign if op in ("-", "\\cdot") else 1)
                continue
            if op == "(":
                group = self.product(depth + 1)
                closing = self.peek()
                if closing is None or closing["op"] != ")":
                    raise ValueError("unbalanced")
                self.position = closing.end()
            elif token["power"]:
                raise ValueError("a power of nothing")
            else:
                name = token["name"].replace(" ", "")
                if name == "per":
                    sign = -1
                    continue
                if name in _POWER_WORDS and name not in ("squared", "cubed"):
                    waiting = _POWER_WORDS[name]
                    continue
                pint_name = NAMES.get(name) or NAMES.get(name.rstrip("."))
                if pint_name is None:
                    raise ValueError("not a unit")
                group = {pint_name: Fraction(1)}
            power = self.power() * waiting * sign
            waiting = 1
            for key, exponent in group.items():
                factors[key] = factors.get(key, Fraction(0)) + exponent * power
                if abs(factors[key]) > _MAX_POWER:
                    raise ValueError("power out of range")
            if op == "(":
                sign = 1
        return factors

    def power(self) -> Fraction:
        token = self.peek()
        if token is not None and token["power"]:
            self.position = token.end()
            digits = re.sub(r"[^-+\d/]", "", token["power"])
            if len(digits) > 6:
                raise ValueError("power out of range")
            return Fraction(digits)
        if token is not None and token["name"] in ("squared", "cubed"):
            self.position = token.end()
            return Fraction(_POWER_WORDS[token["name"]])
        return Fraction(1)


_FRACTION = re.compile(r"\\frac ?\{((?:[^{}]|\{[^{}]*\})*)\} ?\{((?:[^{}]|\{[^{}]*\})*)\}")
_CHINESE = re.compile("[\u4e00-\u9fff]")
# Longer names first: 千米每小时 before 千米, 小时 before 时.
_CHINESE_NAMES = (
    *(("平方", "sq "), ("立方", "cu "), ("每", "/"), ("摄氏度", " degC "), ("华氏度", " degF ")),
    *(("千米", " km "), ("公里", " km "), ("分米", " dm "), ("厘米", " cm "), ("毫米", " mm ")),
    *(("微米", " um "), ("纳米", " nm "), ("米", " m "), ("千克", " kg "), ("公斤", " kg ")),
    *(("毫克", " mg "), ("克", " g "), ("吨", " t "), ("毫升", " mL "), ("升", " L ")),
    *(("小时", " h "), ("分钟", " min "), ("毫秒", " ms "), ("秒", " s "), ("天", " day ")),
    *(("周", " week "), ("个月", " month "), ("年", " year "), ("千焦", " kJ "), ("焦耳", " J ")),
    *(("焦", " J "), ("千瓦时", " kWh "), ("千瓦", " kW "), ("瓦特", " W "), ("瓦", " W ")),
    *(("牛顿", " N "), ("牛", " N "), ("帕斯卡", " Pa "), ("帕", " Pa "), ("伏特", " V ")),
    *(("伏", " V "), ("安培", " A "), ("安", " A "), ("欧姆", " ohm "), ("欧", " ohm ")),
    *(
        ("赫兹", " Hz "),
        ("摩尔", " mol "),
        ("开尔文", " K "),
        ("弧度", " rad "),
        ("度", " deg "),
        ("时", " h "),
    ),
    *(("人民币", ""), ("美元", " USD "), ("欧元", " EUR "), ("日元", " JPY "), ("元", " yuan ")),
)


_LOCK = Lock()  # pint is not safe to use from several threads


@lru_cache(maxsize=1024)
def base_size(name: str) -> tuple[float, tuple[tuple[str, Fraction], ...]]:
    """Size of one allow-listed unit in base units, and its dimensions, from pint."""
    with _LOCK:
        registry = pint_registry(counts_are_numbers=False)
        quantity = registry.Quantity(1, name if not name.startswith("degree_") else "kelvin")
        size = float(quantity.to_base_units().magnitude)
        if name == "degree_Fahrenheit":
            size = 5 / 9
        dimensions = {
            str(key): Fraction(value).limit_denominator(12)
            for key, value in quantity.dimensionality.items()
        }
    for ending, dimension in _QUANTITIES.items():
        if name.endswith(ending):
            dimensions[dimension] = Fraction(1)
    if name in ("degree", "arcminute", "arcsecond", "radian", "turn"):
        # Angles are dimensionless for pint; here 5 rad is not 5.
        dimensions["[angle]"] = Fraction(1)
    return size, tuple(sorted(dimensions.items()))


def size(unit: Unit) -> tuple[float, tuple[tuple[str, Fraction], ...]]:
    """Size of a unit in base units, and its dimensions."""
    total = 1.0
    dimensions: dict[str, Fraction] = {}
    for name, power in unit.factors:
        one, dims = base_size(name)
        total *= one ** float(power)
        for key, exponent in dims:
            dimensions[key] = dimensions.get(key, Fraction(0)) + exponent * power
    return total, tuple(sorted((key, power) for key, power in dimensions.items() if power))


def to_base(value: float, unit: Unit) -> float:
    """Convert a value to base units; bare temperatures are shifted to kelvin."""
    if unit.is_temperature:
        if unit.factors[0][0] == "degree_Celsius":
            return value + 273.15
        return (value + 459.67) * 5 / 9
    return value * size(unit)[0]
