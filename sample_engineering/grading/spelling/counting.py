"""Numbers as people write them in words: twelve, 3 million, 5th, 12 ways."""

# ruff: noqa: SIM905 (tables of words read best as words)

import re
from functools import lru_cache

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_FRACTIONS = {
    **{"half": 2, "halves": 2, "quarter": 4, "quarters": 4},
    **{
        name + ending: value
        for value, name in enumerate(
            "third fourth fifth sixth seventh eighth ninth tenth".split(), start=3
        )
        for ending in ("", "s")
    },
}
_POWERS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_CHINESE_POWERS = {"万": 4, "亿": 8}
_MAGNITUDE = re.compile(
    r"(?<=\d) ?(?:\\text ?\{ ?)?(?P<word>thousand|million|billion|trillion|万|亿)"
    r"(?![a-zA-Z])(?P<rest>[^{}]*\})?"
)
_ORDINAL = re.compile(r"(\d+) ?(?:\^ ?)?\{? ?(?:\\text ?\{ ?)?(?:st|nd|rd|th) ?\}{0,2}")
# Words after a number that change it, doubt it, or go on to another.
_NOT_COUNTED = frozenset(
    (
        "not no or nor and is are was were isn't wrong false incorrect minus plus over less "
        "more fewer greater at least most about approximately around roughly nearly almost half "
        "quarter third halves quarters thirds dozen dozens hundred hundreds thousand thousands "
        "million millions billion billions score couple gross double triple twice thrice "
        "percent pct percentage squared cubed factorial modulo mod base root power to if unless "
        "except maybe perhaps possibly probably otherwise but then else versus vs without off "
        "too"
    ).split()
)
# What answers to "how many" count. Other words count only where the problem has them.
_THINGS = frozenset(
    (
        "way person people student pupil child kid adult boy girl man men woman women teacher "
        "friend guest worker employee member customer passenger voter player team game match "
        "round point goal integer number digit numeral solution root zero zeroe value pair "
        "triple tuple element term factor divisor multiple prime fraction sum side vertex "
        "vertice edge face corner diagonal angle triangle square rectangle quadrilateral "
        "polygon circle sphere cube line segment ray plane region area path route road "
        "permutation combination arrangement ordering order outcome possibility possibilitie "
        "choice case subset set function sequence word letter string code password plate symbol "
        "step move turn trip lap tile block brick piece part portion section slice page book "
        "card coin penny pennie nickel dime quarter bill stamp ball marble bead box bag bottle "
        "cup glass bowl jar can basket ticket seat chair table room house car truck bus bicycle "
        "bike wheel train boat dog cat mouse mice rat rabbit horse cow pig sheep chicken bird "
        "fish duck animal insect bee ant frog apple orange lemon pear egg cookie cupcake cake "
        "pie pizza candy candie sweet chocolate donut sandwich tree flower plant seed leaf "
        "leave toy doll pen pencil crayon eraser notebook shirt sock shoe hat pant dress outfit "
        "item unit object thing topping question problem answer vote handshake intersection "
        "color colour flip roll toss trial sample bit byte node comparison swap operation "
        "iteration cell atom molecule electron proton neutron ion photon particle nucleon "
        "isomer bond orbital shell bacteria bacterium virus gene allele chromosome chromatid "
        "base codon nucleotide generation offspring individual mole layer level floor story "
        "storie stair row column year day time old each total"
    ).split()
)
_WORDS = r"[A-Za-z][A-Za-z'-]*(?:,? [A-Za-z][A-Za-z'-]*){0,5}"
_COUNTED = re.compile(
    rf"(?P<number>.*?[\d)}}]) ?"
    rf"(?:\\text ?\{{ ?\(?(?P<upright>{_WORDS})\)? ?\.?\}}| (?P<plain>{_WORDS}))"
)
# Measure words and nouns after a number in Chinese.
_COUNTED_IN_CHINESE = re.compile(
    r"(?P<number>.*?\d) ?(?:\\text ?\{)? ?[个人只种名本次件条张辆棵岁倍块支位头匹朵颗座间家项道题"
    r"组对套份页层]{1,3} ?\}?"
)
_SENTENCE = re.compile(
    r"(?:there (?:is|are|were|was|will be|would be)|it (?:is|was|takes|took|costs?|has)"
    r"|(?:he|she|they|we|you|one|[A-Z][a-z]+) (?:has|have|had|needs?|needed|gets?|got|makes?|made"
    r"|can|could|will|should|must|would)(?: (?:make|get|have|need|choose|form|buy|be))?"
    r"|in total|in all|a total of|exactly)"
    r"(?: (?:exactly|only|just|in total|a total of))* (?P<rest>[-+]?[\d.,]+ ?.*)",
    re.IGNORECASE,
)


