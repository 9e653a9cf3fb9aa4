"""Stories: a plan with its numbers, told in plain English with LaTeX."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sample_engineering.synthesis import units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.language import SAID_UNITS, Language, english
from sample_engineering.synthesis.numbers import Value, fixed, significant
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Relation, fill, slots
from sample_engineering.synthesis.scene import Told
from sample_engineering.synthesis.solving import Numbers
from sample_engineering.synthesis.systems import System

DIGIT_WORDS = {2: "two", 3: "three", 4: "four"}


@dataclass(frozen=True, slots=True)
class Story:
    """The words of a problem.

    Parameters
    ----------
    nouns : tuple of str
        What the result of each step is called.
    sentences : tuple of str
        Everything but the question.
    question : str
    idle : int
        How many of the sentences are idle facts.
    """

    nouns: tuple[str, ...]
    sentences: tuple[str, ...]
    question: str
    idle: int


def sentence(text: str) -> str:
    """Give a clause its capital and its full stop."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def join_clauses(
    clauses: list[str], subject: str, links: int = 0, language: Language | None = None
) -> list[str]:
    """Join clauses two by two into sentences.

    Two neighbours with the same subject share it: "the kettle draws ... and runs for ...". The
    first `links` clauses do not: they end in the noun of another relation, to which "and runs ..."
    would seem to belong.
    """
    words = (language or english()).words
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
            sentences.append(sentence(f"{first}{words['and']}{second[len(opening) :]}"))
        else:
            sentences.append(sentence(f"{first}{words['comma_and']}{second}"))
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
    plan: Plan,
    numbers: Numbers,
    rng: Random,
    *,
    distractors: int = 0,
    symbols: Mapping[tuple[int, str], str] | None = None,
    language: Language | None = None,
) -> Story:
    """Tell a problem: what is known, and the question.

    Parameters
    ----------
    plan : Plan
    numbers : Numbers
        Those of the plan.
    rng : random.Random
        Chooses phrases.
    distractors : int
        How many idle facts to strew in.
    symbols : mapping, optional
        From (step, quantity) to the LaTeX symbol that is written in place of its value.
    language : Language, optional
        That of the plan's relations; English by default.
    """
    language = language or english()
    if plan.told is not None:
        return _in_scene(plan, plan.told, numbers, rng, distractors, symbols)
    nouns: list[str] = []
    sentences: list[str] = []
    idle = _idle_facts(plan, rng, distractors)
    for number, step in enumerate(plan.steps):
        words, relation = step.case.words, step.relation
        nouns.append(fill(rng.choice(step.quantity.noun), words))
        values = numbers.steps[number].values
        if isinstance(relation, System):
            shown = {name: value.latex for name, value in values.items()}
            sentences += _together(step, relation, nouns, shown, rng, language)
        elif not step.links and step.unknown in relation.tell and symbols is None:
            told = fill_tell(rng.choice(relation.tell[step.unknown]), words, values)
            sentences.append(sentence(told))
        else:
            if relation.setting:
                sentences.append(sentence(fill(rng.choice(relation.setting), words)))
            linked = _link_clauses(step, nouns, rng)
            if symbols is None:
                shown = {name: value.latex for name, value in values.items()}
            else:
                shown = {name: f"${text}$" for (at, name), text in symbols.items() if at == number}
            clauses = [*linked, *_given_clauses(step, shown, rng)]
            sentences += join_clauses(clauses, words.get("the", ""), len(linked), language)
        sentences += [sentence(clause) for clause in idle.get(number, ())]
        symbol = plan.symbol_of(number)
        if symbol:
            sentences.append(language.say("let", symbol=symbol, noun=nouns[number]))
    question = fill(rng.choice(plan.last.quantity.ask), plan.last.case.words)
    count = sum(map(len, idle.values()))
    return Story(tuple(nouns), tuple(sentences), question, count)


def _together(
    step: Step,
    system: System,
    nouns: Sequence[str],
    shown: Mapping[str, str],
    rng: Random,
    language: Language,
) -> list[str]:
    """Tell two relations that are solved together: the second takes up what the first is about."""
    sentences = []
    first, second = system.members
    shared = {name: rng.choice(system.by_name[first.names[one]].noun) for one, name in system.ties}
    for member in system.members:
        relation, words = member.relation, member.case.words
        if relation.setting:
            sentences.append(sentence(fill(rng.choice(relation.setting), words)))
        linked = [
            fill(rng.choice(relation.by_name[name].link), words).replace("{source}", noun)
            for name, noun in shared.items()
            if member is second
        ]
        own = {here: name for name, here in member.names.items()}
        linked += [clause for name, clause in _linked(step, nouns, rng) if name in own]
        given = [clause for name, clause in _given(step, shown, rng) if name in own]
        subject = words.get("the", "")
        sentences += join_clauses([*linked, *given], subject, len(linked), language)
    return sentences


