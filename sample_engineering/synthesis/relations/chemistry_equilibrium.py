"""Chemistry: acids and bases."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

PH = Relation(
    name="ph",
    title="the pH is the negative logarithm of the hydrogen ion concentration",
    domain="chemistry",
    field_="equilibrium",
    equation="pH = -log10(c/c_standard)",
    quantities=(
        Quantity(
            "c",
            "mol/L",
            1e-6,
            1,
            meaning="concentration of {acid}",
            symbol=r"c_{\mathrm{H^+}}",
            units=("mmol/L",),
            given=(
                "the concentration of {acid} in {the} is {value}",
                "the concentration of {acid} in {the} is found to be {value}",
            ),
            noun=("the concentration of {acid} in {the}",),
            ask=(
                "What is the concentration of {acid} in {the}?",
                "How high is the concentration of {acid} in {the}?",
            ),
        ),
        Quantity(
            "pH",
            "",
            0.05,
            6,
            meaning="pH",
            symbol=r"\mathrm{pH}",
            given=("a pH meter reads {value} in {the}", "the pH of {the} is {value}"),
            noun=("the pH of {the}",),
        ),
    ),
    skills=("acid_base", "logarithm", "concentration"),
    source="OpenStax Chemistry 2e, section 14.2 (pH and pOH)",
    cases=(
        Case(
            {
                "the": "the acid bath",
                "acid": "hydrochloric acid",
                "kind": "a strong acid that releases one hydrogen ion per molecule",
            },
            ranges={"c": (1e-4, 1), "pH": (0.05, 4)},
        ),
        Case(
            {
                "the": "the etching solution",
                "acid": "nitric acid",
                "kind": "a strong acid that releases one hydrogen ion per molecule",
            },
            ranges={"c": (1e-4, 1), "pH": (0.05, 4)},
        ),
        Case(
            {
                "the": "the fruit juice",
                "acid": "hydrogen ions",
                "kind": "which the acids of the fruit release",
            },
            ranges={"c": (1e-5, 1e-2), "pH": (2, 5)},
        ),
    ),
    setting=("the acidity of {the} comes from {acid}, {kind}",),
)

# Acid constants at 25 degrees Celsius: CRC Handbook of Chemistry and Physics.
WEAK_ACID = Relation(
    name="weak-acid",
    title="the acid constant links the concentrations in a weak acid",
    domain="chemistry",
    field_="equilibrium",
    equation="K_a*(c - x) = x**2",
    quantities=(
        Quantity(
            "c",
            "mol/L",
            0.005,
            2,
            meaning="concentration of {acid}",
            symbol="c_0",
            given=(
                "the total concentration of {acid} in {the}, dissociated or not, is {value}",
                "the total concentration of {acid} in {the}, dissociated or not, is found to be "
                "{value}",
            ),
            noun=("the total concentration of {acid} in {the}",),
            link=(
                "the total concentration of {acid} in {the}, dissociated or not, equals {source}",
            ),
            ask=(
                "What is the total concentration of {acid}, dissociated or not, in {the}?",
                "How high is the total concentration of {acid}, dissociated or not, in {the}?",
            ),
        ),
        Quantity(
            "K_a",
            "mol/L",
            1e-6,
            1e-2,
            ask=(),
            symbol=r"K_{\mathrm{a}}",
            noun=("the acid dissociation constant of {acid}",),
        ),
        Quantity(
            "x",
            "mol/L",
            1e-4,
            0.05,
            meaning="concentration of hydrogen ions",
            symbol=r"c_{\mathrm{H^+}}",
            units=("mmol/L",),
            given=(
                "the concentration of hydrogen ions in {the} is {value}",
                "the concentration of hydrogen ions in {the} is found to be {value}",
            ),
            noun=("the concentration of hydrogen ions in {the}",),
            ask=(
                "What is the concentration of hydrogen ions in {the}?",
                "How high is the concentration of hydrogen ions in {the}?",
            ),
        ),
    ),
    skills=("acid_base", "chemical_equilibrium", "quadratic_equation"),
    source="OpenStax Chemistry 2e, section 14.3 (relative strengths of acids and bases)",
    cases=(
        Case({"the": "the vinegar", "acid": "acetic acid"}, fixed={"K_a": "1.75e-5"}),
        Case({"the": "the descaler", "acid": "formic acid"}, fixed={"K_a": "1.78e-4"}),
        Case({"the": "the sour whey", "acid": "lactic acid"}, fixed={"K_a": "1.38e-4"}),
    ),
    setting=("{acid} is the only acid in {the}, where it dissociates in part",),
)

BUFFER = Relation(
    name="henderson-hasselbalch",
    title="the Henderson-Hasselbalch equation",
    domain="chemistry",
    field_="equilibrium",
    equation="pH = pKa + log10(b/a)",
    quantities=(
        Quantity(
            "pKa",
            "",
            2,
            11,
            ask=(),
            symbol=r"\mathrm{p}K_{\mathrm{a}}",
            noun=("the pKa of {acid}",),
        ),
        Quantity(
            "b",
            "mol/L",
            0.005,
            1,
            meaning="concentration of {base}",
            symbol=r"c_{\mathrm{base}}",
            units=("mmol/L",),
            given=(
                "{the} contains {value} of {base}",
                "the concentration of {base} in {the} is {value}",
            ),
            noun=("the concentration of {base} in {the}",),
            ask=(
                "What is the concentration of {base} in {the}?",
                "How high is the concentration of {base} in {the}?",
            ),
        ),
        Quantity(
            "a",
            "mol/L",
            0.005,
            1,
            meaning="concentration of {acid}",
            symbol=r"c_{\mathrm{acid}}",
            units=("mmol/L",),
            given=(
                "the concentration of {acid} in {the} is {value}",
                "the concentration of {acid} in {the} is found to be {value}",
            ),
            noun=("the concentration of {acid} in {the}",),
            ask=(
                "What is the concentration of {acid} in {the}?",
                "How high is the concentration of {acid} in {the}?",
            ),
        ),
        Quantity(
            "pH",
            "",
            2.5,
            11,
            meaning="pH",
            symbol=r"\mathrm{pH}",
            given=("the pH of {the} is {value}", "the pH of {the} is found to be {value}"),
            noun=("the pH of {the}",),
        ),
    ),
    skills=("acid_base", "logarithm", "addition"),
    source="OpenStax Chemistry 2e, section 14.6 (buffers)",
    cases=(
        Case(
            {"the": "the acetate buffer", "acid": "acetic acid", "base": "acetate ions"},
            fixed={"pKa": "4.76"},
            ranges={"pH": (3.7, 5.8)},
        ),
        Case(
            {
                "the": "the phosphate buffer",
                "acid": "dihydrogen phosphate ions",
                "base": "hydrogen phosphate ions",
            },
            fixed={"pKa": "7.21"},
            ranges={"pH": (6.2, 8.2)},
        ),
        Case(
            {"the": "the ammonia buffer", "acid": "ammonium ions", "base": "ammonia"},
            fixed={"pKa": "9.25"},
            ranges={"pH": (8.2, 10.3)},
        ),
    ),
    extras=(Extra("{the} was made {value} days ago", "", 2, 30),),
    setting=("{the} keeps its pH nearly constant with the help of {acid} together with {base}",),
)

TITRATION = Relation(
    name="titration",
    title="at the equivalence point the amounts of acid and base are equal",
    domain="chemistry",
    field_="equilibrium",
    equation="c_a*V_a = c_b*V_b",
    quantities=(
        Quantity(
            "V_a",
            "mL",
            5,
            500,
            meaning="volume of liquid",
            symbol=r"V_{\mathrm{acid}}",
            given=(
                "{the} contains {value} of the acid solution",
                "the volume of the acid in {the} is {value}",
            ),
            noun=("the volume of the acid in {the}",),
            ask=(
                "What volume of the acid solution does {the} contain?",
                "What is the volume of the acid in {the}?",
            ),
        ),
        Quantity(
            "c_b",
            "mol/L",
            0.01,
            2,
            meaning="concentration of sodium hydroxide",
            symbol=r"c_{\mathrm{base}}",
            given=(
                "the concentration of sodium hydroxide in {burette} is {value}",
                "the concentration of sodium hydroxide in {burette} is found to be {value}",
            ),
            noun=("the concentration of sodium hydroxide in {burette}",),
            ask=(
                "What is the concentration of sodium hydroxide in {burette}?",
                "How high is the concentration of sodium hydroxide in {burette}?",
            ),
        ),
        Quantity(
            "V_b",
            "mL",
            5,
            500,
            meaning="volume of liquid",
            symbol=r"V_{\mathrm{base}}",
            given=("the equivalence point is reached with {value} of sodium hydroxide solution",),
            noun=("the volume of sodium hydroxide solution added to {the}",),
            link=(
                "the volume of sodium hydroxide solution needed to reach the equivalence point "
                "equals {source}",
            ),
            ask=("What volume of sodium hydroxide solution reaches the equivalence point?",),
        ),
        Quantity(
            "c_a",
            "mol/L",
            0.005,
            3,
            meaning="concentration of {acid}",
            symbol=r"c_{\mathrm{acid}}",
            given=(
                "the concentration of {acid} in {the} is {value}",
                "the concentration of {acid} in {the} is found to be {value}",
            ),
            noun=("the concentration of {acid} in {the}",),
            ask=(
                "What is the concentration of {acid} in {the}?",
                "How high is the concentration of {acid} in {the}?",
            ),
        ),
    ),
    skills=("titration", "concentration", "division"),
    source="OpenStax Chemistry 2e, sections 4.5 and 14.7 (acid-base titrations)",
    cases=(
        Case({"the": "the conical flask", "burette": "the burette", "acid": "hydrochloric acid"}),
        Case({"the": "the titration beaker", "burette": "the burette", "acid": "acetic acid"}),
        Case({"the": "the sample cup", "burette": "the titrator", "acid": "lactic acid"}),
    ),
    setting=(
        "a solution of {acid}, an acid with one acidic hydrogen per molecule, is titrated in {the} "
        "with sodium hydroxide from {burette}",
    ),
    extras=(Extra("the indicator added to {the} has a volume of {value}", "mL", 0.1, 0.5),),
)

RELATIONS = Family(__doc__, PH, WEAK_ACID, BUFFER, TITRATION)
