"""Values of expression trees.

Two expressions are compared by their values at a few fixed pseudo-random points. Sizes are bounded
before anything is computed, so no answer can make this slow: exact numbers have at most a few
thousand bits, and exponents beyond a million are refused.
"""

from collections.abc import Callable
from fractions import Fraction

from sample_engineering.grading.spelling.tree import Node
from sample_engineering.grading.values.functions import determinant, function_value
from sample_engineering.grading.values.points import USUAL, Point, fingerprint, variable
from sample_engineering.grading.values.precision import (
    MAX_ARGUMENT,
    MAX_FACTORIAL,
    NotComparable,
    Value,
    combined,
    context,
    exact_root,
    is_negative,
    to_mp,
)

_MAX_BITS = 16_384
_MAX_EXPONENT = 1_000_000


class Evaluator:
    """Values of trees under one assignment of numbers to symbols.

    Parameters
    ----------
    point : Point
        Which of the fixed pseudo-random points; symbols get their values from their names.
    constant : bool
        Whether the tree has no symbols.
    """

    def __init__(self, point: Point = USUAL[0], constant: bool = False) -> None:
        self.point = point
        # Whole numbers too long to be exact are refused in constants, where the last digit counts.
        self.constant = constant
        # Largest magnitude met: a result far below it is zero that rounding has blurred.
        self.scale = 0.0

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
        rule = _RULES.get(node.op)
        if rule is None:
            raise NotComparable(f"{node.op} has no numeric value")
        result = rule(self, node)
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
        if node.value == "hbar":
            return to_mp(variable("h", self.point)) / (2 * context().pi)
        return variable(node.value, self.point)

    def _const(self, node: Node) -> Value:
        mp = context()
        if node.value == "infinity":
            return mp.inf
        return {"pi": mp.pi, "e": mp.e, "i": mp.mpc(0, 1)}[node.value] + 0

    def _neg(self, node: Node) -> Value:
        return -self._value(node.args[0])

    def _add(self, node: Node) -> Value:
        total = self._value(node.args[0])
        for item in node.args[1:]:
            total = combined(total, self._value(item), lambda a, b: a + b)
        return total

    def _mul(self, node: Node) -> Value:
        total = self._value(node.args[0])
        for item in node.args[1:]:
            total = combined(total, self._value(item), lambda a, b: a * b)
        return total

    def _div(self, node: Node) -> Value:
        top, bottom = (self._value(item) for item in node.args)
        if bottom == 0:
            raise NotComparable("division by zero")
        return combined(top, bottom, lambda a, b: a / b)

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
                root = exact_root(base)
                if root is not None:
                    return self._integer_power(root, exponent.numerator)
            if exponent.denominator % 2 and is_negative(base):
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
        if abs(exponent * mp.log(base)) > MAX_ARGUMENT:
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
            exact = exact_root(inner)
            if exact is not None:
                return exact
        if order == 0:
            raise NotComparable("a zeroth root")
        return self._power(inner, 1 / order)

    def _fact(self, node: Node) -> Value:
        inner = self._value(node.args[0])
        mp = context()
        if isinstance(inner, Fraction) and inner.denominator == 1:
            if not 0 <= inner <= MAX_FACTORIAL:
                raise NotComparable("factorial out of range")
            result = Fraction(1)
            if inner <= 100:
                for factor in range(2, int(inner) + 1):
                    result *= factor
                return result
        if abs(inner) > MAX_FACTORIAL:
            raise NotComparable("factorial out of range")
        return mp.gamma(to_mp(inner) + 1)

    def _abs(self, node: Node) -> Value:
        return abs(self._value(node.args[0]))

    def _fn(self, node: Node) -> Value:
        if node.value == "det" and node.args[0].op == "matrix":
            return self._determinant(node.args[0])
        values = [self._value(item) for item in node.args]
        if node.value == "exp":
            return self._power(context().e + 0, values[0])
        return function_value(node.value, values)

    def _determinant(self, node: Node) -> Value:
        rows, columns = node.value
        if rows != columns or rows > 6:
            raise NotComparable("no determinant")
        table = [
            [self._value(node.args[row * columns + column]) for column in range(columns)]
            for row in range(rows)
        ]
        return determinant(table)

    def _app(self, node: Node) -> Value:
        return fingerprint(node.value, [self._value(item) for item in node.args])

    def _big(self, node: Node) -> Value:
        """A sum, integral or limit stands for an unknown number fixed by its parts."""
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
        return fingerprint("big" + node.value, parts)


# What has no rule here (relations, plus-minus, sets) has no single value.
_RULES: dict[str, Callable[[Evaluator, Node], Value]] = {
    "num": Evaluator._num,
    "base": Evaluator._base,
    "sym": Evaluator._sym,
    "const": Evaluator._const,
    "neg": Evaluator._neg,
    "add": Evaluator._add,
    "mul": Evaluator._mul,
    "div": Evaluator._div,
    "mixed": Evaluator._mixed,
    "pct": Evaluator._pct,
    "deg": Evaluator._deg,
    "pow": Evaluator._pow,
    "root": Evaluator._root,
    "fact": Evaluator._fact,
    "abs": Evaluator._abs,
    "fn": Evaluator._fn,
    "app": Evaluator._app,
    "big": Evaluator._big,
}
