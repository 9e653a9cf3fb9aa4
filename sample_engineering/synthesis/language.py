"""Languages: the composer's own phrases, number and unit spelling, as data.

A language is a file of ``languages/``; the words of the relations stand in the folder beside it,
see `translation`. Values are told and read in English spelling, and `Language.write` and
`Language.read` turn the numbers and units of a finished text into those of the language and back.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from sample_engineering.errors import SynthesisError
from sample_engineering.registry import suggestion

FOLDER = Path(__file__).with_name("languages")
DEFAULT = "en"

_MATH = re.compile(r"\$[^$]*\$")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_COMMA = "{,}"  # as LaTeX spaces a decimal comma
_UPRIGHT = re.compile(r"\\mathrm\{(?:[^{}]|\{[^{}]*\})*\}")
_LETTERS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]+")
_UNIT_PATTERN = r"(?P<unit>(?:\^\{\\circ\})?\\mathrm\{(?:[^{}]|\{[^{}]*\})*\})"
_FIGURES = ("two", "three", "four")
SAID_UNITS = ("percent", "degree", "dollar")
"""Units in which an answer is wanted in words: "in dollars"."""


@dataclass(frozen=True, eq=False)
class Language:
    """A language.

    Parameters
    ----------
    code : str
        ``"de"``.
    name : str
        In English.
    words : mapping of str to str
        The composer's phrases by key.
    derived : mapping of str to str
        Phrases that follow from the noun of a quantity: ``given``, ``ask``, ``link``.
    articles : tuple of str
        A noun phrase starts with one of them.
    decimal_comma : bool
    units : mapping of str to str
        Words among the units, from English.
    contractions : mapping of str to str
        ``"in dem"`` to ``"im"``: phrases are told in the long form and written in the short one.
    governs_source : tuple of str
        Words after which a noun does not stand in the nominative.
    foreign : tuple of str
        English words that no text of the language holds.
    pointing : tuple of str
        Words that point to what was told before.
    genitives : tuple of str
        Endings by which the last word of a noun phrase differs from the word itself.
    dative_after : tuple of str
        Words after which a value stands in the dative.
    declined : tuple of str
        Units whose word has another ending there.
    known_to_all : frozenset of str
        Nouns with an article that need not have been told of ("the sun"); none: not checked.
    joints : frozenset of str
        Words that end a noun phrase.
    """

    code: str
    name: str
    words: Mapping[str, str]
    derived: Mapping[str, str]
    articles: tuple[str, ...]
    decimal_comma: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    contractions: Mapping[str, str] = field(default_factory=dict)
    governs_source: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    pointing: tuple[str, ...] = ()
    genitives: tuple[str, ...] = ()
    dative_after: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    known_to_all: frozenset[str] = frozenset()
    joints: frozenset[str] = frozenset()

    def say(self, key: str, **values: object) -> str:
        """Return one of the composer's phrases, filled."""
        return self.words[key].format(**values)

    def listed(self, items: list[str]) -> str:
        """Join items as a sentence lists them."""
        return (
            items[0] if len(items) == 1 else ", ".join(items[:-1]) + self.words["and"] + items[-1]
        )

    def write(self, text: str) -> str:
        """Return a finished text with the numbers and units of the language."""
        if self.code == DEFAULT:
            return text
        for long, short in self.contractions.items():
            text = _replaced(text, long, short)
        return _MATH.sub(lambda match: self._written(match[0]), text)

    def _written(self, math: str) -> str:
        if self.decimal_comma:
            math = _POINT.sub(_COMMA, math)
        return _UPRIGHT.sub(lambda match: _exchanged(match[0], self.units), math)

    def read(self, text: str) -> str:
        """Return a text of the language with English numbers and units."""
        if self.code == DEFAULT:
            return text
        back = {own: english for english, own in self.units.items()}

        def plain(match: re.Match[str]) -> str:
            math = match[0].replace(_COMMA, ".") if self.decimal_comma else match[0]
            return _UPRIGHT.sub(lambda inner: _exchanged(inner[0], back), math)

        return _MATH.sub(plain, self.in_full(text))

    def in_full(self, text: str) -> str:
        """Return a text with its contractions in the long form."""
        for long, short in self.contractions.items():
            text = _replaced(text, short, long)
        return text

    def speaks_of(self, unit: str) -> bool:
        """Tell whether a unit (LaTeX) holds a word, which the grader knows in English only."""
        return self.write(f"${unit}$") != f"${unit}$"

    @cached_property
    def answer(self) -> re.Pattern[str]:
        """The sentence that says how the answer is wanted: groups unit, plain and figures."""
        figures = "|".join(re.escape(self.words[name]) for name in _FIGURES)
        some = _pattern(self.words["figures"], digits=f"(?P<figures>{figures})")
        plain = "|".join(
            f"(?P<{name}>{_pattern(self.words[f'answer_{name}'])})" for name in SAID_UNITS
        )
        unit = _pattern(self.words["answer_unit"], unit=_UNIT_PATTERN)
        bare = _pattern(self.words["answer_plain"], digits=f"(?:{figures})")
        return re.compile(rf"(?:(?:{unit}|{plain})(?:{some})?|{bare})\.")

    @cached_property
    def let(self) -> re.Pattern[str]:
        """The sentence that names a pure number: groups symbol and noun."""
        articles = "|".join(map(re.escape, self.articles))
        return re.compile(
            _pattern(
                self.words["let"], symbol=r"(?P<symbol>\w)", noun=f"(?P<noun>(?:{articles}).*)"
            )
        )

    @cached_property
    def pointing_word(self) -> re.Pattern[str]:
        """A word that points to what may not have been told."""
        return re.compile(rf"\b({'|'.join(self.pointing) or '(?!)'})\b", re.IGNORECASE)

    @cached_property
    def relative(self) -> re.Pattern[str]:
        """A relative clause that would be contracted: ", in dem das Wasser steht"."""
        return re.compile(rf", ({'|'.join(self.contractions) or '(?!)'})\b", re.IGNORECASE)

    def misdeclines(self, text: str, slot: str, unit: str) -> bool:
        """Tell whether a value in a unit would stand in a case in which its word is another."""
        before = "|".join(self.dative_after) or "(?!)"
        spelled = unit in self.declined
        return spelled and bool(re.search(rf"\b({before}) \{{{slot}\}}", text))

    @cached_property
    def english_word(self) -> re.Pattern[str]:
        """A word that shows that English is among it."""
        return re.compile(rf"(?<![\w{{])({'|'.join(self.foreign) or '(?!)'})(?!\w)", re.IGNORECASE)


