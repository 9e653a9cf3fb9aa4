"""Problems whose answer is an expression: every given value is a symbol."""

import re
from random import Random

from sample_engineering.synthesis import formula, printing, units
from sample_engineering.synthesis.plan import Node
from sample_engineering.synthesis.solved import SEARCH, solved_forms

_SYMBOL = re.compile(
    r"(?:[A-Za-z]|\\(?:alpha|beta|eta|theta|lambda|mu|rho|omega|kappa))"
    r"(?:_(?:\d|\{[A-Za-z0-9]{1,3}\}))?"
)
_MISREAD = frozenset({"e", "i", "I", "E", "d", "k", "j", "w"})
"""Letters that computer algebra reads as constants, or that name pure numbers in a problem."""


def symbols_for(root: Node) -> dict[tuple[int, str], str] | None:
    """Give every stated quantity of a plan its symbol, or return None where that cannot be done.

    It cannot where two quantities share a symbol, a relation is about whole numbers, a constant of
    nature is needed, or a unit is not plain (percent, degrees, degrees Celsius).
    """
    found: dict[tuple[int, str], str] = {}
    seen: set[str] = set()
    for node in root.nodes():
        relation = node.relation
        if not relation.symbolic or relation.constants or node.symbols or relation.pivot:
            return None
        if solved_forms(relation, node.unknown) == (SEARCH,):
            return None
        for quantity in relation.quantities:
            if quantity.whole or quantity.unit in ("percent", "degree", "degC"):
                return None
            if units.to_base(quantity.unit)[1]:
                return None
            if quantity.name == node.unknown or quantity.name in node.links:
                continue
            symbol = quantity.latex
            if not _SYMBOL.fullmatch(symbol) or symbol in _MISREAD or symbol in seen:
                return None
            if not quantity.given:
                return None
            seen.add(symbol)
            found[id(node), quantity.name] = symbol
    return found if 2 <= len(found) <= 7 else None


def expression(root: Node, symbols: dict[tuple[int, str], str]):
    """Return the answer as (LaTeX, sympy expression, sympy symbol by LaTeX)."""
    import sympy

    atoms = {
        latex: sympy.Symbol(latex.replace("\\", ""), positive=True) for latex in symbols.values()
    }
    functions = {
        name: getattr(sympy, name)
        for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")
    }
    functions["log10"] = lambda x: sympy.log(x) / sympy.log(10)
    functions["log2"] = lambda x: sympy.log(x) / sympy.log(2)

    def build(node: Node):
        values = {"pi": sympy.pi}
        for name in node.relation.by_name:
            if name in node.links:
                values[name] = build(node.links[name])
            elif name != node.unknown:
                values[name] = atoms[symbols[id(node), name]]
        names = frozenset(values)
        form = solved_forms(node.relation, node.unknown)[0]
        return formula.evaluate(formula.parse(form, names), values, functions)

    answer = sympy.nsimplify(build(root), rational=True)
    answer = sympy.powsimp(sympy.cancel(answer) if answer.is_rational_function() else answer)
    latex_names = {atom: latex for latex, atom in atoms.items()}
    return sympy.latex(answer, symbol_names=latex_names, ln_notation=True), answer, atoms


def evaluate_at(answer, atoms, sizes: dict[str, float]) -> float:
    """Evaluate the expression with sizes put in for its symbols."""
    return float(answer.subs({atoms[latex]: size for latex, size in sizes.items()}).evalf(30))


def sizes_of(root: Node, symbols: dict[tuple[int, str], str]) -> dict[str, float]:
    """Return the drawn sizes (coherent units) of the symbols."""
    by_id = {id(node): node for node in root.nodes()}
    return {latex: by_id[node].base[name] for (node, name), latex in symbols.items()}


def ask(symbols: list[str], rng: Random) -> str:
    """Return the sentence that asks for an expression."""
    shown = [f"${symbol}$" for symbol in symbols]
    listed = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
    return f"Give your answer as an expression in {listed}, all in coherent SI units."


def solution(root: Node, symbols: dict[tuple[int, str], str], final: str) -> str:
    """Write the worked solution of an expression problem."""
    from sample_engineering.synthesis.solution import capital, equation_latex, symbols_of

    nodes = root.nodes()
    parts = []
    for index, node in enumerate(nodes, 1):
        relation = node.relation
        own = symbols_of(relation)
        taken = dict(own)
        lines = [f"{capital(relation.title)}: ${equation_latex(relation)}$."]
        for name, child in node.links.items():
            lines.append(
                f"Here ${own[name]}$ is {child.noun}, found in step {nodes.index(child) + 1}."
            )
        form = solved_forms(relation, node.unknown)[0]
        if form not in formula.sides(relation.equation):
            lines.append(f"Hence ${own[node.unknown]} = {printing.latex(form, taken)}$.")
        head = f"Step {index}: {node.noun}. " if len(nodes) > 1 else ""
        parts.append(head + " ".join(lines))
    parts.append(rf"With everything put in, the answer is $\boxed{{{final}}}$.")
    return "\n\n".join(parts)
