"""One check per kind of gold. None falls through to another."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.sameness.notations import is_percent
from sample_engineering.grading.sameness.quantity import (
    Quantity,
    read_quantity,
    same_quantity,
    without_units,
)
from sample_engineering.grading.sameness.reading import chosen_letter, numeric, tidy
from sample_engineering.grading.sameness.structure import Comparison, stated_values
from sample_engineering.grading.spelling.answer_words import (
    names_all_reals,
    says_no_solution,
    standard_words,
    without_points,
)
from sample_engineering.grading.spelling.braces import unwrapped
from sample_engineering.grading.spelling.chemistry import looks_like_symbols, read_formula
from sample_engineering.grading.spelling.counting import counted, ordinal, stated
from sample_engineering.grading.spelling.electrons import read_electrons
from sample_engineering.grading.spelling.labels import names_quantity
from sample_engineering.grading.spelling.normal import MAX_ANSWER, collapse, fold
from sample_engineering.grading.spelling.parser import parse
from sample_engineering.grading.spelling.tree import Node, ParseError, is_plain_number, walk
from sample_engineering.grading.workers import engine
from sample_engineering.grading.workers.guard import is_safe


class Outcome(NamedTuple):
    """What a check found: verdict, readability, the rule that decided, the form compared."""

    correct: bool
    readable: bool
    rule: str
    form: str | None = None
    timed_out: bool = False


_EMPTY = Node("set")
_TEXT_AROUND = re.compile(r"^\\text(?:bf|rm|tt)? ?\{([^{}]*)\}$")
_FULL_SCORE = 0.999  # of 1; scorers add up fractions
_REPEATED = re.compile(r"(?P<first>.*[^ ]) ?\((?P<second>[^()]+)\)")
_WHOLE = re.compile(r"[-+]?\d{1,40}")
_DECIMAL_COMMA = re.compile(r"^[-+]?(?:\d+,(?!\d{3}$)|0,)\d+$")
# Where a velocity points, after its unit; a gold that says so itself is no plain quantity.
_DIRECTION = re.compile(
    r"(?<=[a-zA-Z\d^}]) (?:\\text ?\{ ?)?(?:to the (?:right|left)"
    r"|(?:due )?(?:east|west|north|south)"
    r"(?:wards?)?|(?:up|down)wards?|above the ground) ?(?P<brace>\}?)$"
)
_LETTER = re.compile(r"[a-zA-Z](?:_\w)?")
_TAIL = re.compile(r"(?:=|\\approx)([^=]*)$")


def check(gold: Gold, answer: str, plain: bool = True) -> Outcome:
    """Compare one extracted answer with the gold.

    Parameters
    ----------
    gold : Gold
        The gold answer.
    answer : str
        The final answer as written.
    plain : bool
        Whether a plain number in the gold demands one here too; see `Comparison`.
    """
    if gold.kind == "scored":
        return _scored(gold, answer)
    if answer == gold.form:
        return Outcome(True, True, "same spelling", gold.form)
    if len(answer) > MAX_ANSWER:
        answer = collapse(answer)
    if len(answer) > 2 * MAX_ANSWER:
        same = answer.strip() == gold.text.strip()
        return Outcome(same, same, "same spelling" if same else "too long")
    shown = tidy(answer)
    if not shown:
        return Outcome(False, False, "no answer")
    if shown == gold.form:
        return Outcome(True, True, "same spelling", shown)
    if len(shown) > MAX_ANSWER:
        return Outcome(False, False, "too long")
    return CHECKS[gold.kind](gold, shown, Comparison(gold.tolerance, plain))


def _scored(gold: Gold, answer: str) -> Outcome:
    """Ask the scorer of the problem; only its full score is right."""
    shown = _TEXT_AROUND.sub(r"\1", answer.strip())
    score, timed_out = engine.score(gold.unit or "", shown)
    if score is None:
        rule = "time limit" if timed_out else "the scorer does not know the problem"
        return Outcome(False, False, rule, timed_out=timed_out)
    return Outcome(score >= _FULL_SCORE, bool(shown), "scorer", shown)


def check_number(gold: Gold, shown: str, comparison: Comparison) -> Outcome:
    """Integers, decimals, fractions, percent, scientific notation; a recognised unit may follow."""
    if _WHOLE.fullmatch(shown) and _WHOLE.fullmatch(gold.form):
        return Outcome(int(shown) == int(gold.form), True, "number", shown)
    if gold.value is None:
        return Outcome(False, True, "number", shown[:80])
    shown = numeric(shown)
    if _DECIMAL_COMMA.match(shown) and _is_fractional(gold.value):
        shown = shown.replace(",", ".")
    node = read_tree(shown)
    if node is not None and comparison.same(gold.value, node):
        return Outcome(True, True, "number", shown)
    for part in tails(shown):
        quantity = read_quantity(part)
        if quantity is not None:
            # A percentage has its unit: 5 dollars are not 5 %.
            allowed = gold.units_allowed and not is_percent(gold.value)
            same = allowed and comparison.same(gold.value, quantity.number)
            return Outcome(same, True, "number with unit", shown)
    if _same_in_chain(gold, shown, comparison):
        return Outcome(True, True, "number with unit", shown)
    for number in _counted_numbers(gold, shown):
        if comparison.same(gold.value, number):
            return Outcome(True, True, "number of things", shown)
    if node is None:
        return Outcome(False, False, "not a number", shown)
    if not _holds_plain_number(node):
        return Outcome(False, _has_no_words(node), "not a plain number", shown)
    return Outcome(False, True, "number", shown)


def _same_in_chain(gold: Gold, shown: str, comparison: Comparison) -> bool:
    """Whether a chain whose members have one unit states the gold."""
    if not gold.units_allowed or ("=" not in shown and "\\approx" not in shown):
        return False
    bare = without_units(shown)
    node = None if bare is None else read_tree(bare)
    return node is not None and not is_percent(gold.value) and comparison.same(gold.value, node)


def _counted_numbers(gold: Gold, shown: str) -> Iterator[Node]:
    """Numbers before what they count, 12 ways, or of an order, 5th."""
    repeated = _REPEATED.fullmatch(shown)
    if repeated:
        # "3/4 (0.75)" is one value twice, where both are the same.
        first, second = read_tree(repeated["first"]), read_tree(repeated["second"])
        if first and second and is_plain_number(second) and Comparison().same(second, first):
            yield first
    if not gold.units_allowed or gold.value.op not in ("num", "neg", "mul"):
        return
    for part in tails(stated(" ".join(unwrapped(shown).split())) or shown):
        sentence = part if part != shown and _WHOLE.fullmatch(part) else None
        for number in (counted(part, gold.asked), ordinal(part), sentence):
            node = None if number is None else read_tree(number)
            if node is not None:
                yield node


def check_quantity(gold: Gold, shown: str, comparison: Comparison) -> Outcome:
    """A number with a unit, in any unit of the same dimension; the unit may be left out."""
    value: Quantity = gold.value
    shown = numeric(shown)
    if value.unit is not None:
        shown = _DIRECTION.sub(r"\g<brace>", shown)
    for part in tails(shown):
        quantity = read_quantity(part, words=value.unit is None)
        if quantity is not None:
            return Outcome(same_quantity(value, quantity, comparison), True, "quantity", shown)
    node = read_tree(shown)
    if node is None:
        return Outcome(False, False, "not a quantity", shown)
    same = comparison.same(value.number, node)
    return Outcome(same, same or _has_no_words(node), "number without unit", shown)


def check_choice(gold: Gold, shown: str, _: Comparison) -> Outcome:
    """One letter, alone or before the text of its option."""
    chosen = chosen_letter(shown)
    if chosen is None:
        if gold.choices:
            matches = [i for i, text in enumerate(gold.choices) if fold(text) == fold(shown)]
            if len(matches) == 1:
                letter = chr(ord("A") + matches[0])
                return Outcome(letter == gold.value, True, "text of a choice", letter)
        return Outcome(False, False, "not one letter", shown)
    letter, words = chosen
    if gold.choices and words:
        matches = [i for i, text in enumerate(gold.choices) if fold(text) == words]
        if matches and all(chr(ord("A") + i) != letter for i in matches):
            return Outcome(False, True, "letter and text disagree", letter)
    return Outcome(letter == gold.value, True, "choice", letter)


def check_formula(gold: Gold, shown: str, _: Comparison) -> Outcome:
    """Element counts and charge."""
    formula = read_formula(shown)
    if formula is None:
        return Outcome(False, False, "not a formula", shown)
    return Outcome(formula == gold.value, True, "formula", shown)


def check_text(gold: Gold, shown: str, _: Comparison) -> Outcome:
    """Words with case and spacing folded; element symbols keep their case."""
    folded = fold(shown)
    bare = _bare(gold.form)
    if looks_like_symbols(bare):
        return Outcome(_bare(shown) == bare, True, "symbols", _bare(shown))
    same = folded == gold.value or standard_words(folded) == standard_words(gold.value)
    same = same or _same_letters(gold.form, shown) or _same_options(gold.form, shown)
    electrons = read_electrons(gold.form)
    same = same or (electrons is not None and electrons == read_electrons(shown))
    return Outcome(same, bool(folded), "text", folded)


def check_tree(gold: Gold, shown: str, comparison: Comparison) -> Outcome:
    """Expressions, equations, sets, tuples, intervals and matrices, compared as trees."""
    if _same_letters(gold.form, shown) or _same_options(gold.form, shown):
        return Outcome(True, True, "same letters", shown)
    shown = "\\mathbb{R}" if names_all_reals(shown) else without_points(numeric(shown))
    if gold.value == _EMPTY and says_no_solution(fold(shown)):
        return Outcome(True, True, "no solution", shown)
    node = read_tree(shown)
    if gold.value is None:
        return ask_engine(gold, shown)
    if node is not None and _of_other_kind(gold, node):
        return Outcome(False, True, f"not {_ARTICLE[gold.kind]} {gold.kind}", shown)
    if node is not None and comparison.same(gold.value, node):
        return Outcome(True, True, gold.kind, shown)
    if gold.kind in ("expression", "equation") and gold.units_allowed:
        for part in tails(shown):
            quantity = read_quantity(part, upright=True)
            if quantity is not None:
                same = comparison.same(gold.value, quantity.number)
                return Outcome(same, True, f"{gold.kind} with unit", shown)
        if gold.kind == "expression" and _same_in_chain(gold, shown, comparison):
            return Outcome(True, True, "expression with unit", shown)
    if gold.engine:
        return ask_engine(gold, shown)
    if node is None:
        return Outcome(False, False, "cannot be read", shown)
    return Outcome(False, _has_no_words(node), gold.kind, shown)


def ask_engine(gold: Gold, shown: str) -> Outcome:
    """Ask Math-Verify, in its own process and within its limits."""
    if not is_safe(shown):
        return Outcome(False, False, "not safe to evaluate", shown[:80])
    answer = engine.verify(gold.form, shown)
    if answer.timed_out:
        return Outcome(False, False, "time limit", shown, True)
    return Outcome(answer.same, answer.readable, "Math-Verify", shown)


CHECKS: dict[str, Callable[[Gold, str, Comparison], Outcome]] = {
    "number": check_number,
    "quantity": check_quantity,
    "choice": check_choice,
    "formula": check_formula,
    "text": check_text,
    **dict.fromkeys(("expression", "equation", "set", "tuple", "interval", "matrix"), check_tree),
}


def read_tree(shown: str) -> Node | None:
    """Parse an answer, or return None."""
    try:
        return parse(shown)
    except ParseError:
        return None


def tails(shown: str) -> list[str]:
    """The answer itself, or what stands beside the label in "v = 5 m/s" and "5 m/s = v"."""
    match = _TAIL.search(shown)
    if match is None:
        return [shown]
    head, value = shown[: match.start()].strip(), match[1].strip()
    node = read_tree(head)
    if node is not None and names_quantity(node):
        return [value]
    return [head] if _LETTER.fullmatch(value) else []


_ARTICLE = {"interval": "an", "tuple": "a"}


def _of_other_kind(gold: Gold, node: Node) -> bool:
    """Whether a pair of a declared kind is answered by the other: (1, 2) by 1 < x < 2."""
    if not gold.declared:
        return False
    if gold.kind == "interval":
        return node.op == "list" and not any(item.op == "rel" for item in node.args)
    if gold.kind != "tuple":
        return False
    comparing = node.op == "rel" and any(sign in ("<", "<=", ">", ">=") for sign in node.value)
    return comparing or node.op in ("union", "builder", "minus")


def _is_fractional(node: Node) -> bool:
    return (
        _is_fractional(node.args[0])
        if node.op == "neg"
        else node.op == "num" and node.value.value.denominator != 1
    )


def _has_no_words(node: Node) -> bool:
    return not any(item.op == "text" for item in walk(node))


def _holds_plain_number(node: Node) -> bool:
    if node.op == "rel":
        return any(is_plain_number(item) for item in stated_values(node) or ())
    return is_plain_number(node) or node.op == "deg"


def _same_letters(gold: str, shown: str) -> bool:
    r"""Whether two answers show the same signs, upright or italic: DNA, sp^3, [Ne]3s^1."""
    if not any(letter.isalpha() for letter in gold):
        return False
    left, right = (_SINGLE.sub(r"\1", unwrapped(text)).replace(" ", "") for text in (gold, shown))
    return left == right and "\\" not in left


# Several options of one question, run together or as a list: ACD, (A), (C) and (D).
_OPTIONS = re.compile(r"\(?[A-J]\)?(?: ?(?:,|;|\\and|and|&)? ?\(?[A-J]\)?)+")


def _same_options(gold: str, shown: str) -> bool:
    """Whether both are the same options in the order of the alphabet: ACD is A, C, D."""
    chosen = []
    for text in (gold, shown):
        text = unwrapped(text).strip()
        if not _OPTIONS.fullmatch(text):
            return False
        chosen.append(re.findall("[A-J]", text))
    return chosen[0] == chosen[1] == sorted(set(chosen[0]))


# Braces around one sign change nothing.
_SINGLE = re.compile(r"(?<![a-zA-Z])\{ ?([a-zA-Z0-9]) ?\}")


def _bare(text: str) -> str:
    return re.sub(r"\\text ?|[{}$ .]", "", text)
