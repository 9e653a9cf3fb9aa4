"""Answers in words: which runs of letters are words, and which phrases say the same."""

# ruff: noqa: SIM905 (tables of words read best as words)

import re

from sample_engineering.grading.spelling.tree import Node

# Short words whose letters stand in the order of the alphabet, as those of products do, or that
# have no vowel; other short words are told by their letters, see `is_word`.
_SHORT = frozenset(
    "no up ok yes acid act add age all ant any art ask box boy cos dry dye egg ego eye fly for ham "
    "hot how ice ill ion lot low not now off oil old one out own sky spy top toy try two who why "
    "almost below best empty first ghost most north".split()
)
_LONGEST = 4
_ARTICLE = re.compile(r"^(?:an?|the) (?=\S)")
_HALF_OF_DAY = re.compile(r"(?<=\d) ?([ap])\.? ?m\.?$")
# Phrases that say the same; the first of each row stands for all.
_SAME = (
    (
        "does not exist",
        "limit does not exist",
        "it does not exist",
        "dne",
        "doesn't exist",
        "do not exist",
        "d.n.e",
        "nonexistent",
    ),
    (
        "no solution",
        "no solutions",
        "no real solution",
        "no real solutions",
        "none exist",
        "there is no solution",
        "there are no solutions",
        "there is no real solution",
        "there are no real solutions",
        "no solution exists",
        "no solutions exist",
        "no real solutions exist",
        "emptyset",
    ),
    ("true", "correct"),
    ("infinitely many", "infinite", "infinitely many solutions", "infinite solutions"),
    ("undefined", "not defined"),
)
_STANDARD = {phrase: row[0] for row in _SAME for phrase in row}
_OTHERWISE = frozenset(("otherwise", "else", "if otherwise"))
_ALL_REALS = re.compile(
    r"(?:\\text ?\{ ?)?(?:the )?(?:set of )?(?:all |any )?real(?:s| numbers?)?(?: x)? ?\}?",
    re.IGNORECASE,
)


_REALS_EXCEPT = re.compile(
    r"(?:\\text ?\{ ?)?(?:the )?all reals?(?: numbers)?(?: x)?,? "
    r"(?:except|other than|excluding|but)(?: for)? ?\}? ?(?:x ?= ?)?(?P<points>[^{}]*[^{} ]) ?\}?",
    re.IGNORECASE,
)


def is_word(text: str) -> bool:
    """Whether a run of letters is a word or an acronym rather than a product of symbols.

    ``yes``, ``red``, ``Evelyn``, ``DNA`` are; ``abc``, ``mgh``, ``AB``, ``Mg`` are products.
    """
    if not (text.isalpha() and text.isascii()):
        return False
    if text.isupper():
        return len(text) > 2
    if text[0].isupper():
        return len(text) > 2 and text[1:].islower()
    if not text.islower():
        return False
    if text in _SHORT or len(text) > _LONGEST:
        return True
    # A product is written in the order of the alphabet, or ends in what it multiplies: mgh, qvB.
    vowels = sum(letter in "aeiou" for letter in text)
    return len(text) > 2 and 0 < vowels < len(text) and list(text) != sorted(text)


def standard_words(folded: str) -> str:
    """Return folded words without an article, and one phrase for those that say the same."""
    bare = _HALF_OF_DAY.sub(r"\1m", _ARTICLE.sub("", folded))
    return _STANDARD.get(bare, bare)


def is_otherwise(node: Node) -> bool:
    """Whether the condition of a case is "otherwise"."""
    return node.op == "text" and str(node.value).strip(" ,.").casefold() in _OTHERWISE


def without_points(text: str) -> str:
    r"""Return "all real numbers except 0" as ``\mathbb{R} \setminus \{0\}``; else the text."""
    match = _REALS_EXCEPT.fullmatch(text)
    if match is None:
        return text
    points = match["points"].replace("\\text{ and }", ",").replace(" and ", ",")
    return "\\mathbb{R} \\setminus \\{" + points + "\\}"


def says_no_solution(folded: str) -> bool:
    """Whether folded words say that there is no solution."""
    return standard_words(folded) == "no solution"


def names_all_reals(text: str) -> bool:
    r"""Whether words name the set of real numbers: ``\text{all real numbers}``."""
    return _ALL_REALS.fullmatch(text) is not None
