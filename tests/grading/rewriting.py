"""Rewritings that keep an answer, and perturbations that change it."""

import re
from collections.abc import Iterator

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SCIENTIFIC = re.compile(r"^([-+]?\d+(?:\.\d+)?)e([-+]?\d+)$")


def rewritings(gold: str) -> Iterator[str]:
    """At least ten ways to write the same answer."""
    yield gold
    yield f"  {gold}  "
    yield f"${gold}$"
    yield f"\\displaystyle {gold}"
    yield f"{{{gold}}}"
    yield gold.replace("\\frac", "\\dfrac")
    yield gold.replace("\\frac", "\\tfrac")
    yield gold.replace("\\left", "").replace("\\right", "")
    yield sized(gold)
    yield re.sub(r"(?<![\\a-zA-Z{_^])([+=<>])(?![}])", r" \1 ", gold)
    yield re.sub(r"(?<=[\d}]) +(?=\\)", r"\\,", gold)
    yield gold.replace("\\text", "\\mathrm") if " " not in gold else gold
    yield gold.replace("\\mbox", "\\text").replace("\\textnormal", "\\text")
    yield gold.replace("-", "−") if "\\" not in gold else gold
    yield gold.replace("^\\circ", "°")
    yield gold + "."
    yield gold.replace("\\pi", "π").replace("\\infty", "∞").replace("\\cup", "∪")
    yield gold.replace("\\begin{pmatrix}", "\\begin{bmatrix}").replace(
        "\\end{pmatrix}", "\\end{bmatrix}"
    )
    yield re.sub(r"\\frac(\d)(\d)(?!\d)", r"\\frac{\1}{\2}", gold)
    yield re.sub(r"\\sqrt(\d)(?!\d)", r"\\sqrt{\1}", gold)
    if re.fullmatch(r"-?\d{4,}", gold):
        yield f"{int(gold):,}"
        yield f"{int(gold):,}".replace(",", "{,}")
        yield f"{int(gold):,}".replace(",", ",\\!")
    if re.fullmatch(r"-?\d+", gold):
        yield gold + ".0"
        yield f"x = {gold}"
    match = SCIENTIFIC.match(gold)
    if match:
        mantissa, exponent = match[1], str(int(match[2]))
        yield f"{mantissa} \\times 10^{{{exponent}}}"
        yield f"{mantissa}\\cdot 10^{{{exponent}}}"
        yield f"{mantissa}×10{exponent.translate(SUPERSCRIPT)}"
        yield f"{mantissa}E{exponent}"
        yield f"{mantissa} * 10^{{{exponent}}}"


def sized(gold: str) -> str:
    """Brackets with \\left and \\right, where they pair up."""
    if "\\left" in gold or gold.count("(") != gold.count(")") or gold.count("["):
        return gold
    return gold.replace("(", "\\left(").replace(")", "\\right)")


def perturbations(gold: str) -> Iterator[str]:
    """Answers that differ from the gold in one respect."""
    digits = list(re.finditer(r"(?<![\d_{])\d", gold))
    if digits:
        first, last = digits[0], digits[-1]
        for match in (first, last):
            changed = str((int(match[0]) + 1) % 10)
            yield gold[: match.start()] + changed + gold[match.end() :]
    if (
        "," not in gold
        and re.fullmatch(r"-?(?:\d.*|\\[dt]?frac.*|\\sqrt.*|\.\d+)", gold)
        and not re.match(r"0*\.?0*$", gold)
    ):
        yield gold[1:] if gold.startswith("-") else "-" + gold
    match = SCIENTIFIC.match(gold)
    if match:
        yield f"{match[1]}e{int(match[2]) + 1}"
        yield f"{match[1]}e{int(match[2]) - 1}"
        yield f"{match[1]}\\times 10^{{{int(match[2]) * -1 or 3}}}"
    power = re.search(r"\^(\d)", gold)
    if power:
        yield gold[: power.start(1)] + str(int(power[1]) + 1) + gold[power.end(1) :]
    entries = re.fullmatch(r"(\()([^(),]+),([^(),]+)(\))", gold)
    if entries and entries[2].strip() != entries[3].strip():
        yield f"{entries[1]}{entries[3]},{entries[2]}{entries[4]}"
    cells = re.fullmatch(r"\\begin\{pmatrix\} (\S+) \\\\ (\S+)(.*)", gold)
    if cells and cells[1] != cells[2]:
        yield f"\\begin{{pmatrix}} {cells[2]} \\\\ {cells[1]}{cells[3]}"
    for unit, other in (
        ("^\\circ", "\\text{ rad}"),
        ("inches", "feet"),
        ("cm", "mm"),
        ("cents", "dollars"),
        ("degrees", "radians"),
    ):
        if unit in gold:
            yield gold.replace(unit, other, 1)
    if gold.startswith("\\$"):
        yield gold[2:] + "\\text{ cents}"
    for left, right in (("(", "["), ("[", "("), (")", "]"), ("]", ")")):
        if "\\infty" not in gold and "\\cup" in gold and left in gold:
            yield gold.replace(left, right, 1)
    if re.search(r" \+ (?=[\w\\])", gold):
        yield gold.replace(" + ", " - ", 1)
    elif re.search(r"(?<=\w) - (?=[\w\\])", gold):
        yield gold.replace(" - ", " + ", 1)
