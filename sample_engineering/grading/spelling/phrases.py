r"""Phrases and shorthands beside an answer, as notation: 0.333..., (base 2), (k \in \mathbb{Z})."""

import re

_INTEGERS = r"\\mathbb ?\{? ?[ZN] ?\}?"
# "(k \in \mathbb{Z})" after a family of solutions.
_DOMAIN_IN_BRACKETS = re.compile(
    rf" ?\( ?(?P<domain>[a-zA-Z] ?\\in ?{_INTEGERS}(?:\^[+*]|_[+0])?) ?\)$"
)
_WHOLE_IN_WORDS = re.compile(
    r",? ?\(?(?:\\text ?\{)? ?\(?(?:where|with|for)? ?(?:any|all|every|some)? ?\}? ?"
    r"(?:(?P<before>[a-zA-Z]) ?(?:\\text ?\{)? ?(?:is |being )?(?:an(?:y)? )?integer\)? ?\}?"
    r"|(?:\\text ?\{)? ?(?:any |all )?integers? ?\}? ?(?P<after>[a-zA-Z]))\)?$"
)
_SOME_INTEGERS = re.compile("positive|negative|zero|odd|even|natural|prime|digit")
# 10 choose 4 with both numbers as indices; C_6H_6 is a formula.
_CHOOSE = re.compile(
    r"(?<![\w})^_])(?:\{ ?\} ?)?(?:_|\^) ?(?:\{ ?(?P<n>\w{1,9}) ?\}|(?P<digit>\w)) ?"
    r"(?:C|\\text ?\{ ?C ?\}) ?_ ?(?:\{ ?(?P<k>\w{1,9}) ?\}|(?P<short>\w))(?![\w(\\{])"
)
# The constant of integration in words, and that it may be any number.
_CONSTANT = re.compile(r"(?<=[-+] )\\text ?\{ ?const(?:ant)?\.? ?\}|(?<=[-+] )const(?:ant)?\.?$")
_FREE_CONSTANT = re.compile(r"(?P<before>[-+] ?C)(?:,| ,|) *\(?C ?\\in ?\\mathbb ?\{? ?R ?\}?\)?$")
_BASE = re.compile(
    r"(?<=[\dA-F]) ?(?:_ ?\{ ?)?(?:\\text ?\{ ?)? ?\(? ?(?:in )?base[- ]?(?P<radix>\d{1,2}) ?\)? ?"
    r"\}{0,2}$"
)
_DECIMAL_DOTS = re.compile(
    r"(?<![\d.])(?P<whole>\d{0,9})\.(?P<digits>\d{3,24}) ?(?:\\(?:l|c)?dots(?![a-zA-Z])|\.\.\.)"
    r"(?! ?,)"
)
# Set difference written as a minus.
_REALS_LESS = re.compile(r"(?<=\\mathbb\{R\}) ?- ?(?=\\\{)")
_SIGNED_REALS = re.compile(
    r"(?:\\text ?\{ ?)?(?:the )?(?:set of )?all (?:the )?(?P<sign>positive|negative|non-?positive"
    r"|non-?negative) real(?:s| numbers?)(?: x)? ?\}?",
    re.IGNORECASE,
)
_RAISED_REALS = re.compile(
    r"(?P<before>^|\\in ?|= ?)\\mathbb\{R\} ?[\^_] ?"
    r"(?:\{ ?(?P<braced>[-+]|> ?0|< ?0) ?\}|(?P<bare>[-+]))$"
)
_POSITIVE, _NEGATIVE = "(0,\\infty)", "(-\\infty,0)"
_SIGNED = {
    "positive": _POSITIVE,
    "negative": _NEGATIVE,
    "nonnegative": "[0,\\infty)",
    "nonpositive": "(-\\infty,0]",
}
# One aligned row is what it says, and the sign of alignment is layout.
_ALIGNED = re.compile(
    r"\\begin ?\{(?P<name>aligned|align\*?|gathered|split|equation\*?)\}(?P<inside>[^&\\]*&?"
    r"(?:(?!\\cr|\\begin)[^&])*)\\end ?\{(?P=name)\}"
)


# Longer texts are no final answers, and these patterns look at them more than once.
_LONGEST = 600


def as_notation(text: str) -> str:
    """Return an answer in normal spelling with the phrases of this module as notation."""
    if len(text) > _LONGEST:
        return text
    if "integer" in text and not _SOME_INTEGERS.search(text):
        text = _WHOLE_IN_WORDS.sub(_whole, text)
    if text.endswith(")") and "\\in" in text:
        text = _DOMAIN_IN_BRACKETS.sub(r", \g<domain>", text)
    if "C" in text and "_" in text:
        text = _CHOOSE.sub(_binomial, text)
    if "const" in text:
        text = _CONSTANT.sub("C", text)
    if "base" in text:
        text = _BASE.sub(r"_{\g<radix>}", text)
    if "dots" in text or "..." in text:
        text = _DECIMAL_DOTS.sub(_repeating, text)
    if "mathbb" in text:
        text = _REALS_LESS.sub(r" \\setminus ", _FREE_CONSTANT.sub(r"\g<before>", text))
        text = _RAISED_REALS.sub(_raised, text)
    if "real" in text or "Real" in text:
        signed = _SIGNED_REALS.fullmatch(text)
        if signed:
            text = _SIGNED[signed["sign"].casefold().replace("-", "")]
    if "\\begin" in text:
        aligned = _ALIGNED.fullmatch(text)
        if aligned:
            text = aligned["inside"].replace("&", "").strip()
    return text


def _whole(match: re.Match[str]) -> str:
    return f", {match['before'] or match['after']} \\in \\mathbb{{Z}}"


def _binomial(match: re.Match[str]) -> str:
    return f"\\binom{{{match['n'] or match['digit']}}}{{{match['k'] or match['short']}}}"


def _raised(match: re.Match[str]) -> str:
    sign = (match["braced"] or match["bare"])[0]
    return match["before"] + (_POSITIVE if sign in "+>" else _NEGATIVE)


def _repeating(match: re.Match[str]) -> str:
    """Write 0.333... with a bar; digits that show no period twice stay as they are.

    One digit must be there three times, since 0.33... may begin otherwise.
    """
    digits = match["digits"]
    for start in range(len(digits) - 2):
        for period in range(1, (len(digits) - start) // 2 + 1):
            tail = digits[start:]
            block = tail[:period]
            steady = all(tail[i] == block[i % period] for i in range(len(tail)))
            if steady and len(tail) >= max(3, 2 * period) and block.strip("0"):
                return f"{match['whole'] or '0'}.{digits[:start]}\\overline{{{block}}}"
    return match[0]
