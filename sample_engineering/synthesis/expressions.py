"""Problems whose answer is an expression: every given value is a symbol."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from sample_engineering.synthesis import formula, printing, units
from sample_engineering.synthesis.language import Language
from sample_engineering.synthesis.plan import Plan
from sample_engineering.synthesis.solution import capital
from sample_engineering.synthesis.solved import SEARCH, as_people_write, solved_forms
from sample_engineering.synthesis.solving import Numbers

if TYPE_CHECKING:
    import sympy

_SYMBOL = re.compile(
    r"(?:[A-Za-z]|\\(?:alpha|beta|eta|theta|lambda|mu|rho|omega|kappa))"
    r"(?:_(?:\d|\{[A-Za-z0-9]{1,3}\}))?"
)
_MISREAD = frozenset({"e", "i", "I", "E", "d", "k", "j", "w"})
"""Letters that computer algebra reads as constants, or that name pure numbers in a problem."""

_FEWEST, _MOST = 2, 7  # symbols in an answer

Symbols = Mapping[tuple[int, str], str]
"""From (step, quantity) to its LaTeX symbol: of what is stated, and of what each step yields."""


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

    Where two quantities share a letter, or it would be misread, it gets a number: $m_1$ and $m_2$.
    None comes back where a relation is about whole numbers, a constant of nature is needed, or a
    unit is not plain (percent, degrees, degrees Celsius).
    """
    stated: list[tuple[int, str]] = []
    letters: dict[tuple[int, str], str] = {}
    if plan.told is not None and _states_twice(plan):
        return None
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
            if not quantity.given:
                return None
            stated.append((number, quantity.name))
            letters[number, quantity.name] = quantity.latex
    if not _FEWEST <= len(stated) <= _MOST:
        return None
    # The results come last, so that what is stated keeps its letter where it can.
    for number, step in enumerate(plan.steps):
        letters[number, step.unknown] = step.quantity.latex
    return _told_apart(letters)


def _states_twice(plan: Plan) -> bool:
    """Tell whether two relations take one fixed value, which would get two letters."""
    homes = plan.told.homes if plan.told is not None else {}
    return any(
        name in step.case.fixed and (step.relation.name, name) in homes
        for step in plan.steps
        for name in step.relation.by_name
    )


def _told_apart(letters: Symbols) -> Symbols:
    """Number the letters that stand for several quantities, or would be misread."""
    counted = Counter(letters.values())
    taken = {
        letter
        for letter, often in counted.items()
        if often == 1 and letter not in _MISREAD and _SYMBOL.fullmatch(letter)
    }
    found: dict[tuple[int, str], str] = {}
    for place, letter in letters.items():
        if letter not in taken or letter in found.values():
            base = _plain_letter(letter)
            letter = next(
                numbered
                for numbered in (f"{base}_{index}" for index in count(1))
                if numbered not in taken
            )
            taken.add(letter)
        found[place] = letter
    return found


def _plain_letter(letter: str) -> str:
    r"""Return the letter to number: T of \Delta T, V of V_{\max}, \rho of \rho_0."""
    base = letter.partition("_")[0]
    if _SYMBOL.fullmatch(base):
        return base
    found = re.search("[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", letter))
    return found[0] if found else "x"


def stated_symbols(plan: Plan, symbols: Symbols) -> dict[tuple[int, str], str]:
    """Return the symbols of what is stated, without those of the results."""
    return {
        (number, name): symbol
        for (number, name), symbol in symbols.items()
        if name != plan.steps[number].unknown
    }


def _own_symbols(plan: Plan, symbols: Symbols, number: int) -> dict[str, str]:
    """Return the symbols in which the equation of a step is written in this problem."""
    step = plan.steps[number]
    found = {name: symbol for (at, name), symbol in symbols.items() if at == number}
    for name, child in step.links.items():
        found[name] = symbols[child, plan.steps[child].unknown]
    return found


def expression(plan: Plan, symbols: Symbols) -> InSymbols:
    """Return the answer of a plan in symbols."""
    import sympy

    atoms = {
        latex: sympy.Symbol(latex.replace("\\", ""), positive=True)
        for latex in stated_symbols(plan, symbols).values()
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
    answer = _as_people_write(sympy.nsimplify(found[-1], rational=True))
    latex_names = {atom: latex for latex, atom in atoms.items()}
    shown = sympy.latex(answer, symbol_names=latex_names, ln_notation=True)
    return InSymbols(shown, answer, atoms)


def _as_people_write(answer: "sympy.Expr") -> "sympy.Expr":
    """Write ln(a/b) for ln a - ln b, e^k for 2^(k/ln 2), and one root over a product."""
    import sympy

    answer = sympy.powsimp(sympy.cancel(answer) if answer.is_rational_function() else answer)
    answer = answer.replace(
        lambda part: part.is_Pow and part.base.is_Integer and part.exp.has(sympy.log(part.base)),
        lambda part: sympy.exp(sympy.cancel(part.exp * sympy.log(part.base))),
    )
    top, bottom = sympy.fraction(answer)
    if bottom.is_Add and top.could_extract_minus_sign():
        answer = -top / sympy.expand(-bottom)
    if not answer.has(sympy.log):
        return as_people_write(sympy, answer)
    return answer.replace(
        lambda part: part.is_Add and any(term.has(sympy.log) for term in part.args),
        lambda part: sympy.logcombine(part, force=True),
    )


def sizes_of(plan: Plan, numbers: Numbers, symbols: Symbols) -> dict[str, float]:
    """Return the drawn sizes (coherent units) of the symbols of what is stated."""
    stated = stated_symbols(plan, symbols)
    return {latex: numbers.steps[at].base[name] for (at, name), latex in stated.items()}


def ask(symbols: Sequence[str], language: Language) -> str:
    """Return the sentence that asks for an expression."""
    return language.say("expression", symbols=language.listed([f"${item}$" for item in symbols]))


def solution(
    plan: Plan, symbols: Symbols, nouns: Sequence[str], final: str, language: Language
) -> str:
    """Write the worked solution of an expression problem."""
    parts = []
    for number, step in enumerate(plan.steps):
        relation = step.relation
        own = _own_symbols(plan, symbols, number)
        left, right = (printing.latex(side, own) for side in formula.sides(relation.equation))
        lines = [f"{capital(relation.title)}: ${left} = {right}$."]
        for name, child in step.links.items():
            noun = nouns[child]
            lines.append(
                language.say("found_in_step", symbol=own[name], noun=noun, number=child + 1)
            )
        form = solved_forms(relation, step.unknown)[0]
        if form not in formula.sides(relation.equation):
            equation = f"{own[step.unknown]} = {printing.latex(form, own)}"
            lines.append(language.say("hence", equation=equation))
        head = language.say("step", number=number + 1, noun=nouns[number])
        head = head if len(plan.steps) > 1 else ""
        parts.append(head + " ".join(lines))
    parts.append(language.say("answer_in_symbols", final=final))
    return "\n\n".join(parts)
