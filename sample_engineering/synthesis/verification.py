"""The independent check of a composed problem: nothing is handed out that fails any part of it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sample_engineering.errors import GoldError, SynthesisError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.synthesis import sensitivity, two_solutions, units
from sample_engineering.synthesis.chain import of_reading
from sample_engineering.synthesis.language import DEFAULT
from sample_engineering.synthesis.problem import ANSWER_TOLERANCE, Check, Problem
from sample_engineering.synthesis.reading import Reading, Unreadable, read_problem
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.request import BOTH_KINDS
from sample_engineering.synthesis.resolving import Resolved, determined, resolve
from sample_engineering.synthesis.scene import Place
from sample_engineering.synthesis.stated_values import NUMBER, UNIT, number_of

CHECKS = (
    "text reads back",
    "units fit",
    "independent solution",
    "answer agrees",
    "plausible",
    "every domain needed",
    "well posed",
    "clean text",
    "gradable",
)
"""What `verify` checks, in order. That a problem is new is recorded by who compares it."""

_OPTION = re.compile(rf"^([A-F])\. \$({NUMBER})({UNIT})\$$", re.MULTILINE)
_TRAPS = (
    (re.compile(r"\b[Aa] (?=[aeio]\w)(?!one\b|eu)"), "'a' before a vowel"),
    (re.compile(r"\b[Aa]n (?=[bcdfgjklmnpqrstvwyz])"), "'an' before a consonant"),
    (re.compile(r"\b(\w+) \1\b", re.IGNORECASE), "a word twice"),
    (re.compile(r"\{\w+\}(?!\})(?<!mathrm\{\w\})\s"), "an unfilled slot"),
    (re.compile(r"  |\s[.,?]|\.\."), "stray space or stop"),
)
_TRAPS_ANYWHERE = tuple(trap for trap in _TRAPS if not trap[1].startswith("'"))
_ROUNDING = 0.5000001  # of the last printed figure
_EXACT = 1e-9
_SAME_FORMULA = 1e-6  # relative difference of an expression from the independent solution
_LEAST = 1e-300  # stands for zero below a fraction bar
_OPTIONS_APART = 1.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of the check: empty `failed` if the sample passed, and the record to keep."""

    failed: str
    reason: str
    record: Mapping[str, Any]


def verify(problem: Problem) -> Verdict:
    """Check one composed problem from its text."""
    sample, check = problem.sample, problem.check
    symbols = check.formula.names if check.formula else ()
    try:
        reading = read_problem(sample.problem, check.relations, symbols, check.told, check.language)
    except (Unreadable, SynthesisError) as error:
        return Verdict("text reads back", str(error), {})
    trouble = _units_trouble(reading, check.relations, sample)
    if trouble:
        return Verdict("units fit", trouble, {})
    solved = _solved(reading, sample, check)
    if isinstance(solved, Verdict):
        return solved
    resolved, difference = solved
    assert resolved.value is not None
    trouble = _implausible(reading, check.relations, resolved.value)
    if resolved.other is not None:
        trouble = trouble or _implausible(reading, check.relations, resolved.other)
    if trouble:
        return Verdict("plausible", trouble, {})
    for domain in check.domains:
        names = frozenset(item.name for item in check.relations if item.domain == domain)
        if not names or determined(reading, check.relations, names):
            return Verdict("every domain needed", f"{domain} is not needed", {})
    posed: Mapping[str, Any] = {}
    if check.formula is None:
        chain = of_reading(reading, resolved)
        unit = (
            reading.answer_unit if sample.kind != "choice" else _option_unit(_told(sample, check))
        )
        tolerance = ANSWER_TOLERANCE if sample.kind == "choice" else sample.tolerance or 0.0
        trouble = sensitivity.trouble(chain, unit, tolerance)
        if resolved.other is not None and not trouble:
            smaller = of_reading(reading, _with_answer(reading, resolved, resolved.other))
            trouble = sensitivity.trouble(smaller, unit, tolerance)
        if trouble:
            return Verdict("well posed", trouble, {})
        posed = sensitivity.record(chain)
    for pattern, name in _TRAPS if check.language.code == DEFAULT else _TRAPS_ANYWHERE:
        if match := pattern.search(sample.problem):
            return Verdict("clean text", f"{name}: {match[0]!r}", {})
    try:
        gold = read_sample_gold(sample)
    except GoldError as error:
        return Verdict("gradable", str(error), {})
    if not grade(sample.solution or "", gold).correct:
        return Verdict("gradable", "the worked solution does not grade as correct", {})
    return Verdict(
        "",
        "",
        {
            "checks": list(CHECKS),
            "relative_difference": float(f"{difference:.1e}"),
            **posed,
        },
    )


