"""Wrong answers that look nearly like the right one, each as a whole completion.

`misses(gold)` yields pairs of a kind and a completion; none of them states the gold.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from sample_engineering.grading import Gold, read_gold
from sample_engineering.grading.spelling.chemistry import read_formula
from sample_engineering.grading.values.units import read_unit, size
from tests.grading.ways import DECIMAL, FRACTION, WHOLE

_DIGIT = re.compile(r"\d")


def misses(answer: str, gold: Gold | None = None) -> Iterator[tuple[str, str]]:
    """Yield wrong answers, at least 20 for each kind of gold."""
    gold = read_gold(answer) if gold is None else gold
    bare = answer.strip().strip("$").strip()
    found = dict[str, str]()
    for name, text in (*_digits(bare), *_of_kind(bare, gold)):
        if text != bare:
            found.setdefault(text, name)
    for text, name in found.items():
        yield name, f"So we get $\\boxed{{{text}}}$."
    yield from _completions(bare, _other(bare, gold), gold)


def _other(bare: str, gold: Gold) -> str:
    """One wrong answer of the same shape."""
    if gold.kind == "choice":
        letter = re.search("[A-Z]", re.sub(r"\\[a-z]+", "", bare))
        return "B" if letter and letter[0] == "A" else "A"
    if gold.kind == "text":
        return "\\text{something else}"
    if gold.kind == "formula":
        return "XeF_6"
    return "77777"


def _completions(bare: str, other: str, gold: Gold) -> Iterator[tuple[str, str]]:
    """The right answer stands somewhere, but not as the final answer."""
    yield "no box", f"It is {bare}."
    yield "an empty box", f"It is {bare}, so \\boxed{{}}"
    yield "in the reasoning alone", f"<think>\\boxed{{{bare}}}</think> I do not know."
    yield "cut short", f"So \\boxed{{{bare}"
    yield "revoked", f"First \\boxed{{{bare}}}. No, that was wrong. It is \\boxed{{{other}}}."
    yield "two boxes", f"\\boxed{{{other}}} \\boxed{{{bare}}}"
    yield "two boxes with or", f"\\boxed{{{bare}}} or \\boxed{{{other}}}"
    yield "two guesses", f"It is \\boxed{{{other}}}. Or it is \\boxed{{{bare}}}."
    for name, text in (
        ("another answer", other),
        ("or another", f"{bare} \\text{{ or }} {other}"),
        ("another or", f"{other} \\text{{ or }} {bare}"),
        ("a list with another", f"{bare}, {other}"),
        ("a set with another", f"\\{{{other}, {bare}\\}}"),
        ("equal to another", f"{bare} = {other}"),
        ("another equal to it", f"{other} = {bare}"),
        ("about another", f"{bare} \\approx {other}"),
        ("denied", f"\\text{{not }} {bare}"),
        ("denied with a label", f"\\text{{not }} x = {bare}"),
        ("not equal", f"x \\ne {bare}"),
        ("a question mark", "?"),
        ("nothing", "\\text{I do not know}"),
        ("doubted", f"{bare} \\text{{ is wrong}}"),
    ):
        yield name, f"So we get $\\boxed{{{text}}}$."
    if gold.kind not in ("interval", "equation", "text", "choice", "formula"):
        for name, text in (
            ("at least", f"x \\ge {bare}"),
            ("less than", f"x < {bare}"),
            ("in words at least", f"\\text{{at least }} {bare}"),
        ):
            yield name, f"So we get $\\boxed{{{text}}}$."


def _digits(bare: str) -> Iterator[tuple[str, str]]:
    """Each of the first and last digits changed, dropped, doubled."""
    shown = [m for m in _DIGIT.finditer(bare) if not _neutral(bare, m.start())]
    for match in dict.fromkeys([*shown[:3], *shown[-2:]]):
        start, end = match.span()
        for step in (1, 3):
            yield "a digit changed", f"{bare[:start]}{(int(match[0]) + step) % 10}{bare[end:]}"
    if shown and WHOLE.fullmatch(bare) and int(bare):
        yield "a digit more", f"{bare}0"
        yield "a digit before", re.sub(r"^(-?)", r"\g<1>1", bare)
        if len(bare.lstrip("-")) > 1:
            yield "a digit less", bare[:-1]


def _neutral(bare: str, place: int) -> bool:
    """Whether a changed digit may change nothing: in 0, 0^2, 1^n, 2/2, names and bases."""
    before = bare[:place]
    if re.search(r"_\{?$|[a-zA-Z]$|\[$|pt\]?$", before):
        return True
    return bool(re.search(r"(?<!\d)0(?!\d|\.)|1\^|0\^|\\text|\\mbox|\\dots|phantom|!", bare))


def _of_kind(bare: str, gold: Gold) -> Iterator[tuple[str, str]]:
    maker = {
        "number": _numbers,
        "quantity": _quantities,
        "choice": _choices,
        "text": _texts,
        "formula": _formulas,
        "set": _sets,
        "tuple": _tuples,
        "interval": _intervals,
        "matrix": _matrices,
        "equation": _equations,
        "expression": _expressions,
    }[gold.kind]
    if gold.kind == "quantity":
        yield from _units(bare, gold)
    yield from maker(bare)


def _units(bare: str, gold: Gold) -> Iterator[tuple[str, str]]:
    """The right number with a unit that measures something else."""
    match = re.match(r"(?:\\\$ ?)?(-?\d+(?:\.\d+)?)(?![\d,])", bare)
    if match is None or gold.value.unit is None:
        return
    measured = size(gold.value.unit)[1]
    for unit in ("kg", "s", "m/s", "K", "kPa", "mol", "A"):
        other = read_unit(unit)
        if other is not None and size(other)[1] != measured:
            yield "a unit of another kind", f"{match[1]}\\text{{ {unit}}}"


def _value(bare: str) -> Fraction | None:
    if WHOLE.fullmatch(bare) or DECIMAL.fullmatch(bare):
        return Fraction(bare)
    match = FRACTION.fullmatch(bare)
    return Fraction(int(match[1] + match[2]), int(match[3])) if match else None


def _written(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    if value.denominator == 1:
        return str(value)
    return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _numbers(bare: str) -> Iterator[tuple[str, str]]:
    value = _value(bare)
    if value is not None:
        for name, other in (
            ("one more", value + 1),
            ("one less", value - 1),
            ("ten times", value * 10),
            ("a tenth", value / 10),
            ("twice", value * 2),
            ("half", value / 2),
            ("the other sign", -value),
            ("squared", value * value),
            ("upside down", 1 / value if value else Fraction(5)),
            ("a hair more", value + max(Fraction(1), abs(value)) / 1000),
        ):
            if other != value:
                yield name, _written(other)
        near = _written(value + 1)
        yield "a chain of approximations", f"{_written(value - 1)} \\approx {bare} \\approx {near}"
        yield "about the next", f"{bare} \\approx {near}"
        yield "about the one before", f"{near} \\approx {bare}"
        yield "a range", f"[{_written(value - 1)}, {near}]"
        yield "a range of inequality", f"{_written(value - 1)} < x < {near}"
        yield "a sign too many", f"\\pm {bare}" if value else "\\pm 1"
        if value.denominator == 1 and abs(value) > 1:
            yield "as percent", f"{bare}\\%"
            yield "unevaluated", f"{value - 1} + 1"
            yield "a quotient unevaluated", f"\\frac{{{3 * value}}}{{3}}"
            yield "in another base", f"{abs(int(value))}_{{7}}"
            yield "dozens", f"{bare} \\text{{ dozen}}"
            yield "thousands", f"{bare} \\text{{ thousand}}"
            yield "millions of people", f"{bare} \\text{{ million people}}"
            yield "more than so many", f"\\text{{more than }} {bare} \\text{{ ways}}"
            yield "a bar over decimals", f"{bare}.\\overline{{3}}"
    if value is None or value:
        yield "twice a letter", f"2x = {bare}"
        yield "a shifted letter", f"x + 1 = {bare}"
        yield "times a letter", f"{bare} x"
    yield "another value with a label", "x = 77777"
    yield "other words", f"{bare} \\text{{ or so}}"
    yield "two numbers side by side", f"{bare} \\quad 77777"


def _expressions(bare: str) -> Iterator[tuple[str, str]]:
    yield "one more", f"{bare} + 1"
    yield "one less", f"{bare} - 1"
    yield "twice", f"2({bare})"
    yield "half", f"\\frac{{{bare}}}{{2}}"
    yield "the other sign", f"-({bare})"
    yield "a letter more", f"{bare} + q"
    yield "times a letter", f"q({bare})"
    yield "a sign too many", f"\\pm ({bare})"
    yield "a tenth more", f"1.1({bare})"
    yield "a little more", f"({bare}) + 0.001"
    yield "times pi", f"({bare})\\pi^2"
    yield "of absolute value", f"|{bare}| + 1"
    yield "its square", f"({bare})^2 + 3"
    for old, new in (
        (r"\sqrt", r"\sqrt[3]"),
        (r"\pi", "e"),
        ("sin", "cos"),
        ("cos", "sin"),
        ("n", "m"),
        ("x", "y"),
        ("a", "b"),
        (" + ", " - "),
        (" - ", " + "),
    ):
        pattern = rf"(?<![a-zA-Z\\]){new}" if len(new) == 1 and new != "e" else None
        if old in bare and not (pattern and re.search(pattern, bare)):
            if len(old) == 1:
                changed = re.sub(rf"(?<![a-zA-Z\\]){old}(?![a-zA-Z])", new, bare)
            else:
                changed = bare.replace(old, new, 1)
            if old not in ("sin", "cos") or "\\frac{1}{2}" not in bare:
                yield f"{new.strip()} for {old.strip()}", changed


def _members(bare: str) -> list[str]:
    inner = re.sub(r"^\\\{|\\\}$", "", bare)
    if not re.fullmatch(r"[-\w/. ,]+", inner) or re.search(r"\d,\d{3}(?!\d)", inner):
        return []
    return [part.strip() for part in inner.split(",")]


def _sets(bare: str) -> Iterator[tuple[str, str]]:
    yield "a member more", f"{bare}, 77777"
    yield "a set of others", "\\{77777, 77778\\}"
    yield "one other", "77777"
    members = _members(bare)
    if len(set(members)) > 1:
        for place, member in enumerate(members[:4]):
            rest = [other for other in members if other != member]
            yield "a member less", ", ".join(rest)
            changed = [*members]
            changed[place] = "77777"
            yield "a member changed", ", ".join(changed)
            yield "one member alone", member
        yield "as a pair of another order", "(" + ", ".join([*members[1:], "77777"]) + ")"
        yield "a decimal comma", ".".join(members[:2])
    yield from (
        ("the empty set", "\\emptyset"),
        ("all numbers", "\\mathbb{R}"),
        ("a range", "[-77777, 77777]"),
        ("one more everywhere", f"\\{{{bare}\\}} + 1"),
        ("an inequality", "x > 77777"),
    )


def _entries(bare: str) -> list[str]:
    match = re.fullmatch(r"(?:\\left)?\(([^()]+)(?:\\right)?\)", bare.replace("\\right)", ")"))
    return [part.strip() for part in match[1].split(",")] if match else []


def _tuples(bare: str) -> Iterator[tuple[str, str]]:
    entries = _entries(bare)
    yield "an entry more", bare[:-1] + ", 77777)" if bare.endswith(")") else f"({bare}, 1)"
    yield "another pair", "(77777, 77778)"
    if len(entries) > 1:
        distinct = len(set(entries)) == len(entries)
        turned = entries[::-1]
        if turned != entries and distinct:
            yield "turned round", "(" + ", ".join(turned) + ")"
            yield "a row turned round", ", ".join(turned)
            names = ("x", "y", "z", "w")[: len(entries)]
            if len(entries) <= len(names):
                named = zip(names, turned, strict=True)
                yield "names of others", ", ".join(f"{name} = {entry}" for name, entry in named)
        if len(entries) == 2:
            yield "closed", "[" + ", ".join(entries) + "]"
        yield "a set", "\\{" + ", ".join(entries) + "\\}"
        yield "an entry less", "(" + ", ".join(entries[:-1]) + ")"
        for place in range(min(len(entries), 4)):
            changed = [*entries]
            changed[place] = "77777"
            yield "an entry changed", "(" + ", ".join(changed) + ")"
            yield "an entry alone", entries[place]
        if len(entries) == 2:
            yield "a sum", f"{entries[0]} + {entries[1]}"


def _intervals(bare: str) -> Iterator[tuple[str, str]]:
    for left, right in (("(", "["), ("[", "("), (")", "]"), ("]", ")")):
        place = bare.find(left)
        if place >= 0 and "\\left" not in bare and "\\in" not in bare[: place + 6]:
            near = bare[place : place + 9] if left in "([" else bare[max(0, place - 8) : place]
            if "infty" not in near:
                yield "an end open or closed", bare.replace(left, right, 1)
    yield "and a point more", f"{bare} \\cup \\{{77777.5\\}}" if "infty" not in bare else "[0, 0]"
    yield from (
        ("another interval", "(77777, 77778)"),
        ("a number", "77777"),
        ("a half line", "x > 77777.5"),
        ("a wrong condition", "x \\ne 77777.5"),
        ("two points", "\\{77777, 77778\\}"),
        ("nothing", "\\emptyset"),
        ("a chain", "77777 < x < 77778"),
        ("a point", "x = 77777"),
        ("a union", "(77777, 77778) \\cup (77779, 77780)"),
        ("turned round", "[77778, 77777]"),
        ("without a point", f"({bare}) \\setminus \\{{77777\\}} \\cup \\{{77777.25\\}}"),
    )


def _matrix(rows: list[str]) -> str:
    return "\\begin{pmatrix} " + " \\\\ ".join(rows) + " \\end{pmatrix}"


def _matrices(bare: str) -> Iterator[tuple[str, str]]:
    yield "twice", f"2{bare}" if not re.fullmatch(r"[^1-9]*", bare) else "77777"
    yield "another matrix", "\\begin{pmatrix} 77777 \\\\ 77778 \\end{pmatrix}"
    yield "a number", "77777"
    cells = re.fullmatch(r"\\begin\{pmatrix\}([^{}]*)\\end\{pmatrix\}", bare)
    if cells:
        rows = [[c.strip() for c in row.split("&")] for row in cells[1].split("\\\\")]
        flat = [cell for row in rows for cell in row]
        for place in range(min(len(flat), 6)):
            changed = [*flat]
            changed[place] = "77777"
            parts = [
                " & ".join(changed[i * len(rows[0]) : (i + 1) * len(rows[0])])
                for i in range(len(rows))
            ]
            yield "an entry changed", _matrix(parts)
        if rows[::-1] != rows:
            parts = [" & ".join(row) for row in rows[::-1]]
            yield "rows swapped", _matrix(parts)
        parts = [" & ".join([*row, "1"]) for row in rows]
        yield "a column more", _matrix(parts)
        yield "an entry alone", flat[0]


def _equations(bare: str) -> Iterator[tuple[str, str]]:
    match = re.fullmatch(r"([^=<>]+)=([^=<>]+)", bare)
    if not match:
        yield "another", "x = 77777"
        return
    left, right = match[1].strip(), match[2].strip()
    yield "one more", f"{left} = {right} + 1"
    yield "one less", f"{left} = {right} - 1"
    yield "unequal", f"{left} \\ne {right}"
    yield "less", f"{left} < {right}"
    yield "greater or equal", f"{left} \\ge {right}"
    yield "a letter more", f"{left} = {right} + q"
    if right != "0":
        yield "the other sign", f"{left} = -({right})"
        yield "twice the right", f"{left} = 2({right})"
        yield "half the right", f"{left} = \\frac{{{right}}}{{2}}"
    if re.fullmatch(r"[a-zA-Z]", left):
        other = "q" if left != "q" else "p"
        yield "another letter", f"{other} = {right}"
        if not re.search(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", "", right)):
            yield "the question's equation", f"3{left} - 4 = 3({right}) - 4"
            yield "a multiple", f"2{left} = 2({right})"
            yield "a square", f"{left}^2 = ({right})^2"
            yield "twice the letter", f"2{left} = {right}"
            yield "a sum", f"{left} + q = {right}"
            yield "more than it", f"{left} > {right}"
    yield "its left side", f"{left} + 77777"
    yield "a number", "77777"


def _quantities(bare: str) -> Iterator[tuple[str, str]]:
    for old, new in (
        ("^\\circ", "\\text{ rad}"),
        ("inches", "feet"),
        ("cm", "mm"),
        ("cents", "dollars"),
        ("degrees", "radians"),
        ("feet", "inches"),
        ("miles", "km"),
        ("hours", "minutes"),
        ("pounds", "kg"),
        ("\\$", "€"),
        ("square", "cubic"),
    ):
        if old in bare:
            yield "another unit", bare.replace(old, new, 1)
    match = re.match(r"(\\\$ ?)?(-?\d+(?:\.\d+)?)(?![\d,])", bare)
    if match and float(match[2]):
        start, number, rest = match[1] or "", Fraction(match[2]), bare[match.end() :]
        for name, other in (
            ("one more", number + 1),
            ("ten times", number * 10),
            ("twice", number * 2),
            ("the other sign", -number),
            ("a hair more", number + Fraction(1, 100)),
            ("one less", number - 1),
        ):
            shown = str(other) if other.denominator == 1 else str(float(other))
            yield name, f"{start}{shown}{rest}"
    yield "another value", "77777"
    yield "a sign too many", f"\\pm {bare}"


def _choices(bare: str) -> Iterator[tuple[str, str]]:
    found = re.search("[A-Z]", re.sub(r"\\[a-z]+", "", bare))
    assert found is not None
    letter = found[0]
    others = [other for other in "ABCDE" if other != letter]
    for other in others:
        yield "another letter", other
        yield "another in brackets", f"\\text{{({other})}}"
        yield "another with words", f"{other}. because {letter} is wrong"
    first = others[0]
    yield from (
        ("two letters", f"{letter}, {first}"),
        ("two letters with or", f"{letter} or {first}"),
        ("two letters with and", f"{first} and {letter}"),
        ("letters run together", f"{letter}{first}"),
        ("all letters", "ABCDE"),
        ("not it", f"not {letter}"),
        ("upright not it", f"\\text{{not }} {letter}"),
        ("brackets side by side", f"({letter})({first})"),
        ("a slash", f"{letter}/{first}"),
        ("an article", "A dog" if letter == "A" else f"{first} dog"),
        ("a number", "5"),
    )


def _texts(bare: str) -> Iterator[tuple[str, str]]:
    words = re.sub(r"\\(?:text\w*|mbox|mathrm)\s*\{([^{}]*)\}", r"\1", bare).replace("\\!", "")
    yield "not so", f"\\text{{not {words}}}"
    yield "or other", f"\\text{{{words} or other}}"
    yield "another word", "\\text{banana}"
    yield "a word before", f"\\text{{never {words}}}"
    yield "a word after", f"\\text{{{words} and more}}"
    yield "a letter more", f"\\text{{{words}q}}"
    yield "a letter before", f"\\text{{q{words}}}"
    if len(words) > 2:
        yield "a letter less", f"\\text{{{words[1:]}}}"
    yield "turned round", f"\\text{{{words[::-1]}}}" if words != words[::-1] else "\\text{x}"
    yield "a number", "77777"
    yield "doubt", f"\\text{{maybe {words}}}"
    yield "empty text", "\\text{}"


def _formulas(bare: str) -> Iterator[tuple[str, str]]:
    plain = re.sub(r"\\(?:text|mathrm|ce)\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", bare)
    yield "an atom more", f"{plain}Xe"
    yield "a charge", f"{plain}^{{3+}}"
    yield "twice", f"2({plain})"
    yield "another element", re.sub(r"[A-Z][a-z]?", "Xe", plain, count=1)
    yield "small letters", plain.lower()
    yield "a count more", f"{plain}_7"
    yield "water more", f"{plain} + H_2O"
    for number in re.finditer(r"\d+", plain):
        start, end = number.span()
        yield "a count changed", f"{plain[:start]}{int(number[0]) + 1}{plain[end:]}"
    if "->" in plain:
        left, right = plain.split("->", 1)
        yield "turned round", f"{right} -> {left}"
        yield "one side", left
    for other in ("CO", "NaCl", "H_2O_2", "SO_4^{2-}", "XeF_4", "Fe^{3+}"):
        if read_formula(other) != read_formula(plain):
            yield "another substance", other
