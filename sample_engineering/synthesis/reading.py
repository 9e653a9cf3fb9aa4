"""Reading a problem back: from its text alone to facts, links and the question.

This is the first half of the independent check. It shares data with the telling (relations, idle
facts, constants) and no code: every sentence is looked up among the phrases of the relations that
the problem claims to use, numbers and units are taken from the text (units by pint), and a sentence
that says nothing, or could say two things, fails the reading.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from sample_engineering.synthesis import units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.idle_facts import IDLE_FACTS
from sample_engineering.synthesis.relation import Relation, fill, slots

Place = tuple[str, str]
"""(relation name, quantity name)."""

_NUMBER = r"-?\d+(?:\.\d+)?(?:\\times10\^\{-?\d+\})?"
_UNIT = r"(?:\\ \^\{\\circ\}\\mathrm\{C\}|\\ \\mathrm\{(?:[^{}]|\{[^{}]*\})*\}|\\%|\^\{\\circ\})?"
_MATH = re.compile(r"\$[^$]*\$")
_INNER = re.compile(r"(?:([+-]) )?(\d+(?:\.\d+)?(?:\\times10\^\{-?\d+\})?)")
_SPLIT = re.compile(r"(?<=[.?])\s+(?=[A-Z$])")
_LET = re.compile(r"Let \$(\w)\$ be (the .*)\.")
_CONSTANT = re.compile(rf"\$([^$=]+) = ({_NUMBER})({_UNIT})\$")
_ANSWER = re.compile(
    r"Give your answer"
    r"(?: in \$((?:\^\{\\circ\})?\\mathrm\{(?:[^{}]|\{[^{}]*\})*\})\$"
    r"| (as a percentage|in degrees|in dollars))?"
    r",?(?: to (two|three|four) significant figures)?\."
)
_PLAIN_WORDS = {"as a percentage": "percent", "in degrees": "degree", "in dollars": "dollar"}
_LETTERS = ("k", "j", "w", "z", "q")  # name pure numbers: "let $k$ be ..."
_SENTINEL = 7000  # stands for slot number i as 7000 + i when a phrase is compiled


class Unreadable(Exception):
    """The text does not read back, and why."""


@dataclass(slots=True)
class Reading:
    """What a problem says.

    `given` holds sizes in coherent units; a size may also be a symbol (str) of an expression
    problem. `links` pairs the place that takes a quantity up with the place that yields it;
    `scale` tells in which unit a pure number is taken up.
    """

    given: dict[Place, float | str] = field(default_factory=dict)
    links: dict[Place, Place] = field(default_factory=dict)
    scale: dict[Place, tuple[str, str]] = field(default_factory=dict)
    letters: dict[str, Place] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    asked: Place | None = None
    answer_unit: str = ""


@lru_cache(maxsize=64)
def value_pattern(symbols: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a stated value: a number or one of the symbols, and its unit."""
    letters = "|".join(re.escape(symbol) for symbol in sorted(symbols, key=len, reverse=True))
    number = f"{_NUMBER}|{letters}" if letters else _NUMBER
    return re.compile(rf"\$({number})({_UNIT})\$")


def mask(text: str, symbols: tuple[str, ...]) -> tuple[str, list[tuple[str, str]]]:
    """Replace stated values by ``§`` and numbers inside formulas by ``#``; return them in order."""
    values: list[tuple[str, str]] = []
    inner: list[tuple[str, str]] = []

    def take_value(match: re.Match[str]) -> str:
        values.append((match[1], match[2]))
        return "§"

    def take_inner(match: re.Match[str]) -> str:
        inner.append(((match[1] or "").replace("+", "") + match[2], ""))
        return "±#" if match[1] else "#"

    key = value_pattern(symbols).sub(take_value, text)
    if "$" in key:
        key = _MATH.sub(lambda match: _INNER.sub(take_inner, match[0]), key)
    return key, values + inner