def _solved(reading: Reading, sample: Sample, check: Check) -> tuple[Resolved, float] | Verdict:
    """Solve a reading and compare; returns (solution, relative difference) or what failed."""
    if check.formula is None:
        found = resolve(reading, check.relations)
        if found.value is None:
            return Verdict("independent solution", found.trouble, {})
        wanted = sample.kind if sample.kind in BOTH_KINDS else ""
        if reading.form != wanted or (found.other is not None) != bool(wanted):
            return Verdict("independent solution", "not as many solutions as are asked for", {})
        if found.other is not None:
            agrees, difference, shown = _both_agree(sample, reading, found, check)
        else:
            agrees, difference, shown = _answer_agrees(sample, reading, found.value, check)
        return (found, difference) if agrees else Verdict("answer agrees", shown, {})
    resolved: Resolved | None = None
    difference = 0.0
    for sizes in check.trials:
        resolved = resolve(_with_sizes(reading, sizes), check.relations)
        if resolved.value is None:
            return Verdict("independent solution", resolved.trouble, {})
        expected = check.formula.at(sizes)
        difference = max(difference, abs(resolved.value - expected) / max(abs(expected), _LEAST))
        if difference > _SAME_FORMULA:
            return Verdict("answer agrees", f"{resolved.value} against {expected}", {})
    if resolved is None:
        return Verdict("answer agrees", "the expression was never tried", {})
    return resolved, difference


def _both_agree(
    sample: Sample, reading: Reading, found: Resolved, check: Check
) -> tuple[bool, float, str]:
    """Compare both solutions with the two of the gold, to half of their last figures."""
    assert found.other is not None
    assert found.value is not None
    try:
        golds = two_solutions.read(sample.answer)
    except ValueError as error:
        return False, 1.0, str(error)
    sizes = [units.in_unit(size, reading.answer_unit) for size in (found.other, found.value)]
    agree = True
    for gold, size in zip(golds, sizes, strict=True):
        last = 10.0 ** (math.floor(math.log10(abs(size))) + 1 - _figures(sample, check))
        allowed = _EXACT * 100 * abs(size) if sample.tolerance is None else _ROUNDING * last
        agree = agree and abs(gold - size) <= allowed
    worst = max(abs(gold / size - 1) for gold, size in zip(golds, sizes, strict=True))
    return agree, worst, f"{sizes} against {golds}"


def _with_answer(reading: Reading, resolved: Resolved, size: float) -> Resolved:
    assert reading.asked is not None
    return replace(resolved, value=size, known={**resolved.known, reading.asked: size})


def _with_sizes(reading: Reading, sizes: Mapping[str, float]) -> Reading:
    given: dict[Place, float | str] = {
        place: sizes[size] if isinstance(size, str) else size
        for place, size in reading.given.items()
    }
    return replace(reading, given=given)


