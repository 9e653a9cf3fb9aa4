"""Values of the known functions, from gcd and binomials to logarithms and sines."""

from fractions import Fraction
from math import gcd

from sample_engineering.grading.values.points import fingerprint
from sample_engineering.grading.values.precision import (
    MAX_ARGUMENT,
    MAX_FACTORIAL,
    NotComparable,
    Value,
    combined,
    context,
    to_mp,
)


def function_value(name: str, values: list[Value]) -> Value:
    """Return the value of a named function; one that is not known gets a stand-in number.

    Raises
    ------
    NotComparable
        If an argument is out of range.
    """
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
        return _binomial(*values)
    if name == "abs":
        return abs(values[0])
    if name in ("floor", "ceil"):
        return _rounded(values[0], name)
    return _transcendental(name, values)


def _binomial(n: Value, k: Value) -> Value:
    if not (isinstance(n, Fraction) and isinstance(k, Fraction) and k.denominator == 1):
        return _continued_binomial(n, k)
    if not 0 <= k <= MAX_FACTORIAL or abs(n) > 10**9:
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


def _continued_binomial(n: Value, k: Value) -> Value:
    """Between the whole numbers a binomial is the quotient of three gamma functions."""
    mp = context()
    top, bottom = to_mp(n), to_mp(k)
    if max(abs(top), abs(bottom)) > MAX_FACTORIAL:
        raise NotComparable("binomial out of range")
    return mp.gammaprod([top + 1], [bottom + 1, top - bottom + 1])


def _rounded(value: Value, name: str) -> Value:
    if isinstance(value, Fraction):
        return Fraction(value.__floor__() if name == "floor" else value.__ceil__())
    mp = context()
    return mp.floor(value) if name == "floor" else mp.ceil(value)


def _transcendental(name: str, values: list[Value]) -> Value:
    mp = context()
    args = [to_mp(value) for value in values]
    if name == "log" and len(args) == 1:
        # "log" without a base is the natural logarithm in mathematics and base 10 in chemistry;
        # it equals itself and nothing else that is not written the same way.
        name = "ln"
    functions = {
        **{"sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "cot": mp.cot, "sec": mp.sec},
        **{"csc": mp.csc, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "coth": mp.coth},
        **{"arcsin": mp.asin, "arccos": mp.acos, "arctan": mp.atan, "arccot": mp.acot},
        **{"arcsinh": mp.asinh, "arccosh": mp.acosh, "arctanh": mp.atanh},
        **{"sech": mp.sech, "csch": mp.csch, "ln": mp.log, "arg": mp.arg},
    }
    if name in ("logbase", "log", "ln") and len(args) == 2:
        if args[0] == 0 or args[1] in (0, 1):
            raise NotComparable("logarithm out of range")
        return mp.log(args[0]) / mp.log(args[1])
    function = functions.get(name)
    if function is None or len(args) != 1:
        return fingerprint(name, values)
    if mp.isinf(args[0]) or (abs(args[0]) > MAX_ARGUMENT and name != "ln"):
        raise NotComparable("argument out of range")
    if name == "ln" and args[0] == 0:
        raise NotComparable("logarithm of zero")
    if args[0] == 0 and name in ("sin", "tan", "sinh", "tanh", "arcsin", "arctan"):
        return Fraction(0)
    if args[0] == 0 and name in ("cos", "sec", "cosh"):
        return Fraction(1)
    return function(args[0])


def determinant(table: list[list[Value]]) -> Value:
    """Return the determinant of a square table."""
    if len(table) == 1:
        return table[0][0]
    total: Value = Fraction(0)
    for column, head in enumerate(table[0]):
        minor = [row[:column] + row[column + 1 :] for row in table[1:]]
        term = combined(head, determinant(minor), lambda a, b: a * b)
        total = combined(total, term if column % 2 == 0 else -term, lambda a, b: a + b)
    return total
