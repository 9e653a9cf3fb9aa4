"""Drawing plans: relations are linked where what one yields is what another takes."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.plan import Plan, Step, range_of
from sample_engineering.synthesis.relation import Case, Quantity, Relation, fill
from sample_engineering.synthesis.relations import relations

NUMBER = "number"
"""The meaning of a pure whole number, which may become the size of any stated quantity."""

_NUMBER_LINK_SHARE = (
    0.3  # "let k be ...": right in any company, but a thinner story than a real link
)
_EQUALS_SKIPPED = 0.75  # links that only say "equals" are passed over this often
# (by a pure number?, natural phrases preferred?), in the order tried
_PASSES = {
    True: ((True, False), (False, True), (False, False)),
    False: ((False, True), (True, False), (False, False)),
}
_SYMBOLS = ("k", "j", "w", "z", "q")


@dataclass(eq=False, slots=True)
class _Growing:
    """A step while its plan is drawn."""

    relation: Relation
    case: Case
    unknown: str
    links: dict[str, "_Growing"] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)


def _grown(root: _Growing) -> Plan:
    steps: list[Step] = []

    def add(node: _Growing) -> int:
        links = {name: add(child) for name, child in node.links.items()}
        named = tuple(sorted((name, child.relation.name) for name, child in node.links.items()))
        shape = (node.case, node.unknown, named)
        steps.append(Step(node.relation, node.case, node.unknown, links, node.symbols, shape))
        return len(steps) - 1

    add(root)
    return Plan(tuple(steps))


@dataclass(frozen=True, eq=False, slots=True)
class Producer:
    """A quantity of a relation in a case that another relation may take up."""

    relation: Relation
    case: Case
    quantity: Quantity


@lru_cache(maxsize=8)
def producers(library: tuple[Relation, ...]) -> dict[str, tuple[Producer, ...]]:
    """Return the quantities that can be handed on, by meaning."""
    found: dict[str, list[Producer]] = defaultdict(list)
    for relation in library:
        for case in relation.cases:
            for quantity in relation.quantities:
                if quantity.ask and quantity.meaning and quantity.name not in case.fixed:
                    found[fill(quantity.meaning, case.words)].append(
                        Producer(relation, case, quantity)
                    )
    return {meaning: tuple(items) for meaning, items in found.items()}


@lru_cache(maxsize=4096)
def accepted(relation: Relation, case: Case, name: str) -> tuple[str, ...]:
    """Return the meanings that may be linked into a quantity."""
    quantity = relation.by_name[name]
    if name in case.fixed or not quantity.link:
        return ()
    meanings = [quantity.meaning, *quantity.accepts] if quantity.meaning else [*quantity.accepts]
    return tuple(dict.fromkeys(fill(text, case.words) for text in meanings))


@lru_cache(maxsize=4096)
def objects(relation: Relation, case: Case) -> frozenset[str]:
    """Return the last words of the objects a case names; no two nodes of a plan share one."""
    return frozenset(
        text.split()[-1] for text in case.words.values() if text.startswith(("the ", "a ", "an "))
    )


def _takes_number(node: _Growing, name: str) -> bool:
    quantity = node.relation.by_name[name]
    low, high = range_of(node.relation, node.case, name)
    return bool(quantity.given) and name not in node.case.fixed and low < 60 and high > 2


def _passed_on(quantity: Quantity) -> bool:
    """Is there a phrase by which the linked thing itself is handed on, not only its size?"""
    return any("equal" not in text and "same" not in text for text in quantity.link)


@lru_cache(maxsize=8192)
def _linkable(relation: Relation, case: Case, unknown: str, link: str | None) -> bool:
    """Can the clauses state everything else, when `link` comes from another relation?"""
    if link is None and unknown in relation.tell:
        return True
    return all(
        quantity.given or quantity.name in (unknown, link) for quantity in relation.quantities
    )


def _can_be_told(step: Step) -> bool:
    if not step.links and step.unknown in step.relation.tell:
        return True
    return all(
        quantity.given or quantity.name == step.unknown or quantity.name in step.links
        for quantity in step.relation.quantities
    )


class Planner:
    """Draws plans over given domains.

    Parameters
    ----------
    domains : sequence of str
        Every one must occur in each plan; relations of no other domain do.
    skills : sequence of str
        Skills of relations that every plan must exercise.
    """

    def __init__(self, domains: tuple[str, ...], skills: tuple[str, ...] = ()) -> None:
        self.domains = domains
        self.skills = skills
        self.fits = Fits()
        self._used: Counter[str] = Counter()
        library = relations()
        self.allowed = [item for item in library if item.domain in domains]
        names = {item.name for item in self.allowed}
        self._producers = {
            meaning: tuple(item for item in items if item.relation.name in names)
            for meaning, items in producers(library).items()
        }
        self._by_domain = {
            domain: [item for item in self.allowed if item.domain == domain] for domain in domains
        }
        wanted = set(skills)
        self._with_skill = [item for item in self.allowed if wanted & set(item.skills)]

    def draw(self, rng: Random, steps: int) -> Plan | None:
        """Draw one plan of `steps` relations, or None where this attempt led nowhere."""
        missing = list(self.domains)
        if self._with_skill and rng.random() < 0.6:
            relation = rng.choice(self._with_skill)
        else:
            relation = rng.choice(self._by_domain[rng.choice(missing)])
        case = rng.choice(relation.cases)
        unknowns = [name for name in relation.unknowns if name not in case.fixed]
        root = _Growing(relation, case, rng.choice(unknowns))
        nodes = [root]
        used_objects = set(objects(relation, case))
        for step in range(1, steps):
            missing = [
                domain
                for domain in self.domains
                if all(node.relation.domain != domain for node in nodes)
            ]
            must = len(missing) >= steps - step
            if not self._extend(rng, nodes, used_objects, missing if must else []):
                return None
        plan = _grown(root)
        if any(self.fits.hopeless_step(step) for step in plan.steps):
            return None
        covered = {relation.domain for relation in plan.relations}
        if any(domain not in covered for domain in self.domains):
            return None
        if not all(_can_be_told(step) for step in plan.steps):
            return None
        self._used.update(relation.name for relation in plan.relations)
        return plan

    def _extend(
        self, rng: Random, plan: list[_Growing], used_objects: set[str], missing: list[str]
    ) -> bool:
        """Link one more relation into an open quantity of the plan."""
        used = {node.relation.name for node in plan}
        places = [
            (node, quantity.name)
            for node in plan
            for quantity in node.relation.quantities
            if quantity.name != node.unknown and quantity.name not in node.links
        ]
        rng.shuffle(places)
        symbol_first = rng.random() < _NUMBER_LINK_SHARE
        for by_number, natural in _PASSES[symbol_first]:
            for node, name in places:
                quantity = node.relation.by_name[name]
                if natural and not _passed_on(quantity) and rng.random() < _EQUALS_SKIPPED:
                    continue
                if by_number:
                    if not _takes_number(node, name):
                        continue
                    meanings: tuple[str, ...] = (NUMBER,)
                else:
                    meanings = accepted(node.relation, node.case, name)
                found = [
                    item
                    for meaning in meanings
                    for item in self._producers.get(meaning, ())
                    if item.relation.name not in used
                    and (not missing or item.relation.domain in missing)
                    and not objects(item.relation, item.case) & used_objects
                    and not self.fits.hopeless(item.case, item.quantity.name, node.case, name)
                    and _linkable(node.relation, node.case, node.unknown, name)
                    and _linkable(item.relation, item.case, item.quantity.name, None)
                ]
                if not found:
                    continue
                if self.skills:
                    wanted = set(self.skills)
                    skilled = [item for item in found if wanted & set(item.relation.skills)]
                    found = skilled if skilled and rng.random() < 0.6 else found
                names = sorted({item.relation.name for item in found})
                # Well-connected relations fit nearly everywhere: the less used come first.
                weights = [1 / (1 + self._used[name]) for name in names]
                name_chosen = rng.choices(names, weights)[0]
                item = rng.choice([item for item in found if item.relation.name == name_chosen])
                child = _Growing(item.relation, item.case, item.quantity.name)
                node.links[quantity.name] = child
                if by_number:
                    taken = {symbol for other in plan for symbol in other.symbols.values()}
                    node.symbols[quantity.name] = (
                        next(symbol for symbol in _SYMBOLS if symbol not in taken)
                        if len(taken) < len(_SYMBOLS)
                        else ""
                    )
                    if not node.symbols[quantity.name]:
                        return False
                plan.append(child)
                used_objects |= objects(item.relation, item.case)
                return True
        return False


def check_steps(steps: tuple[int, int], domains: tuple[str, ...]) -> tuple[int, int]:
    """Return the range of chain lengths that can hold all domains.

    Raises
    ------
    SynthesisError
        If the longest chain is shorter than the number of domains, or the range makes no sense.
    """
    low, high = steps
    if not 1 <= low <= high <= 8:
        raise SynthesisError(f"`steps` {low}-{high}: ask for 1 to 8 steps, lowest first")
    if high < len(domains):
        raise SynthesisError(
            f"{len(domains)} domains need at least {len(domains)} steps and at most {high} were "
            f"asked for; ask for `steps`={len(domains)}-{max(len(domains) + 1, high)}"
        )
    return max(low, len(domains)), high
