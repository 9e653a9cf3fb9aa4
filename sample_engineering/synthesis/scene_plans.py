"""Plans inside one scene: which of its acts are told, and what is asked."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from random import Random

from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.one_formula import different, formula_of
from sample_engineering.synthesis.operations import skills_of
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.roundness import may_be_round
from sample_engineering.synthesis.scene import Act, Scene, Told, shared
from sample_engineering.synthesis.scene_systems import together
from sample_engineering.synthesis.scenes import scenes

_OWN_SHARE = 0.5  # of the plans, as long as scenes of one's own hold some
_TRIES = 3  # sets of numbers for one plan, before it is given up


@lru_cache(maxsize=1024)
def plans_in(scene: Scene, domains: tuple[str, ...], steps: int) -> tuple[Plan, ...]:
    """Return every plan of so many acts of a scene over given domains, all of which it needs."""
    acts = [act for act in scene.acts if act.relation.domain in domains]
    return tuple(
        plan
        for chosen in combinations(acts, steps)
        if {act.relation.domain for act in chosen} == set(domains)
        for plan in plans_of(scene, chosen)
    )


def plans_of(scene: Scene, acts: tuple[Act, ...]) -> Iterator[Plan]:
    """Yield a plan for each quantity that may be asked, where the acts hang together."""
    groups = [act.instead for act in acts if act.instead]
    if len(set(groups)) < len(groups) or len({act.relation.name for act in acts}) < len(acts):
        return
    links = dict(shared(acts))
    if len(links) == len(acts):  # one circle: a system, if it is one of two acts
        nodes = together(acts)
        links = dict(shared(nodes))
    else:
        nodes = acts
    if len(links) != len(nodes) - 1:
        return
    for root in nodes:
        for quantity, value in root.values.items():
            if value not in links and root.relation.by_name[quantity].ask:
                plan = _Rooting(scene, acts, nodes, links).plan(root, quantity)
                if plan is not None:
                    yield plan


class _Rooting:
    """Finds the order in which acts are solved for what is asked in the end."""

    def __init__(
        self,
        scene: Scene,
        acts: tuple[Act, ...],
        nodes: tuple[Act, ...],
        links: Mapping[str, Sequence[Act]],
    ) -> None:
        self.scene = scene
        self.acts = acts
        self.nodes = nodes  # the acts, two that make a system as one
        self.links = links
        self.steps: list[Step] = []
        self.yielded: dict[str, int] = {}  # which step yields a value
        self.begun: set[str] = set()

    def plan(self, root: Act, asked: str) -> Plan | None:
        """Return the plan that asks for a quantity of an act; None where it cannot be solved."""
        if self._add(root, asked) and len(self.steps) == len(self.nodes):
            return Plan(tuple(self.steps), Told(self.scene, self.acts))
        return None

    def _add(self, act: Act, unknown: str) -> bool:
        """Add the step that solves an act, after those that yield what it takes."""
        self.begun.add(act.name)
        taken: dict[str, int] = {}
        for quantity, value in act.values.items():
            if quantity == unknown or value not in self.links:
                continue
            if quantity in act.relation.inner:
                return False  # it is found by this act, never taken up
            if value not in self.yielded and not self._yield(value):
                return False
            taken[quantity] = self.yielded[value]
        (case,) = act.relation.cases
        named = [(name, self.steps[at].relation.name) for name, at in taken.items()]
        shape = (case, unknown, tuple(sorted(named)))
        self.yielded[act.values[unknown]] = len(self.steps)
        self.steps.append(Step(act.relation, case, unknown, taken, {}, shape))
        return True

    def _yield(self, value: str) -> bool:
        """Let the first act that can yield a value do so."""
        for act in self.links[value]:
            if act.name in self.begun:
                continue
            quantity = next(name for name, held in act.values.items() if held == value)
            if act.relation.by_name[quantity].ask:
                return self._add(act, quantity)
        return False


class ScenePlans:
    """Hands out the plans that scenes hold, each once.

    Parameters
    ----------
    domains : tuple of str
        Every one must occur in each plan; relations of no other domain do.
    skills : frozenset of str
        Skills that every plan must exercise.
    library : tuple of Relation
        All relations, by which formulas are compared.
    fits : Fits
        What was learnt about which links bring plausible numbers.
    idle : int
        How many idle facts a plan must have to offer.
    told : tuple of Scene, optional
        The scenes; ours in English by default.
    own : tuple of Scene
        Scenes of one's own, which are met as often as all others together.
    whole : bool
        Leave out plans with a step that never gives a round number.
    """

    def __init__(
        self,
        domains: tuple[str, ...],
        skills: frozenset[str],
        library: tuple[Relation, ...],
        fits: Fits,
        idle: int = 0,
        told: tuple[Scene, ...] | None = None,
        own: tuple[Scene, ...] = (),
        whole: bool = False,
    ) -> None:
        self.whole = whole
        self.domains = domains
        self.skills = skills
        self.fits = fits
        self.idle = idle
        self._library = library
        self._own = own
        self._scenes = (*(scenes() if told is None else told), *own)
        self._left: dict[int, dict[Scene, list[Plan]]] = {}
        self._tries: dict[Plan, int] = {}

    def draw(self, rng: Random, steps: int) -> Plan | None:
        """Draw a scene and a plan in it that was not drawn yet; None where none is left."""
        if steps not in self._left:
            found = {scene: self._usable(scene, steps) for scene in self._scenes}
            self._left[steps] = {scene: plans for scene, plans in found.items() if plans}
        left = self._left[steps]
        if not left:
            return None
        mine = [scene for scene in self._own if scene in left]
        scene = rng.choice(mine if mine and rng.random() < _OWN_SHARE else list(left))
        plans = left[scene]
        index = rng.randrange(len(plans))
        plans[index], plans[-1] = plans[-1], plans[index]
        plan = plans.pop()
        if not plans:
            del left[scene]
        return plan

    def give_back(self, plan: Plan) -> None:
        """Take a plan whose numbers did not come out back, to be drawn again a few times."""
        self._tries[plan] = self._tries.get(plan, 0) + 1
        hopeless = any(map(self.fits.hopeless_step, plan.steps))
        left = self._left.get(len(plan.relations))  # None where it was not drawn here
        if left is not None and plan.told and self._tries[plan] < _TRIES and not hopeless:
            left.setdefault(plan.told.scene, []).append(plan)

    def _usable(self, scene: Scene, steps: int) -> list[Plan]:
        return [plan for plan in plans_in(scene, self.domains, steps) if self._fits(plan)]

    def _fits(self, plan: Plan) -> bool:
        if len(plan.idle) < self.idle:
            return False
        if self.whole and not all(
            may_be_round(step.relation, step.case, step.unknown) for step in plan.steps
        ):
            return False
        if self.skills:
            shown = (skills_of(step.relation, step.unknown) for step in plan.steps)
            if not self.skills <= {skill for found in shown for skill in found}:
                return False
        named = [(item.domain, formula_of(item, self._library)) for item in plan.relations]
        return different(named) >= len(self.domains)
