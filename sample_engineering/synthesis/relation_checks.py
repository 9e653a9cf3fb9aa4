"""What every relation must satisfy, whoever wrote it: each check returns the faults in words.

A fault says where it lies (the keys of a relation file: ``("quantity", "f", "unit")``) and what to
do next. What takes drawing numbers is in `relation_trials`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from sample_engineering.errors import SynthesisError
from sample_engineering.registry import suggestion
from sample_engineering.skills import DOMAINS, known_skills
from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.language import DEFAULT, Language, english
from sample_engineering.synthesis.plain_text import unfit
from sample_engineering.synthesis.relation import Phrases, Quantity, Relation, fill, slots

_LEAST_SOURCE = 8  # characters: less names no place where a formula stands
_BEFORE_VOWEL = re.compile(r"\b[Aa] [aeioAEIO]\w")
_WITHOUT_MATH = re.compile(r"\$[^$]*\$|\{\w+(?::[n+])?\}")
_BEFORE_CONSONANT = re.compile(r"\b[Aa]n [bcdfgjklmnpqrstvwyz]")


class Fault(NamedTuple):
    """What is wrong with a relation: where in it, and the words with the mend."""

    key: tuple[str, ...]
    text: str


def faults(relation: Relation) -> list[str]:
    """Return everything that is wrong with a relation by itself; empty if nothing is."""
    return [fault.text for fault in located_faults(relation)]


def located_faults(relation: Relation, language: Language | None = None) -> list[Fault]:
    """Return everything that is wrong with a relation by itself, with its places.

    Parameters
    ----------
    relation : Relation
    language : Language, optional
        In which it is told; English by default.
    """
    found: list[Fault] = []
    words = partial(_phrases, language=language or english())
    for check in (_labels, _plain, _units, _equation, _several, _ranges, _roles, words):
        try:
            found += check(relation)
        except SynthesisError as error:
            found.append(Fault(("equation",), str(error)))
    return found


def located_unit_faults(relation: Relation) -> list[Fault]:
    """Return what is wrong with the units of a relation and of its equation."""
    return [*_units(relation), *_equation(relation)]


def dimension_faults(relation: Relation, others: Iterable[Relation]) -> list[str]:
    """Return the quantities whose meaning stands for another dimension in another relation."""
    return [fault.text for fault in located_dimension_faults(relation, others)]


def located_dimension_faults(relation: Relation, others: Iterable[Relation]) -> list[Fault]:
    """Return the faults of `dimension_faults` with their places."""
    known = {
        quantity.meaning: (units.dimensionality(quantity.unit), other.name)
        for other in others
        for quantity in other.quantities
        if quantity.meaning
    }
    return [
        Fault(
            _of(quantity, "meaning"),
            f"{quantity.name} means {quantity.meaning!r}, which has another dimension in "
            f"{known[quantity.meaning][1]}; choose another word for the meaning",
        )
        for quantity in relation.quantities
        if quantity.meaning in known
        and known[quantity.meaning][0] != units.dimensionality(quantity.unit)
    ]


def _of(quantity: Quantity | str, *keys: str) -> tuple[str, ...]:
    name = quantity if isinstance(quantity, str) else quantity.name
    return ("quantity", name, *keys)


def _labels(relation: Relation) -> Iterator[Fault]:
    if relation.domain not in DOMAINS:
        yield Fault(
            ("domain",), f"the domain {relation.domain!r} is not one of {', '.join(DOMAINS)}"
        )
    unknown = [name for name in relation.skills if name not in known_skills()]
    if unknown:
        yield Fault(
            ("skills",),
            f"not in the taxonomy of skills: {', '.join(unknown)}; "
            f"{suggestion(unknown[0], known_skills())}",
        )
    if not relation.skills:
        yield Fault(("skills",), "it names no skill; name what it is about")
    if len(relation.source) <= _LEAST_SOURCE:
        yield Fault(
            ("source",),
            f"its source {relation.source!r} does not say where the formula stands; write it as in "
            "'OpenStax Chemistry 2e, section 9.2'",
        )


def _plain(relation: Relation) -> Iterator[Fault]:
    """Yield what no text of a problem may hold; whether a word fills each brace is seen later."""
    texts: list[tuple[tuple[str, ...], str]] = [(("title",), relation.title)]
    texts += [(("setting",), text) for text in relation.setting]
    texts += [(("tell",), text) for told in relation.tell.values() for text in _as_texts(told)]
    texts += [(("extras",), extra.clause) for extra in relation.extras]
    for case in relation.cases:
        texts += [(("cases",), word) for word in case.words.values()]
    for quantity in relation.quantities:
        for key in ("given", "noun", "ask", "link"):
            told = getattr(quantity, key)
            texts += [(_of(quantity, key), text) for text in _as_texts(told)]
    said: set[str] = set()
    for place, text in texts:
        wrong = unfit(text)
        if wrong and wrong not in said:
            said.add(wrong)
            yield Fault(place, f"{wrong}: {text!a:.60}")


def _as_texts(told: Any) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told or ())


def _units(relation: Relation) -> Iterator[Fault]:
    for quantity in relation.quantities:
        for unit in (quantity.unit, *quantity.units):
            key = _of(quantity, "unit" if unit == quantity.unit else "units")
            try:
                if units.dimensionality(unit) != units.dimensionality(quantity.unit):
                    yield Fault(
                        key,
                        f"{quantity.name}: {unit!r} and {quantity.unit!r} have different "
                        "dimensions; leave the other unit out",
                    )
                if units.scale(units.from_latex(units.latex(unit))) != units.scale(unit):
                    yield Fault(
                        key,
                        f"{quantity.name}: {unit!r} does not read back from its LaTeX; write it "
                        "with units that follow a number without words",
                    )
            except SynthesisError as error:
                yield Fault(key, f"{quantity.name}: {error}")


def _equation(relation: Relation) -> Iterator[Fault]:
    """Put quantities with units into both sides of the equation."""
    ureg = units.registry()
    try:
        for quantity in relation.quantities:
            units.scale(quantity.unit)  # raises when pint cannot read it
    except SynthesisError:
        return  # told by `_units`
    values: dict[str, Any] = {
        quantity.name: ureg.Quantity(
            (quantity.low + quantity.high) / 2, quantity.unit
        ).to_base_units()
        for quantity in relation.quantities
    }
    for name in relation.constants:
        constant = CONSTANTS[name]
        values[name] = ureg.Quantity(float(constant.value), constant.unit).to_base_units()
    values["pi"] = ureg.Quantity(3.14159, "")
    functions = {name: _of_numbers(function) for name, function in formula.FUNCTIONS.items()}
    functions["sqrt"] = lambda x: x**0.5
    functions |= _OF_TERMS
    for number, (equation, sides) in enumerate(
        zip(relation.equations, relation.trees, strict=True)
    ):
        where = ("also",) if number else ("equation",)
        try:
            left, right = (
                ureg.Quantity(formula.evaluate(side, values, functions)).dimensionality
                for side in sides
            )
        except Exception as error:  # pint has many kinds, and most mean that units do not fit
            wrong = f"the units of {equation} do not fit ({error})"
            if type(error) is TypeError:
                wrong = f"a function in {equation} is given too few or too many values"
            elif isinstance(error, ArithmeticError):
                wrong = f"{equation} gives no number for the middle of its ranges"
            yield Fault(where, f"{wrong}; mend the equation, a range or a unit")
            return
        if left != right:
            yield Fault(
                where,
                f"the sides of {equation} have the dimensions {left} and {right}; mend the "
                "equation or a unit",
            )


def _of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*arguments: Any) -> Any:
        numbers = []
        for argument in arguments:
            if hasattr(argument, "to_base_units"):
                if not argument.dimensionless:
                    raise SynthesisError(f"{argument} inside a function is not a pure number")
                argument = argument.to_base_units().magnitude
            numbers.append(argument)
        try:
            return function(*numbers)
        except (ValueError, OverflowError):
            return 1.0  # outside the domain of the function; only the dimension matters here

    return apply


def _nth_term(first: Any, factor: Any, added: Any, n: Any) -> Any:
    """Take a term, of the dimension of the first one, as a sequence yields it."""
    _of_numbers(lambda a, b: 1.0)(factor, n)
    return first if added == 0 else first + added


def _until(first: Any, factor: Any, added: Any, level: Any) -> float:
    _nth_term(first, factor, added, 1) - level  # raises where they have different dimensions
    return 1.0


_OF_TERMS = {"iterate": _nth_term, "first_above": _until, "first_below": _until}


def _several(relation: Relation) -> Iterator[Fault]:
    """Check that equations and inner quantities are as many as they must be."""
    conditions = len(relation.also) + (relation.best is not None)
    for name in relation.inner:
        if name not in relation.by_name:
            yield Fault(("inner",), f"{name} is inner, and no quantity; add or rename it")
            return
    for unknown in relation.unknowns:
        beside = len(relation.silent(unknown))
        if beside != conditions:
            yield Fault(
                ("inner",),
                f"{unknown} is asked, with {beside} inner quantities beside it and {conditions} "
                "further conditions; there must be as many",
            )
    if relation.best:
        for name in (relation.best.value, relation.best.over):
            if name not in relation.inner:
                yield Fault(("best",), f"{name} is what is best, or chosen; name it in `inner`")
    for name, kind in relation.both.items():
        if kind not in ("set", "interval"):
            yield Fault(("both",), f"{name}: {kind!r} is neither 'set' nor 'interval'; write one")
        if name not in relation.unknowns:
            yield Fault(("both",), f"{name} is never asked; give it a question")


def _ranges(relation: Relation) -> Iterator[Fault]:
    for quantity in relation.quantities:
        if not quantity.low < quantity.high:
            yield Fault(
                _of(quantity, "range"),
                f"{quantity.name}: its range is empty; write low before high",
            )
        if quantity.whole and (quantity.low % 1 or quantity.high % 1):
            yield Fault(
                _of(quantity, "range"),
                f"{quantity.name}: the ends of its range are not whole; write whole numbers",
            )
    for number, case in enumerate(relation.cases, 1):
        for name in (*case.ranges, *case.fixed):
            if name not in relation.by_name:
                yield Fault(
                    ("cases",),
                    f"a case speaks of {name}, which is no quantity; name one of "
                    f"{', '.join(relation.by_name)}",
                )
                return
        for name, (low, high) in case.ranges.items():
            quantity = relation.by_name[name]
            if not quantity.low <= low < high <= quantity.high:
                yield Fault(
                    ("cases",),
                    f"{name}: the range of case {number} lies outside of "
                    f"{quantity.low:g} to {quantity.high:g}; widen the range of the quantity",
                )
        for name, text in case.fixed.items():
            quantity = relation.by_name[name]
            if not quantity.low <= float(text) <= quantity.high:
                yield Fault(
                    ("cases",),
                    f"{name}: the value of case {number} lies outside of "
                    f"{quantity.low:g} to {quantity.high:g}; widen the range of the quantity",
                )


def _roles(relation: Relation) -> Iterator[Fault]:
    if not relation.unknowns:
        yield Fault((), "no quantity can be asked; give one a noun or a question")
    for quantity in relation.quantities:
        if quantity.ask and not quantity.noun:
            yield Fault(
                _of(quantity),
                f"{quantity.name} is asked but has no noun for the solution; add one",
            )
        told = relation.tell and all(quantity.name in _told(t) for t in relation.tell.values())
        asked_otherwise = any(name != quantity.name for name in relation.unknowns)
        inner = quantity.name in relation.inner
        if asked_otherwise and not quantity.given and not told and not inner:
            yield Fault(
                _of(quantity),
                f"{quantity.name} can be given but has no words for it; add a noun or `given`",
            )


def _told(texts: Phrases) -> set[str]:
    return {name for text in texts for name, _ in slots(text)}


def phrase_faults(relation: Relation, language: Language) -> list[Fault]:
    """Return what is wrong with the words of a relation, with its places."""
    return [*_roles(relation), *_phrases(relation, language)]


def _phrases(relation: Relation, language: Language) -> Iterator[Fault]:
    for kind, text, about in worded(relation):
        for case in relation.cases:
            filled = fill(text, case.words)
            trouble = _phrase_fault(relation, kind, filled, about) or _tongue_fault(
                kind, filled, language
            )
            if trouble:
                where = (kind,) if about is None or kind == "tell" else _of(about, kind)
                yield Fault(where, f"{trouble}: {filled!r}")
                break


def worded(relation: Relation) -> Iterator[tuple[str, str, str | None]]:
    """Yield (kind, text, quantity name or None) for every phrase of a relation."""
    for text in relation.setting:
        yield "setting", text, None
    for quantity in relation.quantities:
        for kind, phrases in (
            ("given", quantity.given),
            ("noun", quantity.noun),
            ("ask", quantity.ask),
            ("link", quantity.link),
        ):
            for text in phrases:
                yield kind, text, quantity.name
    for unknown, texts in relation.tell.items():
        for text in texts:
            yield "tell", text, unknown
    for extra in relation.extras:
        yield "extra", extra.clause, None


def _foreign_fault(kind: str, text: str, language: Language) -> str:
    """Return what is wrong with a phrase of a translation."""
    if kind == "noun" and "," in text:
        return "a noun phrase has no comma, since the sentence goes on after it"
    before = text.partition("{source}")[0].split()[-1:]
    if kind == "link" and before and before[0].lower() in language.governs_source:
        return f"{{source}} stands in the nominative, and not after {before[0]!r}"
    if match := language.english_word.search(_WITHOUT_MATH.sub("", text)):
        return f"{match[0]!r} is English; translate it"
    return ""


def _phrase_fault(relation: Relation, kind: str, text: str, about: str | None) -> str:
    quantities = set(relation.by_name)
    empty = {name for name, _ in slots(text)}
    wanted = {"given": "value", "extra": "value", "link": "source"}.get(kind)
    if wanted and wanted not in empty:
        return f"a {kind} phrase needs {{{wanted}}}; add it"
    if kind == "tell":
        if empty & quantities != quantities - {about, *relation.inner}:
            return "a tell phrase states every other quantity"
        empty -= quantities
    unfilled = sorted(n for n in empty - {wanted} if n.islower() and len(n) > 1)
    if unfilled:
        return f"no case has a word for {', '.join(unfilled)}; add it to every case"
    if text != text.strip() or "  " in text:
        return "stray space; take it away"
    if kind == "ask":
        if not (text.endswith("?") and text[0].isupper()):
            return "a question has a capital and a question mark"
    elif text.endswith((".", ",", "?")) or ". " in text:
        return "a clause has no stop"
    return ""


def _tongue_fault(kind: str, text: str, language: Language) -> str:
    """Return what is wrong with a phrase in its language."""
    joint = language.words["comma_and"]
    if kind in ("given", "link", "setting", "extra") and joint in text:
        return f"clauses are joined by {joint!r}, so none may contain it"
    if kind == "noun" and not text.startswith(language.articles):
        starts = " or ".join(repr(article.strip()) for article in language.articles)
        return f"a noun phrase starts with {starts}"
    if language.code != DEFAULT:
        return _foreign_fault(kind, text, language)
    if _BEFORE_VOWEL.search(text.replace("a one", "")) or _BEFORE_CONSONANT.search(text):
        return "the wrong one of 'a' and 'an'"
    return ""
