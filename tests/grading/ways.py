"""Ways in which people and models write the same answer, each as a whole completion.

`ways(gold)` yields pairs of a name and a completion; every one states the gold.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from sample_engineering.grading import Gold, read_gold

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
WHOLE = re.compile(r"-?\d+")
DECIMAL = re.compile(r"-?\d*\.\d+")
FRACTION = re.compile(r"(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}")


def ways(answer: str, gold: Gold | None = None) -> Iterator[tuple[str, str]]:
    """Yield the ways to write an answer, at least 40 of each kind of gold."""
    gold = read_gold(answer) if gold is None else gold
    bare = answer.strip().strip("$").strip().rstrip(".,")
    for name, text in (*_layouts(bare, gold), *_of_kind(bare, gold)):
        yield name, f"So we get $\\boxed{{{text}}}$."
    yield from _completions(bare)


def _completions(bare: str) -> Iterator[tuple[str, str]]:
    """Where the answer stands in a completion."""
    box = f"\\boxed{{{bare}}}"
    yield "a box alone", box
    yield "a box in a display", f"Therefore\n\\[\n{box}\n\\]"
    yield "a box in double dollars", f"$$\n{box}\n$$"
    yield "a box in brackets", f"\\({box}\\)"
    yield "line breaks in the box", f"\\boxed{{\n{bare}\n}}"
    yield "a framed box", f"Thus $\\fbox{{{bare}}}$."
    yield "a space before the brace", f"\\boxed {{{bare}}}"
    yield "a doubled backslash", f"\\\\boxed{{{bare}}}"
    yield "dollars in the box", f"\\boxed{{${bare}$}}"
    yield "the box twice", f"So $x$ is {box}.\n\n**Final answer:** {box}"
    yield "an empty box before", f"I put the answer in \\boxed{{}}. So {box}"
    yield "a placeholder before", f"My answer goes into \\boxed{{answer}}. We get {box}"
    yield "reasoning with other boxes", f"<think>perhaps \\boxed{{0}}?</think> It is {box}."
    yield "an intermediate result before", f"Step 1 gives \\boxed{{77777}}.\nStep 2 gives {box}."
    yield "a corrected slip", f"First \\boxed{{77777}}. Wait, that was wrong. It is {box}."
    yield "answer tags around", f"<answer>{box}</answer>"
    yield "bold around", f"**Final Answer**: **{box}**"
    yield "words after", f"{box}\n\nThis completes the solution. I hope it helps."


def _layouts(bare: str, gold: Gold) -> Iterator[tuple[str, str]]:
    """Layout that says nothing."""
    yield "as it is", bare
    yield "spaces around", f"  {bare} "
    yield "thin spaces around", f"\\,{bare}\\,"
    yield "a full stop", f"{bare}."
    yield "a full stop in text", f"{bare}\\text{{.}}"
    yield "braces around", f"{{{bare}}}"
    yield "display style", f"\\displaystyle {bare}"
    yield "a colour", f"{{\\color{{blue}}{bare}}}"
    yield "bold", f"\\mathbf{{{bare}}}"
    yield "bold symbols", f"\\boldsymbol{{{bare}}}"
    yield "underlined", f"\\underline{{{bare}}}"
    yield "a size", f"\\Large {bare}"
    yield "nested boxes", f"\\boxed{{{bare}}}"
    yield "an equals sign before", f"= {bare}"
    yield "an arrow before", f"\\implies {bare}"
    yield "therefore before", f"\\therefore {bare}"
    yield "a proof mark after", f"{bare} \\quad \\blacksquare"
    yield "a check mark after", f"{bare} \\checkmark"
    if "\\text" not in bare:
        yield "the answer is", f"\\text{{The answer is }} {bare}"
    yield "tall fractions", bare.replace("\\frac", "\\dfrac")
    yield "small fractions", re.sub(r"\\[dt]?frac", r"\\tfrac", bare)
    yield "wide spaces", re.sub(r"(?<=[\d}]) +(?=\\)", r"\\;", bare)
    if re.search(r"\d[-+=]\d", bare):
        yield "spaces around signs", re.sub(r"(?<=\d)([-+=])(?=\d)", r" \1 ", bare)
    paired = bare.count("(") == bare.count(")") and "[" not in bare and "]" not in bare
    if "(" in bare and "\\left" not in bare and paired:
        yield "brackets that grow", bare.replace("(", "\\left(").replace(")", "\\right)")
        yield "sized brackets", bare.replace("(", "\\bigl(").replace(")", "\\bigr)")
    if "\\left" in bare and "\\left." not in bare:
        yield "plain brackets", bare.replace("\\left", "").replace("\\right", "")
    if "\\pi" in bare:
        yield "the letter for pi", re.sub(r"\\pi(?![a-z]) ?", "π", bare)
    if "\\infty" in bare:
        yield "the sign for infinity", re.sub(r"\\infty(?![a-z]) ?", "∞", bare)
    if re.search(r"\\sqrt\{\w+\}", bare):
        yield "the sign of a root", re.sub(r"\\sqrt\{(\w+)\}", r"√(\1)", bare)
    if re.search(r"\^\d(?!\d)", bare) and "\\" not in bare:
        yield "raised digits", re.sub(r"\^(\d)", lambda m: m[1].translate(_SUPERSCRIPT), bare)
    powers = gold.kind not in ("formula", "text") and "\\text" not in bare and "circ" not in bare
    if powers and re.search(r"\^\{?\d", bare):
        yield "two stars for a power", re.sub(r"\^\{(\d+)\}|\^(\d)", r"**(\1\2)", bare)
    if re.search(r"[a-z0-9] ?[-+] ?[a-z0-9]", bare) and "\\text" not in bare:
        yield "a long minus", bare.replace("-", "−")
    if "\\cdot" in bare:
        yield "a cross for a dot", bare.replace("\\cdot", "\\times")


_LABELS = (
    ("a letter before", "x = {}"),
    ("a capital before", "S = {}"),
    ("an index before", "S_n = {}"),
    ("two letters before", "AB = {}"),
    ("a word before", "\\text{{Area}} = {}"),
    ("words before", "\\text{{Number of ways}} = {}"),
    ("a function's value before", "f(2) = {}"),
    ("a probability before", "P(A) = {}"),
    ("a conditional probability before", "P(A|B) = {}"),
    ("a cut before", "P(A \\cap B) = {}"),
    ("a sum before", "m+n = {}"),
    ("a sum of multiples before", "a + 2b = {}"),
    ("a squared size before", "|z|^2 = {}"),
    ("a sine before", "\\sin\\theta = {}"),
    ("a determinant before", "\\det(A) = {}"),
    ("an integral before", "\\int_0^1 f(x)\\,dx = {}"),
    ("a limit before", "\\lim_{{x \\to 0}} f(x) = {}"),
    ("a letter after", "{} = x"),
)
_UNITS = (
    ("metres a second", "{}\\ \\mathrm{{m/s}}"),
    ("a unit with a braced power", "{}\\ \\mathrm{{m\\,s^{{-1}}}}"),
    ("a unit with a power outside", "{}\\text{{ cm}}^2"),
    ("a unit with a power inside", "{}\\ \\mathrm{{cm^{{2}}}}"),
    ("a unit with a raised digit", "{}\\text{{ cm²}}"),
    ("a unit as a fraction", "{}\\,\\mathrm{{\\frac{{kg}}{{m^3}}}}"),
    ("a unit in Chinese", "{}\\text{{厘米}}"),
    ("a unit in words", "{}\\text{{ square units}}"),
)
_THINGS = ("ways", "people", "students", "integers", "possible values", "red marbles")


def _of_kind(bare: str, gold: Gold) -> Iterator[tuple[str, str]]:
    maker = {
        "number": _numbers,
        "quantity": _quantities,
        "choice": _choices,
        "text": _texts,
        "formula": _formulas,
        "set": _sets,
        "tuple": _tuples,
        "interval": _intervals,
        "matrix": _matrices,
        "equation": _equations,
        "expression": _expressions,
    }[gold.kind]
    yield from maker(bare)


def _labelled(bare: str) -> Iterator[tuple[str, str]]:
    for name, pattern in _LABELS:
        yield name, pattern.format(bare)


def _numbers(bare: str) -> Iterator[tuple[str, str]]:
    yield from _labelled(bare)
    if "_" not in bare and "%" not in bare:
        for name, pattern in _UNITS:
            yield name, pattern.format(bare)
    yield "said twice", f"{bare} \\text{{ or }} {bare}"
    fraction = FRACTION.fullmatch(bare)
    if WHOLE.fullmatch(bare):
        yield from _whole_numbers(bare)
    elif DECIMAL.fullmatch(bare):
        yield "a zero after", f"{bare}0"
        yield "full-width digits", bare.translate(_FULL_WIDTH)
        yield "as a fraction", _fraction(Fraction(bare))
        yield "a power of ten", f"{bare}\\times 10^{{0}}"
        yield "its exponent", f"{bare}e0"
        if bare.lstrip("-").startswith("0."):
            yield "without its zero", bare.replace("0.", ".", 1)
            yield "as percent", f"{_plain(Fraction(bare) * 100)}\\%"
    elif fraction:
        yield from _fractions(fraction)


def _whole_numbers(bare: str) -> Iterator[tuple[str, str]]:
    value = int(bare)
    for thing in _THINGS if value >= 0 else ():
        yield f"{thing} after", f"{bare}\\text{{ {thing}}}"
    yield "text around", f"\\text{{{bare}}}"
    yield "quotes around", f'"{bare}"'
    yield "a zero after the point", f"{bare}.0"
    yield "over one", f"\\frac{{{bare}}}{{1}}"
    yield "full-width digits", bare.translate(_FULL_WIDTH)
    if value >= 0:
        yield "a plus sign", f"+{bare}"
        yield "a sentence", f"\\text{{There are {bare} ways}}"
        yield "an ordinal", f"{bare}^{{\\text{{th}}}}"
        yield "dollars", f"\\${bare}"
    if 0 <= value < len(_WORDS):
        yield "in words", f"\\text{{{_WORDS[value]}}}"
    if abs(value) >= 1000:
        grouped = f"{value:,}"
        yield "commas", grouped
        yield "braced commas", grouped.replace(",", "{,}")
        yield "commas and thin spaces", grouped.replace(",", ",\\!")
        yield "thin spaces", grouped.replace(",", "\\,")
    digits = bare.lstrip("-").rstrip("0")
    zeros = len(bare.lstrip("-")) - len(digits)
    if zeros > 2:
        sign = "-" if value < 0 else ""
        yield "a power of ten", f"{sign}{digits}\\times 10^{{{zeros}}}"
        yield "raised power of ten", f"{sign}{digits}×10{str(zeros).translate(_SUPERSCRIPT)}"
        yield "an exponent", f"{sign}{digits}e{zeros}"
    if value and value % 1_000_000 == 0 and abs(value) < 10**9:
        yield "millions", f"{value // 1_000_000} \\text{{ million}}"


def _fractions(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    sign, top, bottom = match[1], int(match[2]), int(match[3])
    yield "a slash", f"{sign}{top}/{bottom}"
    yield "a slash with spaces", f"{sign}{top} / {bottom}"
    yield "twice as large above and below", f"{sign}\\frac{{{2 * top}}}{{{2 * bottom}}}"
    yield "a fraction slash", f"{sign}{top}⁄{bottom}"
    if sign:
        yield "the sign above", f"\\frac{{-{top}}}{{{bottom}}}"
    if top > bottom > 1:
        yield "a mixed number", f"{sign}{top // bottom}\\frac{{{top % bottom}}}{{{bottom}}}"
    if top < 10 and bottom < 10:
        yield "without braces", f"{sign}\\frac{top}{bottom}"
    rest = bottom
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    value = Fraction(top, bottom)
    if rest == 1:
        yield "as a decimal", f"{sign}{_plain(value)}"
        yield "both forms", f"{sign}\\frac{{{top}}}{{{bottom}}} = {sign}{_plain(value)}"
        if value.denominator != 1:
            yield "as percent", f"{sign}{_plain(value * 100)}\\%"
    else:
        yield (
            "rounded beside",
            (
                f"{sign}\\frac{{{top}}}{{{bottom}}} \\approx {sign}{float(value):.3f}"
                if value > Fraction(1, 1000)
                else f"{sign}\\frac{{{top}}}{{{bottom}}}"
            ),
        )
        yield "eight figures", f"{sign}{_figures(value, 8)}"
    if bottom in (3, 9) and top % bottom:
        digit = str(Fraction(top % bottom, bottom) * 9)
        yield "a bar", f"{sign}{top // bottom}.\\overline{{{digit}}}"
        yield "a dot", f"{sign}{top // bottom}.\\dot{{{digit}}}"


def _fraction(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _plain(value: Fraction) -> str:
    """A terminating decimal in full."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole = str(abs(int(value * 10**digits))).rjust(digits + 1, "0")
    text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
    return ("-" if value < 0 else "") + text


