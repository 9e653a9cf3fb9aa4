"""Deriving the answer of a problem that brings an arithmetic program, by running it safely.

The composer with a language model keeps the program of each problem in its provenance. It is run by
the composer's own bounded interpreter; variants of it are written by changing its syntax tree.
"""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sample_engineering.audit.derivation import Moved
from sample_engineering.audit.usual_constants import constant_of, others
from sample_engineering.sample import Sample
from sample_engineering.synthesis.language_model import ProgramError, run_program

_MAX_STATEMENTS = 40
_MAX_CONSTANTS = 6


@dataclass(frozen=True)
class FromProgram:
    """A program that was run; see `derivation.Derivation`."""

    program: str
    problem: str
    value: float
    unit: str
    source: str = "program"

    def moved(self) -> Iterator[Moved]:
        """Yield the answer for each other usual choice of each constant in the program."""
        tree = ast.parse(self.program)
        literals = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        found = 0
        for node in literals:
            number = node.value
            if isinstance(number, bool) or not isinstance(number, int | float):
                continue
            name = constant_of(float(number))
            if name is None:
                continue
            found += 1
            if found > _MAX_CONSTANTS:
                return
            for choice in others(name, float(number)):
                node.value = choice
                value = _run(ast.unparse(tree), self.unit)
                if value is not None:
                    yield Moved(name, choice, value, stated=_states(self.problem, float(number)))
            node.value = number

    def carried(self, figures: int) -> float | None:
        """Return the answer where the value of each assignment is rounded to so many figures."""
        lines: list[str] = []
        body = ast.parse(self.program).body
        if len(body) > _MAX_STATEMENTS:
            return None
        for statement in body[:-1]:
            line = ast.unparse(statement)
            if isinstance(statement, ast.Assign):
                line = _rounded(lines, line, statement, figures)
            lines.append(line)
        lines.append(ast.unparse(body[-1]))
        return _run("\n".join(lines), self.unit)


def _rounded(lines: list[str], line: str, statement: ast.Assign, figures: int) -> str:
    """Multiply an assigned value by what rounds it; data as they are written stay."""
    try:
        size = float(run_program("\n".join([*lines, line])).size)
    except (ProgramError, OverflowError):
        return line
    if not any(isinstance(node, ast.BinOp | ast.Call) for node in ast.walk(statement.value)):
        return line
    if isinstance(statement.value, ast.Call) and isinstance(statement.value.args[0], ast.Constant):
        return line  # Q(72, "km/h")
    rounded = float(f"{size:.{figures - 1}e}")
    if size == rounded or not size or float(size).is_integer():
        return line
    target = ast.unparse(statement.targets[0])
    return f"{target} = ({ast.unparse(statement.value)}) * {rounded / size!r}"


def derive_from_program(sample: Sample) -> FromProgram | None:
    """Run the program of a sample; None where it brings none that runs."""
    program = _program_of(sample)
    if program is None:
        return None
    unit = (sample.unit or "").strip()
    value = _run(program, unit)
    if value is None:
        return None
    return FromProgram(program, sample.problem, value, unit)


def _program_of(sample: Sample) -> str | None:
    told = sample.provenance if isinstance(sample.provenance, Mapping) else {}
    verification = told.get("verification")
    places = (verification if isinstance(verification, Mapping) else {}, told, sample.extra)
    for place in places:
        program = place.get("program")
        if isinstance(program, str) and program.strip():
            return program
    return None


def _run(program: str, unit: str) -> float | None:
    try:
        with warnings.catch_warnings():  # Python's parser warns of odd literals of strangers
            warnings.simplefilter("ignore", SyntaxWarning)
            return run_program(program).in_unit(unit or None)
    except (ProgramError, OverflowError, ArithmeticError):
        return None


def _states(problem: str, number: float) -> bool:
    """Whether a problem writes the digits of a number."""
    digits = f"{number:e}".partition("e")[0].rstrip("0").rstrip(".")
    return len(digits) > 2 and digits in problem
