"""LaTeX in the dialect of `normal`: layout and fonts dropped, one name for each command."""

import re

from sample_engineering.grading.spelling.siunitx import SIUNITX, from_siunitx

# Layout that carries no meaning.
_LAYOUT = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|scriptstyle|limits|nolimits|strut|boldmath"
    r"|mathstrut|rm|bf|it|sf|tt|cal|[Ll]arge|LARGE|[Hh]uge|small|normalsize|tiny|footnotesize"
    r"|bfseries|itshape|rmfamily|scshape|noindent|centering|mathop|mathrel|mathbin|mathopen|mathclose)"
    r"(?![a-zA-Z])\s*(?:\.(?!\d))?"
)
GROUPING = re.compile(r"(?<=\d)\s*(?:\{ ?, ?\}|,\s*\\!|\\!\s*,)\s*(?:\\!\s*)*(?=\d)")
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
    **dict.fromkeys(("vert", "lvert", "rvert", "mid", "Vert", "lVert", "rVert"), "|"),
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
    "tg": "\\tan ",
    "lg": "\\log_{10} ",
    **dict.fromkeys(("ctg", "cotg"), "\\cot "),
    "arctg": "\\arctan ",
    "arsinh": "\\arcsinh ",
    "arcosh": "\\arccosh ",
    "artanh": "\\arctanh ",
}
_ROW_BREAK = re.compile(r"\\\\\s*(?:\[[^\[\]]{0,20}\])?")
_COMMAND = re.compile(r"\\([a-zA-Z]+)\s*")
_TEXT_FONT = re.compile(
    r"\\(?:text(?:normal|rm|bf|it|sf|tt|up|md|sc)?|mbox|hbox|mathrm|operatorname\*?|mathup)"
    r"\s*(?=\{)"
)
_MATH_FONT = re.compile(
    r"\\(?:(?:mathbf|boldsymbol|bm|mathit|mathsf|mathtt|mathnormal|pmb|mathcal|mathscr|mathfrak"
    r"|underline|ensuremath|emph|boxed|fbox)|(?:text)?color ?\{[a-zA-Z]+\})\s*(?=\{)"
)
_CHOOSE = re.compile(
    r"\{ ?([^{}\\]*)\\choose(?![a-zA-Z])([^{}\\]*)\}|^([^{}\\]*)\\choose(?![a-zA-Z])([^{}\\]*)$"
)
_OVER = re.compile(r"\{ ?([^{}]*)\\over(?![a-zA-Z])([^{}]*)\}|^([^{}]*)\\over(?![a-zA-Z])([^{}]*)$")
# "{}^\\circ" and "{}_6": a base for what is raised or lowered.
# Digits are numbers, upright or not.
_TEXT_NUMBER = re.compile(r"\\text ?\{ ?([-+]?\d[\d,]*(?:\.\d+)?) ?\}")
_EMPTY_BASE = re.compile(r"\{ ?\}(?= ?[\^_])")
_COLOUR = re.compile(r"\\color ?\{[a-zA-Z]+\} ?")


def from_latex(text: str) -> str:
    """Drop layout and fonts, and give each command one name."""
    if "\\\\" in text:
        # A row break inside an array; elsewhere a doubled escape (from JSON) or a line break.
        if "\\begin{" in text:
            text = _ROW_BREAK.sub(r"\\cr ", text)
        text = re.sub(r"\\\\(?=[a-zA-Z%$])", r"\\", text).replace("\\\\", " ")
    text = re.sub(r"\\[()\[\]]|(?<!\\)\$", " ", text).replace("\\|", "|")
    text = _NEGATIVE_SPACE.sub("", GROUPING.sub("", text))
    text = _LAYOUT.sub("", text)
    if any(macro in text for macro in SIUNITX):
        text = from_siunitx(text)
    if "\\choose" in text:
        text = _CHOOSE.sub(lambda m: f"\\binom{{{m[1] or m[3]}}}{{{m[2] or m[4]}}}", text)
    text = _TEXT_FONT.sub(r"\\text", text)
    if "\\over" in text:
        text = _OVER.sub(lambda m: f"\\frac{{{m[1] or m[3]}}}{{{m[2] or m[4]}}}", text)
    if "{}" in text:
        text = _EMPTY_BASE.sub("", text)
    if "\\text" in text:
        text = _TEXT_NUMBER.sub(r"\1", text).replace("\\text{\\$}", "\\$")
    text = _MATH_FONT.sub("", text)
    text = _COLOUR.sub("", text)
    return _COMMAND.sub(_rename, text)


def _rename(command: re.Match[str]) -> str:
    renamed = _RENAMED.get(command[1])
    if renamed is not None:
        return renamed
    following = command.string[command.end() : command.end() + 1]
    return f"\\{command[1]}" + (" " if following.isalpha() else "")
