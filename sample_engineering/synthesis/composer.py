"""The symbolic composer: plan, numbers, story, problem, check."""

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from sample_engineering.sample import Sample
from sample_engineering.synthesis import units
from sample_engineering.synthesis.chain import of_numbers
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.expressions import Symbols, symbols_for
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.language import DEFAULT, language
from sample_engineering.synthesis.operations import skills_of
from sample_engineering.synthesis.plan import Plan
from sample_engineering.synthesis.planner import Planner
from sample_engineering.synthesis.problem import ANSWER_TOLERANCE
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.request import (
    BOTH_KINDS,
    COMPOSER,
    HANDLING_SKILLS,
    Request,
)
from sample_engineering.synthesis.scene import Scene
from sample_engineering.synthesis.scenes import scenes
from sample_engineering.synthesis.sensitivity import trouble
from sample_engineering.synthesis.solving import Numbers, draw_numbers
from sample_engineering.synthesis.text import tell
from sample_engineering.synthesis.verification import verify
from sample_engineering.synthesis.whole_answers import draw_whole
from sample_engineering.synthesis.wording import (
    Placing,
    answer_unit,
    gradable,
    in_numbers,
    in_symbols,
)

_MOST_FRUITLESS = 800  # attempts before a structure that was composed before is taken again
_ATTEMPTS_PER_PLAN = 2
_DRAWS_PER_PLAN = 8  # sets of numbers; a plan is dearer than its numbers


@dataclass(frozen=True, slots=True)
class Rejected:
    """A problem that was composed and failed the check.

    Parameters
    ----------
    check : str
        The part of the check that it failed.
    reason : str
        What was wrong.
    relations : tuple of str
        What it was composed from.
    problem : str
        Its text.
    """

    check: str
    reason: str
    relations: tuple[str, ...]
    problem: str