def _units_trouble(reading: Reading, relations: tuple[Relation, ...], sample: Sample) -> str:
    by_name = {relation.name: relation for relation in relations}
    asked = reading.asked
    assert asked is not None
    quantity = by_name[asked[0]].by_name[asked[1]]
    if sample.kind in ("number", "quantity"):
        wanted = units.dimensionality(quantity.unit)
        if units.dimensionality(reading.answer_unit) != wanted:
            return f"the answer is wanted in {reading.answer_unit!r}, which is no {wanted}"
    for (relation, name), (_, unit) in reading.scale.items():
        expected = by_name[relation].by_name[name].unit
        if units.dimensionality(unit) != units.dimensionality(expected):
            return f"{name} of {relation} is stated in {unit!r}"
    for taker, yielder in reading.links.items():
        first = by_name[taker[0]].by_name[taker[1]].unit
        second = by_name[yielder[0]].by_name[yielder[1]].unit
        if units.dimensionality(first) != units.dimensionality(second):
            return f"{taker} and {yielder} have different dimensions"
    return ""


def _told(sample: Sample, check: Check) -> str:
    """Return the text of a problem with English numbers and units."""
    return check.language.read(sample.problem)


def _option_unit(problem: str) -> str:
    return next(units.from_latex(unit) for _, _, unit in _OPTION.findall(problem))


def _answer_agrees(
    sample: Sample, reading: Reading, value: float, check: Check
) -> tuple[bool, float, str]:
    """Compare the gold with the independent solution, to half of its last figure."""
    if sample.kind == "choice":
        listed = [
            (letter, units.in_base(number_of(number), units.from_latex(unit)))
            for letter, number, unit in _OPTION.findall(_told(sample, check))
        ]
        if len(listed) < 3 or value <= 0:
            return False, 1.0, "the options do not read back"
        nearest = sorted(listed, key=lambda item: abs(item[1] / value - 1))
        gap = abs(nearest[0][1] / value - 1)
        second = max(nearest[1][1] / value, value / nearest[1][1])
        right = nearest[0][0] == sample.answer and gap < 6e-3 and second > _OPTIONS_APART
        return right, gap, f"nearest option to {value} is {nearest[0]}, gold {sample.answer}"
    size = units.in_unit(value, reading.answer_unit)
    number = sample.answer.split(" ")[0].removesuffix("%")
    gold = float(number)
    mantissa, _, power = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    if sample.tolerance is None:
        allowed = _EXACT * max(abs(size), 1.0) * 100
    else:
        half = 10.0 ** (int(power or 0) - decimals)
        if "." not in mantissa and not power:
            half = 10.0 ** (max(len(mantissa.lstrip("-")) - _figures(sample, check), 0))
        allowed = _ROUNDING * half
    difference = abs(gold - size)
    return difference <= allowed, difference / max(abs(size), _LEAST), f"{size} against {gold}"


def _figures(sample: Sample, check: Check) -> int:
    return 3 if check.language.words["three"] in sample.problem else 2


def _implausible(reading: Reading, relations: tuple[Relation, ...], value: float) -> str:
    by_name = {relation.name: relation for relation in relations}
    places = dict(reading.given)
    assert reading.asked is not None
    for (relation, name), size in reading.given.items():
        if not isinstance(size, str) and abs(size - value) <= 1e-9 * abs(value):
            asked = by_name[reading.asked[0]].by_name[reading.asked[1]]
            other = by_name[relation].by_name[name]
            if units.dimensionality(asked.unit) == units.dimensionality(other.unit):
                return f"the answer equals {name} of {relation}, which is given"
    places[reading.asked] = value
    for (relation, name), size in places.items():
        if isinstance(size, str):
            continue
        quantity = by_name[relation].by_name[name]
        plain = units.in_unit(size, quantity.unit)
        slack = 6e-3 * abs(plain)  # rounding to three figures may step over the end of the range
        if not quantity.low - slack <= plain <= quantity.high + slack:
            return f"{name} of {relation} is {plain:.4g} {quantity.unit}"
        if quantity.whole and abs(plain - round(plain)) > 1e-6 * max(1.0, abs(plain)):
            return f"{name} of {relation} is not whole"
    return ""