def _figures(value: Fraction, figures: int) -> str:
    return f"{float(value):.{figures}g}" if value >= Fraction(1, 1000) else f"{float(value):.7e}"


def _expressions(bare: str) -> Iterator[tuple[str, str]]:
    if ":" in bare:
        yield from _ratios(bare)
        return
    free = not re.search(r"(?<![a-zA-Z\\])[a-zA-Z](?![a-zA-Z])", re.sub(r"\\[a-zA-Z]+", "", bare))
    for name, pattern in _LABELS:
        if (free and (name != "a letter after" or not re.search(r"\\[a-hj-z]+", bare))) or name in (
            "a capital before",
            "a word before",
            "words before",
        ):
            yield name, pattern.format(bare)
    yield "once", f"1 \\cdot ({bare})"
    yield "brackets around", f"({bare})"
    yield "nothing added", f"({bare}) + 0"
    yield "a minus taken out", f"-(-({bare}))"
    yield "said twice", f"\\text{{Answer}} = {bare} = {bare}"
    yield "over one", f"\\frac{{{bare}}}{{1}}"
    yield "twice its half", f"2 \\cdot \\frac{{{bare}}}{{2}}"
    root = re.fullmatch(r"(\d+)\\sqrt\{(\d+)\}", bare)
    if root:
        outer, inner = int(root[1]), int(root[2])
        yield "all under the root", f"\\sqrt{{{outer**2 * inner}}}"
        yield "the root first", f"\\sqrt{{{inner}}} \\cdot {outer}"
        yield "plain text", f"{outer}*sqrt({inner})"
        yield "a power for the root", f"{outer} \\cdot {inner}^{{1/2}}"
        yield "a unit after", f"{bare}\\text{{ cm}}"


