"""Chemical formulas, ions and reaction equations: compared by element counts and charge.

Co is not CO, and the order of the elements does not matter. Structure beyond the counts (isomers)
is not seen.
"""

# ruff: noqa: SIM905 (tables of names read best as words)

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

ELEMENTS = frozenset(
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb "
    "Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm "
    "Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og D T".split()
)
# Elements that also come as molecules of one kind of atom; "H_2" is a formula, "V_1" a variable.
_MOLECULES = frozenset(
    "H_2 N_2 O_2 O_3 F_2 Cl_2 Br_2 I_2 P_4 S_8 H2 N2 O2 O3 F2 Cl2 Br2 I2 P4 S8".split()
)
_NONMETALS = frozenset("H B C N O F Si P S Cl As Se Br Te I At D".split())
_MAX_LENGTH = 200
_MAX_COUNT = 10_000
_MAX_WRAPPERS = 40
_REVERSIBLE = r"(?:rightleftharpoons|leftrightarrow|leftrightarrows|rightleftarrows)"
_ARROW = re.compile(
    r"<?[-=]+>(?: ?\[[^\[\]]*\])*|<=>|<->"
    rf"|\\(?:to|longrightarrow|Rightarrow|{_REVERSIBLE})(?![a-z])"
    r"|\\x(?:to|rightarrow|rightleftharpoons)(?: ?\[[^\[\]]*\])? ?\{[^{}]*\}"
    r"|\\(?:overset|stackrel) ?\{[^{}]*\} ?\{ ?(?:\\to|\\longrightarrow|->) ?\}|="
)
# States, and the arrows of gases and solids, say nothing about what reacts.
_STATE = re.compile(
    r" ?_? ?\{? ?\((?:aq|s|l|\\ell ?|g|cr|conc|dil)\.?\)(?: ?\})?"
    r"|\\(?:uparrow|downarrow)(?![a-z])|[↑↓]"
    r"| \^(?= |$)| v(?= |$)"
)
# "NaCl (sodium chloride)": the name is a gloss.
_GLOSS = re.compile(r" \([a-z][a-z ,-]{3,}(?:\([IVX]+\))?[a-z ,-]*\)")
_LOW_FIRST = re.compile(r"_ ?\{?(?P<charge>\d{1,3})\}? ?\^ ?\{?(?P<mass>\d{1,3})\}? ?(?=[A-Z])")
# Isotopes by name: U-235, uranium-235. The elements of which isotopes are spoken of.
_NAMED = dict(
    pair.split("=")
    for pair in (
        "hydrogen=H helium=He lithium=Li beryllium=Be boron=B carbon=C nitrogen=N oxygen=O"
        " fluorine=F neon=Ne sodium=Na magnesium=Mg aluminium=Al aluminum=Al silicon=Si"
        " phosphorus=P sulfur=S sulphur=S chlorine=Cl argon=Ar potassium=K calcium=Ca titanium=Ti"
        " chromium=Cr manganese=Mn iron=Fe cobalt=Co nickel=Ni copper=Cu zinc=Zn gallium=Ga"
        " germanium=Ge arsenic=As selenium=Se bromine=Br krypton=Kr rubidium=Rb strontium=Sr"
        " yttrium=Y zirconium=Zr molybdenum=Mo technetium=Tc ruthenium=Ru silver=Ag cadmium=Cd"
        " indium=In tin=Sn iodine=I xenon=Xe cesium=Cs caesium=Cs barium=Ba cerium=Ce"
        " promethium=Pm europium=Eu iridium=Ir gold=Au mercury=Hg thallium=Tl lead=Pb bismuth=Bi"
        " polonium=Po astatine=At radon=Rn francium=Fr radium=Ra actinium=Ac thorium=Th"
        " protactinium=Pa uranium=U neptunium=Np plutonium=Pu americium=Am curium=Cm berkelium=Bk"
        " californium=Cf einsteinium=Es fermium=Fm"
    ).split()
)
_ISOTOPE = re.compile(r"(?P<element>[A-Z][a-z]?)-(?P<mass>\d{1,3})(?!\d)")
_ISOTOPE_NAME = re.compile(
    rf"(?<![a-z])(?P<name>{'|'.join(_NAMED)})[- ]?(?P<mass>\d{{1,3}})(?!\d)", re.IGNORECASE
)
_WRAPPER = re.compile(r"\\(?:ce|text|cf|pu)\s*\{")
_NUCLIDE = re.compile(r"\^ ?\{?\d{1,3}\}?(?:_ ?\{?\d{1,3}\}?)? ?[A-Z][a-z]?")
_HYDRATE = re.compile(r"(?:\\cdot|\\times|\*|\.) ?\d*H_?\{?2\}?O")
_ATOM = re.compile(
    r"\^\{?(?P<mass>\d{1,3})\}?(?:_\{?\d{1,3}\}?)?(?=[A-Z])"
    r"|(?P<element>[A-Z][a-z]?)|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|_?\{?(?P<count>\d{1,5})\}?"
)
_CHARGE = re.compile(
    r"(?<=[\])])(?P<size3>\d)(?P<sign3>[-+])$|"
    r"\^\s*\{?\s*(?P<size>\d{0,2})\s*(?P<sign>[-+]{1,4})\s*\}?$"
    r"|\^\s*\{?\s*(?P<sign2>[-+])(?P<size2>\d{1,2})\s*\}?$"
)


