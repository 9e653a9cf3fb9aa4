"""Values of expression trees: exact fractions where possible, else 50-digit complex numbers.

Two expressions are compared by their values at a few fixed pseudo-random points. Sizes are bounded
before anything is computed, so no answer can make this slow: exact numbers have at most a few
thousand bits, and exponents beyond a million are refused.
"""

import threading
from fractions import Fraction
from hashlib import blake2b
from math import gcd, isqrt
from typing import Any

from sample_engineering.grading.tree import Node, walk

DIGITS = 50
# Agreement demanded of two 50-digit values; 20 digits are left for rounding.
AGREEMENT = 1e-30
_MAX_BITS = 16_384
_MAX_EXPONENT = 1_000_000
# exp and trigonometric functions of larger arguments are refused.
_MAX_ARGUMENT = 1e6
_MAX_FACTORIAL = 2000
_MAX_NODES = 400

Value = Any  # Fraction or mpmath number


class NotComparable(ValueError):
    """The expression has no value that can be computed within bounds."""


_LOCAL = threading.local()


def context() -> Any:
    """This thread's own mpmath context: the global one is not safe to share between threads."""
    mp = getattr(_LOCAL, "mp", None)
    if mp is None:
        from mpmath import MPContext  # type: ignore[import-untyped]

        mp = MPContext()
        mp.dps = DIGITS
        _LOCAL.mp = mp
    return mp


def to_mp(value: Value) -> Any:
    """Value as an mpmath number of this thread."""
    if isinstance(value, Fraction):
        mp = context()
        return mp.mpf(value.numerator) / value.denominator
    return value


