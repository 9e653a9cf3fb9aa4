"""Biology: enzyme kinetics."""

from sample_engineering.synthesis.relation import Case, Extra, Family, Quantity, Relation

MICHAELIS_MENTEN = Relation(
    name="michaelis-menten",
    title="the Michaelis-Menten equation",
    domain="biology",
    field_="enzyme kinetics",
    equation="v = Vm*s/(Km + s)",
    quantities=(
        Quantity(
            "Vm",
            "umol/(L*min)",
            1,
            5000,
            meaning="maximum reaction rate",
            symbol=r"V_{\max}",
            given=(
                "the maximum rate of {the} is {value}",
                "the maximum rate of {the} is found to be {value}",
            ),
            noun=("the maximum rate of {the}",),
            ask=("What is the maximum rate of {the}?", "How high is the maximum rate of {the}?"),
        ),
        Quantity(
            "Km",
            "mmol/L",
            0.01,
            50,
            meaning="Michaelis constant",
            symbol=r"K_{\mathrm{M}}",
            given=(
                "the Michaelis constant of {the} is {value}",
                "the Michaelis constant of {the} is found to be {value}",
            ),
            noun=("the Michaelis constant of {the}",),
            ask=(
                "What is the Michaelis constant of {the}?",
                "How large is the Michaelis constant of {the}?",
            ),
        ),
        Quantity(
            "s",
            "mmol/L",
            0.005,
            200,
            meaning="concentration of {substrate}",
            given=(
                "the concentration of {substrate}, the substrate of {the}, is {value}",
                "the concentration of {substrate}, the substrate of {the}, is found to be {value}",
            ),
            noun=("the concentration of {substrate} around {the}",),
            ask=(
                "What is the concentration of {substrate} around {the}?",
                "How high is the concentration of {substrate} around {the}?",
            ),
        ),
        Quantity(
            "v",
            "umol/(L*min)",
            0.2,
            4900,
            meaning="enzyme rate",
            given=("{the} works at a rate of {value}", "the rate at which {the} works is {value}"),
            noun=("the rate at which {the} works",),
            ask=("At what rate does {the} work?", "What is the rate at which {the} works?"),
        ),
    ),
    skills=("enzyme_kinetics", "rational_function", "division"),
    source="Berg, Tymoczko and Stryer, Biochemistry, chapter on enzyme kinetics",
    cases=(
        Case(
            {"the": "the glucokinase", "substrate": "glucose"}, ranges={"Km": (4, 12), "s": (1, 40)}
        ),
        Case(
            {"the": "the invertase", "substrate": "sucrose"}, ranges={"Km": (5, 50), "s": (1, 200)}
        ),
        Case(
            {"the": "the alcohol dehydrogenase", "substrate": "ethanol"},
            ranges={"Km": (0.1, 5), "s": (0.05, 50)},
        ),
    ),
    setting=("{the} turns over {substrate} according to the Michaelis-Menten equation",),
    extras=(Extra("the solution of {the} is kept at {value}", "degC", 25, 38),),
)


TURNOVER = Relation(
    name="turnover-number",
    title="the maximum rate is the turnover number times the concentration of the enzyme",
    domain="biology",
    field_="enzyme kinetics",
    equation="Vm = k*e",
    quantities=(
        Quantity(
            "k",
            "s**-1",
            0.5,
            5000,
            meaning="turnover number",
            symbol=r"k_{\mathrm{cat}}",
            given=(
                "the turnover number of {enzyme} is {value}",
                "the turnover number of {enzyme} is found to be {value}",
            ),
            noun=("the turnover number of {enzyme}",),
            ask=(
                "What is the turnover number of {enzyme}?",
                "How large is the turnover number of {enzyme}?",
            ),
        ),
        Quantity(
            "e",
            "nmol/L",
            0.1,
            2000,
            meaning="concentration of {enzyme}",
            given=(
                "{the} contains {enzyme} at a concentration of {value}",
                "the concentration of {enzyme} in {the} is {value}",
            ),
            noun=("the concentration of {enzyme} in {the}",),
            ask=(
                "What is the concentration of {enzyme} in {the}?",
                "How high is the concentration of {enzyme} in {the}?",
            ),
        ),
        Quantity(
            "Vm",
            "umol/(L*min)",
            0.1,
            60000,
            meaning="maximum reaction rate",
            symbol=r"V_{\max}",
            given=(
                "the reaction in {the} runs at its maximum rate of {value}",
                "the maximum rate of the reaction in {the} is {value}",
            ),
            noun=("the maximum rate of the reaction in {the}",),
            ask=(
                "What is the maximum rate of the reaction in {the}?",
                "How high is the maximum rate of the reaction in {the}?",
            ),
        ),
    ),
    skills=("enzyme_kinetics", "rate", "multiplication"),
    source="Berg, Tymoczko and Stryer, Biochemistry, chapter on enzyme kinetics",
    cases=(
        Case({"the": "the assay well", "enzyme": "lysozyme"}, ranges={"k": (0.5, 5)}),
        Case({"the": "the enzyme column", "enzyme": "urease"}, ranges={"k": (1000, 5000)}),
        Case({"the": "the juice press", "enzyme": "pectinase"}, ranges={"k": (10, 900)}),
    ),
    extras=(Extra("{the} is kept at {value}", "degC", 20, 40),),
    setting=("the enzyme {enzyme} works in {the}, where it is saturated with substrate",),
)


