"""The worked solution of a plan, step by step."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sample_engineering.synthesis import formula, printing, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.language import Language, english
from sample_engineering.synthesis.numbers import GUARD_DIGITS, fixed, plain, tidy, whole
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.shown_steps import Shown, counted, holds, passed
from sample_engineering.synthesis.solved import SEARCH, solved_forms
from sample_engineering.synthesis.solving import Numbers, Solved
from sample_engineering.synthesis.stated_values import NUMBER
from sample_engineering.synthesis.systems import System
from sample_engineering.synthesis.units import in_unit
from sample_engineering.synthesis.working import working

_DATA_UNIT = re.compile(r"\b[kMGT]?(bit|byte|B)\b")
_NUMBER = re.compile(rf"{NUMBER}")
_AGREES = 1e-6
_SHARES = ("percent", "degree")
# Units of one dimension that are not said for one another.
_OF_THEIR_OWN = {
    r"^(?:percent|1)/(?:s|min|h|day|week|year)$|^(?:s|min|h)\*\*-1$": "1/s",
    r"\b[kMG]?Bq\b": "Bq",
    r"^1/(?:mL|L|cm\*\*3|m\*\*3)$": "1/m**3",
}
_COHERENT = """
kg m s A K mol dollar m**2 m**3 m/s m/s**2 kg/m**3 N J W Pa C V ohm F T H Hz N/m J/K J/(kg*K)
J/(mol*K) J/mol J/kg kg/mol mol/m**3 W/m**2 kg/s m**3/s mol/s kg*m/s V/m Wb mol/(m**3*s) dollar/kg
dollar/J dollar/s dollar/m dollar/m**3 1/K 1/m K*m W/(m*K) kg/m m**3/mol N*m**2/C**2 m**2/s
C/mol cell/m**3 W/K
"""


@dataclass(frozen=True, slots=True)
class Handling:
    """What a solution takes beside the relations: skills of handling formulas and units."""

    unit_conversion: bool = False
    formula_rearrangement: bool = False

    @property
    def skills(self) -> tuple[str, ...]:
        """Their names in the taxonomy."""
        taken = (
            ("unit_conversion", self.unit_conversion),
            ("formula_rearrangement", self.formula_rearrangement),
        )
        return tuple(name for name, needed in taken if needed)


def symbols_of(relation: Relation) -> dict[str, str]:
    """Return the LaTeX symbols of the quantities and constants of a relation."""
    return {item.name: item.latex for item in relation.quantities} | {
        name: CONSTANTS[name].symbol for name in relation.constants
    }


@lru_cache(maxsize=1024)
def equation_latex(relation: Relation, language: Language | None = None) -> str:
    """Return the equation in LaTeX, or all of them."""
    symbols = symbols_of(relation)
    shown = [
        " = ".join(printing.latex(side, symbols) for side in formula.sides(text))
        for text in relation.equations
    ]
    and_ = (language or english()).words["and"]
    return shown[0] if len(shown) == 1 else f"${and_}$".join(("$, $".join(shown[:-1]), shown[-1]))


def shown_units(solved: Solved) -> dict[str, str]:
    """Return the unit in which each quantity of a step appears in the text."""
    shown = {item.name: item.unit for item in solved.step.relation.quantities}
    return shown | {name: value.unit for name, value in solved.values.items()}


@lru_cache(maxsize=64)
def _coherent_names() -> dict[str, str]:
    """Return the coherent unit to print for each dimension."""
    found: dict[str, str] = {}
    for spelling in _COHERENT.split():
        if abs(units.scale(spelling).factor - 1) < _AGREES:
            found.setdefault(units.dimensionality(spelling), spelling)
    return found


@lru_cache(maxsize=1024)
def coherent(unit: str) -> str:
    """Return the coherent unit of the same dimension: J for kJ, s for minutes, none for percent."""
    if not unit or units.scale(unit) == (1.0, 0.0):
        return unit
    dimension = units.dimensionality(unit)
    if _DATA_UNIT.search(unit):  # to pint a bit is a pure number
        if "dollar" in unit:
            return "dollar/bit"
        return "bit/s" if dimension else "bit"
    if not dimension:
        return ""
    for own, plain_one in _OF_THEIR_OWN.items():
        if re.search(own, unit):
            return plain_one
    if dimension in _coherent_names():
        return _coherent_names()[dimension]
    base = units.registry().Quantity(1.0, unit).to_base_units().units
    return f"{base:~C}".replace("delta_", "")


def result_text(size: float, unit: str, is_whole: bool, digits: int = GUARD_DIGITS) -> str:
    """Write a computed value with its unit."""
    number = whole(size) if is_whole else tidy(size, digits)
    return f"{number}{units.latex(unit)}"


def choose_units(solved: Solved, form: str, answer_unit: str) -> tuple[dict[str, str], str, bool]:
    """Find units in which the formula works as it stands.

    First those of the text, then those of the relation, then coherent ones.

    Returns
    -------
    (units by name, unit of the result, whether any stated value must be converted)
    """
    step = solved.step
    relation, unknown = step.relation, step.quantity
    names = relation.names_but(step.unknown)
    function = formula.compiled(form, names)
    text = shown_units(solved)
    declared = {item.name: item.unit for item in relation.quantities}
    # Shares as numbers and angles in radians, and everything else as it is told.
    plain_text = {name: "" if home in _SHARES else home for name, home in text.items()}
    for trial in (text, declared, plain_text):
        sizes = [
            in_unit(solved.base[name], trial[name])
            if name in trial
            else float(CONSTANTS[name].value)
            for name in names
        ]
        try:
            size = function(*sizes)
        except formula.NO_VALUE:
            continue
        own = (answer_unit, unknown.unit, *unknown.units)
        for unit in dict.fromkeys((*own, *("" for home in own if home in _SHARES))):
            expected = in_unit(solved.result, unit)
            if isinstance(size, float | int) and math.isclose(size, expected, rel_tol=_AGREES):
                changed = any(
                    trial[name] != text[name] and name not in step.links
                    for name in names
                    if name in trial
                )
                return trial, unit, changed
    base = {item.name: coherent(item.unit) for item in relation.quantities}
    found = base[step.unknown]
    changed = any(base[name] != text[name] for name in solved.values)
    return base, found, changed or found != coherent(answer_unit)


def used_form(solved: Solved) -> str:
    """Return the solved form that yields the result of a step."""
    relation, unknown = solved.step.relation, solved.step.unknown
    forms = solved_forms(relation, unknown)
    if len(forms) == 1:
        return forms[0]
    names = relation.names_but(unknown)
    for form in forms:
        try:
            value = formula.compiled(form, names)(*(solved.base[name] for name in names))
        except formula.NO_VALUE:
            continue
        if isinstance(value, float | int) and math.isclose(value, solved.result, rel_tol=_AGREES):
            return form
    return forms[0]


def capital(text: str) -> str:
    """Give a text its capital."""
    return text[0].upper() + text[1:]


def worked_solution(
    numbers: Numbers, nouns: Sequence[str], answer_unit: str, final: str, language: Language
) -> tuple[str, Handling]:
    """Write the solution.

    Parameters
    ----------
    numbers : Numbers
    nouns : sequence of str
        What the result of each step is called.
    answer_unit : str
        Unit that the problem asks for.
    final : str
        The text of the final answer, for the box.
    language : Language

    Returns
    -------
    (text, facts about it: which skills of handling formulas and units it took)
    """
    parts = []
    converted = rearranged = False
    for index, (solved, noun) in enumerate(zip(numbers.steps, nouns, strict=True), 1):
        unit = answer_unit if solved is numbers.last else solved.step.quantity.unit
        text, changed = _step(solved, unit, numbers, language)
        converted |= changed
        rearranged |= not _stands_alone(solved.step.relation, solved.step.unknown)
        head = language.say("step", number=index, noun=noun) if len(numbers.steps) > 1 else ""
        parts.append(head + text)
    parts.append(language.say("answer", final=final))
    return "\n\n".join(parts), Handling(converted, rearranged)


def _stands_alone(relation: Relation, unknown: str) -> bool:
    return any(unknown in formula.sides(text) for text in relation.equations)


def _step(
    solved: Solved, answer_unit: str, numbers: Numbers, language: Language
) -> tuple[str, bool]:
    step, base = solved.step, solved.base
    relation, unknown = step.relation, step.quantity
    symbols = symbols_of(relation)
    symbol = symbols[step.unknown]
    lines = _laws(relation, language)
    form = used_form(solved)
    if form == SEARCH:
        sizes = {name: tidy(size) for name, size in base.items() if name != step.unknown}
        left, right = formula.sides(relation.equation)
        shown = {**symbols, **sizes}
        equation = " = ".join(printing.latex(side, shown, numbers=True) for side in (left, right))
        found_size = whole(solved.result)
        lines.append(language.say("searched", equation=equation, symbol=symbol, size=found_size))
        return " ".join(lines), False
    trial, unit, changed = choose_units(solved, form, answer_unit)
    if relation.inner and not holds(solved, trial):
        trial = {item.name: coherent(item.unit) for item in relation.quantities}
        unit = trial[step.unknown]
        changed = any(trial[name] != value.unit for name, value in solved.values.items())
    if changed:
        conversions = [
            f"${symbols[name]} = {value.number}{units.latex(value.unit)} = "
            f"{tidy(in_unit(value.base, trial[name]), 6)}{units.latex(trial[name])}$"
            for name, value in solved.values.items()
            if trial[name] != value.unit
        ]
        if conversions:
            lines.append(language.say("matching_units", list=language.listed(conversions)))
    put_in: dict[str, str] = {}
    for name in relation.by_name:
        if name == step.unknown or name in relation.inner:
            continue
        if name in step.links:
            child = numbers.steps[step.links[name]]
            found = child.step.quantity
            shown_size = tidy(in_unit(base[name], trial[name]))
            put_in[name] = shown_size
            before = result_text(in_unit(child.result, found.unit), found.unit, found.whole)
            taken = f"{shown_size}{units.latex(trial[name])}"
            if name not in step.symbols and before != taken:
                taken = f"{before} = {taken}"
            before_it = step.links[name] + 1
            lines.append(
                language.say("from_step", number=before_it, symbol=symbols[name], taken=taken)
            )
        elif trial[name] == solved.values[name].unit:
            put_in[name] = solved.values[name].number
        else:
            put_in[name] = tidy(in_unit(base[name], trial[name]), 6)
    for name in relation.constants:
        put_in[name] = fixed(CONSTANTS[name].value, "").number
    size = in_unit(solved.result, unit)
    converted = ""
    if unit != answer_unit:
        other = in_unit(solved.result, answer_unit)
        converted = f" = {result_text(other, answer_unit, unknown.whole)}"
    steps = Shown(solved, symbols, put_in, {**trial, step.unknown: unit}, converted, language)
    form = steps.form(form)
    lines += steps.lines
    if not form:  # all of it is shown
        return " ".join(lines), changed
    lines += passed(form, relation, steps)
    symbolic = printing.latex(form, symbols)
    result = result_text(size, unit, unknown.whole)
    sign = "=" if math.isclose(plain_size(result, unit), size, rel_tol=1e-9) else r"\approx"
    chain = [symbol, symbolic] if not _is_right_side(relation, form) else [symbol]
    chain.append(printing.latex(form, put_in, numbers=True))
    rounds = counted(form, relation, steps)
    work = working(form, put_in, language, steps.sizes)
    if rounds:
        chain += rounds
    elif work.lines:
        lead = "hence" if len(lines) > 1 or len(chain) > 2 else "so"
        equation = f"{symbol} = {' = '.join(chain[1:])}"
        lines += [language.say(lead, equation=equation), *work.lines]
        chain = [symbol, work.last]
    elif work.last and work.last != chain[-1]:
        chain.append(work.last)
    tail = _tail(chain[1:], sign, result) + converted
    shown_work = work.lines and not rounds
    lead = "hence" if (len(lines) > 1 or len(chain) > 2) and not shown_work else "so"
    lines.append(language.say(lead, equation=f"{symbol} {tail}"))
    if solved.other is not None:
        less = solved.smaller()
        lines.append(_other_solution(less, symbols, put_in, (unit, answer_unit), language))
    return " ".join(lines), changed


def _laws(relation: Relation, language: Language) -> list[str]:
    """Say what holds; of a system both laws, each with its letters, and that they hold at once."""
    if not isinstance(relation, System):
        return [f"{capital(relation.title)}: ${equation_latex(relation, language)}$."]
    symbols = symbols_of(relation)
    lines = []
    for part, text in zip(relation.parts, relation.equations, strict=True):
        sides = (printing.latex(side, symbols) for side in formula.sides(text))
        lines.append(f"{capital(part.title)}: ${' = '.join(sides)}$.")
    first, second = (relation.by_name[name] for name in relation.inner)
    lines.append(
        language.say(
            "two_unknowns",
            first=first.latex,
            first_noun=first.noun[0],
            second=second.latex,
            second_noun=second.noun[0],
        )
    )
    return lines


def _tail(chain: Sequence[str], sign: str, result: str) -> str:
    """Return "= formula = numbers ≈ result"; a number that is the result already stands once."""
    if len(chain) == 1 and _NUMBER.fullmatch(chain[0]):
        return f"{sign if not result.startswith(chain[0]) else '='} {result}"
    return f"= {' = '.join(chain)} {sign} {result}"


def _other_solution(
    less: Solved,
    symbols: Mapping[str, str],
    put_in: Mapping[str, str],
    homes: tuple[str, str],
    language: Language,
) -> str:
    """Write down the smaller one of two solutions."""
    symbol, form = symbols[less.step.unknown], used_form(less)
    results = [
        result_text(in_unit(less.result, home), home, less.step.quantity.whole)
        for home in dict.fromkeys(homes)
    ]
    both = less.step.relation.both[less.step.unknown]
    return language.say(
        f"other_solution_{both}",
        symbol=symbol,
        form=printing.latex(form, put_in, numbers=True),
        results=" = ".join(results),
    )


def plain_size(result: str, unit: str) -> float:
    """Read back what `result_text` wrote."""
    return plain(result.removesuffix(units.latex(unit)) if unit else result)


def _is_right_side(relation: Relation, form: str) -> bool:
    return any(form in formula.sides(text) for text in relation.equations)
