"""Chemistry: the rates of reactions."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

FIRST_ORDER = Relation(
    name="first-order-decay",
    title="the integrated rate law of a first-order reaction",
    domain="chemistry",
    field_="kinetics",
    equation="c = c0*exp(-k*t)",
    quantities=(
        Quantity(
            "c0",
            "mol/L",
            0.01,
            1,
            meaning="concentration of {reactant}",
            symbol="c_0",
            units=("mmol/L",),
            given=(
                "{the} starts with {value} of {reactant}",
                "the starting concentration of {reactant} in {the} is {value}",
            ),
            noun=("the starting concentration of {reactant} in {the}",),
            ask=(
                "What was the concentration of {reactant} in {the} at the start?",
                "What is the starting concentration of {reactant} in {the}?",
            ),
        ),
        Quantity(
            "k",
            "min**-1",
            0.001,
            0.5,
            meaning="first-order rate constant",
            given=(
                "the rate constant in {the} is {value}",
                "the rate constant in {the} is found to be {value}",
            ),
            noun=("the rate constant in {the}",),
            ask=(
                "What is the rate constant of the reaction in {the}?",
                "How large is the rate constant of the reaction in {the}?",
            ),
        ),
        Quantity(
            "t",
            "min",
            1,
            600,
            meaning="reaction time",
            accepts=("duration",),
            given=(
                "the reaction in {the} runs for {value}",
                "the time for which the reaction in {the} runs is {value}",
            ),
            noun=("the time for which the reaction in {the} runs",),
            link=("the reaction in {the} runs for exactly {source}",),
            ask=(
                "How long has the reaction in {the} been running?",
                "What is the time for which the reaction in {the} runs?",
            ),
        ),
        Quantity(
            "c",
            "mol/L",
            0.001,
            0.95,
            meaning="concentration of {reactant}",
            units=("mmol/L",),
            given=(
                "{the} ends with {value} of {reactant}",
                "the final concentration of {reactant} in {the} is {value}",
            ),
            noun=("the final concentration of {reactant} in {the}",),
            ask=(
                "What is the concentration of {reactant} left in {the}?",
                "How high is the concentration of {reactant} left in {the}?",
            ),
        ),
    ),
    skills=("rate_law", "exponential_change", "logarithm"),
    source="OpenStax Chemistry 2e, section 12.4 (integrated rate laws)",
    cases=(
        Case({"the": "the reaction vessel", "reactant": "the peroxide"}),
        Case({"the": "the stirred tank", "reactant": "the dye"}),
        Case({"the": "the warm flask", "reactant": "the precursor"}),
    ),
    setting=("{reactant} breaks down in {the} in a first-order reaction",),
    extras=(Extra("the stirrer of {the} has a length of {value}", "cm", 2, 9),),
)

HALF_LIFE = Relation(
    name="first-order-half-life",
    title="the half-life of a first-order process is ln 2 over its rate constant",
    domain="chemistry",
    field_="kinetics",
    equation="k*T = log(2)",
    quantities=(
        Quantity(
            "k",
            "min**-1",
            0.0005,
            1,
            meaning="first-order rate constant",
            given=(
                "the first-order rate constant in {the} is {value}",
                "the first-order rate constant in {the} is found to be {value}",
            ),
            noun=("the first-order rate constant in {the}",),
            ask=(
                "What is the first-order rate constant in {the}?",
                "How large is the first-order rate constant in {the}?",
            ),
        ),
        Quantity(
            "T",
            "min",
            0.7,
            1400,
            meaning="half-life",
            symbol="T_{1/2}",
            given=(
                "the half-life of {reactant} in {the} is {value}",
                "the half-life of {reactant} in {the} is found to be {value}",
            ),
            noun=("the half-life of {reactant} in {the}",),
            ask=(
                "What is the half-life of {reactant} in {the}?",
                "How long is the half-life of {reactant} in {the}?",
            ),
        ),
    ),
    skills=("rate_law", "logarithm", "division"),
    source="OpenStax Chemistry 2e, section 12.4 (the half-life of a reaction)",
    cases=(
        Case({"the": "the autoclave", "reactant": "the antibiotic"}),
        Case({"the": "the light cell", "reactant": "the dye"}, ranges={"k": (0.0005, 0.01)}),
        Case({"the": "the flow reactor", "reactant": "the peroxide"}),
    ),
    setting=("{reactant} in {the} decomposes by a first-order reaction",),
)

RATE_LAW = Relation(
    name="second-order-rate-law",
    title="a second-order rate law, first order in each of two reactants",
    domain="chemistry",
    field_="kinetics",
    equation="v = k*a*b",
    quantities=(
        Quantity(
            "k",
            "L/(mol*s)",
            1e-4,
            50,
            meaning="second-order rate constant",
            given=(
                "the second-order rate constant in {the} is {value}",
                "the second-order rate constant in {the} is found to be {value}",
            ),
            noun=("the second-order rate constant in {the}",),
            ask=(
                "What is the second-order rate constant in {the}?",
                "How large is the second-order rate constant in {the}?",
            ),
        ),
        Quantity(
            "a",
            "mol/L",
            0.005,
            3,
            meaning="concentration of {first}",
            symbol=r"c_1",
            units=("mmol/L",),
            given=(
                "the concentration of {first} in {the} is {value}",
                "the concentration of {first} in {the} is found to be {value}",
            ),
            noun=("the concentration of {first} in {the}",),
            ask=(
                "What is the concentration of {first} in {the}?",
                "How high is the concentration of {first} in {the}?",
            ),
        ),
        Quantity(
            "b",
            "mol/L",
            0.005,
            3,
            meaning="concentration of {second}",
            symbol=r"c_2",
            units=("mmol/L",),
            given=(
                "the concentration of {second} in {the} is {value}",
                "the concentration of {second} in {the} is found to be {value}",
            ),
            noun=("the concentration of {second} in {the}",),
            ask=(
                "What is the concentration of {second} in {the}?",
                "How high is the concentration of {second} in {the}?",
            ),
        ),
        Quantity(
            "v",
            "mol/(L*s)",
            1e-7,
            10,
            meaning="reaction rate",
            accepts=("rate of reaction",),
            units=("mmol/(L*s)",),
            given=(
                "the reaction in {the} proceeds at a rate of {value}",
                "the rate of the reaction in {the} is {value}",
            ),
            noun=("the rate of the reaction in {the}",),
            ask=(
                "What is the rate of the reaction in {the}?",
                "How large is the rate of the reaction in {the}?",
            ),
        ),
    ),
    skills=("rate_law", "multiplication", "division"),
    source="OpenStax Chemistry 2e, section 12.3 (rate laws)",
    cases=(
        Case({"the": "the glass reactor", "first": "the ester", "second": "the base"}),
        Case({"the": "the mixing chamber", "first": "the oxidant", "second": "the dye"}),
        Case({"the": "the batch reactor", "first": "the monomer", "second": "the initiator"}),
    ),
    extras=(Extra("the stirrer of {the} turns {value} times a minute", "", 60, 400),),
    setting=("the reaction of {first} with {second} in {the} is first order in each of the two",),
)

ARRHENIUS = Relation(
    name="arrhenius",
    title="the Arrhenius equation for two temperatures",
    domain="chemistry",
    field_="kinetics",
    equation="f = exp(E/R_gas*(1/T1 - 1/T2))",
    quantities=(
        Quantity(
            "E",
            "kJ/mol",
            20,
            150,
            meaning="activation energy",
            symbol=r"E_{\mathrm{a}}",
            given=(
                "the activation energy of the reaction in {the} is {value}",
                "the activation energy of the reaction in {the} is found to be {value}",
            ),
            noun=("the activation energy of the reaction in {the}",),
            ask=(
                "What is the activation energy of the reaction in {the}?",
                "How large is the activation energy of the reaction in {the}?",
            ),
        ),
        Quantity(
            "T1",
            "degC",
            1,
            80,
            meaning="temperature",
            symbol="T_1",
            given=(
                "{the} is at {value} to begin with",
                "the initial temperature of {the} is {value}",
            ),
            noun=("the initial temperature of {the}",),
            link=("to begin with, the temperature of {the} equals {source}",),
            ask=(
                "At what temperature is {the} to begin with?",
                "What is the initial temperature of {the}?",
            ),
        ),
        Quantity(
            "T2",
            "degC",
            5,
            125,
            meaning="temperature",
            symbol="T_2",
            given=("{the} is then warmed to {value}", "the raised temperature of {the} is {value}"),
            noun=("the raised temperature of {the}",),
            link=("{the} is then warmed until its temperature equals {source}",),
            ask=(
                "To what temperature is {the} warmed?",
                "What is the raised temperature of {the}?",
            ),
        ),
        Quantity(
            "f",
            "",
            1.1,
            60,
            meaning="rate factor",
            given=(
                "the warming multiplies the rate constant of the reaction in {the} by {value}",
                "the factor by which the rate constant in {the} grows is {value}",
            ),
            noun=("the factor by which the rate constant in {the} grows",),
            link=(
                "the warming multiplies the rate constant of the reaction in {the} by a factor "
                "equal to {source}",
            ),
            ask=(
                "By what factor does the rate constant of the reaction in {the} grow?",
                "What is the factor by which the rate constant in {the} grows?",
            ),
        ),
    ),
    skills=("activation_energy", "exponential_change", "logarithm"),
    source="OpenStax Chemistry 2e, section 12.5 (collision theory, the Arrhenius equation)",
    cases=(
        Case({"the": "the sealed ampoule"}),
        Case({"the": "the heated vat"}),
        Case({"the": "the milk sample"}, ranges={"E": (40, 120), "T2": (5, 75)}),
    ),
    setting=("the rate constant of the reaction in {the} follows the Arrhenius equation",),
    require=("T2 > T1",),
)

RELATIONS = Family(__doc__, FIRST_ORDER, HALF_LIFE, RATE_LAW, ARRHENIUS)