@dataclass(frozen=True, slots=True)
class Species:
    """One formula with its coefficient: element counts (sorted), charge in elementary charges."""

    coefficient: Fraction
    counts: tuple[tuple[str, int], ...]
    charge: int


@dataclass(frozen=True, slots=True)
class Formula:
    """One species, or the sides of a reaction, each sorted."""

    sides: tuple[tuple[Species, ...], ...]


def read_formula(text: str) -> Formula | None:
    """Read a formula, ion or reaction in normal spelling, or return None.

    Parameters
    ----------
    text : str
        For example ``H_2O``, ``\\ce{SO4^2-}``, ``Fe^{3+}``, ``\\ce{2H2 + O2 -> 2H2O}``.
    """
    if not text or len(text) > _MAX_LENGTH:
        return None
    try:
        sides = [_side(part) for part in _ARROW.split(_bare(text))]
    except ValueError:
        return None
    return Formula(tuple(sides))


def looks_like_formula(text: str) -> bool:
    """Whether a gold without a declared kind is a formula rather than a word or a product."""
    if "\\ce" in text:
        return read_formula(text) is not None
    bare = _bare(text)
    formula = read_formula(text)
    if formula is not None and len(formula.sides) == 2:
        return _is_reaction(formula, text)
    if formula is None or len(formula.sides) != 1 or len(formula.sides[0]) != 1:
        return False
    species = formula.sides[0][0]
    if _NUCLIDE.fullmatch(bare):
        return True
    if _HYDRATE.search(bare):
        return len(species.counts) > 2
    if species.coefficient != 1 or "*" in text or "cdot" in text:
        return False
    upright = "\\text" in text
    marked = bool(re.search(r"_\{?\d|\^", text)) or (
        any(c.isdigit() for c in bare) and len(species.counts) > 1
    )
    if species.charge:
        return upright or len(bare) > 2
    if len(species.counts) > 1:
        two_letters = any(len(name) > 1 for name, _ in species.counts)
        return marked or two_letters
    return bare in _MOLECULES or (upright and marked)


def _is_reaction(formula: Formula, text: str) -> bool:
    """Whether an undeclared equation is a reaction: "U = H + S" is one between symbols."""
    species = [item for side in formula.sides for item in side]
    compounds = [item for item in species if len(item.counts) > 1]
    arrow = "=" not in _WRAPPER.sub("", text)
    counted = any(count > 1 for item in species for _, count in item.counts)
    charged = arrow and any(item.charge for item in species)
    return (bool(compounds) and (counted or arrow) and len(species) > 2) or (
        charged and len(species) > 2
    )


def looks_like_symbols(text: str) -> bool:
    """Whether a word consists of element symbols, so that its case matters (CO is not Co)."""
    if not text.isalpha() or text.casefold() in ("no", "in", "i"):
        return False
    parts = re.findall("[A-Z][a-z]?", text)
    return len(text) <= 6 and "".join(parts) == text and all(part in ELEMENTS for part in parts)


