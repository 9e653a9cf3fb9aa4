"""Values in the text of a problem: found, read, and taken out so that the words remain."""

import re
from functools import lru_cache

NUMBER = r"-?\d+(?:\.\d+)?(?:\\times10\^\{-?\d+\})?"
UNIT = r"(?:\\ \^\{\\circ\}\\mathrm\{C\}|\\ \\mathrm\{(?:[^{}]|\{[^{}]*\})*\}|\\%|\^\{\\circ\})?"
_MATH = re.compile(r"\$[^$]*\$")
_INNER = re.compile(r"(?:([+-]) )?(\d+(?:\.\d+)?(?:\\times10\^\{-?\d+\})?)")


@lru_cache(maxsize=64)
def value_pattern(symbols: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a stated value: a number or one of the symbols, and its unit."""
    letters = "|".join(re.escape(symbol) for symbol in sorted(symbols, key=len, reverse=True))
    number = f"{NUMBER}|{letters}" if letters else NUMBER
    return re.compile(rf"\$({number})({UNIT})\$")


def mask(text: str, symbols: tuple[str, ...]) -> tuple[str, list[tuple[str, str]]]:
    """Replace stated values by ``§`` and numbers inside formulas by ``#``; return them in order."""
    values: list[tuple[str, str]] = []
    inner: list[tuple[str, str]] = []

    def take_value(match: re.Match[str]) -> str:
        values.append((match[1], match[2]))
        return "§"

    def take_inner(match: re.Match[str]) -> str:
        inner.append(((match[1] or "").replace("+", "") + match[2], ""))
        return "±#" if match[1] else "#"

    key = value_pattern(symbols).sub(take_value, text)
    if "$" in key:
        key = _MATH.sub(lambda match: _INNER.sub(take_inner, match[0]), key)
    return key, values + inner


def lowered(text: str) -> str:
    """Return a clause as it stands inside a sentence."""
    return text[0].lower() + text[1:]


def number_of(text: str) -> float:
    """Read a number as it is printed in LaTeX."""
    return float(text.replace(r"\times10^{", "e").rstrip("}"))
