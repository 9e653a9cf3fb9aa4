"""Characters of Unicode in the dialect of `normal`: superscripts, Greek letters, signs, digits."""

# ruff: noqa: SIM905 (tables of names read best as words)

import re
import unicodedata

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


def from_unicode(text: str) -> str:
    """Write the characters of mathematics in Unicode as LaTeX does, and all digits as 0 to 9."""
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
