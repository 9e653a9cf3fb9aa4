"""Values of named substances, with their sources: the one place where they are looked up.

A relation that names a substance, a nuclide or a body carries its real value, rounded; what no
table gives (the rate constant of some reaction) is drawn, and then nothing is named. `carried` says
which quantities of which relations are such values; the tests compare them, and
``python scripts/relation_table.py`` writes them down, one line a relation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sample_engineering.synthesis.relation import Case, Relation


@dataclass(frozen=True, slots=True)
class Property:
    """A property of substances.

    Parameters
    ----------
    unit : str
        Pint's spelling.
    source : str
        Where the values stand.
    values : mapping of str to float
        By substance.
    """

    unit: str
    source: str
    values: Mapping[str, float]


_CRC = "CRC Handbook of Chemistry and Physics, 97th edition"
_OPENSTAX = "OpenStax University Physics"

PROPERTIES: Mapping[str, Property] = {
    "half-life": Property(
        "h",
        "NUBASE2020 (Kondev et al. 2021), by IAEA Nuclear Data Section",
        {
            "fluorine-18": 1.8295,
            "technetium-99m": 6.0067,
            "iodine-123": 13.2234,
            "sodium-24": 14.956,
            "iodine-131": 192.6,
            "phosphorus-32": 342.4,
            "cobalt-60": 46207,
            "carbon-14": 50228000,  # 5,730 years
        },
    ),
    "atomic mass": Property(
        "u",
        "AME2020 (Wang et al. 2021), by IAEA Nuclear Data Section",
        {
            "boron-10": 10.012937,
            "boron-11": 11.009305,
            "lithium-6": 6.015123,
            "lithium-7": 7.016003,
        },
    ),
    "molar mass": Property(
        "g/mol",
        "IUPAC standard atomic weights 2021",
        {
            "glucose": 180.156,
            "sodium chloride": 58.44,
            "ethanol": 46.069,
            "calcium carbonate": 100.09,
            "carbon dioxide": 44.009,
            "paracetamol": 151.165,
            "caffeine": 194.194,
            "helium": 4.0026,
            "nitrogen": 28.014,
            "hydrogen": 2.016,
            "urea": 60.056,
            "chlorine": 70.90,
            "lactic acid": 90.078,
            "lactose": 342.296,
            "silver": 107.868,
            "potassium chloride": 74.551,
            "nitrate": 62.004,
            "oxygen": 31.998,
            "water": 18.015,
            "methane": 16.043,
        },
    ),
    "density": Property(
        "kg/m**3",
        f"{_CRC}, at 20 degrees Celsius; seawater and olive oil: {_OPENSTAX} 1 and tables",
        {
            "ethanol": 789.3,
            "olive oil": 913,
            "water": 998.2,
            "glycerol": 1261.3,
            "seawater": 1025,
            "mercury": 13534,
        },
    ),
    "specific heat": Property(
        "J/(kg*K)",
        f"{_CRC}, at 25 degrees Celsius",
        {"aluminium": 897, "copper": 385, "water": 4184},
    ),
    "heat of fusion": Property("kJ/kg", f"{_OPENSTAX} 2, table 1.4", {"ice": 334, "lead": 24.5}),
    "thermal conductivity": Property(
        "W/(m*K)",
        f"{_OPENSTAX} 2, table 1.5; foam and wood: Engineering ToolBox",
        {
            "brick": 0.84,
            "glass": 0.84,
            "cork": 0.042,
            "polystyrene foam": 0.035,
            "pine wood": 0.12,
        },
    ),
    "linear expansion": Property(
        "1/K", f"{_OPENSTAX} 2, table 1.2", {"steel": 12e-6, "aluminium": 25e-6}
    ),
    "Young's modulus": Property(
        "GPa", f"{_OPENSTAX} 1, table 12.1; {_CRC}", {"steel": 200, "copper": 120, "aluminium": 70}
    ),
    "resistivity": Property(
        "ohm*m", f"{_OPENSTAX} 2, table 9.1", {"copper": 1.68e-8, "nichrome": 1.0e-6}
    ),
    "work function": Property(
        "eV", f"{_OPENSTAX} 3, table 6.1", {"sodium": 2.46, "lead": 4.14, "silver": 4.73}
    ),
    "refractive index": Property(
        "", f"{_OPENSTAX} 3, table 1.1", {"water": 1.333, "crown glass": 1.52, "diamond": 2.419}
    ),
    "speed of sound": Property("m/s", _CRC, {"air": 343, "seawater": 1522, "steel": 5940}),
    "mass of a body": Property(
        "kg",
        "NASA planetary fact sheets",
        {"the Earth": 5.972e24, "the Moon": 7.346e22, "Mars": 6.417e23},
    ),
    "heat of combustion": Property(
        "kJ/mol",
        _CRC,
        {"ethanol": 1366.8, "methane": 890.8, "glucose": 2803, "hydrogen": 285.8},
    ),
    "heating value": Property(
        "MJ/kg",
        "lower heating values, Engineering ToolBox",
        {"ethanol": 26.8, "dry plant matter": 18.0, "methane": 50.0},
    ),
    "food energy": Property(
        "kJ/g",
        "FAO Food and Nutrition Paper 77 (2003)",
        {"fat": 37, "glucose": 15.6, "protein": 17},
    ),
    "cryoscopic constant": Property("K*kg/mol", _CRC, {"water": 1.86}),
    "solubility product": Property(
        "mol**2/L**2",
        _CRC,
        # Calcium sulfate in contact with water is gypsum, the dihydrate.
        {"silver chloride": 1.77e-10, "barium sulfate": 1.08e-10, "calcium sulfate": 3.14e-5},
    ),
    "acid constant": Property(
        "mol/L", _CRC, {"acetic acid": 1.75e-5, "formic acid": 1.78e-4, "lactic acid": 1.38e-4}
    ),
    "pKa": Property(
        "",
        _CRC,
        {"acetic acid": 4.756, "dihydrogen phosphate ions": 7.21, "ammonium ions": 9.25},
    ),
    "Henry's constant": Property(
        "mmol/(L*kPa)",
        "Sander, Atmospheric Chemistry and Physics 15 (2015) 4399",
        {"carbon dioxide": 0.33, "oxygen": 0.013, "nitrogen": 0.0064},
    ),
    "molar absorptivity": Property(
        "L/(mol*cm)",
        "usual laboratory values at the maximum of absorption (NADH at 340 nm)",
        {"potassium permanganate": 2400, "NADH": 6220, "copper sulfate": 12},
    ),
    "standard cell potential": Property(
        "V",
        f"{_CRC}, from standard electrode potentials",
        {
            "the Daniell cell": 1.104,
            "the nickel-copper cell": 0.599,
            "the zinc-cadmium cell": 0.359,
        },
    ),
    "reaction enthalpy": Property(
        "kJ/mol",
        f"{_CRC}, from enthalpies of formation",
        {
            "calcium carbonate decomposes": 178.3,
            "ammonium chloride decomposes": 176.2,
            "dinitrogen tetroxide splits": 57.2,
        },
    ),
    "reaction entropy": Property(
        "J/(mol*K)",
        f"{_CRC}, from standard entropies",
        {
            "calcium carbonate decomposes": 160.5,
            "ammonium chloride decomposes": 285.1,
            "dinitrogen tetroxide splits": 175.8,
        },
    ),
    "particle mass": Property(
        "kg", "CODATA 2022", {"the electron": 9.1093837e-31, "the neutron": 1.6749275e-27}
    ),
    "sodium line": Property("nm", "NIST Atomic Spectra Database", {"the sodium lamp": 589.3}),
    "air density": Property(
        "kg/m**3",
        "standard atmosphere at 15, 20 and 17 degrees Celsius",
        {
            "the offshore turbine": 1.225,
            "the farm turbine": 1.204,
            "the boat's wind generator": 1.217,
        },
    ),
}

_ALWAYS = "="  # before a substance that a relation never names, as "=water"

# (relation, quantity): the property, and the word of the case that names the substance.
_CARRIED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("activity-decay", "T"): ("half-life", "isotope"),
    ("activity-of-nuclei", "T"): ("half-life", "isotope"),
    ("radioactive-decay", "T"): ("half-life", "nuclide"),
    ("radiocarbon-dating", "T"): ("half-life", "=carbon-14"),
    ("isotope-shares", "a"): ("atomic mass", "light"),
    ("isotope-shares", "b"): ("atomic mass", "heavy"),
    ("molar-mass", "M"): ("molar mass", "stuff"),
    ("gas-density", "M"): ("molar mass", "gas"),
    ("density", "rho"): ("density", "stuff"),
    ("pressure-at-depth", "rho"): ("density", "stuff"),
    ("pump-power", "d"): ("density", "liquid"),
    ("wind-turbine", "d"): ("air density", "the"),
    ("specific-heat", "c"): ("specific heat", "stuff"),
    ("latent-heat", "L"): ("heat of fusion", "stuff"),
    ("heat-conduction", "lam"): ("thermal conductivity", "stuff"),
    ("wall-heat-loss", "k"): ("thermal conductivity", "material"),
    ("thermal-expansion", "alpha"): ("linear expansion", "stuff"),
    ("hookes-law-rod", "E"): ("Young's modulus", "material"),
    ("wire-resistance", "rho"): ("resistivity", "stuff"),
    ("photoelectric-effect", "W"): ("work function", "stuff"),
    ("refraction", "n"): ("refractive index", "stuff"),
    ("wave-relation", "v"): ("speed of sound", "medium"),
    ("echo", "v"): ("speed of sound", "medium"),
    ("doppler-source", "c"): ("speed of sound", "=air"),
    ("orbital-speed", "M"): ("mass of a body", "body"),
    ("combustion-heat", "H"): ("heat of combustion", "fuel"),
    ("fuel-heating-value", "H"): ("heating value", "fuel"),
    ("food-energy", "w"): ("food energy", "food"),
    ("freezing-point-depression", "K_f"): ("cryoscopic constant", "=water"),
    ("solubility-product", "K"): ("solubility product", "salt"),
    ("weak-acid", "K_a"): ("acid constant", "acid"),
    ("henderson-hasselbalch", "pKa"): ("pKa", "acid"),
    ("henrys-law", "k"): ("Henry's constant", "gas"),
    ("beer-lambert", "e"): ("molar absorptivity", "solute"),
    ("nernst-equation", "E0"): ("standard cell potential", "the"),
    ("gibbs-free-energy", "H"): ("reaction enthalpy", "reaction"),
    ("gibbs-free-energy", "S"): ("reaction entropy", "reaction"),
    ("de-broglie", "m"): ("particle mass", "the"),
    ("double-slit", "lam"): ("sodium line", "the"),
}

DEFINED: Mapping[tuple[str, str], str] = {
    ("q10-coefficient", "step"): "the ten kelvin of the definition",
    ("cellular-respiration", "r"): "the coefficient of the reaction",
    ("dna-length", "d"): "the rise per base pair of the B helix, 0.34 nm",
    ("protein-mass", "m"): "the usual mean mass of an amino acid residue, 110 Da",
    ("freezing-point-depression", "i"): "ions in the formula",
    ("faradays-law", "z"): "electrons in the half-reaction",
    ("nernst-equation", "z"): "electrons in the half-reaction",
    ("mole-ratio", "r"): "the ratio of the coefficients",
    ("genome-data", "b"): "two bits for four bases",
}
"""Fixed values that follow from a definition or a formula, and why."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A value of a named substance in a case of a relation.

    Parameters
    ----------
    quantity : str
    printed : str
        As the case states it, in the quantity's unit.
    property : str
    substance : str
    value : float or None
        What the table says, in the property's unit; None where it knows no such substance.
    """

    quantity: str
    printed: str
    property: str
    substance: str
    value: float | None


def carried(relation: Relation, case: Case) -> Iterator[Carried]:
    """Yield the values of named substances that a case carries."""
    for quantity, printed in case.fixed.items():
        if (relation.name, quantity) not in _CARRIED:
            continue
        name, word = _CARRIED[relation.name, quantity]
        substance = word[1:] if word.startswith(_ALWAYS) else case.words.get(word, "")
        value = PROPERTIES[name].values.get(substance)
        yield Carried(quantity, printed, name, substance, value)


def is_named(relation: Relation, quantity: str) -> bool:
    """Tell whether a quantity is a value of what the relation names."""
    return (relation.name, quantity) in _CARRIED


def substances() -> frozenset[str]:
    """Return the names of all substances in the table."""
    return frozenset(name for item in PROPERTIES.values() for name in item.values)