def _ratios(bare: str) -> Iterator[tuple[str, str]]:
    for name in ("a letter before", "a capital before", "a word before", "words before"):
        yield name, dict(_LABELS)[name].format(bare)
    parts = [part.strip() for part in bare.split(":")]
    yield "no spaces", ":".join(parts)
    yield "spaces", " : ".join(parts)
    yield "a full-width colon", "：".join(parts)
    yield "a ratio sign", "∶".join(parts)
    yield "a command for the colon", " \\colon ".join(parts)
    yield "in brackets", "(" + ":".join(parts) + ")"
    if all(part.isdigit() for part in parts):
        yield "twice each", ":".join(str(2 * int(part)) for part in parts)
    if len(parts) == 2:
        yield "to", " \\text{ to } ".join(parts)
        yield "a fraction", f"\\frac{{{parts[0]}}}{{{parts[1]}}}"


def _sets(bare: str) -> Iterator[tuple[str, str]]:
    simple = re.fullmatch(r"[-\w/. ,]+", bare)
    members = [part.strip() for part in bare.split(",")] if simple else []
    if len(members) > 1 and all(members) and not re.search(r"\d,\d{3}(?!\d)", bare):
        turned = members[::-1]
        yield "a set", "\\{" + ", ".join(members) + "\\}"
        yield "turned round", ", ".join(turned)
        yield "a set turned round", "\\{" + ", ".join(turned) + "\\}"
        yield "and", " \\text{ and } ".join(members)
        yield "commas and and", ", ".join(members[:-1]) + f" \\text{{ and }} {members[-1]}"
        yield "semicolons", "; ".join(members)
        yield "each with its letter", ", ".join(f"x = {member}" for member in members)
        yield "or between equations", " \\text{ or } ".join(f"x = {m}" for m in members)
        yield "a letter in a set", "x \\in \\{" + ", ".join(members) + "\\}"
        yield "one member twice", ", ".join([*members, members[0]])
        yield "several boxes", "}$ and $\\boxed{".join(members)
    elif "\\pm" not in bare and "=" not in bare and not bare.startswith("\\{"):
        yield "a set", f"\\{{{bare}\\}}"
    for name in ("a letter before", "a capital before", "a word before", "words before"):
        if "=" not in bare and "\\text" not in bare:
            yield name, dict(_LABELS)[name].format(bare if "{" in bare[:2] else f"{{{bare}}}")