def _in_scene(
    plan: Plan,
    told: Told,
    numbers: Numbers,
    rng: Random,
    distractors: int,
    symbols: Mapping[tuple[int, str], str] | None,
) -> Story:
    """Tell a plan inside its scene: every act in its place in time, every value once."""
    number_of = {
        part: number for number, step in enumerate(plan.steps) for part in step.relation.parts
    }
    homes = told.homes
    idle = _idle_facts(plan, rng, distractors)
    count = sum(map(len, idle.values()))
    sentences = [rng.choice(told.scene.opening)] if told.scene.opening else []
    for act in told.acts:
        number = number_of[act.relation]
        home_of = plan.steps[number].relation.home_of
        values = {
            own: value
            for name, value in numbers.steps[number].values.items()
            for part, own in (home_of(name),)
            if part is act.relation and (part.name, own) not in homes and own not in part.inner
        }
        letters = {} if symbols is None else {name: symbols[number, name] for name in values}
        sentences += _passage(act.relation, values, letters, rng)
        sentences += [sentence(clause) for clause in idle.pop(number, ())]
    nouns = tuple(rng.choice(step.quantity.noun) for step in plan.steps)
    question = rng.choice(plan.last.quantity.ask)
    return Story(nouns, tuple(sentences), question, count)


def _passage(
    relation: Relation, values: Mapping[str, Value], letters: Mapping[str, str], rng: Random
) -> list[str]:
    """Tell a relation and state its values: the passage that states most, then clauses."""
    stating = {
        text: {name for name, _ in slots(text)}
        for text in relation.passages
        if {name for name, _ in slots(text)} <= values.keys()
    }
    most = max(map(len, stating.values()))
    chosen = rng.choice([text for text, names in stating.items() if len(names) == most])
    shown = {name: f"${letters[name]}$" if letters else values[name].latex for name in values}
    clauses = [
        rng.choice(quantity.given).replace("{value}", shown[quantity.name])
        for quantity in relation.quantities
        if quantity.name in shown and quantity.name not in stating[chosen]
    ]
    return [sentence(fill(chosen, shown)), *join_clauses(clauses, "")]


def _link_clauses(step: Step, nouns: Sequence[str], rng: Random) -> list[str]:
    return [clause for _, clause in _linked(step, nouns, rng)]


def _linked(step: Step, nouns: Sequence[str], rng: Random) -> Iterator[tuple[str, str]]:
    """Yield each quantity that another relation yields, and the clause that takes it up."""
    for quantity in step.relation.quantities:
        if quantity.name not in step.links:
            continue
        if quantity.name in step.symbols:
            size = f"${step.symbols[quantity.name]}{units.latex(quantity.unit)}$"
            clause = fill(rng.choice(quantity.given), step.case.words)
            yield quantity.name, clause.replace("{value}", size)
        else:
            clause = fill(rng.choice(quantity.link), step.case.words)
            yield quantity.name, clause.replace("{source}", nouns[step.links[quantity.name]])


def _given_clauses(step: Step, shown: Mapping[str, str], rng: Random) -> list[str]:
    return [clause for _, clause in _given(step, shown, rng)]


def _given(step: Step, shown: Mapping[str, str], rng: Random) -> Iterator[tuple[str, str]]:
    """Yield each quantity that is stated, and the clause that states it."""
    for quantity in step.relation.quantities:
        if quantity.name in (*step.links, step.unknown, *step.relation.inner):
            continue
        clause = fill(rng.choice(quantity.given), step.case.words)
        yield quantity.name, clause.replace("{value}", shown[quantity.name])


def _idle_facts(plan: Plan, rng: Random, count: int) -> dict[int, list[str]]:
    """Choose idle facts, each about what a step speaks of, by step."""
    found: dict[int, list[str]] = {}
    if not count:
        return found
    for number, extra in rng.sample(plan.idle, count):
        size = rng.uniform(extra.low, extra.high)
        if not extra.unit:
            shown = f"${round(size)}$"
        else:
            shown = f"${significant(size, extra.digits)}{units.latex(extra.unit)}$"
        words = plan.steps[number].case.words if number >= 0 else {}
        clause = fill(extra.clause, words).replace("{value}", shown)
        if number < 0:
            number = rng.randrange(len(plan.steps))
        found.setdefault(number, []).append(clause)
    return found


def constants_sentence(relations: Sequence[Relation], language: Language) -> str:
    """State the physical constants in use, or return ''."""
    names = sorted({name for relation in relations for name in relation.constants})
    if not names:
        return ""
    shown = []
    for name in names:
        constant = CONSTANTS[name]
        value = fixed(constant.value, constant.unit)
        shown.append(f"${constant.symbol} = {value.number}{units.latex(constant.unit)}$")
    return language.say("take", constants=language.listed(shown))


def answer_sentence(unit: str, digits: int | None, language: Language) -> str:
    """Say in what form the answer is wanted; '' for a plain whole number."""
    figures = language.words[DIGIT_WORDS[digits]] if digits else ""
    if not unit:
        return language.say("answer_plain", digits=figures) + "." if figures else ""
    if unit in SAID_UNITS:
        wanted = language.say(f"answer_{unit}")
    else:
        shown = units.latex(unit).removeprefix("\\ ")
        wanted = language.say("answer_unit", unit=shown)
    return wanted + (language.say("figures", digits=figures) if figures else "") + "."
