"""What a worked solution shows of several equations, of what is best, and of counts."""

import ast
import math
import re
from collections.abc import Mapping

from sample_engineering.synthesis import formula, printing, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.evaluating import names_of
from sample_engineering.synthesis.language import Language, english
from sample_engineering.synthesis.numbers import tidy
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.rounding import CROSSING, ROUNDING, calls
from sample_engineering.synthesis.simultaneous import (
    put_in,
    remaining,
    standing_alone,
    together,
)
from sample_engineering.synthesis.solved import set_aside, slopes_of
from sample_engineering.synthesis.solving import Solved
from sample_engineering.synthesis.stated_values import NUMBER
from sample_engineering.synthesis.units import in_unit
from sample_engineering.synthesis.working import working

_NUMBER = re.compile(NUMBER)
_AGREES = 1e-6


def holds(solved: Solved, trial: Mapping[str, str]) -> bool:
    """Tell whether every equation of a step holds as it stands in some units."""
    relation = solved.step.relation
    names = names_of(relation)
    sizes = sizes_in(solved.base, names, trial)
    for left, right in map(formula.sides, relation.equations):
        try:
            a, b = (formula.compiled(side, names)(*sizes) for side in (left, right))
        except formula.NO_VALUE:
            return False
        if not math.isclose(a, b, rel_tol=_AGREES):
            return False
    return True


def sizes_in(
    base: Mapping[str, float], names: tuple[str, ...], trial: Mapping[str, str]
) -> list[float]:
    """Return quantities in their units, and constants as they are printed."""
    return [
        in_unit(base[name], trial[name]) if name in trial else float(CONSTANTS[name].value)
        for name in names
    ]


class Shown:
    """The lines of one step that has more to show than a formula with its numbers.

    Parameters
    ----------
    solved : Solved
    symbols : mapping
        LaTeX of each quantity and constant.
    numbers : mapping
        LaTeX of the number of each that is stated, taken over or a constant.
    trial : mapping
        The unit of each quantity.
    converted : str
        What follows the result of the step: "= 1.25 kJ" in the unit that is asked for.
    language : Language, optional
        English by default.
    """

    def __init__(
        self,
        solved: Solved,
        symbols: Mapping[str, str],
        numbers: dict[str, str],
        trial: Mapping[str, str],
        converted: str = "",
        language: Language | None = None,
    ) -> None:
        self.language = language or english()
        self.relation = solved.step.relation
        self.unknown = solved.step.unknown
        self.base = solved.base
        self.symbols = symbols
        self.numbers = numbers
        self.trial = trial
        self.converted = converted
        self.lines: list[str] = []

    def form(self, form: str) -> str:
        """Write down all that comes before the last line; returns the formula of that line."""
        relation, unknown = self.relation, self.unknown
        if not relation.inner:
            return form
        self._steps()
        if relation.best:
            self._best(form)
            return ""
        others = together(relation, unknown)
        if others:
            self._eliminated(others[0], form)
            return ""
        for sides in map(formula.sides, relation.equations):
            alone = standing_alone(sides, unknown, frozenset(names_of(relation)))
            if alone and self._known(alone):
                return alone
        return form

    def _known(self, text: str) -> bool:
        return self._used(text) <= self.numbers.keys()

    def _used(self, text: str) -> set[str]:
        return formula.used_names(formula.parse(text, frozenset(names_of(self.relation))))

    def size(self, name: str) -> str:
        """Return the number of a quantity, in its unit."""
        return tidy(in_unit(self.base[name], self.trial.get(name, "")))

    @property
    def sizes(self) -> dict[str, float]:
        """Each number that is put in, in its unit, before it is rounded."""
        names = tuple(self.numbers)
        return dict(zip(names, sizes_in(self.base, names, self.trial), strict=True))

    def _steps(self) -> None:
        """Write down the steps on the way that can be computed by now."""
        for name, text in self.relation.steps:
            if name == self.unknown or name in self.numbers or not self._known(text):
                continue
            self.lines.append(f"{self._computed(name, text)}.")
            self.numbers[name] = self.size(name)

    def _computed(self, name: str, text: str) -> str:
        """Write name = formula = numbers = value."""
        unit = self.trial.get(name, "")
        value = f"{self.size(name)}{units.latex(unit)}"
        end = self.converted if name == self.unknown else ""
        symbolic = printing.latex(text, self.symbols)
        numeric = printing.latex(text, self.numbers, numbers=True)
        parts = [*dict.fromkeys((symbolic, numeric)), *counted(text, self.relation, self)]
        work = working(text, self.numbers, self.language, self.sizes)
        if work.lines and len(parts) <= 2:  # nothing is rounded
            put_in = f"${self.symbols[name]} = {' = '.join(parts)}$."
            last = f"{work.last} {self._sign(name)} " if not _NUMBER.fullmatch(work.last) else ""
            sign = "=" if last else self._sign(name)
            equation = f"{self.symbols[name]} {sign} {last}{value}{end}"
            so = self.language.say("so", equation=equation).removesuffix(".")
            return " ".join((put_in, *work.lines, so))
        return f"${self.symbols[name]} = {' = '.join(parts)} {self._sign(name)} {value}{end}$"

    def _sign(self, name: str) -> str:
        size = in_unit(self.base[name], self.trial.get(name, ""))
        exact = math.isclose(float(f"{size:.5g}"), size, rel_tol=1e-9)
        return "=" if exact else r"\approx"

    def _eliminated(self, other: str, form: str) -> None:
        relation, unknown = self.relation, self.unknown
        names = frozenset(names_of(relation))
        left = remaining(relation)
        index, aside = set_aside(relation, unknown)
        one, second = ("first", "second") if index == 0 else ("second", "first")
        sides = [put_in(side, names, {other: aside}) for side in left[1 - index]]
        symbolic = " = ".join(printing.latex(side, self.symbols) for side in sides)
        shown = {**self.numbers, unknown: self.symbols[unknown]}
        numeric = " = ".join(printing.latex(side, shown, numbers=True) for side in sides)
        say, words = self.language.say, self.language.words
        self.lines.append(
            say(
                "eliminated",
                one=words[one],
                symbol=self.symbols[other],
                aside=printing.latex(aside, self.symbols),
                second=words[second],
                symbolic=symbolic,
                numeric=numeric,
            )
        )
        self.lines.append(say("solved", computed=self._computed(unknown, form)))
        self.numbers[unknown] = self.size(unknown)
        self.lines.append(say("other_one", computed=self._computed(other, aside)))
        self.numbers[other] = self.size(other)
        self._steps()

    def _best(self, form: str) -> None:
        from sample_engineering.synthesis.solved import solved_forms

        best = self.relation.best
        assert best is not None
        first, second = slopes_of(self.relation)
        over, value = self.symbols[best.over], self.symbols[best.value]
        (choice,) = solved_forms(self.relation, best.over)
        say = self.language.say
        self.lines.append(
            say(
                "derivative",
                derivative=f"\\frac{{\\mathrm{{d}}{value}}}{{\\mathrm{{d}}{over}}}",
                slope=printing.latex(first, self.symbols),
                computed=self._computed(best.over, choice),
            )
        )
        self.numbers[best.over] = self.size(best.over)
        names = names_of(self.relation)
        sizes = sizes_in(self.base, names, self.trial)
        curve = formula.compiled(second, names)(*sizes)
        sign, end = ("<", "largest") if curve < 0 else (">", "smallest")
        self.lines.append(
            say(
                "curvature",
                derivative=f"\\frac{{\\mathrm{{d}}^2{value}}}{{\\mathrm{{d}}{over}^2}}",
                slope=printing.latex(second, self.symbols),
                sign=sign,
                value=value,
                end=self.language.words[end],
            )
        )
        self._steps()
        if best.value not in self.numbers:
            for sides in remaining(self.relation):
                text = standing_alone(sides, best.value, frozenset(names))
                if text:
                    self.lines.append(f"{self._computed(best.value, text)}.")
                    self.numbers[best.value] = self.size(best.value)
        if self.unknown not in self.numbers:
            for sides in map(formula.sides, self.relation.equations):
                text = standing_alone(sides, self.unknown, frozenset(names))
                if text and self._known(text):
                    form = text
            self.lines.append(f"{self._computed(self.unknown, form)}.")