def _tuples(bare: str) -> Iterator[tuple[str, str]]:
    yield "a letter before", f"P = {bare}"
    yield "a word before", f"\\text{{Point}} = {bare}"
    yield "a vector before", f"\\vec{{v}} = {bare}"
    match = re.fullmatch(r"\(([^(),]+(?:,[^(),]+)+)\)", bare)
    if match:
        entries = [entry.strip() for entry in match[1].split(",")]
        names = ("x", "y", "z", "w")[: len(entries)]
        yield "wide commas", "(" + " ,\\; ".join(entries) + ")"
        yield "no spaces", "(" + ",".join(entries) + ")"
        yield "angle brackets", "\\langle " + ", ".join(entries) + "\\rangle"
        yield "without brackets", ", ".join(entries)
        if len(entries) <= len(names):
            yield "names before", f"({','.join(names)}) = ({', '.join(entries)})"
            named = [f"{name} = {entry}" for name, entry in zip(names, entries, strict=True)]
            yield "each with its name", ", ".join(named)
            yield "names the other way round", ", ".join(named[::-1])
            yield "names joined by and", " \\text{ and } ".join(named)
        yield "full-width commas", "(" + "，".join(entries) + ")"


def _intervals(bare: str) -> Iterator[tuple[str, str]]:
    named = bare.startswith("x \\in")
    bare = bare.removeprefix("x \\in").strip()
    yield "x in", f"x \\in {bare}"
    yield "a word before", f"\\text{{Domain}} = {bare}"
    if not named:
        yield "any letter in", f"t \\in {bare}"
        yield "a letter before", f"D = {bare}"
    yield "a letter U", bare.replace("\\cup", "∪")
    yield "plus infinity", re.sub(r"(?<![-+])\\infty", r"+\\infty", bare)
    if bare.startswith("(-\\infty") and bare.endswith("\\infty)") and "\\cup" not in bare:
        yield "in words", "\\text{all real numbers}"
    ends = re.fullmatch(r"([(\[]) ?([^,()\[\]]+?) ?, ?([^,()\[\]]+?) ?([)\]])", bare)
    if not ends:
        return
    opening, low, high, closing = ends.groups()
    yield "no spaces", f"{opening}{low},{high}{closing}"
    outward = {"(": "]", "[": "[", ")": "[", "]": "]"}
    yield "outward brackets", f"{outward[opening]}{low};{high}{outward[closing]}"
    left, right = "\\le" if opening == "[" else "<", "\\le" if closing == "]" else "<"
    turned = {"<": ">", "\\le": "\\ge"}
    lower, upper = f"x {turned[left]} {low}", f"x {right} {high}"
    if "infty" in low and "infty" not in high:
        yield "an inequality", upper
        yield "an inequality from the right", f"{high} {turned[right]} x"
    elif "infty" in high and "infty" not in low:
        yield "an inequality", lower
        yield "an inequality from the left", f"{low} {left} x"
    elif "infty" not in low:
        yield "an inequality", f"{low} {left} x {right} {high}"
        yield "turned round", f"{high} {turned[right]} x {turned[left]} {low}"
        yield "two conditions", f"{lower} \\text{{ and }} {upper}"


