"""Drawing plans: relations are linked where what one yields is what another takes."""

from collections import Counter
from random import Random

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.growing import Growing, Growth, grown
from sample_engineering.synthesis.linking import (
    Candidates,
    Producer,
    accepted,
    may_take,
    objects,
    yielding,
)
from sample_engineering.synthesis.one_formula import different, formula_of
from sample_engineering.synthesis.operations import skills_of
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Case, Quantity, Relation
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.request import BOTH_KINDS, HANDLING_SKILLS
from sample_engineering.synthesis.roundness import may_be_round
from sample_engineering.synthesis.scene import Scene
from sample_engineering.synthesis.scene_plans import ScenePlans
from sample_engineering.synthesis.systems import SKILL, couples

MOST_STEPS = 8
_SCENE_SHARE = 0.95  # of the plans, as long as scenes hold some that were not drawn
_BESIDE_OWN = 0.3  # the same, where relations are given that stand in no scene
_NUMBER_LINK_SHARE = (
    0.3  # "let k be ...": right in any company, but a thinner story than a real link
)
_EQUALS_SKIPPED = 0.75  # links that only say "equals" are passed over this often
# (by a pure number?, natural phrases preferred?), in the order tried
_PASSES = {
    True: ((True, False), (False, True), (False, False)),
    False: ((False, True), (True, False), (False, False)),
}
_SHARED_SHARE = 0.8  # of the plans in which a result is taken up twice, where it can be
_SKILLED_SHARE = 0.6  # of the choices that prefer a relation with an asked skill
_SYSTEM_SHARE = 0.06  # of the plans outside of scenes that hold two relations solved together
_ASKED_SYSTEM_SHARE = 0.8  # the same, where a system is asked for as a skill
_TAKEN_UP_SHARE = 0.5  # of these, in which another relation takes the result up
_BACK_STEPS = 3  # a dead end is left by taking the last link away, so often
_ROOTS = 32  # questions drawn until one can take up something, of another domain if need be
_SYMBOLS = ("k", "j", "w", "z", "q")


def _passed_on(quantity: Quantity) -> bool:
    """Is there a phrase by which the linked thing itself is handed on, not only its size?"""
    return any("equal" not in text and "same" not in text for text in quantity.link)


def _can_be_told(step: Step) -> bool:
    if not step.links and step.unknown in step.relation.tell:
        return True
    return all(
        quantity.given
        or quantity.name == step.unknown
        or quantity.name in step.links
        or quantity.name in step.relation.inner
        for quantity in step.relation.quantities
    )


def _of_kind(kind: str, library: tuple[Relation, ...]) -> str:
    found = dict.fromkeys(item.domain for item in library if kind in item.both.values())
    return f"there are some of {', '.join(found)}" if found else "there is none of any domain"


