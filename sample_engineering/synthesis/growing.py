"""Plans while they are drawn: nodes that are linked one by one, and taken away again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sample_engineering.synthesis.linking import LEAST_OVERLAP, Producer, objects, taken_range
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Case, Relation


@dataclass(eq=False, slots=True)
class Growing:
    """A step while its plan is drawn."""

    relation: Relation
    case: Case
    unknown: str
    links: dict[str, "Growing"] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)


class Growth:
    """A plan while it is drawn: its nodes in the order in which they were linked."""

    def __init__(self, nodes: list[Growing]) -> None:
        self.nodes = nodes
        self.used = {part.name for node in nodes for part in node.relation.parts}
        # What the nodes speak of; no two of them share an object.
        self.objects = {text for node in nodes for text in objects(node.relation, node.case)}
        self._parents: list[tuple[Growing, str]] = []

    @property
    def symbols(self) -> set[str]:
        """Letters that name pure numbers."""
        return {symbol for node in self.nodes for symbol in node.symbols.values()}

    @property
    def size(self) -> int:
        """How many relations there are; a system is two of them."""
        return sum(len(node.relation.parts) for node in self.nodes)

    def missing(self, domains: Sequence[str]) -> list[str]:
        """Return the domains that do not occur yet."""
        present = {part.domain for node in self.nodes for part in node.relation.parts}
        return [domain for domain in domains if domain not in present]

    def link(self, node: Growing, name: str, item: Producer, symbol: str) -> None:
        """Let a new node yield a quantity of an old one."""
        child = Growing(item.relation, item.case, item.quantity.name)
        node.links[name] = child
        if symbol:
            node.symbols[name] = symbol
        self.nodes.append(child)
        self.used.update(part.name for part in item.relation.parts)
        self.objects |= objects(item.relation, item.case)
        self._parents.append((node, name))

    def taken_up(self) -> list[tuple[Growing, str]]:
        """Return the nodes whose result may be taken up once more, each with its letter.

        Those that are handed on by a phrase ("all of the heat goes into ...") are used up by it.
        """
        found = []
        for node, name in self._parents:
            symbol = node.symbols.get(name, "")
            handed_on = any(
                "equal" not in text and "same" not in text
                for text in node.relation.by_name[name].link
            )
            if symbol or not handed_on:
                found.append((node.links[name], symbol))
        return found

    def leads_to(self, node: Growing, other: Growing) -> bool:
        """Is one node needed, at once or on the way, for another: does `node` take up `other`?"""
        return node is other or any(self.leads_to(child, other) for child in node.links.values())

    def overlaps(self, other: Growing, node: Growing, name: str, by_number: bool) -> bool:
        """Are there sizes that are plausible here and wherever a result is taken up already?"""
        low, high = taken_range(node.relation, node.case, name, by_number)
        for taker in self.nodes:
            for taken, child in taker.links.items():
                if child is other:
                    ends = taken_range(taker.relation, taker.case, taken, by_number)
                    low, high = max(low, ends[0]), min(high, ends[1])
        return high > low * LEAST_OVERLAP if low > 0 else high > low

    def share(self, node: Growing, name: str, other: Growing, symbol: str) -> None:
        """Let a node that is there already yield one more quantity."""
        node.links[name] = other
        if symbol:
            node.symbols[name] = symbol

    def step_back(self) -> bool:
        """Take the last link away; False where there is none."""
        if not self._parents:
            return False
        node, name = self._parents.pop()
        child = self.nodes.pop()
        self.used.difference_update(part.name for part in child.relation.parts)
        self.objects -= objects(child.relation, child.case)
        del node.links[name]
        node.symbols.pop(name, None)
        return True


def grown(root: Growing) -> Plan:
    """Return the finished plan: what is taken stands before what takes it."""
    steps: list[Step] = []
    places: dict[int, int] = {}

    def add(node: Growing) -> int:
        if id(node) in places:
            return places[id(node)]
        links = {name: add(child) for name, child in node.links.items()}
        named = tuple(sorted((name, child.relation.name) for name, child in node.links.items()))
        shape = (node.case, node.unknown, named)
        steps.append(Step(node.relation, node.case, node.unknown, links, node.symbols, shape))
        places[id(node)] = len(steps) - 1
        return len(steps) - 1

    add(root)
    return Plan(tuple(steps))