def number_word(text: str) -> str | None:
    """Return the digits of a number written in words up to 999,999, or None.

    >>> number_word("twenty-one"), number_word("one hundred and five")
    ('21', '105')
    """
    words = [word for word in re.split(r"[\s-]+", text.casefold().strip(" .")) if word != "and"]
    parts = _FRACTIONS.get(words[1]) if len(words) == 2 else None
    if parts is not None and words[0] in _ONES[1:]:
        return f"\\frac{{{_SMALL[words[0]]}}}{{{parts}}}"
    sign = "-" if words and words[0] in ("negative", "minus") else ""
    words = words[bool(sign) :]
    if not words or len(words) > 8 or not all(word in _NUMERALS for word in words):
        return None
    total = part = 0
    last = 1_000
    for word in words:
        value = _SMALL.get(word)
        if value is None:
            scale = 100 if word == "hundred" else 1_000
            if not part or (scale == 100 and part > 9):
                return None
            part *= scale
            if scale == 1_000:
                total, part = total + part, 0
            last = scale
            continue
        # After tens come ones, after hundreds anything below.
        if last < 20 or (last < 100 and not 0 < value < 10):
            return None
        part += value
        last = value if value >= 20 else 1
    return sign + str(total + part)


_NUMERALS = frozenset({*_SMALL, "hundred", "thousand"})


def with_magnitudes(text: str) -> str:
    r"""Write "3 million" as ``3\times 10^{6}``."""
    return _MAGNITUDE.sub(_magnitude, text)


def _magnitude(match: re.Match[str]) -> str:
    power = {**_POWERS, **_CHINESE_POWERS}[match["word"]]
    rest = (match["rest"] or "").strip("} ")
    return f"\\times 10^{{{power}}}" + (f"\\text{{ {rest}}}" if rest else "")


def ordinal(text: str) -> str | None:
    """Return the digits of "5th" or ``5^{\\text{th}}``, or None."""
    match = _ORDINAL.fullmatch(text)
    return match[1] if match else None


def counted(text: str, asked: frozenset[str] = frozenset()) -> str | None:
    """Return the number of "12 ways" or ``500\\text{ mice}``, or None.

    The words must name what is counted: "12 or 13", "12 dozen" and "12 is wrong" do not.

    Parameters
    ----------
    asked : frozenset of str
        Further words that may be counted, those of the problem, as `singular` writes them.
    """
    match = _COUNTED_IN_CHINESE.fullmatch(text)
    if match:
        return match["number"]
    match = _COUNTED.fullmatch(text)
    if match is None:
        return None
    words = re.split(r"[ ,-]+", (match["upright"] or match["plain"]).casefold())
    if any(word in _NOT_COUNTED or word in _NUMERALS for word in words):
        return None
    if not any(singular(word) in _THINGS or singular(word) in asked for word in words):
        return None
    return match["number"].strip()


def singular(word: str) -> str:
    """A word without a plural s, in lower case."""
    return word.casefold().removesuffix("s")


_LONG_WORD = re.compile(r"[A-Za-z]{3,}")


@lru_cache(maxsize=2048)  # of a part of a pool: several selectors read its golds
def words_of(problem: str) -> frozenset[str]:
    """Words of a problem that an answer may count."""
    if problem.isascii():
        problem = problem.lower()  # all at once; beyond ASCII this could make new words
    return frozenset(map(singular, set(_LONG_WORD.findall(problem))))


def stated(text: str) -> str | None:
    """Return "12 ways" of "There are 12 ways", or None."""
    match = _SENTENCE.fullmatch(text)
    return match["rest"] if match else None