def _pattern(template: str, **groups: str) -> str:
    """Return a phrase as a pattern, with a pattern in each slot."""
    text = re.escape(template.replace("{{", "{").replace("}}", "}"))
    for name, group in groups.items():
        text = text.replace(re.escape("{" + name + "}"), group)
    return text


def _replaced(text: str, old: str, new: str) -> str:
    """Replace words, with the capital that they have."""
    for first, second in ((old, new), (_capital(old), _capital(new))):
        if first in text:
            text = re.sub(rf"(?<!\w){re.escape(first)}(?!\w)", second, text)
    return text


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _exchanged(text: str, words: Mapping[str, str]) -> str:
    return _LETTERS.sub(lambda match: words.get(match[0], match[0]), text)


def english() -> Language:
    """Return the language in which relations are written."""
    return language(DEFAULT)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that there are, English first."""
    found = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return (DEFAULT, *(code for code in found if code != DEFAULT))


@lru_cache(maxsize=8)
def language(code: str) -> Language:
    """Return a language.

    Raises
    ------
    SynthesisError
        If there is none of that code.
    """
    if code not in languages():
        raise SynthesisError(f"`language` {code!r} is not known; {suggestion(code, languages())}")
    table = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return Language(
        code,
        table["name"],
        table["words"],
        table["derived"],
        tuple(table["articles"]),
        table["decimal_comma"],
        table.get("units", {}),
        table.get("contractions", {}),
        tuple(table.get("governs_source", ())),
        tuple(table.get("foreign", ())),
        tuple(table.get("pointing", ())),
        tuple(table.get("genitives", ())),
        tuple(table.get("dative_after", ())),
        tuple(table.get("declined", ())),
        frozenset(table.get("known_to_all", ())),
        frozenset(table.get("joints", ())),
    )
