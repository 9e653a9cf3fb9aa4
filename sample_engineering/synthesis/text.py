"""Telling a plan as a problem in plain English with LaTeX."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from sample_engineering.synthesis import units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.numbers import Value, fixed, significant
from sample_engineering.synthesis.plan import Node
from sample_engineering.synthesis.relation import Extra, fill, slots

DIGIT_WORDS = {2: "two", 3: "three", 4: "four"}

# Facts that can stand in any story and bear on none: distractors of last resort, told at its end.
_IDLE_FACTS = (
    Extra("the test in which this question is set lasts {value} minutes", "", 40, 120),
    Extra("the whole exercise was set {value} weeks ago", "", 2, 9),
    Extra("a class of {value} students worked on the same question", "", 12, 30),
)


@dataclass(slots=True)
class Story:
    """The text of a problem, sentence by sentence, and what was said in passing."""

    sentences: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def sentence(text: str) -> str:
    """Give a clause its capital and its full stop."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def join_clauses(clauses: list[str], subject: str, links: int = 0) -> list[str]:
    """Join clauses two by two into sentences.

    Two neighbours with the same subject share it: "the kettle draws ... and runs for ...". The
    first `links` clauses do not: they end in the noun of another relation, to which "and runs ..."
    would seem to belong.
    """
    sentences = []
    index = 0
    while index < len(clauses):
        first = clauses[index]
        second = clauses[index + 1] if index + 1 < len(clauses) else None
        odd_start = index == 0 and len(clauses) == 3
        if second is None or odd_start:
            sentences.append(sentence(first))
            index += 1
            continue
        opening = f"{subject} "
        shared = subject and index >= links
        if shared and first.startswith(opening) and second.startswith(opening):
            sentences.append(sentence(f"{first} and {second[len(opening) :]}"))
        else:
            sentences.append(sentence(f"{first}, and {second}"))
        index += 2
    return sentences


def fill_tell(template: str, words: Mapping[str, str], shown: Mapping[str, Value]) -> str:
    """Put words and values into a `tell` phrase."""
    text = fill(template, words)
    for name, style in slots(text):
        if name not in shown:
            continue
        value = shown[name]
        if style == "+":
            piece = f"- {value.number[1:]}" if value.size < 0 else f"+ {value.number}"
        elif style == "n":
            piece = value.number
        else:
            piece = value.latex
        text = text.replace("{" + name + (f":{style}" if style else "") + "}", piece)
    return text


def tell(
    root: Node,
    rng: Random,
    *,
    distractors: int = 0,
    show: Callable[[Node, str], str] | None = None,
) -> Story:
    """Tell everything but the question.

    Parameters
    ----------
    root : Node
        A plan with numbers.
    rng : random.Random
        Chooses phrases.
    distractors : int
        How many idle facts to strew in.
    show : callable, optional
        How a stated quantity is written; as its value if absent (expressions write a symbol).
    """
    story = Story()
    nodes = root.nodes()
    idle = _idle_facts(nodes, rng, distractors)
    for node in nodes:
        words = node.case.words
        unknown = node.relation.by_name[node.unknown]
        node.noun = fill(rng.choice(unknown.noun), words)
        if not node.links and node.unknown in node.relation.tell and show is None:
            told = fill_tell(rng.choice(node.relation.tell[node.unknown]), words, node.values)
            story.sentences.append(sentence(told))
        else:
            if node.relation.setting:
                story.sentences.append(sentence(fill(rng.choice(node.relation.setting), words)))
            linked = _link_clauses(node, rng)
            clauses = [*linked, *_given_clauses(node, rng, show)]
            story.sentences += join_clauses(clauses, words.get("the", ""), len(linked))
        for clause in idle.get(id(node), ()):
            story.sentences.append(sentence(clause))
            story.extras.append(clause)
        symbol = next(
            (
                parent.symbols[name]
                for parent in nodes
                for name, child in parent.links.items()
                if child is node and name in parent.symbols
            ),
            None,
        )
        if symbol:
            story.sentences.append(f"Let ${symbol}$ be {node.noun}.")
    return story


def _link_clauses(node: Node, rng: Random) -> list[str]:
    clauses = []
    for quantity in node.relation.quantities:
        child = node.links.get(quantity.name)
        if child is None:
            continue
        if quantity.name in node.symbols:
            size = f"${node.symbols[quantity.name]}{units.latex(quantity.unit)}$"
            clause = fill(rng.choice(quantity.given), node.case.words)
            clauses.append(clause.replace("{value}", size))
        else:
            clause = fill(rng.choice(quantity.link), node.case.words)
            clauses.append(clause.replace("{source}", child.noun))
    return clauses


def _given_clauses(node: Node, rng: Random, show: Callable[[Node, str], str] | None) -> list[str]:
    clauses = []
    for quantity in node.relation.quantities:
        if quantity.name in node.links or quantity.name == node.unknown:
            continue
        shown = show(node, quantity.name) if show else node.values[quantity.name].latex
        clause = fill(rng.choice(quantity.given), node.case.words)
        clauses.append(clause.replace("{value}", shown))
    return clauses


def _idle_facts(nodes: list[Node], rng: Random, count: int) -> dict[int, list[str]]:
    """Choose idle facts: those of the scenes first."""
    found: dict[int, list[str]] = {}
    if not count:
        return found
    own = [(node, extra) for node in nodes for extra in node.relation.extras]
    rng.shuffle(own)
    general = [(nodes[-1], extra) for extra in rng.sample(_IDLE_FACTS, len(_IDLE_FACTS))]
    for node, extra in [*own, *general][:count]:
        size = rng.uniform(extra.low, extra.high)
        if not extra.unit:
            shown = f"${round(size)}$"
        else:
            shown = f"${significant(size, extra.digits)}{units.latex(extra.unit)}$"
        clause = fill(extra.clause, node.case.words).replace("{value}", shown)
        found.setdefault(id(node), []).append(clause)
    return found


def constants_sentence(nodes: list[Node]) -> str:
    """State the physical constants in use, or return ''."""
    names = sorted({name for node in nodes for name in node.relation.constants})
    if not names:
        return ""
    shown = []
    for name in names:
        constant = CONSTANTS[name]
        value = fixed(constant.value, constant.unit)
        shown.append(f"${constant.symbol} = {value.number}{units.latex(constant.unit)}$")
    listed = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
    return f"Take {listed}."


def answer_sentence(unit: str, digits: int | None, whole: bool) -> str:
    """Say in what form the answer is wanted; '' for a plain whole number."""
    places = f"to {DIGIT_WORDS[digits]} significant figures" if digits else ""
    if not unit:
        return f"Give your answer {places}." if places else ""
    if unit == "percent":
        wanted = "as a percentage"
    elif unit == "degree":
        wanted = "in degrees"
    elif unit == "dollar":
        wanted = "in dollars"
    else:
        wanted = f"in ${units.latex(unit).removeprefix(chr(92) + ' ')}$"
    return f"Give your answer {wanted}{', ' + places if places else ''}."