def _matrices(bare: str) -> Iterator[tuple[str, str]]:
    yield "a letter before", f"A = {bare}"
    yield "bold letter before", f"\\mathbf{{v}} = {bare}"
    yield "a word before", f"\\text{{Matrix}} = {bare}"
    for old, new in (("pmatrix", "bmatrix"), ("pmatrix", "matrix"), ("bmatrix", "pmatrix")):
        if old in bare:
            yield f"{new} for {old}", bare.replace(old, new)
    yield (
        "an array",
        re.sub(
            r"\\begin\{[pb]matrix\}(.*)\\end\{[pb]matrix\}",
            r"\\left(\\begin{array}{cccc}\1\\end{array}\\right)",
            bare,
            flags=re.DOTALL,
        ),
    )
    yield "spaces in it", bare.replace("&", "  &  ").replace("\\\\", " \\\\ ")
    yield "row spacing", bare.replace("\\\\", "\\\\[4pt]")
    yield "once", f"1 \\cdot {bare}"
    cells = re.fullmatch(r"\\begin\{pmatrix\}([^{}]*)\\end\{pmatrix\}", bare)
    if cells:
        rows = [[c.strip() for c in row.split("&")] for row in cells[1].split("\\\\")]
        if len(rows) > 1 and len(rows[0]) > 1:
            yield "lists in a list", "[" + ", ".join(f"[{', '.join(r)}]" for r in rows) + "]"
        elif len(rows[0]) == 1:
            yield "as a row", "(" + ", ".join(row[0] for row in rows) + ")"


