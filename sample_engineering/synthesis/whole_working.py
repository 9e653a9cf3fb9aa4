"""Whole numbers worked out as on paper: remainders, common divisors, choices, factorials."""

import math
from collections.abc import Callable, Mapping

from sample_engineering.synthesis.language import Language

_LONGEST_PRODUCT = 12  # factors that are written out


def _powmod(language: Language, a: int, n: int, m: int) -> list[str]:
    """Find a remainder of a power by repeated squaring."""
    lines: list[str] = []
    base = a % m
    if base != a:
        equation = f"{a} = {a // m} \\times {m} + {base}"
        lines.append(language.say("here", list=f"${equation}$"))
    powers = {1: base}
    claims = []
    exponent = 2
    while exponent <= n:
        before = powers[exponent // 2]
        powers[exponent] = before * before % m
        claims.append(_congruence(f"{a}^{{{exponent}}}", before, before, m))
        exponent *= 2
    if claims:
        lines.append(language.say("squared", modulus=m, list=", ".join(claims)))
    chosen = [power for power in reversed(powers) if n & power]
    if len(chosen) > 1:
        total = " + ".join(map(str, chosen))
        lines.append(language.say("here", list=f"${n} = {total}$"))
        done, reached = chosen[0], powers[chosen[0]]
        claims = []
        for power in chosen[1:]:
            done += power
            claims.append(_congruence(f"{a}^{{{done}}}", reached, powers[power], m))
            reached = reached * powers[power] % m
        lines.append(language.say("multiplied", modulus=m, list=", ".join(claims)))
    return lines


def _congruence(power: str, first: int, second: int, m: int) -> str:
    product = first * second
    end = "" if product < m else f" \\equiv {product % m}"
    return f"${power} \\equiv {first} \\times {second} = {product}{end}$"


def _divisions(a: int, b: int) -> list[tuple[int, int, int, int]]:
    found = []
    while b:
        found.append((a, a // b, b, a % b))
        a, b = b, a % b
    return found


def _gcd(language: Language, a: int, b: int) -> list[str]:
    """Find a common divisor by Euclid's algorithm."""
    steps = _divisions(max(a, b), min(a, b))
    shown = ", ".join(f"${x} = {q} \\times {y} + {r}$" for x, q, y, r in steps)
    equation = f"\\gcd\\left({a}, {b}\\right) = {math.gcd(a, b)}"
    return [language.say("euclid", list=shown, equation=equation)]


def _lcm(language: Language, a: int, b: int) -> list[str]:
    common = math.gcd(a, b)
    product = a * b
    equation = (
        f"\\operatorname{{lcm}}\\left({a}, {b}\\right) = \\frac{{{a} \\times {b}}}{{{common}}} = "
        f"\\frac{{{product}}}{{{common}}} = {product // common}"
    )
    return [*_gcd(language, a, b), language.say("here", list=f"${equation}$")]


def _mod(language: Language, a: int, b: int) -> list[str]:
    equation = f"{a} = {a // b} \\times {b} + {a % b}"
    return [language.say("here", list=f"${equation}$")]


def _binomial(language: Language, n: int, k: int) -> list[str]:
    least = min(k, n - k)
    value = math.comb(n, k)
    chain = [f"\\binom{{{n}}}{{{k}}}"]
    if least < k:
        chain.append(f"\\binom{{{n}}}{{{least}}}")
    if 1 < least <= _LONGEST_PRODUCT:
        top = [n - index for index in range(least)]
        bottom = list(range(least, 0, -1))
        chain.append(f"\\frac{{{_product(top)}}}{{{_product(bottom)}}}")
        chain.append(f"\\frac{{{math.prod(top)}}}{{{math.prod(bottom)}}}")
    return [language.say("here", list=f"${' = '.join(chain)} = {value}$")]


def _factorial(language: Language, n: int) -> list[str]:
    chain = [f"{n}!"]
    if 1 < n <= _LONGEST_PRODUCT:
        chain.append(_product(list(range(n, 0, -1))))
    return [language.say("here", list=f"${' = '.join(chain)} = {math.factorial(n)}$")]


def _product(factors: list[int]) -> str:
    return " \\times ".join(map(str, factors))


WHOLE_WORKING: Mapping[str, Callable[..., list[str]]] = {
    "powmod": _powmod,
    "gcd": _gcd,
    "lcm": _lcm,
    "mod": _mod,
    "binomial": _binomial,
    "factorial": _factorial,
}
"""How functions of whole numbers are worked out: from (language, arguments) to sentences."""