def lowered(text: str) -> str:
    return text[0].lower() + text[1:]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A compiled phrase: which token of the text is which quantity, and which must be literal."""

    relation: str
    places: tuple[tuple[int, str, int], ...]  # token index, quantity, sign
    literals: tuple[tuple[int, str], ...]  # token index, number


@dataclass(slots=True)
class _Phrases:
    statements: dict[str, list[_Statement]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    nouns: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)


def _compile(relation: str, phrase: str, names: dict[str, str]) -> tuple[str, _Statement]:
    """Compile a phrase whose slots are keys of `names` (slot -> quantity)."""
    order: list[str] = []
    text = phrase
    for slot, style in slots(phrase):
        if slot not in names:
            continue
        sentinel = str(_SENTINEL + len(order))
        order.append(names[slot])
        shown = {"": f"${sentinel}$", "n": sentinel, "+": f"+ {sentinel}"}[style]
        text = text.replace("{" + slot + (f":{style}" if style else "") + "}", shown, 1)
    key, tokens = mask(lowered(text), _LETTERS)
    places, literals = [], []
    for index, (number, _) in enumerate(tokens):
        size = number.lstrip("-")
        if size.isdigit() and _SENTINEL <= int(size) < _SENTINEL + len(order):
            sign = -1 if number.startswith("-") else 1
            places.append((index, order[int(size) - _SENTINEL], sign))
        else:
            literals.append((index, number))
    return key, _Statement(relation, tuple(places), tuple(literals))


@lru_cache(maxsize=512)
def _phrases(relation: Relation) -> _Phrases:
    found = _Phrases()

    def add(phrase: str, names: dict[str, str]) -> None:
        key, statement = _compile(relation.name, phrase, names)
        known = found.statements.setdefault(key, [])
        if statement not in known:
            known.append(statement)

    for case in relation.cases:
        words = case.words
        if "the" in words:
            found.subjects.add(words["the"])
        for phrase in relation.setting:
            add(fill(phrase, words), {})
        for extra in relation.extras:
            add(fill(extra.clause, words), {"value": ""})
        own = {item.name: item.name for item in relation.quantities}
        for phrases in relation.tell.values():
            for phrase in phrases:
                add(fill(phrase, words), own)
        for quantity in relation.quantities:
            for phrase in quantity.given:
                add(fill(phrase, words), {"value": quantity.name})
            nouns = [fill(phrase, words) for phrase in quantity.noun]
            if quantity.ask:
                for noun in nouns:
                    found.nouns[noun] = quantity.name
            for phrase in quantity.ask:
                found.asks[fill(phrase, words)] = quantity.name
            for phrase in quantity.link:
                prefix, _, suffix = fill(phrase, words).partition("{source}")
                entry = (lowered(prefix) if prefix else "", suffix, quantity.name)
                if entry not in found.links:
                    found.links.append(entry)
    return found


@lru_cache(maxsize=1)
def _idle_keys() -> frozenset[str]:
    return frozenset(_compile("", extra.clause, {"value": ""})[0] for extra in IDLE_FACTS)


def number_of(text: str) -> float:
    """Read a number as it is printed in LaTeX."""
    return float(text.replace(r"\times10^{", "e").rstrip("}"))


class _Reader:
    def __init__(self, relations: tuple[Relation, ...], symbols: tuple[str, ...]) -> None:
        self.phrases = {relation.name: _phrases(relation) for relation in relations}
        self.symbols = (*symbols, *_LETTERS)
        self.expression_symbols = frozenset(symbols)
        self.subjects = sorted({s for item in self.phrases.values() for s in item.subjects})
        self.reading = Reading()

    def lookup(self, clause: str) -> bool:
        """Take a clause in; False where no phrase fits it."""
        clause = lowered(clause)
        key, tokens = mask(clause, self.symbols)
        found = [
            statement
            for item in self.phrases.values()
            for statement in item.statements.get(key, ())
            if all(tokens[index][0] == number for index, number in statement.literals)
        ]
        senses = {(item.relation, item.places) for item in found}
        if len(senses) > 1:
            raise Unreadable(f"two readings of: {clause}")
        if found:
            self._take(found[0], tokens)
            return True
        return key in _idle_keys() or self._lookup_link(clause)

    def _take(self, statement: _Statement, tokens: list[tuple[str, str]]) -> None:
        for index, quantity, sign in statement.places:
            if not quantity:
                continue
            place = (statement.relation, quantity)
            if place in self.reading.given or place in self.reading.scale:
                raise Unreadable(f"stated twice: {quantity} of {statement.relation}")
            number, unit_text = tokens[index]
            if number in self.expression_symbols:
                self.reading.given[place] = number
                continue
            unit = units.from_latex(unit_text)
            if number in self.symbols:
                self.reading.scale[place] = (number, unit)
                continue
            self.reading.given[place] = units.in_base(sign * number_of(number), unit)

    def _lookup_link(self, clause: str) -> bool:
        found = set()
        for name, item in self.phrases.items():
            for prefix, suffix, quantity in item.links:
                if not clause.startswith(prefix) or not clause.endswith(suffix):
                    continue
                noun = clause[len(prefix) : len(clause) - len(suffix)]
                for other, others in self.phrases.items():
                    if other != name and noun in others.nouns:
                        found.add(((name, quantity), (other, others.nouns[noun])))
        if len(found) > 1:
            raise Unreadable(f"two readings of: {clause}")
        for taker, yielder in found:
            self.reading.links[taker] = yielder
        return bool(found)

    def sentence(self, text: str) -> None:
        """Take a sentence in."""
        reading = self.reading
        if text.endswith("?"):
            places = {
                (name, item.asks[text]) for name, item in self.phrases.items() if text in item.asks
            }
            if len(places) != 1 or reading.asked is not None:
                raise Unreadable(f"{len(places)} meanings of the question: {text}")
            reading.asked = places.pop()
            return
        if match := _LET.fullmatch(text):
            places = {
                (name, item.nouns[match[2]])
                for name, item in self.phrases.items()
                if match[2] in item.nouns
            }
            if len(places) != 1 or match[1] in reading.letters:
                raise Unreadable(f"{len(places)} meanings of: {text}")
            reading.letters[match[1]] = places.pop()
            return
        if text.startswith("Take $"):
            self._constants(text)
            return
        if self.expression_symbols and text.startswith("Give your answer as an expression in "):
            return
        if match := _ANSWER.fullmatch(text):
            plain = match[2]
            if match[1]:
                reading.answer_unit = units.from_latex("\\ " + match[1])
            elif plain:
                reading.answer_unit = _PLAIN_WORDS[plain]
            return
        if not self._clauses(lowered(text.removesuffix("."))):
            raise Unreadable(f"no phrase fits: {text}")

    def _clauses(self, text: str) -> bool:
        if self.lookup(text):
            return True
        if ", and " in text:
            first, _, second = text.partition(", and ")
            if self.lookup(first) and self.lookup(second):
                return True
            raise Unreadable(f"no phrase fits: {text}")
        for subject in self.subjects:
            if not text.startswith(f"{subject} "):
                continue
            for match in re.finditer(" and ", text):
                rest = f"{subject} {text[match.end() :]}"
                if self._fits(text[: match.start()]) and self._fits(rest):
                    return self.lookup(text[: match.start()]) and self.lookup(rest)
        return False

    def _fits(self, clause: str) -> bool:
        clause = lowered(clause)
        key, _ = mask(clause, self.symbols)
        if any(key in item.statements for item in self.phrases.values()):
            return True
        return any(
            clause.startswith(prefix) and clause.endswith(suffix)
            for item in self.phrases.values()
            for prefix, suffix, _ in item.links
        )

    def _constants(self, text: str) -> None:
        by_symbol = {constant.symbol: name for name, constant in CONSTANTS.items()}
        for match in _CONSTANT.finditer(text):
            if match[1] not in by_symbol:
                raise Unreadable(f"unknown constant {match[1]}")
            factor = units.scale(units.from_latex(match[3])).factor
            self.reading.constants[by_symbol[match[1]]] = number_of(match[2]) * factor


def read_problem(
    problem: str, relations: tuple[Relation, ...], symbols: tuple[str, ...] = ()
) -> Reading:
    """Read the text of a problem that claims to use these relations.

    Parameters
    ----------
    problem : str
        The text; options of a multiple choice (from the first line break on) are left out.
    relations : tuple of Relation
        The relations claimed.
    symbols : tuple of str
        Symbols that stand for given values, for a problem whose answer is an expression.

    Raises
    ------
    Unreadable
        If a sentence cannot be read, can be read in two ways, or no question is asked.
    """
    reader = _Reader(relations, symbols)
    for sentence in _SPLIT.split(problem.split("\n", 1)[0].strip()):
        reader.sentence(sentence)
    if reader.reading.asked is None:
        raise Unreadable("no question is asked")
    return reader.reading