def _equations(bare: str) -> Iterator[tuple[str, str]]:
    match = re.fullmatch(r"([^=<>]+)=([^=<>]+)", bare)
    if not match or "\\" in match[1]:
        return
    left, right = match[1].strip(), match[2].strip()
    if not re.search("[a-zA-Z]", left):
        return  # 0.56 = 56%
    yield "turned round", f"{right} = {left}"
    yield "no spaces", f"{left}={right}"
    yield "wide spaces", f"{left} \\;=\\; {right}"
    yield "a sentence", f"\\text{{The equation is }} {left} = {right}"
    if re.fullmatch(r"[a-zA-Z]", left):
        yield "its value alone", right
        yield "its value twice", f"{left} = {right} = {right}"
        yield "for all", f"{left} = {right} \\text{{ for all }} t \\in \\mathbb{{R}}"
    elif re.fullmatch(r"0", right):
        yield "all negative", f"-({left}) = 0"
        yield "doubled", f"2({left}) = 0"
        yield "zero first", f"0 = {left}"


def _quantities(bare: str) -> Iterator[tuple[str, str]]:
    yield from _labelled(bare)
    degrees = re.fullmatch(r"(-?[\d.]+) ?\^ ?\{? ?\\circ ?\}?", bare)
    if degrees:
        number = degrees[1]
        for name, unit in (
            ("a degree sign", "°"),
            ("braced degrees", "^{\\circ}"),
            ("degrees in words", "\\text{ degrees}"),
            ("a command for degrees", "\\degree"),
            ("no degree sign", ""),
            ("degrees in italics", " degrees"),
        ):
            yield name, number + unit
    money = re.fullmatch(r"\\\$ ?([\d.,]+)", bare)
    if money:
        number = money[1]
        yield "a bare dollar sign", f"${number}"
        yield "dollars in words", f"{number}\\text{{ dollars}}"
        yield "USD", f"{number}\\text{{ USD}}"
        yield "US before", f"\\text{{US}}\\${number}"
        yield "no sign", number
    plain = re.fullmatch(r"(-?[\d.]+(?:e-?\d+)?) ([a-zA-Z][a-zA-Z/^*() \d]*)", bare)
    if plain:
        yield from _spelled_units(plain[1], plain[2])
    unit = re.fullmatch(r"([-+\d.,/\\a-z{}]*?[\d}])\s*\\(?:text|mbox|mathrm)\s*\{([^{}]*)\}", bare)
    if unit:
        number, name = unit[1], unit[2].strip()
        yield "upright unit", f"{number}\\ \\mathrm{{{name.replace(' ', '~')}}}"
        yield "unit in text", f"{number}\\text{{ {name}}}"
        yield "unit in italics", f"{number} {name}"
        yield "no unit", number
        yield "a thin space", f"{number}\\,\\text{{{name}}}"


def _spelled_units(number: str, unit: str) -> Iterator[tuple[str, str]]:
    """A unit such as m/s^2 or J/(mol K) in the spellings of typeset texts."""
    yield "roman unit", f"{number}\\,\\mathrm{{{unit}}}"
    yield "unit in text", f"{number}\\ \\text{{{unit}}}"
    yield "roman unit after a tie", f"{number}~\\mathrm{{{unit}}}"
    yield "unit in italics", f"{number} {unit}"
    yield "no unit", number
    parts = re.fullmatch(r"([a-zA-Z ]+)/\(?([a-zA-Z ]+?)(?:\^(\d))?\)?", unit)
    if parts:
        above = "\\,".join(parts[1].split())
        below = "\\,".join(f"{name}^{{-{parts[3] or 1}}}" for name in parts[2].split())
        yield "a unit with a braced power", f"{number}\\ \\mathrm{{{above}\\,{below}}}"
        yield (
            "a unit in words",
            f"{number}\\ \\text{{{parts[1]} per {parts[2]}}}"
            if not parts[3] and " " not in unit
            else f"{number} \\ \\mathrm{{{unit}}}",
        )
        if " " not in unit:
            under = parts[2] + (f"^{parts[3]}" if parts[3] else "")
            yield (
                "a unit as a fraction",
                f"{number}\\,\\frac{{\\text{{{parts[1]}}}}}{{\\text{{{under}}}}}",
            )
    power = re.fullmatch(r"([a-zA-Z]+)\^(\d)", unit)
    if power:
        yield "a unit with a power inside", f"{number}\\ \\mathrm{{{power[1]}^{{{power[2]}}}}}"
        yield "a unit with a power outside", f"{number}\\text{{ {power[1]}}}^{power[2]}"
        raised = power[2].translate(_SUPERSCRIPT)
        yield "a unit with a raised digit", f"{number}\\text{{ {power[1]}{raised}}}"


