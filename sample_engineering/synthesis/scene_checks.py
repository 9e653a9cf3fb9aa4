"""What every scene must satisfy, whoever wrote it."""

import re
from collections.abc import Iterator, Mapping

from sample_engineering.synthesis import units
from sample_engineering.synthesis.language import DEFAULT, Language, english
from sample_engineering.synthesis.phrases import phrases_of, phrases_of_facts
from sample_engineering.synthesis.plain_text import unfit
from sample_engineering.synthesis.relation import Quantity
from sample_engineering.synthesis.relation_checks import Fault
from sample_engineering.synthesis.scene import Act, Scene, shared

_HEAD = re.compile(
    r"the .*?(?= (?:of|for|that|in|on|at|from|to|by|with|through|over|across|between)\b|$)"
)
_PLURAL = re.compile(r"\w+[^su]s$")
_SAME_START = re.compile(r"\[ with [^]]*\]\[ with|\]\[ and \{")
_TWICE = re.compile(r"\b([^\W\d_]+) \1\b", re.IGNORECASE)
_OPEN_COMMA = re.compile(r"\[[^]|]*\], (?:is|are|was|were|has|have|goes|lies|stands|flows)\b")
_COUNT = re.compile(r"\bnumber of\b")
# Said of what need not be whole.
_OF_A_MEAN = re.compile(r"\b(expected|mean|average|turnover|reproduction|per|for each|for every)\b")
_PRINTED_WHOLE = 100  # to three figures; below it decimals show
_LEAST_COUNT = 2  # of things that are told in the plural
_BEFORE_INVERSE = re.compile(r"\b(of|at|to|from|is|by|with)$")


_STEM = 5  # letters by which words of one kind are known: bees, bee's, beehive
_DEFINITE = re.compile(r"\bthe ([a-z'-]+(?: [a-z'-]+)?)\b(?: of\b)?")
_COMPLEMENT = frozenset(("between", "for", "of", "on"))  # "the corners of the sheet"


def _is_plural(noun: str) -> bool:
    head = _HEAD.match(noun)
    return bool(head and _PLURAL.search(head[0]))


def _style(template: str, sizes: Mapping[str, str], tongue: Language) -> Iterator[str]:
    """Yield what would read badly in a sentence of an act, whichever of its parts are told."""
    if match := tongue.pointing_word.search(template):
        yield f"{match[0]!r} points to what may not have been told: {template!r}"
    if tongue.code != DEFAULT:
        if match := tongue.relative.search(template):
            yield f"{match[0]!r} begins a relative clause and would be contracted: {template!r}"
        if match := tongue.english_word.search(template):
            yield f"{match[0]!r} is English: {template!r}"
        for slot, unit in sizes.items():
            if tongue.misdeclines(template, slot, unit):
                yield f"{slot} would stand in the dative, and its unit not: {template!r}"
        return
    if _SAME_START.search(template):
        yield f"two parts in a row that need an 'and', or must do without it: {template!r}"
    if match := _OPEN_COMMA.search(template):
        yield f"a comma stays where nothing is told in brackets; write ~ for it: {match[0]!r}"
    for match in re.finditer(r"\{(\w+)\}", template):
        before = template[: match.start()].rstrip(" [")
        if sizes.get(match[1], "").startswith("1/") and not _BEFORE_INVERSE.search(before):
            yield f"{match[1]} needs words, as 'at a rate of' or 'a density of': {template!r}"


def asks_for_a_fraction(quantity: Quantity) -> bool:
    """Whether a noun promises a count, and the value may be shown with decimals."""
    noun = quantity.noun[0]
    return (
        bool(_COUNT.search(noun))
        and not _OF_A_MEAN.search(noun)
        and not (quantity.whole or quantity.unit)
        and quantity.low < _PRINTED_WHOLE
    )


def scene_faults(scene: Scene, language: Language | None = None) -> list[str]:
    """Return what is wrong with a scene; empty if nothing is.

    Every sentence of an act must speak of the things by which it is linked to others, no words may
    say two things, and the words must fit into a text.
    """
    return [fault.text for fault in located_scene_faults(scene, language)]


def located_scene_faults(scene: Scene, language: Language | None = None) -> list[Fault]:
    """Return what is wrong with a scene, each fault with its place in the file."""
    tongue = language or english()
    found: list[Fault] = []
    if not scene.opening:
        found.append(Fault(("opening",), "it has no opening; add one"))
    for text in scene.opening:
        if not text.endswith(".") or not text[0].isupper():
            found.append(Fault(("opening",), f"an opening is whole sentences: {text!r}"))
        if wrong := unfit(text, ()):
            found.append(Fault(("opening",), wrong))
    found += _noun_faults(scene, tongue)
    linking = {value for value, _ in shared(scene.acts)}
    for index, act in enumerate(scene.acts):
        here = ("acts", str(index), "tell")
        found += [
            Fault(here, f"{act.name}: {text}") for text in _act_faults(scene, act, linking, tongue)
        ]
        sizes = {act.values[item.name]: item.unit for item in act.relation.quantities}
        for template in act.templates:
            wrongs = [*_style(template, sizes, tongue)]
            if untold := unfit(template, sizes):
                wrongs.append(untold)
            found += [Fault(here, f"{act.name}: {wrong}") for wrong in wrongs]
    return [*found, *_idle_faults(scene, tongue), *_ambiguous(scene)]