def counted(text: str, relation: Relation, shown: Shown) -> list[str]:
    """Show what is rounded as a number, before it is rounded; nothing where nothing is."""
    if not calls(relation):
        return []
    names = names_of(relation)
    tree = formula.copied(formula.parse(text, frozenset(names)))
    sizes = sizes_in(shown.base, names, shown.trial)
    extra: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in ROUNDING:
            size = formula.compile_tree(node.args[0], names)(*sizes)
            name = f"inside_{len(extra)}"
            extra[name] = tidy(size)
            node.args = [ast.Name(name)]
        elif node.func.id in CROSSING:
            return []
    if not extra:
        return []
    return [printing.latex(ast.unparse(tree), {**shown.numbers, **extra}, numbers=True)]


def passed(text: str, relation: Relation, shown: Shown) -> list[str]:
    """Show the terms on either side of a level that is passed; nothing where none is."""
    if not calls(relation):
        return []
    names = names_of(relation)
    sizes = sizes_in(shown.base, names, shown.trial)
    for node in ast.walk(formula.parse(text, frozenset(names))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in CROSSING:
            continue
        n = round(formula.compile_tree(node, names)(*sizes))
        first, factor, added, level = (
            formula.compile_tree(part, names)(*sizes) for part in node.args
        )
        numbers = [tidy(size) for size in (first, factor, added)]
        terms = [formula.FUNCTIONS["iterate"](first, factor, added, at) for at in (n - 1, n)]
        step = f"{numbers[1]}\\,x" if factor != 1 else "x"
        if added:
            step += f" + {numbers[2]}" if added > 0 else f" - {numbers[2][1:]}"
        say, words = shown.language.say, shown.language.words
        still = words["not_above" if node.func.id == "first_above" else "not_below"]
        closed = ""
        if not added:
            ratio = math.log(level / first) / math.log(factor)
            rounds = (
                f"\\ln\\left({tidy(level / first)}\\right)/"
                f"\\ln\\left({numbers[1]}\\right) = {tidy(ratio)}"
            )
            closed = " " + say("rounded_up", rounds=rounds)
        passing = say(
            "passing",
            step=step,
            start=numbers[0],
            before=n - 1,
            term=tidy(terms[0]),
            still=still,
            level=tidy(level),
            after=n,
            next=tidy(terms[1]),
        )
        return [passing + closed]
    return []