def _choices(bare: str) -> Iterator[tuple[str, str]]:
    letter = re.search("[A-Z]", re.sub(r"\\[a-z]+", "", bare))
    assert letter is not None
    for name, text in (
        ("the letter", "{}"),
        ("round brackets", "({})"),
        ("a full stop", "{}."),
        ("half a bracket", "{})"),
        ("upright", "\\text{{{}}}"),
        ("upright in brackets", "\\text{{({})}}"),
        ("bold", "\\textbf{{({})}}"),
        ("bold mathematics", "\\mathbf{{{}}}"),
        ("roman", "\\mathrm{{{}}}"),
        ("square brackets", "[{}]"),
        ("option", "\\text{{Option {}}}"),
        ("choice", "Choice {}"),
        ("answer", "Answer: {}"),
        ("the answer is", "\\text{{The answer is }} {}"),
        ("the text after a stop", "{}. the text of the option"),
        ("the text after a bracket", "{}) the text of the option"),
        ("the text after a colon", "{}: because it fits"),
        ("AMC's way", "\\textbf{{({})}}\\ 12"),
        ("in Chinese", "选项{}"),
        ("in Chinese after", "{}选项"),
        ("bold marks", "**{}**"),
        ("full width", "\\text{{（{}）}}"),
    ):
        yield name, text.format(letter[0])
    yield "small", letter[0].lower()


def _texts(bare: str) -> Iterator[tuple[str, str]]:
    words = re.sub(r"\\(?:text\w*|mbox|mathrm)\s*\{([^{}]*)\}", r"\1", bare).replace("\\!", "")
    yield "words alone", words
    for command in ("text", "textbf", "textit", "mathrm", "mbox", "textrm", "operatorname"):
        shown = words.replace(" ", "~") if command in ("mathrm", "operatorname") else words
        yield f"in {command}", f"\\{command}{{{shown}}}"
    yield "quotes", f'"{words}"'
    yield "a full stop inside", f"\\text{{{words}.}}"
    yield "bold marks", f"**{words}**"
    if re.fullmatch(r"[A-Z]?[a-z]{4,}", words):
        yield "capitals", f"\\text{{{words.upper()}}}"
        yield "small letters", f"\\text{{{words.lower()}}}"
        yield "a capital", f"\\text{{{words.capitalize()}}}"
        yield "an article", f"\\text{{the {words}}}"
    yield "a colon before", f"\\text{{Answer: {words}}}"
    yield "spaces inside", f"\\text{{ {words} }}"
    yield "the answer is", f"\\text{{The answer is {words}}}"
    yield "words after a sign", f"\\implies \\text{{{words}}}"


def _formulas(bare: str) -> Iterator[tuple[str, str]]:
    plain = re.sub(r"\\(?:text|mathrm|ce)\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", bare)
    yield "mhchem", f"\\ce{{{plain}}}"
    yield "roman", f"\\mathrm{{{plain}}}"
    yield "letters upright", re.sub(r"(?<![\\a-zA-Z])([A-Z][a-z]?)(?![a-z])", r"\\text{\1}", plain)
    yield "braced counts", re.sub(r"_(\d)", r"_{\1}", plain)
    yield "lowered digits", re.sub(r"_\{?(\d+)\}?", lambda m: m[1].translate(_SUBSCRIPT), plain)
    if "->" in plain or "\\to" in plain:
        for arrow in ("\\rightarrow", "\\to", "\\longrightarrow", "⟶", "="):
            yield f"the arrow {arrow}", plain.replace("->", f" {arrow} ")
        yield "what is heated", plain.replace("->", "\\xrightarrow{\\Delta}")
    else:
        yield "a state", f"{plain}(aq)"
        yield "upright and a state", f"\\mathrm{{{plain}}}(s)"
        yield "a word before", f"\\text{{Formula: }} {plain}"
