"""Trying a relation out: every unknown solved, compared with an independent solution, and told.

The checks of `relation_checks` look at a relation; these compose one-step problems of it, for each
unknown in each case, and let the independent check of composed problems judge them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sample_engineering.sample import Sample
from sample_engineering.synthesis.composer import Composer
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.language import DEFAULT
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.planner import Planner
from sample_engineering.synthesis.relation import Case, Relation
from sample_engineering.synthesis.relation_checks import Fault
from sample_engineering.synthesis.request import Request
from sample_engineering.synthesis.root_finding import roots
from sample_engineering.synthesis.several_roots import NoSolution, solutions
from sample_engineering.synthesis.solving import Solved, draw_numbers
from sample_engineering.synthesis.units import in_unit

_DRAWS = 60  # sets of numbers for one unknown in one case
_LEAST_SHARE = 0.05  # of them that must come out plausible
_ATTEMPTS = 25  # at a problem of one unknown in one case
_PAIRS = 60  # plans of two relations until one takes this relation in
_AGREES = 1e-6
_KINDS = ("number", "quantity")


@dataclass(frozen=True, slots=True)
class Trial:
    """What trying a relation out came to."""

    faults: tuple[Fault, ...]
    examples: tuple[Sample, ...]


def try_out(
    relation: Relation, library: tuple[Relation, ...], examples: int = 2, language: str = DEFAULT
) -> Trial:
    """Compose one-step problems of a relation, and one that links it.

    Parameters
    ----------
    relation : Relation
        One in which `relation_checks` finds nothing.
    library : tuple of Relation
        All relations, this one among them: what it may link with.
    examples : int
        How many problems are wanted to look at.
    language : str
        Code of the language of the relation and of the library.
    """
    faults: list[Fault] = []
    found: list[Sample] = []
    composer = Composer(_request((relation.domain,), 1, language), library)
    for unknown in relation.unknowns:
        for number, case in enumerate(relation.cases, 1):
            if unknown in case.fixed:
                continue
            plan = _alone(relation, case, unknown)
            where = f"solved for {unknown}" + (
                f", case {number}" if len(relation.cases) > 1 else ""
            )
            wrong = _numbers_fault(plan, where) or _text_fault(composer, plan, where, found)
            if wrong:
                faults.append(Fault(("quantity", unknown), wrong))
                break
    if faults:
        return Trial(tuple(faults), ())
    linked = next(_linked(relation, library, language), None)
    alone = found[: examples - (linked is not None)]
    return Trial((), tuple(alone) if linked is None else (*alone, linked))


def _request(domains: tuple[str, ...], steps: int, language: str) -> Request:
    return Request(domains, (), (steps, steps), _KINDS, None, 0, 0, language=language)


def _alone(relation: Relation, case: Case, unknown: str) -> Plan:
    return Plan((Step(relation, case, unknown, {}, {}, (case, unknown, ())),))


def _numbers_fault(plan: Plan, where: str) -> str:
    rng = Random(f"{plan.last.relation.name} {where}")
    causes: Counter[str] = Counter()
    solved = 0
    for _ in range(_DRAWS):
        try:
            numbers = draw_numbers(plan, rng, False, Fits())
        except Dropped as reason:
            causes[str(reason).removeprefix("no numbers: ")] += 1
            continue
        solved += 1
        wrong = _disagreement(numbers.last, where)
        if wrong:
            return wrong
    if solved < _LEAST_SHARE * _DRAWS:
        cause = max(causes, key=lambda name: (causes[name], name))
        return (
            f"{where}: of {_DRAWS} sets of numbers {solved} come out, mostly since {cause}; "
            "mend the ranges"
        )
    return ""


def _disagreement(solved: Solved, where: str) -> str:
    """Compare a solved form with the roots of the equation as it stands."""
    relation, unknown = solved.step.relation, solved.step.unknown
    absent = (unknown, *relation.silent(unknown))
    known = {name: size for name, size in solved.base.items() if name not in absent}
    found = _roots(relation, absent, known)
    given = ", ".join(f"{name} = {value.number}" for name, value in solved.values.items())
    if len(found) != (2 if unknown in relation.both else 1):
        return (
            f"{where}: with {given} the equation has {len(found)} solutions near the range of "
            f"{unknown}; narrow the range, or set ask = [] for {unknown}"
        )
    if min(abs(size - solved.result) for size in found) > _AGREES * abs(solved.result):
        unit = relation.by_name[unknown].unit
        shown, other = (in_unit(size, unit) for size in (solved.result, found[0]))
        return (
            f"{where}: with {given} the solved form gives {shown:.6g} and the equation "
            f"{other:.6g}; mend the solved form"
        )
    return ""


def _roots(relation: Relation, absent: Sequence[str], known: Mapping[str, float]) -> list[float]:
    """Return the solutions for the first of several quantities that are not known."""
    if len(absent) == 1:
        return roots(relation, absent[0], known)
    try:
        return [solutions(relation, absent, known)[absent[0]]]
    except NoSolution:
        return []


def _text_fault(composer: Composer, plan: Plan, where: str, found: list[Sample]) -> str:
    """Compose a problem of a plan; returns why none comes about."""
    causes: Counter[str] = Counter()
    for _ in range(_ATTEMPTS):
        rejected = len(composer.rejected)
        try:
            found.append(composer.compose(plan))
            return ""
        except Dropped as reason:
            cause = str(reason)
        if len(composer.rejected) > rejected:
            last = composer.rejected[-1]
            return f"{where}: {last.check} fails ({last.reason}); mend the words: {last.problem!r}"
        causes[cause] += 1
    cause = max(causes, key=lambda name: (causes[name], name))
    return f"{where}: no problem comes about ({cause}); widen the ranges, or set ask = []"


def _meanings(relation: Relation) -> set[str]:
    return {
        meaning
        for quantity in relation.quantities
        for meaning in (quantity.meaning, *quantity.accepts)
        if meaning
    }


def _linked(relation: Relation, library: tuple[Relation, ...], language: str) -> Iterator[Sample]:
    """Yield problems of two relations, of which this is one."""
    meanings = _meanings(relation)
    if not meanings:
        return
    near = tuple(
        item
        for item in library
        if item is relation or (item.domain == relation.domain and meanings & _meanings(item))
    )
    composer = Composer(_request((relation.domain,), 2, language), near)
    planner = Planner((relation.domain,), library=near, scenes=())  # it stands in none of ours
    rng = Random(relation.name)
    for _ in range(_PAIRS):
        plan = planner.draw(rng, 2)
        if plan is None or relation not in plan.relations:
            continue
        try:
            yield composer.compose(plan)
        except Dropped:
            continue
