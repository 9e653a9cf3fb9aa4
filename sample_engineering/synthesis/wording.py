"""From a story to a problem: form of the answer, options, worked solution, sample."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from sample_engineering.errors import GoldError, SampleError
from sample_engineering.grading import read_gold
from sample_engineering.sample import Sample
from sample_engineering.synthesis import expressions, mistakes, two_solutions, units
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.effort import difficulty
from sample_engineering.synthesis.language import DEFAULT, Language, language
from sample_engineering.synthesis.numbers import HALF_UP, significant, whole
from sample_engineering.synthesis.operations import skills_of
from sample_engineering.synthesis.plan import Plan
from sample_engineering.synthesis.problem import ANSWER_TOLERANCE, Check, Problem
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.request import BOTH_KINDS, COMPOSER, Request
from sample_engineering.synthesis.solution import Handling, used_form, worked_solution
from sample_engineering.synthesis.solved import solved_forms
from sample_engineering.synthesis.solving import Numbers
from sample_engineering.synthesis.systems import System
from sample_engineering.synthesis.text import Story, answer_sentence, constants_sentence
from sample_engineering.version import __version__

ANSWER_DIGITS = 3
OPTIONS = 4
_MOST_MISSES = 200
_NUMBER_UNITS = ("", "percent", "degree", "dollar")  # asked "in degrees": the answer is a number
_POWER_OF_TEN = r"\times10^"
_CHOICE_LETTERS = "ABCDEF"
_NUDGE = 0.01  # relative step between the two sets of sizes at which an expression is tried


@lru_cache(maxsize=512)
def gradable(unit: str) -> bool:
    """Can the grader read a quantity in this unit? If not, the answer is asked as a number."""
    if unit in _NUMBER_UNITS:
        return False
    try:
        read_gold(f"1.23 {unit}", kind="quantity", unit=unit)
    except GoldError:
        return False
    return True


def answer_unit(numbers: Numbers) -> str:
    """Return the unit in which the answer is read with ease."""
    quantity = numbers.last.step.quantity
    return units.easy_units(numbers.last.result, (quantity.unit, *quantity.units))[0]


class Placing:
    """Where right options stand: each place, and each rank by size, as often as any other.

    A rank is kept until a problem has come about with it; else the ranks for which slips are easily
    found would be the most frequent ones.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.next()

    def next(self) -> None:
        """Draw the rank of the next right option: how many are smaller."""
        self.below = self._rng.randrange(OPTIONS)
        self._misses = 0

    def miss(self) -> None:
        """Note that no options were found; a rank for which there hardly are any is given up."""
        self._misses += 1
        if self._misses >= _MOST_MISSES:
            self.next()

    def order(self, entries: list[tuple[float, str]]) -> list[tuple[float, str]]:
        """Return options in any order."""
        return self._rng.sample(entries, len(entries))


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a multiple choice, in their order."""

    texts: tuple[str, ...]
    right: str
    slips: Mapping[str, str]  # from a wrong letter to what leads there

    @property
    def listed(self) -> str:
        """One option a line."""
        return "\n".join(
            f"{letter}. {text}" for letter, text in zip(_CHOICE_LETTERS, self.texts, strict=False)
        )


def in_numbers(
    request: Request, plan: Plan, numbers: Numbers, story: Story, kind: str, placing: Placing
) -> Problem:
    """Return the problem whose answer is a number, a quantity or a choice.

    Parameters
    ----------
    request : Request
    plan : Plan
    numbers : Numbers
    story : Story
    kind : str
    placing : Placing
        Where the right option of a choice shall stand.

    Raises
    ------
    Dropped
        If there are too few wrong options, or the sample breaks the schema.
    """
    unit = answer_unit(numbers)
    exact = request.whole or plan.last.quantity.whole
    number = _written(units.in_unit(numbers.last.result, unit), exact)
    shown = f"{number}{units.latex(unit)}"
    tongue = language(request.language)
    sentences = [*story.sentences, story.question, constants_sentence(plan.relations, tongue)]
    choice = _options(numbers, unit, exact, placing) if kind == "choice" else None
    digits = None if exact else ANSWER_DIGITS
    both = two_solutions.written(numbers, unit, kind, digits) if kind in BOTH_KINDS else ""
    if choice is None:
        sentences.append(answer_sentence(unit, digits, tongue))
        if both:
            sentences.append(tongue.words[f"answer_{kind}"])
    problem = " ".join(text for text in sentences if text)
    bare = kind == "number" and unit not in ("", "percent", "degree")
    final = number if bare else shown
    answer = _plain(number)
    if both:
        final = answer = both
    elif kind == "quantity":
        answer += f" {unit}"
    elif unit == "percent":
        answer += "%"
    if choice is not None:
        problem += "\n" + choice.listed
        final, answer = rf"\text{{{choice.right}}}", choice.right
    solution, handling = worked_solution(numbers, story.nouns, unit, final, tongue)
    if choice is not None:
        solution = _with_choice(solution, final, choice.right, shown, exact, tongue)
    sample = _sample(
        request,
        plan,
        handling,
        story.idle,
        forms=[used_form(solved) for solved in numbers.steps],
        problem=problem,
        answer=answer,
        kind=kind,
        unit=unit if kind == "quantity" else None,
        tolerance=None if exact or kind == "choice" else ANSWER_TOLERANCE,
        choices=choice.texts if choice else None,
        solution=solution,
        slips=choice.slips if choice else None,
    )
    check = Check(plan.relations, request.domains, told=plan.told, language=tongue)
    return Problem(sample, check)


def in_symbols(
    request: Request, plan: Plan, numbers: Numbers, story: Story, symbols: expressions.Symbols
) -> Problem:
    """Return the problem whose answer is an expression.

    Raises
    ------
    Dropped
        If a symbol cancels, or the sample breaks the schema.
    """
    tongue = language(request.language)
    answer = expressions.expression(plan, symbols)
    if not answer.complete:
        raise Dropped("no plan: a symbol cancels")
    sizes = expressions.sizes_of(plan, numbers, symbols)
    # A second set of sizes, a little off the first: two formulas that agree at both are equal.
    others = {
        name: size * (1 + _NUDGE * (index + 1)) for index, (name, size) in enumerate(sizes.items())
    }
    sample = _sample(
        request,
        plan,
        Handling(formula_rearrangement=True),
        story.idle,
        forms=[solved_forms(step.relation, step.unknown)[0] for step in plan.steps],
        problem=" ".join([*story.sentences, story.question, expressions.ask(answer.names, tongue)]),
        answer=answer.latex,
        kind="expression",
        solution=expressions.solution(plan, symbols, story.nouns, answer.latex, tongue),
    )
    check = Check(plan.relations, request.domains, answer, (sizes, others), plan.told, tongue)
    return Problem(sample, check)


def _options(numbers: Numbers, unit: str, exact: bool, placing: Placing) -> _Options:
    wrong = mistakes.options(numbers, unit, exact, placing.below, OPTIONS - 1 - placing.below)
    if len(wrong) < OPTIONS - 1:
        placing.miss()
        raise Dropped("no options: too few wrong answers far enough apart")
    entries = placing.order([(units.in_unit(numbers.last.result, unit), ""), *wrong])
    by_letter = dict(zip(_CHOICE_LETTERS, entries, strict=False))
    return _Options(
        tuple(f"${_written(size, exact)}{units.latex(unit)}$" for size, _ in entries),
        next(letter for letter, (_, slip) in by_letter.items() if not slip),
        {letter: slip for letter, (_, slip) in by_letter.items() if slip},
    )


def _with_choice(
    solution: str, final: str, letter: str, shown: str, exact: bool, tongue: Language
) -> str:
    """End a solution in the letter instead of the value."""
    lead = tongue.say("choice" if exact else "choice_rounded", shown=shown, letter=letter)
    kept = solution.removesuffix(tongue.say("answer", final=final))
    return f"{kept}{lead} {tongue.say('answer', final=letter)}"


def _written(size: float, exact: bool) -> str:
    return whole(size) if exact else significant(size * HALF_UP, ANSWER_DIGITS)


def _plain(number: str) -> str:
    mantissa, mark, power = number.partition(r"\times10^{")
    return f"{mantissa}e{power[:-1]}" if mark else number


def _sample(
    request: Request,
    plan: Plan,
    handling: Handling,
    idle: int,
    *,
    forms: Sequence[str],
    problem: str,
    answer: str,
    kind: str,
    solution: str,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    slips: Mapping[str, str] | None = None,
) -> Sample:
    relations = plan.relations
    tongue = language(request.language)
    problem, solution = tongue.write(problem), tongue.write(solution)
    skills = dict.fromkeys(
        skill
        for step, form in zip(plan.steps, forms, strict=True)
        for skill in skills_of(step.relation, step.unknown, form)
    )
    skills |= dict.fromkeys(handling.skills)
    if _POWER_OF_TEN in problem + solution:
        skills["scientific_notation"] = None
    present = {relation.domain for relation in relations}
    digest = hashlib.sha256(problem.encode()).hexdigest()[:12]
    extra: dict[str, Any] = {"difficulty": difficulty(plan.steps, handling, idle)}
    if slips:
        extra["slips"] = dict(slips)
    try:
        return Sample(
            id=f"sym-{digest}",
            problem=problem,
            answer=answer,
            kind=kind,
            unit=unit,
            tolerance=tolerance,
            choices=tuple(map(tongue.write, choices)) if choices else None,
            solution=solution,
            domains=tuple(name for name in request.domains if name in present),
            skills=tuple(skills),
            source="sample-engineering symbolic composer",
            license="Apache-2.0",
            provenance={
                "composer": COMPOSER,
                "version": __version__,
                "seed": request.seed,
                "relations": [relation.name for relation in relations],
                "unknowns": _unknowns(plan),
                "links": _links(plan),
                "steps": len(relations),
                **_scene(plan),
                **({} if tongue.code == DEFAULT else {"language": tongue.code}),
            },
            extra=extra,
        )
    except SampleError as error:
        raise Dropped(f"failed: schema ({error})") from error


def _scene(plan: Plan) -> dict[str, Any]:
    """Say in which scene a plan is told, and which of its acts, in order of time."""
    if plan.told is None:
        return {}
    return {"scene": {"name": plan.told.scene.name, "acts": [act.name for act in plan.told.acts]}}


def _unknowns(plan: Plan) -> list[str]:
    """Return what each relation yields; of a system each finds one of the two that they share."""
    found = []
    for step in plan.steps:
        relation = step.relation
        if isinstance(relation, System):
            (other,) = relation.silent(step.unknown)
            second = relation.members[1]
            own = {here: name for name, here in second.names.items()}
            found += [relation.home_of(step.unknown)[1], own[other]]
        else:
            found.append(step.unknown)
    return found


def _links(plan: Plan) -> list[dict[str, Any]]:
    """Return what is taken up where; what the relations of a system share is marked."""

    def place(relation: Relation, name: str) -> str:
        return ".".join((relation.home_of(name)[0].name, relation.home_of(name)[1]))

    found: list[dict[str, Any]] = []
    for step in plan.steps:
        by_thing = "thing" if plan.told else "meaning"
        if isinstance(step.relation, System):
            first, second = step.relation.parts
            found += [
                {
                    "from": f"{first.name}.{one}",
                    "to": f"{second.name}.{other}",
                    "by": by_thing,
                    "system": True,
                }
                for one, other in step.relation.ties
            ]
        found += [
            {
                "from": place(plan.steps[child].relation, plan.steps[child].unknown),
                "to": place(step.relation, name),
                "by": "number" if name in step.symbols else by_thing,
            }
            for name, child in step.links.items()
        ]
    return found
