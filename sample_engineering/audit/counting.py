"""How many: what a question counts, and in which direction a whole answer is rounded."""

# ruff: noqa: SIM905 (tables of words read best as words)

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sample_engineering.audit.prefilter import may_hold

_REACH = 160  # characters in which the things that are counted are named
_MOST_WORDS = 6  # of their name
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


_LATER = re.compile(
    r"\b(?:find|compute|determine|calculate|what is|what are|how many|express|how much)\b",
    re.IGNORECASE,
)


def goes_on(ask: str, end: int) -> bool:
    """Whether a sentence goes on, after `end`, to ask for something else."""
    return bool(_LATER.search(ask, end))


def last_count(ask: str) -> re.Match[str] | None:
    """Return the last "how many" or "find the number of", if nothing else is asked after it."""
    if not may_hold(ask, "how many", "number"):
        return None
    found = list(_MANY.finditer(ask))
    return found[-1] if found and not goes_on(ask, found[-1].end()) else None


def words_after(ask: str, end: int) -> Iterator[str]:
    """Yield the words that name what is counted: up to the verb, without "more", "of the 30"."""
    begun = False
    for match in _WORD.finditer(ask, end, end + _REACH):
        word = match[0]
        plain = word.lower()
        if not begun and (plain in _MODIFIERS or word[0] == "$" or word.isdigit()):
            continue  # "how many $x$-intercepts", "how many of the 30 students"
        if plain in _STOPS or not word[0].isalpha():
            return
        begun = True
        yield word


def read_count(ask: str, whole_text: str) -> Counted | None:
    """Read what a question counts; None where it measures, or counts nothing.

    Parameters
    ----------
    ask : str
        The sentence that asks.
    whole_text : str
        The same with the instructions after it.
    """
    last = last_count(ask)
    if last is None:
        return None
    direction = read_direction(ask)
    if any(
        direction is None or match[0].lower() not in ("each", "every")
        for match in _NOT_COUNTED.finditer(whole_text)
    ):
        return None
    words = [word.lower() for word in words_after(ask, last.end())][:_MOST_WORDS]
    if not words or any(word in _MEASURES or _SHARE.search(word) for word in words):
        return None
    sure = any(word in _INDIVISIBLE for word in words)
    if not sure and _ONE_THING.match(ask, last.end()):
        return None  # "the largest number of the set"
    start = ask.rfind(" ", 0, max(last.start() - 1, 0)) + 1
    phrase = f"{ask[start : last.end()]} {' '.join(words)}"
    return Counted(" ".join(phrase.split()), " ".join(words), sure)


def read_direction(ask: str) -> str | None:
    """Return ``ceiling`` where a least number is asked, ``floor`` where a greatest, else None."""
    if not may_hold(ask, "how many", "number of"):
        return None
    ceiling, floor = _CEILING.search(ask), _FLOOR.search(ask)
    if bool(ceiling) == bool(floor):
        return None
    return "ceiling" if ceiling else "floor"
