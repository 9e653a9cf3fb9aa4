"""Tokens of an answer in normal spelling."""

# ruff: noqa: SIM905 (tables of names read best as words)

import re
from fractions import Fraction
from typing import NamedTuple

from sample_engineering.grading.spelling.normal import MAX_ANSWER
from sample_engineering.grading.spelling.notation import FUNCTIONS
from sample_engineering.grading.spelling.tree import Literal, ParseError


class Token(NamedTuple):
    """One token: `kind` is num, base, name, cmd, text, env, op or end."""

    kind: str
    text: str
    value: object = None


# Longer exponents are attacks: physics stays within 10^-60 to 10^80.
MAX_EXPONENT_DIGITS = 4

_NUMBER = (
    r"(?P<num>(?:@\d{1,3}(?: \d{3})+(?![\d])|\d+)(?:\.\d+|\.(?![\d.]))?|\.\d+)"
    r"(?P<exp>[eE][-+]?\d+(?![\d.]))?"
)
_BASE = r"(?P<base>_ ?(?:\{ ?(?:\\text\{ ?)?(?P<radix>\d{1,2}|[a-z]{3,8}) ?\}? ?\}|(?P<short>\d)))?"
_TOKEN = (
    rf"(?P<number>{_NUMBER}{_BASE})"
    r"|(?P<env>\\(?:begin|end) ?\{(?P<environment>[a-zA-Z]+\*?)\}(?:\[[a-z]\])?)"
    r"|\\text(?P<words>\{)"
    r"|(?P<cmd>\\[a-zA-Z]+|\\[{}%$|_&#])"
    r"|(?P<name>[a-zA-Z]+)"
    r"|(?P<op>>=|<=|!=|==|=>|\.\.\.|[-+*/^_=<>()\[\]{}|!',;:&%.?])"
    r"|(?P<space> )"
)
# Within brackets a comma separates entries, outside it may group digits: (100,200) but 100,200.
_OUTSIDE = re.compile(_TOKEN.replace("@", r"[1-9]\d{0,2}(?:,\d{3})+(?!\d)|"))
_INSIDE = re.compile(_TOKEN.replace("@", ""))
_RADIX_NAMES = {
    name: value
    for value, name in enumerate(
        (
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen"
        ).split(),
        start=2,
    )
}
# Plain words that stand for a command; other runs of letters are products of one-letter symbols.
WORDS = {
    **{
        name: "\\" + name
        for name in (
            "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arccot ln log exp"
            " sqrt max min gcd lcm pi theta alpha beta gamma delta lambda omega infty floor ceil"
            " abs binom cup cap mu sigma phi rho tau epsilon arg det mod"
        ).split()
    },
    **{"sech": "\\sech", "csch": "\\csch", "tg": "\\tan", "ctg": "\\cot", "cotg": "\\cot"},
    **{"arctg": "\\arctan", "arcctg": "\\arccot", "cosec": "\\csc"},
    **dict.fromkeys(("arcsinh", "arsinh", "asinh"), "\\arcsinh"),
    **dict.fromkeys(("arccosh", "arcosh", "acosh"), "\\arccosh"),
    **dict.fromkeys(("arctanh", "artanh", "atanh"), "\\arctanh"),
    "asin": "\\arcsin",
    "acos": "\\arccos",
    "atan": "\\arctan",
    "infinity": "\\infty",
    "Infinity": "\\infty",
    "inf": "\\infty",
    "oo": "\\infty",
    "pm": "\\pm",
    "and": "\\and",
    "or": "\\or",
    "And": "\\and",
    "Or": "\\or",
    "AND": "\\and",
    "OR": "\\or",
    "union": "\\cup",
    "in": "\\in",
}
# Runs of letters at least this long are words, not products of symbols.
_WORD_LENGTH = 5
_MAX_TOKENS = 400


def tokenize(text: str) -> list[Token]:
    """Split an answer in normal spelling into tokens.

    Raises
    ------
    ParseError
        On a character without meaning, unbalanced words, or too long a text.
    """
    if len(text) > MAX_ANSWER:
        raise ParseError("too long")
    tokens: list[Token] = []
    position = 0
    depth = 0
    while position < len(text):
        match = (_INSIDE if depth else _OUTSIDE).match(text, position)
        if match is None:
            raise ParseError(f"unknown character {text[position]!r}")
        position = match.end()
        if match["space"]:
            continue
        if match["number"]:
            tokens.append(_number(match))
        elif match["env"]:
            tokens.append(Token("env", match["env"][1:4], match["environment"].rstrip("*")))
        elif match["words"]:
            closing = _closing_brace(text, match.start("words"))
            words = text[match.end() : closing].strip()
            command = WORDS.get(words, "")[1:]
            # \\operatorname{tg} is a function, \\text{and} a word.
            tokens.append(
                Token("cmd", "\\" + command) if command in FUNCTIONS else Token("text", words)
            )
            position = closing + 1
        elif match["cmd"]:
            tokens.append(Token("cmd", match["cmd"]))
            depth += (match["cmd"] == "\\{") - (match["cmd"] == "\\}")
        elif match["name"]:
            tokens.extend(_names(match["name"]))
        else:
            tokens.append(Token("op", match["op"]))
            depth += (match["op"] in "([") - (match["op"] in ")]")
    if len(tokens) > _MAX_TOKENS:
        raise ParseError("too long")
    tokens.append(Token("end", ""))
    return tokens


def literal(digits: str, exponent: str | None = None) -> Literal:
    """Read written digits, with thousands separators and perhaps an exponent, exactly."""
    digits = digits.replace(",", "").replace(" ", "")
    value = Fraction(digits if digits[-1] != "." else digits[:-1])
    significant = len(digits.replace(".", "").lstrip("0")) or 1
    decimal = "." in digits
    if exponent:
        power = exponent[1:]
        if len(power.lstrip("+-0")) > MAX_EXPONENT_DIGITS:
            raise ParseError("exponent out of range")
        value *= Fraction(10) ** int(power)
        decimal = True
    return Literal(value, significant, decimal)


def _number(match: re.Match[str]) -> Token:
    digits = match["num"]
    if match["base"]:
        if match["exp"] or not digits.replace(".", "", 1).isdigit():
            raise ParseError("a number base on something that is no row of digits")
        name = match["radix"] or match["short"]
        radix = int(name) if name.isdigit() else _RADIX_NAMES.get(name, 0)
        if not 2 <= radix <= 36:
            raise ParseError("unknown number base")
        return Token("base", match["number"], (digits, radix))
    return Token("num", match["number"], literal(digits, match["exp"]))


def _names(run: str) -> list[Token]:
    if run in WORDS:
        return [Token("cmd", WORDS[run])]
    if len(run) >= _WORD_LENGTH:
        return [Token("text", run)]
    return [Token("name", letter) for letter in run]


def _closing_brace(text: str, opening: int) -> int:
    depth = 0
    for index in range(opening, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    raise ParseError("unbalanced braces")
