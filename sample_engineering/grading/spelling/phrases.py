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
# As many orders as there are of k of n things.
_ORDERED = re.compile(_CHOOSE.pattern.replace("(?:C|\\\\text ?\\{ ?C ?\\})", "P"))
# Functions one after another, taken somewhere; probability and mean in blackboard letters; the
# index of a standard value behind its sign.
_COMPOSED = re.compile(r"\( ?(?P<outer>[a-zA-Z]) ?\\circ ?(?P<inner>[a-zA-Z]) ?\)(?= ?\()")
_BLACKBOARD = re.compile(r"\\mathbb ?\{? ?(?P<letter>[PE]) ?\}? ?(?=[(\[])|\\Pr ?(?=[(\[])")
_STANDARD = re.compile(r"\^ ?\{? ?\\circ ?\}? ?_ ?(?P<index>\{(?:[^{}]|\{[^{}]*\})*\}|\w)")
_INDEX_I = re.compile(r"\\(?:sum|prod|bigcup|bigcap) ?_ ?\{ ?i ?=")
_ALONE = r"(?<![\\a-zA-Z]){}(?![a-zA-Z])"
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
# "{k pi : k in Z}" is the family k pi, and "x > 1, x in R" is x > 1.
_FAMILY = re.compile(
    rf"\\\{{ ?(?P<member>[^:|<>=,]+?) ?(?::|\|) ?(?P<domain>[a-zA-Z] ?\\in ?{_INTEGERS}) ?\\\}}"
)
_OF_REALS = re.compile(r"(?P<rest>[^,]*(?:<|>|\\le|\\ge)[^,]*),? *\(?[a-z] ?\\in ?\\mathbb\{R\}\)?")
_BOUNDED_REALS = re.compile(
    r"\\text ?\{ ?(?:the )?(?:set of )?all (?:real numbers|reals)(?: x)? "
    r"(?P<side>greater|less|larger|smaller) than (?P<closed>or equal to )?"
    r"(?:(?P<inside>-?\d+(?:\.\d+)?) ?\}|\} ?(?P<after>[^ ,]+))",
    re.IGNORECASE,
)
_ALL_WITH = re.compile(r"\\text ?\{ ?all \} ?(?P<condition>[a-z] ?(?:<|>|\\le|\\ge)[^,]+)")
_SIGNED_REALS = re.compile(
    r"(?:\\text ?\{ ?)?(?:the )?(?:set of )?all (?:the )?"
    r"(?P<sign>positive|negative|non-?zero|non-?positive|non-?negative) "
    r"real(?:s| numbers?)(?: x)? ?\}?",
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
    "nonzero": "(-\\infty,0) \\cup (0,\\infty)",
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
    if "P" in text and "_" in text:
        text = _ORDERED.sub(_permutations, text)
    if "\\circ" in text:
        text = _COMPOSED.sub(r"\g<outer>_{\g<inner>}", text)
        text = _STANDARD.sub(r"_\g<index>", text)
    if "mathbb" in text or "\\Pr" in text:
        text = _BLACKBOARD.sub(lambda match: match["letter"] or "P", text)
    if "{i=" in text or "{i =" in text:
        text = _without_imaginary_index(text)
    if "const" in text:
        text = _CONSTANT.sub("C", text)
    if "base" in text:
        text = _BASE.sub(r"_{\g<radix>}", text)
    if "dots" in text or "..." in text:
        text = _DECIMAL_DOTS.sub(_repeating, text)
    if "mathbb" in text:
        text = _FAMILY.sub(r"\g<member>, \g<domain>", text)
        of_reals = _OF_REALS.fullmatch(text)
        text = of_reals["rest"].strip() if of_reals else text
        text = _REALS_LESS.sub(r" \\setminus ", _FREE_CONSTANT.sub(r"\g<before>", text))
        text = _RAISED_REALS.sub(_raised, text)
    if "real" in text or "Real" in text:
        signed = _SIGNED_REALS.fullmatch(text)
        bounded = _BOUNDED_REALS.fullmatch(text)
        if bounded:
            text = _half_line(bounded)
        elif signed:
            text = _SIGNED[signed["sign"].casefold().replace("-", "")]
    if "all" in text:
        condition = _ALL_WITH.fullmatch(text)
        text = condition["condition"] if condition else text
    if "\\begin" in text:
        aligned = _ALIGNED.fullmatch(text)
        if aligned:
            text = aligned["inside"].replace("&", "").strip()
    return text


def _whole(match: re.Match[str]) -> str:
    return f", {match['before'] or match['after']} \\in \\mathbb{{Z}}"


def _without_imaginary_index(text: str) -> str:
    """Call the index i of a sum or product by a letter that is no imaginary unit."""
    free = next((letter for letter in "kjlm" if not re.search(_ALONE.format(letter), text)), None)
    if free is None or not _INDEX_I.search(text):
        return text
    return re.sub(_ALONE.format("i"), free, text)


def _binomial(match: re.Match[str]) -> str:
    return f"\\binom{{{match['n'] or match['digit']}}}{{{match['k'] or match['short']}}}"


def _permutations(match: re.Match[str]) -> str:
    n, k = match["n"] or match["digit"], match["k"] or match["short"]
    return f"\\frac{{{n}!}}{{({n}-{k})!}}"


def _half_line(match: re.Match[str]) -> str:
    bound = match["inside"] or match["after"]
    closed = bool(match["closed"])
    if match["side"].casefold() in ("greater", "larger"):
        return f"{'[' if closed else '('}{bound},\\infty)"
    return f"(-\\infty,{bound}{']' if closed else ')'}"


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
