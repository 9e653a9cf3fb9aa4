"""Every arithmetic claim of a worked solution, evaluated by a reader of LaTeX of its own."""

import math
import re

from sample_engineering.synthesis import units

_MATH = re.compile(r"\$([^$]*)\$")
_UNIT = re.compile(
    r"(?P<unit>\\%|\^\{\\circ\}|\\ \^\{\\circ\}\\mathrm\{C\}|\\ \\mathrm\{(?:[^{}]|\{[^{}]*\})*\})$"
)
_TOKEN = re.compile(
    r"\\(?:left|right|,| )|\d+(?:\.\d+)?|\\operatorname\{lcm\}|\\[A-Za-z]+|[-+!^_{}(),]|\|"
)
_FUNCTIONS = {
    r"\ln": math.log,
    r"\sin": math.sin,
    r"\cos": math.cos,
    r"\tan": math.tan,
    r"\arcsin": math.asin,
    r"\arccos": math.acos,
    r"\arctan": math.atan,
    r"\exp": math.exp,
}
_SKIPPED = (r"\left", r"\right", r"\,", "\\ ")


class Symbolic(Exception):
    """There are letters in it: no claim about numbers."""


class _Reader:
    """Value and number of hard operations of an expression in numbers."""

    def __init__(self, text):
        self.tokens = _TOKEN.findall(text)
        rest = re.sub(r"\s+", "", _TOKEN.sub("", text))
        if rest and rest != "e" * len(rest):
            raise Symbolic(rest)
        # The letter e is no token: it is put back where a power of it stands.
        self.tokens = [t for t in re.findall(_TOKEN.pattern + "|e", text) if t not in _SKIPPED]
        self.at = 0
        self.hard = 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted=None):
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise Symbolic(f"{token!r} where {wanted!r} was wanted")
        self.at += 1
        return token

    def whole(self):
        value = self.sum()
        if self.peek():
            raise Symbolic(self.peek())
        return value

    def sum(self):
        value = self.product()
        while self.peek() in ("+", "-"):
            value += self.product() if self.take() == "+" else -self.product()
        if self.peek() == r"\bmod":
            self.take()
            self.hard += 1
            value %= self.sum()
        return value

    def product(self):
        if self.peek() == "-":
            self.take()
            return -self.product()
        value = self.power()
        while self.peek() == r"\times" or self._starts():
            if self.peek() == r"\times":
                self.take()
            value *= self.power()
        return value

    def _starts(self):
        token = self.peek()
        return token[:1].isdigit() or token in ("(", r"\frac", r"\sqrt", r"\pi", "e", r"\binom")

    def power(self):
        base = self.atom()
        while self.peek() == "!":
            self.take()
            self.hard += 1
            base = math.factorial(round(base))
        if self.peek() != "^":
            return base
        self.take()
        ten = self.tokens[self.at - 2] == "10" and self.tokens[self.at - 3 : self.at - 2] == [
            r"\times"
        ]
        exponent = self.group()
        if not ten and exponent not in (2, 3, -1, -2, -3):
            self.hard += 1
        return base**exponent

    def group(self):
        if self.peek() != "{":
            return self.atom()
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def atom(self):
        token = self.take()
        if token[0].isdigit():
            return float(token) if "." in token else int(token)
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token == r"\pi":
            return math.pi
        if token == "e" and self.peek() == "^":
            return math.e
        if token == r"\frac":
            return self.group() / self.group()
        self.hard += 1
        if token == r"\sqrt":
            if self.peek() == "[" or "[" in token:
                raise Symbolic(token)
            return math.sqrt(self.group())
        if token == r"\binom":
            return math.comb(round(self.group()), round(self.group()))
        if token == r"\log":
            self.take("_")
            base = self.group()
            return math.log(self.group_in_brackets()) / math.log(base)
        if token in (r"\gcd", r"\operatorname{lcm}"):
            self.take("(")
            first = self.sum()
            self.take(",")
            second = self.sum()
            self.take(")")
            work = math.gcd if token == r"\gcd" else math.lcm
            return work(round(first), round(second))
        if token in (r"\lceil", r"\lfloor"):
            value = self.sum()
            self.take("\\r" + token[2:])
            return math.ceil(value - 1e-9) if "ceil" in token else math.floor(value + 1e-9)
        if token in _FUNCTIONS:
            return _FUNCTIONS[token](self.group_in_brackets())
        raise Symbolic(token)

    def group_in_brackets(self):
        self.take("(")
        value = self.sum()
        self.take(")")
        return value


def side_of(text):
    """Return (value, unit or None, hard operations) of one side of a claim."""
    match = _UNIT.search(text)
    unit = match["unit"] if match else None
    reader = _Reader(text[: match.start()] if match else text)
    try:
        return reader.whole(), unit, reader.hard
    except (ValueError, ZeroDivisionError, OverflowError, IndexError) as error:
        raise Symbolic(str(error)) from error


def claims(solution):
    """Yield (text, left, right, modulus) of each equality between numbers in a solution."""
    modulus = None
    for match in _MATH.finditer(solution):
        lead = solution[: match.start()]
        said = re.search(r"modulo \$(\d+)\$: [^.]*$", lead)
        modulus = int(said[1]) if said else None
        parts = re.split(r" (=|\\approx|\\equiv) ", match[1])
        sides = []
        for part in parts[::2]:
            try:
                sides.append(side_of(part))
            except Symbolic:
                sides.append(None)
        for first, sign, second in zip(sides, parts[1::2], sides[1:], strict=False):
            if first is not None and second is not None:
                yield match[1], sign, first, second, modulus


def trouble(sign, first, second, modulus, tolerance=2e-4):
    """Return what is wrong with a claim, or ''."""
    (a, unit_a, hard_a), (b, unit_b, hard_b) = first, second
    if hard_a - hard_b > 1:
        return f"{hard_a - hard_b} operations at once"
    if sign == r"\equiv":
        return "" if (round(a) - round(b)) % modulus == 0 else f"{a} is not {b} modulo {modulus}"
    if unit_a is not None and (unit_b is not None or unit_a == r"\%" or "circ" in unit_a):
        a, b = (
            units.in_base(size, units.from_latex(unit or ""))
            for size, unit in ((a, unit_a), (b, unit_b))
        )
    elif unit_b in (r"\%", r"^{\circ}") and not hard_a and abs(a - b) > 1e-3 * b:
        b = units.in_base(b, units.from_latex(unit_b))
    return "" if math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-12) else f"{a} is not {b}"
