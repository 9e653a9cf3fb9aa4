"""Problems whose answer is an expression: every given value is a symbol."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.synthesis import formula, printing, units
from sample_engineering.synthesis.plan import Plan
from sample_engineering.synthesis.solution import capital, equation_latex, symbols_of
from sample_engineering.synthesis.solved import SEARCH, solved_forms
from sample_engineering.synthesis.solving import Numbers

if TYPE_CHECKING:
    import sympy

_SYMBOL = re.compile(
    r"(?:[A-Za-z]|\\(?:alpha|beta|eta|theta|lambda|mu|rho|omega|kappa))"
    r"(?:_(?:\d|\{[A-Za-z0-9]{1,3}\}))?"
)
_MISREAD = frozenset({"e", "i", "I", "E", "d", "k", "j", "w"})
"""Letters that computer algebra reads as constants, or that name pure numbers in a problem."""


Symbols = Mapping[tuple[int, str], str]
"""From (step, quantity) to its LaTeX symbol."""


@dataclass(frozen=True, slots=True)
class InSymbols:
    """An answer in symbols.

    Parameters
    ----------
    latex : str
    value : sympy expression
    atoms : mapping of str to sympy.Symbol
        By LaTeX.
    """

    latex: str
    value: "sympy.Expr"
    atoms: "Mapping[str, sympy.Symbol]"

    @property
    def names(self) -> tuple[str, ...]:
        """The LaTeX of the symbols."""
        return tuple(self.atoms)

    @property
    def complete(self) -> bool:
        """Whether every symbol occurs: none cancels."""
        return all(self.value.has(atom) for atom in self.atoms.values())

    def at(self, sizes: Mapping[str, float]) -> float:
        """Return its value with sizes put in for its symbols."""
        found = self.value.subs({self.atoms[latex]: size for latex, size in sizes.items()})
        return float(found.evalf(30))


def symbols_for(plan: Plan) -> Symbols | None:
    """Give every stated quantity of a plan its symbol, or return None where that cannot be done.

    It cannot where two quantities share a symbol, a relation is about whole numbers, a constant of
    nature is needed, or a unit is not plain (percent, degrees, degrees Celsius).
    """
    found: dict[tuple[int, str], str] = {}
    seen: set[str] = set()
    for number, step in enumerate(plan.steps):
        relation = step.relation
        if not relation.symbolic or relation.constants or step.symbols or relation.pivot:
            return None
        if solved_forms(relation, step.unknown) == (SEARCH,):
            return None
        for quantity in relation.quantities:
            if quantity.whole or quantity.unit in ("percent", "degree", "degC"):
                return None
            if units.scale(quantity.unit).offset:
                return None
            if quantity.name == step.unknown or quantity.name in step.links:
                continue
            symbol = quantity.latex
            if not _SYMBOL.fullmatch(symbol) or symbol in _MISREAD or symbol in seen:
                return None
            if not quantity.given:
                return None
            seen.add(symbol)
            found[number, quantity.name] = symbol
    return found if 2 <= len(found) <= 7 else None


def expression(plan: Plan, symbols: Symbols) -> InSymbols:
    """Return the answer of a plan in symbols."""
    import sympy

    atoms = {
        latex: sympy.Symbol(latex.replace("\\", ""), positive=True) for latex in symbols.values()
    }
    functions = formula.sympy_functions()
    found: list[Any] = []
    for number, step in enumerate(plan.steps):
        values: dict[str, Any] = {"pi": sympy.pi}
        for name in step.relation.by_name:
            if name in step.links:
                values[name] = found[step.links[name]]
            elif name != step.unknown:
                values[name] = atoms[symbols[number, name]]
        form = solved_forms(step.relation, step.unknown)[0]
        found.append(formula.evaluate(formula.parse(form, frozenset(values)), values, functions))
    answer = sympy.nsimplify(found[-1], rational=True)
    answer = sympy.powsimp(sympy.cancel(answer) if answer.is_rational_function() else answer)
    latex_names = {atom: latex for latex, atom in atoms.items()}
    shown = sympy.latex(answer, symbol_names=latex_names, ln_notation=True)
    return InSymbols(shown, answer, atoms)


def sizes_of(numbers: Numbers, symbols: Symbols) -> dict[str, float]:
    """Return the drawn sizes (coherent units) of the symbols."""
    return {latex: numbers.steps[at].base[name] for (at, name), latex in symbols.items()}


def ask(symbols: Sequence[str]) -> str:
    """Return the sentence that asks for an expression."""
    shown = [f"${symbol}$" for symbol in symbols]
    listed = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
    return f"Give your answer as an expression in {listed}, all in coherent SI units."


def solution(plan: Plan, nouns: Sequence[str], final: str) -> str:
    """Write the worked solution of an expression problem."""
    parts = []
    for index, step in enumerate(plan.steps, 1):
        relation = step.relation
        own = symbols_of(relation)
        lines = [f"{capital(relation.title)}: ${equation_latex(relation)}$."]
        for name, child in step.links.items():
            lines.append(f"Here ${own[name]}$ is {nouns[child]}, found in step {child + 1}.")
        form = solved_forms(relation, step.unknown)[0]
        if form not in formula.sides(relation.equation):
            lines.append(f"Hence ${own[step.unknown]} = {printing.latex(form, own)}$.")
        head = f"Step {index}: {nouns[index - 1]}. " if len(plan.steps) > 1 else ""
        parts.append(head + " ".join(lines))
    parts.append(rf"With everything put in, the answer is $\boxed{{{final}}}$.")
    return "\n\n".join(parts)