class Planner:
    """Draws plans over given domains.

    Parameters
    ----------
    domains : sequence of str
        Every one must occur in each plan; relations of no other domain do.
    skills : sequence of str
        Skills of relations that every plan must exercise.
    library : tuple of Relation, optional
        What plans are made of; every installed relation by default.
    idle : int
        How many idle facts a scene must have to offer.
    scenes : tuple of Scene, optional
        In which plans may be told; ours in English by default.
    own_scenes : tuple of Scene
        Further ones, of one's own.
    kind : str
        Kind of answer: of a set or an interval both solutions of an equation are asked for.
    whole : bool
        Leave out what never gives a round number.
    systems : bool
        Whether two relations may be solved together outside of scenes.
    """

    def __init__(
        self,
        domains: tuple[str, ...],
        skills: tuple[str, ...] = (),
        library: tuple[Relation, ...] | None = None,
        idle: int = 0,
        scenes: tuple[Scene, ...] | None = None,
        own_scenes: tuple[Scene, ...] = (),
        kind: str = "",
        whole: bool = False,
        systems: bool = True,
    ) -> None:
        self._whole = whole
        self.domains = domains
        self.skills = skills
        self.kind = kind if kind in BOTH_KINDS else ""
        self.fits = Fits()
        self._used: Counter[str] = Counter()
        self._library = relations() if library is None else library
        self._scenes = ScenePlans(
            domains,
            frozenset(skills) - HANDLING_SKILLS,
            self._library,
            self.fits,
            idle,
            scenes,
            own_scenes,
            whole,
        )
        # Relations of one's own that stand in no scene shall be met as well.
        known = {item.name for item in relations()}
        known |= {act.relation.name for scene in own_scenes for act in scene.acts}
        own = any(item.domain in domains and item.name not in known for item in self._library)
        none = scenes is not None and not (*scenes, *own_scenes)
        self._scene_share = 0.0 if none else _BESIDE_OWN if own else _SCENE_SHARE
        self.allowed = [item for item in self._library if item.domain in domains]
        self._by_domain = {
            domain: [item for item in self.allowed if item.domain == domain] for domain in domains
        }
        self._planned_skills = frozenset(skills) - HANDLING_SKILLS
        self._couples = couples(self._library, domains) if systems else ()
        self._system_share = _SYSTEM_SHARE if SKILL not in skills else _ASKED_SYSTEM_SHARE
        wanted = self._planned_skills
        self._skilled = {
            (relation, unknown)
            for relation in self.allowed
            for unknown in relation.unknowns
            if wanted & set(skills_of(relation, unknown))
            and any(unknown not in case.fixed for case in relation.cases)
        }
        self._with_skill = [
            (relation, unknown)
            for relation in self.allowed
            for unknown in self._asked(relation)
            if (relation, unknown) in self._skilled
        ]
        self._asking = {
            domain: [item for item in items if self._asked(item)]
            for domain, items in self._by_domain.items()
        }
        self._yield: dict[tuple[Case, str, str], frozenset[str]] = {}
        self._open: dict[tuple[Relation, Case, str], frozenset[str]] = {}
        self._linked: dict[tuple[Case, str, str, bool], Candidates] = {}

    def draw(self, rng: Random, steps: int) -> Plan | None:
        """Draw one plan of `steps` relations, or None where this attempt led nowhere."""
        coupled = (
            steps > 1
            and bool(self._couples)
            and not self.kind
            and rng.random() < self._system_share
        )
        if steps > 1 and not coupled and rng.random() < self._scene_share:
            plan = self._scenes.draw(rng, steps)
            if plan is not None:
                return plan
        root = self._system_root(rng) if coupled else self._root(rng)
        for _ in range(_ROOTS if not coupled else 0):
            missing = [domain for domain in self.domains if domain != root.relation.domain]
            openings = self._openings(root)
            needed = missing if len(missing) >= steps - 1 else self.domains
            if steps == 1 or not openings.isdisjoint(needed):
                break
            root = self._root(rng)
        growth = Growth([root])
        if coupled and growth.size < steps and rng.random() < _TAKEN_UP_SHARE:
            growth = self._taken_up(rng, root) or growth
        patience = _BACK_STEPS
        while growth.size < steps:
            missing = growth.missing(self.domains)
            left = steps - growth.size
            lacking = self._lacking(growth)
            if self._extend(
                rng,
                growth,
                missing if len(missing) >= left else [],
                lacking if len(lacking) >= left else frozenset(),
            ):
                continue
            patience -= 1
            if patience < 0 or not growth.step_back():
                return None
        if rng.random() < _SHARED_SHARE:
            self._share(rng, growth)
        plan = grown(growth.nodes[0])
        if any(self.fits.hopeless_step(step) for step in plan.steps):
            return None
        if growth.missing(self.domains) or not all(_can_be_told(step) for step in plan.steps):
            return None
        if different(self._formulas(plan)) < len(self.domains):
            return None
        self._used.update(relation.name for relation in plan.relations)
        return plan

    def give_back(self, plan: Plan) -> None:
        """Take back a plan with which no problem came about."""
        if plan.told is not None:
            self._scenes.give_back(plan)

    def _root(self, rng: Random) -> Growing:
        """Draw what is asked for in the end."""
        root = self._any_root(rng)
        for _ in range(_ROOTS if self._whole else 0):
            if may_be_round(root.relation, root.case, root.unknown):
                break
            root = self._any_root(rng)
        return root

    def _any_root(self, rng: Random) -> Growing:
        if self._with_skill and rng.random() < _SKILLED_SHARE:
            relation, unknown = rng.choice(self._with_skill)
            cases = [case for case in relation.cases if unknown not in case.fixed]
            return Growing(relation, rng.choice(cases), unknown)
        able = [domain for domain in self.domains if self._asking[domain]]
        if not able:
            raise SynthesisError(
                f"`kinds`: no relation of {', '.join(self.domains)} has an answer of kind "
                f"{self.kind}; {_of_kind(self.kind, self._library)}"
            )
        relation = rng.choice(self._asking[rng.choice(able)])
        case = rng.choice(relation.cases)
        unknowns = [name for name in self._asked(relation) if name not in case.fixed]
        return Growing(relation, case, rng.choice(unknowns))

    def _system_root(self, rng: Random) -> Growing:
        """Draw two relations that are solved together."""
        system = rng.choice(rng.choice(self._couples))
        (case,) = system.cases
        return Growing(system, case, rng.choice(system.unknowns))

    def _taken_up(self, rng: Random, system: Growing) -> Growth | None:
        """Let another relation take up what a system yields; None where none does."""
        quantity = system.relation.by_name[system.unknown]
        item = Producer(
            system.relation, system.case, quantity, objects(system.relation, system.case)
        )
        found = []
        for taker in self.allowed:
            if taker in system.relation.parts:
                continue
            for case in taker.cases:
                for name in taker.by_name:
                    if quantity.meaning in accepted(taker, case, name):
                        asked = [other for other in self._asked(taker) if other != name]
                        found += [(Growing(taker, case, other), name) for other in asked]
        rng.shuffle(found)
        for root, name in found:
            growth = Growth([root])
            if growth.objects.isdisjoint(item.objects) and may_take(
                item, root.relation, root.case, root.unknown, name
            ):
                growth.link(root, name, item, "")
                return growth
        return None

    def _asked(self, relation: Relation) -> list[str]:
        """Return the quantities of a relation that may be asked for in the end."""
        return [name for name in relation.unknowns if relation.both.get(name, "") == self.kind]

    def _formulas(self, plan: Plan) -> list[tuple[str, str]]:
        return [(item.domain, formula_of(item, self._library)) for item in plan.relations]

    def _lacking(self, growth: Growth) -> frozenset[str]:
        """Return the asked skills that no node takes yet."""
        if not self._planned_skills:
            return self._planned_skills
        return self._planned_skills.difference(
            *(skills_of(node.relation, node.unknown) for node in growth.nodes)
        )

    def _extend(
        self, rng: Random, growth: Growth, missing: list[str], lacking: frozenset[str]
    ) -> bool:
        """Link one more relation, of a missing domain and with a lacking skill, into the plan."""
        wanted = missing or self.domains
        places = [
            (node, name)
            for node in growth.nodes
            for name in node.relation.by_name
            if name != node.unknown and name not in node.links
            if not self._yielders(node, name).isdisjoint(wanted)
        ]
        rng.shuffle(places)
        symbol_first = rng.random() < _NUMBER_LINK_SHARE
        for by_number, natural in _PASSES[symbol_first]:
            for node, name in places:
                quantity = node.relation.by_name[name]
                if natural and not _passed_on(quantity) and rng.random() < _EQUALS_SKIPPED:
                    continue
                item = self._choose(rng, growth, node, name, by_number, missing, lacking)
                if item is None:
                    continue
                symbol = ""
                if by_number:
                    symbol = next((text for text in _SYMBOLS if text not in growth.symbols), "")
                    if not symbol:
                        return False
                growth.link(node, name, item, symbol)
                return True
        return False

    def _share(self, rng: Random, growth: Growth) -> None:
        """Let one more relation take up what is already taken up by another, where it can."""
        found = []
        for node in growth.nodes:
            for name, quantity in node.relation.by_name.items():
                if name == node.unknown or name in node.links:
                    continue
                for other, symbol in growth.taken_up():
                    by_number = bool(symbol)
                    if growth.leads_to(other, node) or other in node.links.values():
                        continue
                    if not by_number and _passed_on(quantity):
                        continue
                    if self._may_yield(other, node, name, by_number) and growth.overlaps(
                        other, node, name, by_number
                    ):
                        found.append((node, name, other, symbol))
        if found:
            growth.share(*rng.choice(found))

    def _may_yield(self, other: Growing, node: Growing, name: str, by_number: bool) -> bool:
        """Can a node that is there yield a quantity of another one?"""
        candidates = self._candidates(node, name, by_number).get(other.relation.domain, ())
        return any(
            item.case is other.case and item.quantity.name == other.unknown
            for relation, items in candidates
            if relation is other.relation
            for item in items
        ) and not self.fits.hopeless(other.case, other.unknown, node.case, name)

    def _choose(
        self,
        rng: Random,
        growth: Growth,
        node: Growing,
        name: str,
        by_number: bool,
        missing: list[str],
        lacking: frozenset[str],
    ) -> Producer | None:
        """Choose what yields a quantity; None where nothing does."""
        candidates = self._candidates(node, name, by_number)
        left = [
            (relation, items)
            for domain in missing or self.domains
            for relation, items in candidates.get(domain, ())
            if relation.name not in growth.used
        ]
        if not left:
            return None
        open_now: set[str] = set()
        if len(missing) > 1:
            open_now.update(*(self._openings(node) for node in growth.nodes))
        skilled = bool(self._skilled) and rng.random() < _SKILLED_SHARE
        # Well-connected relations fit nearly everywhere: the less used come first.
        weights = [1 / (1 + self._used[relation.name]) for relation, _ in left]
        spare: Producer | None = None
        while left:
            index = rng.choices(range(len(left)), weights)[0]
            relation, items = left.pop(index)
            weights.pop(index)
            rest = [other for other in missing if other != relation.domain]
            fitting = [
                item
                for item in items
                if growth.objects.isdisjoint(item.objects)
                and not self.fits.hopeless(item.case, item.quantity.name, node.case, name)
                and (not lacking or not lacking.isdisjoint(skills_of(relation, item.quantity.name)))
                and (
                    not rest
                    or not open_now.isdisjoint(rest)
                    or not self._openings_of(item).isdisjoint(rest)
                )
            ]
            able = [item for item in fitting if (relation, item.quantity.name) in self._skilled]
            if able or (fitting and not skilled):
                return rng.choice(able if skilled else fitting)
            if fitting and spare is None:
                spare = rng.choice(fitting)
        return spare

    def _yielders(self, node: Growing, name: str) -> frozenset[str]:
        """Return the domains that may yield a quantity of a node."""
        key = (node.case, node.unknown, name)
        if key not in self._yield:
            found = (self._candidates(node, name, by_number) for by_number in (True, False))
            self._yield[key] = frozenset().union(*found)
        return self._yield[key]

    def _openings(self, node: Growing) -> frozenset[str]:
        """Return the domains that may yield something to a node."""
        key = (node.relation, node.case, node.unknown)
        if key not in self._open:
            found: set[str] = set()
            for name in node.relation.by_name:
                if name != node.unknown:
                    found |= self._yielders(node, name)
            self._open[key] = frozenset(found)
        return self._open[key]

    def _openings_of(self, item: Producer) -> frozenset[str]:
        return self._openings(Growing(item.relation, item.case, item.quantity.name))

    def _candidates(self, node: Growing, name: str, by_number: bool) -> Candidates:
        """Return what may ever yield a quantity."""
        key = (node.case, node.unknown, name, by_number)
        if key not in self._linked:
            found = yielding(self._library, node.relation, *key)
            self._linked[key] = _round(found) if self._whole else found
        return self._linked[key]


def _round(candidates: Candidates) -> Candidates:
    """Leave out what never gives a round number."""
    found = {}
    for domain, relations_of in candidates.items():
        able = []
        for relation, items in relations_of:
            left = [item for item in items if may_be_round(relation, item.case, item.quantity.name)]
            if left:
                able.append((relation, left))
        if able:
            found[domain] = able
    return found


def check_steps(steps: tuple[int, int], domains: tuple[str, ...]) -> tuple[int, int]:
    """Return the range of chain lengths that can hold all domains.

    Raises
    ------
    SynthesisError
        If the longest chain is shorter than the number of domains, or the range makes no sense.
    """
    low, high = steps
    if not 1 <= low <= high <= MOST_STEPS:
        raise SynthesisError(f"`steps` {low}-{high}: ask for 1 to {MOST_STEPS} steps, lowest first")
    if high < len(domains):
        raise SynthesisError(
            f"{len(domains)} domains need at least {len(domains)} steps and at most {high} were "
            f"asked for; ask for `steps`={len(domains)}-{max(len(domains) + 1, high)}"
        )
    return max(low, len(domains)), high
