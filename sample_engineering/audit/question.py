"""What a problem asks for: a count, a direction of rounding, a unit, a number of figures.

Read from the text by rules that prefer silence to a guess: what is not plainly asked is not asked.
"""

# ruff: noqa: SIM905 (tables of words read best as words)

import re
from dataclasses import dataclass
from functools import lru_cache

from sample_engineering.grading.values.units import Unit, read_unit

MAX_CHARACTERS = 20_000  # of a problem that are read
_DRAWING = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
_PROMPT = re.compile(
    r"(?:let'?s think step by step|please reason step by step|think step by step)[^\n]*$"
    r"|(?:and )?(?:output|put|write|give) (?:the|your) final answer (?:within|in|inside) "
    r"\\?boxed\{\}\.?$|\\boxed\{\}",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(r"(?<=[.?!])(?<!\b[A-Za-z]\.)[\s)]+(?=[A-Z$\\(\[\d])|\n\s*\n")
_ASKS = re.compile(
    r"\?|^(?:find|compute|determine|calculate|evaluate|what|how|solve|prove|show|count|"
    r"(?:then |and )?(?:find|compute))\b|\b(?:find|compute|determine|calculate|what is|what are|"
    r"how many|how much) ",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"^(?:please |\(?)?(?:express|give|round|write|answer|report|state|your answer|use|leave|"
    r"enter|take|assume|note|recall|hint|provide)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\bhow many\b|\b(?:find|compute|determine|calculate|count|what is|what's|give|state)\s+the\s+"
    r"(?:(?:total|exact|whole|minimum|least|smallest|fewest|maximum|greatest|largest|minimal|"
    r"maximal|minimum possible|maximum possible|least possible|greatest possible|"
    r"smallest possible|largest possible)\s+)*number\s+of\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\$[^$]{0,40}\$|[A-Za-z][A-Za-z'-]*|\d+|[?.,;:!]")
_CEILING = re.compile(
    r"\b(?:minimum|minimal|least|smallest|fewest)(?: possible)? number of\b|\bat least how many\b"
    r"|\bhow many\b[^.?]{1,80}\bat (?:least|the least|a minimum|minimum)\s*(?:\?|needed|required|"
    r"necessary|$)",
    re.IGNORECASE,
)
_FLOOR = re.compile(
    r"\b(?:maximum|maximal|greatest|largest)(?: possible)? number of\b|\bat most how many\b"
    r"|\bhow many (?:full|whole|complete)\b"
    r"|\bhow many\b[^.?]{1,80}\bat (?:most|the most|maximum)\s*\?",
    re.IGNORECASE,
)
# Of these there are no parts, whatever the story.
_INDIVISIBLE = frozenset(
    """way ways solution solutions root roots integer integers digit digits zero zeros zeroes
    divisor divisors factor factors prime primes subset subsets permutation permutations
    arrangement arrangements combination combinations path paths route routes triangle triangles
    rectangle rectangles quadrilateral quadrilaterals polygon polygons diagonal diagonals
    vertex vertices edge edges face faces pair pairs triple triples tuple tuples quadruple
    quadruples sequence sequences string strings word words element elements student students
    people person persons child children man men woman women boy boys girl girls player players
    team teams passenger passengers car cars photon photons atom atoms molecule molecules electron
    electrons proton protons neutron neutrons nucleus nuclei ion ions coin coins penny pennies
    nickel nickels dime dimes quarter quarters marble marbles card cards die dice ball balls
    handshake handshakes game games match matches function functions polynomial polynomials
    intersection intersections committee committees member members outcome outcomes code codes
    password passwords plate plates multiple multiples square-free palindrome palindromes
    attempt attempts animal animals dog dogs cat cats cow cows horse horses chair chairs
    employee employees sheep fish bird birds bus buses trip trips bacterium bacteria prime-numbers
    coloring colorings colouring colourings seating seatings subgroup subgroups value values
    """.split()
)
# These are measured, not counted; or they are shares, which may be anything.
_MEASURES = frozenset(
    """times time percent percentage percentages degrees degree units unit square cubic dozen
    dozens dollars dollar cents cent rupees euros pounds pound ounces ounce tons ton grams gram
    kilograms kilogram milligrams mg kg g liters litres liter litre milliliters gallons gallon
    quarts quart pints pint cups cup tablespoons teaspoons bushels acres acre hectares miles mile
    yards yard feet foot inches inch meters metres meter metre kilometers kilometres centimeters
    centimetres millimeters km cm mm nm seconds second minutes minute hours hour days day weeks
    week months month years year moles mole mol radians radian revolutions revolution joules
    joule watts kilowatts kilojoules volts amperes newtons calories kilocalories half-lives
    half-life laps lap carats standard deviations bits bytes decibels generations generation
    servings serving shares parts lengths standard thirds halves fifths tenths millions billions
    thousands hundreds doses equivalents wavelengths""".split()
)
_MODIFIERS = frozenset(
    """more fewer less additional total other such different distinct possible of the these those
    its his her their our all whole full complete extra new""".split()
)
_STOPS = frozenset(
    """is are does do did can could will would has have had were was should must may might in for
    with that which who whose to from on at by if so when where there than satisfying between less
    greater such per and or into n x when you she he they we i it a an needed required
    necessary available left remaining total altogether""".split()
)
_SHARE = re.compile(r"-(?:half|halves|thirds?|quarters?|fourths?|\w+ths?)$")
_ONE_THING = re.compile(r"\s+(?:the|a|an|this|that|its)\s", re.IGNORECASE)
_NOT_COUNTED = re.compile(
    r"\b(?:on average|average|expected|mean|per|ratio|fraction|percent|probability|rate|"
    r"each|every|in terms of|approximately|about|scientific notation|decimal|nearest|"
    r"how many times|how much)\b",
    re.IGNORECASE,
)
_WHOLE_THING = re.compile(
    r"\b(?:what is|what's|find|compute|determine|calculate)\s+the\s+"
    r"(?:(?:smallest|largest|greatest|least|only|unique|smallest possible|largest possible|"
    r"maximum|minimum)\s+)+"
    r"(?:(?:positive|negative|nonnegative|non-negative|even|odd|prime|whole|natural|two-digit|"
    r"three-digit|four-digit|five-digit|\d-digit|composite|common)\s+)*"
    r"(?:integer|whole number|natural number|prime|multiple|divisor|palindrome|perfect square|"
    r"prime factor|prime number|common divisor|common multiple)\b",
    re.IGNORECASE,
)
_PROBABILITY = re.compile(
    r"^(?:[^.?]{0,400}?[,;]\s*)?(?:then\s+)?(?:what is|what's|find|compute|determine|calculate)\s+"
    r"the\s+probability\b(?!\s*(?:distribution|density|mass|generating|and))"
    r"(?![^?]{0,200}\b(?:percent|odds|times|ratio|sum|as a percentage|expectation)\b)",
    re.IGNORECASE,
)
_REMAINDER = re.compile(
    r"\b(?:what is|what's|find|compute|determine|calculate)\s+the\s+remainder\s+"
    r"(?:when|if|obtained when|of)\b(?P<what>.{1,300}?)\bdivided by\s+"
    r"\$?(?P<by>\d[\d,]{0,12})\$?\s*(?=[.?!,)]|$)",
    re.IGNORECASE | re.DOTALL,
)
_DIGIT = re.compile(
    r"(?:what is|what's|find|determine|compute)\s+the\s+"
    r"(?:units?|ones|tens|hundreds|thousands|last|first|leading|final|rightmost|missing|(?:\w+th|\$?\d+\$?(?:th|st|nd|rd)))\s+digit\b(?!s)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[A-Za-z]")
_DECLARED = re.compile(
    r"(?P<letters>(?:\$[a-zA-Z]\$(?:,\s*|\s*,?\s*and\s+)?){1,5}|\$[a-zA-Z](?:,\s*[a-zA-Z]){1,4}\$)\s*"
    r"(?:are|is)\s+(?:an?\s+)?(?:[a-z-]+\s+){0,3}?(?:integers?|whole numbers?|natural numbers?)\b"
)
_ASKED_FORMULA = re.compile(
    r"\b(?:find|compute|determine|calculate|what is)\s+(?:the value of\s+)?"
    r"\$(?P<formula>[^$]{1,60})\$\s*[.?!]?\s*$",
    re.IGNORECASE,
)
_WHOLE_FORMULA = re.compile(r"[A-Za-z0-9+\-* ()]+")
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
_UNIT_WANTED = re.compile(
    r"\banswers? (?:[a-z ]{0,30})?in (?P<a>\$?[^,.?;$]{1,40}\$?)(?=[,.?;]|$)"
    r"|, (?:measured |expressed |given )?in (?P<b>[a-z]+(?: [a-z]+)?(?: per [a-z]+)?),"
    r"|\bin (?P<c>(?:square |cubic )?[a-z]+(?: per [a-z]+)?)\?",
    re.IGNORECASE,
)
_MATH_UNIT = re.compile(r"\\mathrm|\\text|[$\\]")


@dataclass(frozen=True, slots=True)
class Counted:
    """Things that are counted.

    Parameters
    ----------
    phrase : str
        The words that ask.
    things : str
        What is counted.
    sure : bool
        Whether there are surely no parts of it.
    """

    phrase: str
    things: str
    sure: bool


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


@dataclass(frozen=True, slots=True)
class Question:
    """What a problem asks for.

    Parameters
    ----------
    text : str
        The sentence that asks, and the instructions after it.
    counted : Counted or None
        What is counted, if the answer is a number of things.
    direction : {"ceiling", "floor"} or None
        Which whole number is meant where the exact value is none: the next one up where a least
        number is needed, the next one down where a greatest number is possible.
    whole : str
        The words by which the answer is a whole number without being a count; else empty.
    probability : str
        The words by which the answer is a probability; else empty.
    below : int or None
        A whole number that the answer, none below zero, must be less than: of a remainder the
        divisor, of a digit ten.
    rounding : Rounding or None
        Figures asked for.
    unit : Unit or None
        Unit asked for.
    unit_phrase : str
        The words that ask for it.
    """

    text: str
    counted: Counted | None = None
    direction: str | None = None
    whole: str = ""
    probability: str = ""
    below: int | None = None
    rounding: Rounding | None = None
    unit: Unit | None = None
    unit_phrase: str = ""


def read_question(problem: str) -> Question:
    """Read what a problem asks for.

    Parameters
    ----------
    problem : str
        The text; drawings and the prompt's own sentences are left out.
    """
    sentences = _sentences(problem)
    place = next(
        (
            index
            for index in range(len(sentences) - 1, -1, -1)
            if _ASKS.search(sentences[index]) and not _INSTRUCTS.match(sentences[index])
        ),
        None,
    )
    if place is None:
        return Question(sentences[-1] if sentences else "")
    ask = sentences[place]
    after = [text for text in sentences[place + 1 :] if _INSTRUCTS.match(text)]
    whole_text = " ".join([ask, *after])
    counted = _counted(ask, whole_text)
    unit, unit_phrase = _unit(ask, whole_text)
    direction = None
    if counted is not None:
        ceiling, floor = _CEILING.search(ask), _FLOOR.search(ask)
        if bool(ceiling) != bool(floor):
            direction = "ceiling" if ceiling else "floor"
    whole = _WHOLE_THING.search(ask)
    probability = _PROBABILITY.search(ask) if not after else None
    phrase = whole[0] if whole and not _after_all(ask, whole.end()) else ""
    phrase, below = _bounded(ask) if not phrase else (phrase, None)
    phrase = phrase or _declared(problem, ask)
    return Question(
        whole_text,
        counted,
        direction,
        phrase,
        "the probability" if probability and not _after_all(ask, probability.end()) else "",
        below,
        _rounding(ask, after),
        unit,
        unit_phrase,
    )


def plain_problem(problem: str) -> str:
    """Return a problem without drawings and without the prompt's own sentences."""
    text = _DRAWING.sub(" ", problem[:MAX_CHARACTERS])
    return _PROMPT.sub(" ", text).strip()


def _sentences(problem: str) -> list[str]:
    parts = (part.strip() for part in _SENTENCE.split(plain_problem(problem)))
    return [part for part in parts if part]


_LATER = re.compile(
    r"\b(?:find|compute|determine|calculate|what is|what are|how many|express|how much)\b",
    re.IGNORECASE,
)


def _after_all(ask: str, end: int) -> bool:
    """Whether the sentence goes on to ask for something else."""
    return bool(_LATER.search(ask, end))


def _bounded(ask: str) -> tuple[str, int | None]:
    """Words that ask for a remainder or a digit, and what it must be less than."""
    remainder = list(_REMAINDER.finditer(ask))
    if remainder and not _after_all(ask, remainder[-1].end()):
        last = remainder[-1]
        return f"the remainder when divided by {last['by']}", int(last["by"].replace(",", ""))
    digit = _DIGIT.search(ask)
    if digit and not _after_all(ask, digit.end()):
        return digit[0], 10
    return "", None


def _declared(problem: str, ask: str) -> str:
    """Words that ask for sums and products of letters that the problem declares to be integers."""
    asked = _ASKED_FORMULA.search(ask)
    if asked is None or not _WHOLE_FORMULA.fullmatch(asked["formula"]):
        return ""
    declared = {
        letter
        for match in _DECLARED.finditer(problem[:MAX_CHARACTERS])
        for letter in _LETTERS.findall(match["letters"])
    }
    used = set(_LETTERS.findall(asked["formula"]))
    if not used or not used <= declared:
        return ""
    return f"{asked['formula'].strip()} of integers"


def _counted(ask: str, whole_text: str) -> Counted | None:
    found = list(_MANY.finditer(ask))
    if not found:
        return None
    last = found[-1]
    if _after_all(ask, last.end()) or _NOT_COUNTED.search(whole_text, 0):
        return None
    words: list[str] = []
    for match in _WORD.finditer(ask, last.end(), last.end() + 160):
        word = match[0].lower()
        if not words and word in _MODIFIERS | {"of"}:
            continue
        if word in _STOPS or not word[0].isalpha() or word == "of":
            if not words and (word.startswith("$") or word.isdigit()):
                continue  # "how many $x$-intercepts", "how many of the 30 students"
            break
        words.append(word)
        if len(words) == 6:
            break
    if not words or any(word in _MEASURES or _SHARE.search(word) for word in words):
        return None
    sure = any(word in _INDIVISIBLE for word in words)
    if not sure and _ONE_THING.match(ask, last.end()):
        return None  # "the largest number of the set"
    start = max(ask.rfind(" ", 0, max(last.start() - 1, 0)) + 1, 0)
    phrase = ask[min(start, last.start()) : last.end()] + " " + " ".join(words)
    return Counted(" ".join(phrase.split()), " ".join(words), sure)


def _rounding(ask: str, after: list[str]) -> Rounding | None:
    for text in (*reversed(after), ask):
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


def _unit(ask: str, whole_text: str) -> tuple[Unit | None, str]:
    for match in _UNIT_WANTED.finditer(whole_text):
        words = (match["a"] or match["b"] or match["c"]).strip()
        unit = _read(words.strip("$ "))
        if unit is not None:
            return unit, " ".join(match[0].split()).strip(" ,")
    found = list(_MANY.finditer(ask))
    if not found or _after_all(ask, found[-1].end()):
        return None, ""
    words = []
    for match in _WORD.finditer(ask, found[-1].end(), found[-1].end() + 60):
        word = match[0]
        if not words and word.lower() in _MODIFIERS:
            continue
        if not word[0].isalpha() or len(words) == 2 or word.lower() in _STOPS:
            break
        words.append(word)
    for size in (2, 1):
        unit = _read(" ".join(words[:size])) if len(words) >= size else None
        if unit is not None and len(words[0]) > 1:
            return unit, f"how many {' '.join(words[:size])}"
    return None, ""


@lru_cache(maxsize=2048)
def _read(words: str) -> Unit | None:
    """Read the unit that words name; single letters count only in upright type."""
    plain = words.strip()
    if not plain or (len(plain) <= 2 and not _MATH_UNIT.search(plain)):
        return None
    return read_unit(plain.replace("\\mathrm", "\\text").replace("\\,", " "))
