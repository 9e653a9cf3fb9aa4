"""The phrases of relations, compiled so that a clause of a text is looked up among them."""

from dataclasses import dataclass, field
from functools import lru_cache

from sample_engineering.synthesis.relation import Extra, Relation, fill, slots
from sample_engineering.synthesis.stated_values import lowered, mask

LETTERS = ("k", "j", "w", "z", "q")  # name pure numbers: "let $k$ be ..."
_SENTINEL = 7000  # stands for slot number i as 7000 + i when a phrase is compiled


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled phrase: which token of the text is which quantity, and which must be literal."""

    relation: str
    places: tuple[tuple[int, str, int], ...]  # token index, quantity, sign
    literals: tuple[tuple[int, str], ...]  # token index, number
    tells: bool = False  # it is a passage of a scene: by it the relation itself is told


@dataclass(slots=True)
class Phrases:
    """What the clauses of a relation may be; keys are masked texts."""

    statements: dict[str, list[Statement]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    nouns: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)


def _compile(
    relation: str, phrase: str, names: dict[str, str], tells: bool = False
) -> tuple[str, Statement]:
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
    key, tokens = mask(lowered(text), LETTERS)
    places, literals = [], []
    for index, (number, _) in enumerate(tokens):
        size = number.lstrip("-")
        if size.isdigit() and _SENTINEL <= int(size) < _SENTINEL + len(order):
            sign = -1 if number.startswith("-") else 1
            places.append((index, order[int(size) - _SENTINEL], sign))
        else:
            literals.append((index, number))
    return key, Statement(relation, tuple(places), tuple(literals), tells)


@lru_cache(maxsize=512)
def phrases_of(relation: Relation) -> Phrases:
    """Compile every phrase of a relation in each of its cases."""
    found = Phrases()

    def add(phrase: str, names: dict[str, str], tells: bool = False) -> None:
        key, statement = _compile(relation.name, phrase, names, tells)
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
        for phrase in relation.passages:
            add(fill(phrase, words), own, tells=True)
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


@lru_cache(maxsize=512)
def phrases_of_facts(facts: tuple[Extra, ...]) -> Phrases:
    """Compile facts that bear on nothing and belong to no relation."""
    found = Phrases()
    for fact in facts:
        key, statement = _compile("", fact.clause, {"value": ""})
        found.statements.setdefault(key, []).append(statement)
    return found
