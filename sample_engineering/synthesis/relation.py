"""What a relation is: an equation between named quantities, with the words to tell it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.relation_parts import (
    Best,
    Case,
    Extra,
    Phrases,
    Quantity,
    fill,
    slots,
)

__all__ = ["Best", "Case", "Extra", "Family", "Phrases", "Quantity", "Relation", "fill", "slots"]


@dataclass(frozen=True, eq=False)
class Relation:
    """An equation between quantities, or several of them, and how to tell it.

    Several equations (`also`) hold together: what is `inner` is stated nowhere and found on the
    way. An inner quantity that stands alone is a step on the way (the share of positive tests);
    two that do not are a system of two equations, solved by elimination.

    Parameters
    ----------
    name : str
        Unique, e.g. ``"kinetic-energy"``.
    title : str
        For the solution, in lower case: ``"the kinetic energy of a moving body"``.
    domain : str
        One of the known domains.
    field_ : str
        The part of the subject: ``"mechanics"``, ``"stoichiometry"``.
    equation : str
        ``"K = m*v**2/2"``; names of quantities, of constants (see `constants.py`) and functions
        of `formula.py`.
    quantities : tuple of Quantity
        In the order in which a problem states them.
    skills : tuple of str
        What it is about, in names of the skill taxonomy. Operations (a logarithm, a square root)
        need not be named: they are read off the form that is solved, see `operations`.
    source : str
        Where the formula stands, e.g. ``"OpenStax University Physics 1, 7.2"``.
    cases : tuple of Case
        At least one.
    setting : tuple of str
        A sentence that introduces the scene; clause style. Empty: none is needed.
    tell : mapping
        For an unknown, whole clauses that state all other values at once, used where none of them
        is taken from another relation: ``{"x": ("{the} is the larger root of
        $x^2 - {s:n}x + {p:n} = 0$",)}``. ``{s}`` is the value with its unit, ``{s:n}`` the bare
        number inside a formula, ``{s:+}`` the number with its sign and a space ("+ 3", "- 3").
    require : tuple of str
        Comparisons that must hold, in base units: ``("h2 > h1",)``.
    extras : tuple of Extra
        Distractor facts.
    passages : tuple of str
        Sentences of a scene, of which one is told; those with slots state some of the values.
    pivot : str or tuple of str, optional
        For problems in whole numbers: the quantity that is computed, while the unknown is drawn
        like the others. A quadratic equation with whole roots comes from drawing the root and the
        sum, and computing the product. Of several equations one for each that is no mere step on
        the way; each stands alone in its equation.
    symbolic : bool
        Whether the answer may be asked as an expression in symbols.
    solved : mapping
        Solved forms by unknown (``{"m": ("2*K/v**2",)}``), where they need not be looked for.
    also : tuple of str
        Further equations.
    inner : tuple of str
        Quantities that are never stated and never taken over: as many as `also` (and `best`) has,
        and one more where they are what is asked for.
    best : Best, optional
        A further condition: something is as large, or as small, as can be.
    both : mapping
        Unknowns whose two solutions are the answer together: ``"set"`` (both are meant) or
        ``"interval"`` (all between them are), by name. They are asked in problems of that kind,
        and in no others.
    shown : mapping
        What the solution shows beside the solved forms, where it need not be looked for: by
        ``"aside x"`` the number of the equation that gives the other one of two unknowns, and what
        it is; by ``"slopes"`` the two derivatives of what is best.
    """

    name: str
    title: str
    domain: str
    field_: str
    equation: str
    quantities: tuple[Quantity, ...]
    skills: tuple[str, ...]
    source: str
    cases: tuple[Case, ...] = (Case(),)
    setting: Phrases = ()
    tell: Mapping[str, Phrases] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    passages: Phrases = ()
    pivot: str | tuple[str, ...] | None = None
    symbolic: bool = True
    solved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    best: Best | None = None
    both: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [item.name for item in self.quantities]
        if len(set(names)) != len(names):
            raise SynthesisError(f"relation {self.name}: two quantities of one name; rename one")
        # One inner quantity can be asked for where the others are as many as the conditions.
        askable = len(self.inner) - 1 == len(self.also) + (self.best is not None)
        unstated = tuple(
            replace(item, given=(), link=(), ask=item.ask if askable else ())
            if item.name in self.inner
            else item
            for item in self.quantities
        )
        object.__setattr__(self, "quantities", unstated)
        idle = set(names) - self._used
        if idle:
            raise SynthesisError(
                f"relation {self.name}: {', '.join(sorted(idle))} not in its equation; remove it"
            )
        if not self.cases:
            raise SynthesisError(f"relation {self.name}: no case; give at least Case()")

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(item.name for item in self.quantities) | CONSTANTS.keys()

    @cached_property
    def left(self) -> ast.expr:
        """The left side of the equation, parsed."""
        return formula.parse(formula.sides(self.equation)[0], self._names)

    @cached_property
    def right(self) -> ast.expr:
        """The right side of the equation, parsed."""
        return formula.parse(formula.sides(self.equation)[1], self._names)

    @cached_property
    def equations(self) -> tuple[str, ...]:
        """Every equation."""
        return (self.equation, *self.also)

    @cached_property
    def trees(self) -> tuple[tuple[ast.expr, ast.expr], ...]:
        """Both sides of every equation, parsed."""
        further = (formula.sides(text) for text in self.also)
        return (
            (self.left, self.right),
            *(
                (formula.parse(left, self._names), formula.parse(right, self._names))
                for left, right in further
            ),
        )

    @cached_property
    def law(self) -> str:
        """All that must hold, as text: what solved forms are kept for."""
        chosen = (f"{self.best.kind} {self.best.value} over {self.best.over}",) if self.best else ()
        return "; ".join((*self.equations, *chosen))

    @cached_property
    def _used(self) -> set[str]:
        return set().union(*(formula.used_names(side) for pair in self.trees for side in pair))

    @cached_property
    def by_name(self) -> dict[str, Quantity]:
        """The quantities by name."""
        return {item.name: item for item in self.quantities}

    @property
    def parts(self) -> tuple["Relation", ...]:
        """The relations that a problem names: this one, or those of a system."""
        return (self,)

    def home_of(self, name: str) -> tuple["Relation", str]:
        """Return the part that a quantity belongs to, and its name there."""
        return self, name

    @cached_property
    def constants(self) -> tuple[str, ...]:
        """Names of the physical constants in the equation."""
        return tuple(sorted(self._used - self.by_name.keys()))

    def names_but(self, unknown: str) -> tuple[str, ...]:
        """Return the names of the quantities and constants that give one quantity."""
        return tuple(
            name
            for name in (*self.by_name, *self.constants)
            if name != unknown and name not in self.inner
        )

    def silent(self, unknown: str) -> tuple[str, ...]:
        """Return what is neither stated nor asked where one quantity is the unknown."""
        return tuple(name for name in self.inner if name != unknown)

    @cached_property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """Inner quantities that stand alone, in an order in which they can be computed.

        (name, what it is) each.
        """
        found: dict[str, str] = {}
        waiting = list(zip(self.equations, self.trees, strict=True))
        progress = True
        while progress:
            progress = False
            for item in waiting:
                left, right = formula.sides(item[0])
                for name, other, tree in ((left, right, item[1][1]), (right, left, item[1][0])):
                    open_names = formula.used_names(tree) & (set(self.inner) - found.keys())
                    if name in self.inner and name not in found and not open_names:
                        found[name] = other
                        waiting.remove(item)
                        progress = True
                        break
                if progress:
                    break
        return tuple(found.items())

    @cached_property
    def pivots(self) -> tuple[str, ...]:
        """What is computed in problems in whole numbers."""
        return (self.pivot,) if isinstance(self.pivot, str) else self.pivot or ()

    @cached_property
    def unknowns(self) -> tuple[str, ...]:
        """Names of the quantities that may be the unknown."""
        return tuple(item.name for item in self.quantities if item.ask)


@dataclass(frozen=True, eq=False, init=False)
class Family:
    """Relations that belong together: what one file declares.

    ``RELATIONS = Family(__doc__, KINETIC_ENERGY, SPRING)`` at the end of the file; its entry in
    `components.py`, or the entry point of another package, names it.

    Parameters
    ----------
    text : str
        What they are about; the first line is shown in lists. A file passes its docstring.
    *relations : Relation
    """

    summary: str
    relations: tuple[Relation, ...]

    def __init__(self, text: str | None, *relations: Relation) -> None:
        object.__setattr__(self, "summary", (text or "").strip().partition("\n")[0].rstrip("."))
        object.__setattr__(self, "relations", relations)
