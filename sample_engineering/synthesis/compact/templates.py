"""Templates: a relation with the ranges of its symbols and the ways to put it in words."""

import re
from dataclasses import dataclass
from functools import cache

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.compact.catalogue import CATALOGUE, HELD_OUT
from sample_engineering.synthesis.compact.expression import Program, compile_formula

_RANGE = re.compile(r"(\w+) (\d+)-(\d+)(?:/(\d+))?")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to put a relation in words; ``{v}`` stands for the value of symbol v."""

    statement: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Template:
    """A relation of one domain, ready to be turned into problems.

    Parameters
    ----------
    name : str
        Unique, ``"domain-relation"``.
    domain : str
        Subject.
    program : Program
        The relation's formula and the steps that follow from it.
    ranges : dict of str to range
        Numbers a symbol may take.
    phrasings : tuple of Phrasing
        At least two.
    held_out : bool
        Whether it is kept out of pretraining, for measuring lift on unseen templates.
    """

    name: str
    domain: str
    program: Program
    ranges: dict[str, range]
    phrasings: tuple[Phrasing, ...]
    held_out: bool

    @property
    def formula(self) -> str:
        """The equation, e.g. ``"s = v * t + d"``."""
        return self.program.formula

    @property
    def skills(self) -> tuple[str, ...]:
        """Arithmetic skills the relation exercises."""
        return self.program.skills


@cache
def templates() -> tuple[Template, ...]:
    """Return every template of the dialect, held-out ones included, in catalogue order."""
    return tuple(
        _build(f"{domain}-{name}", domain, formula, ranges, phrasings)
        for domain, entries in CATALOGUE.items()
        for name, formula, ranges, phrasings in entries
    )


@cache
def compact_domains() -> tuple[str, ...]:
    """Return the names of the dialect's domains."""
    return tuple(CATALOGUE)


@cache
def compact_skills() -> tuple[str, ...]:
    """Return the names of the skills that the dialect's templates exercise, sorted."""
    return tuple(sorted({skill for template in templates() for skill in template.skills}))


def _build(
    name: str, domain: str, formula: str, ranges: str, phrasings: tuple[str, ...]
) -> Template:
    program = compile_formula(formula)
    spans = {
        symbol: range(int(low), int(high) + 1, int(step or 1))
        for symbol, low, high, step in _RANGE.findall(ranges)
    }
    worded = []
    for text in phrasings:
        statement, _, quantity = (part.strip() for part in text.partition("|"))
        named = set(re.findall(r"\{(\w+)\}", text))
        if named != set(program.symbols) or named != set(spans) or not quantity:
            raise SynthesisError(
                f"template {name}: {text!r} must name the symbols {sorted(program.symbols)}, "
                "give each a range, and end with '| quantity'"
            )
        worded.append(Phrasing(statement, quantity))
    return Template(name, domain, program, spans, tuple(worded), name in HELD_OUT)