class Evaluator:
    """Values of trees under one assignment of numbers to symbols.

    Parameters
    ----------
    point : int
        Which of the fixed pseudo-random points; symbols get their values from their names.
    constant : bool
        Whether the tree has no symbols.
    """

    def __init__(self, point: int = 0, constant: bool = False) -> None:
        self.point = point
        # Whole numbers too long to be exact are refused in constants, where the last digit counts.
        self.constant = constant
        # Largest magnitude met: a result far below it is zero that rounding has blurred.
        self.scale = 0.0
        self.opaque = False

    def value(self, node: Node) -> Value:
        """Value of a tree.

        Raises
        ------
        NotComparable
            If it has none, or computing it would exceed the bounds.
        """
        try:
            result = self._value(node)
        except (ZeroDivisionError, OverflowError, TypeError, RecursionError) as error:
            raise NotComparable(str(error)) from error
        return result

    def _value(self, node: Node) -> Value:
        method = getattr(self, "_" + node.op, None)
        if method is None:
            raise NotComparable(f"{node.op} has no numeric value")
        result = method(node)
        if isinstance(result, Fraction):
            bits = result.numerator.bit_length() + result.denominator.bit_length()
            if bits > _MAX_BITS:
                if self.constant or bits > 2 * _MAX_BITS:
                    raise NotComparable("number too large")
                result = to_mp(result)
        else:
            mp = context()
            if mp.isnan(result):
                raise NotComparable("not a number")
        self._note(result)
        return result

    def _note(self, value: Value) -> None:
        if isinstance(value, Fraction):
            return
        size = abs(value)
        self.scale = max(self.scale, float(size)) if size < 1e300 else self.scale

    def _num(self, node: Node) -> Value:
        return node.value.value

    def _base(self, node: Node) -> Value:
        digits, base = node.value
        whole, _, rest = digits.partition(".")
        try:
            return Fraction(int((whole + rest) or "0", base), base ** len(rest))
        except ValueError as error:
            raise NotComparable("digits do not fit the base") from error

    def _sym(self, node: Node) -> Value:
        return variable(node.value, self.point)

    def _const(self, node: Node) -> Value:
        mp = context()
        if node.value == "infinity":
            return mp.inf
        return {"pi": mp.pi, "e": mp.e, "i": mp.mpc(0, 1)}[node.value] + 0

    def _neg(self, node: Node) -> Value:
        return -self._value(node.args[0])

    def _pm(self, node: Node) -> Value:
        raise NotComparable("plus-minus stands for two values")

    def _add(self, node: Node) -> Value:
        total = self._value(node.args[0])
        for item in node.args[1:]:
            total = _both(total, self._value(item), lambda a, b: a + b)
        return total

    def _mul(self, node: Node) -> Value:
        total = self._value(node.args[0])
        for item in node.args[1:]:
            total = _both(total, self._value(item), lambda a, b: a * b)
        return total

    def _div(self, node: Node) -> Value:
        top, bottom = (self._value(item) for item in node.args)
        if bottom == 0:
            raise NotComparable("division by zero")
        return _both(top, bottom, lambda a, b: a / b)

    def _mixed(self, node: Node) -> Value:
        return self._value(node.args[0]) + self._value(node.args[1])

    def _pct(self, node: Node) -> Value:
        return self._value(node.args[0]) / 100

    def _deg(self, node: Node) -> Value:
        return to_mp(self._value(node.args[0])) * context().pi / 180

    def _pow(self, node: Node) -> Value:
        return self._power(self._value(node.args[0]), self._value(node.args[1]))

    def _power(self, base: Value, exponent: Value) -> Value:
        mp = context()
        if isinstance(exponent, Fraction):
            if exponent.denominator == 1:
                return self._integer_power(base, exponent.numerator)
            if exponent.denominator == 2 and isinstance(base, Fraction) and base >= 0:
                root = _exact_root(base)
                if root is not None:
                    return self._integer_power(root, exponent.numerator)
            if exponent.denominator % 2 and _is_negative(base):
                # (-8)^{1/3} is -2 in school mathematics, not the principal value.
                size = self._power(-base, exponent)
                return -size if exponent.numerator % 2 else size
        base, exponent = to_mp(base), to_mp(exponent)
        if base == 0:
            if mp.re(exponent) > 0:
                return Fraction(0)
            raise NotComparable("a power of zero")
        if mp.isinf(base) or mp.isinf(exponent):
            raise NotComparable("a power with infinity")
        if abs(exponent * mp.log(base)) > _MAX_ARGUMENT:
            raise NotComparable("power out of range")
        return mp.power(base, exponent)

    def _integer_power(self, base: Value, exponent: int) -> Value:
        if abs(exponent) > _MAX_EXPONENT:
            raise NotComparable("exponent out of range")
        if exponent < 0 and base == 0:
            raise NotComparable("division by zero")
        if isinstance(base, Fraction):
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if bits * abs(exponent) <= _MAX_BITS // 2 or bits <= 1:
                return base**exponent
            if self.constant:
                raise NotComparable("number too long to be exact")
        base = to_mp(base)
        if context().isinf(base):
            raise NotComparable("a power of infinity")
        return base**exponent

    def _root(self, node: Node) -> Value:
        inner, order = (self._value(item) for item in node.args)
        if isinstance(inner, Fraction) and order == 2 and inner >= 0:
            exact = _exact_root(inner)
            if exact is not None:
                return exact
        if order == 0:
            raise NotComparable("a zeroth root")
        return self._power(inner, 1 / order)

    def _fact(self, node: Node) -> Value:
        inner = self._value(node.args[0])
        mp = context()
        if isinstance(inner, Fraction) and inner.denominator == 1:
            if not 0 <= inner <= _MAX_FACTORIAL:
                raise NotComparable("factorial out of range")
            result = Fraction(1)
            if inner <= 100:
                for factor in range(2, int(inner) + 1):
                    result *= factor
                return result
        if abs(inner) > _MAX_FACTORIAL:
            raise NotComparable("factorial out of range")
        return mp.gamma(to_mp(inner) + 1)

    def _abs(self, node: Node) -> Value:
        return abs(self._value(node.args[0]))

    def _fn(self, node: Node) -> Value:
        name = node.value
        if name == "det" and node.args[0].op == "matrix":
            return self._determinant(node.args[0])
        values = [self._value(item) for item in node.args]
        exact = all(isinstance(value, Fraction) for value in values)
        if name in ("max", "min") and exact and values:
            return max(values) if name == "max" else min(values)
        if name in ("gcd", "lcm") and exact and all(value.denominator == 1 for value in values):
            whole = [abs(value.numerator) for value in values]
            result = whole[0]
            for other in whole[1:]:
                common = gcd(result, other)
                result = common if name == "gcd" else result * other // (common or 1)
            return Fraction(result)
        if name == "binom" and len(values) == 2:
            return self._binomial(*values)
        if name == "abs":
            return abs(values[0])
        if name in ("floor", "ceil"):
            return self._rounded(values[0], name)
        return self._transcendental(name, values)

    def _binomial(self, n: Value, k: Value) -> Value:
        if not (isinstance(n, Fraction) and isinstance(k, Fraction) and k.denominator == 1):
            return self._fingerprint("binom", [n, k])
        if not 0 <= k <= _MAX_FACTORIAL or abs(n) > 10**9:
            raise NotComparable("binomial out of range")
        count = int(k)
        if n.denominator == 1 and 0 <= n < count:
            return Fraction(0)
        if n.denominator == 1 and n > 0:
            count = min(count, int(n) - count)
        if count > 200:
            raise NotComparable("binomial out of range")
        result = Fraction(1)
        for index in range(count):
            result = result * (n - index) / (index + 1)
        return result

    def _rounded(self, value: Value, name: str) -> Value:
        if isinstance(value, Fraction):
            return Fraction(value.__floor__() if name == "floor" else value.__ceil__())
        mp = context()
        return mp.floor(value) if name == "floor" else mp.ceil(value)

    def _transcendental(self, name: str, values: list[Value]) -> Value:
        mp = context()
        args = [to_mp(value) for value in values]
        if name == "exp":
            return self._power(mp.e + 0, values[0])
        if name == "log" and len(args) == 1:
            # "log" without a base is the natural logarithm in mathematics and base 10 in chemistry;
            # it equals itself and nothing else that is not written the same way.
            name = "ln"
        functions = {
            **{"sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "cot": mp.cot, "sec": mp.sec},
            **{"csc": mp.csc, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "coth": mp.coth},
            **{"arcsin": mp.asin, "arccos": mp.acos, "arctan": mp.atan, "arccot": mp.acot},
            **{"ln": mp.log, "arg": mp.arg},
        }
        if name in ("logbase", "log", "ln") and len(args) == 2:
            if args[0] == 0 or args[1] in (0, 1):
                raise NotComparable("logarithm out of range")
            return mp.log(args[0]) / mp.log(args[1])
        function = functions.get(name)
        if function is None or len(args) != 1:
            return self._fingerprint(name, values)
        if mp.isinf(args[0]) or (abs(args[0]) > _MAX_ARGUMENT and name != "ln"):
            raise NotComparable("argument out of range")
        if name == "ln" and args[0] == 0:
            raise NotComparable("logarithm of zero")
        if args[0] == 0 and name in ("sin", "tan", "sinh", "tanh", "arcsin", "arctan"):
            return Fraction(0)
        if args[0] == 0 and name in ("cos", "sec", "cosh"):
            return Fraction(1)
        return function(args[0])

    def _determinant(self, node: Node) -> Value:
        rows, columns = node.value
        if rows != columns or rows > 6:
            raise NotComparable("no determinant")
        table = [
            [self._value(node.args[row * columns + column]) for column in range(columns)]
            for row in range(rows)
        ]
        return _determinant(table)

    def _app(self, node: Node) -> Value:
        return self._fingerprint(node.value, [self._value(item) for item in node.args])

    def _big(self, node: Node) -> Value:
        """A sum, integral or limit stands for an unknown number fixed by its parts."""
        self.opaque = True
        parts: list[Value] = []
        for part in node.args:
            if part.op == "app" and str(part.value).startswith("bound"):
                inner = part.args[0]
                if inner.op == "rel":
                    parts.extend(self._value(item) for item in inner.args)
                elif inner.op == "list":
                    raise NotComparable("several bounds")
                else:
                    parts.append(self._value(inner))
                parts.append(Fraction(len(part.value)))
            else:
                parts.append(self._value(part))
        return self._fingerprint("big" + node.value, parts)

    def _fingerprint(self, name: str, values: list[Value]) -> Value:
        """A number that stands for an unknown function's value: equal parts give equal numbers."""
        mp = context()
        words = [name]
        for value in values:
            number = to_mp(value)
            for part in (mp.re(number), mp.im(number)):
                words.append("0" if abs(part) < mp.mpf(10) ** -30 else mp.nstr(part, 25))
        return pseudo_random("|".join(words))

    def _rel(self, node: Node) -> Value:
        raise NotComparable("a relation has no value")


def _both(left: Value, right: Value, operation: Any) -> Value:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return operation(left, right)
    return operation(to_mp(left), to_mp(right))


def _is_negative(value: Value) -> bool:
    if isinstance(value, Fraction):
        return value < 0
    mp = context()
    return bool(mp.im(value) == 0 and mp.re(value) < 0)


def _exact_root(value: Fraction) -> Fraction | None:
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    exact = top * top == value.numerator and bottom * bottom == value.denominator
    return Fraction(top, bottom) if exact else None


def _determinant(table: list[list[Value]]) -> Value:
    if len(table) == 1:
        return table[0][0]
    total: Value = Fraction(0)
    for column, head in enumerate(table[0]):
        minor = [row[:column] + row[column + 1 :] for row in table[1:]]
        term = _both(head, _determinant(minor), lambda a, b: a * b)
        total = _both(total, term if column % 2 == 0 else -term, lambda a, b: a + b)
    return total


def pseudo_random(name: str) -> Fraction:
    """A fraction between 1/2 and 2 that depends on nothing but `name`."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return Fraction(int.from_bytes(digest, "big") * 3 + 2**48, 2**49)


# Signs of the variables at each point: all positive twice, all negative, then mixed.
POINTS = 4


def variable(name: str, point: int) -> Fraction:
    """Value of a symbol at one of the `POINTS` points."""
    digest = blake2b(f"{point}/{name}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    number = int.from_bytes(digest, "big")
    size = Fraction(401 + number % 1999, 797)
    if point < 2:
        return size
    return -size if point == 2 or number & (1 << 20) else size


def is_constant(node: Node) -> bool:
    """Whether a tree has no symbols and no unknown functions."""
    return not any(item.op in ("sym", "app", "big", "text") for item in walk(node))


def too_big(node: Node) -> bool:
    """Whether a tree has more nodes than any final answer."""
    return len(walk(node)) > _MAX_NODES
