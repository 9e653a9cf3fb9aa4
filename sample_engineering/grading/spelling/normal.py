"""One normal spelling for the many ways to write the same answer.

`normal` turns Unicode mathematics, LaTeX layout commands and plain-text habits into one small LaTeX
dialect. It only respells; nothing is evaluated, so a wrong answer never becomes a right one here.
"""

# ruff: noqa: SIM905 (tables of names read best as words)

import re
import unicodedata

from sample_engineering.answers import find_boxes
from sample_engineering.grading.spelling.counting import with_magnitudes

# Answers longer than this are no final answers; the longest gold of MATH-500 and Minerva has 160.
MAX_ANSWER = 600
# Deeper nesting is an attack on recursive readers; benchmark golds reach 6.
MAX_DEPTH = 40

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₙₖₘ", "0123456789+-=()aeoxnkm")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ]+")
_SUBSCRIPT_RUN = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₙₖₘ]+")
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
            "tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
        ).split(),
        strict=True,
    )
)
_SYMBOLS = {
    **{letter: f"\\{name} " for letter, name in _GREEK.items()},
    **dict.fromkeys("\u2212\u2013\u2014\u2010\u2011\ufe63\u2012", "-"),
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
    **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\ufe0e\ufe0f\u2061\u2062\u2063", ""),
    "\u00d7": "\\times ",
    **dict.fromkeys("\u00b7\u22c5\u2219\u2217\u2022\u30fb", "\\cdot "),
    "\u00f7": "/",
    **dict.fromkeys("\u2044\u2215", "/"),
    "\u221e": "\\infty ",
    "\u2264": "\\le ",
    "\u2a7d": "\\le ",
    "\u2265": "\\ge ",
    "\u2a7e": "\\ge ",
    "\u2260": "\\ne ",
    "\u2248": "\\approx ",
    "\u2243": "\\approx ",
    "\u223c": "\\approx ",
    "\u2208": "\\in ",
    "\u222a": "\\cup ",
    "\u2229": "\\cap ",
    "\u2205": "\\emptyset ",
    "\u2216": "\\setminus ",
    "\u211d": "\\mathbb{R}",
    "\u2124": "\\mathbb{Z}",
    "\u2115": "\\mathbb{N}",
    "\u211a": "\\mathbb{Q}",
    "\u2102": "\\mathbb{C}",
    "\u00b0": "^\\circ ",
    "\u00ba": "^\\circ ",
    "\u2103": "^\\circ C",
    "\u2109": "^\\circ F",
    "\u00b5": "\\mu ",
    "\u2126": "\\Omega ",
    "\u212b": "\\AA ",
    "\u00c5": "\\AA ",
    "\u03d5": "\\phi ",
    "\u03b5": "\\epsilon ",
    "\u210f": "\\hbar ",
    "\u00b1": "\\pm ",
    "\u2213": "\\mp ",
    **dict.fromkeys("\u2032\u2019\u2018\u00b4", "'"),
    "\u2033": "''",
    **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\u2192\u27f6\u2794", "\\to "),
    **dict.fromkeys("\u21cc\u21c4", "\\rightleftharpoons "),
    "\u20ac": "\\euro ",
    "\u00a3": "\\pounds ",
    **dict.fromkeys("\u00a5\uffe5", "\\yen "),
    "\u20b9": "\\text{Rs}",
    "\u2236": ":",
    "\uff1a": ":",
    "\u2211": "\\sum ",
    "\u222b": "\\int ",
    "\u27e8": "\\langle ",
    "\u27e9": "\\rangle ",
    **dict.fromkeys("\uff0c\u3001", ","),
    "\u2299": "\\odot ",
    "\u2220": "\\angle ",
}
_SYMBOL_TABLE = str.maketrans(_SYMBOLS)
_ROOT = re.compile(r"√\s*(\d+(?:\.\d+)?|[a-zA-Z]|(?=[({]))")

