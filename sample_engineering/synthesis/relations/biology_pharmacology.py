"""Biology: drugs in the body, and membranes."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

DISTRIBUTION = Relation(
    name="volume-of-distribution",
    title="the first plasma concentration is the dose over the volume of distribution",
    domain="biology",
    field_="physiology",
    equation="D = c*V",
    quantities=(
        Quantity(
            "D",
            "mg",
            1,
            3000,
            meaning="mass of {drug}",
            given=(
                "{the} receives {value} of {drug} by injection",
                "the dose of {drug} given to {the} is {value}",
            ),
            noun=("the dose of {drug} given to {the}",),
            ask=(
                "What dose of {drug} does {the} receive?",
                "What is the dose of {drug} given to {the}?",
            ),
        ),
        Quantity(
            "V",
            "L",
            3,
            600,
            meaning="volume of distribution",
            given=(
                "the volume of distribution of {drug} in {the} is {value}",
                "the volume of distribution of {drug} in {the} is found to be {value}",
            ),
            noun=("the volume of distribution of {drug} in {the}",),
            ask=(
                "What is the volume of distribution of {drug} in {the}?",
                "How large is the volume of distribution of {drug} in {the}?",
            ),
        ),
        Quantity(
            "c",
            "mg/L",
            0.02,
            200,
            meaning="mass concentration of {drug}",
            given=(
                "the plasma of {the} contains {value} of {drug} right after the injection",
                "the concentration of {drug} in the plasma of {the} after the injection is {value}",
            ),
            noun=("the concentration of {drug} in the plasma of {the} after the injection",),
            link=(
                "the concentration of {drug} in the plasma of {the} right after the injection "
                "equals {source}",
            ),
            ask=(
                "What is the concentration of {drug} in the plasma of {the} right after the "
                "injection?",
                "What is the concentration of {drug} in the plasma of {the} after the injection?",
            ),
        ),
    ),
    skills=("pharmacokinetics", "concentration", "division"),
    source="Goodman and Gilman's The Pharmacological Basis of Therapeutics, chapter 2",
    cases=(
        Case(
            {"the": "the surgical patient", "drug": "gentamicin"},
            ranges={"D": (80, 500), "V": (10, 25), "c": (3, 50)},
        ),
        Case(
            {"the": "the test person", "drug": "caffeine"},
            ranges={"D": (50, 300), "V": (28, 55), "c": (1, 10)},
        ),
        Case(
            {"the": "the emergency patient", "drug": "morphine"},
            ranges={"D": (2, 15), "V": (100, 400), "c": (0.02, 0.15)},
        ),
        Case(
            {"the": "the feverish child", "drug": "paracetamol"},
            ranges={"D": (100, 600), "V": (8, 30), "c": (5, 60)},
        ),
    ),
    setting=("{drug} injected into a vein of {the} spreads at once through the body",),
    extras=(Extra("the injection given to {the} takes {value}", "min", 1.5, 10),),
)

DRUG_DECAY = Relation(
    name="drug-elimination",
    title="the concentration of the drug halves with every half-life",
    domain="biology",
    field_="physiology",
    equation="t = T*log2(c0/c)",
    quantities=(
        Quantity(
            "c0",
            "mg/L",
            0.02,
            200,
            meaning="mass concentration of {drug}",
            symbol="c_0",
            given=(
                "a first blood sample of {the} contains {value} of {drug}",
                "the concentration of {drug} in the first blood sample of {the} is {value}",
            ),
            noun=("the concentration of {drug} in the first blood sample of {the}",),
            ask=(
                "What was the concentration of {drug} in the first blood sample of {the}?",
                "What is the concentration of {drug} in the first blood sample of {the}?",
            ),
        ),
        Quantity(
            "T",
            "h",
            0.5,
            30,
            ask=(),
            meaning="half-life",
            symbol="T_{1/2}",
            noun=("the half-life of {drug} in {the}",),
        ),
        Quantity(
            "t",
            "h",
            0.5,
            72,
            meaning="time between samples",
            accepts=("duration",),
            given=(
                "the second blood sample of {the} is taken {value} after the first",
                "the time between the two blood samples of {the} is {value}",
            ),
            noun=("the time between the two blood samples of {the}",),
            ask=(
                "How long after the first blood sample of {the} is the second one taken?",
                "What is the time between the two blood samples of {the}?",
            ),
        ),
        Quantity(
            "c",
            "mg/L",
            0.01,
            180,
            meaning="mass concentration of {drug}",
            given=(
                "the second blood sample of {the} contains {value} of {drug}",
                "the concentration of {drug} in the second blood sample of {the} is {value}",
            ),
            noun=("the concentration of {drug} in the second blood sample of {the}",),
            ask=(
                "What is the concentration of {drug} in the second blood sample of {the}?",
                "How high is the concentration of {drug} in the second blood sample of {the}?",
            ),
        ),
    ),
    skills=("pharmacokinetics", "exponential_change", "logarithm"),
    source="Goodman and Gilman's The Pharmacological Basis of Therapeutics, chapter 2",
    cases=(
        Case(
            {"the": "the tired student", "drug": "caffeine"},
            ranges={"c0": (1, 20), "T": (3, 7), "t": (1, 24), "c": (0.1, 18)},
        ),
        Case(
            {"the": "the ward patient", "drug": "gentamicin"},
            ranges={"c0": (5, 50), "T": (1.5, 4), "t": (1, 18), "c": (0.2, 45)},
        ),
        Case(
            {"the": "the child in bed", "drug": "paracetamol"},
            ranges={"c0": (5, 60), "T": (1.5, 3.5), "t": (1, 14), "c": (0.2, 50)},
        ),
    ),
    extras=(Extra("{the} has a body temperature of {value}", "degC", 36.1, 38.9, 3),),
    setting=("{the} takes no further {drug} while the body removes it with a constant half-life",),
)

MEMBRANE = Relation(
    name="membrane-potential",
    title="the Nernst potential of an ion across a membrane",
    domain="biology",
    field_="membranes",
    equation="E = R_gas*T/F_const*log(o/i)",
    quantities=(
        Quantity(
            "o",
            "mmol/L",
            50,
            500,
            meaning="concentration of {ion}",
            symbol=r"c_{\mathrm{out}}",
            given=(
                "the concentration of {ion} outside {the} is {value}",
                "the concentration of {ion} outside {the} is found to be {value}",
            ),
            noun=("the concentration of {ion} outside {the}",),
            ask=(
                "What is the concentration of {ion} outside {the}?",
                "How high is the concentration of {ion} outside {the}?",
            ),
        ),
        Quantity(
            "i",
            "mmol/L",
            3,
            60,
            meaning="concentration of {ion}",
            symbol=r"c_{\mathrm{in}}",
            given=(
                "the concentration of {ion} inside {the} is {value}",
                "the concentration of {ion} inside {the} is found to be {value}",
            ),
            noun=("the concentration of {ion} inside {the}",),
            ask=(
                "What is the concentration of {ion} inside {the}?",
                "How high is the concentration of {ion} inside {the}?",
            ),
        ),
        Quantity(
            "T",
            "K",
            278,
            313,
            ask=(),
            meaning="temperature",
            units=("degC",),
            noun=("the temperature of {the}",),
        ),
        Quantity(
            "E",
            "mV",
            10,
            110,
            meaning="membrane potential",
            accepts=("voltage",),
            units=("V",),
            given=(
                "the equilibrium potential of {ion} across the membrane of {the} is {value}",
                "the equilibrium potential of {ion} across the membrane of {the} is found to be "
                "{value}",
            ),
            noun=("the equilibrium potential of {ion} across the membrane of {the}",),
            ask=(
                "What is the equilibrium potential of {ion} across the membrane of {the}?",
                "How large is the equilibrium potential of {ion} across the membrane of {the}?",
            ),
        ),
    ),
    skills=("membrane_transport", "cell_potential", "logarithm"),
    source="Alberts, Molecular Biology of the Cell, chapter 11 (the Nernst equation)",
    cases=(
        Case(
            {"the": "the squid axon", "ion": "sodium ions"},
            ranges={"o": (350, 480), "i": (30, 60), "T": (278, 295)},
        ),
        Case(
            {"the": "the nerve cell", "ion": "sodium ions"},
            ranges={"o": (130, 155), "i": (5, 20), "T": (305, 312)},
        ),
        Case(
            {"the": "the muscle fibre", "ion": "sodium ions"},
            ranges={"o": (100, 155), "i": (5, 25), "T": (290, 312)},
        ),
    ),
    setting=(
        "{ion} with one positive charge each are spread unevenly across the membrane of {the}",
    ),
    require=("o > i",),
)

RELATIONS = Family(__doc__, DISTRIBUTION, DRUG_DECAY, MEMBRANE)