def _noun_faults(scene: Scene, tongue: Language) -> Iterator[Fault]:
    told: set[str] = set()
    for act in scene.acts:
        for quantity in act.relation.quantities:
            value = act.values[quantity.name]
            if value not in scene.things or value in told:
                continue  # what no text states
            told.add(value)
            here = ("values", value)
            (noun,) = quantity.noun
            plural = tongue.code == DEFAULT and _is_plural(noun)
            if not noun.startswith(tongue.articles) or plural:
                articles = " or ".join(repr(text.strip()) for text in tongue.articles)
                yield Fault(here, f"{value}: a noun is singular and starts with {articles}")
            if tongue.code == DEFAULT and asks_for_a_fraction(quantity):
                yield Fault(here, f"{value}: a count that need not be whole is an expected number")
            for text in quantity.given:
                if text.count("{value}") != 1:
                    yield Fault(here, f"{value}: `given` needs {{value}}, once")
            for text in quantity.ask:
                if not text.endswith("?") or "{" in text:
                    yield Fault(here, f"{value}: `ask` is a question without slots")
            for text in (noun, *quantity.given, *quantity.ask):
                if wrong := unfit(text, ("value",)):
                    yield Fault(here, f"{value}: {wrong}")
                if match := _TWICE.search(text):
                    yield Fault(here, f"{value}: {match[0]!r}: a word twice: {text!r}")
                if match := tongue.english_word.search(text):
                    yield Fault(here, f"{value}: {match[0]!r} is English: {text!r}")


def _act_faults(scene: Scene, act: Act, linking: set[str], tongue: Language) -> Iterator[str]:
    for quantity in act.relation.quantities:
        value = act.values[quantity.name]
        if value not in linking or quantity.name in act.relation.cases[0].fixed:
            continue
        thing = scene.things[value].lower()
        for text in act.relation.passages:
            if thing not in text.lower():
                yield f"it does not speak of {thing!r} ({value}): {text!r}"
                break
    yield from _never_introduced(scene, act, tongue)
    for text in act.relation.passages:
        if text != text.strip() or "  " in text or text.endswith("."):
            yield f"a stray space or stop: {text!r}"
        if ". " in text:
            yield f"one sentence each: {text!r}"
        if match := _TWICE.search(text):
            yield f"{match[0]!r}: a word twice: {text!r}"


def _never_introduced(scene: Scene, act: Act, tongue: Language) -> Iterator[str]:
    """Yield what a sentence takes as known (the measuring vessel) and nothing could have told."""
    if not tongue.known_to_all:
        return
    known = {_stem(word) for text in scene.opening for word in _words_of(text)}
    for other in scene.acts:
        texts = other.relation.passages if other is not act else ()
        nouns = [noun for item in other.relation.quantities for noun in item.noun]
        known |= {_stem(word) for text in (*texts, *nouns) for word in _words_of(text)}
    for text in act.relation.passages:
        for match in _DEFINITE.finditer(text):
            if _COMPLEMENT & set(match[0].split()):
                continue
            words = [word for word in match[1].split() if word not in tongue.joints]
            told = known | {_stem(word) for word in _words_of(text[: match.start()])}
            if words and not any(
                _stem(word) in told or word in tongue.known_to_all for word in words
            ):
                yield f"{match[0]!r} is told of nowhere before; write 'a' or add it to the opening"
                return


def _words_of(text: str) -> list[str]:
    return re.findall(r"[a-z]{3,}", text.lower())


def _stem(word: str) -> str:
    return word[:_STEM]


def _idle_faults(scene: Scene, tongue: Language) -> Iterator[Fault]:
    """Yield what is wrong with idle facts: none may state, or seem to state, a value."""
    measured: dict[str, set[str]] = {}
    for act in scene.acts:
        for quantity in act.relation.quantities:
            thing = scene.things.get(act.values[quantity.name])
            if thing is not None:
                measured.setdefault(units.dimensionality(quantity.unit), set()).add(thing.lower())
    for index, fact in enumerate(scene.idle):
        text = fact.clause
        wrong = ""
        if untold := unfit(text, ("value",)):
            wrong = untold
        elif text.count("{value}") != 1 or text.endswith(".") or text != text.strip():
            wrong = "an idle fact is a clause with one {value} and no stop"
        elif not 0 < fact.low < fact.high or not (fact.unit or fact.low >= _LEAST_COUNT):
            wrong = "an idle fact has a range above zero, and a count begins at two"
        elif match := tongue.pointing_word.search(text) or tongue.english_word.search(text):
            wrong = f"{match[0]!r} points to what may not have been told, or is English"
        elif tongue.misdeclines(text, "value", fact.unit):
            wrong = "the value would stand in the dative, and its unit not"
        else:
            for thing in sorted(measured.get(units.dimensionality(fact.unit), ())):
                if re.search(rf"\b{re.escape(thing)}", text.lower()):
                    wrong = (
                        f"an idle fact about {thing!r} in a unit in which the scene measures it; "
                        "let it be about something else"
                    )
        if wrong:
            yield Fault(("idle", str(index)), f"{wrong}: {text!r}")


def _ambiguous(scene: Scene) -> Iterator[Fault]:
    """Yield what words of a scene say two things, when the numbers and units are left out."""
    senses: dict[str, set[tuple[str, ...]]] = {}
    for act in scene.acts:
        for key, statements in phrases_of(act.relation).statements.items():
            for item in statements:
                about = (act.name,) if item.tells or not item.places else ()
                values = tuple(act.values[quantity] for _, quantity, _ in item.places if quantity)
                senses.setdefault(key, set()).add((*about, *values))
    for key in phrases_of_facts(scene.idle).statements:
        senses.setdefault(key, set()).add(("an idle fact",))
    for key, found in senses.items():
        if len(found) > 1:
            told = " or ".join(" ".join(sense) for sense in sorted(found))
            yield Fault((), f"two things in the same words ({told}): {key!r}")