# Layout that carries no meaning.
_LAYOUT = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|scriptstyle|limits|nolimits|strut|boldmath"
    r"|mathstrut|rm|bf|it|sf|tt|cal|[Ll]arge|LARGE|[Hh]uge|small|normalsize|tiny|footnotesize"
    r"|bfseries|itshape|rmfamily|scshape|noindent|centering|mathop|mathrel|mathbin|mathopen|mathclose)"
    r"(?![a-zA-Z])\s*(?:\.(?!\d))?"
)
_SPACING = re.compile(
    r"\\(?:[,;:> ]|quad|qquad|thinspace(?![a-zA-Z])|enspace(?![a-zA-Z])"
    r"|newline(?![a-zA-Z])|[hv]space\*?\{[^{}]*\}|phantom\{[^{}]*\}|hfill(?![a-zA-Z]))|[~\s]+"
)
_GROUPING = re.compile(r"(?<=\d)\s*(?:\{ ?, ?\}|,\s*\\!|\\!\s*,)\s*(?:\\!\s*)*(?=\d)")
_NEGATIVE_SPACE = re.compile(r"\s*\\(?:!|negthinspace(?![a-zA-Z]))\s*")
_RENAMED = {
    **dict.fromkeys(("dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "xfrac"), "\\frac"),
    **dict.fromkeys(("dbinom", "tbinom"), "\\binom"),
    **dict.fromkeys(("leq", "leqslant", "leqq"), "\\le "),
    **dict.fromkeys(("geq", "geqslant", "geqq"), "\\ge "),
    "lt": "<",
    "gt": ">",
    "neq": "\\ne ",
    **dict.fromkeys(("thickapprox", "simeq", "sim", "doteq", "approxeq"), "\\approx "),
    **dict.fromkeys(("cdotp", "bullet", "ast"), "\\cdot "),
    **dict.fromkeys(("div", "slash"), "/"),
    **dict.fromkeys(("lbrace", "lbrace "), "\\{"),
    "rbrace": "\\}",
    "lbrack": "[",
    "rbrack": "]",
    **dict.fromkeys(("vert", "lvert", "rvert", "mid"), "|"),
    **dict.fromkeys(("degree", "degrees", "textdegree"), "^\\circ "),
    **dict.fromkeys(("varnothing", "O"), "\\emptyset "),
    **dict.fromkeys(("R", "reals", "Reals"), "\\mathbb{R}"),
    **dict.fromkeys(("rightarrow", "longrightarrow"), "\\to "),
    "varepsilon": "\\epsilon ",
    "varphi": "\\phi ",
    "vartheta": "\\theta ",
    "infin": "\\infty ",
    "backslash": "\\setminus ",
    "colon": ":",
    "pounds": "\\pounds ",
    "textdollar": "\\$",
    "percent": "\\%",
    "wedge": "\\land ",
    "vee": "\\lor ",
    "textmu": "\\mu ",
    "micro": "\\mu ",
    "textohm": "\\Omega ",
    "ohm": "\\Omega ",
    "celsius": "^\\circ C",
    **dict.fromkeys(("tg",), "\\tan "),
    **dict.fromkeys(("ctg", "cotg"), "\\cot "),
    "arctg": "\\arctan ",
    "arsinh": "\\arcsinh ",
    "arcosh": "\\arccosh ",
    "artanh": "\\arctanh ",
}
_ROW_BREAK = re.compile(r"\\\\\s*(?:\[[^\[\]]{0,20}\])?")
_COMMAND = re.compile(r"\\([a-zA-Z]+)\s*")
_TEXT_FONT = re.compile(
    r"\\(?:text(?:normal|rm|bf|it|sf|tt|up|md|sc)?|mbox|hbox|mathrm|operatorname\*?|mathup|unit|si)"
    r"\s*(?=\{)"
)
_MATH_FONT = re.compile(
    r"\\(?:(?:mathbf|boldsymbol|bm|mathit|mathsf|mathtt|mathnormal|pmb|mathcal|mathscr|mathfrak"
    r"|underline|ensuremath|emph|boxed|fbox)|(?:text)?color ?\{[a-zA-Z]+\})\s*(?=\{)"
)
_CHOOSE = re.compile(
    r"\{ ?([^{}\\]*)\\choose(?![a-zA-Z])([^{}\\]*)\}|^([^{}\\]*)\\choose(?![a-zA-Z])([^{}\\]*)$"
)
# "{}^\\circ" and "{}_6": a base for what is raised or lowered.
# Digits are numbers, upright or not.
_TEXT_NUMBER = re.compile(r"\\text ?\{ ?([-+]?\d[\d,]*(?:\.\d+)?) ?\}")
_EMPTY_BASE = re.compile(r"\{ ?\}(?= ?[\^_])")
_SIUNITX = re.compile(r"\\(?:SI|qty)\{([^{}]*)\}\{([^{}]*)\}|\\num\{([^{}]*)\}")
_COLOUR = re.compile(r"\\color ?\{[a-zA-Z]+\} ?")
# Marks of the end of a proof, or of a right answer.
_MARKS = re.compile(
    r"^(?:\\(?:checkmark|therefore|blacksquare|square|Box|implies|Rightarrow|to|approx)(?![a-zA-Z])|=>?"
    r"|[✓✔✅∎■→⇒∴]) ?"
    r"| ?(?:\\(?:checkmark|blacksquare|square|Box|qedsymbol|qed)(?![a-zA-Z])|[✓✔✅∎■])$"
)
# ]5, 9[ is the open interval from 5 to 9.
_OUTWARD_OPENED = re.compile(r"(^|\\cup|\\cap|\\in|=) ?\](?=[^\[\]()]*[,;])")
_OUTWARD_CLOSED = re.compile(r"(?<=[\w}]) ?\[ ?(?=(\\cup|\\cap|\\setminus|$))")
# "0.75 (or 3/4)" and "2/3 (\\approx 0.667)": the other form stands in brackets.
_IN_BRACKETS = re.compile(
    r" ?\((?: ?\\text ?\{)? ?(?P<sign>or|i\.e\.,?|that is,?|equivalently,?|\\approx|=) ?\}?"
    r"(?P<form>[^()]*(?:\([^()]*\)[^()]*)*)\)$"
)
# A derivative taken at a point, before its value.
_TAKEN_AT = re.compile(r"\| ?_ ?\{[^{}=]*=[^{}=]*\}(?= ?=)")
_NUMBER_IN_BRACKETS = re.compile(r"^\((\d+)\)(?= ?_)")
_BASE_IN_BRACKETS = re.compile(r"_ ?\{? ?\((\d{1,2})\) ?\}?")
# Letters written together below a slash belong together: e^{-t/RC}. With a number before them they
# need not: 1/2x; and units have their own reading.
_LETTER = (
    r"(?:[a-zA-Z]|\\(?:alpha|beta|gamma|epsilon|theta|lambda|mu|nu|pi|rho|sigma|tau|phi|omega|hbar)"
    r"(?![a-zA-Z]) ?)"
)
_SYMBOL = rf"{_LETTER}(?:_(?:\w|\{{[^{{}}]*\}}))?(?:\^(?:\w|\{{[^{{}}]*\}}))?"
_TIGHT = re.compile(
    rf"(?<=[\w}})])/(?P<product>(?!(?:sin|cos|tan|ln|log|exp|sqrt|sec|csc|cot|min|max)){_SYMBOL}"
    rf"(?:{_SYMBOL})+)(?![\w(\\])|(?<=[a-zA-Z}})])/(?P<multiple>\d+ ?\\pi)(?![\w(])"
)
# Three dots between the members of a row.
_DOTS = re.compile(r"(, ?|^)\.\.\.( ?,|$)")
_QUOTED = re.compile(r"(?P<mark>[\"'`]{1,2})(?P<inside>[^\"'`]+)[\"'`]{1,2}")
_MODULE = re.compile(r"(?<![a-zA-Z.])(?:np|numpy|math|sp|sympy)\.(?=[a-z])")
_RUN_ON = re.compile(r"(?<=[\d)\]}])(or|and)(?=[A-Z\d(\[\\])")
# A run of roots is read once, whether it ends in what can be shortened or not.
_UNIT_ROOTS = re.compile(r"((?:\\sqrt ?\{ ?)++)(?:([01])((?: ?\})++))?")
_MIXED_PLAIN = re.compile(r"(?<![\d.,}^_])(\d+) +(\d+) ?/ ?(\d+)(?![\d.])")
_TIMES_TEN = re.compile(r"(?<=\d)\s*[xX*]\s*10\s*\^")


def normal(text: str) -> str:
    """Normal spelling of one answer.

    Parameters
    ----------
    text : str
        The answer as written, without its box.

    Returns
    -------
    str
        The answer in one small LaTeX dialect; may be empty.
    """
    if text.isdigit() and text.isascii():
        return text
    if "boxed" in text or "fbox" in text:
        text = _without_boxes(text)
    text = unwrap(peel(text))
    if "or" in text or "and" in text:
        text = _RUN_ON.sub(r" \1 ", text)
    if "\x0c" in text or "\x08" in text:
        # "\frac" and "\boxed" after a careless decoding of their backslash.
        text = text.replace("\\\x0c", "\x0c").replace("\x0c", "\\f").replace("\x08", "\\b")
    if not text.isascii():
        text = _from_unicode(text)
    if "\\" in text:
        text = _from_latex(text)
    elif text.count("$") > 1:
        text = text.replace("$", " ")
    text = _MODULE.sub("", text.replace("**", "^"))
    text = _SPACING.sub(" ", text).strip()
    if "{" in text and "," in text:
        text = _GROUPING.sub("", text)
    text = _without_marks(text)
    if "illion" in text or "thousand" in text or "万" in text or "亿" in text:
        text = with_magnitudes(text)
    if "[" in text or "]" in text:
        text = _OUTWARD_CLOSED.sub(r")\1", _OUTWARD_OPENED.sub(r"\1(", text))
    if "|_" in text:
        text = _TAKEN_AT.sub("", text)
    if "or" in text or "\\approx" in text or "=" in text:
        text = _IN_BRACKETS.sub(_other_form, text)
    if "_" in text:
        text = _BASE_IN_BRACKETS.sub(r"_{\1}", _NUMBER_IN_BRACKETS.sub(r"\1", text))
    if "/" in text:
        text = _MIXED_PLAIN.sub(r"\1\\frac{\2}{\3}", text)
        if "\\text" not in text:
            text = _TIGHT.sub(lambda match: f"/({match['product'] or match['multiple']})", text)
    if "..." in text:
        text = _DOTS.sub(r"\1\\ldots \2", text)
    if "^" in text:
        text = _TIMES_TEN.sub(r"\\times 10^", text)
    return _trim(text)


def _without_boxes(text: str) -> str:
    for start, end, content in reversed(find_boxes(text)):
        text = f"{text[:start]}{{{_without_boxes(content)}}}{text[end:]}"
    return text


def _other_form(match: re.Match[str]) -> str:
    sign = match["sign"] if match["sign"] in ("\\approx", "=") else "\\or"
    return f" {sign} {match['form']}"


def _without_marks(text: str) -> str:
    """Drop an equals sign before the answer, the mark of a proof after it, quotes around it."""
    for _ in range(3):
        bare = _MARKS.sub("", text).strip()
        quoted = _QUOTED.fullmatch(bare)
        if quoted:
            bare = quoted["inside"].strip()
        if bare == text or not bare:
            break
        text = bare
    return text


def unwrap(text: str) -> str:
    """Strip mathematics and emphasis delimiters that enclose the whole answer."""
    text = text.strip()
    for _ in range(4):
        for left, right in (
            ("$$", "$$"),
            ("\\[", "\\]"),
            ("\\(", "\\)"),
            ("$", "$"),
            ("**", "**"),
            ("__", "__"),
            ("`", "`"),
        ):
            size = len(left) + len(right)
            if len(text) > size and text.startswith(left) and text.endswith(right):
                inner = text[len(left) : -len(right)]
                if left not in inner and not inner.endswith("\\"):
                    text = inner.strip()
                    break
        else:
            break
    return text


def collapse(text: str) -> str:
    """Shorten answers that are long only by nesting: brackets around all, roots of one and zero."""
    return peel(_UNIT_ROOTS.sub(_collapse_roots, text))


def _collapse_roots(roots: re.Match[str]) -> str:
    if roots[2] is None:
        return roots[0]
    surplus = roots[3].count("}") - roots[1].count("{")
    return roots[2] + "}" * surplus if surplus >= 0 else roots[0]


def peel(text: str) -> str:
    """Strip any number of brackets around the whole answer, in one pass; (5) is 5."""
    text = text.strip()
    if text[:1] not in ("{", "(") or text[-1:] not in ("}", ")"):
        return text
    if text[0] == "(" and text[1:2] != "(":
        return text
    closes: dict[int, int] = {}
    opened: list[int] = []
    for index, character in enumerate(text):
        if character in "({":
            opened.append(index)
        elif character in ")}" and opened:
            closes[opened.pop()] = index
    start, end = 0, len(text) - 1
    while (
        start < end
        and closes.get(start) == end
        and text[start + 1 : start + 2] in ("{", "(", text[start + 1])
    ):
        pair = text[start] + text[end]
        if pair not in ("{}", "()") or text[end - 1] == "\\":
            break
        if pair == "()" and text[start + 1] not in "({":
            break
        start, end = start + 1, end - 1
    return text[start : end + 1].strip()


def fold(text: str) -> str:
    """Text with case, spacing, LaTeX wrappers and surrounding punctuation folded away."""
    text = normal(text)
    for _ in range(3):
        text = re.sub(r"\\text\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(r"[{}$]|\\(?=[ a-zA-Z])", " ", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\s*([-/:,;])\s*", r"\1", text)
    return " ".join(text.split()).strip(" .,;:!?\"'`*")


def nesting(text: str) -> int:
    """Deepest nesting of brackets of any kind; unbalanced ones count as open."""
    depth = deepest = 0
    for character in text:
        if character in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")}]":
            depth = max(0, depth - 1)
    return deepest


def _from_unicode(text: str) -> str:
    text = _SUPERSCRIPT_RUN.sub(lambda run: "^{" + run[0].translate(_SUPERSCRIPTS) + "}", text)
    text = _SUBSCRIPT_RUN.sub(lambda run: "_{" + run[0].translate(_SUBSCRIPTS) + "}", text)
    text = _ROOT.sub(lambda root: "\\sqrt{" + root[1] + "}" if root[1] else "\\sqrt ", text)
    text = text.translate(_SYMBOL_TABLE)
    if text.isascii():
        return text
    return "".join(_from_character(character) for character in text)


def _from_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    decomposed = unicodedata.normalize("NFKC", character)
    if "\u2044" in decomposed:
        top, _, bottom = decomposed.partition("\u2044")
        return f"\\frac{{{top}}}{{{bottom}}}"
    # Full-width forms and mathematical alphabets are the letters that they show.
    if "\uff00" <= character <= "\uffef" or "\U0001d400" <= character <= "\U0001d7ff":
        return decomposed.translate(_SYMBOL_TABLE)
    return character


def _from_latex(text: str) -> str:
    if "\\\\" in text:
        # A row break inside an array; elsewhere a doubled escape (from JSON) or a line break.
        if "\\begin{" in text:
            text = _ROW_BREAK.sub(r"\\cr ", text)
        text = re.sub(r"\\\\(?=[a-zA-Z%$])", r"\\", text).replace("\\\\", " ")
    text = re.sub(r"\\[()\[\]]|(?<!\\)\$", " ", text)
    text = _NEGATIVE_SPACE.sub("", _GROUPING.sub("", text))
    text = _LAYOUT.sub("", text)
    text = _SIUNITX.sub(lambda m: m[3] if m[3] else f"{m[1]}\\text{{ {m[2]}}}", text)
    if "\\choose" in text:
        text = _CHOOSE.sub(lambda m: f"\\binom{{{m[1] or m[3]}}}{{{m[2] or m[4]}}}", text)
    text = _TEXT_FONT.sub(r"\\text", text)
    if "{}" in text:
        text = _EMPTY_BASE.sub("", text)
    if "\\text" in text:
        text = _TEXT_NUMBER.sub(r"\1", text)
    text = _MATH_FONT.sub("", text)
    text = _COLOUR.sub("", text)
    return _COMMAND.sub(_rename, text)


def _rename(command: re.Match[str]) -> str:
    renamed = _RENAMED.get(command[1])
    if renamed is not None:
        return renamed
    following = command.string[command.end() : command.end() + 1]
    return f"\\{command[1]}" + (" " if following.isalpha() else "")


def _trim(text: str) -> str:
    """Drop punctuation that ends a sentence, and one pair of braces around everything."""
    while text:
        if text[-1] in ",;:" or (text[-1] == "." and not text.endswith(("\\.", "..."))):
            text = text[:-1].rstrip()
        elif text[0] == "{" and _closes_at(text) == len(text) - 1:
            text = text[1:-1].strip()
        elif text.startswith("\\text{") and text.endswith(".}"):
            text = text[:-2].rstrip() + "}"
        elif text.endswith(("\\text{.}", "\\text{,}", "\\text{!}")):
            text = text[:-8].rstrip()
        else:
            break
    return text


def _closes_at(text: str) -> int:
    depth = 0
    for index, character in enumerate(text):
        if character in "{}" and (index == 0 or text[index - 1] != "\\"):
            depth += 1 if character == "{" else -1
            if depth == 0:
                return index
    return -1