class Composer:
    """Composes problems one after the other; counts what happened on the way.

    Parameters
    ----------
    request : Request
        What is wanted; checked by `compose`.
    library : tuple of Relation, optional
        What problems are made of; every installed relation by default.
    own_scenes : tuple of Scene
        Scenes beside the installed ones.
    """

    def __init__(
        self,
        request: Request,
        library: tuple[Relation, ...] | None = None,
        own_scenes: tuple[Scene, ...] = (),
    ) -> None:
        self.request = request
        self.rng = Random(f"{COMPOSER} {request.seed}")
        self.library = library
        self._own_scenes = own_scenes
        self.planners: dict[str, Planner] = {}
        self.counts: Counter[str] = Counter()
        self.rejected: list[Rejected] = []
        self._placing = Placing(Random(f"{COMPOSER} options {request.seed}"))
        self._structures: set[tuple[object, ...]] = set()
        self._fruitless = 0  # attempts since the last verified problem
        self._exhausted = 0

    @property
    def planner(self) -> Planner:
        """What draws the plans of problems with one answer."""
        return self._planner("")

    def attempt(self) -> Sample | None:
        """Try to compose one problem; None where it did not come off (see `counts`)."""
        self.counts["plans tried"] += 1
        self._fruitless += 1
        try:
            kind = self.rng.choice(self.request.kinds)
            return self.compose(self._plan(self._planner(kind)), kind)
        except Dropped as reason:
            self.counts[str(reason)] += 1
            return None

    def compose(self, plan: Plan, kind: str = "") -> Sample:
        """Compose one problem of a plan; raises Dropped where it does not come off.

        Its answer is of the kind that the plan asks for, or else of one that is requested.
        """
        last = plan.last
        kind = last.relation.both.get(last.unknown, kind) or self.rng.choice(self.request.kinds)
        planner = self._planner(kind)
        try:
            return self._compose(plan, kind, planner)
        except Dropped:
            planner.give_back(plan)
            raise

    def _compose(self, plan: Plan, kind: str, planner: Planner) -> Sample:
        request, rng = self.request, self.rng
        kind, symbols = self._kind(kind, plan)
        conversions = request.difficulty != "easy" and not symbols
        numbers = self._numbers(plan, planner.fits, conversions, not symbols)
        distractors = 0 if symbols else request.distractors
        if len(plan.idle) < distractors:
            raise Dropped("no plan: too few idle facts that fit")
        if not symbols:
            kind = self._kind_of_number(kind, numbers)
        story = tell(
            plan,
            numbers,
            rng,
            distractors=distractors,
            symbols=symbols,
            language=language(request.language),
        )
        if symbols:
            problem = in_symbols(request, plan, numbers, story, symbols)
        else:
            problem = in_numbers(request, plan, numbers, story, kind, self._placing)
        self.counts["composed"] += 1
        if not set(request.skills) <= set(problem.sample.skills):
            raise Dropped("no plan: an asked skill is absent")
        if request.difficulty and problem.sample.extra["difficulty"] != request.difficulty:
            raise Dropped("not of the asked difficulty")
        verdict = verify(problem)
        if verdict.failed:
            names = tuple(relation.name for relation in plan.relations)
            text = problem.sample.problem
            self.rejected.append(Rejected(verdict.failed, verdict.reason, names, text))
            raise Dropped(f"failed: {verdict.failed}")
        self.counts["verified"] += 1
        self._structures.add(plan.structure)
        if kind == "choice":
            self._placing.next()
        self._fruitless = 0
        provenance = {**(problem.sample.provenance or {}), "verification": dict(verdict.record)}
        return problem.sample.with_(provenance=provenance)

    def _planner(self, kind: str) -> Planner:
        """Return what draws the plans for a kind of answer."""
        both = kind if kind in BOTH_KINDS else ""
        if both not in self.planners:
            self.planners[both] = Planner(
                self.request.domains,
                self.request.skills,
                self.library,
                self.request.distractors,
                scenes=() if both else scenes(self.request.language),
                own_scenes=() if both else self._own_scenes,
                kind=both,
                whole=self.request.whole,
                systems=self.request.language == DEFAULT,
            )
        return self.planners[both]

    def _plan(self, planner: Planner) -> Plan:
        """Draw a plan; one whose structure was composed before is drawn again, within a bound."""
        steps = self.rng.randint(*self.request.steps)
        plan = planner.draw(self.rng, steps)
        if plan is None:
            raise Dropped("no plan: the relations do not link")
        shown = {skill for step in plan.steps for skill in skills_of(step.relation, step.unknown)}
        if not set(self.request.skills) - HANDLING_SKILLS <= shown:
            raise Dropped("no plan: an asked skill is absent")
        if plan.structure in self._structures:
            # The more often none was left, the sooner one is taken again.
            if self._fruitless * (1 + self._exhausted) < _MOST_FRUITLESS:
                raise Dropped("no plan: the structure was composed before")
            self._exhausted += 1
        return plan

    def _kind(self, kind: str, plan: Plan) -> tuple[str, Symbols | None]:
        """Return the kind of answer; with it the symbols, if it is an expression."""
        if kind != "expression":
            return kind, None
        symbols = symbols_for(plan)
        if symbols is not None:
            return kind, symbols
        kinds = [item for item in self.request.kinds if item not in ("expression", *BOTH_KINDS)]
        if not kinds:
            raise Dropped("no plan: no expression in symbols")
        return self.rng.choice(kinds), None

    def _numbers(self, plan: Plan, fits: Fits, conversions: bool, posed: bool) -> Numbers:
        """Draw numbers for a plan; with `posed`, such that its answer is a good one."""
        fruitless = 0
        for _ in range(_DRAWS_PER_PLAN):
            try:
                draw = draw_whole if self.request.whole else draw_numbers
                numbers = draw(plan, self.rng, conversions, fits)
            except Dropped:
                fruitless += 1
                if fruitless == _ATTEMPTS_PER_PLAN:
                    raise
                continue
            wrong = self._ill_posed(numbers) if posed else ""
            if not wrong:
                return numbers
            self.counts["numbers drawn again"] += 1
        raise Dropped("no numbers: the answer is not well posed")

    def _ill_posed(self, numbers: Numbers) -> str:
        exact = self.request.whole or numbers.last.step.quantity.whole
        tolerance = 0.0 if exact else ANSWER_TOLERANCE
        unit = answer_unit(numbers)
        if numbers.last.other is not None:
            other = replace(numbers, steps=(*numbers.steps[:-1], numbers.last.smaller()))
            return trouble(of_numbers(numbers), unit, tolerance) or trouble(
                of_numbers(other), unit, tolerance
            )
        return trouble(of_numbers(numbers), unit, tolerance)

    def _kind_of_number(self, kind: str, numbers: Numbers) -> str:
        """Return the kind that the unit of the answer allows."""
        if kind in BOTH_KINDS:
            return kind
        unit = answer_unit(numbers)
        said = language(self.request.language).speaks_of(units.latex(unit))
        natural = "quantity" if gradable(unit) and not said else "number"
        if kind in ("choice", natural):
            return kind
        if natural not in self.request.kinds:
            raise Dropped(f"no plan: the answer is a {natural}")
        return natural
