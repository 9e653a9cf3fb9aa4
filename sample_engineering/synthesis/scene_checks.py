"""What every scene must satisfy, whoever wrote it."""

import re
from collections.abc import Iterator, Mapping

from sample_engineering.synthesis import units
from sample_engineering.synthesis.phrases import phrases_of, phrases_of_facts
from sample_engineering.synthesis.relation import Quantity
from sample_engineering.synthesis.scene import Scene, shared

_HEAD = re.compile(
    r"the .*?(?= (?:of|for|that|in|on|at|from|to|by|with|through|over|across|between)\b|$)"
)
_PLURAL = re.compile(r"\w+[^su]s$")
_POINTING = re.compile(r"\b(this|these|such|from then on)\b", re.IGNORECASE)
_SAME_START = re.compile(r"\[ with [^]]*\]\[ with|\]\[ and \{")
_COUNT = re.compile(r"\bnumber of\b")
# Said of what need not be whole.
_OF_A_MEAN = re.compile(r"\b(expected|mean|average|turnover|reproduction|per|for each|for every)\b")
_PRINTED_WHOLE = 100  # to three figures; below it decimals show
_LEAST_COUNT = 2  # of things that are told in the plural
_BEFORE_INVERSE = re.compile(r"\b(of|at|to|from|is|by|with)$")


def _is_plural(noun: str) -> bool:
    head = _HEAD.match(noun)
    return bool(head and _PLURAL.search(head[0]))


def _style(template: str, units: Mapping[str, str]) -> Iterator[str]:
    """Yield what would read badly in a sentence of an act, whichever of its parts are told."""
    if match := _POINTING.search(template):
        yield f"{match[0]!r} points to what may not have been told: {template!r}"
    if _SAME_START.search(template):
        yield f"two parts in a row that need an 'and', or must do without it: {template!r}"
    for match in re.finditer(r"\{(\w+)\}", template):
        before = template[: match.start()].rstrip(" [")
        if units.get(match[1], "").startswith("1/") and not _BEFORE_INVERSE.search(before):
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


def scene_faults(scene: Scene) -> list[str]:
    """Return what is wrong with a scene; empty if nothing is.

    Every sentence of an act must speak of the things by which it is linked to others, no words may
    say two things, and the words must fit into a text.
    """
    found: list[str] = []
    if not scene.opening:
        found.append("it has no opening")
    for text in scene.opening:
        if not text.endswith(".") or not text[0].isupper():
            found.append(f"an opening is whole sentences: {text!r}")
    linking = {value for value, _ in shared(scene.acts)}
    for act in scene.acts:
        for quantity in act.relation.quantities:
            value = act.values[quantity.name]
            if value not in scene.things:
                continue  # what no text states
            thing = scene.things[value].lower()
            if not quantity.noun[0].startswith("the ") or _is_plural(quantity.noun[0]):
                found.append(f"{value}: a noun is singular and starts with 'the'")
            if asks_for_a_fraction(quantity):
                found.append(f"{value}: a count that need not be whole is an expected number")
            for text in quantity.given:
                if "{value}" not in text:
                    found.append(f"{value}: `given` needs {{value}}")
            if value not in linking or quantity.name in act.relation.cases[0].fixed:
                continue
            for text in act.relation.passages:
                if thing not in text.lower():
                    found.append(f"{act.name} does not speak of {thing!r} ({value}): {text!r}")
                    break
        for text in act.relation.passages:
            if text != text.strip() or "  " in text or text.endswith("."):
                found.append(f"{act.name}: a stray space or stop: {text!r}")
            if ". " in text:
                found.append(f"{act.name}: one sentence each: {text!r}")
        units = {act.values[item.name]: item.unit for item in act.relation.quantities}
        found += [f"{act.name}: {wrong}" for text in act.templates for wrong in _style(text, units)]
    return [*found, *_idle_faults(scene), *_ambiguous(scene)]


def _idle_faults(scene: Scene) -> Iterator[str]:
    """Yield what is wrong with idle facts: none may state, or seem to state, a value."""
    measured: dict[str, set[str]] = {}
    for act in scene.acts:
        for quantity in act.relation.quantities:
            thing = scene.things.get(act.values[quantity.name])
            if thing is not None:
                measured.setdefault(units.dimensionality(quantity.unit), set()).add(thing.lower())
    for fact in scene.idle:
        text = fact.clause
        if text.count("{value}") != 1 or text.endswith(".") or text != text.strip():
            yield f"an idle fact is a clause with one {{value}} and no stop: {text!r}"
        elif not 0 < fact.low < fact.high or not (fact.unit or fact.low >= _LEAST_COUNT):
            yield f"an idle fact has a range above zero, and a count begins at two: {text!r}"
        elif match := _POINTING.search(text):
            yield f"{match[0]!r} points to what may not have been told: {text!r}"
        else:
            for thing in sorted(measured.get(units.dimensionality(fact.unit), ())):
                if re.search(rf"\b{re.escape(thing)}", text.lower()):
                    yield (
                        f"an idle fact about {thing!r} in a unit in which the scene measures it; "
                        f"let it be about something else: {text!r}"
                    )


def _ambiguous(scene: Scene) -> Iterator[str]:
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
            yield f"two things in the same words ({told}): {key!r}"
