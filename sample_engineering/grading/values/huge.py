"""Constants too long to be computed: compared by their remainders.

2023^{2023} - 1 has 6,689 digits. Two sums, products, powers and factorials of whole numbers are
equal if they leave the same remainders by primes of hundreds of bits: different ones would have to
differ by a multiple of all of them.
"""

from collections.abc import Callable
from fractions import Fraction

from sample_engineering.grading.spelling.tree import Node
from sample_engineering.grading.values.evaluate import Evaluator
from sample_engineering.grading.values.precision import NotComparable

# Mersenne primes.
_PRIMES = (2**521 - 1, 2**607 - 1, 2**1279 - 1)
# Factors of a factorial or binomial that are multiplied out.
_MAX_FACTORS = 20_000


def same_huge(left: Node, right: Node) -> bool:
    """Whether two constants are equal; False where they are more than arithmetic of fractions."""
    try:
        return all(_remainder(left, prime) == _remainder(right, prime) for prime in _PRIMES)
    except (NotComparable, ZeroDivisionError, ValueError):
        return False


def _remainder(node: Node, prime: int) -> int:
    rule = _RULES.get(node.op)
    if rule is None:
        raise NotComparable(f"no remainder of {node.op}")
    return rule(node, prime)


def _number(node: Node, prime: int) -> int:
    value: Fraction = node.value.value
    return value.numerator * pow(value.denominator, -1, prime) % prime


def _negative(node: Node, prime: int) -> int:
    return -_remainder(node.args[0], prime) % prime


def _sum(node: Node, prime: int) -> int:
    return sum(_remainder(item, prime) for item in node.args) % prime


def _product(node: Node, prime: int) -> int:
    total = 1
    for item in node.args:
        total = total * _remainder(item, prime) % prime
    return total


def _quotient(node: Node, prime: int) -> int:
    top, bottom = (_remainder(item, prime) for item in node.args)
    return top * pow(bottom, -1, prime) % prime


def _power(node: Node, prime: int) -> int:
    return pow(_remainder(node.args[0], prime), _whole(node.args[1]), prime)


def _factorial(node: Node, prime: int) -> int:
    return _rising(1, _whole(node.args[0]), prime)


def _function(node: Node, prime: int) -> int:
    if node.value != "binom" or len(node.args) != 2:
        raise NotComparable(f"no remainder of {node.value}")
    n, k = (_whole(item) for item in node.args)
    if not 0 <= k <= n:
        raise NotComparable("no whole binomial")
    k = min(k, n - k)
    return _rising(n - k + 1, n, prime) * pow(_rising(1, k, prime), -1, prime) % prime


def _rising(low: int, high: int, prime: int) -> int:
    """Return the product of the whole numbers from `low` to `high`."""
    if high < 0 or high - low > _MAX_FACTORS:
        raise NotComparable("too many factors")
    total = 1
    for factor in range(low, high + 1):
        total = total * factor % prime
    return total


def _whole(node: Node) -> int:
    value = Evaluator(constant=True).value(node)
    if not isinstance(value, Fraction) or value.denominator != 1:
        raise NotComparable("not a whole number")
    return value.numerator


_RULES: dict[str, Callable[[Node, int], int]] = {
    "num": _number,
    "neg": _negative,
    "add": _sum,
    "mul": _product,
    "div": _quotient,
    "mixed": _sum,
    "pow": _power,
    "fact": _factorial,
    "fn": _function,
}