def _bare(text: str) -> str:
    for _ in range(_MAX_WRAPPERS):
        match = _WRAPPER.search(text)
        if match is None:
            break
        depth = 1
        for index in range(match.end(), len(text)):
            depth += (text[index] == "{") - (text[index] == "}")
            if depth == 0:
                text = text[: match.start()] + text[match.end() : index] + text[index + 1 :]
                break
        else:
            break
    text = _STATE.sub("", _GLOSS.sub("", text.replace("{}", "")))
    text = _LOW_FIRST.sub(r"^{\g<mass>}_{\g<charge>}", text)
    text = _ISOTOPE_NAME.sub(lambda m: f"^{{{m['mass']}}}{_NAMED[m['name'].lower()]}", text)
    text = _ISOTOPE.sub(r"^{\g<mass>}\g<element>", text)
    return re.sub(r"\{([A-Z][A-Za-z]{0,3})\}", r"\1", text).strip()


def _side(text: str) -> tuple[Species, ...]:
    parts = re.split(r"\s\+\s|(?<=[A-Za-z0-9)\]}])\s*\+\s*(?=\d*\s*[A-Z(\[])", text.strip())
    if len(parts) > 20:
        raise ValueError("too many species")
    return tuple(sorted((_species(part) for part in parts), key=repr))


def _species(text: str) -> Species:
    text = text.strip()
    match = re.match(
        r"(?:(\d{1,4})(?:/(\d{1,3}))?|\\frac\{(\d{1,3})\}\{(\d{1,3})\})\s*(?=[A-Z(\[e^{\\])", text
    )
    coefficient = Fraction(1)
    if match:
        coefficient = Fraction(int(match[1] or match[3]), int(match[2] or match[4] or 1))
        text = text[match.end() :]
    if text in ("e^-", "e^{-}", "e-"):
        return Species(coefficient, (), -1)
    text, charge = _split_charge(text.replace(" ", ""))
    counts: Counter[str] = Counter()
    for part in re.split(r"\\cdot|\\times|\*|\.", text):
        hydrate = re.match(r"\d{1,2}(?=[A-Z(])", part)
        times = int(hydrate[0]) if hydrate else 1
        for name, count in _counts(part[hydrate.end() :] if hydrate else part).items():
            counts[name] += count * times
    if not counts:
        raise ValueError("no elements")
    return Species(coefficient, tuple(sorted(counts.items())), charge)


def _split_charge(text: str) -> tuple[str, int]:
    match = _CHARGE.search(text)
    if match:
        sign = match["sign"] or match["sign2"] or match["sign3"]
        if len(set(sign)) > 1:
            raise ValueError("mixed charge")
        size = int(match["size"] or match["size2"] or match["size3"] or len(sign))
        return text[: match.start()], size if sign[0] == "+" else -size
    match = re.search(r"(\d*)([-+])$", text)
    if not match:
        return text, 0
    digits, sign = match[1], match[2]
    rest = text[: match.start()]
    single_metal = re.fullmatch("[A-Z][a-z]?", rest) and rest not in _NONMETALS
    if digits and (single_metal or len(digits) > 1):
        # "Fe3+" is the ion of charge 3, and the last digit of "SO42-" is its charge.
        rest, size = rest + digits[:-1], int(digits[-1])
    else:
        rest, size = rest + digits, 1
    return rest, size if sign == "+" else -size


def _counts(text: str) -> Counter[str]:
    stack: list[Counter[str]] = [Counter()]
    last: Counter[str] = Counter()
    mass = ""
    position = 0
    while position < len(text):
        match = _ATOM.match(text, position)
        if match is None:
            raise ValueError("not a formula")
        position = match.end()
        if match["mass"]:
            mass = match["mass"]
        elif match["element"]:
            name = match["element"]
            if name not in ELEMENTS:
                raise ValueError("not an element")
            last = Counter({mass + name: 1})
            mass = ""
            stack[-1].update(last)
        elif match["open"]:
            if len(stack) > 5:
                raise ValueError("nested too deeply")
            stack.append(Counter())
        elif match["close"]:
            if len(stack) < 2:
                raise ValueError("unbalanced")
            last = stack.pop()
            stack[-1].update(last)
        else:
            count = int(match["count"])
            if not last or not 0 < count <= _MAX_COUNT:
                raise ValueError("a count of nothing")
            for name, number in last.items():
                stack[-1][name] += number * (count - 1)
            last = Counter()
    if len(stack) != 1 or mass:
        raise ValueError("unbalanced")
    return stack[0]
