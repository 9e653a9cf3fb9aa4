"""Deriving the answer of a composed problem whose answer is a formula: at sizes drawn at random.

The text is read back with its symbols standing for given values; for each draw of these the problem
is solved as any other, and the label is evaluated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log
from random import Random

from sample_engineering.audit.from_relations import UNREADABLE, claimed_relations
from sample_engineering.audit.values import expression, literal, substituted, value_of
from sample_engineering.grading.spelling.tree import Node, is_constant
from sample_engineering.sample import Sample
from sample_engineering.synthesis.reading import Reading, read_problem
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.resolving import resolve
from sample_engineering.synthesis.scene import Place
from sample_engineering.synthesis.scenes import told_in
from sample_engineering.synthesis.units import in_base

TRIALS = 3  # two formulas that agree at so many points are equal
_DRAWS = 400  # of which some lead out of the plausible range
_ASKED = re.compile(r"Give your answer as an expression in (?P<names>[^.]*?)(?:, all in|\.)")
_NAME = re.compile(r"\$([^$]{1,20})\$")


@dataclass(frozen=True, slots=True)
class Trial:
    """One draw.

    Parameters
    ----------
    sizes : str
        The symbols with their values, for people.
    derived, label : float
        What the relations yield, and what the label yields.
    """

    sizes: str
    derived: float
    label: float


def try_formula(sample: Sample, gold: Node) -> Iterator[Trial]:
    """Yield up to `TRIALS` trials of a formula; none where the problem cannot be read back."""
    used = claimed_relations(sample)
    asked = _ASKED.search(sample.problem)
    if not used or asked is None:
        return
    names = tuple(_NAME.findall(asked["names"]))
    try:
        reading = read_problem(sample.problem, used, names, told_in(sample.provenance or {}))
    except UNREADABLE:
        return
    rng = Random(0)
    found = 0
    for _ in range(_DRAWS):
        sizes = _draw(reading, used, rng)
        given: dict[Place, float | str] = {
            place: sizes[size] if isinstance(size, str) else size
            for place, size in reading.given.items()
        }
        try:
            derived = resolve(replace(reading, given=given), used).value
        except UNREADABLE:
            continue
        label = None if derived is None else _evaluated(gold, sizes)
        if derived is None or label is None:
            continue
        told = ", ".join(f"{name} = {size:.4g}" for name, size in sizes.items())
        yield Trial(told, derived, label)
        found += 1
        if found == TRIALS:
            return


def _draw(reading: Reading, used: tuple[Relation, ...], rng: Random) -> dict[str, float]:
    """Draw a size in coherent units for each symbol, within its quantity's range."""
    by_name = {relation.name: relation.by_name for relation in used}
    sizes: dict[str, float] = {}
    for (relation, name), size in reading.given.items():
        if isinstance(size, str) and size not in sizes:
            quantity = by_name[relation][name]
            low, high = quantity.low, quantity.high
            plain = (
                low * (high / low) ** rng.random()
                if low > 0 and log(high / low) > 1
                else rng.uniform(low, high)
            )
            sizes[size] = in_base(round(plain) if quantity.whole else plain, quantity.unit)
    return sizes


def _evaluated(gold: Node, sizes: dict[str, float]) -> float | None:
    values: dict[str, Node] = {}
    for name, size in sizes.items():
        symbol = expression(name)
        if symbol is None or symbol.op != "sym":
            return None
        values[str(symbol.value)] = literal(size)
    formula = substituted(gold, values)
    value = value_of(formula) if is_constant(formula) else None
    return None if value is None else float(value)
