"""The gold answer: its kind is read or checked, and its value parsed, once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import isfinite
from typing import Any

from sample_engineering.answers import find_boxes
from sample_engineering.errors import GoldError, SampleEngineeringError
from sample_engineering.grading.extraction import extract
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.sameness.quantity import Quantity, read_quantity
from sample_engineering.grading.sameness.reading import gold_letter, kind_of, numeric
from sample_engineering.grading.spelling.answer_words import is_word
from sample_engineering.grading.spelling.chemistry import looks_like_formula, read_formula
from sample_engineering.grading.spelling.counting import number_word, words_of
from sample_engineering.grading.spelling.electrons import read_electrons
from sample_engineering.grading.spelling.normal import fold, normal
from sample_engineering.grading.spelling.parser import parse
from sample_engineering.grading.spelling.tree import Node, ParseError, is_constant, is_plain_number
from sample_engineering.grading.values.units import read_unit
from sample_engineering.grading.workers import engine as math_verify
from sample_engineering.grading.workers.guard import has_calculus, is_safe
from sample_engineering.gym import check_reference
from sample_engineering.sample import ANSWER_KINDS, Sample

# Longer texts are essays or proofs, which equality cannot grade.
MAX_TEXT = 300
# Golds longer than this that hold sentences are worked solutions, and are searched for the final
# answer that they announce. A long formula is its own answer.
_PROSE = 200
_SENTENCE = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{2,} +[a-zA-Z]{2,}(?![a-zA-Z]* ?\()")
_PERCENT_AFTER_BOX = re.compile(r"\}[$\s]*(?:\\?%|percent)[$.\s]*$")
_TIME = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:\\text ?\{ ?)?[apAP]\.?[mM]\.? ?\}?)?$")
_WORDS = re.compile(r"^[A-Za-z0-9 ,.;:'\"()\-/&?!+%]*[A-Za-z]{2,}[A-Za-z0-9 ,.;:'\"()\-/&?!+%]*$")
_METRES = re.compile(r"m ?\^ ?(?:[23]|\{ ?[23] ?\})")  # square and cubic
_BARE_UNIT_LETTERS = frozenset("msghNJWVACKFHTLM")
# 2-butene, 2,2-dimethylpropane, N-methylaniline.
_CHEMICAL_NAME = re.compile(r"^(?:[\dNRSEZ]+(?:,[\dNRSEZ]+)*-)+[a-z]{4,}(?:[-\d,]*[a-z]{3,})*$")
_TEXT_WRAPPER = re.compile(r"^\\text ?\{([^{}]*)\}$")
_TEXT_ONLY = re.compile(
    r"^\\text ?\{ ?(?:[a-zA-Z][a-zA-Z ,.'-]+|[a-zA-Z]{3,}[a-zA-Z0-9 ,.':-]*)\}$"
)


def read_gold(
    answer: str,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    units_allowed: bool = True,
    problem: str | None = None,
) -> Gold:
    """Read a gold answer; the kind is read from the answer where none is declared.

    Parameters
    ----------
    answer : str
        The gold answer, with or without a box or dollar signs.
    kind : str, optional
        One of `sample.ANSWER_KINDS`.
    unit : str, optional
        Unit of the answer in pint's spelling, e.g. ``"meter / second ** 2"`` or ``"m/s^2"``.
    tolerance : float, optional
        Relative tolerance in [0, 1), dimensionless.
    choices : sequence of str, optional
        Texts of the options A, B, C ... for kind ``choice``.
    units_allowed : bool
        Whether a gold without a unit accepts the right number followed by a recognised unit, or by
        what is counted.
    problem : str, optional
        The problem; its words may follow the number.

    Raises
    ------
    GoldError
        If the answer is empty, its kind or unit unknown, or it cannot be read as that kind.
    """
    options = None if choices is None else tuple(choices)
    gold = _read(answer, kind, unit or None, tolerance, options, units_allowed)
    return gold if problem is None else replace(gold, asked=words_of(problem))


def read_sample_gold(sample: Sample) -> Gold:
    """Read the gold answer of a sample with the kind, unit and tolerance that it declares.

    A sample forbids units after a bare number with ``units_allowed: false`` among its extra fields.
    """
    return read_gold(
        sample.answer,
        kind=sample.kind,
        unit=sample.unit,
        tolerance=sample.tolerance,
        choices=sample.choices,
        units_allowed=bool(sample.extra.get("units_allowed", True)),
        problem=sample.problem,
    )


def answer_kind(answer: str) -> str:
    """Kind of a gold answer, read from its text.

    Raises
    ------
    GoldError
        If the answer cannot be read.
    """
    return read_gold(answer).kind


@lru_cache(maxsize=4096)
def _read(
    answer: str,
    kind: str | None,
    unit: str | None,
    tolerance: float | None,
    choices: tuple[str, ...] | None,
    units_allowed: bool,
) -> Gold:
    if not isinstance(answer, str) or not answer.strip():
        raise GoldError("the gold answer is empty; give the sample an answer")
    if kind is not None and kind not in ANSWER_KINDS:
        raise GoldError(f"kind {kind!r} is unknown; use one of {', '.join(ANSWER_KINDS)}")
    if tolerance is not None and not (isfinite(tolerance) and 0 <= tolerance < 1):
        raise GoldError(f"tolerance {tolerance} is not a relative tolerance; use one in [0, 1)")
    if kind == "scored":
        return _scored(answer, unit)
    form = normal(_unboxed(answer))
    if len(form) > _PROSE and _SENTENCE.search(form) and kind is None:
        form = _announced(answer)
    if not form:
        raise GoldError(f"the gold answer {_short(answer)} has no content; correct it")
    declared = kind is not None
    if unit is not None and kind is None:
        kind = "quantity"
    if kind is None and choices is not None:
        kind = "choice"
    found, value, engine = (
        _classify(form, unit) if kind is None else _declared(form, kind, unit, choices)
    )
    if found == "number":
        form = numeric(form)
    if engine:
        math_verify.warm()
    return Gold(
        answer,
        found,
        form,
        unit,
        tolerance,
        choices,
        units_allowed,
        value=value,
        engine=engine,
        declared=declared,
    )


def _scored(answer: str, unit: str | None) -> Gold:
    """A gold that stands for a problem of a generator, whose scorer decides."""
    try:
        check_reference(unit or "")
    except SampleEngineeringError as error:
        raise GoldError(f"the scorer of a scored answer cannot be used: {error}") from error
    return Gold(answer, "scored", answer.strip(), unit, declared=True)


def _announced(answer: str) -> str:
    """The final answer that a worked solution given as the gold announces."""
    final = extract(answer, "answer").answers
    if not final:
        raise GoldError(
            f"the gold answer {_short(answer)} is a text that announces no final answer; give the "
            "answer alone"
        )
    return normal(final[0])


def _unboxed(answer: str) -> str:
    if "\\boxed" not in answer and "\\fbox" not in answer:
        return answer
    found = extract(answer)
    if not found.answers:
        boxes = find_boxes(answer, unclosed=True)
        return boxes[-1][2] if boxes else answer
    last = ", ".join(found.answers) if found.joined else found.answers[-1]
    return last + "\\%" if _PERCENT_AFTER_BOX.search(answer) else last


def _classify(form: str, unit: str | None) -> tuple[str, Any, bool]:
    """Kind and value of a gold without a declared kind."""
    if form.isdigit() and form.isascii():
        return "number", _tree(form) if len(form) <= MAX_TEXT else None, False
    letter = gold_letter(form)
    if letter is not None and letter <= "J":
        return "choice", letter, False
    if _TIME.match(form):
        return "text", fold(form), False
    if looks_like_formula(form):
        return "formula", read_formula(form), False
    if read_electrons(form) is not None or _CHEMICAL_NAME.match(form):
        return _as_text(form)
    quantity = _undeclared_quantity(form)
    if quantity is not None:
        return "quantity", quantity, False
    digits = number_word(_TEXT_WRAPPER.sub(r"\1", form))
    if digits is not None:
        return "number", _tree(digits), False
    if _TEXT_ONLY.match(form) or is_word(form):
        return _as_text(form)
    tree = _tree(numeric(form))
    if tree is not None:
        kind = kind_of(tree)
        if kind == "text":
            return "text", fold(form), False
        engine = kind in ("expression", "equation") and bool(has_calculus(form))
        return kind, tree, engine
    if form.startswith("\\text") or _WORDS.match(form):
        return _as_text(form)
    return _by_engine(form, "expression")


def _declared(
    form: str, kind: str, unit: str | None, choices: tuple[str, ...] | None
) -> tuple[str, Any, bool]:
    """Value of a gold of a declared kind."""
    if kind == "text":
        return _as_text(form)
    if kind == "choice":
        return kind, _choice(form, choices), False
    if kind == "formula":
        formula = read_formula(form)
        if formula is None:
            raise GoldError(
                f"{_short(form)} is no chemical formula; write it as H_2O or \\ce{{H2O}}"
            )
        return kind, formula, False
    if kind == "quantity":
        return kind, _quantity(form, unit), False
    tree = _tree(numeric(form))
    if kind == "number":
        quantity = None if tree is not None and kind_of(tree) == "number" else read_quantity(form)
        if quantity is not None:
            tree = quantity.number
        if tree is None or kind_of(tree) not in ("number", "expression") or not is_constant(tree):
            if form.isdigit():
                return kind, None, False
            raise GoldError(f"{_short(form)} cannot be read as a number; correct it or its kind")
        return kind, tree, False
    if tree is None:
        return _by_engine(form, kind)
    return kind, tree, kind in ("expression", "equation") and bool(has_calculus(form))


def _as_text(form: str) -> tuple[str, Any, bool]:
    folded = fold(form)
    if not folded or len(folded) > MAX_TEXT:
        raise GoldError(
            f"{_short(form)} is too long to be graded by equality; give a final answer of at most "
            f"{MAX_TEXT} characters"
        )
    return "text", folded, False


def _choice(form: str, choices: tuple[str, ...] | None) -> str:
    letter = gold_letter(form) or gold_letter(form.upper())
    if letter is None and choices:
        matches = [index for index, text in enumerate(choices) if fold(text) == fold(form)]
        if len(matches) == 1:
            letter = chr(ord("A") + matches[0])
        elif form.isdigit() and int(form) < len(choices):
            raise GoldError(f"choice {form} is an index; give its letter, A to {_last(choices)}")
    if letter is None:
        raise GoldError(f"{_short(form)} is no letter of a choice; write it as A, B, C ...")
    if choices and ord(letter) - ord("A") >= len(choices):
        raise GoldError(f"choice {letter} is past the last option, {_last(choices)}; correct it")
    return letter


def _last(choices: tuple[str, ...]) -> str:
    return chr(ord("A") + len(choices) - 1)


def _quantity(form: str, unit: str | None) -> Quantity:
    declared = None
    if unit is not None:
        declared = read_unit(normal(unit))
        if declared is None:
            raise GoldError(f"unit {unit!r} is unknown; spell it as pint does, e.g. 'm/s**2'")
    found = read_quantity(form, words=declared is None)
    if found is not None and (declared is None or found.unit is not None):
        return found
    tree = _tree(numeric(form))
    if tree is None or declared is None or kind_of(tree) not in ("number", "expression"):
        raise GoldError(
            f"{_short(form)} has no number with a unit; declare its unit or another kind"
        )
    return Quantity(tree, declared)


def _undeclared_quantity(form: str) -> Quantity | None:
    found = read_quantity(form, words=True)
    if found is None or found.unit is None:
        return found
    written = found.written
    if not written or written.lstrip().startswith(
        ("\\text", "\\O", "\\A", "\\d", "\\f", "\\$", "^")
    ):
        return found
    # Italic letters may be variables: "2k" is a product, "5 m/s" and "125 miles" are quantities.
    spaced = written.startswith(" ") and found.number.op in ("num", "neg", "div", "mul", "mixed")
    letters = re.findall("[a-zA-Z]+", written)
    known = "/" in written or any(len(run) > 1 for run in letters)
    single = (
        len(letters) == 1
        and _METRES.sub("m", written.strip()) in _BARE_UNIT_LETTERS
        and is_plain_number(found.number)
    )
    return found if spaced and (known or single) else None


def _tree(form: str) -> Node | None:
    try:
        return parse(form)
    except ParseError:
        return None


def _by_engine(form: str, kind: str) -> tuple[str, Any, bool]:
    """A gold in notation that only Math-Verify reads."""
    foreign = has_calculus(form) or "\\begin" in form
    if (
        foreign
        and form.count("{") == form.count("}")
        and is_safe(form)
        and math_verify.readable(form)
    ):
        return kind, None, True
    raise GoldError(f"{_short(form)} cannot be read; correct it, or declare its kind as text")


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