INHIBITION = Relation(
    name="competitive-inhibition",
    title="a competitive inhibitor raises the apparent Michaelis constant",
    domain="biology",
    field_="enzyme kinetics",
    equation="Ka = Km*(1 + i/Ki)",
    quantities=(
        Quantity(
            "Km",
            "mmol/L",
            0.01,
            20,
            meaning="Michaelis constant",
            symbol=r"K_{\mathrm{M}}",
            given=(
                "without inhibitor the Michaelis constant of {the} is {value}",
                "without inhibitor the Michaelis constant of {the} is found to be {value}",
            ),
            noun=("the Michaelis constant of {the} without inhibitor",),
            link=("without inhibitor the Michaelis constant of {the} equals {source}",),
            ask=(
                "What is the Michaelis constant of {the} without inhibitor?",
                "How large is the Michaelis constant of {the} without inhibitor?",
            ),
        ),
        Quantity(
            "i",
            "umol/L",
            0.1,
            5000,
            meaning="concentration of {inhibitor}",
            given=(
                "the concentration of {inhibitor} around {the} is {value}",
                "the concentration of {inhibitor} around {the} is found to be {value}",
            ),
            noun=("the concentration of {inhibitor} around {the}",),
            ask=(
                "What is the concentration of {inhibitor} around {the}?",
                "How high is the concentration of {inhibitor} around {the}?",
            ),
        ),
        Quantity(
            "Ki",
            "umol/L",
            0.1,
            3000,
            meaning="inhibition constant",
            symbol=r"K_{\mathrm{i}}",
            given=(
                "the inhibition constant of {inhibitor} for {the} is {value}",
                "the inhibition constant of {inhibitor} for {the} is found to be {value}",
            ),
            noun=("the inhibition constant of {inhibitor} for {the}",),
            ask=(
                "What is the inhibition constant of {inhibitor} for {the}?",
                "How large is the inhibition constant of {inhibitor} for {the}?",
            ),
        ),
        Quantity(
            "Ka",
            "mmol/L",
            0.02,
            100,
            meaning="Michaelis constant",
            symbol=r"K_{\mathrm{M}}'",
            given=(
                "with the inhibitor the apparent Michaelis constant of {the} is {value}",
                "with the inhibitor the apparent Michaelis constant of {the} is found to be "
                "{value}",
            ),
            noun=("the apparent Michaelis constant of {the} with the inhibitor",),
            link=("with the inhibitor the apparent Michaelis constant of {the} equals {source}",),
            ask=(
                "What is the apparent Michaelis constant of {the} with the inhibitor?",
                "How large is the apparent Michaelis constant of {the} with the inhibitor?",
            ),
        ),
    ),
    skills=("enzyme_kinetics", "linear_equation", "division"),
    source="Berg, Tymoczko and Stryer, Biochemistry, section on enzyme inhibition",
    cases=(
        Case({"the": "the succinate dehydrogenase", "inhibitor": "malonate"}),
        Case(
            {"the": "the bacterial protease", "inhibitor": "leupeptin"},
            ranges={"i": (0.1, 50), "Ki": (0.1, 20)},
        ),
        Case(
            {"the": "the viral protease", "inhibitor": "the drug candidate"},
            ranges={"i": (0.1, 50), "Ki": (0.1, 20)},
        ),
    ),
    extras=(Extra("the assay with {the} runs at {value}", "degC", 20, 40),),
    setting=("{inhibitor} acts on {the} as a purely competitive inhibitor",),
)


RELATIONS = Family(__doc__, MICHAELIS_MENTEN, TURNOVER, INHIBITION)
