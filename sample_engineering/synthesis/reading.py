"""Reading a problem back: from its text alone to facts, links and the question.

This is the first half of the independent check. It shares data with the telling (relations,
constants) and no code: every sentence is looked up among the phrases of the relations that
the problem claims to use, numbers and units are taken from the text (units by pint), and a sentence
that says nothing, or could say two things, fails the reading.
"""

import re
from dataclasses import dataclass, field

from sample_engineering.synthesis import units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.language import SAID_UNITS, Language, english
from sample_engineering.synthesis.phrases import (
    LETTERS,
    Statement,
    phrases_of,
    phrases_of_facts,
)
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.request import BOTH_KINDS
from sample_engineering.synthesis.scene import Place, Told
from sample_engineering.synthesis.stated_values import NUMBER, UNIT, lowered, mask, number_of

_SPLIT = re.compile(r"(?<=[.?])\s+(?=[A-ZÄÖÜ$])")
_SCENE = ""  # what stands for a relation, where a fact is about the scene alone
_CONSTANT = re.compile(rf"\$([^$=]+) = ({NUMBER})({UNIT})\$")


class Unreadable(Exception):
    """The text does not read back, and why."""


@dataclass(slots=True)
class Reading:
    """What a problem says.

    `given` holds sizes in coherent units; a size may also be a symbol (str) of an expression
    problem. `printed` holds the numbers of the text and their units. `links` pairs the place that
    takes a quantity up with the place that yields it; `scale` tells in which unit a pure number is
    taken up. `idle` holds numbers that bear on nothing, and their units.
    """

    given: dict[Place, float | str] = field(default_factory=dict)
    printed: dict[Place, tuple[float, str]] = field(default_factory=dict)
    links: dict[Place, Place] = field(default_factory=dict)
    scale: dict[Place, tuple[str, str]] = field(default_factory=dict)
    letters: dict[str, Place] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    printed_constants: dict[str, float] = field(default_factory=dict)
    idle: list[tuple[float, str]] = field(default_factory=list)
    asked: Place | None = None
    answer_unit: str = ""
    form: str = ""


class _Reader:
    def __init__(
        self,
        relations: tuple[Relation, ...],
        symbols: tuple[str, ...],
        told: Told | None,
        language: Language,
    ) -> None:
        self.language = language
        self.words = language.words
        self.phrases = {relation.name: phrases_of(relation) for relation in relations}
        self.symbols = (*symbols, *LETTERS)
        self.expression_symbols = frozenset(symbols)
        self.subjects = sorted({s for item in self.phrases.values() for s in item.subjects})
        self.reading = Reading()
        openings = told.scene.opening if told else ()
        self.opening = {text for opening in openings for text in _SPLIT.split(opening)}
        self.homes = told.homes if told else {}
        self.untold = {item.name for item in relations if item.passages}
        if told:
            self.phrases[_SCENE] = phrases_of_facts(told.scene.idle)
        self.reading.links.update(self.homes)

    def home(self, place: Place) -> Place:
        """Return the first place of a value that several relations of a scene share."""
        return self.homes.get(place, place)

    def sense(self, statement: Statement) -> object:
        """Return what a statement says: two that say the same are no two readings."""
        about = statement.relation
        if not statement.places or statement.tells:
            return about, statement.places
        return tuple((at, self.home((about, name)), sign) for at, name, sign in statement.places)

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
        senses = {self.sense(item) for item in found}
        if len(senses) > 1:
            raise Unreadable(f"two readings of: {clause}")
        if found:
            self._take(found[0], tokens)
            return True
        return self._lookup_link(clause)

    def _take(self, statement: Statement, tokens: list[tuple[str, str]]) -> None:
        if statement.tells:
            if statement.relation not in self.untold:
                raise Unreadable(f"told twice: {statement.relation}")
            self.untold.remove(statement.relation)
        for index, quantity, sign in statement.places:
            if not quantity:
                number, unit_text = tokens[index]
                self.reading.idle.append((number_of(number), units.from_latex(unit_text)))
                continue
            place = self.home((statement.relation, quantity))
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
            size = sign * number_of(number)
            self.reading.printed[place] = (size, unit)
            self.reading.given[place] = units.in_base(size, unit)

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
        if text in self.opening:
            return
        if text.endswith("?"):
            places = {
                self.home((name, item.asks[text]))
                for name, item in self.phrases.items()
                if text in item.asks
            }
            if len(places) != 1 or reading.asked is not None:
                raise Unreadable(f"{len(places)} meanings of the question: {text}")
            reading.asked = places.pop()
            return
        if match := self.language.let.fullmatch(text):
            symbol, noun = match["symbol"], match["noun"]
            places = {
                (name, item.nouns[noun])
                for name, item in self.phrases.items()
                if noun in item.nouns
            }
            if len(places) != 1 or symbol in reading.letters:
                raise Unreadable(f"{len(places)} meanings of: {text}")
            reading.letters[symbol] = places.pop()
            return
        if text.startswith(_opening(self.words["take"]) + "$"):
            self._constants(text)
            return
        if self.expression_symbols and text.startswith(_opening(self.words["expression"])):
            return
        forms = [kind for kind in BOTH_KINDS if text == self.words[f"answer_{kind}"]]
        if forms:
            (reading.form,) = forms
            return
        if match := self.language.answer.fullmatch(text):
            if match["unit"]:
                reading.answer_unit = units.from_latex("\\ " + match["unit"])
            else:
                reading.answer_unit = next((name for name in SAID_UNITS if match[name]), "")
            return
        if not self._clauses(lowered(text.removesuffix("."))):
            raise Unreadable(f"no phrase fits: {text}")

    def _clauses(self, text: str) -> bool:
        if self.lookup(text):
            return True
        if self.words["comma_and"] in text:
            first, _, second = text.partition(self.words["comma_and"])
            if self.lookup(first) and self.lookup(second):
                return True
            raise Unreadable(f"no phrase fits: {text}")
        for subject in self.subjects:
            if not text.startswith(f"{subject} "):
                continue
            for match in re.finditer(self.words["and"], text):
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
            size = number_of(match[2])
            self.reading.printed_constants[by_symbol[match[1]]] = size
            self.reading.constants[by_symbol[match[1]]] = size * factor


def _opening(phrase: str) -> str:
    """Return how a phrase begins, up to its first slot."""
    return phrase.partition("{")[0]


def read_problem(
    problem: str,
    relations: tuple[Relation, ...],
    symbols: tuple[str, ...] = (),
    told: Told | None = None,
    language: Language | None = None,
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
    told : Told, optional
        The scene in which it claims to be told.
    language : Language, optional
        In which it is told; English by default.

    Raises
    ------
    Unreadable
        If a sentence cannot be read or can be read in two ways, no question is asked, or a relation
        of the scene is not told.
    """
    language = language or english()
    reader = _Reader(relations, symbols, told, language)
    text = language.read(problem.split("\n", 1)[0].strip())
    for sentence in _SPLIT.split(text):
        reader.sentence(sentence)
    if reader.reading.asked is None:
        raise Unreadable("no question is asked")
    if reader.untold:
        raise Unreadable(f"not told: {', '.join(sorted(reader.untold))}")
    return reader.reading
